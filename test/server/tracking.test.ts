/** Whether a site is being tracked, and what of it was not stored, as those who run it are told. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { TrackingStatus } from '@hk-live/sdk/protocol'
import { createRefusals } from '../../server/ingest/refusals.ts'
import { addRefusals, forgetRefusals, type Refusal } from '../../server/store/index.ts'
import { freshDatabase } from '../support/postgres.ts'
import { importFile } from '../support/imports.ts'
import { openService, pageview, serverView, type TestService } from '../support/service.ts'
import { until } from '../support/stage.ts'
import { createClient } from './client.ts'

const day = 86_400_000

let service: TestService
beforeAll(async () => {
  service = await openService({ refusalsMs: 20 })
})
afterAll(() => service[Symbol.asyncDispose]())

const statusOf = (site: string, of = service) => of.admin<TrackingStatus>(`/api/sites/${site}/tracking`)

/** The status, once all that was refused is counted in it. */
async function counted(site: string, reasons: number, of = service): Promise<TrackingStatus> {
  for (const deadline = Date.now() + 20_000; ; await Bun.sleep(20)) {
    const tracking = await statusOf(site, of)
    if (tracking.rejected.length >= reasons || Date.now() > deadline) return tracking
  }
}

const countsOf = ({ rejected }: TrackingStatus) => Object.fromEntries(rejected.map(({ reason, count }) => [reason, count]))
const examplesOf = ({ rejected }: TrackingStatus) => Object.fromEntries(rejected.map(({ reason, example }) => [reason, example]))

const bot = { agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }

describe('a site is', () => {
  test('waiting until something arrives, whatever was refused before', async () => {
    const site = await service.makeSite()
    await service.send(site, [pageview()], bot)
    expect(await counted(site, 1)).toMatchObject({
      status: 'waiting',
      first_at: null,
      last_at: null,
      last_hostname: null,
      last_event: null,
      hostnames: [],
    })
  })

  test('live from the first item on, of its domain or a subdomain', async () => {
    for (const url of ['https://shop.example/', 'https://www.shop.example/', 'https://a.b.shop.example/x']) {
      const site = await service.makeSite()
      await service.send(site, [pageview('/', { url }), pageview('/', { url, type: 'event', name: 'signup' })])
      const { status, first_at, last_at, last_hostname, last_event, hostnames } = await statusOf(site)
      expect([status, last_hostname, last_event?.name]).toEqual(['live', new URL(url).hostname, 'signup'])
      expect(Date.now() - Date.parse(first_at ?? '')).toBeLessThan(60_000)
      expect(Date.parse(last_at ?? '')).toBeGreaterThanOrEqual(Date.parse(first_at ?? ''))
      expect(hostnames).toMatchObject([{ hostname: new URL(url).hostname, items: 2, own: true }])
    }
  })

  test('dormant a day after its last item, and live with the next', async () => {
    const site = await service.makeSite()
    await service.sendFromServer(site, [serverView(1, Date.now() - 3 * day), serverView(1, Date.now() - day - 60_000)])
    expect(await statusOf(site)).toMatchObject({ status: 'dormant', last_hostname: 'shop.example' })
    await service.sendFromServer(site, [serverView(1, Date.now() - day + 60_000)])
    expect((await statusOf(site)).status).toBe('live')
  })

  test('waiting also where items were imported, which no tracker has sent', async () => {
    const site = await service.makeSite({ timezone: 'Europe/Berlin' })
    const rows = [30, 20, 3, 2, 0.5].map((ago) => `a,/,old.example,1,${new Date(Date.now() - ago * day).toISOString()}\n`)
    const done = await importFile(service, site, 'source=umami', `session_id,url_path,hostname,event_type,created_at\n${rows.join('')}`)
    expect(done.rows).toBe(5)
    expect(await statusOf(site)).toMatchObject({ status: 'waiting', first_at: null, last_at: null, hostnames: [] })
    // One in a gap between imported days, and one of today.
    const sent = [Date.now() - 10 * day, Date.now() - 60_000]
    await service.sendFromServer(site, sent.map((at) => serverView(1, at)))
    const [first_at, last_at] = sent.map((at) => new Date(at).toISOString())
    expect(await statusOf(site)).toMatchObject({ status: 'live', first_at, last_at, hostnames: [{ hostname: 'shop.example', items: 2 }] })
  })

  test('of another domain where all that arrives is, until its own comes too', async () => {
    const site = await service.makeSite()
    for (const url of ['https://notshop.example/', 'https://shop.example.evil.test/', 'http://localhost:3000/']) {
      await service.send(site, [pageview('/', { url })])
      expect((await statusOf(site)).status).toBe('domain_mismatch')
    }
    const { hostnames } = await statusOf(site)
    expect(hostnames.map(({ hostname, own }) => [hostname, own])).toEqual([
      ['localhost', false],
      ['shop.example.evil.test', false],
      ['notshop.example', false],
    ])
    await service.send(site, [pageview()])
    expect((await statusOf(site)).status).toBe('live')
  })

  test('shown with 20 host names at most, the newest first', async () => {
    const site = await service.makeSite()
    const views = Array.from({ length: 30 }, (_, index) =>
      serverView(1, Date.now() - 60_000 + index * 1_000, '/', { url: `https://h${index}.shop.example/` }),
    )
    await service.sendFromServer(site, views)
    const { hostnames } = await statusOf(site)
    expect(hostnames.map(({ hostname }) => hostname)).toEqual(
      Array.from({ length: 20 }, (_, index) => `h${29 - index}.shop.example`),
    )
  })
})

