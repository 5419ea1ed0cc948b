import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { kinds } from '@hk-live/sdk/protocol'
import { openService, pageview, type TestService } from '../support/service.ts'
import { readStream } from '../support/sse.ts'
import { advanceOne } from '../support/versions.ts'

let service: TestService
let site: string
let share: { id: string; token: string }

beforeAll(async () => {
  service = await openService({ lookMs: 300 })
  site = await service.makeSite()
  share = await service.makeShare(site)
})
afterAll(() => service[Symbol.asyncDispose]())

async function open(query = '', from = service, of = site, token = share.token) {
  const response = await from.fetch(`/api/share/${token}/sites/${of}/realtime${query}`)
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return readStream(response)
}

async function inBetween(query: string, act: () => Promise<unknown>) {
  const first = await open()
  const { id } = await first.next('hello')
  await first.cancel()
  await act()
  return open(`?last_event_id=${id}${query}`)
}

describe('the stream', () => {
  test('says hello at once, uncached and unbuffered', async () => {
    const response = await service.fetch(`/api/share/${share.token}/sites/${site}/realtime`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    const stream = readStream(response)
    const { data, id } = await stream.next()
    expect(data).toMatchObject({
      protocol: 1,
      position: id,
      recovered: false,
      heartbeat_ms: 15_000,
      spread_ms: 0,
    })
    expect(id).toMatch(/^[0-9a-z]{8}\.\d+$/)
    await stream.cancel()
  })

  test('tells once of what was committed: kinds, counts and the new position', async () => {
    const stream = await open()
    const hello = await stream.next('hello')
    await service.send(site, [pageview(), pageview(), { ...pageview(), type: 'event', name: 'purchase' }])
    const { data, id } = await stream.next('analytics.changed')
    expect(data).toMatchObject({
      site_id: site,
      kinds: ['hits', 'events', 'ecommerce'],
      counts: { hits: 2, events: 1, ecommerce: 1 },
    })
    expect(Number(id?.split('.')[1])).toBe(Number(hello.id?.split('.')[1]) + 1)
    await Bun.sleep(700)
    expect(stream.seen.length).toBe(2)
    await stream.cancel()
  })

  test('tells at once, then at most each 250 ms, and loses no commit', async () => {
    const stream = await open()
    await stream.next('hello')
    const began = Date.now()
    while (Date.now() - began < 1_000) await service.send(site, [pageview()])
    const head = (await open()).next('hello')
    let last = await stream.next('analytics.changed')
    const position = (await head).id
    while (last.id !== position) last = await stream.next('analytics.changed')
    const told = stream.seen.filter((one) => one.event === 'analytics.changed').length
    expect(told).toBeGreaterThan(2)
    expect(told).toBeLessThan(8)
    await stream.cancel()
  })

  test('does not tell of what was stored before', async () => {
    const item = pageview()
    await service.send(site, [item])
    const stream = await open()
    const { id } = await stream.next('hello')
    await service.send(site, [item])
    await Bun.sleep(400)
    expect(stream.seen.map((one) => one.event)).toEqual(['hello'])
    expect((await (await open()).next('hello')).id).toBe(id)
    await stream.cancel()
  })

  test('replays a gap as one event with just the kinds that changed in it', async () => {
    const stream = await inBetween('', async () => {
      for (let round = 0; round < 5; round++) await service.send(site, [pageview()])
      await service.send(site, [{ ...pageview(), type: 'vital', name: 'LCP', value: 1_200 }])
    })
    const hello = await stream.next('hello')
    expect(hello.data.recovered).toBe(true)
    const changed = await stream.next('analytics.changed')
    expect(changed.data.kinds).toEqual(['hits', 'web_vitals'])
    expect(changed.id).toBe(hello.id)
    await Bun.sleep(300)
    expect(stream.seen.length).toBe(2)
    await stream.cancel()
  })

  test('replays nothing where nothing changed', async () => {
    const stream = await inBetween('', async () => undefined)
    expect((await stream.next('hello')).data.recovered).toBe(true)
    await Bun.sleep(300)
    expect(stream.seen.length).toBe(1)
    await stream.cancel()
  })

  test.each([
    ['malformed', () => 'nonsense'],
    ['malformed', () => `${'x'.repeat(60)}.1`],
    ['epoch', () => 'zzzzzzzz.1'],
    ['ahead', (head: string) => `${head.split('.')[0]}.999999999`],
  ])('asks to load anew where a position is %s', async (reason, position) => {
    const head = (await (await open()).next('hello')).id ?? ''
    const stream = await open(`?last_event_id=${encodeURIComponent(position(head))}`)
    expect((await stream.next('hello')).data.recovered).toBe(false)
    const { data, id } = await stream.next('analytics.resync')
    expect(data).toEqual({ site_id: site, reason, kinds: [...kinds] })
    expect(id).toBe(head)
    await stream.cancel()
  })

  test('asks readers to load anew when the epoch changes under them', async () => {
    const stream = await open()
    const hello = await stream.next('hello')
    await service.admin(`/api/sites/${site}/stream/new-epoch`, {})
    const { data, id } = await stream.next('analytics.resync')
    expect(data.reason).toBe('epoch')
    expect(id?.split('.')[0]).not.toBe(hello.id?.split('.')[0])
    await stream.cancel()
  })

  test('takes the position from the header as well', async () => {
    const head = (await (await open()).next('hello')).id ?? ''
    const response = await service.fetch(`/api/share/${share.token}/sites/${site}/realtime`, {
      headers: { 'last-event-id': head },
    })
    const stream = readStream(response)
    expect((await stream.next('hello')).data.recovered).toBe(true)
    await stream.cancel()
  })

  test('frees its place when the reader goes', async () => {
    const before = service.assembly.hub.size
    const streams = await Promise.all(Array.from({ length: 20 }, () => open()))
    expect(service.assembly.hub.size).toBe(before + 20)
    await Promise.all(streams.map((stream) => stream.cancel()))
    await Bun.sleep(50)
    expect(service.assembly.hub.size).toBe(before)
  })

  test('keeps nothing for a reader that takes nothing, and tells it all at once later', async () => {
    const response = await service.fetch(`/api/share/${share.token}/sites/${site}/realtime`)
    for (let round = 0; round < 400; round++) await service.assembly.sql.begin((tx) => advanceOne(tx, site))
    await Bun.sleep(600)
    const stream = readStream(response)
    const hello = await stream.next('hello')
    await service.send(site, [pageview()])
    const head = (await (await open()).next('hello')).id
    let last = hello
    while (last.id !== head) last = await stream.next('analytics.changed')
    expect(stream.seen.length).toBeLessThan(20)
    await stream.cancel()
  })
})

describe('polling', () => {
  test('decides as the stream does: 204, kinds, or load anew', async () => {
    const changes = (since: string) =>
      service.fetch(`/api/share/${share.token}/sites/${site}/changes?since=${since}`)
    const head = (await (await open()).next('hello')).id ?? ''
    expect((await changes(head)).status).toBe(204)
    await service.send(site, [pageview()])
    expect(await (await changes(head)).json()).toEqual({ position: expect.any(String), kinds: ['hits'] })
    expect(await (await changes('nonsense')).json()).toMatchObject({ resync: 'malformed' })
    expect((await service.fetch(`/api/share/${share.token}/sites/${site}/changes`)).status).toBe(400)
  })
})

describe('who may listen', () => {
  test('nobody without a credential of that very site', async () => {
    const other = await service.makeSite()
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await service.fetch(path, { headers })).status
    expect(await status(`/api/share/${share.token}/sites/${other}/realtime`)).toBe(404)
    expect(await status(`/api/share/hks_madeup/sites/${site}/realtime`)).toBe(404)
    expect(await status(`/api/sites/${site}/realtime`)).toBe(401)
    const limited = await service.admin<{ token: string }>('/api/clients', {
      label: 'one',
      scopes: ['reports:read'],
      sites: [other],
    })
    expect(await status(`/api/sites/${site}/realtime`, { authorization: `Bearer ${limited.token}` })).toBe(
      404,
    )
    const blind = await service.admin<{ token: string }>('/api/clients', { label: 'in', scopes: ['ingest'] })
    expect(await status(`/api/sites/${site}/realtime`, { authorization: `Bearer ${blind.token}` })).toBe(403)
  })

  test('a stream of one site never carries a word of another', async () => {
    const other = await service.makeSite()
    const stream = await open()
    await stream.next('hello')
    await service.send(other, [pageview()])
    await Bun.sleep(500)
    expect(stream.seen.length).toBe(1)
    await stream.cancel()
  })

  test('ends within a second of being revoked, on every node', async () => {
    await using second = await openService({ databaseUrl: service.databaseUrl, lookMs: 300 })
    const revoked = await service.makeShare(site)
    const kept = await open()
    const streams = [
      await open('', service, site, revoked.token),
      await open('', second, site, revoked.token),
    ]
    for (const stream of [...streams, kept]) await stream.next('hello')
    await service.admin(`/api/sites/${site}/shares/${revoked.id}`, undefined, 'DELETE')
    for (const stream of streams) {
      expect((await stream.next('bye', 1_000)).data).toEqual({ reason: 'revoked', retry_ms: 0 })
      await stream.end(1_000)
    }
    expect(kept.ended).toBe(false)
    await kept.cancel()
  })

  test('ends with its first word where it was revoked while it was being opened', async () => {
    const { hub } = service.assembly
    const limit = { address: '198.51.100.1', credential: 'share revoked', site }
    const asked = { siteId: site, limit, since: undefined, whole: true, live: false, visits: false }
    const body = await hub.open({ ...asked, expiresAt: undefined, stillAllowed: async () => false })
    const stream = readStream(new Response(body))
    await stream.end()
    expect(stream.seen.map(({ event, data }) => [event, data.reason])).toEqual([['bye', 'revoked']])
  })

  test('ends when its site is deleted', async () => {
    const doomed = await service.makeSite()
    const { token } = await service.makeShare(doomed)
    const stream = await open('', service, doomed, token)
    await stream.next('hello')
    await service.admin(`/api/sites/${doomed}`, undefined, 'DELETE')
    expect((await stream.next('bye', 2_000)).data.reason).toBe('revoked')
  })
})

describe('the end of a stream', () => {
  test('comes with its lifetime, its credential and the shutdown, each with a word', async () => {
    let clock = Date.now()
    const own = await openService({ now: () => clock, heartbeatMs: 15_000 })
    const place = await own.makeSite()
    const lasting = await own.makeShare(place)
    const brief = await own.makeShare(place, { expires_at: new Date(clock + 60_000).toISOString() })
    const streams = {
      lasting: await open('', own, place, lasting.token),
      brief: await open('', own, place, brief.token),
    }
    await streams.lasting.next('hello')
    clock += 16_000
    expect((await streams.lasting.next('ping')).id).toBe(streams.lasting.seen[0]?.id)
    clock += 60_000
    expect((await streams.brief.next('bye')).data.reason).toBe('expired')
    clock += 600_000
    expect((await streams.lasting.next('bye')).data.reason).toBe('lifetime')
    const last = await open('', own, place, lasting.token)
    await last.next('hello')
    await own[Symbol.asyncDispose]()
    const { data } = await last.next('bye')
    expect(data.reason).toBe('shutdown')
    expect(data.retry_ms).toBeGreaterThanOrEqual(1_000)
  })
})
