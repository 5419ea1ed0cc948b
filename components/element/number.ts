import type { Metric } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { CSSResultGroup, PropertyDeclarations, PropertyValues, TemplateResult } from 'lit'
import { HkElement } from './base.ts'
import { HkChangeEvent } from './events.ts'
import { none, value } from './format.ts'
import { styles } from './number.css.ts'

/** The number of an element: `null` where it is not defined, `undefined` where it is not known yet. */
export interface Shown {
  metric: Metric
  amount: number | null | undefined
  compact?: boolean
}

/**
 * The base of elements that show one number: in a sentence it looks as if the author had typed it, in a grid
 * it is a block. Which of the two: `variant`, default: the sentence where the element stands outside of
 * any `hk-site` and has no attribute that only a block can show.
 */
export abstract class HkNumber extends HkElement {
  static override properties: PropertyDeclarations = { variant: {} }
  static override styles: CSSResultGroup = [HkElement.styles, styles]

  /** `inline` or `block`, default: chosen by where the element stands. */
  declare variant: 'inline' | 'block' | undefined

  protected abstract get shown(): Shown

  /** Title of the block. */
  protected abstract get heading(): string

  /** What stands in the block: title, number, and what belongs to it. */
  protected abstract block(figure: TemplateResult): TemplateResult

  /** Whether an attribute is set that only a block can show. */
  protected get spacious(): boolean {
    return !!this.label
  }

  /** Marks the number and tells that it moved. */
  protected moved(
    amount: number | null,
    previous: number | null | undefined,
    changed: ReadonlySet<string>,
  ): void {
    this.mark(changed)
    this.dispatchEvent(new HkChangeEvent(amount, previous, changed))
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    this.toggle('inline', this.#inline)
    this.toggle('empty', this.shown.amount === null)
  }

  protected override render(): TemplateResult {
    const { metric, amount, compact } = this.shown
    const known = this.#inline ? typeof amount === 'number' : amount !== undefined
    const blank = this.#inline ? none : html`<span class="ghost" aria-hidden="true">00,000</span>`
    const mark = this.changed.size > 0 ? 'changed' : nothing
    const whole = value(this.language, metric, amount)
    const text = compact ? value(this.language, metric, amount, true) : whole
    const title = text === whole ? nothing : whole
    const figure = known
      ? html`<data part="value" class=${mark} value=${amount ?? nothing} title=${title}>${text}</data>`
      : html`<slot>${blank}</slot>`
    if (this.#inline) return html`<span title=${this.excuse ?? nothing}>${figure}</span>`
    const { busy } = this
    const kind = busy ? 'block busy' : 'block'
    return html`<div class=${kind} role="group" aria-label=${this.heading} aria-busy=${busy}>
      ${this.block(figure)}
    </div>`
  }

  get #inline(): boolean {
    return this.variant ? this.variant === 'inline' : !this.around && !this.spacious
  }
}
