import { createElapsed } from '../elapsed.ts'
import type { Log } from '../log.ts'
import { type Group, isTransient, type NewFetch, type NewItem, type Written } from '../store/index.ts'
import { sizeOf, type Spool } from './spool.ts'

/**
 * A transaction of the drain. What arrives is appended to the spool up to a bound, and then waits for the end of the
 * turn: else traffic that never stops would keep the queue alive for ever, and more than Postgres can store would
 * pile up on the disk.
 */
export interface Turn {
  readonly ended: Promise<void>
  /** Items that the spool may have until then. */
  readonly most: number
}

/** Stores what waits in the spool, oldest first. */
export interface Drain extends AsyncDisposable {
  /** Begins where something waits and nothing is on its way. */
  wake(): void
  /** The transaction on its way, where those before it went well. */
  readonly turn: Turn | undefined
  /** Items that were stored from the spool. */
  readonly stored: number
  /** Items of the spool whose site was gone meanwhile. */
  readonly dropped: number
}

/** Settings of {@link createDrain}. */
export interface DrainOptions {
  readonly spool: Spool
  /** The write transaction. */
  readonly store: (rows: Group) => Promise<Written>
  readonly log: Log
  /** Items of one transaction: more than are appended at once, so that the queue gets shorter. */
  readonly maxItems?: number
  readonly now?: () => number
  /** Milliseconds to the next try, after so many that failed. */
  readonly backOff?: (failures: number) => number
  /** Milliseconds that closing waits for the transaction on its way. */
  readonly closeMs?: number
}

/**
 * Drains the spool:
 *
 *     oldest of the spool ──► one transaction ──► deleted from the spool ──► the next
 *          ▲                       │ Postgres is away: later
 *          └───────────────────────┘ too much for its time: in halves
 *                                    refused for its own sake: in halves; an item alone is laid aside
 *
 * It is deleted after the commit, so a crash between the two stores it once more, and the ids of the items make
 * that harmless.
 */
export function createDrain(options: DrainOptions): Drain {
  const { spool, store, log, maxItems = 1_000, closeMs = 2_000 } = options
  const elapsed = createElapsed(options.now)
  const { backOff = (failures) => Math.min(100 * 2 ** failures, 2_000) } = options
  const ending = Promise.withResolvers<void>()
  /** No more is begun. */
  let closed = false
  /** What is on its way is left alone. */
  let left = false
  let working: Promise<void> | undefined
  let turn: Turn | undefined
  let stored = 0
  let dropped = 0

  async function work(): Promise<void> {
    const [began, before] = [elapsed(), stored]
    let failures = 0
    // Nobody waits for the first transaction, which may fail as those before it.
    let goesWell = false
    while (!closed && spool.items > 0) {
      try {
        await storeOldest(goesWell)
        goesWell = true
        failures = 0
      } catch (error) {
        if (left) return
        if (!isOfDatabase(error)) log('warn', 'The spool could not be drained, and is tried again', error)
        goesWell = false
        await pause(backOff(failures++))
      }
    }
    if (closed) return
    const seconds = Math.round((elapsed() - began) / 1_000)
    log('info', `The spool is drained: ${stored - before} items in ${seconds} s`)
  }

  async function storeOldest(goesWell: boolean): Promise<void> {
    const entries = spool.oldest(maxItems)
    if (entries.length === 0) return
    const rows = join(entries.map((entry) => entry.rows))
    const size = sizeOf(rows)
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    // Nothing is to come after what empties the spool, and less than goes comes after the others.
    if (goesWell) turn = { ended, most: size === spool.items ? 0 : spool.items + size / 4 }
    try {
      await storeAll(rows)
      if (!left) spool.remove(entries.at(-1)?.id ?? 0)
    } finally {
      turn = undefined
      end()
    }
  }

  async function storeAll(rows: Group): Promise<void> {
    try {
      const { missing } = await store(rows)
      const gone = [...rows.items, ...rows.fetches].filter(({ site_id }) => missing.has(site_id)).length
      dropped += gone
      stored += sizeOf(rows) - gone
      if (gone > 0) log('warn', `${gone} items of the spool are dropped: their sites are gone`)
    } catch (error) {
      const [only, more] = [...rows.items, ...rows.fetches]
      const tooMuch = isTimeout(error) && more !== undefined
      if (left || (isOfDatabase(error) && !tooMuch)) throw error
      if (only !== undefined && more === undefined) {
        log('error', `Item ${only.id} of site ${only.site_id} cannot be stored and is laid aside`, String(error))
        return spool.layAside(only, rows, String(error))
      }
      for (const half of halves(rows)) await storeAll(half)
    }
  }

  function wake(): void {
    if (closed || spool.items <= 0) return
    working ??= work().finally(() => {
      working = undefined
      // Entries appended after its last read had their wake-up ignored, as it was still running.
      wake()
    })
  }

  /** Waits, but not past the end. */
  async function pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    await Promise.race([promise, ending.promise])
    clearTimeout(timer)
  }

  return {
    get turn() {
      return turn
    },
    get stored() {
      return stored
    },
    get dropped() {
      return dropped
    },
    wake,
    async [Symbol.asyncDispose]() {
      closed = true
      ending.resolve()
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, closeMs)
      await Promise.race([working, late.promise])
      clearTimeout(timer)
      // What a transaction holds that hangs stays in the spool.
      left = true
    },
  }
}

/** Rows of several requests as one group. */
export function join(groups: readonly Group[]): Group {
  const items: NewItem[] = []
  const fetches: NewFetch[] = []
  for (const group of groups) {
    items.push(...group.items)
    fetches.push(...group.fetches)
  }
  return { items, fetches }
}

function halves({ items, fetches }: Group): Group[] {
  const [item, fetch] = [Math.ceil(items.length / 2), Math.ceil(fetches.length / 2)]
  if (items.length > 0 && fetches.length > 0) return [{ items, fetches: [] }, { items: [], fetches }]
  return [
    { items: items.slice(0, item), fetches: fetches.slice(0, fetch) },
    { items: items.slice(item), fetches: fetches.slice(fetch) },
  ]
}

/** Whether a failure is the database's and not that of the rows: it is away, or too slow for its own limit. */
function isOfDatabase(error: unknown): boolean {
  return isTransient(error) || isTimeout(error)
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014'
}
