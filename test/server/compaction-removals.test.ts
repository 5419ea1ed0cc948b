/** What is undone or given up is gone from segments too: at once for who asks, and for good once they are rewritten. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Dimension, ReportName } from '@hk-live/sdk/protocol'
import { until } from '../support/browser.ts'
import { type Counting, openCounting } from '../support/counting.ts'
import { fixture, importFile, undoImport } from '../support/imports.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)
let service: TestService
let counting: Counting

beforeAll(async () => {
  service = await openService({ now: () => now })
  counting = await openCounting(service.assembly.sql, () => now)
})
afterAll(async () => {
  await counting[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
})

const dimensions: Dimension[] = ['page', 'entry_page', 'exit_page', 'source', 'country', 'event', 'device']

async function sameAsTables(site: string, range: string) {
  const questions: [ReportName, string][] = [
    ['overview', range],
    ['timeseries', `${range}&interval=day&metrics=visitors,visits,pageviews,events,bounce_rate,visit_duration`],
    ...dimensions.map((by): [ReportName, string] => ['breakdown', `${range}&by=${by}`]),
  ]
  for (const [report, query] of questions) {
    expect(await counting.byEngine(site, report, query), `${report}?${query}`).toEqual(await counting.byTables(site, report, query))
  }
}

const count = async (table: string, site: string) => Number((await service.assembly.sql.unsafe(`select count(*) as n from ${table} where site_id = '${site}'`))[0]?.n)

test('an import that is undone', async () => {
  const range = 'from=2024-03-01&to=2024-03-03'
  const site = await service.makeSite({ timezone: 'Europe/Berlin' })
  const done = await importFile(service, site, 'source=umami', await fixture('umami-website_event.csv'))
  await service.sendFromServer(site, [serverView(1, Date.UTC(2024, 2, 3, 10), '/own')])
  expect(await counting.compact(site)).toBe(7)
  expect(await count('journal', site)).toBe(0)
  await sameAsTables(site, range)
  await undoImport(service, site, done)
  await sameAsTables(site, range)
  expect(await counting.byEngine(site, 'overview', range)).toMatchObject({ visitors: 1, pageviews: 1 })
  expect(await count('journal_removals', site)).toBe(1)
  await counting.compact(site)
  expect(await count('journal_removals', site)).toBe(0)
  await sameAsTables(site, range)
  expect((await service.assembly.sql`select sum(rows) as rows from segments where site_id = ${site} and kind = 'items'`)[0]?.rows).toBe('1')
})

test('imported items of a day that the site has items of its own on', async () => {
  const range = 'from=2024-03-01&to=2024-03-03'
  const site = await service.makeSite({ timezone: 'Europe/Berlin' })
  await importFile(service, site, 'source=umami', await fixture('umami-website_event.csv'))
  await counting.compact(site)
  await service.sendFromServer(site, [serverView(1, Date.UTC(2024, 2, 1, 10), '/own')])
  await sameAsTables(site, range)
  expect((await counting.byEngine(site, 'breakdown', 'from=2024-03-01&to=2024-03-01')).rows).toMatchObject([{ value: '/own', pageviews: 1 }])
  await counting.compact(site)
  await sameAsTables(site, range)
})

test('rows of an access log, of visitors whom the site has seen itself', async () => {
  const range = 'from=2026-10-01&to=2026-10-31'
  const site = await service.makeSite()
  const log = (await service.admin<{ id: string }>(`/api/sites/${site}/imports/logs`, { label: 'access.log' })).id
  const at = (minute: number) => Date.UTC(2026, 9, 10, 6) + minute * 60_000
  // Between them, and before: the visits that are left are others.
  await service.sendFromServer(site, [serverView(1, at(0), '/a'), serverView(1, at(50), '/b'), serverView(2, at(10), '/c')])
  await service.admin(`/api/sites/${site}/ingest?import=${log}`, { items: [serverView(1, at(25), '/log'), serverView(2, at(5), '/log'), serverView(3, at(7), '/log')] })
  await service.admin(`/api/sites/${site}/imports/logs/${log}/end`, { left_out: {} })
  await counting.compact(site)
  await sameAsTables(site, range)
  expect(await counting.byEngine(site, 'overview', range)).toMatchObject({ visits: 3, visitors: 3, pageviews: 6 })
  await service.admin(`/api/sites/${site}/imports/${log}`, undefined, 'DELETE')
  await until(() => service.report(site, 'overview', range), ({ pageviews }) => pageviews === 3)
  await sameAsTables(site, range)
  expect(await counting.byEngine(site, 'overview', range)).toMatchObject({ visits: 3, visitors: 2, pageviews: 3 })
  await counting.compact(site)
  await sameAsTables(site, range)
})
