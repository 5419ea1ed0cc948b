import { type Metric, type MetricValues, type Point, reportKinds } from '@hk-live/sdk/protocol'
import { metricsOf, none, noOutcome } from './numbers.ts'
import { outcomesOf } from './outcome.ts'
import { bucketStarts } from './range.ts'
import type { Report } from './report.ts'
import { bucketRows } from './sources.ts'

/**
 * Chosen metrics by interval. Empty buckets are 0, never missing; buckets that have not begun are left
 * out, and the running one is marked as partial. Bucket bounds are computed, not taken from the data,
 * so days of 23 and 25 hours are right.
 */
export const timeseries: Report<'timeseries'> = {
  name: 'timeseries',
  kinds: reportKinds.timeseries,
  parameters: ['metrics'],
  async answer(sql, { site, span, filters, metrics, now }) {
    const starts = bucketStarts(span)
    const { interval } = span
    const grain = interval === 'minute' || interval === 'hour' ? interval : 'day'
    const selection = { siteId: site.site_id, span, filters }
    const rows = await bucketRows(sql, selection, { starts, grain })
    const outcomes = await outcomesOf(sql, selection, { starts, grain }, metrics)
    const byBucket = new Map(rows.map((row) => [row.bucket - 1, row]))
    const points = starts.flatMap((start, index): Point[] => {
      if (start > now) return []
      const end = starts[index + 1] ?? span.to
      const partial = end > now ? { partial: true as const } : {}
      return [
        {
          at: new Date(start).toISOString(),
          ...pick(metricsOf(byBucket.get(index) ?? none, outcomes.get(index) ?? noOutcome), metrics),
          ...partial,
        },
      ]
    })
    return { metrics: [...metrics], points }
  },
}

function pick(values: MetricValues, metrics: readonly Metric[]): Partial<MetricValues> {
  return Object.fromEntries(metrics.map((metric) => [metric, values[metric]]))
}
