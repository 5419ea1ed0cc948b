import { HkError } from '@hk-live/sdk/protocol'
import {
  type Group,
  isConflict,
  isTransient,
  type NewFetch,
  type NewItem,
  type Written,
} from '../store/index.ts'

/** Commits what arrives in groups. */
export interface GroupCommit extends AsyncDisposable {
  /**
   * Resolves after the rows are committed.
   *
   * @returns sites of the rows that do not exist
   * @throws {HkError} `unavailable` while Postgres is away or more is waiting than may
   */
  add(rows: Group): Promise<ReadonlySet<string>>
}

/** Settings of {@link createGroupCommit}. */
export interface GroupOptions {
  readonly write: (group: Group) => Promise<Written>
  /** Called after each commit with the versions that moved. */
  readonly committed: (written: Written) => void
  /** Rows of one transaction. */
  readonly maxRows?: number
  /** Rows that may wait; more are refused. */
  readonly maxWaiting?: number
  /** Milliseconds to gather company for the first row, where nothing is being committed. */
  readonly gatherMs?: number
}

interface Waiting {
  readonly rows: Group
  readonly size: number
  readonly resolve: (missing: ReadonlySet<string>) => void
  readonly reject: (error: HkError) => void
}

/**
 * Group commit: while one transaction is on its way, everything that arrives waits for the next.
 *
 *     add ─┐
 *     add ─┼─► waiting ──(a few ms, or the last commit's end)──► one transaction ──► all resolve
 *     add ─┘
 *
 * A group that fails for its own sake is committed part by part, so that no one's rows are lost by a
 * neighbour's.
 */
export function createGroupCommit(options: GroupOptions): GroupCommit {
  const { write, committed, maxRows = 500, maxWaiting = 20_000, gatherMs = 2 } = options
  let waiting: Waiting[] = []
  let waitingRows = 0
  let closed = false
  let working: Promise<void> | undefined

  function start(): void {
    working ??= work().finally(() => {
      working = undefined
      // What arrived between the last look and this moment.
      if (waiting.length > 0) start()
    })
  }

  async function work(): Promise<void> {
    if (gatherMs > 0) await new Promise((resolve) => setTimeout(resolve, gatherMs))
    while (waiting.length > 0) {
      const group = take()
      try {
        await commit(group)
      } catch (error) {
        await again(group, error)
      }
    }
  }

  /** A group that met another transaction is tried once more; one that fails for its own sake, in parts. */
  async function again(group: readonly Waiting[], error: unknown): Promise<void> {
    if (isConflict(error)) return commit(group).catch((reason) => fail(group, reason))
    if (isTransient(error) || group.length === 1) return fail(group, error)
    for (const one of group) await commit([one]).catch((reason) => fail([one], reason))
  }

  function take(): Waiting[] {
    let rows = 0
    const end = waiting.findIndex((entry, index) => (rows += entry.size) > maxRows && index > 0)
    const group = waiting.slice(0, end === -1 ? undefined : end)
    waiting = waiting.slice(group.length)
    waitingRows -= group.reduce((sum, entry) => sum + entry.size, 0)
    return group
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    const items: NewItem[] = []
    const fetches: NewFetch[] = []
    for (const { rows } of group) {
      items.push(...rows.items)
      fetches.push(...rows.fetches)
    }
    const written = await write({ items, fetches })
    for (const entry of group) entry.resolve(written.missing)
    if (written.versions.length > 0) committed(written)
  }

  function fail(group: readonly Waiting[], error: unknown): void {
    const reason = isTransient(error)
      ? new HkError('unavailable', 'The database is away. Try again soon.', {
          retryAfterMs: 5_000,
          cause: error,
        })
      : new HkError('internal', 'These items could not be stored.', { cause: error })
    for (const entry of group) entry.reject(reason)
  }

  return {
    add(rows) {
      const size = rows.items.length + rows.fetches.length
      if (closed)
        return Promise.reject(
          new HkError('unavailable', 'The service is going down.', { retryAfterMs: 2_000 }),
        )
      if (size === 0) return Promise.resolve(new Set())
      if (waitingRows + size > maxWaiting) {
        return Promise.reject(
          new HkError('unavailable', 'More arrives than can be stored.', { retryAfterMs: 2_000 }),
        )
      }
      return new Promise((resolve, reject) => {
        waiting.push({ rows, size, resolve, reject })
        waitingRows += size
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
