import { HkError } from '@hk-live/sdk/protocol'
import type { Log } from '../log.ts'
import { type Group, isConflict, isTransient, type Written } from '../store/index.ts'
import { join, type Turn } from './drain.ts'
import type { Overflow } from './overflow.ts'
import { isLate, within } from './patience.ts'
import { sizeOf } from './spool.ts'

/** Commits what arrives in groups. */
export interface GroupCommit extends AsyncDisposable {
  /**
   * Resolves after the rows are committed, or while Postgres is away after they are in the spool.
   *
   * @returns sites of the rows that do not exist, as far as is known
   * @throws {HkError} `unavailable` where more is waiting than may, or nothing can take the rows
   */
  add(rows: Group): Promise<ReadonlySet<string>>
}

/** Settings of {@link createGroupCommit}. */
export interface GroupOptions {
  /** The write transaction. */
  readonly store: (rows: Group) => Promise<Written>
  /** Where rows go that cannot be committed now, and what stores them later. */
  readonly overflow?: Overflow | undefined
  readonly log: Log
  /** Rows of one transaction. */
  readonly maxRows?: number
  /** Rows that may be in memory; more are refused. */
  readonly maxHeld?: number
  /** Bytes that these may have, about. */
  readonly maxHeldBytes?: number
  /** Milliseconds to gather company for the first row, where nothing is being committed. */
  readonly gatherMs?: number
  /** Milliseconds that a commit may take before its rows go to the spool. */
  readonly patienceMs?: number
}

interface Waiting {
  readonly rows: Group
  readonly size: number
  readonly bytes: number
  readonly resolve: (missing: ReadonlySet<string>) => void
  readonly reject: (error: HkError) => void
}

const none: ReadonlySet<string> = new Set()
/** Milliseconds between two lines that say that the database is away. */
const quietMs = 30_000

/**
 * Group commit: while one transaction is on its way, everything that arrives waits for the next.
 *
 *     add ─┐                                                       ┌─► one transaction ──► all resolve
 *     add ─┼─► waiting ──(a few ms, or the last commit's end)──────┤
 *     add ─┘                                                       └─► the spool, while Postgres is away
 *                                                                      or something waits there already
 *
 * What waits in memory is bounded: where more arrives than Postgres can store, the rest is refused, and the
 * senders come again. The disk is for outages, not for overload: while it is drained, less goes in than comes out.
 * A commit that hangs may still happen: its rows are in the spool as well by then, and their ids make that
 * harmless.
 *
 * A group that fails for its own sake is committed part by part, so that no one's rows are lost by a
 * neighbour's.
 */
