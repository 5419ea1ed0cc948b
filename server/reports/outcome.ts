import type { Metric } from '@hk-live/sdk/protocol'
import { anyGoal, convertedBy, type Database, listGoals } from '../store/index.ts'
import { noOutcome, type Outcome } from './numbers.ts'
import { planOf, rawPlan, type Selection } from './plan.ts'
import { conversionsOf, ordersOf } from './selection.ts'
import { bucketOf, type Buckets, keyOf, rolledDays, rolledSource } from './sources.ts'

/**
 * What came of visits, by bucket, as far as metrics need it. A bucket counts from 0; one that is missing had nothing.
 *
 * @param asked the metrics that are asked for, and the currency of money
 */
export async function outcomesOf(
  sql: Database,
  selection: Selection,
  buckets: Buckets,
  { metrics, currency }: { readonly metrics: readonly Metric[]; readonly currency: string },
): Promise<Map<number, Outcome>> {
  const outcomes = new Map<number, Outcome>()
  const add = (bucket: number, part: Partial<Outcome>) =>
    outcomes.set(bucket - 1, { ...noOutcome, ...outcomes.get(bucket - 1), ...part })
  if (metrics.some((metric) => metric === 'conversions' || metric === 'conversion_rate')) {
    for (const { bucket, ...part } of await conversionRows(sql, selection, buckets)) add(bucket, part)
  }
  if (metrics.includes('revenue')) {
    for (const { bucket, revenue } of await revenueRows(sql, selection, buckets, currency)) add(bucket, { revenue })
  }
  return outcomes
}

/** Orders, and their revenue less refunds, in one currency, by bucket from 1. */
export function revenueRows(
  sql: Database,
  { siteId, span, filters }: Selection,
  buckets: Buckets,
  currency: string,
): Promise<{ bucket: number; orders: number; revenue: number }[]> {
  return sql`
    select ${bucketOf(sql, sql`o.at`, buckets)} as bucket, count(*) filter (where not o.refund) as orders,
           coalesce(sum(o.value), 0)::float8 as revenue
    from (${ordersOf(sql, { siteId, rest: [span], filters })}) o
    where o.currency = ${currency}
    group by 1`
}

/** Goals reached, a time for each that an item reaches, and the visitors who reached any. */
async function conversionRows(
  sql: Database,
  selection: Selection,
  buckets: Buckets,
): Promise<{ bucket: number; conversions: number; converted: number }[]> {
  const { siteId, span, filters } = selection
  const goals = await listGoals(sql, siteId)
  if (goals.length === 0) return []
  const source = rolledConversions(selection, buckets)
  const { days, rest } = source === undefined ? rawPlan(span) : await planOf(sql, selection, 'goals')
  const rolled =
    source === undefined
      ? sql``
      : sql`
      select ${bucketOf(sql, sql`d.at`, buckets)} as bucket,
             sum(r.pageviews + r.events) as conversions, sum(r.visitors) as converted
      from ${rolledDays(sql, siteId, source.rollups, days)}
        and r.key = ${keyOf(sql, siteId, source.dimension, source.value)}
      group by 1
      union all`
  return sql`
    select bucket, sum(conversions)::float8 as conversions, sum(converted)::float8 as converted
    from (
      ${rolled}
      select ${bucketOf(sql, sql`i.at`, buckets)} as bucket, count(*) as conversions,
             count(distinct i.visitor_id) as converted
      from (${conversionsOf(sql, { siteId, rest, filters }, goals)}) i
      group by 1) c
    group by 1`
}

/** The roll-ups that know what converted, and the value there; days have them, hours do not. */
function rolledConversions({ filters }: Selection, { grain }: Buckets) {
  const source = grain === 'day' ? rolledSource(filters, grain) : undefined
  if (source === undefined) return undefined
  const { dimension, value } = source
  if (dimension === 'total') return { rollups: 'goal', dimension, value: anyGoal } as const
  if (dimension === 'hour' || !value) return undefined
  return { rollups: convertedBy(dimension), dimension, value }
}
