import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql, Transaction } from './connect.ts'
import { addEntries, contextColumns, keysOf, originColumns } from './dictionary.ts'
import { listRemovals, type Removal, renewGeneration } from './removals.ts'
import { instant } from './rows.ts'
import { listSegments, type Segment } from './segments.ts'
import type { LockedSite } from './versions.ts'
import type { NewFetch, NewItem } from './write.ts'

/**
 * Rows of one table, a list for each column, so that they are one statement however many they are. Times are lists of text:
 * the client cuts those of `timestamptz` to milliseconds.
 */
function columnsOf<T>(rows: readonly T[], sites: ReadonlyMap<string, LockedSite>, done: number) {
  const counts = new Map<string, number>()
  const n = (siteId: string) => {
    const next = (counts.get(siteId) ?? done) + 1
    counts.set(siteId, next)
    return next
  }
  return {
    /** `site_id, seq, n` of each row: its place in the journal. */
    place: (siteIdOf: (row: T) => string) => {
      const siteIds = rows.map(siteIdOf)
      return { siteIds, seqs: siteIds.map((id) => (sites.get(id)?.seq ?? 0) + 1), ns: siteIds.map(n) }
    },
    list: <V>(of: (row: T) => V): V[] => rows.map(of),
  }
}

/**
 * Appends items to the journal of their sites, in a transaction that holds the version rows and moves each on by one.
 *
 * @param done rows that the commit has already
 * @returns called after the commit
 */
export async function appendItems(
  tx: Transaction,
  items: readonly Omit<NewItem, 'received_at'>[],
  sites: ReadonlyMap<string, LockedSite>,
  done = 0,
): Promise<() => void> {
  if (items.length === 0) return () => undefined
  const keyed = items.map((item) => ({ ...item, ...keysOf(sites.get(item.site_id)?.dictionary_key ?? '', item.context) }))
  const { place, list } = columnsOf(keyed, sites, done)
  const { siteIds, seqs, ns } = place(({ site_id }) => site_id)
  const periods = new Map([...sites].map(([id, { epoch, generation }]) => [id, `${epoch} ${generation}`]))
  const [remember] = await Promise.all([
    addEntries(tx, keyed, periods),
    tx`
      insert into journal
      select site_id, seq, n, id, type::item_type, at::timestamptz, visitor_id, hostname, page, name, value, props::jsonb,
             context_id, origin_id, import_id, log_id
      from unnest(
        ${siteIds}::text[], ${seqs}::bigint[], ${ns}::integer[], ${list(({ id }) => id)}::uuid[],
        ${list(({ type }) => type)}::text[], ${list(({ at }) => instant(at))}::text[],
        ${list(({ visitor_id }) => visitor_id)}::bigint[], ${list(({ context }) => context.hostname)}::text[],
        ${list(({ page }) => page)}::text[], ${list(({ name }) => name)}::text[],
        ${list(({ value }) => value)}::float8[], ${list(({ props }) => (props === null ? null : JSON.stringify(props)))}::text[],
        ${list(({ context_id }) => context_id)}::bigint[], ${list(({ origin_id }) => origin_id)}::bigint[],
        ${list(({ import_id }) => import_id ?? null)}::text[], ${list(({ log_id }) => log_id ?? null)}::text[])
        as r (site_id, seq, n, id, type, at, visitor_id, hostname, page, name, value, props, context_id, origin_id, import_id, log_id)`,
  ])
  return remember
}

/** Appends fetches in the same way. */
export async function appendFetches(
  tx: Transaction,
  fetches: readonly Omit<NewFetch, 'received_at'>[],
  sites: ReadonlyMap<string, LockedSite>,
  done = 0,
): Promise<void> {
  if (fetches.length === 0) return
  const { place, list } = columnsOf(fetches, sites, done)
  const { siteIds, seqs, ns } = place(({ site_id }) => site_id)
  await tx`
    insert into fetch_journal
    select site_id, seq, n, id, at::timestamptz, agent, family, category, hostname, path, status, content_type, response_ms,
           bytes_served, import_id, log_id
    from unnest(
      ${siteIds}::text[], ${seqs}::bigint[], ${ns}::integer[], ${list(({ id }) => id)}::uuid[],
      ${list(({ at }) => instant(at))}::text[], ${list(({ agent }) => agent)}::text[],
      ${list(({ family }) => family)}::text[], ${list(({ category }) => category)}::text[],
      ${list(({ hostname }) => hostname)}::text[], ${list(({ path }) => path)}::text[],
      ${list(({ status }) => status)}::smallint[], ${list(({ content_type }) => content_type)}::text[],
      ${list(({ response_ms }) => response_ms)}::integer[], ${list(({ bytes_served }) => bytes_served)}::bigint[],
      ${list(({ import_id }) => import_id ?? null)}::text[], ${list(({ log_id }) => log_id ?? null)}::text[])
      as r (site_id, seq, n, id, at, agent, family, category, hostname, path, status, content_type, response_ms, bytes_served, import_id, log_id)`
}

