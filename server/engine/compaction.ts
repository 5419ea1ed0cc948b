import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  boundsOf,
  daysBetween,
  dropStretch,
  findSite,
  forgetRemovals,
  type JournalStretch,
  listRemovals,
  listSegments,
  lockSites,
  type NewSegment,
  readStretch,
  type Removal,
  replaceSegments,
  type Segment,
  segmentFormat,
  type SegmentKind,
  type Site,
  slotOf,
  type Sql,
  startOfDay,
} from '../store/index.ts'
import type { Engine } from './engine.ts'
import type { SegmentCache } from './segment-files.ts'
import { leaseOf, removedRows } from './sites.ts'

/** Settings of {@link compactSite}. */
export interface CompactionOptions {
  readonly sql: Sql
  readonly engine: Engine
  readonly cache: SegmentCache
  readonly now: () => number
}

/** Rows up to which the days of a month are one segment. */
const maxMerged = 250_000

/** Days that become one segment, and the segments that they take the place of. */
export interface Stretch {
  readonly from: string
  readonly to: string
  readonly old: readonly Segment[]
}

/** Numbers of rows of a day in the journal. */
export interface DayRows {
  readonly day: string
  readonly rows: number
}

/**
 * Moves the days of a site that are over from its journal into segments. One node does it for a site at a time; each stretch
 * is one transaction, so that where it is cut short every row is in the journal or in a segment, and never in both.
 *
 * @returns how many rows have moved
 */
export async function compactSite({ sql, engine, cache, now }: CompactionOptions, siteId: string): Promise<number> {
  return underLease(sql, siteId, async () => {
    const site = await findSite(sql, siteId)
    if (site === undefined) return 0
    const today = slotOf(now(), site.timezone).day
    const due = await dueDays(sql, site, today)
    let moved = 0
    const removals = await listRemovals(sql, siteId)
    for (const stretch of planStretches(due, await listSegments(sql, siteId), removals)) {
      moved += await compactStretch({ sql, engine, cache }, site, stretch)
    }
    await forgetRemovals(sql, siteId, removals)
    return moved
  })
}

