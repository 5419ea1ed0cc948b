import type { Sql, Transaction } from './connect.ts'
import { boundsOf } from './calendar.ts'
import { foldDue, foldMovements } from './pending.ts'
import { type Family, familyOf, groupVisitors, type RollupRow, Tally, tallyVisitor } from './rollup.ts'
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
  readonly onError?: (error: unknown) => void
}

/** A day of a site that has no roll-ups of a family. */
interface Due {
  readonly site_id: string
  readonly family: Family
  readonly day: string
}

/** Number of the advisory lock under which one node computes: "hkroller" in ASCII. */
const lock = '7524233425338525042'

/** Visitors that are read at once. */
const batch = 1_000

/** Makes a roller, which looks at once and then from time to time. */
export function createRoller({ sql, everyMs = 1_000, onError = () => undefined }: RollerOptions): Roller {
  let closed = false
  let working: Promise<void> | undefined

  async function work(all = false): Promise<void> {
    try {
      await foldDue(sql, all)
      while (!closed && (await rollNext(sql))) continue
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
function rollNext(sql: Sql): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [{ mine }] = await tx<[{ mine: boolean }]>`select pg_try_advisory_xact_lock(${lock}::bigint) as mine`
    if (!mine) return false
    const [due] = await tx<Due[]>`
      select site_id, family, day::text as day
      from unrolled_days
      order by day desc, site_id, family
      limit 1`
    if (due === undefined) return false
    await sql.begin('isolation level repeatable read', (snapshot) => rollDay(sql, snapshot, due))
    return true
  })
}

async function rollDay(sql: Sql, snapshot: Transaction, due: Due): Promise<void> {
  const begun = await sql.begin(async (tx) => {
    const marked = await markRolling(tx, due)
    // The first statement takes the snapshot, while no writer of the site can commit.
    await snapshot`set local statement_timeout = 0`
    await snapshot`select 1`
    return marked
  })
  if (!begun) return
  const rows = await tallyDay(snapshot, due)
  const samples = due.family === 'traffic' ? await sketchDay(snapshot, due.site_id, due.day) : []
  await sql.begin(async (tx) => {
    await tx`set local statement_timeout = 0`
    await lockSites(tx, [due.site_id])
    if (!(await unmark(tx, due))) return
    await addToRollups(tx, rows)
    await addToSketches(tx, samples)
  })
}

/** Marks a day as rolling, with roll-ups that begin at nothing; a site that is gone has no days. */
async function markRolling(tx: Transaction, { site_id, family, day }: Due): Promise<boolean> {
  const found = await lockSites(tx, [site_id])
  await foldMovements(tx, site_id)
  if (found.size === 0) await tx`delete from unrolled_days where site_id = ${site_id}`
  await tx`
    delete from rollups
    where site_id = ${site_id} and day = ${day}::date
      and case dimension when 'goal' then 'goals' else 'traffic' end = ${family}`
  if (family === 'traffic') await dropSketches(tx, site_id, day)
  const marked = await tx`
    update unrolled_days
    set rolling = true
    where site_id = ${site_id} and family = ${family} and day = ${day}::date`
  return marked.count > 0
}

/** Takes the mark of a day away; not where its roll-ups were given up again meanwhile. */
async function unmark(tx: Transaction, { site_id, family, day }: Due): Promise<boolean> {
  const gone = await tx`
    delete from unrolled_days
    where site_id = ${site_id} and family = ${family} and day = ${day}::date and rolling`
  return gone.count > 0
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
  for (let at = 0; at < visitors.length; at += batch) {
    const some = visitors.slice(at, at + batch)
    const [visits, items] = await Promise.all([visitsOf(snapshot, some), itemsOfVisitors(snapshot, some)])
    for (const rows of groupVisitors(visits, items).values()) tallyVisitor(tally, 1, rules, rows)
  }
  return tally.rows().filter((row) => row.day === day && familyOf(row.dimension) === family)
}
