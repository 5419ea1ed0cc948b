import type { Client, Status } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyValues, TemplateResult } from 'lit'
import { HkElement } from '../element/base.ts'
import { HkStatusEvent } from '../element/events.ts'
import { date } from '../element/intl.ts'
import { fill } from '../element/words.ts'
import type { Words } from '../element/words.ts'
import { untracked } from '../element/signals.ts'
import { styles } from './status.css.ts'

/** Milliseconds for which the dot answers to something that happened. */
const pulseMs = 600
/** Milliseconds that a connection is given to begin, before it is called none. */
const patienceMs = 3000

/**
 * How the figures around it are kept fresh: live, by polling, or not at the moment and since when. It speaks
 * of the connection that it shares with the elements of the same site. It can stand in a sentence, in the
 * font and colour of which it is written. The dot stands still unless something just happened.
 *
 * @summary Live, polling or offline, and since when.
 * @csspart status - Dot and word.
 * @cssprop --hk-text - Colour of the word; default: that of the text around.
 * @cssprop --hk-muted - Colour of the dot before there is a connection.
 * @cssprop --hk-down - Colour of the dot when the connection is lost.
 * @cssstate offline - There is no network.
 * @cssstate error - Its attributes are at fault.
 * @event {HkStatusEvent} hk-status - The connection is in another state: `status`.
 * @event {HkErrorEvent} hk-error - Its attributes are at fault.
 */
export class HkStatus extends HkElement {
  static override styles: CSSResultGroup = [HkElement.styles, styles]

  #shown: Status['state'] | undefined
  #client: Client | undefined
  #stop: (() => void) | undefined
  #pulse: ReturnType<typeof setTimeout> | undefined
  #patience: ReturnType<typeof setTimeout> | undefined
  #waited = false
  /** The last state that was shown. */
  #last: keyof Words['status'] = 'connecting'

  override connectedCallback(): void {
    super.connectedCallback()
    this.#patience = setTimeout(() => {
      this.#waited = true
      this.requestUpdate()
    }, patienceMs)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#pulse)
    clearTimeout(this.#patience)
    this.#stop?.()
    this.#pulse = this.#stop = this.#client = undefined
  }

  protected override get main(): undefined {
    return undefined
  }

  /** It asks nothing, and says what was going on while it was out of view. */
  protected override get always(): boolean {
    return true
  }

  /** The connection's state; while the page is hidden it is not looked at, and none is told. */
  get #status(): Status | undefined {
    const status = this.client?.status.get()
    return status?.state === 'hidden' ? undefined : status
  }

  /**
   * What is said where there is no connection because none is needed: elements let go of it when they are
   * out of view, and have it again when they come back.
   */
  get #atRest(): keyof Words['status'] {
    if (this.#last === 'live' || this.#last === 'polling') return this.#last
    return this.#waited ? 'idle' : 'connecting'
  }

  #listen(): void {
    const { client } = this
    if (client === this.#client) return
    this.#stop?.()
    this.#client = client
    this.#stop = client?.on('change', () => {
      clearTimeout(this.#pulse)
      this.#pulse = setTimeout(() => {
        this.#pulse = undefined
        this.requestUpdate()
      }, pulseMs)
      this.requestUpdate()
    })
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    untracked(() => this.#listen())
    const status = this.#status
    if (!status || status.state === this.#shown) return
    this.#shown = status.state
    untracked(() => this.dispatchEvent(new HkStatusEvent(status)))
  }

  protected override render(): TemplateResult {
    const problem = this.problem()
    if (problem) return problem
    const { words, language } = this
    const status = this.#status
    const known = status && status.state !== 'hidden' ? status.state : 'idle'
    const state = known === 'idle' ? this.#atRest : known
    this.#last = state
    const lost = state === 'offline' || state === 'backoff'
    const time = status && date(language, new Date(status.since), { hour: 'numeric', minute: '2-digit' })
    const since = time && state === known ? fill(words.since, { time }) : undefined
    const pulse = this.#pulse === undefined ? '' : 'pulse'
    return html`<span class="status ${state} ${pulse}" part="status" title=${since ?? nothing}
      ><span class="dot" aria-hidden="true"></span>${words.status[state]}${since &&
      html`<span class=${lost ? 'since' : 'hidden'}> ${since}</span>`}</span
    >`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-status': HkStatus
  }
}
