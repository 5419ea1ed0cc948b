/** What a site excludes: set over HTTP, held at every door and on every node, and told to nobody. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { formatBlock, readBlock } from '../../server/ingest/network.ts'
import { createRules } from '../../server/ingest/rules.ts'
import { reportNames } from '../../server/reports/index.ts'
import { makeMmdb } from '../support/mmdb.ts'
import { browserAgent, openService, pageview, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

let dir: string
let clock: { ahead: number }
let service: TestService
let second: TestService

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hk-rules-'))
  const path = join(dir, 'places.mmdb')
  await writeFile(path, makeMmdb({ '203.0.113.0/24': { country: { iso_code: 'DE' } }, '198.51.100.0/24': { country: { iso_code: 'FR' } } }))
  clock = { ahead: 0 }
  const options = { env: { HK_GEO_DB: path }, now: () => Date.now() + clock.ahead }
  service = await openService(options)
  second = await openService({ ...options, databaseUrl: service.databaseUrl })
})
afterAll(async () => {
  await second[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

interface Shown {
  readonly id: string
  readonly type: string
  readonly value: string
  readonly note: string
}

const exclude = (site: string, type: string, value: string) =>
  service.admin<Shown>(`/api/sites/${site}/exclusions`, { type, value })

/** Lets what nodes remember of rules grow old. */
const later = () => (clock.ahead += 2_100)

const viewsOf = async (site: string) => {
  const [row] = await service.assembly.sql`select count(*)::int as views from items where site_id = ${site}`
  return row?.views
}

/** Whether a page view by the tracker, on some node, is stored. */
async function isStored(site: string, options: { address?: string; agent?: string; path?: string } = {}, node = service) {
  const before = await viewsOf(site)
  expect(await node.send(site, [pageview(options.path ?? '/')], options)).toEqual({ accepted: 1, rejected: [] })
  return (await viewsOf(site)) !== before
}

describe('exclusions', () => {
  test('are made, listed and deleted', async () => {
    const site = await service.makeSite()
    const client = createClient(service, 'admin')
    const path = `/api/sites/${site}/exclusions`
    const made = await client.post(path, { type: 'address', value: ' 203.0.113.99/24 ', note: ' Our office ' })
    expect(made.status).toBe(201)
    const office = await made.json()
    expect(office).toMatchObject({ type: 'address', value: '203.0.113.0/24', note: 'Our office' })
    await exclude(site, 'country', 'de')
    await exclude(site, 'agent', 'HeadlessShell')
    await exclude(site, 'path', '/admin*')
    const { exclusions } = await service.admin<{ exclusions: Shown[] }>(path)
    expect(exclusions.map(({ type, value }) => `${type} ${value}`)).toEqual([
      'address 203.0.113.0/24',
      'agent HeadlessShell',
      'country DE',
      'path /admin*',
    ])
    expect((await client.send('DELETE', `${path}/${office.id}`)).status).toBe(204)
    expect((await client.send('DELETE', `${path}/${office.id}`)).status).toBe(404)
    expect((await client.send('DELETE', `${path}/%00`)).status).toBe(404)
    const other = await service.makeSite()
    expect((await client.send('DELETE', `/api/sites/${other}/exclusions/${exclusions[1]?.id}`)).status).toBe(404)
    expect((await service.admin<{ exclusions: Shown[] }>(path)).exclusions).toHaveLength(3)
  })

  test.each([
    ['host', '203.0.113.7', 'type'],
    ['__proto__', '203.0.113.7', 'type'],
    ['address', '203.0.113', 'value'],
    ['address', '203.0.113.0/33', 'value'],
    ['address', '0.0.0.0/0', 'value'],
    ['address', '::/0', 'value'],
    ['address', '203.0.113.1-203.0.113.9', 'value'],
    ['address', 'x'.repeat(100_000), 'value'],
    ['country', 'Germany', 'value'],
    ['country', 'XX', 'value'],
    ['country', '', 'value'],
    ['agent', '*', 'value'],
    ['agent', 'x*', 'value'],
    ['agent', 'a\0bc', 'value'],
    ['agent', 'abc\ud800', 'value'],
    ['agent', 'x'.repeat(513), 'value'],
    ['path', '/admin?tab=1', 'value'],
    ['path', '/admin#top', 'value'],
    ['path', 'https://other.example/admin', 'value'],
    ['path', '/*', 'value'],
    ['path', '/x'.repeat(513), 'value'],
  ])('of %s "%.20s" are refused by the name of the field', async (type, value, parameter) => {
    const site = await service.makeSite()
    const response = await createClient(service, 'admin').post(`/api/sites/${site}/exclusions`, { type, value })
    expect([response.status, (await response.json()).parameter]).toEqual([400, parameter])
  })

  test('of one thing are one, and there are at most 200', async () => {
    const site = await service.makeSite()
    await exclude(site, 'address', '2001:db8::/32')
    const client = createClient(service, 'admin')
    const path = `/api/sites/${site}/exclusions`
    const again = await client.post(path, { type: 'address', value: '2001:DB8:0:0::99/32' })
    expect([again.status, (await again.json()).parameter]).toEqual([409, 'value'])
    const note = await client.post(path, { type: 'country', value: 'DE', note: 'x'.repeat(201) })
    expect([note.status, (await note.json()).parameter]).toEqual([400, 'note'])
    const made = await Promise.all(Array.from({ length: 205 }, (_, last) => client.post(path, { type: 'address', value: `10.0.1.${last}` })))
    expect(made.filter(({ status }) => status === 201)).toHaveLength(199)
    expect(made.filter(({ status }) => status === 409)).toHaveLength(6)
  })

  test('are for those who manage the site: not for readers, senders, other tenants and share links', async () => {
    const site = await service.makeSite()
    await exclude(site, 'address', '192.0.2.77')
    const { token: share } = await service.makeShare(site, { reports: [...reportNames], visits: true })
    for (const scope of ['reports:read', 'ingest']) {
      const { token } = await service.admin<{ token: string }>('/api/clients', { label: scope, scopes: [scope] })
      const client = createClient(service, token)
      expect((await client.get(`/api/sites/${site}/exclusions`)).status).toBe(403)
      expect((await client.post(`/api/sites/${site}/exclusions`, { type: 'country', value: 'DE' })).status).toBe(403)
    }
    expect((await service.fetch(`/api/sites/${site}/exclusions`)).status).toBe(401)
    expect((await service.fetch(`/api/share/${share}/sites/${site}/exclusions`)).status).toBe(404)
    await service.send(site, [pageview()], { address: '192.0.2.77' })
    for (const report of reportNames) {
      const text = await (await service.fetch(`/api/share/${share}/sites/${site}/reports/${report}`)).text()
      expect(text).not.toContain('192.0.2')
    }
  })
})

