import type { Metric, Point, Question } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { HkElement } from '../element/base.ts'
import { choice } from '../element/choices.ts'
import { choices } from '../element/choices.css.ts'
import { HkChangeEvent, HkSelectEvent } from '../element/events.ts'
import { value } from '../element/format.ts'
import { rightToLeft } from '../element/locale.ts'
import { readMetrics, unknownMetric } from '../element/metrics.ts'
import { Report } from '../element/report.ts'
import { Room } from '../element/room.ts'
import { comparison, question, unknown } from '../element/scope.ts'
import { stepOf } from '../element/steps.ts'
import { summary } from '../element/summary.ts'
import type { Series } from '../element/summary.ts'
import { fill } from '../element/words.ts'
import { styles } from './chart.css.ts'
import { blank, draw, findMoved, plotOf } from './plot.ts'
import type { Plot } from './plot.ts'
import { nearest } from './shape.ts'
import { sheet } from './sheet.ts'
import { told, tooltip } from './tooltip.ts'

/** Height in pixels where nothing is said; hk.ts reserves the same. */
const usual = 240

/**
 * A series over the range, one metric at a time, with its comparison thin and dashed and the unfinished
 * bucket dotted. It is one tab stop: arrow keys go from point to point, Home and End to the ends, Escape puts
 * the tooltip away. The same figures stand in a table behind a button.
 *
 * @summary A series: line or area.
 * @slot - What stands there until the series is known, and without JavaScript.
 * @csspart label - The title.
 * @csspart chart - The drawing.
 * @csspart tooltip - What is said of a point.
 * @csspart table - The same figures as a table.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of the series.
 * @cssprop --hk-text - Colour of the title; by itself the page's.
 * @cssprop --hk-muted - Colour of ticks and the comparison.
 * @cssprop --hk-line - Colour of the grid.
 * @cssprop --hk-surface - Colour of what the chart stands on, around the chosen point.
 * @cssprop --hk-font - Font; by itself the page's.
 * @cssprop --hk-speed - How long a change stays marked.
 * @cssstate loading - A new question is open.
 * @cssstate refreshing - The same question is asked again, quietly.
 * @cssstate changed - A value moved just now.
 * @cssstate stale - The last refresh failed; the series before it stands.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential gives no access.
 * @cssstate empty - All values are 0.
 * @event {HkChangeEvent} hk-change - A value moved in a quiet refresh.
 * @event {HkSelectEvent} hk-select - A point was chosen, by a click or Enter.
 * @event {HkErrorEvent} hk-error - It cannot be shown.
 */
export class HkChart extends HkElement {
  static override properties: PropertyDeclarations = { metric: {}, shown: {}, type: {}, height: { type: Number } }
  static override styles: CSSResultGroup = [HkElement.styles, choices, styles]

  /** Which metrics, separated by commas; the first is shown, the others by a button. */
  declare metric: string
  /** The one of them that is shown, where the page around has it chosen: then there are no buttons for it. */
  declare shown: Metric | undefined
  declare type: 'line' | 'area'
  /** Height of the drawing in pixels. */
  declare height: number

