import type { Dimension, Question, Row } from '@hk-live/sdk'
import { dimensions } from '@hk-live/sdk/protocol'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { HkElement } from '../element/base.ts'
import { HkChangeEvent, HkSelectEvent } from '../element/events.ts'
import { percent, value } from '../element/format.ts'
import { number } from '../element/intl.ts'
import { Report } from '../element/report.ts'
import { isProvider, question, unknown } from '../element/scope.ts'
import { fill } from '../element/words.ts'
import { halves, isPath, nameOf } from '../element/name.ts'
import { styles } from './table.css.ts'

/** Milliseconds after the last key before a search is asked. */
const pauseMs = 250
/** Rows at once where nothing is said. */
const usual = 10

/**
 * A breakdown by one dimension: a soft bar behind each row, its visitors and their share. Inside of an
 * `hk-site` a row can be chosen: a click filters the site, and another lets go of it.
 *
 * @summary A breakdown with bars.
 * @slot - What stands there until the rows are known, and without JavaScript.
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
export class HkTable extends HkElement {
  static override properties: PropertyDeclarations = {
    by: {},
    limit: { type: Number },
    search: { type: Boolean },
  }
  static override styles: CSSResultGroup = [HkElement.styles, styles]

  /** What to break down by, such as `page`, `source`, `country`. */
  declare by: Dimension
  /** Rows at once; more are a page away. */
  declare limit: number
  /** Shows a field to search the rows by. */
  declare search: boolean

  #rows = new Report(this, 'breakdown', () => this.#question(), ({ data, previous, changed }) => {
    this.mark(changed)
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  })
  #offset = 0
  #sought = ''
  #pause: ReturnType<typeof setTimeout> | undefined
  #asked = ''
  #focused: string | undefined

  constructor() {
    super()
    this.by = 'page'
    this.limit = usual
    this.search = false
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#pause)
  }

  protected override get main(): Report<'breakdown'> {
    return this.#rows
  }

  /** Rows that the box is made for, also where the attribute is at fault. */
  get #size(): number {
    return Number.isInteger(this.limit) && this.limit > 0 && this.limit <= 1000 ? this.limit : usual
  }

  protected override check(): string | undefined {
    const limit = this.#size === this.limit ? undefined : 'limit has to be from 1 to 1000.'
    return unknown('by', this.by || '?', dimensions) ?? limit
  }

  #question(): Question {
    const { compare: _, ...asked } = question(this.scope)
    return {
      ...asked,
      by: this.by,
      limit: this.limit,
      ...(this.#offset > 0 && { offset: this.#offset }),
      ...(this.#sought && { search: this.#sought }),
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const asked = JSON.stringify([question(this.scope), this.by, this.limit])
    if (asked !== this.#asked) this.#offset = 0
    this.#asked = asked
    this.#focused = this.shadowRoot?.activeElement?.closest('tr')?.dataset['value']
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#rows.answer?.data.rows.length === 0)
    this.#follow()
  }

  /** Rows are drawn by their place; a row that moves takes the focus along, so that Enter means the same. */
  #follow(): void {
    const now = this.shadowRoot?.activeElement?.closest('tr')?.dataset['value']
    if (this.#focused === undefined || now === this.#focused) return
    const rows = this.renderRoot.querySelectorAll('tr')
    const row = [...rows].find(({ dataset }) => dataset['value'] === this.#focused)
    row?.querySelector('button')?.focus({ preventScroll: true })
  }

  #seek(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return
    const sought = event.target.value.trim()
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => {
      this.#sought = sought
      this.#turn(0)
    }, pauseMs)
  }

  #turn(offset: number): void {
    this.#offset = offset
    this.requestUpdate()
  }

  #select(row: Row): void {
    const chosen = this.dispatchEvent(new HkSelectEvent({ dimension: this.by, row }))
    if (chosen && isProvider(this.around)) this.around.toggleFilter(filterOf(this.by, row.value))
  }

  protected override render(): TemplateResult {
    const { words, by } = this
    const known = Object.hasOwn(words.dimensions, by)
    const title = this.label || (known ? words.dimensions[by] : by)
    const answer = this.#rows.answer
    const note = this.since(answer?.generated_at)
    return html`<div class=${this.busy ? 'busy' : ''} role="group" aria-label=${title} aria-busy=${this.busy}>
      <div class="head">
        <span class="title" part="label" title=${title}>${title}</span>
        ${(answer && this.#pager(answer.data.total, note)) ?? note}
      </div>
      ${this.search
        ? html`<input type="search" aria-label=${`${words.search}: ${title}`} placeholder=${words.search}
            @input=${this.#seek} />`
        : nothing}
      <div class="body" .style=${`--_rows:${this.#size}`}>
        ${this.problem() ?? (answer ? this.#body(answer.data.rows, title) : this.#waiting())}
      </div>
    </div>`
  }

  #waiting(): TemplateResult {
    const ghosts = Array.from({ length: this.#size }, () => html`<div class="ghost"></div>`)
    return html`<slot>${this.phase === 'error' ? nothing : ghosts}</slot>`
  }

  #body(rows: readonly Row[], title: string): TemplateResult {
    const { words } = this
    if (rows.length === 0) {
      const sentence = this.#sought ? words.nothing : words.empty
      return html`<p class="problem">${sentence}</p>`
    }
    const most = Math.max(1, ...rows.map((row) => row.visitors))
    return html`<table part="table" role="table" aria-label=${title}>
      <thead class="hidden" role="rowgroup">
        <tr role="row">
          <th role="columnheader">${title}</th>
          <th role="columnheader">${words.metrics.visitors}</th>
          <th role="columnheader">${words.share}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => this.#row(row, most))}
      </tbody>
    </table>`
  }

  #row(row: Row, most: number): TemplateResult {
    const { language } = this
    const name = nameOf(row.value, this.by, language, this.words)
    const [start, end] = halves(name, this.by)
    const filtered = this.scope.filters?.includes(filterOf(this.by, row.value)) ?? false
    const changed = this.changed.has(row.value) ? 'changed' : ''
    const visitors = value(language, 'visitors', row.visitors)
    // The halves would be heard as two words; whoever hears the name hears it as a whole.
    const hidden = end ? 'true' : nothing
    const shown = html`<span class="name" aria-hidden=${hidden} dir=${isPath(this.by) ? 'ltr' : nothing}
      ><bdi class="start">${start}</bdi>${end && html`<bdi class="end">${end}</bdi>`}</span
    >`
    return html`<tr part="row" role="row" data-value=${row.value}>
      <th scope="row" role="rowheader">
        <div class="bar" part="bar" .style=${`--_part:${row.visitors / most}`}></div>
        ${isProvider(this.around)
          ? html`<button type="button" title=${name} aria-label=${name} aria-pressed=${filtered}
              @click=${() => this.#select(row)}>${shown}</button>`
          : html`<div class="still" title=${name}>
              ${end && html`<span class="hidden">${name}</span>`}${shown}
            </div>`}
      </th>
      <td role="cell" class="value" part="value"><span class=${changed}>${visitors}</span></td>
      <td role="cell" class="share">${percent(language, row.share)}</td>
    </tr>`
  }

  /** Which rows are shown, or since when they are old, between them and the others. */
  #pager(total: number, note: TemplateResult | undefined): TemplateResult | undefined {
    const { words, language, limit } = this
    if (total <= limit) return undefined
    const offset = this.#offset
    const amount = (count: number) => number(language, count)
    const text = fill(words.page, {
      from: amount(offset + 1),
      to: amount(Math.min(total, offset + limit)),
      total: amount(total),
    })
    const turn = (to: number, name: string, path: string, off: boolean) => {
      const click = () => off || this.#turn(Math.max(0, to))
      // Not disabled: the focus would be lost on the last page.
      return html`<button type="button" aria-label=${name} aria-disabled=${off} @click=${click}>
        <svg viewBox="0 0 8 12" aria-hidden="true"><path d=${path} /></svg>
      </button>`
    }
    return html`<div class="pager">
      <span>${note ?? text}</span>
      ${turn(offset - limit, words.back, 'M6 2 2 6l4 4', offset === 0)}
      ${turn(offset + limit, words.next, 'M2 2l4 4-4 4', offset + limit >= total)}
    </div>`
  }
}

/** The filter for just this value: a star in it is itself, not any text. */
function filterOf(by: Dimension, value: string): string {
  return `${by}:${value.replace(/[\\*]/g, '\\$&')}`
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-table': HkTable
  }
}
