import type { ImportRow, ImportSource } from '@hk-live/sdk/protocol'
import type { Database, Sql, Transaction } from './connect.ts'
import { quoteLike } from './pattern.ts'
import { isId, newId } from './sites.ts'
import { ownTimes } from './tracking.ts'

/** An import and how far it is. */
export interface StoredImport extends Omit<ImportRow, 'created_at' | 'finished_at'> {
  readonly site_id: string
  /** `log`: access logs, whose items come one batch after another. */
  readonly source: ImportSource | 'log'
  readonly created_at: Date
  readonly finished_at: Date | null
  /** SHA-256 of the file, in hexadecimal. */
  readonly hash: string | null
  /** Records of the file that are committed, and bytes of them, of `size` bytes unpacked; about. */
  readonly done: number
  readonly bytes: number
  readonly size: number
  /** How many records were left out, by reason. */
  readonly left_out: Readonly<Record<string, number>>
  /** The first few faults, in words. */
  readonly faults: readonly string[]
  readonly error: string | null
  /** Days that were imported and are shown no more, as the site has items of its own on them since. */
  readonly days_given_up: number
  readonly touched_at: Date
}

/** What a step of an import has moved it by. */
export interface ImportStep {
  readonly rows: number
  /** Records that are committed after the step, and bytes of the file that they are in. */
  readonly done: number
  readonly bytes: number
  readonly days: readonly string[]
  readonly dimensions: readonly string[]
  readonly left_out: Readonly<Record<string, number>>
  readonly faults: readonly string[]
}

/** What an import begins with. */
export type NewImport = Pick<StoredImport, 'label' | 'size'> & { readonly source: ImportSource; readonly hash: string }

const mostFaults = 10

/** Whether an import is listed: not a log that has brought nothing, as it only begins, or as the site had it all. */
const isListed = (sql: Database) => sql`not (source = 'log' and state in ('running', 'done') and rows = 0)`

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
      where site_id = ${siteId} and ${isListed(sql)} and (source ilike ${like} or label ilike ${like}))
    select (select count(*)::int from found) as total,
           coalesce((
             select json_agg(page) from (
               select * from found order by created_at desc, id limit ${limit} offset ${offset}) page), '[]') as rows`
  return found
}

/** Finds imports of a site: one by its id, or what is there of a file; the newest first. */
export async function findImports(
  sql: Database,
  siteId: string,
  { id, hash }: { id?: string | undefined; hash?: string | undefined } = {},
): Promise<StoredImport[]> {
  if (id !== undefined && !isId(id)) return []
  return sql<StoredImport[]>`
    select site_id, import_id as id, source, label, state, first_day::text as first_day, last_day::text as last_day, rows,
           created_at, finished_at, hash, done, bytes, size, left_out, faults, error, touched_at,
           (select count(*)::int from imported_days d
            where d.site_id = i.site_id and d.import_id = i.import_id and d.native) as days_given_up
    from imports i
    where site_id = ${siteId}
      and ${id === undefined ? isListed(sql) : sql`import_id = ${id}`}
      ${hash === undefined ? sql`` : sql`and hash = ${hash} and state <> 'undone'`}
    order by created_at desc, import_id`
}

/**
 * Begins the import of a file, or goes on with it where it was cut short.
 *
 * @returns its id
 */
export async function beginImport(tx: Transaction, siteId: string, { source, label, hash, size }: NewImport): Promise<string> {
  const [row] = await tx<[{ id: string }]>`
    insert into imports (site_id, import_id, source, label, hash, size)
    values (${siteId}, ${newId()}, ${source}, ${label}, ${hash}, ${size})
    on conflict (site_id, hash) where state <> 'undone' do update
    set state = 'running', error = null, finished_at = null, touched_at = clock_timestamp()
    returning import_id as id`
  return row.id
}

/**
 * Notes a step of an import, in the transaction that stores its rows: where somebody else has moved it on, or undone it,
 * nothing is changed.
 *
 * @param from records that were committed before the step
 * @returns whether it was noted
 */
export async function moveImport(tx: Transaction, siteId: string, id: string, from: number, step: ImportStep): Promise<boolean> {
  const { rows, done, bytes, days, dimensions, left_out, faults } = step
  const moved = await tx`
    update imports i
    set done       = ${done},
        bytes      = ${bytes},
        rows       = i.rows + ${rows},
        first_day  = least(i.first_day, (select min(d) from unnest(${[...days]}::date[]) d)),
        last_day   = greatest(i.last_day, (select max(d) from unnest(${[...days]}::date[]) d)),
        dimensions = array(select distinct d from unnest(i.dimensions || ${[...dimensions]}::text[]) d order by d),
        left_out   = i.left_out || coalesce((
          select jsonb_object_agg(reason, n::bigint + coalesce((i.left_out ->> reason)::bigint, 0))
          from jsonb_each_text(${tx.json(left_out)}) as l (reason, n)), '{}'),
        faults     = coalesce((
          select jsonb_agg(f order by n)
          from jsonb_array_elements(i.faults || ${tx.json([...faults])}) with ordinality as x (f, n)
          where n <= ${mostFaults}), '[]')
    where site_id = ${siteId} and import_id = ${id} and state = 'running' and done = ${from}`
  return moved.count > 0
}

/** Ends an import that is running. */
export async function endImport(tx: Transaction, siteId: string, id: string, error: string | null): Promise<void> {
  await tx`
    update imports
    set state = ${error === null ? 'done' : 'failed'}, error = ${error}, finished_at = clock_timestamp()
    where site_id = ${siteId} and import_id = ${id} and state = 'running'`
}

/** Notes that somebody is at imports, and finds those that are running and that nobody was at for some seconds. */
export async function touchImports(
  sql: Sql,
  ids: readonly string[],
  seconds: number,
): Promise<{ site_id: string; id: string }[]> {
  if (ids.length > 0) await sql`update imports set touched_at = clock_timestamp() where import_id = any(${[...ids]}::text[])`
  return sql`
    select site_id, import_id as id
    from imports
    where state = 'running' and case
      when source = 'log' then touched_at not between now() - interval '15 minutes' and now() + interval '15 minutes'
      -- In the future is what was noted before the clock was set back.
      else hash is not null and touched_at not between now() - make_interval(secs => ${seconds}) and now() + make_interval(secs => ${seconds}) end`
}

/** Milliseconds since 1970 of the first item, and of the first fetch, that no import has brought; infinite without any. */
export async function nativeSince(sql: Database, siteId: string): Promise<{ items: number; fetches: number }> {
  const times = await ownTimes(sql, siteId)
  const [row] = await sql<[{ fetches: Date | null }]>`
    select min(at) as fetches from ai_fetches where site_id = ${siteId} and import_id is null`
  return { items: times?.first ?? Infinity, fetches: row.fetches?.getTime() ?? Infinity }
}
