import { html, nothing } from 'lit'
import type { CSSResultGroup, TemplateResult } from 'lit'
import { HkElement } from './base.ts'
import { styles } from './panel.css.ts'

/** The base of elements with a title over a box, which is as high before its content is known as with it. */
export abstract class HkPanel extends HkElement {
  static override styles: CSSResultGroup = [HkElement.styles, styles]

  protected abstract get heading(): string

  /** When the newest answer was made; `undefined` until there is one. */
  protected abstract get generated(): string | undefined

  /** Whether there is something to show. */
  protected get known(): boolean {
    return this.generated !== undefined
  }

  /** Rows that the box is made for. */
  protected abstract get size(): number

  /** What stands in the box, once it is known. */
  protected abstract content(): TemplateResult

  /** What stands beside the title; default: since when the figures are old, if they are. */
  protected aside(note: TemplateResult | undefined): TemplateResult | undefined {
    return note
  }

  /** What stands between head and box. */
  protected get tools(): TemplateResult | undefined {
    return undefined
  }

  /** What stands in the box until something is known, in the same shape. */
  protected waiting(): TemplateResult {
    return html`${Array.from({ length: this.size }, () => html`<div class="ghost"></div>`)}`
  }

  /** A sentence in place of what is not there. */
  protected blank(sentence: string): TemplateResult {
    return html`<p class="problem">${sentence}</p>`
  }

  protected override render(): TemplateResult {
    const { heading, generated, busy, known } = this
    return html`<div class=${busy ? 'busy' : ''} role="group" aria-label=${heading} aria-busy=${busy}>
      <div class="head" part="head">
        <span class="title" part="label" title=${heading}>${heading}</span>
        ${this.aside(this.since(generated))}
      </div>
      ${this.tools}
      <div class="body" .style=${`--_rows:${this.size}`}>
        ${this.problem() ??
        (known ? this.content() : html`<slot>${this.phase === 'error' ? nothing : this.waiting()}</slot>`)}
      </div>
    </div>`
  }
}
