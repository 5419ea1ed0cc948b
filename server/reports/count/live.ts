import type { Place, Share } from '@hk-live/sdk/protocol'
import sql, { join, raw, type Sql } from 'sql-template-tag'
import { coarseDegrees, microsOf } from '../../engine/index.ts'
import { maxShares, minutesBefore } from '../live.ts'
import { presenceMs } from '../visits.ts'
import { bucketOf } from './buckets.ts'
import type { Count } from './counted.ts'
import { type Relation, relationOf } from './relation.ts'

const maxPlaces = 200

/** What visitors are listed by. */
const listed = ['page', 'source', 'country', 'device'] as const

/**
 * Visitors now: distinct visitors with an item in the last 5 minutes by the server's clock, where they are and what they look
 * at: what they did last, of one instant what arrived last; and the pageviews of each of the last 30 minutes.
 */
export const countLive: Count<'live'> = async ({ data, goals }, { filters, now }) => {
  const starts = minutesBefore(now)
  const [first = now] = starts
  const relation = relationOf({ goals, filters, span: { from: first, to: now + 1 } }, ['place', ...listed])
  const present = visitorsPresent(relation, now)
  const shares = await data.all<Share & { by: (typeof listed)[number] | 'all' }>(sql`
    with a as materialized (${present})
    select "by", value, visitors
    from (select 'all' as "by", '' as value, count(*)::double as visitors from a union all ${join(listed.map(sharesBy), ' union all ')})
    order by visitors desc, value`)
  const places = await data.all<Place>(sql`
    select lat, lon, country, city, count(*)::double as visitors
    from (select ${coarseDegrees(sql`lat`)} as lat, ${coarseDegrees(sql`lon`)} as lon, country, city from (${present}))
    where lat is not null and lon is not null
    group by all
    order by visitors desc, country, city, lat, lon
    limit ${maxPlaces}`)
  const counts = await data.all<{ bucket: number; pageviews: number }>(sql`
    select ${bucketOf(sql`i.at_us`, { starts })}::double as bucket, count(*)::double as pageviews
    from ${relation.from}
    where i.at_us >= ${microsOf(first)} and i.at_us <= ${microsOf(now)} and i.type = 'pageview'${relation.where}
    group by bucket`)
  const byBucket = new Map(counts.map(({ bucket, pageviews }) => [bucket, pageviews]))
  const found = Map.groupBy(shares, ({ by }) => by)
  const of = (name: (typeof listed)[number]) => found.get(name)?.map(({ value, visitors }) => ({ value, visitors })) ?? []
  return {
    visitors: found.get('all')?.[0]?.visitors ?? 0,
    pages: of('page'),
    sources: of('source'),
    countries: of('country'),
    devices: of('device'),
    places: [...places],
    minutes: starts.map((at, index) => ({ at: new Date(at).toISOString(), pageviews: byBucket.get(index + 1) ?? 0 })),
  }
}

/** The values of a column that most visitors have. */
function sharesBy(column: (typeof listed)[number]): Sql {
  return sql`(
    select ${column} as "by", ${raw(column)} as value, count(*)::double as visitors
    from a
    group by value
    order by visitors desc, value
    limit ${maxShares})`
}

/** Who is there, each once, with the last item that fits. */
function visitorsPresent({ from, where, column }: Relation, now: number): Sql {
  return sql`
    select distinct on (i.visitor_id) i.visitor_id, i.page, ${column('source')} as source, i.country, i.device, i.city, i.lat, i.lon
    from ${from}
    where i.at_us > ${microsOf(now - presenceMs)} and i.at_us <= ${microsOf(now)}${where}
    order by i.visitor_id, i.at_us desc, i.seq desc, i.n desc`
}
