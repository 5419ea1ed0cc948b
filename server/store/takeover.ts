import type { Database, Sql, Transaction } from './connect.ts'
import { contextColumns, originColumns } from './dictionary.ts'
import { appendFetches, appendItems } from './journal.ts'
import { renewGeneration } from './removals.ts'
import { type LockedSite, lockSites } from './versions.ts'
import type { NewFetch, NewItem } from './write.ts'

/**
 * Takes rows from before there was a journal into it, some at a time, so that writers of the site wait for one batch only.
 * Where it is cut short it goes on from there.
 *
 * @module
 */

/** Rows that are taken over at once. */
const batch = 1_000

/** What is counted twice costs a row until compaction; what is counted by neither would be lost. */
const margin = '15 minutes'

interface Cursor {
  readonly items: number
  readonly fetches: number
}

/** Whether a site has rows that are not in its journal yet. */
export async function isTakenOver(sql: Database, siteId: string): Promise<boolean> {
  const rows = await sql`select from takeovers where site_id = ${siteId}`
  return rows.length === 0
}

/** Lists the sites of which rows are not in their journals yet. */
export async function listTakeovers(sql: Sql): Promise<string[]> {
  const rows = await sql<{ site_id: string }[]>`select site_id from takeovers order by site_id`
  return rows.map(({ site_id }) => site_id)
}

/**
 * Takes over the next rows of a site.
 *
 * @returns whether there may be more
 */
export async function takeOverSome(sql: Sql, siteId: string): Promise<boolean> {
  let remember = () => {}
  const isMore = await sql.begin(async (tx) => {
    const site = (await lockSites(tx, [siteId])).get(siteId)
    const [cursor] = await tx<Cursor[]>`select items, fetches from takeovers where site_id = ${siteId} for update`
    if (site === undefined || cursor === undefined) {
      await tx`delete from takeovers where site_id = ${siteId}`
      return false
    }
    const items = await takeItems(tx, site, cursor.items, (after) => (remember = after))
    const fetches = await takeFetches(tx, site, cursor.fetches)
    if (items + fetches > 0) return true
    await tx`delete from takeovers where site_id = ${siteId}`
    await renewGeneration(tx, siteId)
    return false
  })
  remember()
  return isMore
}

/** The site as it was before its first commit: rows are appended under seq 0. */
function beforeAll(site: LockedSite): ReadonlyMap<string, LockedSite> {
  return new Map([[site.site_id, { ...site, seq: -1 }]])
}

/** @param afterwards is given what is called after the commit */
async function takeItems(tx: Transaction, site: LockedSite, done: number, afterwards: (call: () => void) => void): Promise<number> {
  // An item has the context of its visit; a vital its own.
  const context = contextColumns.map((name) => (name === 'lat' || name === 'lon' ? tx`v.${tx(name)}` : tx`coalesce(v.${tx(name)}, i.${tx(name)}, '') as ${tx(name)}`))
  const origin = originColumns.map((name) => tx`coalesce(v.${tx(name)}, '') as ${tx(name)}`)
  const columns = [...context, ...origin].reduce((list, one) => tx`${list}, ${one}`)
  const rows = await tx<(Omit<NewItem, 'context'> & NewItem['context'])[]>`
    select i.site_id, i.id::text as id, i.type, (extract(epoch from i.at) * 1000)::float8 as at, i.visitor_id::text as visitor_id,
           i.page, i.name, i.value, i.props, i.hostname, i.import_id, i.log_id, ${columns}
    from takeovers t
      join items i on i.site_id = t.site_id and (i.at, i.id) > (t.item_at, t.item_id) and i.received_at < t.begun_at + ${margin}::interval
      left join visits v on v.site_id = i.site_id and v.visit_id = i.visit_id
    where t.site_id = ${site.site_id}
    order by i.at, i.id
    limit ${batch}`
  const last = rows.at(-1)
  if (last === undefined) return 0
  afterwards(await appendItems(tx, rows.map((row) => ({ ...row, context: row })), beforeAll(site), done))
  await tx`
    update takeovers t
    set items = ${done + rows.length}, item_at = i.at, item_id = i.id
    from items i
    where t.site_id = ${site.site_id} and i.site_id = t.site_id and i.id = ${last.id}`
  return rows.length
}

async function takeFetches(tx: Transaction, site: LockedSite, done: number): Promise<number> {
  const rows = await tx<NewFetch[]>`
    select f.site_id, f.id::text as id, (extract(epoch from f.at) * 1000)::float8 as at, f.agent, f.family, f.category, f.hostname,
           f.path, f.status, f.content_type, f.response_ms, f.bytes_served, f.import_id, f.log_id
    from takeovers t
      join ai_fetches f on f.site_id = t.site_id and (f.at, f.id) > (t.fetch_at, t.fetch_id) and f.received_at < t.begun_at + ${margin}::interval
    where t.site_id = ${site.site_id}
    order by f.at, f.id
    limit ${batch}`
  const last = rows.at(-1)
  if (last === undefined) return 0
  await appendFetches(tx, rows, beforeAll(site), done)
  await tx`
    update takeovers t
    set fetches = ${done + rows.length}, fetch_at = f.at, fetch_id = f.id
    from ai_fetches f
    where t.site_id = ${site.site_id} and f.site_id = t.site_id and f.id = ${last.id}`
  return rows.length
}
