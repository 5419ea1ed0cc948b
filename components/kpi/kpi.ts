import type { Metric, Question } from '@hk-live/sdk'
import { metrics } from '@hk-live/sdk/protocol'
import { html } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, TemplateResult } from 'lit'
import { change } from '../element/change.ts'
import { change as changeStyles } from '../element/change.css.ts'
import { delta, value } from '../element/format.ts'
import { flag } from '../element/inputs.ts'
import { isMetric, unknownMetric } from '../element/metrics.ts'
import { HkNumber } from '../element/number.ts'
import type { Shown } from '../element/number.ts'
import { Report } from '../element/report.ts'
import { emsOf, Room } from '../element/room.ts'
import { comparison, question } from '../element/scope.ts'
import { sparkline } from '../element/spark.ts'
import { styles } from './kpi.css.ts'

/** The least size of the number against the text around; below it, it is written in short. */
const leastSize = 1.15
/** Pixels below which there is no room for the course beside the change; the style sheet says so as well. */
const leastWidth = 120

/**
 * One number of a site. In a sentence it looks as if the author had typed it; in a grid it is a block of
 * label, number, change and sparkline. Which of the two: `variant`, default: the sentence where the
 * element stands outside of any `hk-site` and has none of `label`, `compare` and `spark`, else the block.
 *
 * @summary One number, its change, a sparkline.
 * @slot - What stands there until the number is known, and without JavaScript.
 * @csspart label - The name of the metric.
 * @csspart value - The number.
 * @csspart delta - The change against the comparison.
 * @csspart chart - The sparkline.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of data.
 * @cssprop --hk-text - Colour of the number; default: the page's.
 * @cssprop --hk-muted - Colour of what recedes.
 * @cssprop --hk-up - Colour of what got better.
 * @cssprop --hk-down - Colour of what got worse.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssprop --hk-speed - How long a changed number stays marked.
 * @cssstate inline - It stands in a sentence.
 * @cssstate loading - A new question is open.
 * @cssstate refreshing - The same question is asked again, quietly.
 * @cssstate changed - The number moved just now.
 * @cssstate stale - The last refresh failed; the number before it stands.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential gives no access.
 * @cssstate empty - The number is not defined for the range.
 * @event {HkChangeEvent<number | null>} hk-change - The number moved in a quiet refresh, from `previous` to `value`.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkKpi extends HkNumber {
  static override properties: PropertyDeclarations = { metric: { useDefault: true }, format: {}, spark: { type: Boolean, converter: flag } }
  static override styles: CSSResultGroup = [HkNumber.styles, changeStyles, styles]

  /**
   * Which number: `visitors visits pageviews views_per_visit bounce_rate visit_duration events conversions
   * conversion_rate revenue`.
   */
  declare metric: string
  /** `compact` writes 31.5K in place of 31,482, as is done automatically where there is no room for more. */
  declare format: 'compact' | undefined
  /** Adds a sparkline: the course over the range. */
  declare spark: boolean

  #overview = new Report(this, 'overview', () => question(this.scope), ({ data, previous, changed }) => {
    if (changed.has(this.metric)) this.moved(data[this.#metric], previous?.[this.#metric], changed)
  })
  #series = new Report(this, 'timeseries', () => this.#course())
  #room = new Room(this)

  constructor() {
    super()
    this.metric = 'visitors'
    this.spark = false
  }

  protected override get main(): Report<'overview'> {
    return this.#overview
  }

  protected override get shown(): Shown {
    const amount = this.#overview.answer?.data[this.#metric]
    const metric = this.#metric
    const whole = value(this.language, metric, amount)
    return { metric, amount, compact: this.format === 'compact' || this.#tight(whole) }
  }

  protected override get heading(): string {
    return this.label || (isMetric(this.metric) ? this.words.metrics[this.metric] : this.metric)
  }

  protected override get spacious(): boolean {
    return !!this.label || !!this.compare || this.spark
  }

  protected override check(): string | undefined {
    return unknownMetric(this.metric)
  }

  get #metric(): Metric {
    return isMetric(this.metric) ? this.metric : 'visitors'
  }

  #tight(text: string): boolean {
    return this.#room.width > 0 && this.#room.ems < emsOf(text) * leastSize
  }

  /** The same question whatever the metric, so that all the numbers of a page share one answer. */
  #course(): Question | undefined {
    if (!this.spark || this.#room.width <= leastWidth) return undefined
    const { compare: _, ...asked } = question(this.scope)
    const { interval } = this.scope
    return { ...asked, metrics, ...(interval && { interval }) }
  }

  protected override block(figure: TemplateResult): TemplateResult {
    return html`<div class="label" part="label">${this.heading}</div>
      ${this.problem() ??
      html`<div class="value" .style=${`--_ems:${this.#ems}`}>${figure}</div>
        <div class="foot">${this.#change()}${this.#line()}</div>`}`
  }

  get #ems(): number {
    const { metric, amount, compact } = this.shown
    return emsOf(value(this.language, metric, amount, compact))
  }

  #change(): TemplateResult {
    const { answer } = this.#overview
    const metric = this.#metric
    const before = answer?.compare?.data[metric]
    const against = comparison(this.scope)
    const moved = delta(this.language, this.words, metric, answer?.data[metric], before, against)
    const stale = this.since(answer?.generated_at)
    return stale ?? (moved ? change(moved) : html`<span></span>`)
  }

  #line(): TemplateResult | undefined {
    const points = this.#series.answer?.data.points
    if (!this.spark || !points) return undefined
    return sparkline(points, (point) => point[this.#metric])
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-kpi': HkKpi
  }
}
