import type { Question } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyValues, TemplateResult } from 'lit'
import { nounOf } from '../element/format.ts'
import { HkNumber } from '../element/number.ts'
import type { Shown } from '../element/number.ts'
import { Report } from '../element/report.ts'
import { styles } from './live.css.ts'

/**
 * Visitors now: how many people did something within the last five minutes. It stands still unless the
 * number changes. In a sentence it is the bare number, by the same rule as `hk-kpi`.
 *
 * @summary Visitors now.
 * @slot - What stands there until the number is known, and without JavaScript.
 * @csspart label - The title.
 * @csspart value - The number.
 * @csspart error - What went wrong, and a button.
 * @cssprop --hk-text - Colour of the number; default: the page's.
 * @cssprop --hk-muted - Colour of what recedes.
 * @cssprop --hk-accent - Colour of the wash over a changed number.
 * @cssprop --hk-speed - How long a changed number stays marked.
 * @cssstate inline - It stands in a sentence.
 * @cssstate loading - The first answer is awaited.
 * @cssstate refreshing - It is asked again, quietly.
 * @cssstate changed - The number moved just now.
 * @cssstate stale - The last refresh failed; the number before it stands.
 * @cssstate offline - There is no network.
 * @cssstate error - There is nothing to show.
 * @cssstate denied - The credential gives no access.
 * @cssstate empty - Nobody is there.
 * @event {HkChangeEvent<number>} hk-change - The number moved, from `previous` to `value`.
 * @event {HkErrorEvent} hk-error - It cannot be shown; `error` says why.
 */
export class HkLive extends HkNumber {
  static override styles: CSSResultGroup = [HkNumber.styles, styles]

  #live = new Report(this, 'live', () => this.#question(), ({ data, previous, changed }) => {
    if (changed.has('visitors')) this.moved(data.visitors, previous?.visitors, changed)
  })

  protected override get main(): Report<'live'> {
    return this.#live
  }

  protected override get shown(): Shown {
    const amount = this.#live.answer?.data.visitors
    return { metric: 'visitors', amount, compact: (amount ?? 0) >= 1e6 }
  }

  protected override get heading(): string {
    return this.label || this.words.now
  }

  #question(): Question {
    const { filters } = this.scope
    return filters?.length ? { filter: filters } : {}
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.shown.amount === 0)
  }

  protected override block(figure: TemplateResult): TemplateResult {
    const { words } = this
    const { amount } = this.shown
    const noun =
      typeof amount === 'number' &&
      html` <span class="noun">${nounOf(this.language, words, 'visitors', amount)}</span>`
    return html`<div class="head">
        <span class="title" part="label">${this.heading}</span>
        ${this.since(this.#live.answer?.generated_at) ?? html`<span class="note">${words.recent}</span>`}
      </div>
      ${this.problem() ?? html`<div class="value">${figure}${noun || nothing}</div>`}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-live': HkLive
  }
}
