import type { FeedVisit } from '@hk-live/sdk/protocol'
import sql from 'sql-template-tag'
import { coarseDegrees, microsOf } from '../../engine/index.ts'
import { demandFewVisits, presenceMs } from '../visits.ts'
import { type Count, selectionOf } from './counted.ts'
import { visitRows } from './visit-rows.ts'

/**
 * The latest visits of a range that fit, the newest first. Nothing that identifies a person: no ids, and coordinates rounded
 * to 0.1°.
 */
export const countVisits: Count<'visits'> = async (sources, asked) => {
  const { limit, now } = asked
  demandFewVisits(limit)
  const visits = visitRows(
    selectionOf(sources, asked),
    (column) => sql`
      i.visit_id, i.started_at, i.last_at, i.pageviews, i.events, i.country, i.region, i.city, i.lat, i.lon, i.device, i.browser,
      i.os, ${column('source')} as source, ${column('entry_page')} as entry_page, ${column('exit_page')} as exit_page`,
    ['place', 'source', 'entry_page', 'exit_page'],
  )
  const rows = await sources.data.all<Omit<FeedVisit, 'at'> & { started_ms: number }>(sql`
    select (started_at // 1000)::double as started_ms, country, region, city, ${coarseDegrees(sql`lat`)} as lat,
           ${coarseDegrees(sql`lon`)} as lon, device, browser, os, source, source as referrer_source, entry_page, exit_page,
           pageviews, events, (last_at - started_at) / 1e6 as duration,
           last_at > ${microsOf(now - presenceMs)} and last_at <= ${microsOf(now)} as live
    from (${visits})
    order by started_at desc, visit_id
    limit ${limit}`)
  return { visits: rows.map(({ started_ms, ...visit }) => ({ at: new Date(started_ms).toISOString(), ...visit })) }
}
