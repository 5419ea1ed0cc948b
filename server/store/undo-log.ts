import { slotOf } from './calendar.ts'
import type { Sql, Transaction } from './connect.ts'
import { judgeDays, unrollDays } from './imported.ts'
import { removeImport } from './removals.ts'
import { instant, rowsParameter } from './rows.ts'
import { addToVisits, type SessionItem } from './session.ts'
import { commitInSite } from './site-commit.ts'
import type { VersionRow } from './versions.ts'
import { type OwnedVisit, visitsOf } from './visits.ts'

/** Visitors whose rows are deleted at once: so long writers of the site wait. */
const maxVisitors = 500

/**
 * Undoes an import of access logs: what it brought is gone from reports, and may be imported again. Items go in batches,
 * each in a transaction of its own; where it is cut short, it goes on when it is called again. Visits that had items
 * beside those of the log are worked out anew from what is left of them.
 *
 * @param moved called after each commit with the versions that moved
 */
export async function undoLogImport(
  sql: Sql,
  { site_id, timezone }: { readonly site_id: string; readonly timezone: string },
  logId: string,
  moved: (versions: VersionRow[]) => void,
): Promise<void> {
  const kinds = { imports: 1, hits: 1, ai_fetch: 1 }
  const inSite = (work: (tx: Transaction) => Promise<number>) => commitInSite(sql, { site_id, kinds }, moved, work)

  // From here on nothing is stored under it any more.
  await inSite(async (tx) => {
    const undone = await tx`
      update imports
      set state = 'undone', finished_at = clock_timestamp()
      where site_id = ${site_id} and import_id = ${logId} and source = 'log' and state <> 'undone'`
    await removeImport(tx, site_id, timezone, logId)
    return undone.count
  })
  for (let left = 1; left > 0; ) left = await inSite((tx) => dropSome(tx, site_id, timezone, logId))
  await inSite(async (tx) => {
    const judged = await judgeDays(tx, site_id, timezone)
    const fetches = await tx`delete from ai_fetches where site_id = ${site_id} and log_id = ${logId}`
    return judged + fetches.count
  })
}

/** Deletes what the log brought of some visitors; how many they are. */
async function dropSome(tx: Transaction, siteId: string, timezone: string, logId: string): Promise<number> {
  const visitors = await tx<{ id: string }[]>`
    select distinct visitor_id::text as id
    from (
      select visitor_id from items where site_id = ${siteId} and log_id = ${logId} order by visitor_id limit 20000) i
    limit ${maxVisitors}`
  if (visitors.length === 0) return 0
  const ids = visitors.map(({ id }) => id)
  const visits = await visitsOf(tx, ids.map((visitor_id) => ({ site_id: siteId, visitor_id })))
  const gone = await tx<{ at: number; visit_id: string }[]>`
    delete from items
    where site_id = ${siteId} and visitor_id = any(${ids}::bigint[]) and log_id = ${logId}
    returning (extract(epoch from at) * 1000)::float8 as at, visit_id`
  const changed = new Set(gone.map(({ visit_id }) => visit_id))
  await rebuildVisits(tx, siteId, visits.filter(({ visit_id }) => changed.has(visit_id)))
  await unrollDays(tx, siteId, [...new Set(gone.map(({ at }) => slotOf(at, timezone).day))])
  return visitors.length
}

/**
 * Works visits out anew after items of them are gone. Where the first is gone, the visit keeps where that came from: it is
 * known of the first one alone.
 */
async function rebuildVisits(tx: Transaction, siteId: string, visits: readonly OwnedVisit[]): Promise<void> {
  const ids = visits.map(({ visit_id }) => visit_id)
  const seqs = await tx<{ visit_id: string; seq: string }[]>`
    delete from visits where site_id = ${siteId} and visit_id = any(${ids}::uuid[]) returning visit_id, seq::text`
  const seqOf = new Map(seqs.map(({ visit_id, seq }) => [visit_id, seq]))
  const left = await tx<(Omit<SessionItem, 'context'> & { visit_id: string })[]>`
    select id, type, page, visit_id, (extract(epoch from at) * 1000)::float8 as at
    from items
    where site_id = ${siteId} and visitor_id = any(${visits.map(({ visitor_id }) => visitor_id)}::bigint[])
      and visit_id = any(${ids}::uuid[]) and type <> 'vital'`
  const itemsOf = Map.groupBy(left, ({ visit_id }) => visit_id)
  const rows: object[] = []
  const moves: { id: string; visit_id: string }[] = []
  for (const old of visits) {
    const items = (itemsOf.get(old.visit_id) ?? []).map((item) => ({ ...item, context: old.context }))
    const session = addToVisits([], items)
    for (const { context, ...visit } of session.visits) {
      const { started_at, last_at, entry_at, exit_at } = visit
      const times = { started_at: instant(started_at), last_at: instant(last_at), entry_at: orNull(entry_at), exit_at: orNull(exit_at) }
      rows.push({ ...context, ...visit, ...times, site_id: siteId, visitor_id: old.visitor_id, seq: seqOf.get(old.visit_id) })
    }
    for (const [id, visit_id] of session.visitOf) moves.push({ id, visit_id })
  }
  if (rows.length === 0) return
  await tx`insert into visits select r.* from jsonb_populate_recordset(null::visits, ${rowsParameter(tx, rows)}) r`
  await tx`
    with moved as (
      select * from jsonb_to_recordset(${rowsParameter(tx, moves)}) as x (id uuid, visit_id uuid)
    ), ordered as (
      update orders o set visit_id = m.visit_id from moved m, items i
      where i.site_id = ${siteId} and i.id = m.id and o.site_id = ${siteId} and o.item_id = m.id
    )
    update items i set visit_id = m.visit_id from moved m
    where i.site_id = ${siteId} and i.id = m.id and i.visit_id <> m.visit_id`
}

function orNull(at: number | null): string | null {
  return at === null ? null : instant(at)
}