/**
 * How far the journal of a site goes: rows up to commit `seq`. Within an `epoch`, in which positions keep their meaning, and
 * a `generation`, in which no row goes away, one that goes further has all rows of one before it.
 */
export interface JournalPoint {
  readonly epoch: string
  readonly generation: number
  readonly seq: number
}

/** What has been read of a journal. */
export interface JournalRead extends JournalPoint {
  /** Whether it is all there is, as rows that the reader knew may be gone. */
  readonly isWhole: boolean
  /** The days that are over and have left the journal. */
  readonly segments: readonly Segment[]
  /** What of segments is gone. */
  readonly removals: readonly Removal[]
  /** Milliseconds since 1970 of the first and the last row that was read; `undefined` where none was. */
  readonly times: Times | undefined
}

/** Times of rows: of the first and the last, in milliseconds since 1970. */
export interface Times {
  readonly first: number
  readonly last: number
}

/** Columns of the parts of a journal as they are read, in their order. `at_us`: microseconds since 1970. */
const parts = {
  items: ['seq', 'n', 'id', 'type', 'at_us', 'visitor_id', 'hostname', 'page', 'name', 'value', 'props', 'context_id', 'origin_id', 'import_id', 'log_id'],
  fetches: ['seq', 'n', 'id', 'at_us', 'agent', 'family', 'category', 'hostname', 'path', 'status', 'content_type', 'response_ms', 'bytes_served', 'import_id', 'log_id'],
  contexts: ['context_id', ...contextColumns],
  origins: ['origin_id', ...originColumns],
} as const

/** Those of them that are no texts. */
const numbers: ReadonlySet<string> = new Set([
  'seq', 'n', 'id', 'at_us', 'visitor_id', 'value', 'context_id', 'origin_id', 'status', 'response_ms', 'bytes_served', 'lat', 'lon',
])

/** Rows that are read at once. */
const batch = 2_000

/**
 * Reads what the journal of a site has after a point, all of one snapshot, into files of a folder: one for each of
 * {@link parts}, as `items.csv`, with `\\N` for null.
 *
 * @param known what the reader has read, `undefined` at first
 * @returns how far it goes now, `undefined` where the site is gone; where it has not moved, no file is written
 */
export function readJournal(sql: Sql, siteId: string, known: JournalRead | undefined, folder: string): Promise<JournalRead | undefined> {
  return inSnapshot(sql, siteId, async (tx, now) => {
    // A database that was put back to an earlier moment may have come to other rows since.
    const isWhole = known?.epoch !== now.epoch || known.generation !== now.generation || known.seq > now.seq
    if (!isWhole && now.seq === known.seq) return { ...known, isWhole, times: undefined }
    const rows = isWhole ? '' : ` and seq > ${known.seq}`
    const { first, last } = await copyJournal(tx, siteId, { rows, isWhole }, folder)
    const times = first === null || last === null ? undefined : { first, last }
    if (!isWhole) return { ...known, ...now, isWhole, times }
    return { ...now, isWhole, times, segments: await listSegments(tx, siteId), removals: await listRemovals(tx, siteId) }
  })
}

/** A stretch of a journal that was read, and what segments there are. */
export interface JournalStretch extends JournalPoint {
  readonly segments: readonly Segment[]
  readonly removals: readonly Removal[]
  /** Rows of items and of fetches. */
  readonly items: number
  readonly fetches: number
}

/**
 * Reads the rows of a journal of a time, as {@link readJournal} does.
 *
 * @param times milliseconds since 1970; `to` is excluded
 */
export function readStretch(sql: Sql, siteId: string, times: { readonly from: number; readonly to: number }, folder: string): Promise<JournalStretch | undefined> {
  return inSnapshot(sql, siteId, async (tx, now) => {
    const { items, fetches } = await copyJournal(tx, siteId, { rows: ` and ${inTime(times)}`, isWhole: false }, folder)
    return { ...now, items, fetches, segments: await listSegments(tx, siteId), removals: await listRemovals(tx, siteId) }
  })
}

/**
 * Deletes the rows of a journal that {@link readStretch} has read, in a transaction that holds the version row, with the
 * entries of dictionaries that no row names any more.
 *
 * @throws {Error} where they are not those that were read
 */
