import type { FunnelRow, FunnelStep, Question } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { change } from '../element/change.ts'
import { change as changeStyles } from '../element/change.css.ts'
import { HkChangeEvent } from '../element/events.ts'
import { delta, duration, none, percent, value } from '../element/format.ts'
import { HkPanel } from '../element/panel.ts'
import { Report } from '../element/report.ts'
import { comparison, question } from '../element/scope.ts'
import { sparkline } from '../element/spark.ts'
import { fill } from '../element/words.ts'
import { styles } from './funnel.css.ts'
import { english } from './words.ts'

/** Steps that the box is made for where nothing is said. */
const usual = 4

/** What an id of a funnel looks like; a name may look the same. */
const idPattern = /^[0-9a-z]{10}$/

/**
 * How far visitors got in a funnel: a bar for each step, as long as its part of those who did the first, and
 * between two of them who went on, who left and how long it took. With `compare` a mark shows how long each bar
 * was before.
 *
 * @summary A funnel: who did each step.
 * @slot - What stands there until the steps are known, and without JavaScript.
 * @csspart label - The title.
 * @csspart value - The rate of the whole, and visitors of each step.
 * @csspart delta - The change against the comparison.
 * @csspart chart - Completions over the range, as a sparkline.
 * @csspart table - The steps.
 * @csspart row - One step.
 * @csspart bar - The bar behind it.
 * @csspart note - Since when the figures are old.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of the bars.
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
 * @cssstate stale - The last refresh failed; the figures before it stand.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential gives no access.
 * @cssstate empty - There is no such funnel.
 * @event {HkChangeEvent} hk-change - A figure moved in a quiet refresh. `changed` names the funnel.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkFunnel extends HkPanel {
  static override properties: PropertyDeclarations = { funnel: {}, steps: { type: Number, useDefault: true } }
  static override styles: CSSResultGroup = [HkPanel.styles, changeStyles, styles]

  /** Id or name of the funnel; default: the first of the site. */
  declare funnel: string | undefined
  /** How many steps the box is made for before they are known; 4 where nothing is said. */
  declare steps: number

  #funnels = new Report(this, 'funnels', () => this.#question(), ({ data, previous, changed }) => {
    const [now, before] = [data, previous].map((report) => report && this.#pick(report.rows))
    const moved = (now?.steps ?? []).flatMap(({ name, visitors }, index) =>
      visitors === (before?.steps[index]?.visitors ?? 0) ? [] : [`${index} ${name}`],
    )
    this.mark(new Set(moved))
    this.dispatchEvent(new HkChangeEvent(data, previous, changed))
  })
  /** A value that has the form of an id but is the name of a funnel. */
  #named: string | undefined

  constructor() {
    super()
    this.steps = usual
  }

  protected override get main(): Report<'funnels'> {
    return this.#funnels
  }

  protected override get heading(): string {
    return this.label || this.#row?.name || this.said('funnel', english).title
  }

  protected override get generated(): string | undefined {
    return this.#funnels.answer?.generated_at
  }

  protected override get size(): number {
    return Number.isInteger(this.steps) && this.steps >= 2 && this.steps <= 20 ? this.steps : usual
  }

  protected override check(): string | undefined {
    return this.size === this.steps ? undefined : 'steps has to be from 2 to 20.'
  }

  get #row(): FunnelRow | undefined {
    return this.#pick(this.#funnels.answer?.data.rows ?? [])
  }

  get #isId(): boolean {
    const { funnel = '' } = this
    return idPattern.test(funnel) && funnel !== this.#named
  }

  /** By name the service finds all that contain it, in any case. */
  #pick(rows: readonly FunnelRow[]): FunnelRow | undefined {
    const wanted = this.funnel?.toLowerCase()
    if (!wanted || this.#isId) return rows[0]
    return rows.find(({ name }) => name.toLowerCase() === wanted)
  }

  #question(): Question {
    const { funnel } = this
    const asked = question(this.scope)
    if (!funnel) return { ...asked, limit: 1 }
    return this.#isId ? { ...asked, funnel } : { ...asked, search: funnel, limit: 100 }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('funnel')) this.#named = undefined
    const { error } = this.#funnels
    if (this.#isId && error?.parameter === 'funnel') this.#named = this.funnel
    super.willUpdate(changed)
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#funnels.answer !== undefined && this.#row === undefined)
  }

  protected override content(): TemplateResult {
    const row = this.#row
    const words = this.said('funnel', english)
    if (!row) return this.blank(this.funnel ? fill(words.missing, { name: this.funnel }) : words.none)
    const before = this.#pick(this.#funnels.answer?.compare?.data.rows ?? [])
    return html`${this.#whole(row, before)}
      <ol part="table" role="list" aria-label=${row.name}>
        ${row.steps.map((step, index) => this.#step(step, index, before?.steps[index]))}
      </ol>`
  }

  #whole(row: FunnelRow, before: FunnelRow | undefined): TemplateResult {
    const { language } = this
    const text = fill(this.said('funnel', english).of, {
      done: value(language, 'visitors', row.completions),
      all: value(language, 'visitors', row.entries),
    })
    return html`<div class="whole">
      <data part="value" value=${row.rate ?? nothing}>${row.rate === null ? none : percent(language, row.rate)}</data>
      <span class="of">${text}</span>
      ${this.#moved(row.rate, before?.rate)}
      ${sparkline(row.points, (point) => point.completions)}
    </div>`
  }

  #moved(now: number | null, before: number | null | undefined): TemplateResult | undefined {
    const moved = delta(this.language, this.words, 'conversion_rate', now, before, comparison(this.scope))
    return moved && change(moved)
  }

  #step(step: FunnelStep, index: number, before: FunnelStep | undefined): TemplateResult {
    const { language } = this
    const words = this.said('funnel', english)
    const rate = step.total_rate ?? 0
    const earlier = before?.total_rate ?? undefined
    const mark = this.changed.has(`${index} ${step.name}`) ? 'changed' : ''
    const compared =
      earlier !== undefined && index > 0
        ? html`<div class="before" .style=${`--_part:${earlier}`}></div>
            <span class="hidden">${fill(words.before, { rate: percent(language, earlier) })}</span>`
        : nothing
    return html`<li part="row">
      ${index > 0 ? this.#between(step, before) : nothing}
      <div class="step">
        <div class="bar" part="bar" .style=${`--_part:${rate}`}></div>
        <span class="name" title=${step.name}><bdi>${step.name}</bdi></span>
        <span class="value" part="value"><span class=${mark}>${value(language, 'visitors', step.visitors)}</span></span>
        <span class="share">${step.total_rate === null ? none : percent(language, rate)}</span>
        ${compared}
      </div>
    </li>`
  }

  /** How visitors came from one step to the next. */
  #between(step: FunnelStep, before: FunnelStep | undefined): TemplateResult {
    const { language } = this
    const words = this.said('funnel', english)
    const { step_rate: rate, drop_off, median_seconds: seconds } = step
    const parts: [string, string | undefined][] = [
      ['went', rate === null ? undefined : fill(words.went, { rate: percent(language, rate) })],
      ['left', fill(words.left, { count: value(language, 'visitors', drop_off) })],
      ['median', seconds === null ? undefined : fill(words.median, { time: duration(language, seconds) })],
    ]
    return html`<div class="between">
      ${parts.map(([name, text]) => text && html`<span class=${name} title=${text}>${text} </span>`)}
      ${this.#moved(rate, before?.step_rate)}
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-funnel': HkFunnel
  }
}
