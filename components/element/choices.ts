import { html } from 'lit'
import type { TemplateResult } from 'lit'

/** A word of a row of which one is chosen; bold and plain are equally wide, so that a choice moves nothing. */
export function choice(text: string, pressed: boolean, choose: () => void): TemplateResult {
  return html`<button type="button" data-text=${text} aria-pressed=${pressed} @click=${choose}>${text}</button>`
}
