import type { Dimension, Question, Row } from '@hk-live/sdk'
import { dimensions } from '@hk-live/sdk/protocol'
import { html } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { HkChangeEvent } from '../element/events.ts'
import { percent, value } from '../element/format.ts'
import { HkList } from '../element/list.ts'
import { nameOf } from '../element/name.ts'
import { Report } from '../element/report.ts'
import { barRow, cell, head, rowTable } from '../element/rows.ts'
import { question, unknown } from '../element/scope.ts'
import { styles } from './table.css.ts'

/** Milliseconds after the last key before a search is asked. */
const pauseMs = 250

/**
 * A breakdown by one dimension: a soft bar behind each row, its visitors and their share. Inside of an
 * `hk-site` a row can be chosen: a click filters the site, and another lets go of it.
 *
 * @summary A breakdown with bars.
 * @slot - What stands there until the rows are known, and without JavaScript.
 * @csspart head - The title, and which rows of how many.
 * @csspart label - The title.
 * @csspart table - The rows.
 * @csspart row - One row.
 * @csspart bar - The bar behind it.
 * @csspart value - Its visitors.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of the bars.
 * @cssprop --hk-text - Colour of names and figures; by itself the page's.
 * @cssprop --hk-muted - Colour of shares.
 * @cssprop --hk-line - Colour of the edge of the search field.
 * @cssprop --hk-radius - Radius of bars and fields.
 * @cssprop --hk-font - Font; by itself the page's.
 * @cssprop --hk-speed - How long a changed figure stays marked.
 * @cssstate loading - A new question is open.
 * @cssstate refreshing - The same question is asked again, quietly.
 * @cssstate changed - A figure moved just now.
 * @cssstate stale - The last refresh failed; the rows before it stand.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential gives no access.
 * @cssstate empty - There are no rows.
 * @event {HkChangeEvent} hk-change - A figure moved in a quiet refresh.
 * @event {HkSelectEvent} hk-select - A row was chosen. Cancel it to keep it from filtering.
 * @event {HkErrorEvent} hk-error - It cannot be shown.
 */
export class HkTable extends HkList {
  static override properties: PropertyDeclarations = { by: {}, search: { type: Boolean } }
  static override styles: CSSResultGroup = [HkList.styles, styles]

  /** What to break down by, such as `page`, `source`, `country`. */
  declare by: Dimension
  /** Shows a field to search the rows by. */
  declare search: boolean

  #rows = new Report(this, 'breakdown', () => this.question(), ({ data, previous, changed }) => {
    this.mark(changed)
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  })
  #sought = ''
  #pause: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.by = 'page'
    this.search = false
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#pause)
  }

  protected override get main(): Report<'breakdown'> {
    return this.#rows
  }

  protected override get heading(): string {
    const { words, by } = this
    return this.label || (Object.hasOwn(words.dimensions, by) ? words.dimensions[by] : by)
  }

  protected override get generated(): string | undefined {
    return this.#rows.answer?.generated_at
  }

  protected override get total(): number {
    return this.#rows.answer?.data.total ?? 0
  }

  protected override get asked(): Question {
    const { compare: _, ...asked } = question(this.scope)
    return { ...asked, by: this.by }
  }

  protected override question(): Question {
    return { ...super.question(), ...(this.#sought && { search: this.#sought }) }
  }

  protected override check(): string | undefined {
    return unknown('by', this.by || '?', dimensions) ?? super.check()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#rows.answer?.data.rows.length === 0)
  }

  #seek(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return
    const sought = event.target.value.trim()
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => {
      this.#sought = sought
      this.turn(0)
    }, pauseMs)
  }

  protected override get tools(): TemplateResult | undefined {
    const { words } = this
    if (!this.search) return undefined
    return html`<input type="search" aria-label=${`${words.search}: ${this.heading}`} placeholder=${words.search}
      @input=${this.#seek} />`
  }

  protected override content(): TemplateResult {
    const { words, heading } = this
    const rows = this.#rows.answer?.data.rows ?? []
    if (rows.length === 0) return this.blank(this.#sought ? words.nothing : words.empty)
    const most = Math.max(1, ...rows.map((row) => row.visitors))
    const heads = [heading, words.metrics.visitors, words.share].map((text) => head(text))
    return rowTable(heading, heads, rows.map((row) => this.#row(row, most)))
  }

  #row(row: Row, most: number): TemplateResult {
    const { language, by } = this
    const visitors = value(language, 'visitors', row.visitors)
    return barRow({
      value: row.value,
      name: nameOf(row.value, by, language, this.words),
      by,
      part: row.visitors / most,
      cells: [
        cell(visitors, 'value', this.changed.has(row.value)),
        cell(percent(language, row.share), 'share'),
      ],
      ...this.filtering(by, row.value, { dimension: by, row }),
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-table': HkTable
  }
}
