/** All of a site taken out, and imported into a fresh site of another service: the same reports. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { gunzipSync } from 'node:zlib'
import type { ReportName } from '@hk-live/sdk/protocol'
import { fixture, importFile, plausibleZip, sendImport, undoImport } from '../support/imports.ts'
import { openService, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

let service: TestService
let other: TestService
let site: string
let lines: string

const settings = { timezone: 'Europe/Berlin', currency: 'CHF' }
const step = { type: 'page', pattern: '/' }
const agent = 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)'

const reports: [ReportName, string][] = [
  ['overview', ''], ['overview', 'compare=previous'], ['timeseries', 'metrics=visitors,visits,bounce_rate,conversion_rate,revenue'],
  ...['page', 'entry_page', 'exit_page', 'hostname', 'source', 'channel', 'referrer', 'utm_campaign', 'country', 'device', 'browser', 'os', 'language', 'event', 'goal'].map(
    (by): [ReportName, string] => ['breakdown', `by=${by}`],
  ),
  ['overview', 'filter=source:Google&filter=!page:/x'], ['events', ''], ['events', 'name=signup&property=plan'], ['ecommerce', ''],
  ['web_vitals', ''], ['ai_visibility', ''], ['goals', ''], ['funnels', ''],
]

const numbers = async (of: TestService, id: string) =>
  Promise.all(
    reports.map(async ([name, query]) => {
      const data = await of.report(id, name, `from=2024-02-01&to=2024-04-30&interval=day&${query}`)
      // Ids of settings are each service's own.
      return [name, query, JSON.parse(JSON.stringify(data, (key, value: unknown) => (key === 'id' ? undefined : value)))]
    }),
  )

const takeOut = async (of: TestService, id: string) => {
  const response = await createClient(of, 'admin').get(`/api/sites/${id}/takeout`)
  expect(response.status).toBe(200)
  return response.text()
}

beforeAll(async () => {
  service = await openService()
  other = await openService()
  site = await service.makeSite(settings)
  await importFile(service, site, 'source=plausible', await plausibleZip())
  const at = (minute: number) => Date.UTC(2024, 3, 5, 22, minute)
  const event = (name: string, props: object) => ({ type: 'event', name, props })
  const from = { url: 'https://shop.example/?utm_source=newsletter&utm_campaign=spring', language: 'de-CH' }
  await service.sendFromServer(site, [
    serverView(1, at(0), '/', from),
    serverView(1, at(1), '/x'),
    serverView(1, at(2), '/x', { type: 'engagement', value: 30 }),
    serverView(2, at(3), '/', { referrer: 'https://www.google.com/', url: 'https://www.shop.example/' }),
    serverView(2, at(4), '/', event('signup', { plan: 'pro', deep: { list: [1, 'two', null] } })),
    serverView(2, at(5), '/', event('purchase', { transaction_id: 'A', items: [{ item_id: 'L', item_name: 'Lamp', price: 19.9, quantity: 2 }] })),
    serverView(2, at(6), '/', event('purchase', { transaction_id: 'A', value: 999 })),
    serverView(3, at(130), '/late'),
    ...[900, 2_600, 5_000].map((value, index) => serverView(index, at(7), '/', { type: 'vital', name: 'LCP', value })),
  ])
  await service.admin(`/api/sites/${site}/ingest/ai-fetch`, [
    { path: '/x', user_agent: agent, status_code: 200, at: new Date(at(8)).toISOString(), response_ms: 12, bytes_served: 5_000_000_000 },
    { path: '/gone', user_agent: agent, status_code: 404, at: new Date(at(9)).toISOString() },
  ])
  await service.admin(`/api/sites/${site}/goals`, { name: 'Joined', type: 'event', pattern: 'signup', conditions: [{ property: 'plan', value: 'p*' }], value: 5 })
  await service.admin(`/api/sites/${site}/funnels`, { name: 'Way', steps: [step, { goal: 'Joined' }] })
  await service.admin(`/api/sites/${site}/annotations`, { at: '2024-04-05T00:00:00Z', text: 'Begun' })
  await service.admin(`/api/sites/${site}/exclusions`, { type: 'path', value: '/draft/*', note: 'Ours' })
  await service.makeShare(site)
  lines = await takeOut(service, site)
}, 60_000)
afterAll(async () => {
  await service[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
})

describe('a takeout', () => {
  test('begins with its format and the settings of the site, and ends with how many lines it has', () => {
    const rows = lines.trimEnd().split('\n')
    expect(JSON.parse(rows[0] ?? '')).toMatchObject({ type: 'takeout', format: 1, site: { id: site, ...settings } })
    expect(JSON.parse(rows.at(-1) ?? '')).toEqual({ type: 'end', lines: rows.length })
    const types = Map.groupBy(rows.map((row) => JSON.parse(row).type as string), (type) => type)
    expect([...types].map(([type, { length }]) => [type, length])).toEqual([
      ['takeout', 1], ['goal', 1], ['funnel', 1], ['annotation', 1], ['exclusion', 1], ['import', 1], ['sums', expect.any(Number)], ['item', 11], ['fetch', 2], ['end', 1],
    ])
  })

  test('has nothing that lets anyone in, and nothing that names a person', () => {
    expect(lines).not.toMatch(/salt|token|hks_|203\.0\.113|Mozilla/)
  })

  test('gives the same reports when a fresh site of another service imports it', async () => {
    const copy = await other.makeSite(settings)
    const done = await importFile(other, copy, 'source=takeout', lines)
    expect(done).toMatchObject({ state: 'done', faults: [], left_out: { import: 1 } })
    const before = await numbers(service, site)
    expect(await numbers(other, copy)).toEqual(before)
    const { exclusions } = await other.admin<{ exclusions: object[] }>(`/api/sites/${copy}/exclusions`)
    expect(exclusions).toMatchObject([{ type: 'path', value: '/draft/*', note: 'Ours' }])
    await Promise.all([service, other].map(({ assembly }) => assembly.roller.idle()))
    expect(await numbers(other, copy)).toEqual(before)
    expect(before.map(([, , data]) => JSON.stringify(data)).join()).toMatch(/"visitors":23,.*"revenue":39.8/)
    // Once more, through the copy: nothing is lost on the way.
    const again = await other.makeSite(settings)
    await importFile(other, again, '', await takeOut(other, copy))
    expect(await numbers(other, again)).toEqual(before)
    await undoImport(other, copy, done)
    expect((await other.report(copy, 'overview', 'range=all')).visitors).toBe(0)
    await other.assembly.roller.idle()
    expect((await other.report(copy, 'web_vitals', 'from=2024-04-01&to=2024-04-30')).vitals.LCP.samples).toBe(0)
    expect((await other.report(copy, 'ai_visibility', 'from=2024-04-01&to=2024-04-30')).fetches).toBe(0)
  }, 60_000)

  test('of a site adds nothing to that site', async () => {
    const before = await numbers(service, site)
    const done = await importFile(service, site, 'source=takeout&label=again', `${lines}\n`)
    expect(done).toMatchObject({ state: 'done', rows: 0, left_out: { overlap: expect.any(Number), taken: expect.any(Number) } })
    expect(await numbers(service, site)).toEqual(before)
  })

  test('is packed by gzip where that is accepted, and can be imported packed', async () => {
    const response = await service.fetch(`/api/sites/${site}/takeout`, {
      headers: { authorization: 'Bearer admin-token-of-the-tests', 'accept-encoding': 'gzip' },
    })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(response.headers.get('content-disposition')).toContain('shop.example_takeout_')
    const packed = await response.bytes()
    expect(gunzipSync(packed).toString()).toContain('"type":"end"')
    const copy = await other.makeSite(settings)
    expect(await importFile(other, copy, '', packed)).toMatchObject({ source: 'takeout', state: 'done' })
  })

  test('that was cut short fails at its end, and says so', async () => {
    const copy = await other.makeSite(settings)
    const done = await importFile(other, copy, 'source=takeout&name=mine.ndjson', lines.replace(/\{"type":"end".*\n/, ''))
    expect(done).toMatchObject({ state: 'failed', error: 'mine.ndjson has no last line {"type":"end"}: it was cut short. Take it out again.' })
    expect((await sendImport(other, copy, 'source=takeout', '{"type":"takeout","format":2}\n')).status).toBe(400)
  })

  test('refuses what no takeout can have, line by line', async () => {
    const copy = await other.makeSite(settings)
    const bad = [
      { type: 'item', id: 'x' },
      { type: 'item', id: crypto.randomUUID(), kind: 'secret' },
      { type: 'item', id: crypto.randomUUID(), kind: 'event', at: '2024-04-05T00:00:00Z', visitor: '1', page: '/', name: 'e', value: null, props: { a: 'x'.repeat(30_000) } },
      { type: 'sums', day: '2024-03-01', dimension: 'total', value: '', visitors: -1 },
      { type: 'sums', day: '2024-03-01', dimension: 'hour', value: '' },
      { type: 'fetch', id: crypto.randomUUID(), at: '2024-04-05T00:00:00Z', agent: 'a', family: 'b', category: 'c', path: '/', status: 1_000 },
      ...[{ status: 200.5 }, { response_ms: 1e13 }].map((odd) => ({
        type: 'fetch', id: crypto.randomUUID(), at: '2024-04-05T00:00:00Z', agent: 'a', path: '/', status: 200, response_ms: null, bytes_served: null, ...odd,
      })),
      { type: 'sums', day: '2024-03-01', dimension: 'total', value: '', visitors: 1.5 },
      { type: 'goal', settings: { name: 'No', type: 'page', pattern: '/no?query=1' } },
    ]
    const body = [{ type: 'takeout', format: 1 }, ...bad, { type: 'end', lines: 12 }].map((row) => JSON.stringify(row)).join('\n')
    const done = await importFile(other, copy, 'source=takeout', `${body}\nnot json\n`)
    expect(done).toMatchObject({ state: 'done', rows: 0, left_out: { malformed: 10, 'goal that is there, or cannot be': 1 } })
    expect(done.faults[3]).toBe('upload.csv, line 5: "visitors" must be a number from 0 to 1000000000000000.')
  })

  test('is for those who manage the site', async () => {
    const { token } = await service.admin<{ token: string }>('/api/clients', { label: 'reader', scopes: ['reports:read'] })
    expect((await createClient(service, token).get(`/api/sites/${site}/takeout`)).status).toBe(403)
    expect((await service.fetch(`/api/sites/${site}/takeout`)).status).toBe(401)
    const { token: share } = await service.makeShare(site)
    expect((await service.fetch(`/api/share/${share}/sites/${site}/takeout`)).status).toBe(404)
  })

  test('lets its connection go when who reads it leaves', async () => {
    const { sql } = service.assembly
    for (let count = 0; count < 6; count++) {
      const response = await createClient(service, 'admin').get(`/api/sites/${site}/takeout`)
      expect(response.status).toBe(200)
      await response.body?.cancel()
    }
    const open = () => sql`select from pg_stat_activity where state = 'idle in transaction' and datname = current_database()`
    for (const deadline = Date.now() + 20_000; (await open()).length > 0; await Bun.sleep(20)) expect(Date.now()).toBeLessThan(deadline)
  })
})

test('imported days and items are taken out as what they are', async () => {
  const mixed = await service.makeSite(settings)
  await importFile(service, mixed, 'source=umami', await fixture('umami-website_event.csv'))
  const copy = await other.makeSite(settings)
  await importFile(other, copy, 'source=takeout', await takeOut(service, mixed))
  expect(await numbers(other, copy)).toEqual(await numbers(service, mixed))
})
