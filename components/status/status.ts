import type { Client, Status } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyValues, TemplateResult } from 'lit'
import { HkElement } from '../element/base.ts'
import { HkStatusEvent } from '../element/events.ts'
import { date } from '../element/intl.ts'
import { fill } from '../element/words.ts'
import { untracked } from '../element/signals.ts'
import { styles } from './status.css.ts'

/** Milliseconds for which the dot answers to something that happened. */
const pulseMs = 600

/**
 * How the figures around it are kept fresh: live, by polling, or not at the moment and since when. It speaks
 * of the connection that it shares with the elements of the same site. The dot stands still unless something
 * just happened.
 *
 * @summary Live, polling or offline, and since when.
 * @csspart status - Dot and word.
 * @cssprop --hk-muted - Colour of the word.
 * @cssprop --hk-down - Colour of the dot when the connection is lost.
 * @cssstate offline - There is no network.
 * @cssstate error - Its attributes are at fault.
 * @event {HkStatusEvent} hk-status - The connection is in another state.
 * @event {HkErrorEvent} hk-error - Its attributes are at fault.
 */
export class HkStatus extends HkElement {
  static override styles: CSSResultGroup = [HkElement.styles, styles]

  #shown: Status['state'] | undefined
  #client: Client | undefined
  #stop: (() => void) | undefined
  #pulse: ReturnType<typeof setTimeout> | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#pulse)
    this.#stop?.()
    this.#pulse = this.#stop = this.#client = undefined
  }

  protected override get main(): undefined {
    return undefined
  }

  /** The connection's state; while the page is hidden it is not looked at, and none is told. */
  get #status(): Status | undefined {
    const status = this.client?.status.get()
    return status?.state === 'hidden' ? undefined : status
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
    const state = !status || status.state === 'hidden' ? 'idle' : status.state
    const lost = state === 'offline' || state === 'backoff'
    const time = status && date(language, new Date(status.since), { hour: 'numeric', minute: '2-digit' })
    const pulse = this.#pulse === undefined ? '' : 'pulse'
    return html`<span class="status ${state} ${pulse}" part="status">
      <span class="dot" aria-hidden="true"></span>
      <span title=${time ? fill(words.since, { time }) : nothing}>
        ${words.status[state]}${lost && time ? ` ${fill(words.since, { time })}` : nothing}
      </span>
    </span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-status': HkStatus
  }
}
