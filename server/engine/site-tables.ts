import { stat } from 'node:fs/promises'
import sql, { type Sql } from 'sql-template-tag'
import { type DuckDBConnection, identifier, quoted } from './database.ts'
import { countOrders, earliestOrders, type OrderEvents, withOrders } from './definitions/orders.ts'
import { asJournal, entriesOf, isGone, readSegments } from './definitions/segments.ts'
import { dictionaries, type Part, partColumns, tableColumns } from './definitions/tables.ts'
import { withVisits } from './definitions/visits.ts'
import type { LoadTask, RemovedRows } from './messages.ts'

/** Bytes of one row of a journal at most: what a sender may write of properties, quoted, with all else. */
const maxLineBytes = 4 * 2 ** 20

const parts = ['contexts', 'origins'] as const

/**
 * Brings the tables of a site up to date: adds what its journal has gained, or replaces all. One transaction, so that who reads
 * meanwhile sees the tables before it or after it.
 *
 * @param events that tell of orders
 */
export async function loadSite(
  connection: DuckDBConnection,
  { site, folder, isWhole, segments, removals }: LoadTask,
  events: OrderEvents,
): Promise<void> {
  const schema = identifier(site)
  await connection.run('begin transaction')
  try {
    if (isWhole) await emptyTables(connection, schema)
    else await connection.run(`use ${schema}`)
    const isThere = async (part: Part) => (await stat(`${folder}/${part}.csv`)).size > 0
    for (const part of parts) if (await isThere(part)) await addEntries(connection, part, `select * from ${journalFile(folder, part)}`)
    if (isWhole) await addRemovals(connection, 'removals', removals)
    if (await isThere('fetches')) await addFetches(connection, journalFile(folder, 'fetches'), segments.fetches)
    if (isWhole || (await isThere('items'))) await addItems(connection, journalFile(folder, 'items'), segments.items, events)
    await connection.run('commit')
  } catch (error) {
    await connection.run('rollback')
    throw error
  }
}

async function emptyTables(connection: DuckDBConnection, schema: string): Promise<void> {
  await connection.run(`create schema if not exists ${schema}`)
  await connection.run(`use ${schema}`)
  for (const [table, columns] of Object.entries(tableColumns)) {
    const list = Object.entries(columns).map(([name, type]) => `${name} ${type}`).join(', ')
    await connection.run(`create table if not exists ${table} (${list})`)
    await connection.run(`delete from ${table}`)
  }
}

/** Forgets a site. */
export async function dropSite(connection: DuckDBConnection, site: string): Promise<void> {
  await connection.run(`drop schema if exists ${identifier(site)} cascade`)
}

/** A file that a part of a journal was read into, as a table. */
export function journalFile(folder: string, part: Part): string {
  const columns = Object.entries(partColumns[part]).map(([name, type]) => `${name}: ${quoted(type)}`).join(', ')
  return `read_csv(${quoted(`${folder}/${part}.csv`)}, columns = {${columns}}, header = false, auto_detect = false, delim = ',',
    quote = '"', escape = '"', nullstr = '\\N', allow_quoted_nulls = false, max_line_size = ${maxLineBytes}, strict_mode = true)`
}

/** Adds entries to a dictionary that are not in it. */
export async function addEntries(connection: DuckDBConnection, table: keyof typeof dictionaries, entries: string): Promise<void> {
  const { key } = dictionaries[table]
  await connection.run(`insert into ${table} by name select * from (${entries}) e where e.${key} not in (select ${key} from ${table})`)
}

/** Makes a table `added` of the rows with an id that is not known yet, the first of each id. */
async function takeFresh(connection: DuckDBConnection, table: 'items' | 'fetches', rows: string, segments: readonly string[]): Promise<void> {
  await connection.run(`create temp table arrived as select * from ${rows}`)
  // What is known is looked for by the few that have arrived, so that no table of all ids is made each time.
  const known = [table, ...(segments.length === 0 ? [] : [readSegments(segments)])].map((all) => `select id from ${all} where id in (select id from arrived)`)
  await connection.run(`create temp table added as select distinct on (id) * from arrived where id not in (${known.join(' union all ')}) order by id, seq, n`)
  await connection.run('drop table arrived')
}

/** Adds rows of imports that are gone to a table. */
export async function addRemovals(connection: DuckDBConnection, table: string, removals: readonly RemovedRows[]): Promise<void> {
  for (const { import_id, from_us, to_us } of removals) {
    await connection.run(`insert into ${table} values ($1, $2, $3)`, [import_id, BigInt(from_us), BigInt(to_us)])
  }
}

async function addFetches(connection: DuckDBConnection, rows: string, segments: readonly string[]): Promise<void> {
  await takeFresh(connection, 'fetches', rows, segments)
  await connection.run('insert into fetches select * from added')
  await connection.run('drop table added')
}

/**
 * Adds items, and works out the visits of their visitors anew. What segments have of these visitors comes into the table, and
 * counts no more where it was.
 *
 * @param segments those of the times of the rows, with all that their visitors may have done before and after
 */
async function addItems(connection: DuckDBConnection, rows: string, segments: readonly string[], events: OrderEvents): Promise<void> {
  const columns = Object.keys(partColumns.items).join(', ')
  await takeFresh(connection, 'items', rows, segments)
  await connection.run('create temp table touched as select distinct visitor_id from added')
  if (segments.length > 0) {
    // Who has lost rows is worked out anew, too; once is enough.
    await connection.run(`
      insert into touched
      select distinct visitor_id from ${readSegments(segments)} r
      where ${isGone('r', 'removals')} and visitor_id not in (select visitor_id from overridden) and visitor_id not in (from touched)`)
  }
  await connection.run(`create temp table affected as select ${columns} from items where visitor_id in (from touched) union all by name select * from added`)
  if (segments.length > 0) {
    const stored = 'visitor_id in (from touched) and visitor_id not in (select visitor_id from overridden)'
    for (const part of parts) await addEntries(connection, part, entriesOf(part, segments, stored))
    await connection.run(`insert into affected by name ${asJournal(segments, `${stored} and not ${isGone('r', 'removals')}`)}`)
    await connection.run(`insert into overridden select distinct visitor_id from ${readSegments(segments)} where ${stored}`)
  }
  await connection.run('delete from items where visitor_id in (from touched)')
  await connection.run(`insert into items by name ${withVisits('affected')}`)
  await addOrders(connection, events)
  for (const table of ['added', 'touched', 'affected']) await connection.run(`drop table ${table}`)
}

/** Adds the orders of items that were added: of each key the earliest stays. */
async function addOrders(connection: DuckDBConnection, events: OrderEvents): Promise<void> {
  const [counted] = (await connection.runAndReadAll(...statement(countOrders('added', events)))).getRowObjectsJson()
  // To read none takes as long as to read some.
  if (counted?.['count'] === 0) return
  await connection.run(...statement(sql`create temp table told as ${withOrders('added', events)}`))
  await connection.run(`insert into told by name select * from orders where order_key in (select order_key from told)`)
  await connection.run('delete from orders where order_key in (select order_key from told)')
  await connection.run(`insert into orders by name ${earliestOrders('told')}`)
  await connection.run('drop table told')
}

/** A query whose values are texts, as DuckDB takes it. */
export function statement({ text, values }: Sql): [string, string[]] {
  return [text, values.map(String)]
}
