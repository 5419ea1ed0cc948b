import type { Visit } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { ago } from '../element/ago.ts'
import { Arrivals, keyOf, latest } from '../element/arrivals.ts'
import type { Arrived } from '../element/arrivals.ts'
import { HkElement } from '../element/base.ts'
import { Clock } from '../element/clock.ts'
import { HkVisitEvent } from '../element/events.ts'
import { date, number, plural } from '../element/intl.ts'
import { flag, placeOf } from '../element/place.ts'
import { styles as placeStyles } from '../element/place.css.ts'
import type { Report } from '../element/report.ts'
import { fill } from '../element/words.ts'
import { styles } from './feed.css.ts'
import { english } from './words.ts'
import type { FeedWords } from './words.ts'

/** Rows where nothing is said. */
const usual = 6
const most = 50
/** Milliseconds in which rows make room for new ones. */
const slideMs = 300

/**
 * The latest visits as they come: from where, on what device, to which page and out of which source. While
 * somebody points at it or has the focus in it, it stands still, and a button tells how many came meanwhile.
 *
 * @summary The latest visits as they come.
 * @slot - What stands there until the visits are known, and without JavaScript.
 * @csspart label - The title.
 * @csspart table - The list.
 * @csspart row - One visit.
 * @csspart value - How long ago it was.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-accent - Colour of the wash over a new visit, and of the button.
 * @cssprop --hk-text - Colour of the places; default: the page's.
 * @cssprop --hk-muted - Colour of pages and times.
 * @cssprop --hk-radius - Radius of the rows.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssprop --hk-speed - How long a new visit stays marked.
 * @cssstate loading - The first answer is awaited.
 * @cssstate refreshing - It is asked again, quietly.
 * @cssstate changed - A visit came just now.
 * @cssstate stale - The last refresh failed; the visits before it stand.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential does not let single visits be seen.
 * @cssstate empty - There are no visits.
 * @event {HkVisitEvent} hk-visit - Visits came: `visits`, and `more` that are known by number only.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkFeed extends HkElement {
  static override properties: PropertyDeclarations = { limit: { type: Number, useDefault: true } }
  static override styles: CSSResultGroup = [HkElement.styles, placeStyles, styles]

  /** Visits at once, at most 50. */
  declare limit: number

  #arrivals = new Arrivals(this, () => latest(this.scope.filters, this.#size), (arrived) => this.#arrive(arrived))
  #clock = new Clock(this)
  /** What stands while somebody points at it. */
  #held: readonly Visit[] | undefined
  #waiting = 0
  #pointed = false
  #focused = false
  #first = ''

  constructor() {
    super()
    this.limit = usual
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#pointed = this.#focused = false
    this.#settle()
  }

  protected override get main(): Report<'visits'> {
    return this.#arrivals.report
  }

  /** Rows that the box is made for, also where the attribute is at fault. */
  get #size(): number {
    return Number.isInteger(this.limit) && this.limit > 0 && this.limit <= most ? this.limit : usual
  }

  protected override check(): string | undefined {
    return this.#size === this.limit ? undefined : `limit has to be from 1 to ${most}.`
  }

  get #phrases(): FeedWords {
    return this.said('feed', english)
  }

  get #latest(): readonly Visit[] | undefined {
    return this.#arrivals.visits?.slice(0, this.#size)
  }

  #arrive({ visits, more }: Arrived): void {
    if (this.#held) this.#waiting += visits.length + more
    else this.mark(new Set(visits.map(keyOf)))
    this.dispatchEvent(new HkVisitEvent(visits, more))
  }

  /** Stands still from the first who points at it, and goes on when nobody does. */
  #settle(): void {
    if (this.#pointed || this.#focused) this.#held ??= this.#latest
    else this.#release()
  }

  #release(): void {
    const before = new Set(this.#held?.map(keyOf))
    const came = this.#waiting > 0
    this.#held = undefined
    this.#waiting = 0
    this.requestUpdate()
    if (!came) return
    const fresh = this.#latest?.map(keyOf).filter((key) => !before.has(key))
    this.mark(new Set(fresh))
  }

  /** Shows what came meanwhile, and stands still again. */
  #show(): void {
    this.renderRoot.querySelector('ol')?.focus({ preventScroll: true })
    this.#release()
    this.#settle()
  }

  #holds(target: EventTarget | null): boolean {
    return target instanceof Node && this.renderRoot.contains(target)
  }

  #turn(change: { pointed?: boolean; focused?: boolean }): void {
    this.#pointed = change.pointed ?? this.#pointed
    this.#focused = change.focused ?? this.#focused
    this.#settle()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const visits = this.#held ?? this.#latest
    this.toggle('empty', visits?.length === 0)
    const keys = visits?.map(keyOf) ?? []
    const fresh = keys.indexOf(this.#first)
    this.#first = keys[0] ?? ''
    if (fresh > 0) this.#slide(fresh)
  }

  /** Has the rows come down from where they were by as many as are new. */
  #slide(fresh: number): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    for (const row of this.renderRoot.querySelectorAll('li')) {
      const from = { transform: `translateY(${-100 * fresh}%)` }
      row.animate([from, { transform: 'none' }], { duration: slideMs, easing: 'ease-out' })
    }
  }

  protected override render(): TemplateResult {
    const words = this.#phrases
    const title = this.label || words.title
    const answer = this.#arrivals.report.answer
    const visits = this.#held ?? this.#latest
    return html`<div
      class=${this.busy ? 'busy' : ''}
      role="group"
      aria-label=${title}
      aria-busy=${this.busy}
      @pointerenter=${() => this.#turn({ pointed: true })}
      @pointerleave=${() => this.#turn({ pointed: false })}
      @focusin=${() => this.#turn({ focused: true })}
      @focusout=${(event: FocusEvent) => this.#turn({ focused: this.#holds(event.relatedTarget) })}
    >
      <div class="head">
        <span class="title" part="label" title=${title}>${title}</span>
        ${this.#news(words) ?? this.since(answer?.generated_at) ?? nothing}
      </div>
      <div class="body" .style=${`--_rows:${this.#size}`}>
        ${this.problem() ?? (visits ? this.#list(visits, title, words) : this.#ghosts())}
      </div>
    </div>`
  }

  #news({ waiting }: FeedWords): TemplateResult | undefined {
    const count = this.#waiting
    if (count === 0) return undefined
    const { language } = this
    const form = waiting[plural(language, count)] ?? waiting.other
    const text = fill(form, { count: number(language, count) })
    return html`<button type="button" class="waiting" @click=${() => this.#show()}>${text}</button>`
  }

  #ghosts(): TemplateResult {
    const ghosts = Array.from({ length: this.#size }, () => html`<div class="ghost"></div>`)
    return html`<slot>${this.phase === 'error' ? nothing : ghosts}</slot>`
  }

  #list(visits: readonly Visit[], title: string, { empty }: FeedWords): TemplateResult {
    if (visits.length === 0) return html`<p class="problem">${empty}</p>`
    // In the order of the tab, so that a keyboard can have it stand still.
    return html`<ol part="table" role="list" tabindex="0" aria-label=${title}>
      ${repeat(visits, keyOf, (visit) => this.#row(visit))}
    </ol>`
  }

  #row(visit: Visit): TemplateResult {
    const { language, words } = this
    const place = placeOf(visit, language, words)
    const device = words.devices[visit.device] ?? visit.device
    const facts = [device, visit.referrer_source].filter(Boolean).map((fact) => ` · ${fact}`)
    const at = new Date(visit.at)
    const exact = date(language, at, { dateStyle: 'medium', timeStyle: 'medium' })
    const changed = this.changed.has(keyOf(visit)) ? 'changed' : ''
    return html`<li part="row" class=${changed}>
      ${flag(visit.country)}
      <div class="what">
        <div class="line">
          <span class="place" title=${place}>${place}</span>
          <time part="value" datetime=${visit.at} title=${exact}>${ago(language, visit.at, this.#clock.now)}</time>
        </div>
        <div class="line trail">
          <span class="page" dir="ltr" title=${visit.entry_path}>${visit.entry_path}</span
          ><span class="from">${facts.join('')}</span>
        </div>
      </div>
    </li>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-feed': HkFeed
  }
}
