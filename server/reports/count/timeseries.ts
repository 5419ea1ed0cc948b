import type { Metric, MetricValues } from '@hk-live/sdk/protocol'
import { annotationsBetween } from '../../store/index.ts'
import { metricsOf, none, noOutcome } from '../numbers.ts'
import { bucketsOf, pointsOf } from '../series.ts'
import { isPartial } from '../visible.ts'
import { type Count, selectionOf } from './counted.ts'
import { addNumbers, importedByBucket } from './imported.ts'
import { numbersByBucket } from './numbers.ts'
import { outcomesByBucket } from './outcome.ts'

/** Chosen metrics by interval. */
export const countTimeseries: Count<'timeseries'> = async (sources, asked) => {
  const { site, span, filters, metrics, now } = asked
  const buckets = bucketsOf(span)
  const selection = selectionOf(sources, asked)
  const rows = new Map((await numbersByBucket(selection, buckets)).map((row) => [row.bucket - 1, row]))
  const outcomes = await outcomesByBucket(selection, buckets, asked)
  const imported = await importedByBucket(sources.sql, asked, buckets)
  const points = pointsOf(buckets, span, now, (index) => {
    const own = rows.get(index) ?? none
    const all = addNumbers(own, imported.get(index + 1) ?? none)
    return pick(metricsOf(all, outcomes.get(index) ?? noOutcome, own.visitors), metrics)
  })
  // They may tell of what is outside of the filters that a share link sets.
  const told = isPartial(filters) ? [] : await annotationsBetween(sources.sql, site.site_id, span.from, span.to)
  const annotations = told.map(({ at, text }) => ({ at: at.toISOString(), text }))
  return { metrics: [...metrics], points, ...(annotations.length > 0 && { annotations }) }
}

function pick(values: MetricValues, metrics: readonly Metric[]): Partial<MetricValues> {
  return Object.fromEntries(metrics.map((metric) => [metric, values[metric]]))
}
