import type { Client } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { InAddress, readFilters } from '../element/address.ts'
import { HkElement } from '../element/base.ts'
import { isPath, namedFilter } from '../element/name.ts'
import { isProvider, unknown } from '../element/scope.ts'
import type { Provider } from '../element/scope.ts'
import { fill } from '../element/words.ts'
import { styles } from './filters.css.ts'
import { english } from './words.ts'

/**
 * The filters of the site around it, as chips that take them away. Those that a share link sets stand first, and stay.
 * It is as high without a filter as with one.
 *
 * @summary Show and remove filters.
 * @csspart row - The chips.
 * @csspart label - What a filter is about.
 * @csspart value - What it lets through.
 * @csspart error - What is wrong with the attributes.
 * @cssprop --hk-accent - Colour of the ring around what has the focus.
 * @cssprop --hk-text - Colour of the text; default: the page's.
 * @cssprop --hk-muted - Colour of what a filter is about.
 * @cssprop --hk-surface - Colour of chips.
 * @cssprop --hk-line - Colour of their edges.
 * @cssprop --hk-font - Font; default: the page's.
 * @cssstate empty - There is no filter.
 * @cssstate error - Its attributes are at fault, or there is no site around it.
 * @event {HkErrorEvent} hk-error - Its attributes are at fault, or there is no site around it.
 */
export class HkFilters extends HkElement {
  static override properties: PropertyDeclarations = { sync: {} }
  static override styles: CSSResultGroup = [HkElement.styles, styles]

  /** `url` keeps the filters in the page's address, as `filter`. */
  declare sync: 'url' | undefined

  #asked: Client | undefined
  /** Filters of the share link. */
  #locked: readonly string[] = []

  constructor() {
    super()
    const address = new InAddress(this, {
      on: () => this.sync === 'url' && this.#provider !== undefined,
      names: ['filter'],
      now: () => (this.#filters.length === 0 ? [['filter', '']] : this.#filters.map((filter) => ['filter', filter])),
      read: readFilters,
      show: (said) => this.#provider?.chooseFilters(said.map(([, filter]) => filter).filter(Boolean)),
    })
    this.addController(address)
  }

  protected override get main(): undefined {
    return undefined
  }

  protected override check(): string | undefined {
    if (!this.around) return 'Put it into an <hk-site>: it shows the filters of what is in there.'
    return unknown('sync', this.sync, ['url'])
  }

  get #provider(): Provider | undefined {
    return isProvider(this.around) && this.around.scope.get() ? this.around : undefined
  }

  get #filters(): readonly string[] {
    return this.#provider?.filters ?? []
  }

  /** The chip is gone: the next one has the focus, else the list. */
  async #choose(filters: readonly string[], index: number): Promise<void> {
    this.#provider?.chooseFilters(filters)
    await (isProvider(this.around) && 'updateComplete' in this.around ? this.around.updateComplete : undefined)
    await this.updateComplete
    const chips = this.renderRoot.querySelectorAll<HTMLElement>('li button')
    const next = chips[Math.min(index, chips.length - 1)] ?? this.renderRoot.querySelector<HTMLElement>('ul')
    next?.focus()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('empty', this.#filters.length + this.#locked.length === 0)
    void this.#ask()
  }

  /** What the share link sets is asked for once; where it cannot be had, reports say why. */
  async #ask(): Promise<void> {
    const { client } = this
    if (!client || client === this.#asked) return
    this.#asked = client
    this.#locked = []
    const { allows } = await client.site().catch(() => ({ allows: undefined }))
    if (this.#asked !== client) return
    this.#locked = allows?.filters ?? []
    this.requestUpdate()
  }

  protected override render(): TemplateResult {
    const problem = this.problem()
    if (problem) return problem
    const filters = this.#filters
    const said = this.said('filters', english)
    const cross = html`<svg viewBox="0 0 8 8" aria-hidden="true"><path d="M1 1l6 6M7 1L1 7" /></svg>`
    const named = (filter: string) => {
      const { by, name, excluded } = namedFilter(filter, this.language, this.words)
      const kind = [by && this.words.dimensions[by], excluded && said.not].filter(Boolean).join(' ')
      const text = html`<span class="kind" part="label">${kind}</span>
        <bdi part="value" dir=${by && isPath(by) ? 'ltr' : nothing}>${name}</bdi>`
      return { whole: kind ? `${kind}: ${name}` : name, text }
    }
    const still = (filter: string) => {
      const { whole, text } = named(filter)
      return html`<li><span class="chip" part="row" title=${whole}>${text}</span></li>`
    }
    const chip = (filter: string, index: number) => {
      const { whole, text } = named(filter)
      const others = filters.filter((other) => other !== filter)
      return html`<li>
        <button
          type="button"
          class="chip"
          part="row"
          title=${whole}
          aria-label=${fill(said.remove, { filter: whole })}
          @click=${() => this.#choose(others, index)}
        >
          ${text}${cross}
        </button>
      </li>`
    }
    const clear = html`<li>
      <button type="button" class="chip" part="row" @click=${() => this.#choose([], 0)}>${said.clear}</button>
    </li>`
    return html`<ul aria-label=${said.filters} tabindex="-1">
      ${this.#locked.map(still)}${filters.map(chip)}${filters.length > 1 ? clear : nothing}
    </ul>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hk-filters': HkFilters
  }
}
