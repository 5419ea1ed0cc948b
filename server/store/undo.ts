import { slotOf } from './calendar.ts'
import type { Sql, Transaction } from './connect.ts'
import { dropVisitors, judgeDays, unrollDays } from './imported.ts'
import { removeImport } from './removals.ts'
import { commitInSite } from './site-commit.ts'
import type { VersionRow } from './versions.ts'

/** Visitors, and rows of sums, that are deleted at once: so long writers of the site wait. */
const batch = { visitors: 500, rows: 20_000 }

/**
 * Undoes an import: what it brought is gone from reports, and its days may be imported again. Items go in batches, each in
 * a transaction of its own; where it is cut short, it goes on when it is called again.
 *
 * @param moved called after each commit with the versions that moved
 */
export async function undoImport(
  sql: Sql,
  { site_id, timezone }: { readonly site_id: string; readonly timezone: string },
  importId: string,
  moved: (versions: VersionRow[]) => void,
): Promise<void> {
  const kinds = { imports: 1, hits: 1, events: 1, ecommerce: 1, web_vitals: 1, ai_fetch: 1, ai_chatbots: 1 }
  const inSite = (work: (tx: Transaction) => Promise<number>) => commitInSite(sql, { site_id, kinds }, moved, work)

  // From here on no step of the import is committed any more, and its sums are not shown.
  await inSite(async (tx) => {
    await tx`delete from imported_days where site_id = ${site_id} and import_id = ${importId} and not raw`
    const undone = await tx`
      update imports
      set state = 'undone', finished_at = clock_timestamp()
      where site_id = ${site_id} and import_id = ${importId} and state <> 'undone'`
    await removeImport(tx, site_id, timezone, importId)
    return undone.count
  })
  for (let left = 1; left > 0; ) {
    left = await inSite(async (tx) => {
      const visitors = await tx<{ id: string }[]>`
        select distinct visitor_id::text as id
        from (
          select visitor_id from items
          where site_id = ${site_id} and import_id = ${importId}
          order by visitor_id limit ${batch.rows}) i
        limit ${batch.visitors}`
      if (visitors.length === 0) return 0
      const times = await dropVisitors(tx, site_id, visitors.map(({ id }) => id))
      await unrollDays(tx, site_id, [...new Set(times.map((at) => slotOf(at, timezone).day))])
      return visitors.length
    })
  }
  await inSite(async (tx) => {
    await tx`set local statement_timeout = 0`
    const days = await tx`delete from imported_days where site_id = ${site_id} and import_id = ${importId}`
    const judged = await judgeDays(tx, site_id, timezone)
    const fetches = await tx`delete from ai_fetches where site_id = ${site_id} and import_id = ${importId}`
    return days.count + judged + fetches.count
  })
  for (let left = batch.rows; left === batch.rows; ) {
    // No reader and no writer asks for these any more.
    const gone = await sql`
      delete from imported_rollups
      where ctid = any(array(
        select ctid from imported_rollups
        where site_id = ${site_id} and import_id = ${importId}
        limit ${batch.rows}))`
    left = gone.count
  }
}
