import { slotOf } from './calendar.ts'
import type { Database, Transaction } from './connect.ts'
import { rowsParameter } from './rows.ts'
import { newId } from './sites.ts'

/** A row that an access log may have brought. */
interface LogRow {
  readonly site_id: string
  readonly at: number
  readonly log_id?: string
}

/**
 * Begins the import of access logs, and forgets those that brought nothing a month ago.
 *
 * @returns its id
 */
export async function beginLogImport(tx: Transaction, siteId: string, label: string): Promise<string> {
  await tx`
    delete from imports
    where site_id = ${siteId} and source = 'log' and state = 'done' and rows = 0 and finished_at < now() - interval '30 days'`
  const [row] = await tx<[{ id: string }]>`
    insert into imports (site_id, import_id, source, label)
    values (${siteId}, ${newId()}, 'log', ${label})
    returning import_id as id`
  return row.id
}

/**
 * Ends the import of access logs. One that brought nothing is kept, though no list has it: its rows may wait in the spool
 * still, and count as its own when they are stored, so that they can be undone.
 *
 * @returns the rows that it has brought so far
 */
export async function endLogImport(
  tx: Transaction,
  siteId: string,
  id: string,
  leftOut: Readonly<Record<string, number>>,
): Promise<number> {
  const [row] = await tx<{ rows: number }[]>`
    update imports
    set state = 'done', error = null, left_out = ${tx.json(leftOut)}, finished_at = clock_timestamp()
    where site_id = ${siteId} and import_id = ${id} and source = 'log' and state <> 'undone'
    returning rows`
  return row?.rows ?? 0
}

/** Whether rows may be stored under the import of a log: it is there, and not undone. */
export async function isLogImport(sql: Database, siteId: string, id: string): Promise<boolean> {
  const rows = await sql`
    select from imports where site_id = ${siteId} and import_id = ${id} and source = 'log' and state <> 'undone'`
  return rows.length > 0
}

/**
 * Tells which of some rows are not of an import of a log that was undone since they were sent, in a transaction that holds
 * the version rows.
 */
export async function withoutUndone(tx: Transaction, rows: readonly LogRow[]): Promise<(row: LogRow) => boolean> {
  const tagged = rows.filter(({ log_id }) => log_id !== undefined)
  if (tagged.length === 0) return () => true
  const undone = await tx<{ key: string }[]>`
    select distinct i.site_id || ' ' || i.import_id as key
    from imports i
      join unnest(${tagged.map(({ site_id }) => site_id)}::text[], ${tagged.map(({ log_id = '' }) => log_id)}::text[]) as x (site_id, log_id)
        on x.site_id = i.site_id and x.log_id = i.import_id
    where i.state = 'undone'`
  const keys = new Set(undone.map(({ key }) => key))
  return ({ site_id, log_id = '' }) => !keys.has(`${site_id} ${log_id}`)
}

/** Counts rows that are stored to the imports of logs that brought them, in the same transaction. */
export async function countLogRows(tx: Transaction, rows: readonly LogRow[]): Promise<void> {
  const tagged = rows.filter(({ log_id }) => log_id !== undefined)
  if (tagged.length === 0) return
  const siteIds = [...new Set(tagged.map(({ site_id }) => site_id))]
  const sites = await tx<{ site_id: string; timezone: string }[]>`
    select site_id, timezone from sites where site_id = any(${siteIds}::text[])`
  const counts = sites.flatMap(({ site_id, timezone }) => {
    const byLog = Map.groupBy(tagged.filter((row) => row.site_id === site_id), ({ log_id }) => log_id)
    return [...byLog].map(([log_id, own]) => {
      const times = own.map(({ at }) => at)
      const [first, last] = [Math.min(...times), Math.max(...times)].map((at) => slotOf(at, timezone).day)
      return { site_id, log_id, count: own.length, first, last }
    })
  })
  await tx`
    update imports i
    set rows       = i.rows + x.count,
        first_day  = least(i.first_day, x.first),
        last_day   = greatest(i.last_day, x.last),
        touched_at = clock_timestamp()
    from jsonb_to_recordset(${rowsParameter(tx, counts)}) as x (site_id text, log_id text, count bigint, first date, last date)
    where i.site_id = x.site_id and i.import_id = x.log_id`
}
