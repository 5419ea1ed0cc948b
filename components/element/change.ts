import { html } from 'lit'
import type { TemplateResult } from 'lit'
import type { Delta } from './format.ts'

const arrows = { up: 'M2 10 10 2M4 2h6v6', down: 'M2 2l8 8M10 4v6H4', flat: undefined }

/** How a value moved: an arrow and the amount for those who see it, a sentence for the others. */
export function change(moved: Delta): TemplateResult {
  const path = arrows[moved.direction]
  const arrow = path && html`<svg viewBox="0 0 12 12" aria-hidden="true"><path d=${path} /></svg>`
  return html`<span class="delta ${moved.tone}" part="delta" title=${moved.sentence}>
    ${arrow}<span aria-hidden="true">${moved.text}</span><span class="hidden">${moved.sentence}</span>
  </span>`
}
