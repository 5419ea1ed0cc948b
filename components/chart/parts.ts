import type { Answer, Dimension, Metric, Question, ReportName } from '@hk-live/sdk'
import { filterOf, nameOf } from '../element/name.ts'
import { Report } from '../element/report.ts'
import type { ReportHost } from '../element/report.ts'
import type { Words } from '../element/words.ts'
import { amountsOf } from './plot.ts'
import type { Part } from './plot.ts'
import type { Amounts } from './shape.ts'

/** Values that are drawn by themselves at most: more colours cannot be told apart. */
export const most = 5

/** What a series is broken down by. */
export interface Broken {
  by: Dimension
  metric: Metric
  /** Range and filters: what the values and the series of each are asked alike. */
  question: Question
}

/** Dimensions of which one pageview, or one visit, can have several values. */
const several: Partial<Record<Metric, readonly Dimension[]>> = {
  pageviews: ['goal', 'event'],
  visits: ['goal', 'event', 'page', 'hostname'],
}

/** Whether the values of a dimension add up to the whole: one visitor can come from two places. */
export function addsUp(metric: Metric, by: Dimension): boolean {
  return several[metric]?.includes(by) === false
}

/**
 * The series of the greatest values of a dimension, each by a filter. A value keeps its place, and with it its
 * colour, for as long as it is among the greatest.
 */
export class Parts {
  #values: Report<'breakdown'>
  #series: readonly Report<'timeseries'>[]
  #places: (string | undefined)[] = []
  #asked = ''
  #broken: () => Broken | undefined

  /** @param broken what is asked for; `undefined` where nothing is broken down */
  constructor(host: ReportHost, broken: () => Broken | undefined) {
    this.#broken = broken
    this.#values = new Report(host, 'breakdown', () => {
      const asked = broken()
      return asked && { ...asked.question, by: asked.by, limit: most, sort: sortOf(asked.metric) }
    })
    this.#series = Array.from({ length: most }, (_, place) =>
      new Report(host, 'timeseries', () => {
        const asked = broken()
        const value = asked && this.#placed(asked)[place]
        if (!asked || value === undefined) return undefined
        const filter = [...(asked.question.filter ?? []), filterOf(asked.by, value)]
        return { ...asked.question, metrics: [asked.metric], filter }
      }),
    )
  }

  /** What of it could not be had, if anything. Tracked. */
  get failed(): Report<'breakdown'> | Report<'timeseries'> | undefined {
    return [this.#values, ...this.#series].find(({ phase }) => phase === 'error' || phase === 'denied')
  }

  /**
   * The parts, the rest last where they add up to the whole; `undefined` until all are known. Tracked.
   *
   * @param whole the values of the series itself
   */
  read(whole: Amounts, locale: string, words: Words): Part[] | undefined {
    const asked = this.#broken()
    if (!asked || !known(this.#values)) return undefined
    const found: Part[] = []
    for (const [place, value] of this.#placed(asked).entries()) {
      if (value === undefined) continue
      const points = known(this.#series[place])?.data.points
      if (points?.length !== whole.length) return undefined
      found.push({ value, name: nameOf(value, asked.by, locale, words), amounts: amountsOf(points, asked.metric) })
    }
    if (!addsUp(asked.metric, asked.by)) return found
    const rest = whole.map((amount, index) =>
      found.reduce((left, { amounts }) => Math.max(0, left - (amounts[index] ?? 0)), amount ?? 0),
    )
    return rest.some(Boolean) ? [...found, { value: undefined, name: words.others, amounts: rest }] : found
  }

  /** Which value stands where. Tracked. */
  #placed({ by, metric, question }: Broken): readonly (string | undefined)[] {
    const asked = JSON.stringify([by, metric, question])
    if (asked !== this.#asked) this.#places = []
    this.#asked = asked
    const answer = this.#values.answer?.data
    const values = answer?.by === by ? answer.rows.map(({ value }) => value) : []
    const places = Array.from({ length: most }, (_, place) => {
      const value = this.#places[place]
      return value !== undefined && values.includes(value) ? value : undefined
    })
    const fresh = values.filter((value) => !places.includes(value))
    this.#places = places.map((value) => value ?? fresh.shift())
    return this.#places
  }
}

/** The answer of a report; while it loads, what is at hand may be that of the question before. Tracked. */
function known<N extends ReportName>(report: Report<N> | undefined): Answer<N> | undefined {
  return report?.phase === 'loading' ? undefined : report?.answer
}

function sortOf(metric: Metric): string {
  return metric === 'pageviews' || metric === 'visits' ? metric : 'visitors'
}
