/** Sites that are warm: few at a time, given up when nobody asks, and read anew where somebody does. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import sql from 'sql-template-tag'
import { until } from '../support/browser.ts'
import { openCounting } from '../support/counting.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

let service: TestService

beforeAll(async () => {
  service = await openService()
})
afterAll(() => service[Symbol.asyncDispose]())

test('more sites than are kept are asked about in turn and at once, and each answer is right', async () => {
  await using counting = await openCounting(service.assembly.sql, Date.now, { maxWarm: 2 })
  const sent = new Map<string, number>()
  for (let count = 0; count < 6; count++) sent.set(await service.makeSite(), 0)
  const sites = [...sent.keys()]
  const ask = (site: string) => counting.sites.ask(site, async (data) => (await data.all<{ n: number }>(sql`select count(*)::double as n from items`))[0]?.n)
  for (let round = 0; round < 8; round++) {
    for (const [index, site] of sites.entries()) {
      if ((round + index) % 3 > 0) continue
      await service.sendFromServer(site, [serverView(round, Date.now(), '/')])
      sent.set(site, (sent.get(site) ?? 0) + 1)
    }
    const found = await Promise.all([...sites, ...sites].map(ask))
    expect(found).toEqual([...sites, ...sites].map((site) => sent.get(site)))
  }
  const [first = ''] = sites
  const kept = await counting.sites.ask(first, (data) => data.all<{ n: number }>(sql`select count(*)::double as n from duckdb_tables() where table_name = 'overridden'`))
  expect(kept?.[0]?.n).toBeLessThanOrEqual(3)
}, 60_000)

test('a site that nobody asks about is given up, and read anew', async () => {
  await using counting = await openCounting(service.assembly.sql, Date.now, { coldMs: 50 })
  const [site, other] = [await service.makeSite(), await service.makeSite()]
  await service.sendFromServer(site, [serverView(1, Date.now(), '/')])
  const items = () => counting.sites.ask(site, (data) => data.all<{ n: number }>(sql`select count(*)::double as n from items`))
  expect(await items()).toEqual([{ n: 1 }])
  const tables = () => counting.sites.ask(other, (data) => data.all<{ n: number }>(sql`select count(*)::double as n from duckdb_tables() where table_name = 'overridden'`))
  await until(tables, (rows) => rows?.[0]?.n === 1)
  await service.sendFromServer(site, [serverView(1, Date.now(), '/b')])
  expect(await items()).toEqual([{ n: 2 }])
}, 60_000)
