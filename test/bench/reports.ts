/**
 * What reports cost: computed anew from roll-ups or raw rows, beside plain SQL over raw rows, and from the cache.
 *
 * The traffic is made up inside of Postgres (`traffic.ts`): one site, 30 days up to now, 200 paths, 30 countries, four
 * views a visit; 1 and 10 million pageviews, in a database with 1,000 small sites beside it. Roll-ups are then computed
 * by the service's own roller.
 *
 * Uncached: the milliseconds of a report's own computation, with its transaction and its JSON, in this process. Plain
 * SQL: the same numbers by one or two statements over `items` and `visits`, as one would write them by hand; run once, as it takes
 * seconds. Cached: the same question again over HTTP, less a request that the service answers without
 * any question (`/healthz`), so about the service's own time.
 *
 * @module
 */
import type { RangeName, ReportName } from '@hk-live/sdk/protocol'
import { readQuestion } from '../../server/reports/question.ts'
import { resolveRange } from '../../server/reports/range.ts'
import { registry } from '../../server/reports/registry.ts'
import type { Asked } from '../../server/reports/report.ts'
import { connect } from '../../server/store/connect.ts'
import { families, fillOrders, findSite, type Sql, unroll } from '../../server/store/index.ts'
import type { Benchmark, Options } from './benchmark.ts'
import { bruteForce } from './brute.ts'
import { openCluster, openTarget, type Target } from './stage.ts'
import { quantile, round } from './stats.ts'
import { makeSmallTraffic, makeTraffic } from './traffic.ts'

/** Questions by report: what stands in its URL beside range and filters. The first have plain SQL beside them. */
const questions: readonly (readonly [ReportName, string])[] = [
  ['overview', ''],
  ['timeseries', 'metrics=visitors,pageviews'],
  ['breakdown', 'by=page'],
  ['breakdown', 'by=country'],
  ['breakdown', 'by=city'],
  ['goals', ''],
  ['funnels', ''],
  ['events', ''],
  ['events', 'name=Signup'],
  ['ecommerce', ''],
  ['visits', ''],
  ['live', ''],
]
const plain = 5

/** Ranges and filters that each question is asked with. */
const circumstances: readonly { range: RangeName; filters: readonly string[] }[] = [
  { range: 'today', filters: [] },
  { range: '7d', filters: [] },
  { range: '30d', filters: [] },
  { range: 'today', filters: ['country:AX'] },
  { range: '30d', filters: ['country:AX'] },
  { range: '30d', filters: ['country:AX', 'device:desktop'] },
  { range: '30d', filters: ['page:/page/3'] },
]

/** A statement as it was sent. */
interface Statement {
  readonly text: string
  readonly parameters: readonly unknown[]
}

interface Cell {
  readonly pageviews: number
  readonly report: string
  readonly range: RangeName
  readonly filters: string
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** By plain SQL; `NaN` where it was not tried. */
  readonly brute: number
  readonly cached_p50: number
  readonly cached_p99: number
}

/** A database with traffic, and the service on it. */
interface Stage {
  readonly sql: Sql
  readonly target: Target
  /** Statements since it was emptied last. */
  readonly sent: Statement[]
  readonly now: number
}

/** What reports cost. */
export const reports: Benchmark = {
  name: 'reports',
  question: 'each report, computed anew and cached, beside plain SQL over raw rows',
  async run({ quick, bed, tell }) {
    const cluster = await bed.open(openCluster)
    const cells: Cell[] = []
    const notes: string[] = []
    for (const pageviews of quick ? [20_000] : [1_000_000, 10_000_000]) {
      const url = await cluster.database(`reports_${pageviews}`)
      const target = await bed.open(() => openTarget(url))
      const sent: Statement[] = []
      const sql = connect(url, (text, parameters) => sent.push({ text, parameters }))
      const stage: Stage = { sql, target, sent, now: Date.now() }
      notes.push(await prepare(stage, pageviews, quick ? 5 : 1_000, tell))
      const timed: { ms: number; statements: readonly Statement[] }[] = []
      for (const { range, filters } of circumstances) {
        for (const [index, [report, query]] of questions.entries()) {
          const named = filters.join(', ') || 'none'
          tell(`${pageviews} pageviews: ${report} ${query} of ${range}, filters: ${named}`)
          const search = new URLSearchParams([...new URLSearchParams(query), ['range', range]])
          for (const filter of filters) search.append('filter', filter)
          const { statements, ...times } = await measure(stage, report, search, quick ? 2 : 20, index < plain && (filters.length === 0 || (range === '30d' && filters.length === 1)))
          cells.push({ pageviews, report: [report, query].join(' '), range, filters: named, ...times })
          tell(`  ${times.p50} ms, plain SQL ${times.brute} ms, cached ${times.cached_p50} ms`)
          timed.push({ ms: times.p50, statements })
        }
      }
      const slowest = timed.toSorted((a, b) => b.ms - a.ms).slice(0, 3)
      for (const { statements } of slowest) notes.push(await explain(sql, statements))
      await sql.end()
      await target[Symbol.asyncDispose]()
    }
    const columns = 'pageviews,report,range,filters,p50,p99,plain SQL,times,cached p50,cached p99'.split(',')
    return {
      postgres: cluster.version,
      tables: [
        {
          title: 'Milliseconds of each report',
          columns,
          rows: cells.map((cell) => [
            cell.pageviews,
            cell.report,
            cell.range,
            cell.filters,
            cell.p50,
            cell.p99,
            cell.brute,
            round(cell.brute / cell.p50, 1),
            cell.cached_p50,
            cell.cached_p99,
          ]),
        },
      ],
      notes,
      figures: { cells },
    }
  },
}

