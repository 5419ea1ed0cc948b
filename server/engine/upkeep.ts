import { listTakeovers, type Sql, takeOverSome } from '../store/index.ts'
import { type CompactionOptions, compactSite } from './compaction.ts'

/** Keeps journals short: takes over what is from before there were any, and moves days that are over into segments. */
export interface Upkeep extends AsyncDisposable {
  /** Does all there is to do now, and resolves when nothing is left, as far as this node can tell. */
  idle(): Promise<void>
}

/** Settings of {@link createUpkeep}. */
export interface UpkeepOptions extends CompactionOptions {
  /** Milliseconds between two looks. */
  readonly everyMs?: number
  readonly onError?: (error: unknown) => void
}

/** Milliseconds after the start, in which others have more need of the machine. */
const firstMs = 5_000

/** Makes the upkeep, which looks some seconds after the start and then from time to time. What fails is tried again then, and keeps no other site waiting. */
export function createUpkeep({ everyMs = 10 * 60_000, onError = () => undefined, ...options }: UpkeepOptions): Upkeep {
  const { sql } = options
  let isClosed = false
  let working: Promise<void> | undefined

  async function guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!isClosed) onError(error)
    }
  }

  async function takeOver(): Promise<void> {
    // Several nodes may be at it: they take turns, a batch each.
    for (const siteId of await listTakeovers(sql)) {
      await guarded(async () => {
        while (!isClosed && (await takeOverSome(sql, siteId))) continue
      })
    }
  }

  async function work(): Promise<void> {
    await guarded(takeOver)
    await guarded(async () => {
      for (const siteId of await sitesWithOldRows(sql, options.now())) {
        if (!isClosed) await guarded(() => compactSite(options, siteId))
      }
    })
  }

  function look(): Promise<void> {
    if (isClosed) return Promise.resolve()
    working ??= work().finally(() => (working = undefined))
    return working
  }

  const timer = setInterval(look, everyMs)
  const first = setTimeout(look, firstMs)

  return {
    async idle() {
      await working
      await look()
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearInterval(timer)
      clearTimeout(first)
      await working
    },
  }
}

/** Sites that may have days in their journals that are over, or rows in segments that are gone. */
async function sitesWithOldRows(sql: Sql, now: number): Promise<string[]> {
  // Whatever its time zone, a day that began half a day ago is over nowhere.
  const before = new Date(now - 10 * 3_600_000)
  const rows = await sql<{ site_id: string }[]>`
    select site_id from journal where at < ${before}
    union
    select site_id from fetch_journal where at < ${before}
    union
    select site_id from journal_removals
    except
    select site_id from takeovers`
  return rows.map(({ site_id }) => site_id)
}
