import { findSite, listRuns, slotOf, type Sql, type VersionRow } from '../store/index.ts'
import { runDetectors } from './run.ts'

/** Runs the detectors once a day on each site. */
export interface Schedule extends AsyncDisposable {
  /** Runs them now on the sites that had none today, if no other node is at it. */
  look(): Promise<void>
}

/** Settings of {@link createSchedule}. */
export interface ScheduleOptions {
  readonly sql: Sql
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly publish: (versions: readonly VersionRow[]) => void
  /** Milliseconds between two looks; the first is as long after the start. */
  readonly everyMs?: number
  readonly onError?: (error: unknown) => void
}

/** Number of the advisory lock under which one node runs: "hkfinds\0" in ASCII. */
const lock = '7524220205462221568'

/** Makes a schedule. A site whose run fails is tried again at the next look, and keeps no other waiting. */
export function createSchedule({
  sql,
  now,
  publish,
  everyMs = 10 * 60_000,
  onError = () => undefined,
}: ScheduleOptions): Schedule {
  let closed = false
  let looking: Promise<void> | undefined

  async function run({ site_id, timezone, day }: Awaited<ReturnType<typeof listRuns>>[number]): Promise<void> {
    try {
      // By our own calendar: Postgres may not know a zone that we know, and would refuse all sites for it.
      if (day === slotOf(now(), timezone).day) return
      const site = await findSite(sql, site_id)
      if (site !== undefined) publish((await runDetectors(sql, site, now())).versions)
    } catch (error) {
      if (!closed) onError(error)
    }
  }

  async function runDue(): Promise<void> {
    await sql.begin(async (tx) => {
      const [{ mine }] = await tx<[{ mine: boolean }]>`select pg_try_advisory_xact_lock(${lock}::bigint) as mine`
      if (!mine) return
      for (const last of await listRuns(tx)) if (!closed) await run(last)
    })
  }

  function look(): Promise<void> {
    looking ??= runDue()
      .catch((error) => (closed ? undefined : onError(error)))
      .finally(() => (looking = undefined))
    return looking
  }

  const timer = setInterval(look, everyMs)

  return {
    look,
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      await looking
    },
  }
}
