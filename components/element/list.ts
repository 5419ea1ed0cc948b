import type { Question } from '@hk-live/sdk'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { pager } from './pager.ts'
import { HkPanel } from './panel.ts'
import { rows } from './rows.css.ts'

/** The base of elements that list rows: as many at once as `limit` says, the others a page away. */
export abstract class HkList extends HkPanel {
  static override properties: PropertyDeclarations = { limit: { type: Number, useDefault: true } }
  static override styles: CSSResultGroup = [HkPanel.styles, rows]

  /** Rows at once; more are a page away. */
  declare limit: number

  #offset = 0
  #asked = ''
  #focused: string | undefined
  /** Whether a page is awaited in place of one that is no more. */
  #goesBack = false

  constructor() {
    super()
    this.limit = this.usual
  }

  /** Rows at once where nothing is said. */
  protected get usual(): number {
    return 10
  }

  /** What is asked, the page apart; where it is another, the first page is shown. */
  protected abstract get asked(): Question

  /** Rows of all pages. */
  protected abstract get total(): number

  protected override get size(): number {
    return Number.isInteger(this.limit) && this.limit > 0 && this.limit <= 1000 ? this.limit : this.usual
  }

  protected override check(): string | undefined {
    return this.size === this.limit ? undefined : 'limit has to be from 1 to 1000.'
  }

  /** What is asked, with the page. */
  protected question(): Question {
    return { ...this.asked, limit: this.limit, ...(this.#offset > 0 && { offset: this.#offset }) }
  }

  /** Shows the rows from one on. */
  protected turn(offset: number): void {
    this.#offset = offset
    this.requestUpdate()
  }

  /** The pager, where there are more rows than have room. */
  protected pages(note?: TemplateResult): TemplateResult | undefined {
    const { total, limit, words, language } = this
    if (total <= limit) return undefined
    return pager({ offset: this.#offset, limit, total }, words, language, note, (to) => this.turn(to))
  }

  protected override aside(note: TemplateResult | undefined): TemplateResult | undefined {
    return this.pages(note) ?? note
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const asked = JSON.stringify([this.asked, this.limit])
    if (asked !== this.#asked) {
      this.#offset = 0
      this.#goesBack = false
    } else this.#goBack()
    this.#asked = asked
    this.#focused = this.#row()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.#follow()
  }

  protected override get known(): boolean {
    return super.known && !(this.#goesBack && this.busy)
  }

  /** Where its page is no more, as there are fewer rows by now, it shows the last that there is. */
  #goBack(): void {
    const { busy, limit, total } = this
    if (busy || !super.known) return
    this.#goesBack = this.#offset > 0 && total <= this.#offset
    if (this.#goesBack) this.#offset = Math.max(0, Math.ceil(total / limit) - 1) * limit
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
}
