import type { Dimension, Question, Rating, Vital } from '@hk-live/sdk'
import { vitals } from '@hk-live/sdk/protocol'
import type { VitalRow, VitalSummary } from '@hk-live/sdk/protocol'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { choices } from '../element/choices.css.ts'
import { choice } from '../element/choices.ts'
import { HkChangeEvent } from '../element/events.ts'
import { percent } from '../element/format.ts'
import { HkList } from '../element/list.ts'
import { nameOf } from '../element/name.ts'
import { Report } from '../element/report.ts'
import { barRow, cell, head, quiet, rowTable, tally } from '../element/rows.ts'
import { question, unknown } from '../element/scope.ts'
import { shares } from '../element/shares.ts'
import { shares as shareStyles } from '../element/shares.css.ts'
import { vitalValue } from '../element/vital.ts'
import { fill } from '../element/words.ts'
import { styles } from './vitals.css.ts'
import { english } from './words.ts'

/** What vitals can be broken down by. */
const lists = ['page', 'device', 'country', 'browser'] as const

/** Devices that can be chosen. */
const devices = ['mobile', 'desktop'] as const

const ratings: readonly Rating[] = ['good', 'needs_improvement', 'poor']

/** A disc, a triangle, a square: told apart without their colours. */
const marks: Record<Rating, string> = {
  good: 'M4 .5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7',
  needs_improvement: 'M4 .5 8 7.5H0z',
  poor: 'M.5.5h7v7h-7z',
}

