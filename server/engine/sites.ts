import type { Sql } from 'sql-template-tag'
import { type JournalPoint, type JournalRead, readJournal, type Sql as Postgres } from '../store/index.ts'
import type { Engine, EngineFolder } from './engine.ts'
import { unavailable } from './engine-child.ts'
import { encodeQuery } from './query.ts'

/** The data of a site at one moment. */
export interface SiteData extends JournalPoint {
  readonly siteId: string
  /** The rows of a query over the tables of the site: see `definitions/tables.ts`. */
  all<R extends object>(query: Sql): Promise<readonly R[]>
}

/** The sites that the engine can be asked about. */
export interface EngineSites {
  /**
   * Asks about a site. All queries of `work` see it at one moment, which has every commit from before the call.
   *
   * @throws {HkError} `unavailable` as the engine does
   * @returns `undefined` where the site does not exist
   */
  ask<T>(siteId: string, work: (data: SiteData) => Promise<T>, signal?: AbortSignal): Promise<T | undefined>
}

/** Settings of {@link createSites}. */
export interface SitesOptions {
  readonly engine: Engine
  readonly sql: Postgres
  /** Milliseconds after the last question about a site after which its tables are given up. */
  readonly coldMs?: number
}

/** A site of which a process of the engine has tables. */
interface Warm {
  /** How far they are. */
  point: JournalPoint | undefined
  /** Reading that runs, and one that begins after it: who asks while one runs needs what came since it began. */
  running: Promise<JournalRead | undefined> | undefined
  next: Promise<JournalRead | undefined> | undefined
  askers: number
  cold: ReturnType<typeof setTimeout> | undefined
}

/**
 * Keeps the sites that are asked about warm: the engine has tables of them, which each question first brings up to date from
 * the journal. What a process has is lost with it, and read anew by the next.
 */
export function createSites({ engine, sql, coldMs = 600_000 }: SitesOptions): EngineSites {
  const processes = new WeakMap<object, Map<string, Warm>>()
  let sessions = 0

  function warmOf(process: object, siteId: string): Warm {
    const sites = processes.get(process) ?? new Map<string, Warm>()
    processes.set(process, sites)
    const warm = sites.get(siteId) ?? { point: undefined, running: undefined, next: undefined, askers: 0, cold: undefined }
    sites.set(siteId, warm)
    return warm
  }

  async function read(siteId: string, process: object, warm: Warm): Promise<JournalRead | undefined> {
    await using folder = await engine.openFolder()
    if (folder.process !== process) throw unavailable('The engine ended. Try again.')
    const found = await readJournal(sql, siteId, warm.point, folder.path)
    if (found === undefined) return undefined
    const isMoved = found.isWhole || found.seq !== warm.point?.seq
    if (isMoved) {
      // Where it fails half-way, the tables are as they were.
      await folder.run({ kind: 'load', site: siteId, folder: folder.path, isWhole: found.isWhole })
    }
    warm.point = { generation: found.generation, seq: found.seq }
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
    if (warm.running === undefined) return start(siteId, process, warm)
    warm.next ??= warm.running
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
    warm.cold = setTimeout(() => void forget(siteId, folder.process), coldMs)
    warm.cold.unref()
  }

  async function forget(siteId: string, process: object): Promise<void> {
    const warm = processes.get(process)?.get(siteId)
    if (warm === undefined || warm.askers > 0) return
    processes.get(process)?.delete(siteId)
    await using folder = await engine.openFolder()
    if (folder.process === process) await folder.run({ kind: 'drop', site: siteId })
  }

  return {
    async ask(siteId, work, signal) {
      await using folder = await engine.openFolder()
      const warm = warmOf(folder.process, siteId)
      warm.askers++
      clearTimeout(warm.cold)
      try {
        if ((await refresh(siteId, folder.process, warm)) === undefined) return undefined
        const session = ++sessions
        await folder.run({ kind: 'open', session, site: siteId }, signal)
        try {
          const point = warm.point ?? { generation: 0, seq: 0 }
          const all = async (query: Sql) => folder.run({ kind: 'query', session, ...encodeQuery(query) }, signal)
          return await work({ siteId, ...point, all: all as SiteData['all'] })
        } finally {
          await folder.run({ kind: 'close', session }).catch(() => undefined)
        }
      } finally {
        leave(siteId, folder, warm)
      }
    },
  }
}
