import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'

/** A part of a whole: the name of its colour, how much it is, and the same in words. */
export interface Part {
  kind: string
  part: number
  text: string
}

/** A whole as one bar of its parts. Who does not see it, or not the colours, reads the words. */
export function shares(parts: readonly Part[]): TemplateResult {
  const text = parts.map((one) => one.text).join(', ')
  return html`<div class="shares" part="bar" role="img" aria-label=${text} title=${text}>
    ${parts.map(({ kind, part }) => (part > 0 ? html`<span class=${kind} .style=${`--_part:${part}`}></span>` : nothing))}
  </div>`
}
