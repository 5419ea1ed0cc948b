import type { Question, ReportData } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { HkElement } from '../element/base.ts'
import { HkChangeEvent } from '../element/events.ts'
import { number, plural } from '../element/intl.ts'
import { placeOf } from '../element/place.ts'
import { Report } from '../element/report.ts'
import { unknown } from '../element/scope.ts'
import { untracked } from '../element/signals.ts'
import { fill } from '../element/words.ts'
import { styles } from './globe.css.ts'
import { Picture } from './picture.ts'
import { linesOf, movedLines } from './places.ts'
import type { Line } from './places.ts'
import { english } from './words.ts'
import type { GlobeWords } from './words.ts'

/** Ways to show where visitors are. */
export const views = ['globe', 'map', 'list'] as const

/** Places in the list where nothing is said. */
const usual = 5

/**
 * Where the visitors of the last five minutes are: pins on a globe or a flat map, and the same as a list beside
 * it. The globe turns slowly until somebody turns it, by dragging or with the arrow keys. Where motion is unwanted,
 * colours are forced or there is no WebGL, the flat map takes its place.
 *
 * @summary Visitors now on a globe.
 * @slot - What stands there until the places are known, and without JavaScript.
 * @csspart head - The title, and of which time they are.
 * @csspart label - The title.
 * @csspart chart - The globe or the map.
 * @csspart table - The list of places.
 * @csspart row - One place.
 * @csspart value - Its visitors.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Ground of the globe, and the wash over a changed number.
 * @cssprop --hk-text - Colour of places and land; default: the page's.
 * @cssprop --hk-muted - Colour of what recedes.
 * @cssprop --hk-line - Edge of the globe.
 * @cssprop --hk-surface - Edge of the pins.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssprop --hk-speed - How long a changed number stays marked.
 * @cssstate loading - The first answer is awaited.
 * @cssstate refreshing - It is asked again, quietly.
 * @cssstate changed - A number moved just now.
 * @cssstate stale - The last refresh failed; the places before it stand.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential does not let visitors now be seen.
 * @cssstate empty - Nobody is there.
 * @event {HkChangeEvent} hk-change - The visitors of a place moved.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkGlobe extends HkElement {
  static override properties: PropertyDeclarations = { view: { useDefault: true }, limit: { type: Number, useDefault: true } }
  static override styles: CSSResultGroup = [HkElement.styles, styles]

  /** `globe`, `map`, or the `list` alone. */
  declare view: (typeof views)[number]
  /** Places in the list; the others come by a button. */
  declare limit: number

  #live = new Report(this, 'live', () => this.#question())
  #picture = new Picture(this)
  #shown: ReportData['live'] | undefined
  #whole = false

  constructor() {
    super()
    this.view = 'globe'
    this.limit = usual
  }

  protected override get main(): Report<'live'> {
    return this.#live
  }

  /** Rows that the box is made for, also where the attribute is at fault. */
  get #size(): number {
    return Number.isInteger(this.limit) && this.limit > 0 && this.limit <= 200 ? this.limit : usual
  }

  protected override check(): string | undefined {
    const limit = this.#size === this.limit ? undefined : 'limit has to be from 1 to 200.'
    return unknown('view', this.view, views) ?? limit
  }

  get #phrases(): GlobeWords {
    return this.said('globe', english)
  }

  #question(): Question {
    const { filters } = this.scope
    return filters?.length ? { filter: filters } : {}
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const data = untracked(() => this.#live.answer?.data)
    this.toggle('empty', data?.visitors === 0)
    if (data === this.#shown) return
    const previous = this.#shown
    this.#shown = data
    if (!data || !previous || this.busy) return
    const moved = movedLines(linesOf(previous).lines, linesOf(data).lines)
    if (moved.size === 0) return
    this.mark(moved)
    this.dispatchEvent(new HkChangeEvent(data, previous, moved))
  }

  protected override render(): TemplateResult {
    const { words } = this
    const phrased = this.#phrases
    const title = this.label || phrased.title
    const answer = this.#live.answer
    const problem = this.problem()
    const picture = this.view === 'list' ? nothing : this.#picture.render(answer?.data.places ?? [], this.view, phrased)
    return html`<div class=${this.busy ? 'busy' : ''} role="group" aria-label=${title} aria-busy=${this.busy}>
      <div class="head" part="head">
        <span class="title" part="label" title=${title}>${title}</span>
        ${this.since(answer?.generated_at) ?? html`<span class="note">${words.recent}</span>`}
      </div>
      <div class="body" .style=${`--_rows:${this.#size}`}>
        ${picture}
        <div class="list">${problem ?? (answer ? this.#list(answer.data, title, phrased) : this.#ghosts())}</div>
      </div>
    </div>`
  }

  #ghosts(): TemplateResult {
    const ghosts = Array.from({ length: this.#size }, () => html`<div class="ghost"></div>`)
    return html`<slot>${this.phase === 'error' ? nothing : ghosts}</slot>`
  }

  #list(data: ReportData['live'], title: string, phrased: GlobeWords): TemplateResult {
    if (data.visitors === 0) return html`<p class="problem">${phrased.empty}</p>`
    const { lines, rest } = linesOf(data)
    const room = this.#whole ? lines.length : this.#size - (rest > 0 ? 1 : 0)
    const over = lines.length - this.#size + (rest > 0 ? 1 : 0)
    return html`<ul part="table" role="list" aria-label=${title}>
        ${lines.slice(0, Math.max(1, room)).map((line) => this.#line(line))}
        ${rest > 0 ? this.#row(phrased.rest, rest, 'rest') : nothing}
      </ul>
      ${over > 0 ? this.#more(over, phrased) : nothing}`
  }

  #line(line: Line): TemplateResult {
    const name = placeOf(line, this.language, this.words)
    return this.#row(name, line.visitors, '', this.changed.has(line.key) ? 'changed' : '')
  }

  #row(name: string, visitors: number, kind: string, changed = ''): TemplateResult {
    return html`<li part="row" class=${kind}>
      <span class="name" title=${name}>${name}</span>
      <span class="value" part="value"><span class=${changed}>${number(this.language, visitors)}</span></span>
    </li>`
  }

  #more(over: number, { more, less }: GlobeWords): TemplateResult {
    const { language } = this
    const form = more[plural(language, over)] ?? more.other
    const turn = () => {
      this.#whole = !this.#whole
      this.requestUpdate()
    }
    return html`<button type="button" class="more" aria-expanded=${this.#whole} @click=${turn}>
      ${this.#whole ? less : fill(form, { count: number(language, over) })}
    </button>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-globe': HkGlobe
  }
}
