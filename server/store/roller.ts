import type { Fragment } from 'postgres'
import type { Sql, Transaction } from './connect.ts'
import { boundsOf } from './calendar.ts'
import { foldDue, foldMovements } from './pending.ts'
import { dimensionsOf, type Family, familyOf, groupVisitors, type RollupRow, Tally, tallyVisitor } from './rollup.ts'
import { addToRollups, itemsOfVisitors, rulesOf } from './rollups.ts'
import { addToSketches, dropSketches, sketchDay } from './sketch.ts'
import { lockSites } from './versions.ts'
import { visitsOf } from './visits.ts'

/** Keeps roll-ups: adds what commits have moved to them, and computes those of days that have none. */
export interface Roller extends AsyncDisposable {
  /** Looks for what is due now. */
  wake(): void
  /** Does all there is, due or not, and resolves when nothing is left, as far as this node can tell. */
  idle(): Promise<void>
}

/** Settings of {@link createRoller}. */
export interface RollerOptions {
  readonly sql: Sql
  /** Milliseconds between two looks. */
  readonly everyMs?: number
  readonly now?: () => number
  readonly onError?: (error: unknown) => void
}

/** A day of a site that has no roll-ups of a family. */
interface Due {
  readonly site_id: string
  readonly family: Family
  readonly day: string
}

function keyOf({ site_id, family, day }: Due): string {
  return `${site_id} ${family} ${day}`
}

/** Number of the advisory lock under which one node computes: "hkroller" in ASCII. */
const lock = '7524233425338525042'

/** Visitors that are read, and roll-ups that are added, at once. */
const batch = { visitors: 1_000, rows: 5_000 }

/** Milliseconds after which a day that failed is tried again. */
const againMs = 600_000

/** Makes a roller, which looks at once and then from time to time. */
export function createRoller({ sql, everyMs = 1_000, now = () => performance.now(), onError = () => undefined }: RollerOptions): Roller {
  let closed = false
  let working: Promise<void> | undefined
  /** Days that failed, and until when they are left alone: none holds up the others. */
  const off = new Map<string, number>()
  const isOff = (due: Due) => (off.get(keyOf(due)) ?? 0) > now()
  const failed = (due: Due, error: unknown) => {
    off.set(keyOf(due), now() + againMs)
    if (!closed) onError(error)
  }

  async function work(all = false): Promise<void> {
    try {
      await foldDue(sql, all)
      while (!closed && (await rollNext(sql, isOff, failed))) continue
    } catch (error) {
      if (!closed) onError(error)
    }
  }

  function wake(): Promise<void> {
    if (closed) return Promise.resolve()
    working ??= work().finally(() => (working = undefined))
    return working
  }

  const timer = setInterval(wake, everyMs)
  void wake()

  return {
    wake: () => void wake(),
    async idle() {
      await working
      await work(true)
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      await working
    },
  }
}

/**
 * Computes the roll-ups of one day: the newest that has none.
 *
 *     1. under the lock of the site's version row the day is marked as rolling, and a snapshot is taken:
 *        it has every commit before this moment, and from this moment on writers add to the roll-ups
 *     2. what the snapshot has is added up, while writers go on
 *     3. the sums are added and the mark goes: reports read the roll-ups from here on
 *
 * Where this is cut short, the mark stays and the day begins anew.
 *
 * @returns whether there was such a day, and no other node at it
 */
function rollNext(sql: Sql, isOff: (due: Due) => boolean, failed: (due: Due, error: unknown) => void): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [{ mine }] = await tx<[{ mine: boolean }]>`select pg_try_advisory_xact_lock(${lock}::bigint) as mine`
    if (!mine) return false
    const days = await tx<Due[]>`
      select site_id, family, day::text as day
      from unrolled_days
      order by day desc, site_id, family
      limit 1000`
    const due = days.find((day) => !isOff(day))
    if (due === undefined) return false
    await sql
      .begin('isolation level repeatable read', (snapshot) => rollDay(sql, snapshot, due))
      .catch((error) => failed(due, error))
    return true
  })
}

async function rollDay(sql: Sql, snapshot: Transaction, due: Due): Promise<void> {
  const mark = crypto.randomUUID()
  const begun = await sql.begin(async (tx) => {
    const marked = await markRolling(tx, due, mark)
    // The first query takes the snapshot, while no writer of the site can commit.
    await snapshot`set local statement_timeout = 0`
    await snapshot`select 1`
    return marked
  })
  if (!begun) return
  const rows = await tallyDay(snapshot, due)
  const samples = due.family === 'traffic' ? await sketchDay(snapshot, due.site_id, due.day) : []
  // In slices, so that writers of the site wait for one only. Where the mark has gone, the day is somebody else's.
  for (let at = 0; at < rows.length; at += batch.rows) {
    const slice = rows.slice(at, at + batch.rows)
    const added = await sql.begin(async (tx) => {
      await lockSites(tx, [due.site_id])
      const [own] = await tx`select from unrolled_days where rolling = ${mark} and ${sameDay(tx, due)}`
      if (own !== undefined) await addToRollups(tx, slice)
      return own !== undefined
    })
    if (!added) return
  }
  await sql.begin(async (tx) => {
    await lockSites(tx, [due.site_id])
    const gone = await tx`delete from unrolled_days where rolling = ${mark} and ${sameDay(tx, due)}`
    if (gone.count > 0) await addToSketches(tx, samples)
  })
}

/** Marks a day as being rolled, with roll-ups that begin at nothing; a site that is gone has no days. */
async function markRolling(tx: Transaction, due: Due, mark: string): Promise<boolean> {
  const { site_id, family, day } = due
  const found = await lockSites(tx, [site_id])
  if (found.size === 0) await tx`delete from unrolled_days where site_id = ${site_id}`
  await foldMovements(tx, site_id)
  await tx`
    delete from rollups
    where site_id = ${site_id}
      and dimension = any(${[...dimensionsOf(family)]}::text[])
      and day = ${day}::date`
  if (family === 'traffic') await dropSketches(tx, site_id, day)
  const marked = await tx`update unrolled_days set rolling = ${mark} where ${sameDay(tx, due)}`
  return marked.count > 0
}

function sameDay(tx: Transaction, { site_id, family, day }: Due): Fragment {
  return tx`site_id = ${site_id} and family = ${family} and day = ${day}::date`
}

/** Adds up what the visitors of a day did. */
async function tallyDay(snapshot: Transaction, { site_id, family, day }: Due): Promise<RollupRow[]> {
  const rules = (await rulesOf(snapshot, [{ site_id, at: Date.parse(day) }])).get(site_id)
  if (rules === undefined) return []
  const { from, to } = boundsOf(day, rules.timezone)
  const visitors = await snapshot<{ site_id: string; visitor_id: string }[]>`
    select distinct site_id, visitor_id::text as visitor_id
    from items
    where site_id = ${site_id} and at >= ${new Date(from)} and at < ${new Date(to)} and type <> 'vital'`
  const tally = new Tally()
  for (let at = 0; at < visitors.length; at += batch.visitors) {
    const some = visitors.slice(at, at + batch.visitors)
    const [visits, items] = await Promise.all([visitsOf(snapshot, some), itemsOfVisitors(snapshot, some)])
    for (const rows of groupVisitors(visits, items).values()) tallyVisitor(tally, 1, rules, rows)
  }
  return tally.rows().filter((row) => row.day === day && familyOf(row.dimension) === family)
}
