import type { RangeName } from '@hk-live/sdk'
import { comparisons, ranges } from '@hk-live/sdk/protocol'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, TemplateResult } from 'lit'
import { InAddress, isDay, readComparison, readRange } from '../element/address.ts'
import type { Parameters } from '../element/address.ts'
import { HkElement } from '../element/base.ts'
import { date } from '../element/intl.ts'
import { isProvider, unknown } from '../element/scope.ts'
import type { Provider, Scope } from '../element/scope.ts'
import { Menu } from './menu.ts'
import { styles } from './range.css.ts'
import { english } from './words.ts'
import type { RangeWords } from './words.ts'

/** What stands for first and last day where a range has no name. */
const own = 'own'

/**
 * Has a reader choose the range of the site around it, by name or by first and last day, and what it is compared
 * with. Both are chosen through the site: what stands inside of it follows, and a page that takes the choice over
 * cancels the event of the site.
 *
 * @summary Choose range and comparison.
 * @csspart value - The buttons: what is chosen.
 * @csspart row - One of the things to choose from.
 * @csspart error - What is wrong with the attributes.
 * @cssprop --hk-accent - Colour of the mark at what is chosen.
 * @cssprop --hk-text - Colour of the text; default: the page's.
 * @cssprop --hk-muted - Colour of names of fields.
 * @cssprop --hk-surface - Colour of buttons and menus.
 * @cssprop --hk-line - Colour of edges.
 * @cssprop --hk-radius - Radius of fields.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssstate error - Its attributes are at fault, or there is no site around it.
 * @event {HkErrorEvent} hk-error - Its attributes are at fault, or there is no site around it.
 */
export class HkRange extends HkElement {
  static override properties: PropertyDeclarations = { sync: {}, offer: {} }
  static override styles: CSSResultGroup = [HkElement.styles, styles]

  /** `url` keeps the choice in the page's address, as `range`, `from`, `to` and `compare`. */
  declare sync: 'url' | undefined
  /** Offers only one of the two. */
  declare offer: 'range' | 'comparison' | undefined

  #comparison = new Menu(this, 'comparison')
  #range = new Menu(this, 'range')

  constructor() {
    super()
    const on = () => this.sync === 'url' && this.#provider !== undefined
    const range = new InAddress(this, {
      on,
      names: ['range', 'from', 'to'],
      now: () => rangeOf(this.scope),
      read: readRange,
      show: (said) => this.#provider?.chooseRange(...rangeIn(said)),
    })
    const comparison = new InAddress(this, {
      on,
      names: ['compare'],
      now: () => [['compare', this.scope.compare ?? 'none']],
      read: readComparison,
      show: ([said]) => this.#compare(said?.[1] ?? 'none'),
    })
    this.addController(range)
    this.addController(comparison)
  }

  protected override get main(): undefined {
    return undefined
  }

  protected override check(): string | undefined {
    if (!this.around) return 'Put it into an <hk-site>: it chooses the range for what is in there.'
    return unknown('sync', this.sync, ['url']) ?? unknown('offer', this.offer, ['range', 'comparison'])
  }

  get #provider(): Provider | undefined {
    return isProvider(this.around) && this.around.scope.get() ? this.around : undefined
  }

  get #words(): RangeWords {
    return this.said('range', english)
  }

  #compare(value: string): void {
    const compare = comparisons.find((known) => known === value) ?? 'none'
    this.#provider?.chooseComparison(compare)
  }

  #choose(value: string): void {
    const range = ranges.find((known) => known === value)
    if (range) this.#provider?.chooseRange(range)
  }

  #apply = (event: SubmitEvent): void => {
    event.preventDefault()
    if (!(event.target instanceof HTMLFormElement)) return
    const data = new FormData(event.target)
    const days = [String(data.get('from')), String(data.get('to'))].sort()
    this.#range.close()
    if (days.every(isDay)) this.#provider?.chooseRange(undefined, ...days)
  }

  protected override render(): TemplateResult {
    const problem = this.problem()
    if (problem) return problem
    return html`${this.offer === 'range' ? nothing : this.#renderComparison()}
    ${this.offer === 'comparison' ? nothing : this.#renderRange()}`
  }

  #renderComparison(): TemplateResult {
    const words = this.#words
    const chosen = this.scope.compare ?? 'none'
    return this.#comparison.render({
      name: words.compare,
      text: words.comparisons[chosen],
      kind: chosen === 'none' ? undefined : words.compare,
      options: (['none', ...comparisons] as const).map((value) => ({ value, text: words.comparisons[value] })),
      chosen,
      choose: (value) => this.#compare(value),
    })
  }

  #renderRange(): TemplateResult {
    const words = this.#words
    const { range = '30d', from, to } = this.scope
    const dated = !!from || !!to
    const field = (name: 'from' | 'to', day = '') => html`<label
      >${words[name]}<input type="date" name=${name} required .value=${isDay(day.slice(0, 10)) ? day.slice(0, 10) : ''}
    /></label>`
    return this.#range.render({
      name: words.range,
      text: dated ? this.#days(from, to) : words.ranges[range],
      options: ranges.map((value) => ({ value, text: words.ranges[value] })),
      chosen: dated ? own : range,
      choose: (value) => this.#choose(value),
      more: html`<form @submit=${this.#apply}>
        ${field('from', from)}${field('to', to)}
        <button type="submit">${words.apply}</button>
      </form>`,
    })
  }

  /** First and last day, in the ways of the language; an instant as its day in the browser's time zone. */
  #days(...days: (string | undefined)[]): string {
    const named = days.map((day) => {
      if (!day || Number.isNaN(Date.parse(day))) return day || '…'
      const options = { day: 'numeric', month: 'short', year: 'numeric' } as const
      return date(this.language, new Date(day), isDay(day) ? { ...options, timeZone: 'UTC' } : options)
    })
    return named[0] === named[1] ? String(named[0]) : named.join(' – ')
  }
}

function rangeOf({ range, from, to }: Scope): Parameters {
  if (!from && !to) return [['range', range ?? '30d']]
  return [['from', from ?? ''], ['to', to ?? '']]
}

/** The arguments by which a site is asked for a range. */
function rangeIn(said: Parameters): [range: RangeName | undefined, from: string | undefined, to: string | undefined] {
  const { range, from, to } = Object.fromEntries(said)
  return [ranges.find((known) => known === range), from || undefined, to || undefined]
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-range': HkRange
  }
}
