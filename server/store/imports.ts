import type { ImportRow } from '@hk-live/sdk/protocol'
import type { Database } from './connect.ts'
import { quoteLike } from './pattern.ts'

/** Lists the imports of a site, the newest first; `total`: of all that fit the search by source and label. */
export async function listImports(
  sql: Database,
  siteId: string,
  { limit, offset, search }: { limit: number; offset: number; search: string },
): Promise<{ rows: ImportRow[]; total: number }> {
  const like = `%${quoteLike(search)}%`
  const [found] = await sql<[{ rows: ImportRow[]; total: number }]>`
    with found as (
      select import_id as id, source, label, state, first_day, last_day, rows, created_at, finished_at
      from imports
      where site_id = ${siteId} and (source ilike ${like} or label ilike ${like}))
    select (select count(*)::int from found) as total,
           coalesce((
             select json_agg(page) from (
               select * from found order by created_at desc, id limit ${limit} offset ${offset}) page), '[]') as rows`
  return found
}
