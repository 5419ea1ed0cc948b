import type { Comparison } from '@hk-live/sdk'
import { html } from 'lit'
import type { TemplateResult } from 'lit'
import { bucket, counted, delta, nounOf, value } from '../element/format.ts'
import type { Delta } from '../element/format.ts'
import { fill } from '../element/words.ts'
import type { Words } from '../element/words.ts'
import type { Stretch } from './cursor.ts'
import { nameOf } from './draw.ts'
import { topOf } from './plot.ts'
import type { Plot } from './plot.ts'
import { stride, x, y } from './shape.ts'

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
  const { points, before, metric, locale } = plot
  const point = points[index]
  if (!point) return undefined
  const earlier = before[index]?.[metric]
  const compared = typeof earlier === 'number'
  return {
    day: dayOf(plot, index),
    amount: point[metric],
    before: compared ? fill(words.before, { value: value(locale, metric, earlier) }) : undefined,
    moved: point.partial ? undefined : delta(locale, words, metric, point[metric], earlier, against),
  }
}

function dayOf({ points, locale, range }: Plot, index: number): string {
  return bucket(locale, points[index]?.at ?? range.from, range.interval, range.timezone, true)
}

/** First and last bucket of a stretch, in words. */
export function stretchOf(plot: Plot, [first, last]: Stretch): string {
  return `${dayOf(plot, first)} – ${dayOf(plot, last)}`
}

/** A point in words, for those who hear it. */
export function told(plot: Plot, index: number, words: Words, against: Comparison | undefined): string {
  const fact = facts(plot, index, words, against)
  if (!fact) return ''
  const { locale, metric, parts, notes } = plot
  const split = parts.map(({ name, amounts }) => `${name} ${value(locale, metric, amounts[index])}`)
  const whole = counted(locale, words, metric, fact.amount)
  return [fact.day, whole, fact.moved?.sentence, ...split, ...(notes.get(index) ?? [])].filter(Boolean).join(', ')
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
  const { box, points, metric, locale, parts, notes } = plot
  const at = x(box, index, points.length)
  const gap = Math.min(stride(box, points.length), 28) + 10
  const before = at > box.width / 2
  const height = y(box, fact.amount ?? 0, topOf(plot))
  const tall = parts.length > 0
  const up = !tall && height > (box.top + box.bottom) / 2
  const shift = `translate(${before ? '-100%' : '0'}, ${up ? '-100%' : '0'})`
  const left = before ? at - gap : at + gap
  const room = before ? left : box.width - left
  const top = up ? Math.min(box.bottom, height + 20) : Math.max(box.top, tall ? 0 : height - 20)
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
    ${parts.map(
      ({ name, amounts }, place) => html`<div class="split">
        <span class="swatch ${nameOf(parts, place)}"></span><bdi>${name}</bdi>
        <span>${value(locale, metric, amounts[index])}</span>
      </div>`,
    )}
    ${(notes.get(index) ?? []).map((text) => html`<div class="note"><bdi>${text}</bdi></div>`)}
  </div>`
}
