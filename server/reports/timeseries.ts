import { type Metric, type MetricValues, reportKinds } from '@hk-live/sdk/protocol'
import { metricsOf, none, noOutcome } from './numbers.ts'
import { outcomesOf } from './outcome.ts'
import type { Report } from './report.ts'
import { bucketsOf, pointsOf } from './series.ts'
import { bucketRows } from './sources.ts'

/** Chosen metrics by interval. */
export const timeseries: Report<'timeseries'> = {
  name: 'timeseries',
  kinds: reportKinds.timeseries,
  parameters: ['metrics'],
  async answer(sql, { site, span, filters, metrics, now }) {
    const buckets = bucketsOf(span)
    const selection = { siteId: site.site_id, span, filters }
    const rows = await bucketRows(sql, selection, buckets)
    const outcomes = await outcomesOf(sql, selection, buckets, { metrics, currency: site.currency })
    const byBucket = new Map(rows.map((row) => [row.bucket - 1, row]))
    const points = pointsOf(buckets, span, now, (index) =>
      pick(metricsOf(byBucket.get(index) ?? none, outcomes.get(index) ?? noOutcome), metrics),
    )
    return { metrics: [...metrics], points }
  },
}

function pick(values: MetricValues, metrics: readonly Metric[]): Partial<MetricValues> {
  return Object.fromEntries(metrics.map((metric) => [metric, values[metric]]))
}
