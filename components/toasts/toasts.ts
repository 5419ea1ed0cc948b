import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { announce } from '../element/announce.ts'
import { Arrivals, latest } from '../element/arrivals.ts'
import type { Arrived } from '../element/arrivals.ts'
import { HkElement } from '../element/base.ts'
import { HkVisitEvent } from '../element/events.ts'
import { flag } from '../element/inputs.ts'
import { styles as placeStyles } from '../element/place.css.ts'
import type { Report } from '../element/report.ts'
import { unknown } from '../element/scope.ts'
import { discOf, headlineOf, trailOf } from './sentence.ts'
import { join, Stack } from './stack.ts'
import type { Toast } from './stack.ts'
import { styles } from './toasts.css.ts'
import { english } from './words.ts'
import type { ToastWords } from './words.ts'

const corners = ['block-end inline-end', 'block-end inline-start', 'block-start inline-end', 'block-start inline-start'] as const

/**
 * New visits, told of in a corner of the screen, over whatever is there. A rush is one toast that counts them;
 * no more than three are there at once, and no visit goes uncounted. They wait while somebody points at them or has
 * the focus in them, go by a button or Escape, and come to a hidden page when it is shown again, as one.
 *
 * @summary New visits in a corner of the screen.
 * @csspart row - One toast.
 * @csspart label - Who came.
 * @csspart value - What is known of them.
 * @csspart error - Why there can be none.
 * @cssprop --hk-surface - Ground of a toast.
 * @cssprop --hk-text - Colour of who came.
 * @cssprop --hk-muted - Colour of what is known of them.
 * @cssprop --hk-line - Edge of a toast.
 * @cssprop --hk-accent - Colour of the wash over a toast that grew.
 * @cssprop --hk-radius - Radius of a toast.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssprop --hk-speed - How long a toast that grew stays marked.
 * @cssstate loading - The first answer is awaited.
 * @cssstate refreshing - It is asked again, quietly.
 * @cssstate changed - A toast grew just now.
 * @cssstate stale - The last refresh failed.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to tell.
 * @cssstate denied - The credential does not let single visits be seen.
 * @cssstate empty - There is no toast.
 * @event {HkVisitEvent} hk-visit - Visits came: `visits`, and `more` that are known by number only.
 * @event {HkErrorEvent} hk-error - They cannot be told of; `error` says why.
 */
export class HkToasts extends HkElement {
  static override properties: PropertyDeclarations = {
    position: { useDefault: true },
    duration: { type: Number, useDefault: true },
    announce: { type: Boolean, converter: flag },
  }
  static override styles: CSSResultGroup = [HkElement.styles, placeStyles, styles]

  /** Corner of the screen, such as `block-end inline-end`. */
  declare position: (typeof corners)[number]
  /** Seconds for which a toast stays. */
  declare duration: number
  /** Has screen readers tell of them, at most each 30 seconds. */
  declare announce: boolean

  #arrivals = new Arrivals(this, () => latest(this.scope.filters), (arrived) => this.#arrive(arrived))
  #stack = new Stack(() => this.requestUpdate())
  /** What came while the page was hidden. */
  #held: Arrived | undefined
  /** The dialog that they were raised over. */
  #under: Element | null = null
  #pointed = false
  #focused = false
  /** Where the focus was before it came here. */
  #before: EventTarget | null = null
  #excused = false

  constructor() {
    super()
    this.position = 'block-end inline-end'
    this.duration = 6
    this.announce = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.#look)
    document.addEventListener('keydown', this.#key)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.#look)
    document.removeEventListener('keydown', this.#key)
    queueMicrotask(() => {
      if (this.isConnected) return
      this.#stack.clear()
      this.#held = undefined
      this.#pointed = this.#focused = this.#excused = false
    })
  }

  protected override get main(): Report<'visits'> {
    return this.#arrivals.report
  }

  /** It has no place on the page that could come into view. */
  protected override get always(): boolean {
    return true
  }

  protected override check(): string | undefined {
    const lasting = this.duration > 0 && this.duration <= 3600
    return unknown('position', this.position, corners) ?? (lasting ? undefined : 'duration has to be from 1 to 3600 seconds.')
  }

  get #phrases(): ToastWords {
    return this.said('toasts', english)
  }

  #arrive(arrived: Arrived): void {
    if (document.hidden) this.#held = join(this.#held, arrived)
    else this.#tell(arrived)
    this.dispatchEvent(new HkVisitEvent(arrived.visits, arrived.more))
  }

