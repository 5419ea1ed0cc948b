import { access } from 'node:fs/promises'
import type { Sql } from 'sql-template-tag'
import { type JournalPoint, type JournalRead, readJournal, type Removal, type Segment, type Sql as Postgres, type Times } from '../store/index.ts'
import type { SegmentFiles } from './definitions/segments.ts'
import { unavailable } from './engine-child.ts'
import type { Engine, EngineFolder } from './engine.ts'
import type { RemovedRows } from './messages.ts'
import { encodeQuery } from './query.ts'
import type { SegmentCache, SegmentLease } from './segment-files.ts'

/** The data of a site at one moment. */
export interface SiteData extends JournalPoint {
  readonly siteId: string
  /** The rows of a query over the views of the site: see `definitions/segments.ts`. */
  all<R extends object>(query: Sql): Promise<readonly R[]>
}

/** What is asked about a site, beside the site. */
export interface AskOptions {
  /** Times of the visits that are asked about; by default all. Rows of others may be missing. */
  readonly times?: readonly Times[]
  readonly signal?: AbortSignal
}

/** The sites that the engine can be asked about. */
export interface EngineSites {
  /**
   * Asks about a site. All queries of `work` see it at one moment, which has every commit from before the call.
   *
   * @throws {HkError} `unavailable` as the engine does, and where stored data are damaged
   * @returns `undefined` where the site does not exist
   */
  ask<T>(siteId: string, work: (data: SiteData) => Promise<T>, options?: AskOptions): Promise<T | undefined>
}

/** Settings of {@link createSites}. */
export interface SitesOptions {
  readonly engine: Engine
  readonly sql: Postgres
  readonly cache: SegmentCache
  /** Milliseconds after the last question about a site after which its tables are given up. */
  readonly coldMs?: number
  /** Sites that have tables at the same time; those that were asked about the longest ago are given up first. */
  readonly maxWarm?: number
}

/** A site of which a process of the engine has tables. */
interface Warm {
  /** What they have. */
  read: JournalRead | undefined
  /** Reading that runs, and one that begins after it: who asks while one runs needs what came since it began. */
  running: Promise<JournalRead | undefined> | undefined
  next: Promise<JournalRead | undefined> | undefined
  askers: number
  cold: ReturnType<typeof setTimeout> | undefined
}

/** Milliseconds before and after an item within which its visitor may have others: the longest day, and a visit's end. */
const visitorMs = 26 * 3_600_000

/** Times that a question begins anew because rows of its site have moved meanwhile. */
const maxAttempts = 5

/**
 * Keeps the sites that are asked about warm: the engine has tables of what their journals have, which each question first
 * brings up to date, and reads files of what is in segments. What a process has is lost with it, and read anew by the next.
 */
