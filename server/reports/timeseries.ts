import { type Metric, type MetricValues, reportKinds } from '@hk-live/sdk/protocol'
import { annotationsBetween } from '../store/index.ts'
import { needOfSeries } from './imported-days.ts'
import { metricsOf, none, noOutcome, type Unit, units } from './numbers.ts'
import { outcomesOf } from './outcome.ts'
import type { Report } from './report.ts'
import { bucketsOf, pointsOf } from './series.ts'
import { bucketRows } from './sources.ts'
import { type ColumnKind, pointColumns } from './table.ts'
import { isPartial } from './visible.ts'

const kinds: Readonly<Record<Unit, ColumnKind>> = { count: 'number', rate: 'rate', seconds: 'number', currency: 'amount' }

/** Chosen metrics by interval. */
export const timeseries: Report<'timeseries'> = {
  name: 'timeseries',
  kinds: reportKinds.timeseries,
  parameters: ['metrics', 'currency'],
  about: 'Chosen numbers by interval. Empty buckets are 0, and the one that is running is `partial`. With the annotations of the range.',
  example: {
    metrics: ['visitors', 'bounce_rate'],
    points: [
      { at: '2026-11-21T23:00:00.000Z', visitors: 188, bounce_rate: 0.39 },
      { at: '2026-11-22T23:00:00.000Z', visitors: 42, bounce_rate: 0.44, partial: true },
    ],
    annotations: [{ at: '2026-11-22T09:30:00.000Z', text: 'Version 2 is out' }],
  },
  table: {
    columns: (asked) => pointColumns(asked, asked.metrics.map((name) => ({ name, kind: kinds[units[name]] }))),
    rows: ({ points }) => points,
    alike: [],
  },
  imported: needOfSeries,
  async answer(sql, { site, span, filters, metrics, currency = site.currency, now, imported = [] }) {
    const buckets = bucketsOf(span)
    const selection = { siteId: site.site_id, span, filters }
    const rows = await bucketRows(sql, selection, buckets, imported)
    const apart = imported.length > 0 && metrics.includes('conversion_rate')
    const own = apart ? await bucketRows(sql, selection, buckets) : rows
    const ownBy = new Map(own.map(({ bucket, visitors }) => [bucket - 1, visitors]))
    const outcomes = await outcomesOf(sql, selection, buckets, { metrics, currency })
    const byBucket = new Map(rows.map((row) => [row.bucket - 1, row]))
    const points = pointsOf(buckets, span, now, (index) =>
      pick(metricsOf(byBucket.get(index) ?? none, outcomes.get(index) ?? noOutcome, ownBy.get(index) ?? 0), metrics),
    )
    // They may tell of what is outside of the filters that a share link sets.
    const told = isPartial(filters) ? [] : await annotationsBetween(sql, site.site_id, span.from, span.to)
    const annotations = told.map(({ at, text }) => ({ at: at.toISOString(), text }))
    return { metrics: [...metrics], points, ...(annotations.length > 0 && { annotations }) }
  },
}

function pick(values: MetricValues, metrics: readonly Metric[]): Partial<MetricValues> {
  return Object.fromEntries(metrics.map((metric) => [metric, values[metric]]))
}
