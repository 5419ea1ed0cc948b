import type { Dimension, Metric, Point, Question } from '@hk-live/sdk'
import { dimensions } from '@hk-live/sdk/protocol'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { HkElement } from '../element/base.ts'
import { choices } from '../element/choices.css.ts'
import { HkChangeEvent, HkRangeChangeEvent, HkSelectEvent } from '../element/events.ts'
import { flag } from '../element/inputs.ts'
import { rightToLeft } from '../element/locale.ts'
import { readMetrics, unknownMetric } from '../element/metrics.ts'
import { Report } from '../element/report.ts'
import { Room } from '../element/room.ts'
import { comparison, isProvider, question, unknown } from '../element/scope.ts'
import { fill } from '../element/words.ts'
import { buttons } from './buttons.ts'
import { styles } from './chart.css.ts'
import { Cursor } from './cursor.ts'
import type { Stretch } from './cursor.ts'
import { blank } from './draw.ts'
import { legend } from './legend.ts'
import type { Choice } from './legend.ts'
import { addsUp, Parts } from './parts.ts'
import { amountsOf, findMoved, Layout, types } from './plot.ts'
import type { Given, Plot } from './plot.ts'
import { sheet } from './sheet.ts'
import { daysOf } from './stretch.ts'
import { track } from './track.ts'

/** Height in pixels where nothing is said; hk.ts reserves the same. */
const usual = 240
/** The same each time, so that a plot without parts and notes is known again. */
const none: [] = []