  #tell(arrived: Arrived): void {
    const known = this.#stack.toasts.length
    const toast = this.#stack.add(arrived, this.duration * 1000)
    if (this.#stack.toasts.length === known) this.mark(new Set([`${toast.id}`]))
    if (this.announce) announce(headlineOf(toast, this.language, this.words, this.#phrases))
    this.#raise()
  }

  /** Over a dialog that was opened since; not while it has the focus, which would be lost. */
  #raise(): void {
    const dialog = document.querySelector(':modal')
    if (dialog === this.#under || this.#focused) return
    this.#under = dialog
    const { stack } = this
    if (dialog && stack?.matches(':popover-open')) stack.hidePopover()
  }

  private get stack(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.stack')
  }

  /** Their time rests while the page is hidden; shown again, it tells of all that came meanwhile at once. */
  #look = (): void => {
    this.#rest()
    const held = this.#held
    if (document.hidden || !held) return
    this.#held = undefined
    this.#tell(held)
  }

  #rest(): void {
    if (this.#pointed || this.#focused || document.hidden) this.#stack.pause()
    else this.#stack.resume()
  }

  #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented || !(this.#pointed || this.#focused)) return
    const focused = this.shadowRoot?.activeElement?.closest<HTMLElement>('.toast')
    const toast = focused ?? [...this.renderRoot.querySelectorAll<HTMLElement>('.toast:not(.leaving)')].at(-1)
    if (!toast) return
    event.preventDefault()
    this.#dismiss(Number(toast.dataset['id']))
  }

  #dismiss(id: number): void {
    const focused = this.#focused
    if (id === 0) this.#excused = true
    else this.#stack.dismiss(id)
    this.requestUpdate()
    if (focused) void this.updateComplete.then(() => this.#moveFocus())
  }

  /** To the next toast, or to where it came from. */
  #moveFocus(): void {
    const next = this.renderRoot.querySelector<HTMLElement>('.toast:not(.leaving) button')
    if (next) return next.focus()
    if (this.#before instanceof HTMLElement) this.#before.focus()
    else if (this.shadowRoot?.activeElement instanceof HTMLElement) this.shadowRoot.activeElement.blur()
  }

  #point(pointed: boolean): void {
    this.#pointed = pointed
    this.#rest()
  }

  #focusOn(event: FocusEvent, inside: boolean): void {
    const other = event.relatedTarget
    const within = other instanceof Node && this.renderRoot.contains(other)
    if (inside && !within) this.#before = other
    this.#focused = inside || within
    this.#rest()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const { stack } = this
    const there = stack?.childElementCount ?? 0
    this.toggle('empty', this.#stack.toasts.length === 0)
    if (!stack || stack.matches(':popover-open') === there > 0) return
    if (there > 0) stack.showPopover()
    else {
      stack.hidePopover()
      this.#pointed = this.#focused = false
      this.#rest()
    }
  }

  protected override render(): TemplateResult {
    const words = this.#phrases
    const title = this.label || words.title
    const toasts = [...this.#stack.toasts]
    // The newest is the nearest to its edge.
    if (this.position.startsWith('block-start')) toasts.reverse()
    return html`<div
      class="stack ${this.position}"
      popover="manual"
      role="group"
      aria-label=${title}
      @pointerenter=${() => this.#point(true)}
      @pointerleave=${() => this.#point(false)}
      @focusin=${(event: FocusEvent) => this.#focusOn(event, true)}
      @focusout=${(event: FocusEvent) => this.#focusOn(event, false)}
    >${this.#excuse(words)}${repeat(toasts, ({ id }) => id, (toast) => this.#toast(toast, words))}</div>`
  }

  /** Why there can be none, once; what is temporary is not told. */
  #excuse(words: ToastWords): TemplateResult | typeof nothing {
    const lasting = this.phase === 'denied' || this.check() !== undefined
    const problem = lasting && !this.#excused && this.problem()
    return problem ? html`<div class="toast" data-id="0">${problem}${this.#close(0, words)}</div>` : nothing
  }

  #toast(toast: Toast, phrased: ToastWords): TemplateResult {
    const { language, words } = this
    const headline = headlineOf(toast, language, words, phrased)
    const grew = this.changed.has(`${toast.id}`) ? 'changed' : ''
    return html`<div part="row" class="toast ${grew} ${toast.leaving ? 'leaving' : ''}" data-id=${toast.id}>
      ${discOf(toast, language)}
      <div class="told">
        <div class="first" part="label" title=${headline}>${headline}</div>
        <div class="second" part="value">${trailOf(toast, language, words, phrased)}</div>
      </div>
      ${this.#close(toast.id, phrased, headline)}
    </div>`
  }

  #close(id: number, { dismiss }: ToastWords, what = ''): TemplateResult {
    const name = what ? `${dismiss}: ${what}` : dismiss
    return html`<button type="button" class="close" aria-label=${name} @click=${() => this.#dismiss(id)}>
      <svg viewBox="0 0 10 10" aria-hidden="true"><path d="M1 1l8 8M9 1 1 9" /></svg>
    </button>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-toasts': HkToasts
  }
}
