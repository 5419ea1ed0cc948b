import type { Range } from '@hk-live/sdk'
import { html, nothing, svg } from 'lit'
import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit'
import { bucket } from './format.ts'
import { number } from './intl.ts'
import { placeIn } from './pointer.ts'
import { stepOf } from './steps.ts'
import { summary } from './summary.ts'
import type { Series } from './summary.ts'
import type { Words } from './words.ts'

/**
 * A small chart of counts over the range: an area over a zero line, with one line at a round figure above it. It is
 * one tab stop, with arrow keys from bucket to bucket; what is chosen is told below it. The same figures stand in a
 * table for those who do not see it.
 */
export class Course implements ReactiveController {
  #host: ReactiveControllerHost
  #active: number | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostDisconnected(): void {
    this.#active = undefined
  }

  /** Draws a series; without one, the box that it will have. */
  render(series: Series | undefined, range: Range | undefined, words: Words, locale: string): TemplateResult {
    const points = series?.points ?? []
    if (!series || !range || points.length === 0) return html`<div class="course"><div class="track blank"></div></div>`
    const last = points.length - 1
    const at = Math.min(this.#active ?? last, last)
    const day = (index: number, long = false) =>
      bucket(locale, points[index]?.at ?? '', range.interval, range.timezone, long)
    const told = `${day(at, true)}: ${series.write(points[at]?.amount)}`
    const top = roundUp(Math.max(0, ...points.map(({ amount }) => amount ?? 0)))
    return html`<figure class="course">
      <div
        class="track"
        role="slider"
        tabindex="0"
        aria-label=${series.name}
        aria-valuemin="0"
        aria-valuemax=${last}
        aria-valuenow=${at}
        aria-valuetext=${told}
        @keydown=${(event: KeyboardEvent) => this.#key(event, last)}
        @pointermove=${(event: PointerEvent) => this.#hover(event, last)}
        @pointerdown=${(event: PointerEvent) => this.#hover(event, last)}
        @pointerleave=${(event: PointerEvent) => event.pointerType === 'mouse' && this.#point(undefined)}
        @blur=${() => this.#point(undefined)}
      >
        <span class="tick" aria-hidden="true">${number(locale, top, { notation: 'compact' })}</span>
        <span class="tick" aria-hidden="true">${number(locale, 0)}</span>
        <svg part="chart" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          ${draw(points, top)}
        </svg>
        ${this.#active === undefined ? nothing : cursor(at, last, points[at]?.amount ?? 0, top)}
      </div>
      <figcaption>
        <span aria-hidden="true">${day(0)}</span>
        <span class="told" aria-hidden="true">${this.#active === undefined ? '' : told}</span>
        <span aria-hidden="true">${day(last)}</span>
        <span class="hidden">${summary(series, range, words, locale)}</span>
      </figcaption>
      ${sheet(series, words, (index) => day(index, true))}
    </figure>`
  }

  #point(index: number | undefined): void {
    if (index === this.#active) return
    this.#active = index
    this.#host.requestUpdate()
  }

  #key(event: KeyboardEvent, last: number): void {
    const step = stepOf(event.key, this.#active, last)
    if (!step) return
    event.preventDefault()
    this.#point(step.to === undefined ? undefined : Math.min(last, Math.max(0, step.to)))
  }

  #hover(event: PointerEvent, last: number): void {
    if (!(event.currentTarget instanceof HTMLElement)) return
    const part = Math.min(1, Math.max(0, placeIn(event.currentTarget, event) / event.currentTarget.offsetWidth))
    this.#point(Math.round(part * last))
  }
}

/** The least of 1, 2, 5, 10, 20, 50 … that is not below an amount. */
function roundUp(amount: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, amount)))
  return ([1, 2, 5].find((step) => step * power >= amount) ?? 10) * power
}

/** Where a bucket stands, in per cent. */
function place(index: number, last: number): number {
  return last === 0 ? 50 : (index / last) * 100
}

/** Line and area of what is over, and the step into the bucket that is not. */
function draw(points: Series['points'], top: number) {
  const last = points.length - 1
  const at = points.map(({ amount }, index) => `${place(index, last)} ${100 - ((amount ?? 0) / top) * 100}`)
  const over = points[last]?.partial ? at.slice(0, -1) : at
  const line = over.length > 0 ? `M${over.join('L')}${over.length === 1 ? 'h0' : ''}` : ''
  const area = line && `${line}V100H${place(0, last)}Z`
  const partial = over.length < at.length && over.length > 0 ? `M${over.at(-1)}L${at.at(-1)}` : ''
  return svg`<path class="grid" d="M0 0H100M0 100H100" vector-effect="non-scaling-stroke" />
    <path class="area" d=${area} />
    <path class="line" d=${line} vector-effect="non-scaling-stroke" />
    <path class="line partial" d=${partial} vector-effect="non-scaling-stroke" />`
}

/** The chosen bucket; its places are parts of the box, as the drawing is stretched. */
function cursor(at: number, last: number, amount: number, top: number): TemplateResult {
  const left = `left:${place(at, last)}%`
  return html`<span class="cursor" .style=${left}></span>
    <span class="point" .style=${`${left};bottom:${(amount / top) * 100}%`}></span>`
}

/** The same figures for those who do not see them. */
function sheet({ name, points, write }: Series, words: Words, day: (index: number) => string): TemplateResult {
  return html`<div class="hidden">
    <table role="table" aria-label=${name}>
      <thead role="rowgroup">
        <tr role="row"><th role="columnheader">${words.time}</th><th role="columnheader">${name}</th></tr>
      </thead>
      <tbody role="rowgroup">
        ${points.map(
          ({ amount }, index) => html`<tr role="row">
            <th role="rowheader">${day(index)}</th><td role="cell">${write(amount)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
