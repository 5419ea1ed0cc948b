import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Sql, Transaction } from './connect.ts'
import { addEntries, contextColumns, keysOf, originColumns } from './dictionary.ts'
import { instant } from './rows.ts'
import type { LockedSite } from './versions.ts'
import type { NewFetch, NewItem } from './write.ts'

/** Rows of one table, a list for each column, so that they are one statement however many they are. */
function columnsOf<T>(rows: readonly T[], sites: ReadonlyMap<string, LockedSite>) {
  const counts = new Map<string, number>()
  const n = (siteId: string) => {
    const next = (counts.get(siteId) ?? 0) + 1
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
 * @returns called after the commit
 */
export async function appendItems(
  tx: Transaction,
  items: readonly NewItem[],
  sites: ReadonlyMap<string, LockedSite>,
): Promise<() => void> {
  if (items.length === 0) return () => undefined
  const keyed = items.map((item) => ({ ...item, ...keysOf(sites.get(item.site_id)?.dictionary_key ?? '', item.context) }))
  const { place, list } = columnsOf(keyed, sites)
  const { siteIds, seqs, ns } = place(({ site_id }) => site_id)
  const generations = new Map([...sites].map(([id, { generation }]) => [id, generation]))
  const [remember] = await Promise.all([
    addEntries(tx, keyed, generations),
    tx`
      insert into journal
      select site_id, seq, n, id, type::item_type, at, visitor_id, hostname, page, name, value, props::jsonb,
             context_id, origin_id, import_id, log_id
      from unnest(
        ${siteIds}::text[], ${seqs}::bigint[], ${ns}::integer[], ${list(({ id }) => id)}::uuid[],
        ${list(({ type }) => type)}::text[], ${list(({ at }) => instant(at))}::timestamptz[],
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
export async function appendFetches(tx: Transaction, fetches: readonly NewFetch[], sites: ReadonlyMap<string, LockedSite>): Promise<void> {
  if (fetches.length === 0) return
  const { place, list } = columnsOf(fetches, sites)
  const { siteIds, seqs, ns } = place(({ site_id }) => site_id)
  await tx`
    insert into fetch_journal
    select *
    from unnest(
      ${siteIds}::text[], ${seqs}::bigint[], ${ns}::integer[], ${list(({ id }) => id)}::uuid[],
      ${list(({ at }) => instant(at))}::timestamptz[], ${list(({ agent }) => agent)}::text[],
      ${list(({ family }) => family)}::text[], ${list(({ category }) => category)}::text[],
      ${list(({ hostname }) => hostname)}::text[], ${list(({ path }) => path)}::text[],
      ${list(({ status }) => status)}::smallint[], ${list(({ content_type }) => content_type)}::text[],
      ${list(({ response_ms }) => response_ms)}::integer[], ${list(({ bytes_served }) => bytes_served)}::bigint[],
      ${list(({ import_id }) => import_id ?? null)}::text[], ${list(({ log_id }) => log_id ?? null)}::text[])`
}

/** How far the journal of a site goes: rows up to commit `seq` of a `generation`, in which none goes away. */
export interface JournalPoint {
  readonly generation: number
  readonly seq: number
}

/** What has been read of a journal. */
export interface JournalRead extends JournalPoint {
  /** Whether it is all there is, as rows that the reader knew may be gone. */
  readonly isWhole: boolean
}

/** Parts of a journal as they are read, each with its columns. `at_us`: microseconds since 1970. */
export const journalParts = {
  items: ['seq', 'n', 'id', 'type', 'at_us', 'visitor_id', 'hostname', 'page', 'name', 'value', 'props', 'context_id', 'origin_id', 'import_id', 'log_id'],
  fetches: ['seq', 'n', 'id', 'at_us', 'agent', 'family', 'category', 'hostname', 'path', 'status', 'content_type', 'response_ms', 'bytes_served', 'import_id', 'log_id'],
  contexts: ['context_id', ...contextColumns],
  origins: ['origin_id', ...originColumns],
} as const

/**
 * Reads what the journal of a site has after a point, all of one snapshot, into files of a folder: one for each of
 * {@link journalParts}, as `items.csv`, with `\N` for null.
 *
 * @param known how far the reader has read, `undefined` at first
 * @returns how far it goes now, `undefined` where the site is gone; where it has not moved, no file is written
 */
export function readJournal(
  sql: Sql,
  siteId: string,
  known: JournalPoint | undefined,
  folder: string,
): Promise<JournalRead | undefined> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    await tx`set local statement_timeout = 0`
    const [now] = await tx<JournalPoint[]>`select generation, seq from site_versions where site_id = ${siteId}`
    if (now === undefined) return undefined
    const isWhole = known?.generation !== now.generation
    if (!isWhole && now.seq === known.seq) return { ...now, isWhole }
    // `copy` takes no parameters.
    const site = `site_id = '${siteId.replaceAll("'", "''")}'`
    const rows = isWhole ? site : `${site} and seq > ${known.seq}`
    const named = (key: string) => (isWhole ? site : `${site} and ${key} in (select ${key} from journal where ${rows})`)
    const sources = {
      items: `journal where ${rows} order by seq, n`,
      fetches: `fetch_journal where ${rows} order by seq, n`,
      contexts: `contexts where ${named('context_id')}`,
      origins: `origins where ${named('origin_id')}`,
    }
    for (const [part, source] of Object.entries(sources)) {
      const columns = journalParts[part as keyof typeof journalParts].map((name) => (name === 'at_us' ? '(extract(epoch from at) * 1000000)::bigint' : name))
      const copy = tx.unsafe(`copy (select ${columns.join(', ')} from ${source}) to stdout (format csv, null '\\N')`)
      await pipeline(await copy.readable(), createWriteStream(join(folder, `${part}.csv`)))
    }
    return { ...now, isWhole }
  })
}

/** Has readers of a site's journal read all anew, in a transaction in which rows of it go away. */
export async function renewGeneration(tx: Transaction, siteId: string): Promise<void> {
  await tx`update site_versions set generation = generation + 1 where site_id = ${siteId}`
}