export async function dropStretch(
  tx: Transaction,
  siteId: string,
  times: { readonly from: number; readonly to: number },
  { seq, items, fetches }: JournalStretch,
): Promise<void> {
  const rows = `${ofSite(siteId)} and seq <= ${Number(seq)} and ${inTime(times)}`
  const gone = {
    items: (await tx.unsafe(`delete from journal where ${rows}`)).count,
    fetches: (await tx.unsafe(`delete from fetch_journal where ${rows}`)).count,
  }
  if (gone.items !== items || gone.fetches !== fetches) {
    throw new Error(`The journal of ${siteId} has ${gone.items} and ${gone.fetches} rows where ${items} and ${fetches} were read.`)
  }
  await tx`
    delete from contexts c
    where site_id = ${siteId} and not exists (select from journal j where j.site_id = ${siteId} and j.context_id = c.context_id)`
  await tx`
    delete from origins o
    where site_id = ${siteId} and not exists (select from journal j where j.site_id = ${siteId} and j.origin_id = o.origin_id)`
  await renewGeneration(tx, siteId)
}

/** Does something in one snapshot of the database, of a site that exists. */
async function inSnapshot<T>(sql: Sql, siteId: string, work: (tx: Transaction, now: JournalPoint) => Promise<T>): Promise<T | undefined> {
  let done: T | undefined
  await sql.begin('isolation level repeatable read read only', async (tx) => {
    await tx`set local statement_timeout = 0`
    const [now] = await tx<JournalPoint[]>`select epoch, generation, seq from site_versions where site_id = ${siteId}`
    if (now !== undefined) done = await work(tx, now)
  })
  return done
}

/** Conditions as text, as `copy` takes no parameters. */
function ofSite(siteId: string): string {
  return `site_id = '${siteId.replaceAll("'", "''")}'`
}

function inTime({ from, to }: { readonly from: number; readonly to: number }): string {
  const [start, end] = [from, to].map((at) => new Date(at).toISOString())
  return `at >= '${start}'::timestamptz and at < '${end}'::timestamptz`
}

/**
 * Copies rows of a journal into the files of a folder, with the entries of dictionaries that they name.
 *
 * @param which condition of rows, begun by `and`; `isWhole`: all entries, as all rows are copied
 * @returns how many they are, and their times in milliseconds since 1970
 */
async function copyJournal(
  tx: Transaction,
  siteId: string,
  { rows, isWhole }: { readonly rows: string; readonly isWhole: boolean },
  folder: string,
): Promise<{ items: number; fetches: number; first: number | null; last: number | null }> {
  const site = ofSite(siteId)
  const [items, fetches] = [`journal where ${site}${rows}`, `fetch_journal where ${site}${rows}`]
  const named = (key: string) => (isWhole ? '' : ` and ${key} in (select ${key} from ${items})`)
  const sources = {
    items: `${items} order by seq, n`,
    fetches: `${fetches} order by seq, n`,
    contexts: `contexts where ${site}${named('context_id')}`,
    origins: `origins where ${site}${named('origin_id')}`,
  }
  for (const [part, source] of Object.entries(sources)) {
    const line = parts[part as keyof typeof sources].map(csvOf).join(` || ',' || `)
    await writeLines(join(folder, `${part}.csv`), tx<{ line: string }[]>`select ${tx.unsafe(`${line} as line from ${source}`)}`.cursor(batch))
  }
  const [counted] = await tx.unsafe<[{ items: number; fetches: number; first: number | null; last: number | null }]>(`
    select i.items, f.fetches, (extract(epoch from least(i.first, f.first)) * 1000)::float8 as first,
           (extract(epoch from greatest(i.last, f.last)) * 1000)::float8 as last
    from (select count(*) as items, min(at) as first, max(at) as last from ${items}) i,
         (select count(*) as fetches, min(at) as first, max(at) as last from ${fetches}) f`)
  return counted
}

/**
 * A column as a field of CSV. The driver cannot read two results of `copy` one after another: it stops reading the socket at
 * the end of the first where that was long.
 */
function csvOf(name: string): string {
  if (name === 'at_us') return '(extract(epoch from at) * 1000000)::bigint'
  if (numbers.has(name)) return `coalesce(${name}::text, '\\N')`
  return `coalesce('"' || replace(${name}::text, '"', '""') || '"', '\\N')`
}

async function writeLines(path: string, batches: AsyncIterable<readonly { readonly line: string }[]>): Promise<void> {
  const file = await open(path, 'w')
  try {
    for await (const rows of batches) await file.appendFile(rows.map(({ line }) => `${line}\n`).join(''))
  } finally {
    await file.close()
  }
}
