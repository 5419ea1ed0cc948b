import type { LitElement, ReactiveController } from 'lit'

/**
 * Knows how wide its element is inside, and has it updated when that turns. The box that the element renders is
 * measured, as the page decides on that of the element itself: one that is `inline` or `contents` has no width.
 */
export class Room implements ReactiveController {
  #host: LitElement
  #observer = new ResizeObserver((entries) => this.#measure(entries.at(-1)))
  #box: Element | undefined
  #width = 0
  #letter = 16

  constructor(host: LitElement) {
    this.#host = host
    host.addController(this)
  }

  /** In pixels; 0 until it is known, and in a sentence. */
  get width(): number {
    return this.#width
  }

  /** The same in `em` of its text. */
  get ems(): number {
    return this.#width / this.#letter
  }

  hostUpdated(): void {
    const box = this.#host.renderRoot.firstElementChild ?? undefined
    if (box === this.#box) return
    this.#observer.disconnect()
    this.#box = box
    if (box) this.#observer.observe(box)
  }

  hostDisconnected(): void {
    this.#observer.disconnect()
    this.#box = undefined
  }

  #measure(entry: ResizeObserverEntry | undefined): void {
    const width = Math.floor(entry?.contentRect.width ?? 0)
    if (width === this.#width) return
    this.#width = width
    this.#letter = Number.parseFloat(getComputedStyle(entry?.target ?? this.#host).fontSize) || 16
    this.#host.requestUpdate()
  }
}

/** About how wide a bold text is, in `em`: digits and letters, points and spaces, letters of East Asia. */
export function emsOf(text: string): number {
  const width = (letter: string) => (/[\s.,·٫٬’]/u.test(letter) ? 0.37 : letter > '\u2e7f' ? 1.05 : 0.69)
  return [...text].reduce((sum, letter) => sum + width(letter), 0)
}
