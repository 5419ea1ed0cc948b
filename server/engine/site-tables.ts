import { type DuckDBConnection, identifier, quoted } from './database.ts'
import { dictionaryKeys, type Part, partColumns, tableColumns } from './definitions/tables.ts'
import { withVisits } from './definitions/visits.ts'
import type { LoadTask } from './messages.ts'

/** Bytes of one row of a journal at most: what a sender may write of properties, quoted, with all else. */
const maxLineBytes = 4 * 2 ** 20

/**
 * Brings the tables of a site up to date: adds what its journal has gained, or replaces all. One transaction, so that who reads
 * meanwhile sees the tables before it or after it.
 */
export async function loadSite(connection: DuckDBConnection, { site, folder, isWhole }: LoadTask): Promise<void> {
  const schema = identifier(site)
  await connection.run('begin transaction')
  try {
    await connection.run(`create schema if not exists ${schema}`)
    await connection.run(`use ${schema}`)
    for (const [table, columns] of Object.entries(tableColumns)) {
      const list = Object.entries(columns).map(([name, type]) => `${name} ${type}`).join(', ')
      await connection.run(`create table if not exists ${table} (${list})`)
      if (isWhole) await connection.run(`delete from ${table}`)
    }
    for (const part of ['contexts', 'origins'] as const) await addEntries(connection, part, fileOf(folder, part))
    await addFetches(connection, fileOf(folder, 'fetches'))
    await addItems(connection, fileOf(folder, 'items'))
    await connection.run('commit')
  } catch (error) {
    await connection.run('rollback')
    throw error
  }
}

/** Forgets a site. */
export async function dropSite(connection: DuckDBConnection, site: string): Promise<void> {
  await connection.run(`drop schema if exists ${identifier(site)} cascade`)
}

function fileOf(folder: string, part: Part): string {
  const columns = Object.entries(partColumns[part]).map(([name, type]) => `${name}: ${quoted(type)}`).join(', ')
  return `read_csv(${quoted(`${folder}/${part}.csv`)}, columns = {${columns}}, header = false, auto_detect = false, delim = ',',
    quote = '"', escape = '"', nullstr = '\\N', allow_quoted_nulls = false, max_line_size = ${maxLineBytes}, strict_mode = true)`
}

async function addEntries(connection: DuckDBConnection, part: keyof typeof dictionaryKeys, rows: string): Promise<void> {
  const key = dictionaryKeys[part]
  await connection.run(`insert into ${part} select * from ${rows} r where r.${key} not in (select ${key} from ${part})`)
}

/** Rows with an id that is not known yet, the first of each id. */
function fresh(table: 'items' | 'fetches', rows: string): string {
  return `select distinct on (id) * from ${rows} r where r.id not in (select id from ${table}) order by id, seq, n`
}

async function addFetches(connection: DuckDBConnection, rows: string): Promise<void> {
  await connection.run(`insert into fetches ${fresh('fetches', rows)}`)
}

/** Adds items, and works out the visits of their visitors anew. */
async function addItems(connection: DuckDBConnection, rows: string): Promise<void> {
  const columns = Object.keys(partColumns.items).join(', ')
  await connection.run(`create temp table added as ${fresh('items', rows)}`)
  await connection.run('create temp table touched as select distinct visitor_id from added')
  await connection.run(`
    create temp table affected as
    select ${columns} from items where visitor_id in (from touched) union all by name select * from added`)
  await connection.run('delete from items where visitor_id in (from touched)')
  await connection.run(`insert into items by name ${withVisits('affected')}`)
  for (const table of ['added', 'touched', 'affected']) await connection.run(`drop table ${table}`)
}
