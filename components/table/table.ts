import { HkError } from '@hk-live/sdk'
import type { Dimension, Metric, Question, Row } from '@hk-live/sdk'
import { dimensions } from '@hk-live/sdk/protocol'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { HkChangeEvent, HkErrorEvent } from '../element/events.ts'
import { percent, value } from '../element/format.ts'
import { heads } from '../element/heads.css.ts'
import { sortHead } from '../element/heads.ts'
import { flag } from '../element/inputs.ts'
import { HkList } from '../element/list.ts'
import { natures, readMetrics } from '../element/metrics.ts'
import { nameOf } from '../element/name.ts'
import { sentence } from '../element/problem.ts'
import { Report } from '../element/report.ts'
import { barRow, cell, head, rowTable, tally } from '../element/rows.ts'
import { question, unknown } from '../element/scope.ts'
import { saveRows } from './file.ts'
import { styles } from './table.css.ts'

/** Milliseconds after the last key before a search is asked. */
const pauseMs = 250

/** What can stand in a column. */
const columns = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration'] as const

/** The name of the first column in questions. */
const names = 'value'

/**
 * A breakdown by one dimension: a soft bar behind each row, its visitors and their share; with more `metrics` a column
 * for each, which rows can be sorted by. Inside of an `hk-site` a row can be chosen: a click filters the site, and another
 * lets go of it.
 *
 * @summary A breakdown with bars.
 * @slot - What stands there until the rows are known, and without JavaScript.
 * @csspart head - The title, and which rows of how many.
 * @csspart label - The title.
 * @csspart table - The rows.
 * @csspart row - One row.
 * @csspart bar - The bar behind it: as long as the first figure, or its visitors where that is no count.
 * @csspart value - Its first figure.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of the bars.
 * @cssprop --hk-text - Colour of names and figures; default: the page's.
 * @cssprop --hk-muted - Colour of shares and of the other figures.
 * @cssprop --hk-line - Colour of the edge of the search field.
 * @cssprop --hk-radius - Radius of bars and fields.
 * @cssprop --hk-font - Font; default: the page's.
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
 * @event {HkSelectEvent} hk-select - A row was chosen, named by `selection`. Cancel it to keep it from filtering.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkTable extends HkList {
  static override properties: PropertyDeclarations = {
    by: { useDefault: true },
    metrics: { useDefault: true },
    sort: {},
    search: { type: Boolean, converter: flag },
    download: { type: Boolean, converter: flag },
  }
  static override styles: CSSResultGroup = [HkList.styles, heads, styles]

  /** What to break down by, such as `page`, `source`, `country`. */
  declare by: Dimension
  /** What stands in the columns, separated by commas: `visitors visits pageviews bounce_rate visit_duration`. */
  declare metrics: string
  /** Column that rows are sorted by, the greatest first, or `value`; `-value` from a to z. Default: the first of `metrics`. */
  declare sort: string | undefined
  /** Shows a field to search the rows by. */
  declare search: boolean
  /** Shows a button that saves all rows as a file. */
  declare download: boolean

  #rows = new Report(this, 'breakdown', () => this.question(), ({ data, previous, changed }) => {
    this.mark(changed)
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  })
  #sought = ''
  /** Whether a file is on its way, or why the last one is not there. */
  #saving: boolean | HkError = false
  #pause: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.by = 'page'
    this.metrics = 'visitors'
    this.search = false
    this.download = false
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
    return { ...asked, by: this.by, ...(this.#sort !== 'visitors' && { sort: this.#sort }) }
  }

  get #columns(): Metric[] {
    return readMetrics(this.metrics)
  }

  /** Whether the columns have heads: visitors stand with their share, which the title explains. */
  get #several(): boolean {
    return this.#columns.length > 1 || this.#columns[0] !== 'visitors'
  }

  get #sort(): string {
    return this.sort ?? this.#columns[0] ?? 'visitors'
  }

  protected override question(): Question {
    return { ...super.question(), ...(this.#sought && { search: this.#sought }) }
  }

  protected override check(): string | undefined {
    const wrong = this.metrics.split(',').find((name) => !columns.some((column) => column === name.trim()))
    const sorts = [names, ...columns].flatMap((column) => [column, `-${column}`])
    return (
      unknown('by', this.by, dimensions) ??
      (wrong === undefined ? undefined : unknown('metrics', wrong.trim() || '?', columns)) ??
      unknown('sort', this.sort, sorts) ??
      super.check()
    )
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

  /** Beside the title: which rows, and the button for all of them. */
  protected override aside(note: TemplateResult | undefined): TemplateResult | undefined {
    const pages = super.aside(note)
    if (!this.download) return pages
    const { words } = this
    const failed = this.#saving instanceof HkError
    const title = this.#saving instanceof HkError ? sentence(words, this.#saving) : words.download
    return html`<div class="aside">${pages}<button type="button" class=${failed ? 'save failed' : 'save'} title=${title}
      aria-label=${`${title}: ${this.heading}`} aria-disabled=${this.#saving === true} @click=${this.#save}>CSV</button></div>`
  }

  #save = async (): Promise<void> => {
    const { client } = this
    if (!client || this.#saving === true) return
    this.#went(true)
    try {
      await saveRows(client, { ...this.asked, ...(this.#sought && { search: this.#sought }) })
      this.#went(false)
    } catch (error) {
      if (!(error instanceof HkError)) throw error
      this.#went(error)
      this.dispatchEvent(new HkErrorEvent(error))
    }
  }

  #went(saving: boolean | HkError): void {
    this.#saving = saving
    this.requestUpdate()
  }

  protected override content(): TemplateResult {
    const { words, heading } = this
    const rows = this.#rows.answer?.data.rows ?? []
    if (rows.length === 0) return this.blank(this.#sought ? words.nothing : words.empty)
    const shown = this.#columns
    const several = this.#several
    const amounts = rows.map((row) => this.#barOf(row))
    const most = Math.max(...amounts, 0) || 1
    const choose = (sort: string) => (this.sort = sort)
    const heads = several
      ? [names, ...shown].map((column) => {
          const text = column === names ? heading : words.metrics[column as Metric]
          return sortHead({ column, text, sort: this.#sort, rising: column === names, choose })
        })
      : [heading, words.metrics.visitors, words.share].map((text) => head(text))
    const table = rowTable(heading, heads, rows.map((row, index) => this.#row(row, (amounts[index] ?? 0) / most)), several)
    return several ? html`<div class="columns of-${shown.length}">${table}</div>` : table
  }

  /** As high as the rows, and as the heads where they are seen. */
  protected override waiting(): TemplateResult {
    return html`${this.#several ? html`<div class="ghost heads"></div>` : nothing}${super.waiting()}`
  }

  /** What the bar of a row stands for: the first figure where it is a count, else visitors. */
  #barOf(row: Row): number {
    const [first] = this.#columns
    return first === 'visits' || first === 'pageviews' ? row[first] : row.visitors
  }

  #row(row: Row, part: number): TemplateResult {
    const { language, by } = this
    const [first = 'visitors', ...others] = this.#columns
    const figure = (metric: Metric) => value(language, metric, amountOf(row, metric))
    const short = (metric: Metric) =>
      natures[metric].unit === 'count' ? tally(language, amountOf(row, metric) ?? 0) : figure(metric)
    const rest = this.#several ? others.map((metric) => cell(short(metric), 'share', false, `at-${metric}`)) : undefined
    return barRow({
      value: row.value,
      name: nameOf(row.value, by, language, this.words),
      by,
      part,
      cells: [
        cell(figure(first), 'value', this.changed.has(row.value), rest ? `at-${first}` : ''),
        ...(rest ?? [cell(percent(language, row.share), 'share')]),
      ],
      ...this.filtering(by, row.value, { dimension: by, row }),
    })
  }
}

function amountOf(row: Row, metric: Metric): number | null {
  return columns.some((column) => column === metric) ? row[metric as (typeof columns)[number]] : null
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-table': HkTable
  }
}
