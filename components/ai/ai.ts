import type { AiGroup, Dimension, Question, ReportData } from '@hk-live/sdk'
import { aiGroups } from '@hk-live/sdk/protocol'
import type { AiRow } from '@hk-live/sdk/protocol'
import { html } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { choices } from '../element/choices.css.ts'
import { choice } from '../element/choices.ts'
import { course } from '../element/course.css.ts'
import { Course } from '../element/course.ts'
import { HkChangeEvent } from '../element/events.ts'
import { none, percent } from '../element/format.ts'
import { number } from '../element/intl.ts'
import { HkList } from '../element/list.ts'
import { namedFilter } from '../element/name.ts'
import { Report } from '../element/report.ts'
import { barRow, cell, head, quiet, rowTable, tally } from '../element/rows.ts'
import { question, unknown } from '../element/scope.ts'
import { shares } from '../element/shares.ts'
import { shares as shareStyles } from '../element/shares.css.ts'
import { milliseconds } from '../element/vital.ts'
import { fill } from '../element/words.ts'
import { styles } from './ai.css.ts'
import { english } from './words.ts'
import type { Category } from './words.ts'

type Data = ReportData['ai_visibility']

/** What the course can be of. */
const courses = ['fetches', 'referred'] as const

/** A fetch has no visitor: the service filters it by nothing else. */
const ofFetches = /^!?(page|hostname):/

const categories: readonly Category[] = ['training', 'search', 'assistant']