/** Does something as the only one for a site; 0 where another is at it. The lease ends with its transaction, however that ends. */
async function underLease(sql: Sql, siteId: string, work: () => Promise<number>): Promise<number> {
  const key = createHash('sha256').update(`compaction ${siteId}`).digest().readBigInt64BE().toString()
  return sql.begin(async (tx) => {
    await tx`set local idle_in_transaction_session_timeout = 0`
    const [lease] = await tx<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(${key}::bigint) as mine`
    return lease?.mine === true ? work() : 0
  })
}

/** The days before today that have rows in the journal. */
async function dueDays(sql: Sql, { site_id, timezone }: Site, today: string): Promise<DayRows[]> {
  const end = new Date(startOfDay(today, timezone))
  const [ends] = await sql<{ first: number | null; last: number | null }[]>`
    select (extract(epoch from min(at)) * 1000)::float8 as first, (extract(epoch from max(at)) * 1000)::float8 as last
    from (
      select at from journal where site_id = ${site_id} and at < ${end}
      union all
      select at from fetch_journal where site_id = ${site_id} and at < ${end}) r`
  if (ends === undefined || ends.first === null || ends.last === null) return []
  const days = daysBetween(slotOf(ends.first, timezone).day, slotOf(ends.last, timezone).day)
  const starts = days.map((day) => new Date(startOfDay(day, timezone)).toISOString())
  const counts = await sql<{ bucket: number; rows: number }[]>`
    select width_bucket(at, ${starts}::timestamptz[]) as bucket, count(*) as rows
    from (
      select at from journal where site_id = ${site_id} and at < ${end}
      union all
      select at from fetch_journal where site_id = ${site_id} and at < ${end}) r
    group by 1
    order by 1`
  return counts.flatMap(({ bucket, rows }) => {
    const day = days[bucket - 1]
    return day === undefined ? [] : [{ day, rows }]
  })
}

/**
 * Plans the segments of days: what there is of a month is one segment while it is small, then each day one of its own. A day
 * that is in a segment already is put into that. What has rows that are gone is made anew.
 */
export function planStretches(due: readonly DayRows[], segments: readonly Segment[], removals: readonly Removal[] = []): Stretch[] {
  interface Unit {
    from: string
    to: string
    rows: number
    isChanged: boolean
  }
  const units: Unit[] = []
  for (const { from_day: from, to_day: to, rows, kind, min_at, max_at } of segments) {
    if (kind === 'orders') continue
    const isChanged = removals.some((removal) => removal.from <= max_at && min_at < removal.to)
    const known = units.find((unit) => unit.from <= to && from <= unit.to)
    if (known === undefined) units.push({ from, to, rows, isChanged })
    else Object.assign(known, { from: min(known.from, from), to: max(known.to, to), rows: known.rows + rows, isChanged: known.isChanged || isChanged })
  }
  for (const { day, rows } of due) {
    const known = units.find(({ from, to }) => from <= day && day <= to)
    if (known === undefined) units.push({ from: day, to: day, rows, isChanged: true })
    else Object.assign(known, { rows: known.rows + rows, isChanged: true })
  }
  const merged: Unit[] = []
  for (const unit of units.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = merged.at(-1)
    const fits = last !== undefined && last.rows + unit.rows <= maxMerged && last.from.slice(0, 7) === unit.to.slice(0, 7)
    if (fits && (last.isChanged || unit.isChanged)) Object.assign(last, { to: unit.to, rows: last.rows + unit.rows, isChanged: true })
    else merged.push({ ...unit })
  }
  return merged
    .filter(({ isChanged }) => isChanged)
    .map(({ from, to }) => ({ from, to, old: segments.filter(({ from_day, to_day }) => from_day <= to && from <= to_day) }))
}

function min(a: string, b: string): string {
  return a < b ? a : b
}

function max(a: string, b: string): string {
  return a < b ? b : a
}

/** A file of a segment, as the engine tells of it. */
interface Part {
  readonly kind: SegmentKind
  readonly file: string
  readonly rows: number
  readonly min_us: number
  readonly max_us: number
  readonly seq: number
}

async function compactStretch({ sql, engine, cache }: Omit<CompactionOptions, 'now'>, site: Site, stretch: Stretch): Promise<number> {
  const { site_id, timezone } = site
  const times = { from: startOfDay(stretch.from, timezone), to: boundsOf(stretch.to, timezone).to }
  await using folder = await engine.openFolder()
  const found = await readStretch(sql, site_id, times, folder.path)
  if (found === undefined) return 0
  // Somebody has changed the site's rows since: what was planned may not be right any more.
  if (!isSame(stretch.old, found.segments)) return 0
  using lease = await leaseOf(cache, stretch.old)
  const { items, fetches } = lease.byKind
  const parts = (await folder.run({ kind: 'compact', folder: folder.path, segments: { items, fetches }, removals: found.removals.map(removedRows) })) as readonly object[] as readonly Part[]
  const fresh = await Promise.all(parts.map((part, index) => segmentOf(site_id, stretch, part, parts.slice(0, index))))
  await sql.begin(async (tx) => {
    const locked = (await lockSites(tx, [site_id])).get(site_id)
    if (locked?.generation !== found.generation) throw new Error(`The journal of ${site_id} has changed.`)
    await dropStretch(tx, site_id, times, found)
    await replaceSegments(tx, stretch.old, fresh)
  })
  return found.items + found.fetches
}

/** Whether the segments that were planned with are there as they were. */
function isSame(planned: readonly Segment[], found: JournalStretch['segments']): boolean {
  const hashes = new Set(found.map(({ hash }) => hash))
  return planned.every(({ hash }) => hashes.has(hash))
}

async function segmentOf(
  site_id: string,
  { from, to }: Stretch,
  { kind, file, rows, min_us, max_us, seq }: Part,
  before: readonly Part[],
): Promise<NewSegment> {
  const data = await readFile(file)
  return {
    site_id,
    kind,
    from_day: from,
    to_day: to,
    part: before.filter((part) => part.kind === kind).length,
    seq,
    rows,
    min_at: min_us / 1_000,
    max_at: max_us / 1_000,
    format: segmentFormat,
    hash: createHash('sha256').update(data).digest('hex'),
    data,
  }
}
