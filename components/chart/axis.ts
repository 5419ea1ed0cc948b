import type { Interval, Metric, Point } from '@hk-live/sdk'
import { range, tickStep } from 'd3-array'
import { bucket } from '../element/format.ts'
import { date } from '../element/intl.ts'
import { natures } from '../element/metrics.ts'

/** Steps of an axis of seconds that read as whole minutes and hours. */
const durations = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800]

/** Three to five round ticks from 0 to at least `max`, the last of which is the top of the axis. */
export function valueTicks(max: number, metric: Metric): number[] {
  const { unit } = natures[metric]
  const least = { count: 3, ratio: 1, rate: 0.1, duration: 30 }[unit]
  const top = Math.max(max, least)
  const fits = (step: number) => Math.ceil(top / step - 1e-9) <= 4
  const rounded = [4, 3, 2, 1].map((count) => Math.max(tickStep(0, top, count), unit === 'count' ? 1 : 0))
  const step = (unit === 'duration' ? durations : rounded).find(fits) ?? top / 2
  const count = Math.max(2, Math.ceil(top / step - 1e-9))
  return range(count + 1).map((index) => index * step)
}

/** A word below the axis of time. */
export interface TimeTick {
  index: number
  text: string
}

const strides: Record<Interval, readonly number[]> = {
  minute: [1, 5, 10, 15, 30, 60],
  hour: [1, 2, 3, 4, 6, 12, 24],
  day: [1, 2, 7, 14, 28, 56, 112],
  week: [1, 2, 4, 8, 13, 26, 52],
  month: [1, 2, 3, 6, 12, 24],
}

/** Pixels that a letter of the axis takes, about. */
export const letter = 7

/**
 * Names as many buckets as have room, evenly, in the site's time zone. Hours are named where they are round
 * and midnight by its day; days, weeks and months are counted back from the last.
 */
export function timeTicks(
  points: readonly Point[],
  interval: Interval,
  timeZone: string,
  locale: string,
  width: number,
): TimeTick[] {
  const first = points[0]
  if (!first) return []
  const byClock = interval === 'hour' || interval === 'minute'
  const places = byClock ? clocksOf(points, interval, timeZone) : points.map((_, index) => points.length - 1 - index)
  const name = (index: number) => {
    const midnight = interval === 'hour' && places[index] === 0
    return bucket(locale, points[index]?.at ?? first.at, midnight ? 'day' : interval, timeZone)
  }
  const most = Math.max(1, Math.floor(width / ((name(0).length + 3) * letter)))
  const steps = strides[interval]
  const stride = steps.find((step) => points.length / step <= most) ?? steps.at(-1) ?? 1
  const even = range(points.length).filter((index) => (places[index] ?? 0) % stride === 0)
  const thin = Math.ceil(even.length / most)
  return even.filter((_, index) => index % thin === 0).map((index) => ({ index, text: name(index) }))
}

/**
 * What a clock on the site's wall shows at each bucket. To ask for thousands takes longer than to draw them, so it is
 * asked at both ends of a turn, and in between only where clocks were changed: hours do not follow from the first then.
 */
function clocksOf(points: readonly Point[], unit: 'hour' | 'minute', timeZone: string): number[] {
  const turn = unit === 'hour' ? 24 : 60
  const ask = (index: number) => clockOf(points[index]?.at ?? '', unit, timeZone)
  const found: number[] = []
  for (let from = 0; from < points.length; from += turn) {
    const to = Math.min(from + turn, points.length) - 1
    const first = ask(from)
    const even = ask(to) === (first + to - from) % turn
    for (let index = from; index <= to; index += 1) found.push(even ? (first + index - from) % turn : ask(index))
  }
  return found
}

/** The hour, or the minute, that a clock on the site's wall shows. */
function clockOf(at: string, unit: 'hour' | 'minute', timeZone: string): number {
  return Number(date('en', new Date(at), { [unit]: 'numeric', hourCycle: 'h23', timeZone }))
}
