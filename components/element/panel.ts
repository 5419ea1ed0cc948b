import type { Dimension, Question } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { HkElement } from './base.ts'
import { HkSelectEvent } from './events.ts'
import type { Selection } from './events.ts'
import { pager } from './pager.ts'
import { styles } from './panel.css.ts'
import type { BarRow } from './rows.ts'
import { isProvider } from './scope.ts'

/** Rows at once where nothing is said. */
const usual = 10

/**
 * The base of elements that list something: a title, a pager where there are more rows than have room, and a box
 * that is as high before the rows are known as with them.
 */
export abstract class HkPanel extends HkElement {
  static override properties: PropertyDeclarations = { limit: { type: Number } }
  static override styles: CSSResultGroup = [HkElement.styles, styles]

  /** Rows at once; more are a page away. */
  declare limit: number

  /** How many rows are left out before the first that is shown. */
  protected offset = 0
  #asked = ''
  #focused: string | undefined

  constructor() {
    super()
    this.limit = usual
  }

  protected abstract get heading(): string

  /** When the newest answer was made; `undefined` until there is one. */
  protected abstract get generated(): string | undefined

  /** What is asked, the page apart; where it is another, the first page is shown. */
  protected abstract get asked(): Question

  /** What stands in the box, once it is known. */
  protected abstract content(): TemplateResult

  /** Rows of all pages, where there are pages. */
  protected get total(): number {
    return 0
  }

  /** What stands at the end of the head, where no pager is needed. */
  protected get aside(): TemplateResult | undefined {
    return undefined
  }

  /** What stands between head and box. */
  protected get tools(): TemplateResult | undefined {
    return undefined
  }

  /** Rows that the box is made for, also where the attribute is at fault. */
  protected get size(): number {
    return Number.isInteger(this.limit) && this.limit > 0 && this.limit <= 1000 ? this.limit : usual
  }

  protected override check(): string | undefined {
    return this.size === this.limit ? undefined : 'limit has to be from 1 to 1000.'
  }

  /** What is asked, with the page. */
  protected question(): Question {
    return { ...this.asked, limit: this.limit, ...(this.offset > 0 && { offset: this.offset }) }
  }

  protected turn(offset: number): void {
    this.offset = offset
    this.requestUpdate()
  }

  /** What makes a row one that filters the site around, if there is one; a page can keep it from that. */
  protected filtering(by: Dimension, value: string, selection: Selection): Pick<BarRow, 'choose' | 'pressed'> {
    const site = this.around
    if (!isProvider(site)) return {}
    // The filter is for just this value: a star in it is itself, not any text.
    const filter = `${by}:${value.replace(/[\\*]/g, '\\$&')}`
    return {
      pressed: this.scope.filters?.includes(filter) ?? false,
      choose: () => {
        if (this.dispatchEvent(new HkSelectEvent(selection))) site.toggleFilter(filter)
      },
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const asked = JSON.stringify([this.asked, this.limit])
    if (asked !== this.#asked) this.offset = 0
    this.#asked = asked
    this.#focused = this.#row()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.#follow()
  }

  /** The row that has the focus. */
  #row(): string | undefined {
    return this.shadowRoot?.activeElement?.closest('tr')?.dataset['value']
  }

  /** Rows are drawn by their place; a row that moves takes the focus along, so that Enter means the same. */
  #follow(): void {
    if (this.#focused === undefined || this.#row() === this.#focused) return
    const rows = this.renderRoot.querySelectorAll('tr')
    const row = [...rows].find(({ dataset }) => dataset['value'] === this.#focused)
    row?.querySelector('button')?.focus({ preventScroll: true })
  }

  protected override render(): TemplateResult {
    const { heading, generated, busy, total, limit, offset, words, language } = this
    const note = this.since(generated)
    const paged = generated !== undefined && total > limit
    const turn = (to: number) => this.turn(to)
    return html`<div class=${busy ? 'busy' : ''} role="group" aria-label=${heading} aria-busy=${busy}>
      <div class="head">
        <span class="title" part="label" title=${heading}>${heading}</span>
        ${paged ? pager({ offset, limit, total }, words, language, note, turn) : (note ?? this.aside)}
      </div>
      ${this.tools}
      <div class="body" .style=${`--_rows:${this.size}`}>
        ${this.problem() ?? (generated === undefined ? this.waiting() : this.content())}
      </div>
    </div>`
  }

  /** What stands in the box until something is known, in the same shape. */
  protected waiting(): TemplateResult {
    const ghosts = Array.from({ length: this.size }, () => html`<div class="ghost"></div>`)
    return html`<slot>${this.phase === 'error' ? nothing : ghosts}</slot>`
  }

  /** A sentence in place of rows. */
  protected blank(sentence: string): TemplateResult {
    return html`<p class="problem">${sentence}</p>`
  }
}
