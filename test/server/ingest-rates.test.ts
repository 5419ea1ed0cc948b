/** How much may come in, of an address, of a site and of a visitor. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { browserAgent, openService, pageview, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

let service: TestService
beforeAll(async () => {
  service = await openService({
    env: { HK_INGEST_RATE_ADDRESS: '30', HK_INGEST_RATE_SITE: '100', HK_INGEST_VISITOR_ITEMS: '20' },
  })
})
afterAll(() => service[Symbol.asyncDispose]())

const post = (site: string, items: object[], address: string) =>
  service.fetch('/ingest', { method: 'POST', address, headers: { 'user-agent': browserAgent }, body: JSON.stringify({ site, items }) })

const views = (count: number) => Array.from({ length: count }, () => pageview())

const storedOf = async (site: string) => {
  const [row] = await service.assembly.sql`select count(*)::int as items from items where site_id = ${site}`
  return row?.items
}

describe('an address that sends too much', () => {
  test('is told when to send again, nothing of the batch is stored, and nobody else is kept out', async () => {
    const site = await service.makeSite()
    for (const count of [25, 50]) expect((await post(site, views(count), '192.0.2.1')).status).toBe(202)
    const refused = await post(site, views(1), '192.0.2.1')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', detail: expect.stringContaining('later') })
    expect((await post(site, views(1), '192.0.2.2')).status).toBe(202)
    expect(await (await service.fetch('/metrics')).text()).toMatch(/outcome="limited"} [1-9]/)
  })

  test('is one with its neighbours in a network of IPv6', async () => {
    const site = await service.makeSite()
    const statuses: number[] = []
    for (let host = 1; host <= 40; host++) statuses.push((await post(site, views(1), `2001:db8:0:7::${host}`)).status)
    const taken = statuses.filter((status) => status === 202).length
    // Some come back while they are sent, one in two seconds.
    expect([taken >= 30, taken < 40]).toEqual([true, true])
    expect((await post(site, views(1), '2001:db8:0:8::1')).status).toBe(202)
  })

  test('hears the same of a site that is not there', async () => {
    const answers = async (site: string, address: string) => {
      const statuses: number[] = []
      for (let batch = 0; batch < 4; batch++) statuses.push((await post(site, views(12), address)).status)
      return statuses
    }
    expect(await answers('nosuchsite', '192.0.2.40')).toEqual(await answers(await service.makeSite(), '192.0.2.41'))
  })

  test('keeps no other of a thousand out', async () => {
    const site = await service.makeSite()
    for (const count of [25, 50]) expect((await post(site, views(count), '192.0.2.9')).status).toBe(202)
    // More than this site may have, so that each is of another.
    const statuses = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => post('nosuchsite', views(1), `10.1.${index >> 8}.${index & 255}`)),
    )
    expect(statuses.filter(({ status }) => status !== 202)).toHaveLength(0)
    expect((await post(site, views(1), '192.0.2.9')).status).toBe(429)
  })
})

describe('a site that is sent too much', () => {
  test('takes a burst and then its rate, by every door together; other sites take theirs', async () => {
    const [site, other] = [await service.makeSite(), await service.makeSite()]
    const client = createClient(service, 'admin')
    const send = (to: string) =>
      client.post(`/api/sites/${to}/ingest`, { items: Array.from({ length: 900 }, (_, visitor) => serverView(visitor, Date.now())) })
    expect((await send(site)).status).toBe(202)
    const refused = await send(site)
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true])
    expect((await post(site, views(1), '192.0.2.60')).status).toBe(429)
    const fetched = { path: '/', user_agent: 'GPTBot/1.0', status_code: 200 }
    expect((await client.post(`/api/sites/${site}/ingest/ai-fetch`, fetched)).status).toBe(429)
    expect(await storedOf(site)).toBe(900)
    expect((await send(other)).status).toBe(202)
  })

  test('takes from a server what no address may send by itself', async () => {
    const site = await service.makeSite()
    const items = Array.from({ length: 150 }, (_, visitor) => ({ ...serverView(1, Date.now()), user_agent: `${browserAgent} ${visitor}` }))
    expect((await service.sendFromServer(site, items)).accepted).toBe(150)
  })
})

describe('a visitor that never stops', () => {
  test('is stored up to the bound, told so by the index, and leaves other visitors alone', async () => {
    const site = await service.makeSite()
    const vital = { ...serverView(1, Date.now()), type: 'vital', name: 'LCP', value: 900 }
    const receipt = await service.sendFromServer(site, [
      ...Array.from({ length: 25 }, () => serverView(1, Date.now())),
      serverView(2, Date.now()),
      vital,
    ])
    expect(receipt.accepted).toBe(22)
    expect(receipt.rejected.map(({ index, code }) => [index, code])).toEqual([20, 21, 22, 23, 24].map((index) => [index, 'limited']))
    expect(await storedOf(site)).toBe(22)
    // Another day is another visitor.
    expect((await service.sendFromServer(site, [serverView(1, Date.now() - 86_400_000)])).accepted).toBe(1)
  })

  test('is bound at the door of the tracker, too', async () => {
    const site = await service.makeSite()
    const receipt = await (await post(site, views(24), '192.0.2.80')).json()
    expect([receipt.accepted, receipt.rejected.length]).toEqual([20, 4])
  })
})
