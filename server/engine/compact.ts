import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sql from 'sql-template-tag'
import { type DuckDBConnection, quoted } from './database.ts'
import { type OrderEvents, withOrders } from './definitions/orders.ts'
import { asJournal, entriesOf, isGone, readSegments, wideItems } from './definitions/segments.ts'
import { dictionaries, tableColumns } from './definitions/tables.ts'
import { withVisits } from './definitions/visits.ts'
import type { CompactTask, QueryRow } from './messages.ts'
import { addEntries, addRemovals, journalFile, statement } from './site-tables.ts'

/** Bytes of a part of a segment, about. */
const partBytes = 32 * 2 ** 20

/** What is compared of a table and the files that were made of it. */
const sums = 'count(*)::double as rows, coalesce(sum(hash(id)), 0)::varchar as ids, min(at_us)::double as min_us, max(at_us)::double as max_us'

/**
 * Makes segments of a stretch of a journal, and of the segments that there were of it: files of Parquet in the folder, a row
 * of `kind, file, rows, min_us, max_us, seq` for each.
 *
 * @param events that tell of orders
 * @throws {Error} where what was written is not what is read back
 */
export async function compact(
  connection: DuckDBConnection,
  { folder, segments, removals }: CompactTask,
  events: OrderEvents,
): Promise<QueryRow[]> {
  for (const [name, { columns, key }] of Object.entries(dictionaries)) {
    const list = Object.entries(columns).map(([column, type]) => `${column} ${type}`).join(', ')
    await connection.run(`create temp table ${name} (${key} BIGINT, ${list})`)
  }
  for (const table of ['contexts', 'origins'] as const) {
    await addEntries(connection, table, `select * from ${journalFile(folder, table)}`)
    if (segments.items.length > 0) await addEntries(connection, table, entriesOf(table, segments.items, 'true'))
  }
  await connection.run('create temp table removals (import_id VARCHAR, from_us BIGINT, to_us BIGINT)')
  await addRemovals(connection, 'removals', removals)
  const kept = `not ${isGone('r', 'removals')}`
  const old = segments.items.length === 0 ? '' : ` union all by name ${asJournal(segments.items, kept)}`
  await connection.run(`create temp table rows as select distinct on (id) * from (select * from ${journalFile(folder, 'items')}${old}) order by id, seq, n`)
  await connection.run(`create temp table counted (${Object.entries(tableColumns.items).map(([name, type]) => `${name} ${type}`).join(', ')})`)
  await connection.run(`insert into counted by name ${withVisits('rows')}`)
  await connection.run('drop table rows')
  const oldFetches = segments.fetches.length === 0 ? '' : ` union all by name select * from ${readSegments(segments.fetches)} r where ${kept}`
  await connection.run(`create temp table fetched as select distinct on (id) * from (select * from ${journalFile(folder, 'fetches')}${oldFetches}) order by id, seq, n`)
  await connection.run(...statement(sql`create temp table told as ${withOrders('counted', events)}`))
  return [
    ...(await writeParts(connection, { kind: 'items', folder, table: 'counted', query: `${wideItems('counted', ['contexts', 'origins'])} order by i.visitor_id, i.at_us, i.seq, i.n` })),
    ...(await writeParts(connection, { kind: 'orders', folder, table: 'told', query: 'select * from told order by at_us, id' })),
    ...(await writeParts(connection, { kind: 'fetches', folder, table: 'fetched', query: 'select * from fetched order by at_us, id' })),
  ]
}

interface Written {
  readonly kind: 'items' | 'orders' | 'fetches'
  readonly folder: string
  /** What the query is of. */
  readonly table: string
  readonly query: string
}

async function writeParts(connection: DuckDBConnection, { kind, folder, table, query }: Written): Promise<QueryRow[]> {
  const all = async (text: string) => (await connection.runAndReadAll(text)).getRowObjectsJson()
  const [source] = await all(`select ${sums} from ${table} t`)
  if (source?.rows === 0) return []
  const to = join(folder, `${kind}.parts`)
  await mkdir(to)
  await connection.run(`copy (${query}) to ${quoted(to)} (format parquet, compression zstd, file_size_bytes ${partBytes}, overwrite_or_ignore true)`)
  const files = (await readdir(to)).filter((name) => name.endsWith('.parquet')).map((name) => join(to, name))
  const [read] = await all(`select ${sums} from ${readSegments(files)}`)
  if (JSON.stringify(read) !== JSON.stringify(source)) {
    throw new Error(`A segment of ${kind} was not written as it is: ${JSON.stringify(source)} became ${JSON.stringify(read)}.`)
  }
  const parts: QueryRow[] = []
  for (const file of files.toSorted(byNumber)) {
    const [part] = await all(`select ${sums}, max(seq)::double as seq from ${readSegments([file])}`)
    if (part !== undefined && part.rows !== 0) parts.push({ ...part, kind, file })
  }
  return parts
}

/** Files are numbered: `data_10.parquet` comes after `data_9.parquet`. */
function byNumber(a: string, b: string): number {
  const [first, second] = [a, b].map((file) => Number(/(\d+)\.parquet$/.exec(file)?.[1]))
  return (first ?? 0) - (second ?? 0)
}
