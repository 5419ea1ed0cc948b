import { startOfDay } from './calendar.ts'
import type { Database, Transaction } from './connect.ts'

/** Rows of a journal that are gone: of an import, from one time to another, in milliseconds since 1970; `to` is excluded. */
export interface Removal {
  /** The import, also of an access log; empty for the items of any import. */
  readonly import_id: string
  readonly from: number
  readonly to: number
}

/**
 * Removes rows from the journal of a site, in a transaction that holds its version row. What segments have of them counts no
 * more from the commit on, and goes when they are rewritten.
 */
export async function removeRows(tx: Transaction, siteId: string, { import_id, from, to }: Removal): Promise<void> {
  const [start, end] = [new Date(from), new Date(to)]
  await tx`
    delete from journal
    where site_id = ${siteId} and at >= ${start} and at < ${end}
      and (${import_id} in (import_id, log_id) or (${import_id} = '' and import_id is not null))`
  await tx`
    delete from fetch_journal
    where site_id = ${siteId} and at >= ${start} and at < ${end} and ${import_id} in (import_id, log_id)`
  await tx`
    insert into journal_removals (site_id, import_id, from_at, to_at)
    select ${siteId}, ${import_id}, ${start}, ${end}
    where exists (select from segments where site_id = ${siteId} and max_at >= ${start} and min_at < ${end})
    on conflict do nothing`
  await renewGeneration(tx, siteId)
}

/** Removes all that an import, also of access logs, has brought, in the same way. */
export async function removeImport(tx: Transaction, siteId: string, timezone: string, importId: string): Promise<void> {
  const [row] = await tx<{ first: string | null; last: string | null }[]>`
    select first_day::text as first, last_day::text as last from imports where site_id = ${siteId} and import_id = ${importId}`
  if (row === undefined || row.first === null || row.last === null) return
  // A day more on each side, as the time zone may have been another when they came.
  const from = startOfDay(Temporal.PlainDate.from(row.first).subtract({ days: 1 }), timezone)
  const to = startOfDay(Temporal.PlainDate.from(row.last).add({ days: 2 }), timezone)
  await removeRows(tx, siteId, { import_id: importId, from, to })
}

/** Lists what is gone, but may be in segments still. */
export function listRemovals(sql: Database, siteId: string): Promise<Removal[]> {
  return sql<Removal[]>`
    select import_id, (extract(epoch from from_at) * 1000)::float8 as from, (extract(epoch from to_at) * 1000)::float8 as to
    from journal_removals
    where site_id = ${siteId}`
}

/** Forgets removals of which no segment has rows any more. */
export async function forgetRemovals(sql: Database, siteId: string, removals: readonly Removal[]): Promise<void> {
  for (const { import_id, from, to } of removals) {
    await sql`
      delete from journal_removals
      where site_id = ${siteId} and import_id = ${import_id} and from_at = ${new Date(from)} and to_at = ${new Date(to)}`
  }
}

/** Has readers of a site's journal read all anew, in a transaction in which rows of it go away. */
export async function renewGeneration(tx: Transaction, siteId: string): Promise<void> {
  await tx`update site_versions set generation = generation + 1 where site_id = ${siteId}`
}
