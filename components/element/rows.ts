import type { Dimension } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { number } from './intl.ts'
import { halves, isPath } from './name.ts'

/** A row of a list with a bar behind it. */
export interface BarRow {
  value: string
  /** What a reader calls the value. */
  name: string
  by: Dimension
  /** Length of the bar, as a part of the longest: 0 to 1. */
  part: number
  cells: readonly TemplateResult[]
  /** What a click does; a row without it is no button. */
  choose?: () => void
  /** Whether it is chosen, where that can be. */
  pressed?: boolean
}

/** Writes rows with bars as a table. `heads` are seen only where they can be sorted by. */
export function rowTable(
  title: string,
  heads: readonly TemplateResult[],
  rows: readonly TemplateResult[],
  seen = false,
): TemplateResult {
  return html`<table part="table" role="table" aria-label=${title}>
    <thead class=${seen ? '' : 'hidden'} role="rowgroup">
      <tr role="row">
        ${heads}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows}
    </tbody>
  </table>`
}

/** The head of a column; `column` is its name for style sheets. */
export function head(text: string, column = ''): TemplateResult {
  return html`<th role="columnheader" class=${column}>${text}</th>`
}

/** The head of a column that is only heard, as the title over the rows says it already. */
export function quiet(text: string, column = ''): TemplateResult {
  return html`<th role="columnheader" class=${column}><span class="hidden">${text}</span></th>`
}

/** A figure of a row, in bold or as what recedes, with a space before it for those who read the text of a row. */
export function cell(
  text: string | TemplateResult,
  kind: 'value' | 'share',
  changed = false,
  column = '',
): TemplateResult {
  const part = kind === 'value' ? kind : nothing
  const mark = changed ? 'changed' : ''
  return html` <td role="cell" class="${kind} ${column}" part=${part}><span class=${mark}>${text}</span></td>`
}

/** A count beside others, in short where it has more than seven digits: `1.7B`. */
export function tally(locale: string, amount: number): string {
  const short = { notation: 'compact', maximumFractionDigits: 1 } as const
  return number(locale, amount, amount < 1e7 ? {} : short)
}

/** Writes a row. */
export function barRow({ value, name, by, part, cells, choose, pressed }: BarRow): TemplateResult {
  const [start, end] = halves(name, by)
  // The halves would be heard as two words; whoever hears the name hears it as a whole.
  const hidden = end ? 'true' : nothing
  const shown = html`<span class="name" aria-hidden=${hidden} dir=${isPath(by) ? 'ltr' : nothing}
    ><bdi class="start">${start}</bdi>${end && html`<bdi class="end">${end}</bdi>`}</span
  >`
  return html`<tr part="row" role="row" data-value=${value}>
    <th scope="row" role="rowheader">
      <div class="bar" part="bar" .style=${`--_part:${part}`}></div>
      ${choose
        ? html`<button type="button" title=${name} aria-label=${name} aria-pressed=${pressed ?? nothing}
            @click=${choose}>${shown}</button>`
        : html`<div class="still" title=${name}>
            ${end && html`<span class="hidden">${name}</span>`}${shown}
          </div>`}
    </th>
    ${cells}
  </tr>`
}
