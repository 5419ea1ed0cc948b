import { type Metric, type MetricValues, type Point, reportKinds } from '@hk-live/sdk/protocol'
import { withRatios } from './overview.ts'
import { bucketStarts } from './range.ts'
import type { Report } from './report.ts'
import { itemNumbers, itemsOf, visitNumbers, visitsOf } from './selection.ts'

const nothing = { visitors: 0, visits: 0, pageviews: 0, events: 0, bounce_rate: null, visit_duration: null }

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
    const selection = { siteId: site.site_id, span, filters }
    const starts = bucketStarts(span)
    const bounds = starts.map((at) => new Date(at).toISOString())
    const bucket = (column: 'at' | 'started_at') =>
      sql`width_bucket(${sql(column)}, ${bounds}::timestamptz[]) as bucket`
    const [itemRows, visitRows] = await Promise.all([
      sql<({ bucket: number } & Partial<MetricValues>)[]>`
        select ${itemNumbers(sql)}, ${bucket('at')} from (${itemsOf(sql, selection)}) i group by bucket`,
      sql<({ bucket: number } & Partial<MetricValues>)[]>`
        select ${visitNumbers(sql)}, ${bucket('started_at')} from (${visitsOf(sql, selection)}) v group by bucket`,
    ])
    const rows = starts.map(() => ({ ...nothing }))
    for (const { bucket, ...numbers } of [...itemRows, ...visitRows])
      Object.assign(rows[bucket - 1] ?? {}, numbers)
    const points = starts.flatMap((start, index): Point[] => {
      if (start > now) return []
      const end = starts[index + 1] ?? span.to
      const partial = end > now ? { partial: true as const } : {}
      return [
        {
          at: new Date(start).toISOString(),
          ...pick(withRatios(rows[index] ?? nothing), metrics),
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
