import type { Database } from './connect.ts'
import { sumDimensions } from './imported.ts'

/** Rows that are read at once. */
const batch = 1_000

/** Lines of JSON, some at once. */
type Lines = AsyncGenerator<string[]>

/**
 * The items of a site in order of time, as JSON, each with what its visit came from. Inside a transaction: it is read by
 * a cursor.
 */
export async function* itemLines(sql: Database, siteId: string): Lines {
  const rows = sql<{ line: string }[]>`
    select json_build_object(
      'type', 'item', 'id', i.id, 'kind', i.type, 'at', to_json(i.at), 'received_at', to_json(i.received_at),
      'visitor', i.visitor_id::text, 'page', i.page, 'name', i.name, 'value', i.value, 'props', i.props,
      'context', json_build_object(
        'hostname', i.hostname, 'referrer', coalesce(v.referrer, ''), 'source', coalesce(v.source, ''),
        'channel', coalesce(v.channel, ''), 'ai_source', coalesce(v.ai_source, ''),
        'utm_source', coalesce(v.utm_source, ''), 'utm_medium', coalesce(v.utm_medium, ''),
        'utm_campaign', coalesce(v.utm_campaign, ''), 'utm_term', coalesce(v.utm_term, ''),
        'utm_content', coalesce(v.utm_content, ''), 'country', coalesce(v.country, i.country, ''),
        'region', coalesce(v.region, i.region, ''), 'city', coalesce(v.city, i.city, ''), 'lat', v.lat, 'lon', v.lon,
        'device', coalesce(v.device, i.device, ''), 'browser', coalesce(v.browser, i.browser, ''),
        'os', coalesce(v.os, i.os, ''), 'language', coalesce(v.language, i.language, '')))::text as line
    from items i
      left join visits v on v.site_id = i.site_id and v.visit_id = i.visit_id
    where i.site_id = ${siteId}
    order by i.at, i.id`
  for await (const found of rows.cursor(batch)) yield found.map(({ line }) => line)
}

/** The fetches of AI agents of a site, as {@link itemLines}. */
export async function* fetchLines(sql: Database, siteId: string): Lines {
  const rows = sql<{ line: string }[]>`
    select (jsonb_build_object('type', 'fetch') || (to_jsonb(f) - 'site_id' - 'import_id' - 'log_id'))::text as line
    from ai_fetches f
    where f.site_id = ${siteId}
    order by f.at, f.id`
  for await (const found of rows.cursor(batch)) yield found.map(({ line }) => line)
}

/** The sums of imported days of a site that reports show, as {@link itemLines}. */
export async function* sumLines(sql: Database, siteId: string): Lines {
  const rows = sql<{ line: string }[]>`
    select (jsonb_build_object('type', 'sums') || (to_jsonb(r) - 'site_id' - 'import_id' - 'key'))::text as line
    from imported_days d
      join imported_rollups r on r.site_id = d.site_id and r.import_id = d.import_id and r.day = d.day
    where d.site_id = ${siteId} and not d.native and not d.raw and r.dimension = any(${[...sumDimensions]}::text[])
    order by d.day, r.dimension, r.key`
  for await (const found of rows.cursor(batch)) yield found.map(({ line }) => line)
}
