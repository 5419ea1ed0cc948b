import type { Metric, MetricValues } from '@hk-live/sdk/protocol'

/** What adds up, over days and over visitors: metrics follow from these. `duration_ms`: of all visits. */
export interface Numbers {
  readonly visitors: number
  readonly visits: number
  readonly bounces: number
  readonly duration_ms: number
  readonly pageviews: number
  readonly events: number
  /** Visits of which bounces and duration are known: all but some imported ones. */
  readonly measured: number
}

/** Numbers of nothing. */
export const none: Numbers = { visitors: 0, visits: 0, bounces: 0, duration_ms: 0, pageviews: 0, events: 0, measured: 0 }

/** What comes of visits: goals reached, visitors who did, and money in the currency of the site. */
export interface Outcome {
  readonly conversions: number
  readonly converted: number
  readonly revenue: number
}

/** The outcome of nothing. */
export const noOutcome: Outcome = { conversions: 0, converted: 0, revenue: 0 }

/**
 * Metrics of numbers; `null` over nothing.
 *
 * @param own visitors of whom it is known whether they were converted: imported ones are none
 */
export function metricsOf(
  numbers: Numbers,
  { conversions, converted, revenue }: Outcome,
  own = numbers.visitors,
): MetricValues {
  const { visitors, visits, bounces, duration_ms, pageviews, events, measured } = numbers
  return {
    visitors,
    visits,
    pageviews,
    views_per_visit: over(pageviews, visits),
    bounce_rate: over(bounces, measured),
    visit_duration: over(duration_ms / 1_000, measured),
    events,
    conversions,
    conversion_rate: over(converted, own),
    revenue,
  }
}

/** What a metric is counted in. */
export type Unit = 'count' | 'rate' | 'seconds' | 'currency'

/** What each metric is counted in; `views_per_visit` is a count too. */
export const units: Readonly<Record<Metric, Unit>> = {
  visitors: 'count',
  visits: 'count',
  pageviews: 'count',
  views_per_visit: 'count',
  bounce_rate: 'rate',
  visit_duration: 'seconds',
  events: 'count',
  conversions: 'count',
  conversion_rate: 'rate',
  revenue: 'currency',
}

/** A part of a whole; `null` of nothing. */
export function over(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
