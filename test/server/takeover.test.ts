/** Rows from before there was a journal: they are taken over once, whatever cuts it short, and count as they did. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { ReportName } from '@hk-live/sdk/protocol'
import { isTakenOver, takeOverSome } from '../../server/store/index.ts'
import { type Counting, openCounting } from '../support/counting.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)
const range = 'from=2026-10-01&to=2026-11-03'
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

/** Makes a site as an earlier version has left it: its journal is empty. */
async function forgetJournal(site: string) {
  const { sql } = service.assembly
  await sql.begin(async (tx) => {
    for (const table of ['journal', 'fetch_journal', 'contexts', 'origins']) await tx.unsafe(`delete from ${table} where site_id = '${site}'`)
    await tx`update site_versions set generation = generation + 1 where site_id = ${site}`
    await tx`insert into takeovers (site_id) values (${site})`
  })
}

const views = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) =>
    serverView((index * 7) % 101, now - ((from + index * 37) % 20_000) * 60_000, `/${index % 13}`, {
      url: `https://shop.example/${index % 13}?utm_source=${['a', 'b', 'c'][index % 3]}`,
      ...(index % 4 === 0 ? { type: 'event', name: 'e', props: { plan: 'pro', n: index, 'a/b': [1] } } : {}),
    }),
  )

async function send(site: string, items: ReturnType<typeof views>) {
  for (let at = 0; at < items.length; at += 500) await service.sendFromServer(site, items.slice(at, at + 500))
}

async function sameAsTables(site: string) {
  const questions: [ReportName, string][] = [
    ['overview', range],
    ['timeseries', `${range}&interval=day&metrics=visitors,visits,pageviews,events,bounce_rate,visit_duration`],
    ...['page', 'source', 'utm_source', 'entry_page', 'country', 'event', 'hostname'].map((by): [ReportName, string] => ['breakdown', `${range}&by=${by}&limit=100`]),
  ]
  for (const [report, query] of questions) {
    expect(await counting.byEngine(site, report, query), `${report}?${query}`).toEqual(await counting.byTables(site, report, query))
  }
}

test('items of before are taken over in batches, beside new ones, and nothing counts twice', async () => {
  const { sql } = service.assembly
  const site = await service.makeSite({ timezone: 'Europe/Berlin' })
  await send(site, views(2_500))
  await forgetJournal(site)
  expect(await isTakenOver(sql, site)).toBe(false)
  expect(await takeOverSome(sql, site)).toBe(true)
  // New ones, among them such as the journal has now and the old table too.
  await send(site, views(200, 7))
  // A node that ends within a batch has done nothing of it.
  const [batch] = await sql`select items::int as items from takeovers where site_id = ${site}`
  await sql.begin(async (tx) => {
    await tx`update takeovers set items = 0 where site_id = ${site}`
    await tx`select 1 / 0`
  }).catch(() => undefined)
  expect(await sql`select items::int as items from takeovers where site_id = ${site}`).toMatchObject([{ items: batch?.items }])
  while (await takeOverSome(sql, site)) continue
  expect(await isTakenOver(sql, site)).toBe(true)
  await sameAsTables(site)
  await counting.compact(site)
  await sameAsTables(site)
  const [twice] = await sql`select count(*)::int as rows from journal where site_id = ${site}`
  expect(twice?.rows).toBeLessThan(2_700)
}, 120_000)

test('a site that is deleted meanwhile is taken over no more', async () => {
  const { sql } = service.assembly
  const site = await service.makeSite()
  await send(site, views(10))
  await forgetJournal(site)
  await service.admin(`/api/sites/${site}`, undefined, 'DELETE')
  expect(await takeOverSome(sql, site)).toBe(false)
  expect(await isTakenOver(sql, site)).toBe(true)
})
