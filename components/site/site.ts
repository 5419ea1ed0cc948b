import { css, html } from 'lit'
import type { PropertyValues } from 'lit'
import type { RangeName } from '@hk-live/sdk'
import { HkCompareChangeEvent, HkFilterChangeEvent, HkRangeChangeEvent } from '../element/events.ts'
import { languageOf } from '../element/locale.ts'
import { namedFilter } from '../element/name.ts'
import { same } from '../element/scope.ts'
import type { Compared, Provider, Scope } from '../element/scope.ts'
import { Scoped } from '../element/scoped.ts'
import { state, untracked } from '../element/signals.ts'
import type { Readable } from '../element/signals.ts'
import { wordsOf } from '../element/words.ts'

/**
 * Shows nothing itself: gives endpoint, site, credential, range, filters and theme to all elements inside.
 * Sites nest; what the inner one does not say comes from the outer one. `lang` and `dir` work as in all HTML.
 *
 * @summary What the elements inside have in common.
 * @slot - The elements, and whatever stands around them.
 * @event {HkFilterChangeEvent} hk-filter-change - The reader chose other `filters`. Cancel it to keep the present ones.
 * @event {HkCompareChangeEvent} hk-compare-change - The reader chose another comparison, `compare`. Cancel it to
 *   keep the present one.
 * @event {HkRangeChangeEvent} hk-range-change - The reader chose another range: `range`, or `from` and `to`. Cancel
 *   it to keep the present one.
 */
export class HkSite extends Scoped implements Provider {
  static override styles = css`
    :host {
      display: contents;
    }
    @media screen {
      :host([theme='light']) {
        color-scheme: only light;
        color: var(--hk-text, #17181d);
      }
      :host([theme='dark']) {
        color-scheme: only dark;
        color: var(--hk-text, #eceef3);
      }
    }
  `

  #scope = state<Scope | undefined>(undefined)

  /** What it gives to the elements inside. */
  get scope(): Readable<Scope | undefined> {
    return this.#scope
  }

  /** Asks for other filters on the reader's behalf; a page that takes them over cancels the event. */
  chooseFilters(filters: readonly string[]): void {
    const previous = this.filters ?? []
    const names = untracked(() => {
      const language = languageOf(this)
      return filters.map((filter) => namedFilter(filter, language, wordsOf(language)).name)
    })
    if (this.dispatchEvent(new HkFilterChangeEvent(filters, previous, names))) this.filters = [...filters]
  }

  /** Adds a filter on the reader's behalf, or removes it where it is set already. */
  toggleFilter(filter: string): void {
    const filters = this.filters ?? []
    const others = filters.filter((other) => other !== filter)
    this.chooseFilters(others.length < filters.length ? others : [...filters, filter])
  }

  /** Asks for another range on the reader's behalf: one with a name, or first and last day. */
  chooseRange(range: RangeName | undefined, from?: string, to?: string): void {
    if (!this.dispatchEvent(new HkRangeChangeEvent(range, from, to))) return
    this.range = range
    this.from = from
    this.to = to
  }

  /** Asks for another comparison on the reader's behalf; `none` puts away what comes from around. */
  chooseComparison(compare: Compared | undefined): void {
    if (this.dispatchEvent(new HkCompareChangeEvent(compare, this.compare))) this.compare = compare
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const scope = this.resolve()
    untracked(() => {
      if (!scope || same(this.#scope.get(), scope)) return
      this.#scope.set(scope)
      this.dispatchEvent(new Event('hk-scope'))
    })
  }

  protected override render() {
    return html`<slot></slot>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-site': HkSite
  }
}