/** Makes up the traffic and rolls it up; returns what that took. */
async function prepare(
  { sql, target, now }: Stage,
  pageviews: number,
  smallSites: number,
  tell: Options['tell'],
): Promise<string> {
  tell(`making ${pageviews} pageviews`)
  await makeTraffic(sql, { siteId: target.site, pageviews, days: 30, now })
  await sql`
    insert into sites (site_id, tenant_id, domain, name)
    select 'small-' || n, 'default', 'small.example', 'Small' from generate_series(1, ${smallSites}) n`
  await sql`
    insert into site_versions (site_id, epoch) select site_id, 'small' from sites where site_id like 'small-%'`
  await makeSmallTraffic(sql, now)
  await fillOrders(sql, target.site)
  await target.make(`/api/sites/${target.site}/goals`, { name: 'Page 1', type: 'page', pattern: '/page/1' })
  await target.make(`/api/sites/${target.site}/goals`, { name: 'Signup', type: 'event', pattern: 'Signup' })
  const steps = [{ type: 'page', pattern: '/page/2' }, { type: 'page', pattern: '/page/1' }, { goal: 'Signup' }]
  await target.make(`/api/sites/${target.site}/funnels`, { name: 'To sign up', steps })
  tell('the service computes roll-ups')
  const began = performance.now()
  await sql.begin((tx) => unroll(tx, target.site, families))
  for (;;) {
    const [left] = await sql`select from unrolled_days limit 1`
    if (left === undefined) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const seconds = round((performance.now() - began) / 1_000, 1)
  await sql`vacuum (analyze) rollups`
  return `Roll-ups of ${pageviews} pageviews were computed in ${seconds} s.`
}

/** Times one question: computed anew some times, by plain SQL once, and from the cache over HTTP. */
async function measure(
  { sql, target, sent, now }: Stage,
  report: ReportName,
  search: URLSearchParams,
  rounds: number,
  beside: boolean,
): Promise<Pick<Cell, 'p50' | 'p99' | 'brute' | 'cached_p50' | 'cached_p99'> & { statements: readonly Statement[] }> {
  const site = await findSite(sql, target.site)
  if (site === undefined) throw new Error('The site is gone.')
  const question = readQuestion(new URL(`http://bench/?${search}`), registry[report], [])
  const asked: Asked = { ...question, site, now, span: resolveRange(question, site.timezone, now, now) }
  const compute = () =>
    sql.begin('isolation level repeatable read read only', async (tx) =>
      JSON.stringify(await registry[report].answer(tx, asked)),
    )
  await compute()
  sent.splice(0)
  const anew: number[] = []
  for (let round = 0; round < rounds; round++) {
    anew.push(await timed(compute))
    // What is slow is slow: a few rounds tell.
    if (anew.reduce((sum, ms) => sum + ms, 0) > 5_000 && round >= 2) break
  }
  const statements = sent.splice(0)
  const brute = beside ? await timed(() => bruteForce(sql, report, asked)) : Number.NaN
  const ask = (path: string) => async () => (await fetch(`${target.url}${path}`)).arrayBuffer()
  const path = `/api/share/${target.share}/sites/${target.site}/reports/${report}?${search}`
  await ask(path)()
  const cached: number[] = []
  const empty: number[] = []
  for (let round = 0; round < rounds * 5; round++) {
    cached.push(await timed(ask(path)))
    empty.push(await timed(ask('/healthz')))
  }
  const less = quantile(empty, 0.5)
  return {
    p50: round(quantile(anew, 0.5), 1),
    p99: round(quantile(anew, 0.99), 1),
    brute: round(brute, 1),
    cached_p50: round(quantile(cached, 0.5) - less, 2),
    cached_p99: round(quantile(cached, 0.99) - less, 2),
    statements,
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await run()
  return performance.now() - began
}

/** How Postgres ran the slowest of some statements. */
async function explain(sql: Sql, statements: readonly Statement[]): Promise<string> {
  const plans: { ms: number; text: string }[] = []
  for (const { text, parameters } of new Map(statements.map((one) => [one.text, one])).values()) {
    if (!/^\s*(select|with)/.test(text)) continue
    const began = performance.now()
    const rows = await sql.unsafe<{ 'QUERY PLAN': string }[]>(
      `explain (analyze, buffers) ${text}`,
      parameters as (string | number | Date | null)[],
    )
    const lines = rows.map((row) => row['QUERY PLAN'])
    plans.push({ ms: performance.now() - began, text: [text.trim(), '', ...lines].join('\n') })
  }
  return plans.toSorted((a, b) => b.ms - a.ms)[0]?.text ?? ''
}
