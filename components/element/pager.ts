import { html } from 'lit'
import type { TemplateResult } from 'lit'
import { number } from './intl.ts'
import { fill } from './words.ts'
import type { Words } from './words.ts'

/** Which rows are shown. */
export interface Page {
  offset: number
  limit: number
  total: number
}

/** Which rows are shown, or since when they are old, between them and the others. */
export function pager(
  { offset, limit, total }: Page,
  words: Words,
  language: string,
  note: TemplateResult | undefined,
  turn: (offset: number) => void,
): TemplateResult {
  const amount = (count: number) => number(language, count)
  const text = fill(words.page, {
    from: amount(offset + 1),
    to: amount(Math.min(total, offset + limit)),
    total: amount(total),
  })
  const button = (to: number, name: string, path: string, off: boolean) => {
    const click = () => off || turn(Math.max(0, to))
    // Not disabled: the focus would be lost on the last page.
    return html`<button type="button" aria-label=${name} aria-disabled=${off} @click=${click}>
      <svg viewBox="0 0 8 12" aria-hidden="true"><path d=${path} /></svg>
    </button>`
  }
  return html`<div class="pager">
    <span>${note ?? text}</span>
    ${button(offset - limit, words.back, 'M6 2 2 6l4 4', offset === 0)}
    ${button(offset + limit, words.next, 'M2 2l4 4-4 4', offset + limit >= total)}
  </div>`
}
