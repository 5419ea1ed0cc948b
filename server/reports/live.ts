import { type Place, type ReportData, reportKinds, type Share } from '@hk-live/sdk/protocol'
import type { Database } from '../store/index.ts'
import { conditions } from './filter.ts'
import type { Report } from './report.ts'
import { columnsOf } from './table.ts'
import { visitsTable } from './visible.ts'

const window = 5 * 60_000
const minutes = 30

/** Values of a column that are listed. */
export const maxShares = 10

/**
 * Visitors now: distinct visitors with an item in the last 5 minutes by the server's clock, where they
 * are and what they look at; and the pageviews of each of the last 30 minutes. The question's range
 * does not matter, its filters do.
 */
export const live: Report<'live'> = {
  name: 'live',
  kinds: reportKinds.live,
  parameters: [],
  about: 'Visitors of the last five minutes, where they are and what they look at, and pageviews of the last 30 minutes.',
  example: {
    visitors: 3,
    pages: [{ value: '/pricing', visitors: 3 }],
    sources: [{ value: 'Google', visitors: 2 }],
    countries: [{ value: 'DE', visitors: 3 }],
    devices: [{ value: 'desktop', visitors: 3 }],
    places: [{ lat: 52.5, lon: 13.4, country: 'DE', city: 'Berlin', visitors: 3 }],
    minutes: [{ at: '2026-11-22T09:30:00.000Z', pageviews: 5 }],
  },
  table: {
    columns: () => [...columnsOf('text', 'by', 'value'), ...columnsOf('number', 'visitors')],
    rows: ({ visitors, pages, sources, countries, devices }) => [
      { by: 'all', value: '', visitors },
      ...Object.entries({ page: pages, source: sources, country: countries, device: devices }).flatMap(
        ([by, shares]) => shares.map((share) => ({ by, ...share })),
      ),
    ],
  },
  clockMs: 5_000,
  async answer(sql, { site, filters, now }) {
    const starts = minutesBefore(now)
    const bounds = starts.map((at) => new Date(at).toISOString())
    const active = sql`
      select distinct on (i.visitor_id) i.visitor_id, i.page, v.source, v.country, v.device, v.city, v.lat, v.lon
      from items i
      join ${visitsTable(sql, filters)} v on v.site_id = i.site_id and v.visit_id = i.visit_id
      where i.site_id = ${site.site_id}
        and i.at > ${new Date(now - window)} and i.at <= ${new Date(now)}
        and i.type <> 'vital'
        ${conditions(sql, filters)}
      order by i.visitor_id, i.at desc`
    const [[found], counts] = await Promise.all([
      sql<[Omit<ReportData['live'], 'minutes'>]>`
        with a as materialized (${active})
        select (select count(*)::int from a) as visitors,
               ${shares(sql, 'page')} as pages,
               ${shares(sql, 'source')} as sources,
               ${shares(sql, 'country')} as countries,
               ${shares(sql, 'device')} as devices,
               coalesce((
                 select json_agg(p order by p.visitors desc, p.country, p.city) from (
                   select round(lat::numeric, 1)::float8 as lat, round(lon::numeric, 1)::float8 as lon,
                          country, city, count(*)::int as visitors
                   from a
                   where lat is not null and lon is not null
                   group by 1, 2, 3, 4
                   order by visitors desc
                   limit 200) p), '[]') as places`,
      sql<{ bucket: number; pageviews: number }[]>`
        select width_bucket(i.at, ${bounds}::timestamptz[]) as bucket, count(*)::int as pageviews
        from items i
        join ${visitsTable(sql, filters)} v on v.site_id = i.site_id and v.visit_id = i.visit_id
        where i.site_id = ${site.site_id}
          and i.at >= ${new Date(starts[0] ?? now)} and i.at <= ${new Date(now)}
          and i.type = 'pageview'
          ${conditions(sql, filters)}
        group by bucket`,
    ])
    const byBucket = new Map(counts.map(({ bucket, pageviews }) => [bucket, pageviews]))
    const perMinute = bounds.map((at, index) => ({ at, pageviews: byBucket.get(index + 1) ?? 0 }))
    const places: Place[] = found.places
    return { ...found, places, minutes: perMinute }
  },
}

/** Starts of the minutes whose pageviews are shown, in milliseconds since 1970: the last one runs. */
export function minutesBefore(now: number): number[] {
  const minute = Math.floor(now / 60_000) * 60_000
  return Array.from({ length: minutes }, (_, index) => minute - (minutes - 1 - index) * 60_000)
}

/** The values of a column that most visitors now have, as a list of {@link Share}. */
function shares(sql: Database, column: 'page' | 'source' | 'country' | 'device') {
  return sql<Share[]>`
    coalesce((
      select json_agg(s order by s.visitors desc, s.value) from (
        select ${sql(column)} as value, count(*)::int as visitors
        from a
        group by 1
        order by visitors desc, value
        limit ${maxShares}) s), '[]')`
}
