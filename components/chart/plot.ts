import type { Metric, Note, Point, Range } from '@hk-live/sdk'
import { percent, value } from '../element/format.ts'
import { natures } from '../element/metrics.ts'
import { summary } from '../element/summary.ts'
import type { Words } from '../element/words.ts'
import { valueTicks } from './axis.ts'
import { frame } from './shape.ts'
import type { Amounts, Frame } from './shape.ts'

/** How a series is drawn. */
export const types = ['line', 'area', 'bar'] as const

/** The series of one value of a dimension. */
export interface Part {
  /** `undefined` for all other values together. */
  value: string | undefined
  name: string
  amounts: Amounts
}

/** All that a drawing depends on. */
export interface Plot {
  points: readonly Point[]
  before: readonly Point[]
  metric: Metric
  range: Range
  type: (typeof types)[number]
  locale: string
  words: Words
  /** What the series is made up of, where it is broken down. */
  parts: readonly Part[]
  /** Whether parts stand on one another, as they add up to the series. */
  stacked: boolean
  /** What happened, by the index of its bucket. */
  notes: ReadonlyMap<number, readonly string[]>
  box: Frame
  ticks: number[]
  /** Index of the first bucket that is not over yet. */
  over: number
  /** First, last, peak and trend, for those who do not see it. */
  sentence: string
}

/** What a drawing is made of, before it is laid out. */
export type Given = Omit<Plot, 'box' | 'ticks' | 'over' | 'notes' | 'sentence'> & { notes: readonly Note[] }

/** Lays out a series: its axis, and where it is drawn. */
export function plotOf(given: Given, width: number, height: number, rightToLeft: boolean): Plot {
  const { points, before, metric, range, locale, words, parts, stacked, type } = given
  const lone = parts.length > 0 && !stacked
  const shown = lone ? parts.flatMap(({ amounts }) => amounts) : [...points, ...before.slice(0, points.length)].map((point) => point[metric])
  const ticks = valueTicks(Math.max(0, ...shown.map((amount) => amount ?? 0)), metric)
  const letters = Math.max(...ticks.map((tick) => tickText(locale, metric, tick, ticks).length))
  const over = points.findIndex((point) => point.partial)
  const amounts = points.map(({ at, partial, [metric]: amount }) => ({ at, partial, amount }))
  const series = { name: words.metrics[metric], points: amounts, write: (amount: number | null | undefined) => value(locale, metric, amount) }
  return {
    ...given,
    sentence: summary(series, range, words, locale),
    notes: byBucket(given.notes, points),
    ticks,
    over: over < 0 ? points.length : over,
    box: frame(width, height, letters, rightToLeft, type === 'bar' && !lone ? points.length : 0),
  }
}

/**
 * The plot of a chart: the same for as long as all that it is made of stays the same, and what it was while the next is
 * not known yet.
 */
export class Layout {
  /** What it was asked by. */
  asked = ''
  #given: Given | undefined
  #of: readonly unknown[] = []
  #plot: Plot | undefined

  /** Lays out as {@link plotOf} does, where something is given. */
  lay(asked: string, given: Given | undefined, ...box: [width: number, height: number, rightToLeft: boolean]): Plot | undefined {
    if (given) [this.#given, this.asked] = [given, asked]
    if (!this.#given) return undefined
    const of = [...Object.values(this.#given), ...box]
    const same = of.every((one, index) => one === this.#of[index])
    this.#of = of
    return (this.#plot = (same && this.#plot) || plotOf(this.#given, ...box))
  }

  forget(): void {
    this.#given = undefined
  }
}

/** The values of one metric. */
export function amountsOf(points: readonly Point[], metric: Metric): Amounts {
  return points.map((point) => point[metric])
}

/** The greatest value of the axis. */
export function topOf({ ticks }: Plot): number {
  return ticks.at(-1) ?? 1
}

/** A tick of the axis of values, as short as it can be said. */
export function tickText(locale: string, metric: Metric, tick: number, ticks: readonly number[]): string {
  if (natures[metric].unit === 'rate') return percent(locale, tick, 0)
  return value(locale, metric, tick, (ticks.at(-1) ?? 0) >= 10_000)
}

/** The buckets whose value is another than in the points before. */
export function findMoved({ points, metric }: Plot, previous: readonly Point[]): number[] {
  const before = new Map(previous.map((point) => [point.at, point[metric]]))
  return points.flatMap(({ at, [metric]: amount }, index) => (amount === before.get(at) ? [] : [index]))
}

/** Which bucket each annotation falls in; those before the first are left out. */
function byBucket(notes: readonly Note[], points: readonly Point[]): Map<number, string[]> {
  const found = new Map<number, string[]>()
  if (notes.length === 0) return found
  const starts = points.map(({ at }) => Date.parse(at))
  for (const { at, text } of notes) {
    const index = starts.findLastIndex((start) => start <= Date.parse(at))
    if (index >= 0) found.set(index, [...(found.get(index) ?? []), text])
  }
  return found
}
