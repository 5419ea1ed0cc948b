/** A database of an earlier version is brought up to date: what reports answer otherwise since then has another version. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Changes, ReportName } from '@hk-live/sdk/protocol'
import { readdir } from 'node:fs/promises'
import postgres from 'postgres'
import { freshDatabase } from '../support/postgres.ts'
import { openService, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

/** What of a site is of before; all of its data is as new as this position, so that every tag of before begins with it. */
const sites = { patterns: 'k3v9x2m7qa', amounts: 'm7qak3v9x2' }
type Old = keyof typeof sites
const before = { epoch: 'k3v0x9qa', seq: 5 }
/** Noon of a day that is over. */
const day = new Date(Date.now() - 3 * 86_400_000).setUTCHours(12, 0, 0, 0)
const at = (minute: number) => new Date(day + minute * 60_000).toISOString()

/** A database as a version left it whose newest migration was this. */
async function databaseAt(newest: string): Promise<string> {
  const folder = new URL('../../server/store/migrations/', import.meta.url)
  const url = await freshDatabase()
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  await sql`create table migrations (name text primary key, run_at timestamptz not null default now())`
  for (const name of (await readdir(folder)).filter((name) => name <= newest).toSorted()) {
    await sql.unsafe(await Bun.file(new URL(name, folder)).text())
    await sql`insert into migrations (name) values (${name})`
  }
  await sql.end()
  return url
}

/** One visitor's visit, with amounts and what the site counts, in spellings of before if these are what is old. */
async function fill(sql: postgres.Sql, old: Old): Promise<void> {
  const site = sites[old]
  const kinds = ['hits', 'events', 'ecommerce', 'goals', 'funnels', 'settings']
  const all = Object.fromEntries(kinds.map((kind) => [kind, { seq: before.seq, total: 1 }]))
  const [value, price] = old === 'amounts' ? ['10,00', '5,00'] : [10, 5]
  const [pattern, like] = old === 'patterns' ? ['/sa%20le', '/sa\\%20le'] : ['/sa le', '/sa le']
  const items = [
    { type: 'pageview', page: '/sa le', name: '', props: null },
    { type: 'event', page: '/sa le', name: 'purchase', props: { order_id: 'A', value, currency: 'EUR' } },
    { type: 'event', page: '/sa le', name: 'add_to_cart', props: { price, plan: 'pro' } },
    { type: 'pageview', page: '/thanks', name: '', props: null },
  ]
  const ids = items.map(() => crypto.randomUUID())
  const visit = ids[0] ?? ''
  await sql`insert into sites (site_id, tenant_id, domain, name) values (${site}, 'default', 'shop.example', 'Shop')`
  await sql`insert into site_versions (site_id, epoch, seq, kinds) values (${site}, ${before.epoch}, ${before.seq}, ${sql.json(all)})`
  await sql`
    insert into visits (site_id, visit_id, visitor_id, seq, started_at, last_at, first_id, pageviews, events, entry_page, exit_page)
    values (${site}, ${visit}, 1, 1, ${at(0)}, ${at(3)}, ${visit}, 2, 2, '/sa le', '/thanks')`
  for (const [index, { type, page, name, props }] of items.entries()) {
    await sql`
      insert into items (site_id, id, type, at, visitor_id, visit_id, page, name, props)
      values (${site}, ${ids[index] ?? ''}, ${type}::item_type, ${at(index)}, 1, ${visit}, ${page}, ${name}, ${props === null ? null : sql.json(props)})`
  }
  await sql`select fill_orders(${site}, array_agg(id)) from items where site_id = ${site}`
  const five = [{ property: 'price', value: '5', like: '5' }]
  await sql`
    insert into goals (site_id, goal_id, name, type, pattern, pattern_like, conditions)
    values (${site}, 'page', 'page', 'page', ${pattern}, ${like}, '[]'),
           (${site}, 'price', 'price', 'event', 'add_to_cart', 'add\\_to\\_cart', ${sql.json(five)})`
  const steps = [{ type: 'page', pattern }, { type: 'page', pattern: '/thanks' }]
  await sql`insert into funnels (site_id, funnel_id, name, steps) values (${site}, 'funnel', 'f', ${sql.json(steps)})`
  // Roll-ups of goals hold what was counted so, which is nothing; those of traffic are still to be made.
  await sql`insert into unrolled_days (site_id, family, day) select ${site}, 'traffic', ${at(0)}::date + n from generate_series(-1, 1) n`
}

let service: TestService
beforeAll(async () => {
  const databaseUrl = await databaseAt('0009_converted.sql')
  const sql = postgres(databaseUrl, { max: 1 })
  await fill(sql, 'patterns')
  await fill(sql, 'amounts')
  await sql.end()
  service = await openService({ databaseUrl })
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

const ask = (old: Old, report: string, query: string, headers: Record<string, string> = {}) =>
  service.fetch(`/api/sites/${sites[old]}/reports/${report}?range=7d&${query}`, {
    headers: { authorization: 'Bearer admin-token-of-the-tests', ...headers },
  })

/** Reports that said something else before. */
const moved: [Old, ReportName, string, unknown][] = [
  ['patterns', 'goals', 'search=page', { rows: [{ conversions: 1, visitors: 1 }] }],
  ['patterns', 'funnels', 'funnel=funnel', { rows: [{ steps: [{ visitors: 1 }, { visitors: 1 }] }] }],
  ['patterns', 'breakdown', 'by=page&filter=goal:page', { total: 1 }],
  ['amounts', 'ecommerce', '', { orders: 1, revenue: 10, without_amount: 0 }],
  ['amounts', 'overview', '', { revenue: 10 }],
  ['amounts', 'events', 'name=add_to_cart&property=price', { rows: [{ value: '5', count: 1 }] }],
  ['amounts', 'goals', 'search=price', { rows: [{ conversions: 1, visitors: 1 }] }],
  ['amounts', 'breakdown', 'by=page&filter=goal:price', { total: 1 }],
]

describe('a database of before paths had one form and amounts were read', () => {
  test.each(moved)('with old %s answers %s %s by what these are now, and with another tag', async (old, report, query, data) => {
    const answer = await ask(old, report, query)
    expect(await answer.json()).toMatchObject({ data })
    const tag = answer.headers.get('etag') ?? ''
    const known = tag.replace(/^"\w+\.\d+-/, `"${before.epoch}.${before.seq}-`)
    expect(known).toMatch(/^"k3v0x9qa\.5-/)
    expect((await ask(old, report, query, { 'if-none-match': known })).status).toBe(200)
    expect((await ask(old, report, query, { 'if-none-match': tag })).status).toBe(304)
  })

  test.each([
    ['patterns', ['goals', 'funnels']],
    ['amounts', ['events', 'ecommerce']],
  ] as const)('with old %s tells who comes with a position of before what has changed', async (old, kinds) => {
    const { get } = createClient(service, 'admin')
    const changes: Changes = await (await get(`/api/sites/${sites[old]}/changes?since=${before.epoch}.${before.seq}`)).json()
    expect(changes.kinds).toEqual(expect.arrayContaining([...kinds]))
    expect(changes.resync).toBeUndefined()
  })

  test('answers the same from roll-ups, once they are made', async () => {
    await service.assembly.roller.idle()
    for (const [old, report, query, data] of moved) expect(await (await ask(old, report, query)).json()).toMatchObject({ data })
  })
})
