import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'

/** The head of a column that rows can be sorted by. */
export interface SortHead {
  /** Name of the column, in questions and for style sheets. */
  column: string
  text: string
  /** What rows are sorted by now: `column`, the greatest first, or `-column`. */
  sort: string
  /** Whether it is looked for from a to z, as names are, and not from the greatest on. */
  rising?: boolean
  choose: (sort: string) => void
}

/** A head that sorts by its column, and the other way round where it does already. */
export function sortHead({ column, text, sort, rising = false, choose }: SortHead): TemplateResult {
  const upwards = sort === `-${column}`
  const order = sort === column ? 'descending' : upwards ? 'ascending' : nothing
  const [first, other] = rising ? [`-${column}`, column] : [column, `-${column}`]
  const click = () => choose(sort === first ? other : first)
  return html`<th role="columnheader" class=${`at-${column}`} aria-sort=${order}>
    <button type="button" @click=${click}>${text}<svg viewBox="0 0 8 8" aria-hidden="true">
      <path d=${upwards ? 'M1 5.5 4 2.5l3 3' : 'M1 2.5l3 3 3-3'} /></svg></button>
  </th>`
}