describe('what fits is not stored, and answered as all is,', () => {
  test('by address, of IPv4 and IPv6, however it is spelt', async () => {
    const site = await service.makeSite()
    await exclude(site, 'address', '203.0.113.128/25')
    await exclude(site, 'address', '2001:db8:aa::/48')
    const stored = async (address: string) => [address, await isStored(site, { address })]
    for (const address of ['203.0.113.200', '::ffff:203.0.113.200', '::FFFF:cb00:71c8', '2001:db8:aa:1::7', '2001:0DB8:00AA::%eth0']) {
      expect(await stored(address)).toEqual([address, false])
    }
    for (const address of ['203.0.113.1', '2001:db8:ab::7', 'nonsense', '']) {
      expect(await stored(address)).toEqual([address, true])
    }
  })

  test('by country, by agent and by path', async () => {
    const site = await service.makeSite()
    await exclude(site, 'country', 'FR')
    await exclude(site, 'agent', 'OurMonitor')
    await exclude(site, 'agent', 'mozilla/5.0 (*) kiosk/*')
    await exclude(site, 'path', '/admin*')
    await exclude(site, 'path', '*/preview')
    await exclude(site, 'path', '/exact')
    const home = { address: '203.0.113.1' }
    expect(await isStored(site, home)).toBe(true)
    expect(await isStored(site, { address: '198.51.100.1' })).toBe(false)
    expect(await isStored(site, { ...home, agent: `${browserAgent} ourmonitor/2` })).toBe(false)
    expect(await isStored(site, { ...home, agent: 'Mozilla/5.0 (Linux) Kiosk/1 Chrome/140.0.0.0' })).toBe(false)
    expect(await isStored(site, { ...home, agent: `${browserAgent} Kiosk` })).toBe(true)
    for (const path of ['/admin', '/admin/users?x=1', '/a/preview', '/exact', '/%61dmin']) {
      expect([path, await isStored(site, { ...home, path })]).toEqual([path, false])
    }
    for (const path of ['/', '/Admin', '/preview/a', '/exact/more']) {
      expect([path, await isStored(site, { ...home, path })]).toEqual([path, true])
    }
  })

  test('from a server and from logs as from the tracker, and counted', async () => {
    const site = await service.makeSite()
    await exclude(site, 'address', '203.0.113.7')
    await exclude(site, 'agent', 'GPTBot')
    await exclude(site, 'path', '/private*')
    const countOf = async () => Number(/outcome="excluded"} (\d+)/.exec(await (await service.fetch('/metrics')).text())?.[1])
    const before = await countOf()
    const receipt = await service.sendFromServer(site, [
      serverView(7, Date.now()),
      serverView(8, Date.now()),
      serverView(8, Date.now(), '/private/x'),
    ])
    expect(receipt).toEqual({ accepted: 3, rejected: [] })
    expect(await viewsOf(site)).toBe(1)
    const fetched = (agent: string, path: string) => ({ path, user_agent: `${agent}/1.0`, status_code: 200 })
    const logs = [fetched('GPTBot', '/'), fetched('ClaudeBot', '/private/y'), fetched('ClaudeBot', '/')]
    expect(await service.admin<object>(`/api/sites/${site}/ingest/ai-fetch`, logs)).toEqual({ accepted: 3, rejected: [] })
    const rows = await service.assembly.sql`select agent, path from ai_fetches where site_id = ${site}`
    expect([...rows]).toEqual([{ agent: 'ClaudeBot', path: '/' }])
    expect((await countOf()) - before).toBe(4)
  })

  test('on every node within seconds of the change, one way and the other', async () => {
    const site = await service.makeSite()
    const address = '203.0.113.5'
    for (const node of [service, second]) expect(await isStored(site, { address }, node)).toBe(true)
    const { id } = await exclude(site, 'address', address)
    later()
    for (const node of [service, second]) expect(await isStored(site, { address }, node)).toBe(false)
    await service.admin(`/api/sites/${site}/exclusions/${id}`, undefined, 'DELETE')
    later()
    for (const node of [service, second]) expect(await isStored(site, { address }, node)).toBe(true)
  })

  test('while they cannot be read, by those that were known last', async () => {
    let away = false
    let now = 0
    const row = { site_id: 's', exclusion_id: 'e', type: 'path', value: '/x', note: '', created_at: new Date(0) } as const
    const rules = createRules(async () => {
      if (away) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      return [row]
    }, () => now)
    expect((await rules('s')).excludesPath('/x')).toBe(true)
    away = true
    for (now = 10_000; now < 100_000; now += 10_000) expect((await rules('s')).excludesPath('/x')).toBe(true)
    // Of a site that nothing is known of, nothing is taken unseen.
    await expect(rules('other')).rejects.toThrow('away')
    away = false
    now += 10_000
    expect((await rules('other')).excludesPath('/y')).toBe(false)
  })

  test('on its own site only', async () => {
    const [one, other] = [await service.makeSite(), await service.makeSite()]
    await exclude(one, 'path', '/x')
    expect([await isStored(one, { path: '/x' }), await isStored(other, { path: '/x' })]).toEqual([false, true])
  })

  test('of 200 blocks and a thousand addresses exactly those that Postgres finds in one of them', async () => {
    const site = await service.makeSite()
    const blocks = fc.sample(
      fc.oneof(
        fc.tuple(fc.ipV4(), fc.integer({ min: 4, max: 32 })),
        fc.tuple(fc.ipV6().filter((address) => !/ffff|\./i.test(address)), fc.integer({ min: 4, max: 128 })),
      ).map(([address, bits]) => `${address}/${bits}`),
      150,
    )
    const kept = new Set(blocks.map((block) => formatBlock(readBlock(block) ?? { address: '::', family: 'ipv6', bits: 128 })))
    for (const value of kept) await exclude(site, 'address', value)
    const addresses = [...new Set(fc.sample(fc.oneof(fc.ipV4(), fc.ipV6().filter((address) => !/ffff|\./i.test(address))), 1_000))]
    const { sql } = service.assembly
    const excluded = await sql<{ address: string }[]>`
      select address from unnest(${addresses}::text[]) a (address)
      where exists (select from exclusions where site_id = ${site} and type = 'address' and address::inet <<= value::inet)`
    const expected = addresses.length - excluded.length
    expect(excluded.length).toBeGreaterThan(0)
    later()
    const views = addresses.map((visitor_ip) => ({ ...serverView(1, Date.now()), visitor_ip }))
    expect(await service.sendFromServer(site, views)).toEqual({ accepted: addresses.length, rejected: [] })
    expect(await viewsOf(site)).toBe(expected)
  }, 60_000)
})