export function createSites({ engine, sql, cache, coldMs = 600_000, maxWarm = 100 }: SitesOptions): EngineSites {
  const processes = new WeakMap<object, Map<string, Warm>>()
  let sessions = 0

  function warmOf(process: object, siteId: string): Warm {
    const sites = processes.get(process) ?? new Map<string, Warm>()
    processes.set(process, sites)
    const warm = sites.get(siteId) ?? { read: undefined, running: undefined, next: undefined, askers: 0, cold: undefined }
    // The one that is asked about now is the last.
    sites.delete(siteId)
    sites.set(siteId, warm)
    return warm
  }

  /** Gives up the sites that were asked about the longest ago, where there are too many: empty tables take a megabyte, too. */
  async function makeRoom(process: object): Promise<void> {
    const sites = processes.get(process)
    if (sites === undefined) return
    for (const [siteId, { askers }] of sites) {
      if (sites.size <= maxWarm) return
      // What becomes of another site is not the asker's.
      if (askers === 0) await forget(siteId, process).catch(() => undefined)
    }
  }

  async function read(siteId: string, process: object, warm: Warm): Promise<JournalRead | undefined> {
    await using folder = await engine.openFolder()
    if (folder.process !== process) throw unavailable('The engine ended. Try again.')
    const found = await readJournal(sql, siteId, warm.read, folder.path).catch(async (error: unknown) => {
      // The folder goes with the process, however that ended.
      const isGone = await access(folder.path).then(() => false, () => true)
      throw isGone ? unavailable('The engine ended. Try again.') : error
    })
    if (found === undefined) return undefined
    if (found.isWhole || found.times !== undefined) {
      const times = [...(found.times === undefined ? [] : [found.times]), ...(found.isWhole ? found.removals.map(timesOf) : [])]
      using lease = await leaseOf(cache, near(found.segments, times).filter(({ kind }) => kind !== 'orders'))
      const removals = found.removals.map(removedRows)
      await folder.run({ kind: 'load', site: siteId, folder: folder.path, isWhole: found.isWhole, segments: lease.byKind, removals })
    }
    // Where that fails, the tables are as they were.
    warm.read = found
    return found
  }

  function start(siteId: string, process: object, warm: Warm): Promise<JournalRead | undefined> {
    const running = read(siteId, process, warm).finally(() => {
      if (warm.running === running) warm.running = undefined
    })
    warm.running = running
    return running
  }

  /** Brings the tables of a site up to date with all that was committed before the call. */
  function refresh(siteId: string, process: object, warm: Warm): Promise<JournalRead | undefined> {
    // In the instant in which one ends, the one that waits for it is about to begin.
    if (warm.next !== undefined) return warm.next
    if (warm.running === undefined) return start(siteId, process, warm)
    warm.next = warm.running
      .catch(() => undefined)
      .then(() => {
        warm.next = undefined
        return start(siteId, process, warm)
      })
    return warm.next
  }

  function leave(siteId: string, folder: EngineFolder, warm: Warm): void {
    warm.askers--
    if (warm.askers > 0) return
    warm.cold = setTimeout(() => void forget(siteId, folder.process).catch(() => undefined), coldMs)
    warm.cold.unref()
  }

  /** Gives up the tables of a site that nobody asks about; who asks meanwhile has them read anew after that. */
  async function forget(siteId: string, process: object): Promise<void> {
    const sites = processes.get(process)
    const warm = sites?.get(siteId)
    if (warm === undefined || warm.askers > 0 || warm.running !== undefined) return
    warm.read = undefined
    const dropping = drop(siteId, process).finally(() => {
      if (warm.running === dropping) warm.running = undefined
      if (warm.askers === 0) sites?.delete(siteId)
    })
    warm.running = dropping
    await dropping
  }

  async function drop(siteId: string, process: object): Promise<undefined> {
    await using folder = await engine.openFolder()
    if (folder.process === process) await folder.run({ kind: 'drop', site: siteId })
  }

  return {
    async ask(siteId, work, { times, signal } = {}) {
      await using folder = await engine.openFolder()
      const warm = warmOf(folder.process, siteId)
      warm.askers++
      clearTimeout(warm.cold)
      try {
        await makeRoom(folder.process)
        for (let attempt = 0; attempt < maxAttempts; attempt++) {
          const found = await refresh(siteId, folder.process, warm)
          if (found === undefined) return undefined
          using lease = await leaseOf(cache, times === undefined ? found.segments : near(found.segments, times))
          const session = ++sessions
          try {
            await folder.run({ kind: 'open', session, site: siteId, segments: lease.byKind }, signal)
            // Where somebody else has had the tables read anew meanwhile, these segments are not the rest of them.
            await warm.running?.catch(() => undefined)
            if (warm.read?.epoch !== found.epoch || warm.read.generation !== found.generation) continue
            const all = async (query: Sql) => folder.run({ kind: 'query', session, ...encodeQuery(query) }, signal)
            return await work({ siteId, epoch: found.epoch, generation: found.generation, seq: found.seq, all: all as SiteData['all'] })
          } finally {
            await folder.run({ kind: 'close', session }).catch(() => undefined)
          }
        }
        throw unavailable('The data of this site are being put in order. Try again.')
      } finally {
        leave(siteId, folder, warm)
      }
    },
  }
}

function timesOf({ from, to }: Removal): Times {
  return { first: from, last: to }
}

/** What is gone, in microseconds. */
export function removedRows({ import_id, from, to }: Removal): RemovedRows {
  return { import_id, from_us: from * 1_000, to_us: to * 1_000 }
}

/** The segments of some times, and of what visitors of these times may have done before and after; orders are of all times. */
function near(segments: readonly Segment[], times: readonly Times[]): Segment[] {
  const isNear = ({ min_at, max_at }: Segment) => times.some(({ first, last }) => max_at >= first - visitorMs && min_at <= last + visitorMs)
  return segments.filter((segment) => segment.kind === 'orders' || isNear(segment))
}

/** The files of segments by their kind. */
export async function leaseOf(cache: SegmentCache, segments: readonly Segment[]): Promise<SegmentLease & { readonly byKind: SegmentFiles }> {
  const lease = await cache.use(segments)
  const of = (kind: Segment['kind']) => lease.files.filter((_, index) => segments[index]?.kind === kind)
  return {
    files: lease.files,
    byKind: { items: of('items'), fetches: of('fetches'), orders: of('orders') },
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  }
}
