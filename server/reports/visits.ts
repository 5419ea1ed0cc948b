import { type FeedVisit, HkError, reportKinds } from '@hk-live/sdk/protocol'
import type { Report } from './report.ts'
import { visitsOf } from './selection.ts'
import { columnsOf } from './table.ts'

const most = 50

/** Milliseconds after its last item within which a visit is live. */
export const presenceMs = 5 * 60_000

/**
 * The latest visits of a range that fit, the newest first, at most 50. Nothing that identifies a person: no ids, and
 * coordinates rounded to 0.1° (some 10 km).
 */
export const visits: Report<'visits'> = {
  name: 'visits',
  kinds: reportKinds.visits,
  parameters: ['limit'],
  about: 'The latest visits, the newest first, at most 50. Nothing in it identifies a person.',
  example: {
    visits: [
      {
        at: '2026-11-22T09:28:14.000Z',
        country: 'DE',
        region: 'BE',
        city: 'Berlin',
        lat: 52.5,
        lon: 13.4,
        device: 'desktop',
        browser: 'Firefox',
        os: 'Linux',
        source: 'Google',
        referrer_source: 'Google',
        entry_page: '/pricing',
        exit_page: '/signup',
        pageviews: 3,
        events: 1,
        duration: 74.2,
        live: true,
      },
    ],
  },
  table: {
    columns: () => [
      ...columnsOf('time', 'at'),
      ...columnsOf('text', 'country', 'region', 'city', 'device', 'browser', 'os', 'source', 'entry_page', 'exit_page'),
      ...columnsOf('number', 'pageviews', 'events', 'duration'),
      ...columnsOf('flag', 'live'),
    ],
    rows: ({ visits: rows }) => rows,
    page: most,
  },
  clockMs: 10_000,
  async answer(sql, { site, span, filters, limit, now }) {
    demandFewVisits(limit)
    const found = await sql<(Omit<FeedVisit, 'at'> & { started_at: Date })[]>`
      select started_at, country, region, city,
             round(lat::numeric, 1)::float8 as lat, round(lon::numeric, 1)::float8 as lon,
             device, browser, os, source, source as referrer_source, entry_page, exit_page, pageviews, events,
             extract(epoch from last_at - started_at)::float8 as duration,
             last_at > ${new Date(now - presenceMs)} and last_at <= ${new Date(now)} as live
      from (${visitsOf(sql, { siteId: site.site_id, rest: [span], filters })}) v
      order by started_at desc, visit_id
      limit ${limit}`
    return { visits: found.map(({ started_at, ...visit }) => ({ at: started_at.toISOString(), ...visit })) }
  },
}

/**
 * Refuses more visits than are shown at once.
 *
 * @throws {HkError} `bad_request`
 */
export function demandFewVisits(limit: number): void {
  if (limit <= most) return
  throw new HkError('bad_request', `"limit" of visits must be a whole number from 1 to ${most}.`, { parameter: 'limit' })
}
