import type { Dimension, Question } from '@hk-live/sdk'
import type { Audience, EventProperty, EventRow, ReportData, Share } from '@hk-live/sdk/protocol'
import { html } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { choices } from '../element/choices.css.ts'
import { choice } from '../element/choices.ts'
import { course } from '../element/course.css.ts'
import { Course } from '../element/course.ts'
import { HkChangeEvent, HkSelectEvent } from '../element/events.ts'
import { counted, nounOf, value } from '../element/format.ts'
import { HkList } from '../element/list.ts'
import { nameOf } from '../element/name.ts'
import { Report } from '../element/report.ts'
import type { Move } from '../element/report.ts'
import { barRow, cell, head, quiet, rowTable, tally } from '../element/rows.ts'
import type { BarRow } from '../element/rows.ts'
import { question } from '../element/scope.ts'
import { fill } from '../element/words.ts'
import { styles } from './events.css.ts'
import { english } from './words.ts'

/** Properties that can be chosen, at most: the most frequent ones. */
const mostProperties = 8

/** What is told of the visitors of an event. */
const audiences = ['country', 'device', 'source', 'browser'] as const

/** What an event is listed by: one of its properties, or something of its visitors. */
type Listing = { property: string } | { audience: keyof Audience }

/**
 * Events by name, with how often each happened and to how many visitors. A row leads to the event: its course over
 * the range, and its values by property or its visitors by country, device, source and browser. `name` shows one
 * event alone.
 *
 * @summary Events by name, and each in detail.
 * @slot - What stands there until the events are known, and without JavaScript.
 * @csspart label - The title.
 * @csspart table - The rows.
 * @csspart row - One row.
 * @csspart bar - The bar behind it.
 * @csspart value - How often it happened.
 * @csspart chart - The course of an event.
 * @csspart note - Since when the figures are old.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of bars and course.
 * @cssprop --hk-text - Colour of names and figures; default: the page's.
 * @cssprop --hk-muted - Colour of what recedes.
 * @cssprop --hk-line - Colour of the lines of the course.
 * @cssprop --hk-radius - Radius of the bars.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssprop --hk-speed - How long a changed figure stays marked.
 * @cssstate loading - A new question is open.
 * @cssstate refreshing - The same question is asked again, quietly.
 * @cssstate changed - A figure moved just now.
 * @cssstate stale - The last refresh failed; the figures before it stand.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential gives no access.
 * @cssstate empty - There are no events.
 * @event {HkChangeEvent} hk-change - A figure moved in a quiet refresh.
 * @event {HkSelectEvent} hk-select - An event was chosen, named by `selection`. Cancel it to keep it from being opened.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkEvents extends HkList {
  static override properties: PropertyDeclarations = { name: { reflect: true } }
  static override styles: CSSResultGroup = [HkList.styles, choices, course, styles]

  /** The one event to show; default: all by name. */
  declare name: string | undefined

  #list = new Report(this, 'events', () => (this.#event ? undefined : this.question()), (move) => this.#tell(move))
  #detail = new Report(this, 'events', () => this.#detailed(), (move) => this.#tell(move))
  #values = new Report(this, 'events', () => this.#listed(), (move) => this.#tell(move))
  #course = new Course(this)
  /** The event that was opened out of the list. */
  #open: string | undefined
  #listing: Listing | undefined
  /** The credential that does not give the values of properties, as some share links do not. */
  #shut: string | undefined

  protected override get main(): Report<'events'> {
    return this.#event ? this.#detail : this.#list
  }

  protected override get heading(): string {
    return this.#open ?? (this.label || this.name || this.words.metrics.events)
  }

  protected override get generated(): string | undefined {
    return this.main.answer?.generated_at
  }

  protected override get total(): number {
    return this.#event ? 0 : (this.#list.answer?.data.total ?? 0)
  }

  protected override get asked(): Question {
    const { compare: _, ...asked } = question(this.scope)
    const { interval } = this.scope
    return { ...asked, ...(interval && { interval }) }
  }

  get #event(): string | undefined {
    return this.name || this.#open
  }

  /** Rows of a detail, which stand below its course in the box of the list. */
  get #rows(): number {
    return Math.max(3, this.size - 5)
  }

  get #empty(): boolean {
    const { answer } = this.main
    return answer !== undefined && answer.data.count === 0
  }

  /** Properties that can be chosen. */
  get #properties(): readonly EventProperty[] {
    const known = this.#shut === this.#credential ? [] : this.#detail.answer?.data.properties
    return known?.slice(0, mostProperties) ?? []
  }

  get #credential(): string {
    const { site, share, token } = this.scope
    return JSON.stringify([site, share, token])
  }

  #detailed(): Question | undefined {
    const name = this.#event
    return name ? { ...this.asked, name, limit: 1 } : undefined
  }

  #listed(): Question | undefined {
    const detailed = this.#detailed()
    const listing = this.#shown
    if (!detailed || !listing || !('property' in listing)) return undefined
    return { ...detailed, ...listing, limit: this.#rows }
  }

  /** What the event is listed by: as chosen, else by its most frequent property, else by country. */
  get #shown(): Listing | undefined {
    const { busy } = this
    const { data } = this.#detail.answer ?? {}
    if (busy || !data || data.count === 0) return undefined
    const [first] = this.#properties
    return this.#listing ?? (first ? { property: first.property } : { audience: 'country' })
  }

  #tell({ data, previous, changed }: Move<'events'>): void {
    this.mark(new Set([...this.changed, ...changed]))
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  }

  /** Goes to an event, or back to the list, and takes the focus along. */
  async #go(name: string | undefined): Promise<void> {
    const from = this.#open
    if (name !== undefined && !this.dispatchEvent(new HkSelectEvent({ dimension: 'event', value: name }))) return
    this.#open = name
    this.#listing = undefined
    this.requestUpdate()
    await this.updateComplete
    const rows = [...this.renderRoot.querySelectorAll('tr')]
    const row = rows.find(({ dataset }) => dataset['value'] === from)
    const target = name === undefined ? row?.querySelector('button') : this.renderRoot.querySelector('button')
    target?.focus()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('name')) this.#open = this.#listing = undefined
    super.willUpdate(changed)
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#empty)
    if (this.#values.phase !== 'denied') return
    this.#shut = this.#credential
    this.#listing = undefined
    this.requestUpdate()
  }

  protected override aside(note: TemplateResult | undefined): TemplateResult | undefined {
    if (this.#open === undefined || this.name) return super.aside(note)
    const { back } = this.said('events', english)
    return html`${note}<button type="button" class="back" @click=${() => void this.#go(undefined)}>
      <svg viewBox="0 0 8 12" aria-hidden="true"><path d="M6 2 2 6l4 4" /></svg>${back}
    </button>`
  }

  protected override content(): TemplateResult {
    const words = this.said('events', english)
    const { data } = this.main.answer ?? {}
    const name = this.#event
    if (!data || data.count === 0) return this.blank(name ? fill(words.missing, { name }) : words.none)
    if (name) return this.#one(data)
    const choose = (row: { value: string }) => ({ choose: () => void this.#go(row.value) })
    return this.#table(this.heading, 'event', data.rows, choose)
  }

  #one({ count, visitors, points, audience }: ReportData['events']): TemplateResult {
    const { language, words } = this
    const series = {
      name: words.metrics.events,
      points: points.map((point) => ({ ...point, amount: point.count })),
      write: (amount: number | null | undefined) => value(language, 'events', amount),
    }
    const mark = this.changed.has('count') ? 'changed' : ''
    return html`<p class="figures">
        <strong class=${mark} part="value">${value(language, 'events', count)}</strong>
        <span>${nounOf(language, words, 'events', count)}</span>
        <span class="of">${counted(language, words, 'visitors', visitors)}</span>
      </p>
      ${this.#course.render(series, this.#detail.answer?.range, words, language)}
      ${this.#choices()}
      <div class="values">${this.#found(audience)}</div>`
  }

  #choices(): TemplateResult {
    const { words } = this
    const shown = this.#shown
    const of = (text: string, listing: Listing) =>
      choice(text, JSON.stringify(shown) === JSON.stringify(listing), () => {
        this.#listing = listing
        this.requestUpdate()
      })
    return html`<div class="choices" role="group" aria-label=${this.said('events', english).by}>
      ${this.#properties.map(({ property }) => of(property, { property }))}
      ${audiences.map((audience) => of(words.dimensions[audience], { audience }))}
    </div>`
  }

  /** Values of the property that is shown, or the visitors of the event by what is. */
  #found(audience: Audience | undefined): TemplateResult | undefined {
    const shown = this.#shown
    if (!shown) return undefined
    if ('audience' in shown) {
      const rows = (audience?.[shown.audience] ?? []).slice(0, this.#rows)
      return this.#table(this.words.dimensions[shown.audience], shown.audience, rows)
    }
    const { phase, answer } = this.#values
    if (!answer || phase === 'loading') return undefined
    return this.#table(fill(this.said('events', english).values, shown), 'event', answer.data.rows)
  }

  #table(
    title: string,
    by: Dimension,
    rows: readonly (EventRow | Share)[],
    more: (row: EventRow | Share) => Pick<BarRow, 'choose'> = () => ({}),
  ): TemplateResult {
    const { language, words } = this
    const most = Math.max(1, ...rows.map(amountOf))
    const { count } = this.said('events', english)
    const counted = rows.some((row) => 'count' in row)
    const heads = [quiet(title), ...(counted ? [head(count)] : []), head(words.metrics.visitors)]
    const drawn = rows.map((row) => {
      const visitors = tally(language, row.visitors)
      const mark = this.changed.has(row.value)
      return barRow({
        value: row.value,
        name: nameOf(row.value, by, language, words),
        by,
        part: amountOf(row) / most,
        cells:
          'count' in row
            ? [cell(value(language, 'events', row.count), 'value', mark), cell(visitors, 'share')]
            : [cell(visitors, 'value', mark)],
        ...more(row),
      })
    })
    return html`<div class=${counted ? 'two' : 'one'}>${rowTable(title, heads, drawn, true)}</div>`
  }
}

/** What the bar of a row is as long as. */
function amountOf(row: EventRow | Share): number {
  return 'count' in row ? row.count : row.visitors
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-events': HkEvents
  }
}