  #series = new Report(this, 'timeseries', () => this.#question(), ({ data, previous, changed }) => {
    this.#before = previous?.points ?? data.points
    this.mark(changed)
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  })
  #chosen: Metric | undefined
  #active: number | undefined
  #asTable = false
  #room = new Room(this)
  /** The points before the last quiet refresh, to find those that moved. */
  #before: readonly Point[] = []

  constructor() {
    super()
    this.metric = 'visitors'
    this.type = 'area'
    this.height = usual
  }

  protected override get main(): Report<'timeseries'> {
    return this.#series
  }

  protected override check(): string | undefined {
    const height = this.#height === this.height ? undefined : 'height has to be from 60 to 2000 (pixels).'
    return unknownMetric(this.metric || '?') ?? unknown('type', this.type, ['line', 'area']) ?? height
  }

  /** Height that the box is made for, also where the attribute is at fault. */
  get #height(): number {
    return this.height >= 60 && this.height <= 2000 ? this.height : usual
  }

  get #metrics(): Metric[] {
    return readMetrics(this.metric)
  }

  get #shown(): Metric {
    const metrics = this.#metrics
    const first = metrics[0] ?? 'visitors'
    const chosen = this.shown ?? this.#chosen
    return chosen && metrics.includes(chosen) ? chosen : first
  }

  get #points(): readonly Point[] {
    return this.#series.answer?.data.points ?? []
  }

  get #empty(): boolean {
    return this.#series.answer !== undefined && this.#points.every((point) => !point[this.#shown])
  }

  #question(): Question {
    const { interval } = this.scope
    return { ...question(this.scope), metrics: this.#metrics, ...(interval && { interval }) }
  }

  #point(index: number | undefined): void {
    const last = this.#points.length - 1
    const active = index === undefined || last < 0 ? undefined : Math.min(last, Math.max(0, index))
    if (active === this.#active) return
    this.#active = active
    this.requestUpdate()
  }

  #select(): void {
    const point = this.#active === undefined ? undefined : this.#points[this.#active]
    if (point) this.dispatchEvent(new HkSelectEvent({ point }))
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Enter') this.#select()
    else {
      const step = stepOf(event.key, this.#active, this.#points.length - 1)
      if (!step) return
      this.#point(step.to)
    }
    event.preventDefault()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#empty)
  }

  protected override render(): TemplateResult {
    const { answer } = this.#series
    const metric = this.#shown
    const name = this.words.metrics[metric]
    const title = this.label || (answer ? fill(this.words.by[answer.range.interval], { metric: name }) : name)
    const plot =
      answer &&
      plotOf(
        {
          points: answer.data.points,
          before: answer.compare?.data.points ?? [],
          metric,
          range: answer.range,
          type: this.type,
          locale: this.language,
        },
        this.#room.width,
        this.#height,
        rightToLeft(this),
      )
    const note = this.since(answer?.generated_at)
    const problem = this.problem()
    const sentence = answer && summary(this.#told(name), answer.range, this.words, this.language)
    const table = this.#asTable && plot && sheet(plot, title, this.words, this.#height)
    return html`<figure aria-busy=${this.busy}>
      <div class="head">
        <figcaption>
          <span class="title" part="label">${title}</span> ${note}
          <span class="hidden">${sentence}</span>
        </figcaption>
        ${this.#choices(problem !== undefined)}
      </div>
      ${table || this.#drawing(plot, title, problem)}
    </figure>`
  }

  #told(name: string): Series {
    const metric = this.#shown
    const points = this.#points.map((point) => ({ ...point, amount: point[metric] }))
    return { name, points, write: (amount) => value(this.language, metric, amount) }
  }

  /** Hidden where there is nothing to choose, and as high. */
  #choices(hidden: boolean): TemplateResult {
    const metrics = this.#metrics
    const of = (metric: Metric) => {
      const choose = () => {
        this.#chosen = metric
        this.requestUpdate()
      }
      return choice(this.words.metrics[metric], metric === this.#shown, choose)
    }
    const toggle = () => {
      this.#asTable = !this.#asTable
      this.requestUpdate()
    }
    return html`<div class=${hidden ? 'choices away' : 'choices'}>
      ${metrics.length > 1 && !this.shown ? metrics.map(of) : nothing} ${choice(this.words.table, this.#asTable, toggle)}
    </div>`
  }

  #drawing(plot: Plot | undefined, title: string, problem: TemplateResult | undefined): TemplateResult {
    const height = this.#height
    const { width } = this.#room
    const size = `block-size:${height}px`
    if (problem) return html`<div class="plot" .style=${size}><div class="cover">${problem}</div></div>`
    if (!plot || width === 0) {
      return html`<div class="plot" .style=${size}><slot>${blank(height)}</slot></div>`
    }
    if (this.#empty) {
      const sentence = html`<div class="cover"><p class="problem">${this.words.empty}</p></div>`
      return html`<div class="plot" .style=${size}>${blank(height, [3])}${sentence}</div>`
    }
    const last = plot.points.length - 1
    const at = Math.min(this.#active ?? last, last)
    const against = comparison(this.scope)
    const moved = this.changed.has(plot.metric) ? findMoved(plot, this.#before) : []
    return html`<div class="plot ${this.busy ? 'busy' : ''}" .style=${size}>
      <div
        class="track"
        role="slider"
        tabindex="0"
        aria-label=${title}
        aria-valuemin="0"
        aria-valuemax=${Math.max(0, last)}
        aria-valuenow=${Math.max(0, at)}
        aria-valuetext=${told(plot, at, this.words, against)}
        @keydown=${this.#key}
        @pointermove=${(event: PointerEvent) => this.#hover(event, plot)}
        @pointerdown=${(event: PointerEvent) => this.#hover(event, plot)}
        @pointerleave=${this.#leave}
        @pointercancel=${() => this.#point(undefined)}
        @blur=${() => this.#point(undefined)}
        @click=${this.#select}
      >
        <svg part="chart" width=${width} height=${height} aria-hidden="true">
          ${draw(plot, this.#active, moved)}
        </svg>
        ${this.#active === undefined ? nothing : tooltip(plot, at, this.words, against)}
      </div>
    </div>`
  }

  /** A finger leaves when it is lifted, before the click: what it chose stays until the focus goes. */
  #leave(event: PointerEvent): void {
    if (event.pointerType === 'mouse') this.#point(undefined)
  }

  #hover(event: PointerEvent, { box, points }: Plot): void {
    if (!(event.currentTarget instanceof HTMLElement)) return
    const { left } = event.currentTarget.getBoundingClientRect()
    this.#point(nearest(box, event.clientX - left, points.length))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-chart': HkChart
  }
}