/**
 * How AI sees the site: what agents fetched and what for, how it was answered, and the visits that assistants
 * referred, with their course over the range. Filters that mean nothing for fetches are left out, which a note says. Below, fetches by agent, family, purpose, page, status or type; by
 * page, crawled stands against referred. Inside of an `hk-site` a click on a page filters the site.
 *
 * @summary What AI agents read, and whom assistants refer.
 * @slot - What stands there until it is known, and without JavaScript.
 * @csspart label - The title.
 * @csspart value - A total, or the fetches of a row.
 * @csspart chart - The course of fetches or referred visits.
 * @csspart bar - What the fetches were for, and the bar behind a row.
 * @csspart table - The rows.
 * @csspart row - One row.
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
 * @cssstate empty - No agent came, and nobody was referred.
 * @event {HkChangeEvent} hk-change - A figure moved in a quiet refresh. `changed` names totals and values of rows.
 * @event {HkSelectEvent} hk-select - A page was chosen, named by `selection`. Cancel it to keep it from filtering.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkAi extends HkList {
  static override properties: PropertyDeclarations = { by: { useDefault: true } }
  static override styles: CSSResultGroup = [HkList.styles, choices, course, shareStyles, styles]

  /** What rows are listed by at first: `agent family category page status resource`. */
  declare by: AiGroup

  #report = new Report(this, 'ai_visibility', () => this.question(), ({ data, previous, changed }) => {
    this.mark(changed)
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  })
  #course = new Course(this)
  #of: (typeof courses)[number] = 'fetches'

  constructor() {
    super()
    this.by = 'agent'
  }

  protected override get main(): Report<'ai_visibility'> {
    return this.#report
  }

  protected override get usual(): number {
    return 5
  }

  protected override get heading(): string {
    return this.label || this.said('ai', english).title
  }

  protected override get generated(): string | undefined {
    return this.#report.answer?.generated_at
  }

  protected override get total(): number {
    return this.#report.answer?.data.total ?? 0
  }

  protected override get asked(): Question {
    const { compare: _, filter = [], ...asked } = question(this.scope)
    const { interval } = this.scope
    const filters = filter.filter((one) => ofFetches.test(one))
    return { ...asked, by: this.by, ...(interval && { interval }), ...(filters.length && { filter: filters }) }
  }

  /** Says which filters around are left out, rather than to show nothing under them. */
  #unfiltered(): string {
    const { language, words } = this
    const others = (this.scope.filters ?? []).filter((one) => !ofFetches.test(one))
    if (others.length === 0) return ''
    const names = others.map((one) => {
      const { by, name } = namedFilter(one, language, words)
      return by ? words.dimensions[by] : name
    })
    return fill(this.said('ai', english).unfiltered, { filters: [...new Set(names)].join(', ') })
  }

  protected override check(): string | undefined {
    return unknown('by', this.by, aiGroups) ?? super.check()
  }

  get #empty(): boolean {
    const { data } = this.#report.answer ?? {}
    return data !== undefined && data.fetches === 0 && data.referred_visits === 0
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#empty)
  }

  protected override aside(note: TemplateResult | undefined): TemplateResult | undefined {
    const text = this.#unfiltered()
    return text ? html`${note}<span class="note" part="note" title=${text}>${text}</span>` : note
  }

  protected override waiting(): TemplateResult {
    return html`<div class="later">
        <div class="figures">${Array.from({ length: 4 }, () => html`<div class="ghost"></div>`)}</div>
        ${this.#course.render(undefined, undefined, this.words, this.language)}
        <div class="purposes"><div class="shares"></div></div>
      </div>
      ${super.waiting()}`
  }

  protected override content(): TemplateResult {
    const { language } = this
    const words = this.said('ai', english)
    const { data } = this.#report.answer ?? {}
    if (!data || this.#empty) return this.blank(words.none)
    const amounts = { crawled: data.pages.crawled, referred: data.pages.referred, both: data.pages.both }
    const pages = Object.entries(amounts).map(([name, amount]) => [name, number(language, amount)])
    return html`${this.#totals(data)}${this.#drawing(data)}${this.#purposes(data)}
      <p class="pages">${fill(words.pages, Object.fromEntries(pages))}</p>
      ${this.#list(data)}`
  }

  #totals(data: Data): TemplateResult {
    const { language } = this
    const words = this.said('ai', english)
    const errors = errorsOf(data)
    const figures = [
      ['fetches', words.fetches, tally(language, data.fetches)],
      ['referred_visits', words.referred, tally(language, data.referred_visits)],
      ['errors', words.errors, errors === undefined ? none : percent(language, errors)],
      ['median', words.response, data.median_ms === null ? none : milliseconds(language, data.median_ms)],
    ] as const
    return html`<dl class="figures">
      ${figures.map(([name, label, text]) => {
        const mark = this.changed.has(name) ? 'changed' : ''
        return html`<div><dt title=${label}>${label}</dt><dd part="value"><span class=${mark}>${text}</span></dd></div>`
      })}
    </dl>`
  }

  #drawing({ points }: Data): TemplateResult {
    const { language, words } = this
    const own = this.said('ai', english)
    const of = this.#of
    const series = {
      name: own[of],
      points: points.map(({ at, partial, referred_visits, training, search, assistant }) => {
        const amount = of === 'referred' ? referred_visits : training + search + assistant
        return { at, partial, amount }
      }),
      write: (amount: number | null | undefined) => number(language, amount ?? 0),
    }
    const pick = (each: typeof of) =>
      choice(own[each], each === of, () => {
        this.#of = each
        this.requestUpdate()
      })
    return html`<div class="choices">${courses.map(pick)}</div>
      ${this.#course.render(series, this.#report.answer?.range, words, language)}`
  }

  /** What the fetches were for. */
  #purposes({ points, fetches }: Data): TemplateResult {
    const { language } = this
    const words = this.said('ai', english)
    const parts = categories.map((kind) => {
      const part = points.reduce((sum, point) => sum + point[kind], 0) / Math.max(1, fetches)
      return { kind, part, text: fill(words.part, { category: words.categories[kind], rate: percent(language, part) }) }
    })
    return html`<div class="purposes">
      ${shares(parts)}
      <div class="legend" aria-hidden="true">
        ${parts.map(({ kind, text }) => html`<span><span class="dot ${kind}"></span>${text}</span>`)}
      </div>
    </div>`
  }

  #list({ rows }: Data): TemplateResult {
    const words = this.said('ai', english)
    const { by } = this
    const title = words.groups[by]
    const pick = (group: AiGroup) => choice(words.groups[group], group === by, () => (this.by = group))
    const last = by === 'page' ? head(words.brief) : head(this.words.share, 'at-share')
    const heads = [quiet(title), head(words.fetches), head(words.errors), last]
    const amounts = rows.map((row) => Math.max(row.fetches, row.referred_visits ?? 0))
    const most = Math.max(1, ...amounts)
    return html`<div class="head by">
        <div class="choices" role="group" aria-label=${words.by}>${aiGroups.map(pick)}</div>
        ${this.pages()}
      </div>
      <div class=${by === 'page' ? '' : 'by-share'}>
        ${rowTable(title, heads, rows.map((row) => this.#row(row, most)), true)}
      </div>`
  }

  #row(row: AiRow, most: number): TemplateResult {
    const { language, by } = this
    const errors = errorsOf(row)
    const last = by === 'page' ? tally(language, row.referred_visits ?? 0) : percent(language, row.share)
    const dimension: Dimension = by === 'page' ? 'page' : 'ai_source'
    return barRow({
      value: row.value,
      name: this.#nameOf(row.value),
      by: dimension,
      part: row.fetches / most,
      cells: [
        cell(tally(language, row.fetches), 'value', this.changed.has(row.value)),
        cell(errors === undefined ? none : percent(language, errors), 'share'),
        cell(last, 'share', false, by === 'page' ? '' : 'at-share'),
      ],
      ...(by === 'page' ? this.filtering('page', row.value, { dimension: 'page', value: row.value }) : {}),
    })
  }

  #nameOf(value: string): string {
    const words = this.said('ai', english)
    const names: Readonly<Record<string, string>> =
      this.by === 'category' ? words.categories : this.by === 'resource' ? words.resources : {}
    return names[value] ?? (value || this.words.unknown)
  }
}

/** Part of fetches that were answered by an error; `undefined` over nothing. */
function errorsOf(row: { client_error_rate: number | null; server_error_rate: number | null }): number | undefined {
  const { client_error_rate: client, server_error_rate: server } = row
  return client === null && server === null ? undefined : (client ?? 0) + (server ?? 0)
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-ai': HkAi
  }
}
