import type { GoalRow, Question } from '@hk-live/sdk'
import { html } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { change } from '../element/change.ts'
import { change as changeStyles } from '../element/change.css.ts'
import { HkChangeEvent } from '../element/events.ts'
import { delta, none, nounOf, percent, value } from '../element/format.ts'
import { heads } from '../element/heads.css.ts'
import { sortHead } from '../element/heads.ts'
import { number } from '../element/intl.ts'
import { HkList } from '../element/list.ts'
import { Report } from '../element/report.ts'
import { barRow, cell, quiet, rowTable, tally } from '../element/rows.ts'
import { comparison, question, unknown } from '../element/scope.ts'
import { sparkline } from '../element/spark.ts'
import { fill } from '../element/words.ts'
import { styles } from './goals.css.ts'
import { english } from './words.ts'

/** What rows can be sorted by. */
const columns = ['name', 'conversions', 'visitors', 'rate', 'value'] as const

type Column = (typeof columns)[number]

/**
 * What came of each goal: conversions with their course, visitors who converted, their part of all, and what it was
 * worth. A click on the head of a column sorts by it. Inside of an `hk-site` a goal can be chosen: a click filters
 * the site by it, and another lets go.
 *
 * @summary Goals and what came of them.
 * @slot - What stands there until the goals are known, and without JavaScript.
 * @csspart label - The title.
 * @csspart table - The goals.
 * @csspart row - One goal.
 * @csspart bar - The bar behind it.
 * @csspart chart - Its conversions over the range, as a sparkline.
 * @csspart value - Its conversions.
 * @csspart delta - Their change against the comparison.
 * @csspart note - Since when the figures are old.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of bars and sparklines.
 * @cssprop --hk-text - Colour of names and figures; default: the page's.
 * @cssprop --hk-muted - Colour of what recedes.
 * @cssprop --hk-up - Colour of what got better.
 * @cssprop --hk-down - Colour of what got worse.
 * @cssprop --hk-radius - Radius of the bars.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssprop --hk-speed - How long a changed figure stays marked.
 * @cssstate loading - A new question is open.
 * @cssstate refreshing - The same question is asked again, quietly.
 * @cssstate changed - A figure moved just now.
 * @cssstate stale - The last refresh failed; the rows before it stand.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential gives no access.
 * @cssstate empty - There are no goals.
 * @event {HkChangeEvent} hk-change - A figure moved in a quiet refresh. `changed` names the goals.
 * @event {HkSelectEvent} hk-select - A goal was chosen, named by `selection`. Cancel it to keep it from filtering.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkGoals extends HkList {
  static override properties: PropertyDeclarations = { sort: { useDefault: true } }
  static override styles: CSSResultGroup = [HkList.styles, heads, changeStyles, styles]

  /** Column that rows are sorted by, the greatest first: `name conversions visitors rate value`; `-name` from a to z. */
  declare sort: string

  #goals = new Report(this, 'goals', () => this.question(), ({ data, previous, changed }) => {
    this.mark(changed)
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  })

  constructor() {
    super()
    this.sort = 'conversions'
  }

  protected override get main(): Report<'goals'> {
    return this.#goals
  }

  protected override get heading(): string {
    return this.label || this.words.dimensions.goal
  }

  protected override get generated(): string | undefined {
    return this.#goals.answer?.generated_at
  }

  protected override get total(): number {
    return this.#goals.answer?.data.total ?? 0
  }

  protected override get asked(): Question {
    return { ...question(this.scope), sort: this.sort }
  }

  protected override check(): string | undefined {
    const rising = columns.map((column) => `-${column}`)
    return unknown('sort', this.sort, [...columns, ...rising]) ?? super.check()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#goals.answer?.data.rows.length === 0)
  }

  protected override content(): TemplateResult {
    const { data, compare } = this.#goals.answer ?? {}
    const rows = data?.rows ?? []
    if (rows.length === 0) return this.blank(this.said('goals', english).none)
    const most = Math.max(1, ...rows.map(({ conversions }) => conversions))
    const before = new Map(compare?.data.rows.map((row) => [row.id, row]))
    return rowTable(
      this.heading,
      this.#heads(),
      rows.map((row) => this.#row(row, most, data?.currency ?? '', before.get(row.id))),
      true,
    )
  }

  #heads(): TemplateResult[] {
    const { words } = this
    const { rate, value } = this.said('goals', english)
    const { conversions, visitors } = words.metrics
    const names: Record<Column, string> = { name: words.dimensions.goal, conversions, visitors, rate, value }
    const choose = (sort: string) => (this.sort = sort)
    const heads = columns.map((column) =>
      sortHead({ column, text: names[column], sort: this.sort, rising: column === 'name', choose }),
    )
    const course = fill(words.by[this.#goals.answer?.range.interval ?? 'day'], { metric: conversions })
    return heads.toSpliced(1, 0, quiet(course, 'at-course'))
  }

  #row(row: GoalRow, most: number, currency: string, before: GoalRow | undefined): TemplateResult {
    const { language, words } = this
    const { name, conversions, visitors, rate, value: worth } = row
    const moved = delta(language, words, 'conversions', conversions, before?.conversions, comparison(this.scope))
    const noun = nounOf(language, words, 'visitors', visitors)
    const counted = html`${tally(language, visitors)}<span class="noun"> ${noun}</span>`
    return barRow({
      value: name,
      name,
      by: 'goal',
      part: conversions / most,
      cells: [
        html` <td role="cell" class="at-course">
          <div>${moved && change(moved)}${sparkline(row.points, (point) => point.conversions)}</div>
        </td>`,
        cell(value(language, 'conversions', conversions), 'value', this.changed.has(name), 'at-conversions'),
        cell(counted, 'share', false, 'at-visitors'),
        cell(rate === null ? none : percent(language, rate), 'share', false, 'at-rate'),
        cell(worth === null ? none : money(language, worth, currency), 'share', false, 'at-value'),
      ],
      ...this.filtering('goal', name, { dimension: 'goal', value: name }),
    })
  }
}

/** An amount of money, without cents where it is large, and in short where it is huge; before its unit where that is no code of a currency. */
function money(locale: string, amount: number, currency: string): string {
  const maximumFractionDigits = Math.abs(amount) < 100 ? 2 : 0
  if (!/^[a-z]{3}$/i.test(currency)) return `${number(locale, amount, { maximumFractionDigits })} ${currency}`.trim()
  const style = { style: 'currency', currency } as const
  if (Math.abs(amount) >= 1e7) return number(locale, amount, { ...style, notation: 'compact', maximumFractionDigits: 1 })
  return number(locale, amount, { ...style, minimumFractionDigits: 0, maximumFractionDigits })
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-goals': HkGoals
  }
}