/**
 * A series over the range, one metric at a time, with its comparison thin and dashed and the unfinished
 * bucket dotted. Annotations of the site stand at their time. `by` breaks it down: the five greatest values stand on
 * one another where they add up to the whole, else beside one another. It is one tab stop: arrow keys go from point to
 * point, Home and End to the ends, Escape puts the tooltip away; with `brush`, Shift and arrow keys choose a stretch, as
 * does drawing over it. The same figures stand in a table behind a button.
 *
 * @summary A series over time: line, area, bars, or stacked.
 * @slot - What stands there until the series is known, and without JavaScript.
 * @csspart label - The title.
 * @csspart chart - The drawing.
 * @csspart bar - The bars of buckets that are over.
 * @csspart legend - The colours of the values that it is broken down by.
 * @csspart tooltip - What is said of a point.
 * @csspart table - The same figures as a table.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of the series; those of values are made from it.
 * @cssprop --hk-text - Colour of the title; default: the page's.
 * @cssprop --hk-muted - Colour of ticks and the comparison.
 * @cssprop --hk-line - Colour of the grid.
 * @cssprop --hk-surface - Colour of what the chart stands on, around the chosen point.
 * @cssprop --hk-font - Font; default: the page's.
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
 * @event {HkSelectEvent} hk-select - A point was chosen, by a click or Enter, or a value of the legend; `selection` names it.
 * @event {HkRangeChangeEvent} hk-range-change - A stretch was chosen. Cancel it to keep the range.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkChart extends HkElement {
  static override properties: PropertyDeclarations = {
    metric: { useDefault: true },
    shown: {},
    type: { useDefault: true },
    by: {},
    legend: {},
    brush: { type: Boolean, converter: flag },
    height: { type: Number, useDefault: true },
  }
  static override styles: CSSResultGroup = [HkElement.styles, choices, styles]

  /** Which metrics, separated by commas; the first is shown, the others by a button. */
  declare metric: string
  /** The one of them that is shown, where the page around has it chosen: then there are no buttons for it. */
  declare shown: Metric | undefined
  /** An `area`, the `line` alone, or a `bar` for each bucket. */
  declare type: 'line' | 'area' | 'bar'
  /** Dimension whose greatest values are drawn, such as `source`, in place of the whole. */
  declare by: Dimension | undefined
  /** `none` where colours are named elsewhere on the page. */
  declare legend: 'none' | undefined
  /** Has a stretch of the series become the range of the site around, or of this chart. */
  declare brush: boolean
  /** Height of the drawing in pixels. */
  declare height: number

  #series = new Report(this, 'timeseries', () => this.#question(), ({ data, previous, changed }) => {
    this.#before = previous?.points ?? data.points
    this.mark(changed)
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  })
  #parts = new Parts(this, () => {
    const { compare: _, metrics: __, ...asked } = this.#question()
    return this.by && { by: this.by, metric: this.#shown, question: asked }
  })
  #chosen: Metric | undefined
  #cursor = new Cursor(() => this.requestUpdate())
  #asTable = false
  #room = new Room(this)
  #layout = new Layout()
  /** The points before the last quiet refresh, to find those that moved. */
  #before: readonly Point[] = []

  constructor() {
    super()
    this.metric = 'visitors'
    this.type = 'area'
    this.brush = false
    this.height = usual
  }

  /** The series, unless its parts cannot be had: without them there is nothing to show. */
  protected override get main(): Report<'timeseries'> | Report<'breakdown'> {
    return this.#parts.failed ?? this.#series
  }

  protected override check(): string | undefined {
    const height = this.#height === this.height ? undefined : 'height has to be from 60 to 2000 (pixels).'
    return (
      unknownMetric(this.metric) ??
      unknown('type', this.type, types) ??
      unknown('by', this.by, dimensions) ??
      unknown('legend', this.legend, ['none']) ??
      height
    )
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

  /** Makes a stretch of the series the range: that of the site, unless it has one of its own. */
  #narrow({ points, range }: Plot, stretch: Stretch): void {
    const days = daysOf(points, range, stretch)
    const site = this.range || this.from || this.to ? undefined : this.around
    if (isProvider(site)) site.chooseRange(undefined, ...days)
    else if (this.dispatchEvent(new HkRangeChangeEvent(undefined, ...days))) {
      this.range = undefined
      ;[this.from, this.to] = days
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('by')) this.#layout.forget()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#empty)
  }

  protected override render(): TemplateResult {
    const { answer } = this.#series
    const name = this.words.metrics[this.#shown]
    const title = this.label || (answer ? fill(this.words.by[answer.range.interval], { metric: name }) : name)
    const plot = this.#plot()
    const problem = this.problem()
    const table = this.#asTable && plot && sheet(plot, title, this.words, this.#height)
    return html`<figure aria-busy=${this.busy}>
      <div class="head">
        <figcaption>
          <span class="title" part="label">${title}</span> ${this.since(answer?.generated_at)}
          <span class="hidden">${plot?.sentence}</span>
        </figcaption>
        ${this.#buttons(problem !== undefined)}
      </div>
      ${table || this.#drawing(plot, title, problem)}
      ${this.by && this.legend !== 'none' ? legend(plot?.parts ?? [], (value) => this.#choice(value)) : nothing}
    </figure>`
  }

  /** What all that is drawn has been asked by. */
  get #asked(): string {
    return JSON.stringify([this.#shown, this.#question()])
  }

  /** What is drawn: what was before, until all that is to be drawn is known. */
  #plot(): Plot | undefined {
    if (!this.#series.answer) this.#layout.forget()
    return this.#layout.lay(this.#asked, this.#given(), this.#room.width, this.#height, rightToLeft(this))
  }

  #given(): Given | undefined {
    const { answer } = this.#series
    if (!answer) return undefined
    const metric = this.#shown
    const { points, annotations } = answer.data
    const parts = this.by ? this.#parts.read(amountsOf(points, metric), this.language, this.words) : none
    if (!parts) return undefined
    return {
      points,
      // Beside parts it would be one line too many.
      before: this.by ? none : (answer.compare?.data.points ?? none),
      metric,
      range: answer.range,
      type: this.type,
      locale: this.language,
      words: this.words,
      parts,
      stacked: this.by !== undefined && this.type !== 'line' && addsUp(metric, this.by),
      notes: annotations ?? none,
    }
  }

  /** Lets a value of the legend filter the site around. */
  #choice(value: string): Choice | undefined {
    if (!this.by) return undefined
    const { choose, pressed = false } = this.filtering(this.by, value, { dimension: this.by, value })
    return choose && { choose, pressed }
  }

  #buttons(hidden: boolean): TemplateResult {
    const metrics = this.shown ? [] : this.#metrics
    const choose = (metric: Metric) => {
      this.#chosen = metric
      this.requestUpdate()
    }
    const toggle = () => {
      this.#asTable = !this.#asTable
      this.requestUpdate()
    }
    return buttons({ metrics, shown: this.#shown, table: this.#asTable, hidden, choose, toggle }, this.words)
  }

  #drawing(plot: Plot | undefined, title: string, problem: TemplateResult | undefined): TemplateResult {
    const height = this.#height
    const size = `block-size:${height}px`
    if (problem) return html`<div class="plot" .style=${size}><div class="cover">${problem}</div></div>`
    if (!plot || this.#room.width === 0) {
      return html`<div class="plot" .style=${size}><slot>${blank(height)}</slot></div>`
    }
    if (this.#empty) {
      const sentence = html`<div class="cover"><p class="problem">${this.words.empty}</p></div>`
      return html`<div class="plot" .style=${size}>${blank(height, [3])}${sentence}</div>`
    }
    const drawing = track({
      plot,
      cursor: this.#cursor,
      title,
      words: this.words,
      against: comparison(this.scope),
      moved: this.changed.has(plot.metric) && !this.by ? findMoved(plot, this.#before) : [],
      brush: this.brush,
      choose: (point) => this.dispatchEvent(new HkSelectEvent({ point })),
      narrow: (stretch) => this.#narrow(plot, stretch),
    })
    const busy = this.busy || this.#layout.asked !== this.#asked
    return html`<div class="plot ${busy ? 'busy' : ''}" .style=${size}>${drawing}</div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-chart': HkChart
  }
}
