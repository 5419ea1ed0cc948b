import type { Comparison, Point } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { placeIn } from '../element/pointer.ts'
import type { Words } from '../element/words.ts'
import type { Cursor, Stretch } from './cursor.ts'
import { draw } from './draw.ts'
import type { Plot } from './plot.ts'
import { nearest } from './shape.ts'
import { stretchOf, told, tooltip } from './tooltip.ts'

/** A drawing with a reader in it. */
export interface Track {
  plot: Plot
  cursor: Cursor
  title: string
  words: Words
  against: Comparison | undefined
  /** Indexes of the buckets that moved just now. */
  moved: readonly number[]
  /** Whether stretches can be chosen. */
  brush: boolean
  choose: (point: Point) => void
  narrow: (stretch: Stretch) => void
}

/** The drawing, as one tab stop that keys and pointers lead through. */
export function track(given: Track): TemplateResult {
  const { plot, cursor, title, words, against, moved, brush, choose, narrow } = given
  const { box, points } = plot
  const last = points.length - 1
  const { active, stretch } = cursor
  const at = Math.min(active ?? last, last)

  const hover = (event: PointerEvent) => {
    if (!(event.currentTarget instanceof HTMLElement) || cursor.rests(event.clientX)) return
    cursor.move(nearest(box, placeIn(event.currentTarget, event), points.length), last)
  }
  const press = (event: PointerEvent) => {
    hover(event)
    // A finger scrolls the page: only what points without touching draws a stretch.
    if (!brush || event.pointerType === 'touch' || event.button !== 0) return
    cursor.press(event.clientX)
    if (event.isTrusted && event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId)
  }
  const end = () => {
    const chosen = cursor.end()
    if (chosen) narrow(chosen)
    return chosen !== undefined
  }
  const select = () => {
    const point = points[cursor.click() ?? -1]
    if (point) choose(point)
  }
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      if (!end()) select()
    } else if (!cursor.key(event, last, brush)) return
    event.preventDefault()
  }
  const leave = ({ pointerType }: PointerEvent) => {
    // A finger leaves when it is lifted, before the click: what it chose stays until the focus goes.
    if (pointerType === 'mouse') cursor.move(undefined, last)
  }
  return html`<div
    class=${brush ? 'track brush' : 'track'}
    role="slider"
    tabindex="0"
    aria-label=${title}
    aria-valuemin="0"
    aria-valuemax=${Math.max(0, last)}
    aria-valuenow=${Math.max(0, at)}
    aria-valuetext=${stretch ? stretchOf(plot, stretch) : told(plot, at, words, against)}
    @keydown=${key}
    @pointermove=${hover}
    @pointerdown=${press}
    @pointerup=${() => cursor.lift(end())}
    @pointerleave=${leave}
    @pointercancel=${() => cursor.move(undefined, last)}
    @blur=${() => cursor.move(undefined, last)}
    @click=${select}
  >
    <svg part="chart" width=${box.width} height=${box.height} viewBox="0 0 ${box.width} ${box.height}" aria-hidden="true">
      ${draw(plot, { active: active === undefined ? undefined : at, stretch }, moved)}
    </svg>
    ${active === undefined ? nothing : tooltip(plot, at, words, against)}
  </div>`
}
