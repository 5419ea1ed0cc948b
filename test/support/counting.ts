import type { ReportData, ReportName } from '@hk-live/sdk/protocol'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SitesOptions } from '../../server/engine/sites.ts'
import { compactSite, createEngine, createSegmentCache, createSites, type EngineSites } from '../../server/engine/index.ts'
import { timesOf, understand } from '../../server/reports/asked.ts'
import { counts } from '../../server/reports/count/index.ts'
import { withImported } from '../../server/reports/imported-days.ts'
import { readQuestion } from '../../server/reports/question.ts'
import { registry } from '../../server/reports/registry.ts'
import { findSite, listGoals, readCurrencies, type Sql } from '../../server/store/index.ts'

/** Answers of reports as they are counted from the old tables and by the engine, in one process. */
export interface Counting extends AsyncDisposable {
  readonly sites: EngineSites
  /** Moves the days of a site that are over into segments. */
  compact(siteId: string): Promise<number>
  /** The folder with files of segments. */
  readonly segments: string
  /** Removes all files of segments, and what is known of them. */
  forgetFiles(): Promise<void>
  /** Begins with another process, which has the files of the one before. */
  restart(): Promise<void>
  /** The data of a report by the engine. */
  byEngine<N extends ReportName>(siteId: string, report: N, query: string, locked?: readonly string[]): Promise<ReportData[N]>
  /** The data of a report from the tables of items, visits and roll-ups. */
  byTables<N extends ReportName>(siteId: string, report: N, query: string, locked?: readonly string[]): Promise<ReportData[N]>
}

/** Opens an engine beside the database of a service. */
export async function openCounting(sql: Sql, now: () => number, limits: Pick<SitesOptions, 'coldMs' | 'maxWarm'> = {}): Promise<Counting> {
  const folder = await mkdtemp(join(tmpdir(), 'hk-counting-'))
  const start = () => createEngine({ dataDir: folder, memoryBytes: 512 * 2 ** 20, log: (level, message, detail) => console.log(level, message, detail) })
  function open() {
    const engine = start()
    const cache = createSegmentCache({ sql, folder: engine.segments, maxBytes: 2 ** 30 })
    return { engine, cache, sites: createSites({ engine, sql, cache, ...limits }) }
  }
  let opened = open()
  async function restart() {
    await opened.engine[Symbol.asyncDispose]()
    opened = open()
  }

  async function ask(siteId: string, report: ReportName, query: string, locked: readonly string[]) {
    const site = await findSite(sql, siteId)
    if (site === undefined) throw new Error(`There is no site ${siteId}.`)
    const question = readQuestion(new URL(`?${query}`, 'http://localhost'), registry[report], locked, site.domain)
    return understand(sql, site, question, now())
  }

  return {
    get sites() {
      return opened.sites
    },
    segments: opened.engine.segments,
    restart,
    async forgetFiles() {
      await rm(opened.engine.segments, { recursive: true, force: true })
      await restart()
    },
    compact: (siteId) => compactSite({ ...opened, sql, now }, siteId),
    async byTables(siteId, report, query, locked = []) {
      const { asked } = await withImported(sql, registry[report], await ask(siteId, report, query, locked))
      return registry[report].answer(sql, asked)
    },
    async byEngine(siteId, report, query, locked = []) {
      const { asked } = await withImported(sql, registry[report], await ask(siteId, report, query, locked))
      const count = counts[report]
      if (count === undefined) throw new Error(`The engine does not count ${report}.`)
      const goals = await listGoals(sql, siteId)
      const currencies = await readCurrencies(sql, asked.site)
      const found = await opened.sites.ask(siteId, (data) => count({ data, sql, goals, currencies }, asked), { times: timesOf(asked) })
      if (found === undefined) throw new Error(`There is no site ${siteId}.`)
      return found
    },
    async [Symbol.asyncDispose]() {
      await opened.engine[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
