import { describe, expect, test } from 'bun:test'
import { FakeService, problem } from './service.ts'

describe('a connection', () => {
  test('continues from its position after the stream broke, and hears once what it missed', async () => {
    const service = new FakeService()
    const client = service.client()
    const overview = client.watch('overview')
    const timeseries = client.watch('timeseries')
    await service.clock.advance(5_000)
    service.openStreams[0]?.kill()
    for (let commit = 0; commit < 5; commit += 1) service.commit(['hits'])
    await service.clock.advance(5_000)
    expect(service.asked('/realtime')[1]?.path).toBe('/api/sites/s1/realtime?last_event_id=e1.10')
    expect(overview.data.get()?.visitors).toBe(15)
    expect(timeseries.answer.get()?.version).toBe('e1.15')
    expect(service.asked('overview')).toHaveLength(2)
    expect(client.status.get().position).toBe('e1.15')
  })

  test('does not take the head for its position before the replay has come', async () => {
    const service = new FakeService()
    const client = service.client()
    const overview = client.watch('overview')
    await service.clock.advance(5_000)
    service.openStreams[0]?.kill()
    service.commit()
    service.onStream = () => {
      const hello = `event: hello\nid: ${service.position}\ndata: {"heartbeat_ms":15000,"recovered":true}\n\n`
      return new Response(hello)
    }
    await service.clock.advance(900)
    service.onStream = undefined
    await service.clock.advance(10_000)
    const since = service.asked('/realtime').map(({ path }) => path.split('last_event_id=')[1])
    expect(since.slice(1).every((position) => position === 'e1.10')).toBe(true)
    expect(since.length).toBeGreaterThan(2)
    expect(overview.data.get()?.visitors).toBe(11)
  })

  test('backs off while the service is away, and is bridged by polling', async () => {
    const service = new FakeService()
    const client = service.client()
    const seen: string[] = []
    client.on('status', ({ state }) => seen.push(state))
    const overview = client.watch('overview')
    await service.clock.advance(1_000)
    service.onStream = () => problem(503, 'unavailable')
    service.openStreams[0]?.kill()
    service.commit()
    await service.clock.advance(40_000)
    expect(seen).toContain('backoff')
    expect(seen).not.toContain('polling')
    expect(service.asked('/changes').length).toBeGreaterThanOrEqual(1)
    expect(overview.data.get()?.visitors).toBe(11)
    const gaps = service.asked('/realtime').map(({ at }, index, all) => at - (all[index - 1]?.at ?? at))
    expect(gaps.slice(2, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 15_000])
  })

  test('takes Retry-After as a floor, also when the page comes back earlier', async () => {
    const service = new FakeService()
    service.onStream = () => problem(503, 'unavailable', { 'retry-after': '20' })
    const client = service.client()
    client.watch('overview')
    await service.clock.advance(1_000)
    service.onStream = undefined
    service.page.tell('hidden')
    service.page.tell('visible')
    await service.clock.advance(18_900)
    expect(service.asked('/realtime')).toHaveLength(1)
    expect(client.status.get().state).toBe('backoff')
    await service.clock.advance(3_000)
    expect(service.asked('/realtime')).toHaveLength(2)
    expect(client.status.get().state).toBe('live')
  })

  test('polls after two mute attempts, and tries the stream again after minutes', async () => {
    const service = new FakeService()
    service.onStream = 'mute'
    const client = service.client()
    const overview = client.watch('overview')
    await service.clock.advance(15_000)
    expect(client.status.get().state).toBe('polling')
    expect(service.streams).toHaveLength(2)
    service.commit()
    await service.clock.advance(40_000)
    expect(overview.data.get()?.visitors).toBe(11)
    await service.clock.advance(4 * 60_000)
    expect(service.streams).toHaveLength(2)
    const polls = service.asked('/changes').length
    expect(polls).toBeGreaterThanOrEqual(8)
    expect(polls).toBeLessThanOrEqual(12)
    service.onStream = undefined
    await service.run(5 * 60_000)
    expect(client.status.get().state).toBe('live')
    expect(service.openStreams).toHaveLength(1)
    const after = service.asked('/changes').length
    await service.run(120_000)
    expect(service.asked('/changes')).toHaveLength(after)
  })

  test('polls where a proxy lets hello through and nothing after it', async () => {
    const service = new FakeService()
    const client = service.client()
    client.watch('overview')
    await service.clock.advance(60_000)
    expect(service.streams).toHaveLength(2)
    expect(client.status.get().state).toBe('polling')
  })

  test('polls where bodies cannot be streamed', async () => {
    const service = new FakeService()
    service.onStream = () => new Response(null, { headers: { 'content-type': 'text/event-stream' } })
    const client = service.client()
    const seen: string[] = []
    client.on('status', ({ state }) => seen.push(state))
    client.watch('overview')
    await service.clock.advance(1_000)
    expect(seen).toEqual(['connecting', 'polling'])
  })

  test('loads everything again where polling hears that the position means nothing', async () => {
    const service = new FakeService()
    service.onStream = 'mute'
    const client = service.client()
    const overview = client.watch('overview')
    await service.clock.advance(20_000)
    service.restore()
    await service.clock.advance(40_000)
    expect(overview.answer.get()?.version).toBe('e2.1')
    expect(client.status.get().position).toBe('e2.1')
  })

  test('stops where the site is not there, and tries again when a person asks', async () => {
    const service = new FakeService()
    service.onStream = () => problem(404, 'not_found')
    const client = service.client()
    client.watch('overview')
    await service.clock.advance(600_000)
    expect(client.status.get().state).toBe('unauthorized')
    expect(client.status.get().error?.code).toBe('not_found')
    expect(service.asked('/realtime')).toHaveLength(1)
    expect(service.asked('/changes')).toHaveLength(0)
    service.onStream = undefined
    await client.refresh()
    await service.clock.settle()
    expect(client.status.get().state).toBe('live')
  })

  test('asks for another token when its own was revoked', async () => {
    const service = new FakeService()
    const tokens = ['t1', 't2']
    const client = service.client({ getToken: () => tokens.shift() ?? 't2', tabs: false })
    client.watch('overview')
    await service.run(20_000)
    service.onStream = () => (service.asked('/realtime').at(-1)?.authorization === 'Bearer t2' ? undefined : problem(401, 'unauthorized'))
    service.openStreams[0]?.send('bye', { reason: 'revoked', retry_ms: 0 })
    await service.run(10_000)
    expect(client.status.get().state).toBe('live')
    expect(service.asked('/realtime').at(-1)?.authorization).toBe('Bearer t2')
    client.close()
  })

  test('does not come back when access was revoked', async () => {
    const service = new FakeService()
    const client = service.client()
    client.watch('overview')
    await service.clock.advance(1_000)
    service.openStreams[0]?.send('bye', { reason: 'revoked', retry_ms: 0 })
    await service.clock.advance(600_000)
    expect(client.status.get().state).toBe('unauthorized')
    expect(client.status.get().error?.code).toBe('gone')
    expect(service.streams).toHaveLength(1)
    expect(service.openStreams).toHaveLength(0)
  })

  test('comes back after the time that a farewell names', async () => {
    const service = new FakeService()
    const client = service.client()
    client.watch('overview')
    await service.run(60_000)
    service.openStreams[0]?.send('bye', { reason: 'shutdown', retry_ms: 4_000 })
    await service.clock.advance(3_999)
    expect(service.streams).toHaveLength(1)
    await service.clock.advance(1_001)
    expect(service.streams).toHaveLength(2)
    expect(client.status.get().state).toBe('live')
  })
})