export function createGroupCommit(options: GroupOptions): GroupCommit {
  const { store, overflow, log, maxRows = 500, gatherMs = 2, patienceMs = 5_000 } = options
  const { maxHeld = 20_000, maxHeldBytes = 64 * 1024 * 1024 } = options
  let waiting: Waiting[] = []
  let held = 0
  let quietUntil = 0
  let heldBytes = 0
  let closed = false
  let working: Promise<void> | undefined
  let hanging: Turn | undefined

  function start(): void {
    working ??= work().finally(() => {
      working = undefined
      // What arrived between the last look and this moment.
      if (waiting.length > 0) start()
    })
  }

  async function work(): Promise<void> {
    await gather()
    while (waiting.length > 0) {
      await letDrain()
      const group = take()
      if (isBehind()) {
        spool(group)
        // Each append is a sync of the disk that stops all else: the next one is to be worth it.
        await gather()
      } else {
        await commit(group).catch((error) => again(group, error))
      }
      for (const { size, bytes } of group) {
        held -= size
        heldBytes -= bytes
      }
    }
  }

  /** Waits for the transaction of the drain where the spool has enough, but not for one that hangs. */
  async function letDrain(): Promise<void> {
    if (overflow === undefined) return
    const { spool, drain } = overflow
    const { turn } = drain
    if (turn === undefined || turn === hanging || spool.items < turn.most) return
    await within(turn.ended, patienceMs).catch(() => {
      hanging = turn
    })
  }

  async function gather(): Promise<void> {
    if (gatherMs > 0) await new Promise((resolve) => setTimeout(resolve, gatherMs))
  }

  /** Whether something waits in the spool that has to be stored before what comes now. */
  function isBehind(): boolean {
    return overflow !== undefined && overflow.spool.items > 0
  }

  /** A group that met another transaction is tried once more; one that fails for its own sake, in parts. */
  async function again(group: readonly Waiting[], error: unknown): Promise<void> {
    if (isConflict(error)) return commit(group).catch((reason) => giveUp(group, reason))
    if (isAway(error) || group.length === 1) return giveUp(group, error)
    for (const one of group) {
      if (isBehind()) spool([one])
      else await commit([one]).catch((reason) => giveUp([one], reason))
    }
  }

  function take(): Waiting[] {
    let rows = 0
    const end = waiting.findIndex((entry, index) => (rows += entry.size) > maxRows && index > 0)
    const group = waiting.slice(0, end === -1 ? undefined : end)
    waiting = waiting.slice(group.length)
    return group
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    const storing = store(join(group.map(({ rows }) => rows)))
    const { missing } = await (overflow === undefined ? storing : within(storing, patienceMs))
    for (const entry of group) entry.resolve(missing)
  }

  function giveUp(group: readonly Waiting[], error: unknown): void {
    if (!isAway(error)) {
      return refuse(group, new HkError('internal', 'These items could not be stored.', { cause: error }))
    }
    if (overflow !== undefined) {
      // Where the spool takes nothing either, each group fails like this.
      if (!isBehind() && performance.now() >= quietUntil) {
        log('warn', `The database is away, and items go to the spool: ${String(error)}`)
        quietUntil = performance.now() + quietMs
      }
      return spool(group)
    }
    const retryAfterMs = 5_000
    refuse(group, new HkError('unavailable', 'The database is away. Try again soon.', { retryAfterMs, cause: error }))
  }

  function spool(group: readonly Waiting[]): void {
    try {
      overflow?.spool.append(group.map(({ rows }) => rows))
    } catch (error) {
      return refuse(group, error instanceof HkError ? error : new HkError('internal', String(error)))
    }
    for (const entry of group) entry.resolve(none)
    overflow?.drain.wake()
  }

  function refuse(group: readonly Waiting[], reason: HkError): void {
    for (const entry of group) entry.reject(reason)
  }

  return {
    add(rows) {
      const size = sizeOf(rows)
      if (closed) {
        return Promise.reject(new HkError('unavailable', 'The service is going down.', { retryAfterMs: 2_000 }))
      }
      if (size === 0) return Promise.resolve(none)
      const bytes = bytesOf(rows)
      if (held + size > maxHeld || heldBytes + bytes > maxHeldBytes) {
        return Promise.reject(
          new HkError('unavailable', 'More arrives than can be stored.', { retryAfterMs: 2_000 }),
        )
      }
      return new Promise((resolve, reject) => {
        waiting.push({ rows, size, bytes, resolve, reject })
        held += size
        heldBytes += bytes
        start()
      })
    },
    async [Symbol.asyncDispose]() {
      closed = true
      // Work that ends may find more and begin again.
      for (let last = working; last !== undefined; last = working) await last
    },
  }
}

function isAway(error: unknown): boolean {
  return isTransient(error) || isLate(error)
}

/** Bytes of rows in memory, about: a share of each row for what is short, and what may be long as it is. */
function bytesOf({ items, fetches }: Group): number {
  let bytes = 1_024 * (items.length + fetches.length)
  for (const { page, props, context } of items) {
    bytes += page.length + context.referrer.length + (props === null ? 0 : JSON.stringify(props).length)
  }
  for (const { path } of fetches) bytes += path.length
  return bytes
}
