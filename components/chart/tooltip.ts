import type { Comparison } from '@hk-live/sdk'
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import { bucket, counted, delta, nounOf, value } from '../element/format.ts'
import type { Delta } from '../element/format.ts'
import { fill } from '../element/words.ts'
import type { Words } from '../element/words.ts'
import { topOf } from './plot.ts'
import type { Plot } from './plot.ts'
import { x, y } from './shape.ts'

/** Pixels that the box takes where there is room. */
const leastWidth = 130

/** What there is to say of a point: when, how much, how much before, and how it moved. */
interface Told {
  day: string
  amount: number | null | undefined
  before: string | undefined
  moved: Delta | undefined
}

function facts(plot: Plot, index: number, words: Words, against: Comparison | undefined): Told | undefined {
  const { points, before, metric, range, locale } = plot
  const point = points[index]
  if (!point) return undefined
  const earlier = before[index]?.[metric]
  const compared = typeof earlier === 'number'
  return {
    day: bucket(locale, point.at, range.interval, range.timezone, true),
    amount: point[metric],
    before: compared ? fill(words.before, { value: value(locale, metric, earlier) }) : undefined,
    moved: point.partial ? undefined : delta(locale, words, metric, point[metric], earlier, against),
  }
}

/** A point in words, for those who hear it. */
export function told(plot: Plot, index: number, words: Words, against: Comparison | undefined): string {
  const fact = facts(plot, index, words, against)
  if (!fact) return ''
  const parts = [fact.day, counted(plot.locale, words, plot.metric, fact.amount), fact.moved?.sentence]
  return parts.filter(Boolean).join(', ')
}

/** The box beside the cursor: it covers neither the point nor its neighbours, and stays in the plot. */
export function tooltip(
  plot: Plot,
  index: number,
  words: Words,
  against: Comparison | undefined,
): TemplateResult | undefined {
  const fact = facts(plot, index, words, against)
  if (!fact) return undefined
  const { box, points, metric, locale } = plot
  const at = x(box, index, points.length)
  const step = (box.right - box.left) / Math.max(1, points.length - 1)
  const gap = Math.min(step, 28) + 10
  const before = at > box.width / 2
  const height = y(box, fact.amount ?? 0, topOf(plot))
  const up = height > (box.top + box.bottom) / 2
  const shift = `translate(${before ? '-100%' : '0'}, ${up ? '-100%' : '0'})`
  const left = before ? at - gap : at + gap
  const room = before ? left : box.width - left
  const top = up ? Math.min(box.bottom, height + 20) : Math.max(box.top, height - 20)
  const noun = nounOf(locale, words, metric, fact.amount) ?? words.metrics[metric]
  const least = Math.min(leastWidth, room)
  const widths = `min-inline-size:${least}px;max-inline-size:${room}px`
  const style = `left:${left}px;top:${top}px;transform:${shift};${widths}`
  return html`<div class="tooltip" part="tooltip" .style=${style}>
    <div><strong>${value(locale, metric, fact.amount)}</strong> ${noun}</div>
    <div class="facts">
      <span>${fact.day}</span>
      ${[fact.before, fact.moved?.text].map((text) => text && html`<span>${text}</span>`)}
    </div>
  </div>`
}
