import { describe, expect, test } from 'bun:test'
import { FakeService } from './service.ts'

describe('a watched report', () => {
  test('is asked for at once, without waiting for the stream', async () => {
    const service = new FakeService()
    service.onStream = 'hang'
    const overview = service.client().watch('overview', { range: '7d' })
    expect(overview.state.get()).toBe('loading')
    await service.clock.settle()
    expect(overview.data.get()?.visitors).toBe(10)
    expect(overview.state.get()).toBe('ready')
  })

  test('is asked again 250 ms after a change of one of its kinds, and keeps its data meanwhile', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview')
    await service.clock.advance(5_000)
    service.commit(['hits'])
    await service.clock.advance(249)
    expect(service.asked('overview')).toHaveLength(1)
    service.reportMs = 100
    await service.clock.advance(1)
    expect(service.asked('overview')).toHaveLength(2)
    await service.clock.settle()
    expect(overview.state.get()).toBe('refreshing')
    expect(overview.data.get()?.visitors).toBe(10)
    await service.clock.advance(100)
    expect(overview.data.get()?.visitors).toBe(11)
    expect([...overview.changed.get()].sort()).toEqual(['pageviews', 'visitors', 'visits'])
  })

  test('is left alone by changes of other kinds', async () => {
    const service = new FakeService()
    service.client().watch('overview')
    await service.clock.advance(5_000)
    service.commit(['web_vitals'])
    await service.clock.advance(5_000)
    expect(service.asked('overview')).toHaveLength(1)
  })

  test('is asked at most once a second and never starves under steady changes', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview')
    await service.clock.advance(5_000)
    const before = service.asked('overview').length
    for (let tenth = 0; tenth < 100; tenth += 1) {
      service.commit()
      await service.clock.advance(100)
    }
    const times = service.asked('overview').slice(before).map(({ at }) => at)
    expect(times.length).toBeGreaterThanOrEqual(9)
    expect(times.length).toBeLessThanOrEqual(11)
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_350)
    await service.clock.advance(2_000)
    expect(overview.answer.get()?.version).toBe(service.position)
  })

  test('has one request in flight and one to follow, however many changes come meanwhile', async () => {
    const service = new FakeService()
    service.reportMs = 3_000
    const overview = service.client().watch('overview')
    await service.clock.advance(1_000)
    service.commit()
    service.commit()
    service.commit()
    await service.clock.advance(1_900)
    expect(service.asked('overview')).toHaveLength(1)
    await service.clock.advance(10_000)
    expect(service.asked('overview')).toHaveLength(2)
    expect(overview.data.get()?.visitors).toBe(13)
  })

  test('is not asked again for a change that its answer already has', async () => {
    const service = new FakeService()
    service.client().watch('overview')
    await service.clock.advance(5_000)
    service.commit(['hits'], false)
    service.commit(['hits'])
    await service.clock.advance(5_000)
    const asked = service.asked('overview').length
    // A second node tells of the earlier commit late.
    const at = new Date(service.clock.now()).toISOString()
    const data = { site_id: 's1', kinds: ['hits' as const], counts: {}, changed_at: at, bucket_start: at }
    service.openStreams[0]?.send('analytics.changed', data, `e1.${service.seq - 1}`)
    await service.clock.advance(5_000)
    expect(service.asked('overview')).toHaveLength(asked)
  })

  test('is asked again where a change fell between its question and the opening of the stream', async () => {
    const service = new FakeService()
    service.reportMs = 200
    service.streamMs = 100
    const overview = service.client().watch('overview')
    await service.clock.advance(50)
    service.commit(['hits'])
    await service.clock.advance(5_000)
    expect(overview.answer.get()?.version).toBe('e1.11')
    expect(service.asked('overview')).toHaveLength(2)
  })

  test('misses nothing where the stream opens while a first answer is on its way', async () => {
    const service = new FakeService()
    service.onStream = () => new Response(null, { status: 503 })
    service.reportMs = ({ pathname }) => (pathname.endsWith('breakdown') ? 3_000 : 0)
    const client = service.client()
    const slow = client.watch('breakdown', { by: 'page' })
    await service.clock.advance(100)
    service.commit(['hits'])
    client.watch('overview')
    await service.clock.advance(100)
    service.onStream = undefined
    await service.clock.advance(10_000)
    expect(slow.answer.get()?.version).toBe('e1.11')
  })

  test('misses nothing where the stream opens after a change that only some answers have', async () => {
    const service = new FakeService()
    service.onStream = () => new Response(null, { status: 503 })
    const client = service.client()
    const older = client.watch('overview')
    await service.clock.advance(100)
    service.commit(['hits'])
    client.watch('breakdown', { by: 'page' })
    await service.clock.advance(100)
    service.onStream = undefined
    await service.clock.advance(10_000)
    expect(service.openStreams[0]?.url.searchParams.get('last_event_id')).toBe('e1.10')
    expect(older.answer.get()?.version).toBe('e1.11')
  })

  test('is asked once more, not for ever, where the answer stays behind the change', async () => {
    const service = new FakeService()
    service.client().watch('overview')
    await service.clock.advance(5_000)
    const at = new Date(service.clock.now()).toISOString()
    const data = { site_id: 's1', kinds: ['hits' as const], counts: {}, changed_at: at, bucket_start: at }
    service.openStreams[0]?.send('analytics.changed', data, 'e1.99')
    await service.run(20_000)
    expect(service.asked('overview')).toHaveLength(3)
  })

  test('grows old by the clock where its definition says so', async () => {
    const service = new FakeService()
    const live = service.client().watch('live')
    await service.run(50_000)
    expect(service.asked('reports/live')).toHaveLength(4)
    expect(live.changed.get().size).toBe(0)
  })

  test('spreads its refreshes over the window that the service names', async () => {
    const service = new FakeService()
    service.spreadMs = 8_000
    service.client().watch('overview')
    await service.clock.advance(5_000)
    service.commit()
    await service.clock.advance(4_249)
    expect(service.asked('overview')).toHaveLength(1)
    await service.clock.advance(1)
    expect(service.asked('overview')).toHaveLength(2)
  })

  test('shows what it has when a refresh fails, backs off, and recovers', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview')
    await service.clock.advance(5_000)
    service.onReport = () => new Response('down', { status: 503, headers: { 'retry-after': '20' } })
    service.commit()
    await service.clock.advance(300)
    expect(overview.state.get()).toBe('stale')
    expect(overview.error.get()?.code).toBe('unavailable')
    expect(overview.data.get()?.visitors).toBe(10)
    service.onReport = undefined
    service.commit()
    await service.run(19_900)
    expect(overview.state.get()).toBe('stale')
    await service.run(1_000)
    expect(overview.state.get()).toBe('ready')
    expect(overview.error.get()).toBeUndefined()
    expect(overview.data.get()?.visitors).toBe(12)
  })

  test('keeps to Retry-After also when the network comes back meanwhile', async () => {
    const service = new FakeService()
    service.onReport = () => new Response('down', { status: 503, headers: { 'retry-after': '20' } })
    service.client().watch('overview')
    await service.clock.advance(5_000)
    service.page.tell('online')
    await service.clock.advance(14_900)
    expect(service.asked('overview')).toHaveLength(1)
    await service.clock.advance(1_000)
    expect(service.asked('overview')).toHaveLength(2)
  })

  test('keeps to Retry-After, and to no more, where the clock is set back meanwhile', async () => {
    const service = new FakeService()
    service.onReport = () => new Response('down', { status: 503, headers: { 'retry-after': '20' } })
    service.client().watch('overview')
    await service.clock.advance(5_000)
    service.clock.set(-3_600_000)
    service.page.tell('online')
    await service.clock.advance(19_000)
    expect(service.asked('overview')).toHaveLength(1)
    await service.clock.advance(6_000)
    expect(service.asked('overview')).toHaveLength(2)
  })

  test('is denied and left alone where access is not given', async () => {
    const service = new FakeService()
    service.onReport = () => new Response(null, { status: 403 })
    const overview = service.client().watch('overview')
    await service.run(60_000)
    service.commit()
    await service.run(60_000)
    expect(overview.state.get()).toBe('denied')
    expect(overview.error.get()?.code).toBe('forbidden')
    expect(service.asked('overview')).toHaveLength(1)
  })

  test('is loaded once after a resync, whatever change of the old history it was to reach', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview')
    await service.clock.advance(5_000)
    service.commit()
    await service.clock.advance(100)
    service.page.tell('hidden')
    await service.clock.advance(1_000)
    service.restore()
    service.page.tell('visible')
    await service.clock.advance(10_000)
    expect(overview.answer.get()?.version).toBe('e2.1')
    expect(service.asked('overview')).toHaveLength(2)
  })

  test('is loaded again once after a resync, quietly', async () => {
    const service = new FakeService()
    const client = service.client()
    const overview = client.watch('overview')
    const resyncs: string[] = []
    client.on('resync', ({ reason }) => resyncs.push(reason))
    await service.clock.advance(5_000)
    const states: string[] = []
    service.restore()
    service.openStreams[0]?.kill()
    for (let step = 0; step < 100; step += 1) {
      states.push(overview.state.get())
      await service.clock.advance(50)
    }
    expect(resyncs).toEqual(['epoch'])
    expect(service.asked('overview')).toHaveLength(2)
    expect(overview.answer.get()?.version).toBe('e2.1')
    expect(states).not.toContain('loading')
  })
})
