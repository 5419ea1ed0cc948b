import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openService, pageview, serverView, type TestService } from '../support/service.ts'
import { readStream } from '../support/sse.ts'

let service: TestService

beforeAll(async () => {
  service = await openService({ liveMs: 100, caps: { address: 6, credential: 5, site: 8 } })
})
afterAll(() => service[Symbol.asyncDispose]())

async function open(site: string, token: string, query: string, address = '198.51.100.1') {
  const response = await service.fetch(`/api/share/${token}/sites/${site}/realtime?${query}`, { address })
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return readStream(response)
}

describe('visitors now', () => {
  test('are told to those who asked, at once and when the number changes', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site)
    const asked = await open(site, token, 'live=1')
    const other = await open(site, token, '')
    expect((await asked.next('live')).data).toEqual({ visitors: 0 })
    await service.send(site, [pageview()])
    expect((await asked.next('live')).data).toEqual({ visitors: 1 })
    await service.send(site, [pageview()])
    await Bun.sleep(400)
    expect(asked.seen.filter((one) => one.event === 'live').length).toBe(2)
    expect(other.seen.some((one) => one.event === 'live')).toBe(false)
    await Promise.all([asked.cancel(), other.cancel()])
  })

  test('are not told by a link without them, nor by one that shows a part of the site', async () => {
    const site = await service.makeSite()
    for (const settings of [{ live: false }, { filters: ['country:DE'] }]) {
      const { token } = await service.makeShare(site, settings)
      const stream = await open(site, token, 'live=1')
      await stream.next('hello')
      await service.send(site, [pageview()])
      await Bun.sleep(300)
      expect(stream.seen.some((one) => one.event === 'live')).toBe(false)
      await stream.cancel()
    }
  })
})

describe('new visits', () => {
  test('are told once, with nothing that identifies a person, to those who may know', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site, { visits: true })
    const closed = await service.makeShare(site)
    const stream = await open(site, token, 'visits=1')
    const blind = await open(site, closed.token, 'visits=1')
    await stream.next('hello')
    const view = { visitor_ip: '141.64.118.125', at: new Date().toISOString() }
    await service.sendFromServer(site, [serverView(1, Date.now(), '/lamps?x=secret', view)])
    const { data } = await stream.next('visit')
    expect(data).toEqual({
      visits: [
        {
          at: expect.any(String),
          country: 'DE',
          city: 'Berlin',
          device: 'desktop',
          entry_path: '/lamps',
          lat: expect.any(Number),
          lon: expect.any(Number),
          referrer_source: 'Direct',
        },
      ],
      more: 0,
    })
    expect(Math.round(data.visits[0].lat * 10) / 10).toBe(data.visits[0].lat)
    await service.sendFromServer(site, [serverView(1, Date.now(), '/next', view)])
    await Bun.sleep(400)
    expect(stream.seen.filter((one) => one.event === 'visit').length).toBe(1)
    expect(blind.seen.some((one) => one.event === 'visit')).toBe(false)
    await Promise.all([stream.cancel(), blind.cancel()])
  })

  test('come ten at a time with the number of the rest, and none for what is imported', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site, { visits: true })
    const stream = await open(site, token, 'visits=1')
    await stream.next('hello')
    const old = Array.from({ length: 5 }, (_, visitor) => serverView(visitor, Date.UTC(2024, 1, 1)))
    const fresh = Array.from({ length: 25 }, (_, visitor) => serverView(visitor, Date.now()))
    await service.sendFromServer(site, [...old, ...fresh])
    const { data } = await stream.next('visit')
    expect([data.visits.length, data.more]).toEqual([10, 15])
    await stream.cancel()
  })

  test('that were missed are told on the way back', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site, { visits: true })
    const first = await open(site, token, 'visits=1')
    const { id } = await first.next('hello')
    await first.cancel()
    await service.sendFromServer(site, [serverView(7, Date.now(), '/missed')])
    const second = await open(site, token, `visits=1&last_event_id=${id}`)
    expect((await second.next('visit')).data.visits[0].entry_path).toBe('/missed')
    await second.cancel()
  })
})

describe('too many streams', () => {
  test('are refused before a byte, by address, credential and site, and a place that is given back is free', async () => {
    const site = await service.makeSite()
    const [one, two] = [await service.makeShare(site), await service.makeShare(site)]
    const streams = []
    for (let index = 0; index < 5; index++)
      streams.push(await open(site, one.token, '', `198.51.100.${index + 10}`))
    const refused = await service.fetch(`/api/share/${one.token}/sites/${site}/realtime`, {
      address: '198.51.100.99',
    })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30'])
    expect((await refused.json()).detail).toContain('with one credential')
    for (let index = 0; index < 3; index++)
      streams.push(await open(site, two.token, '', `198.51.100.${index + 20}`))
    const full = await service.fetch(`/api/share/${two.token}/sites/${site}/realtime`, {
      address: '198.51.100.98',
    })
    expect((await full.json()).detail).toContain('of one site')
    await Promise.all(streams.map((stream) => stream.cancel()))
    await Bun.sleep(50)
    const again = await open(site, one.token, '')
    await again.next('hello')
    await again.cancel()
  })
})