describe('what was refused', () => {
  test('is counted by reason with what decided, and never an address', async () => {
    const site = await service.makeSite()
    await service.admin(`/api/sites/${site}/exclusions`, { type: 'address', value: '192.0.2.77' })
    await service.send(site, [pageview(), pageview()], bot)
    await service.send(site, [pageview()], { address: '192.0.2.77' })
    await service.send(site, [pageview('/', { referrer: 'https://www.semalt.com/x' }), { ...pageview(), url: 'nowhere' }])
    const headers = { 'sec-purpose': 'prefetch;prerender' }
    await service.fetch('/ingest', { method: 'POST', headers, body: JSON.stringify({ site, items: [pageview()] }) })
    const tracking = await counted(site, 5)
    expect(countsOf(tracking)).toEqual({ bot: 2, excluded: 1, spam: 1, invalid: 1, prefetch: 1 })
    expect(examplesOf(tracking)).toEqual({ bot: 'Googlebot', excluded: 'address', spam: 'semalt.com', invalid: 'bad_url' })
    expect(tracking.status).toBe('waiting')
    expect(JSON.stringify(tracking)).not.toContain('192.0.2')
    const rows = await service.assembly.sql`select * from refusals where site_id = ${site}`
    expect(JSON.stringify(rows)).not.toContain('192.0.2')
  })

  test('survives a restart, and is the sum of what nodes refused', async () => {
    const databaseUrl = await freshDatabase()
    const open = () => openService({ databaseUrl })
    const [one, two] = [await open(), await open()]
    const site = await one.makeSite()
    for (const node of [one, two, one]) await node.send(site, [pageview()], bot)
    // Each saves what it has as it closes, before its timer would.
    await one[Symbol.asyncDispose]()
    await two[Symbol.asyncDispose]()
    await using third = await open()
    expect(countsOf(await statusOf(site, third))).toEqual({ bot: 3 })
  })

  test('waits while it cannot be saved, and is whole then', async () => {
    let away = true
    const saved: Refusal[] = []
    const failures: unknown[] = []
    const save = async (rows: readonly Refusal[]) => {
      if (away) throw new Error('The database is away.')
      saved.push(...rows)
    }
    const refusals = createRefusals({ save, now: () => 7, everyMs: 5, onError: (error) => failures.push(error) })
    refusals.add('a', 'bot', 2, 'one')
    await until(() => failures.length > 1, 'saving fails')
    refusals.add('a', 'bot', 3, '')
    refusals.add('a', 'spam', 1, 'two\ud800')
    away = false
    await refusals[Symbol.asyncDispose]()
    const count = (reason: string) => saved.filter((row) => row.reason === reason).reduce((sum, row) => sum + row.count, 0)
    expect([count('bot'), count('spam')]).toEqual([5, 1])
    expect(saved.find(({ reason }) => reason === 'bot')).toEqual({ site_id: 'a', reason: 'bot', count: 5, last_at: 7, example: 'one' })
  })

  test('takes no more memory than for so many sites', async () => {
    const saved: Refusal[] = []
    const refusals = createRefusals({ save: async (rows) => void saved.push(...rows), now: Date.now, everyMs: 60_000 })
    for (let index = 0; index < 30_000; index++) refusals.add(`site${index}`, 'limited', 1, 'address')
    await refusals[Symbol.asyncDispose]()
    expect(saved.length).toBeLessThanOrEqual(10_000)
    expect(saved.some(({ site_id }) => site_id === 'site29999')).toBe(true)
  })

  test('of a site that is not there goes nowhere, and keeps nothing else from being counted', async () => {
    const site = await service.makeSite()
    const prefetch = (body: string) =>
      service.fetch('/ingest', { method: 'POST', headers: { 'sec-purpose': 'prefetch' }, body })
    for (const odd of ['nosuchsite', '\0', "'", '\ud800', 'x'.repeat(60_000), 7, null]) {
      expect((await prefetch(JSON.stringify({ site: odd, items: [] }))).status).toBe(202)
    }
    await service.send(site, [pageview('/', { referrer: `https://semalt.com/\ud800` })])
    await service.admin(`/api/sites/${site}/exclusions`, { type: 'path', value: '/a*' })
    await service.send(site, [pageview(`/a${'🦉'.repeat(300)}\ud800`)])
    await prefetch(JSON.stringify({ site, items: [] }))
    expect((await counted(site, 2)).rejected.length).toBeGreaterThanOrEqual(2)
    expect(service.errors).toEqual([])
  })

  test('is kept for 30 days', async () => {
    const site = await service.makeSite()
    const { sql } = service.assembly
    await sql`update sites set created_at = now() - interval '90 days' where site_id = ${site}`
    const refusal = (daysAgo: number) => ({ site_id: site, reason: 'bot', count: 1, last_at: Date.now() - daysAgo * day, example: `${daysAgo}` })
    for (const daysAgo of [0, 29, 31, 60]) await addRefusals(sql, [refusal(daysAgo)])
    await forgetRefusals(sql)
    const { rejected, since } = await statusOf(site)
    expect(rejected).toMatchObject([{ reason: 'bot', count: 2, example: '0' }])
    expect(Math.round((Date.now() - Date.parse(since)) / day)).toBeWithin(29, 31)
    const [row] = await sql`select count(*)::int as days from refusals where site_id = ${site}`
    expect(row?.days).toBe(2)
  })

  test('goes with its site', async () => {
    const site = await service.makeSite()
    await service.send(site, [pageview()], bot)
    await counted(site, 1)
    await service.admin(`/api/sites/${site}`, undefined, 'DELETE')
    const [row] = await service.assembly.sql`select count(*)::int as left from refusals where site_id = ${site}`
    expect(row?.left).toBe(0)
  })
})

test('the status is for those who may read the site by a token, never by a link', async () => {
  const site = await service.makeSite()
  const { token: share } = await service.makeShare(site, { visits: true })
  const path = `/api/sites/${site}/tracking`
  const tokenOf = async (scope: string) =>
    (await service.admin<{ token: string }>('/api/clients', { label: scope, scopes: [scope] })).token
  const statusFor = async (token: string) => (await createClient(service, token).get(path)).status
  expect(await statusFor(await tokenOf('reports:read'))).toBe(200)
  expect(await statusFor(await tokenOf('manage'))).toBe(200)
  expect(await statusFor(await tokenOf('ingest'))).toBe(403)
  expect(await statusFor(share)).toBe(401)
  expect((await service.fetch(path)).status).toBe(401)
  expect((await service.fetch(`/api/share/${share}/sites/${site}/tracking`)).status).toBe(404)
})