/**
 * Core Web Vitals: the p75 of each with its rating, and the parts of its samples that were good, need improvement or
 * are poor. `by` breaks them down; inside of an `hk-site` a click on a row filters the site.
 *
 * @summary Core Web Vitals.
 * @slot - What stands there until the vitals are known, and without JavaScript.
 * @csspart label - The title.
 * @csspart value - The p75 of a vital.
 * @csspart status - Its rating.
 * @csspart bar - The parts of its samples, and the bar behind a row.
 * @csspart table - The breakdown.
 * @csspart row - One row of it.
 * @csspart note - Since when the figures are old.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of the bars behind rows.
 * @cssprop --hk-text - Colour of figures; default: the page's.
 * @cssprop --hk-muted - Colour of what recedes.
 * @cssprop --hk-up - Colour of what is good.
 * @cssprop --hk-down - Colour of what is poor.
 * @cssprop --hk-radius - Radius of the bars behind rows.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssprop --hk-speed - How long a changed figure stays marked.
 * @cssstate loading - A new question is open.
 * @cssstate refreshing - The same question is asked again, quietly.
 * @cssstate changed - A figure moved just now.
 * @cssstate stale - The last refresh failed; the figures before it stand.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential gives no access.
 * @cssstate empty - There are no samples.
 * @event {HkChangeEvent} hk-change - A figure moved in a quiet refresh. `changed` names vitals and values of rows.
 * @event {HkSelectEvent} hk-select - A row was chosen, named by `selection`. Cancel it to keep it from filtering.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkVitals extends HkList {
  static override properties: PropertyDeclarations = { metrics: { useDefault: true }, by: {} }
  static override styles: CSSResultGroup = [HkList.styles, choices, shareStyles, styles]

  /** Which vitals, separated by commas, of `LCP INP CLS FCP TTFB`. */
  declare metrics: string
  /** What to break them down by: `page device country browser`; default: nothing. */
  declare by: (typeof lists)[number] | undefined

  #vitals = new Report(this, 'web_vitals', () => this.question(), ({ data, previous, changed }) => {
    this.mark(changed)
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  })
  #device: (typeof devices)[number] | undefined

  constructor() {
    super()
    this.metrics = 'LCP,INP,CLS'
  }

  protected override get main(): Report<'web_vitals'> {
    return this.#vitals
  }

  protected override get heading(): string {
    return this.label || this.said('vitals', english).title
  }

  protected override get generated(): string | undefined {
    return this.#vitals.answer?.generated_at
  }

  protected override get total(): number {
    return this.by ? (this.#vitals.answer?.data.total ?? 0) : 0
  }

  protected override get asked(): Question {
    const { compare: _, filter = [], ...asked } = question(this.scope)
    const filters = this.#device && !this.#narrowed ? [...filter, `device:${this.#device}`] : filter
    return { ...asked, ...(this.by && { by: this.by }), ...(filters.length && { filter: filters }) }
  }

  protected override question(): Question {
    return this.by ? super.question() : { ...this.asked, limit: 1 }
  }

  protected override check(): string | undefined {
    const wrong = this.#names.find((name) => !vitals.some((vital) => vital === name))
    return unknown('metrics', wrong, vitals) ?? unknown('by', this.by, lists) ?? super.check()
  }

  get #names(): string[] {
    return this.metrics.split(',').map((name) => name.trim().toUpperCase()).filter(Boolean)
  }

  get #shown(): Vital[] {
    const names = this.#names
    return vitals.filter((vital) => names.includes(vital))
  }

  /** Whether devices are chosen around: another one beside them would be more visits, not fewer. */
  get #narrowed(): boolean {
    return this.scope.filters?.some((filter) => /^!?device:/.test(filter)) ?? false
  }

  get #empty(): boolean {
    const { data } = this.#vitals.answer ?? {}
    return data !== undefined && this.#shown.every((vital) => data.vitals[vital].samples === 0)
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#empty)
  }

  protected override aside(note: TemplateResult | undefined): TemplateResult {
    const { all } = this.said('vitals', english)
    const of = (device: (typeof devices)[number] | undefined) => {
      const text = device ? (this.words.devices[device] ?? device) : all
      return choice(text, device === this.#device, () => {
        this.#device = device
        this.requestUpdate()
      })
    }
    const offered = this.#narrowed ? nothing : [of(undefined), ...devices.map(of)]
    return html`${note}<div class="choices">${offered}</div>`
  }

  protected override waiting(): TemplateResult {
    const list = html`<div class="list"><div class="head"></div>${super.waiting()}</div>`
    return html`${this.#grid()}${this.by ? list : nothing}`
  }

  protected override content(): TemplateResult {
    const { data } = this.#vitals.answer ?? {}
    if (!data || this.#empty) return this.#over(this.blank(this.said('vitals', english).none))
    return html`${this.#grid(data.vitals)}${this.by ? this.#list(this.by, data.rows) : nothing}`
  }

  protected override problem(): TemplateResult | undefined {
    const problem = super.problem()
    return problem && this.#over(problem)
  }

  /** A sentence over the room that the figures would take, as that depends on the width. */
  #over(sentence: TemplateResult): TemplateResult {
    return html`<div class="stack">
      <div class="away" aria-hidden="true">${this.waiting()}</div>
      ${sentence}
    </div>`
  }

  #grid(known?: Record<Vital, VitalSummary>): TemplateResult {
    return html`<div class="vitals" role="list">
      ${this.#shown.map((vital) => this.#vital(vital, known?.[vital]))}
    </div>`
  }

  #vital(vital: Vital, known: VitalSummary | undefined): TemplateResult {
    const { language } = this
    const words = this.said('vitals', english)
    const mark = this.changed.has(vital) ? 'changed' : nothing
    const parts = ratings.map((kind) => {
      const part = known?.[kind] ?? 0
      const rating = words.ratings[kind]
      return { kind, part, text: fill(words.part, { rating, rate: percent(language, part) }) }
    })
    const samples = tally(language, known?.samples ?? 0)
    const value = known
      ? html`<data part="value" class=${mark} value=${known.p75 ?? nothing}
          >${vitalValue(language, vital, known.p75)}</data>`
      : html`<span class="unknown" aria-hidden="true">0.0s</span>`
    return html`<div class="vital" role="listitem">
      <div class="line"><abbr title=${words.names[vital]}>${vital}</abbr>${this.#rating(known?.rating)}</div>
      <div class="p75">${value}</div>
      ${shares(parts)}
      <div class="line foot">
        <span>${known && parts[0]?.text}</span>
        <span>${known && fill(words.part, { rating: words.samples, rate: samples })}</span>
      </div>
    </div>`
  }

  #rating(rating: Rating | null | undefined, hidden = false): TemplateResult | undefined {
    if (!rating) return undefined
    const word = this.said('vitals', english).ratings[rating]
    return html`<span class="rating ${rating}" part="status" title=${word}>
      <svg viewBox="0 0 8 8" aria-hidden="true"><path d=${marks[rating]} /></svg>
      <span class=${hidden ? 'hidden' : 'word'}>${word}</span>
    </span>`
  }

  #list(by: Dimension, rows: readonly VitalRow[]): TemplateResult {
    const title = this.words.dimensions[by]
    const shown = this.#shown
    // Where there is less room, a row has the first three, or two; which it is, the style sheet says.
    const columns = [shown.length, 3, 2].map((most) => `repeat(${Math.min(shown.length, most)},auto)`)
    const style = `--_all:${columns[0]};--_some:${columns[1]};--_few:${columns[2]}`
    const most = Math.max(1, ...rows.map(({ samples }) => samples))
    return html`<div class="list" .style=${style}>
      <div class="head"><span class="by">${title}</span>${this.pages()}</div>
      ${rowTable(
        title,
        [quiet(title), ...shown.map((vital) => head(vital))],
        rows.map((row) => this.#row(row, by, shown, most)),
        true,
      )}
    </div>`
  }

  #row(row: VitalRow, by: Dimension, shown: readonly Vital[], most: number): TemplateResult {
    const { language } = this
    const changed = this.changed.has(row.value)
    const cells = shown.map((vital) => {
      const { p75, rating } = row[vital]
      return cell(html`${this.#rating(rating, true)} ${vitalValue(language, vital, p75)}`, 'value', changed)
    })
    return barRow({
      value: row.value,
      name: nameOf(row.value, by, language, this.words),
      by,
      part: row.samples / most,
      cells,
      ...this.filtering(by, row.value, { dimension: by, value: row.value }),
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-vitals': HkVitals
  }
}
