import { type Vital, vitalBounds, vitals } from '@hk-live/sdk/protocol'
import sql, { join, raw, type Sql } from 'sql-template-tag'
import { readOrder } from '../order.ts'
import { oneOf } from '../question.ts'
import { demandVitalFilters } from '../samples.ts'
import { bucketsOf, pointsOf } from '../series.ts'
import {
  type BucketP75,
  type FoundVitals,
  ofEach,
  p75sByBucket,
  summariesOf,
  type VitalCounts,
  vitalLists,
  vitalRow,
  vitalSorts,
} from '../web-vitals.ts'
import { bucketOf } from './buckets.ts'
import { type Count, selectionOf } from './counted.ts'
import { pageOf } from './page.ts'
import type { Relation } from './relation.ts'
import { vitalsOf } from './vital-relation.ts'

/**
 * Vitals: their p75 and ratings over the range, by interval, and by page, device, country or browser.
 *
 * The p75 is that of nearest rank: the smallest sample that at least three quarters of all do not exceed. It is of the samples
 * themselves, so exact.
 */
export const countWebVitals: Count<'web_vitals'> = async (sources, asked) => {
  const { span, filters, by, sort, now } = asked
  const dimension = oneOf('by', by, vitalLists) ?? 'page'
  const order = readOrder(sort, vitalSorts)
  demandVitalFilters(filters)
  const { data } = sources
  const relation = vitalsOf(selectionOf(sources, asked), [dimension])
  const buckets = bucketsOf(span)
  const totals = await data.all<VitalCounts>(scoresBy(relation, sql`''`))
  const inBuckets = await data.all<BucketP75>(sql`
    select group_key::double as bucket, metric, p75 from (${scoresBy(relation, bucketOf(sql`i.at_us`, buckets))})`)
  const p75s = p75sByBucket(inBuckets, buckets)
  const { rows, total } = await pageOf<FoundVitals>(data, rowsBy(relation, dimension), asked, order)
  return {
    vitals: summariesOf(totals),
    points: pointsOf(buckets, span, now, (bucket) => p75s[bucket] ?? ofEach(() => null)),
    by: dimension,
    rows: rows.map(vitalRow),
    total,
    relative_error: 0,
  }
}

/** The p75 of samples by group and vital, as a query of `group_key` and {@link VitalCounts}. */
function scoresBy({ from, where }: Relation, group: Sql): Sql {
  return sql`
    select group_key, metric, count(*)::double as samples, quantile_disc(measured, 0.75) as p75,
           (count(*) filter (where measured <= ${boundOf(0)}))::double as good,
           (count(*) filter (where measured > ${boundOf(1)}))::double as poor
    from (select ${group} as group_key, i.name as metric, i.value as measured from ${from} where true${where})
    group by group_key, metric`
}

/** A bound of the ratings of a `metric`. */
function boundOf(index: 0 | 1): Sql {
  return sql`case metric ${join(vitals.map((vital) => sql`when ${vital} then ${vitalBounds[vital][index]}::double`), ' ')} end`
}

/** The values of a dimension, as a query of {@link FoundVitals}. */
function rowsBy(relation: Relation, dimension: (typeof vitalLists)[number]): Sql {
  const of = (vital: Vital, value: Sql) => sql`max(${value}) filter (where metric = ${vital})`
  const p75s = vitals.map((vital) => sql`${of(vital, sql`p75`)} as ${raw(vital)}`)
  const measured = vitals.map((vital) => sql`${raw(`'${vital}'`)}: coalesce(${of(vital, sql`samples`)}, 0)`)
  return sql`
    select group_key as value, sum(samples)::double as samples, {${join(measured)}} as measured, ${join(p75s)}
    from (${scoresBy(relation, relation.column(dimension))})
    group by group_key`
}
