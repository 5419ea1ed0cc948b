import sql from 'sql-template-tag'
import { noOutcome, type Outcome } from '../numbers.ts'
import type { Asked } from '../report.ts'
import type { Buckets } from '../sources.ts'
import { bucketOf } from './buckets.ts'
import { revenueByBucket } from './orders.ts'
import { goalsReached } from './patterns.ts'
import { relationOf, type Selection, within } from './relation.ts'

/**
 * What came of visits, by bucket, as far as metrics need it. A bucket counts from 0; one that is missing had nothing.
 *
 * @param asked the metrics that are asked for; money is in `currency`, by default that of the site
 */
export async function outcomesByBucket(
  selection: Selection,
  buckets: Buckets,
  { site, metrics, currency = site.currency }: Pick<Asked, 'site' | 'metrics' | 'currency'>,
): Promise<Map<number, Outcome>> {
  const outcomes = new Map<number, Outcome>()
  const add = (bucket: number, part: Partial<Outcome>) =>
    outcomes.set(bucket - 1, { ...noOutcome, ...outcomes.get(bucket - 1), ...part })
  if (metrics.some((metric) => metric === 'conversions' || metric === 'conversion_rate')) {
    for (const { bucket, ...part } of await conversionsByBucket(selection, buckets)) add(bucket, part)
  }
  if (metrics.includes('revenue')) {
    for (const { bucket, revenue } of await revenueByBucket(selection, buckets, currency)) add(bucket, { revenue })
  }
  return outcomes
}

/** Goals reached, a time for each that an item reaches, and the visitors who reached any; `bucket` counts from 1. */
async function conversionsByBucket(
  selection: Selection,
  buckets: Buckets,
): Promise<readonly { bucket: number; conversions: number; converted: number }[]> {
  const { data, goals, span } = selection
  if (goals.length === 0) return []
  const { from, where } = relationOf(selection)
  return data.all(sql`
    select bucket::double as bucket, sum(reached)::double as conversions, count(distinct visitor_id)::double as converted
    from (
      select ${bucketOf(sql`i.at_us`, buckets)} as bucket, i.visitor_id, len(${goalsReached(goals)}) as reached
      from ${from}
      where ${within(sql`i.at_us`, span)}${where})
    where reached > 0
    group by bucket`)
}
