import { describe, expect, test } from 'bun:test'
import { FakeService, problem } from './service.ts'

describe('a client', () => {
  test('is silent until something is watched, and again a second after nothing is', async () => {
    const service = new FakeService()
    const client = service.client()
    await service.clock.advance(10_000)
    expect(service.requests).toHaveLength(0)
    const overview = client.watch('overview')
    await service.clock.settle()
    expect(client.status.get().state).toBe('live')
    expect(client.status.get().position).toBe('e1.10')
    overview.close()
    await service.clock.advance(999)
    expect(service.openStreams).toHaveLength(1)
    await service.clock.advance(1)
    expect(service.openStreams).toHaveLength(0)
    expect(client.status.get().state).toBe('idle')
  })

  test('keeps its stream where one watch follows another', async () => {
    const service = new FakeService()
    const client = service.client()
    client.watch('overview').close()
    await service.clock.advance(500)
    client.watch('live')
    await service.clock.advance(5_000)
    expect(service.streams).toHaveLength(1)
    expect(service.openStreams).toHaveLength(1)
  })

  test('holds one stream and asks identical questions once, whatever the number of widgets', async () => {
    const service = new FakeService()
    const client = service.client()
    const one = client.watch('overview', { range: '7d', filter: ['page:/a', 'country:DE'] })
    const two = client.watch('overview', { filter: ['country:DE', 'page:/a'], range: '7d' })
    client.watch('overview', { range: '30d' })
    await service.clock.advance(1_000)
    expect(service.asked('reports/overview')).toHaveLength(2)
    expect(service.streams).toHaveLength(1)
    expect(one.answer.get()).toBe(two.answer.get())
  })

  test('asks the stream for what it was told to ask for, by query and without headers', async () => {
    const service = new FakeService()
    service.client({ live: true, visits: true }).watch('overview')
    await service.clock.settle()
    const [request] = service.asked('/realtime')
    expect(request?.path).toBe('/api/sites/s1/realtime?live=1&visits=1')
    expect(request?.authorization).toBeNull()
  })

  test('asks the stream for what somebody listens to, and goes on where it was open without', async () => {
    const service = new FakeService()
    const client = service.client()
    client.watch('overview')
    await service.clock.advance(1_000)
    const before = service.openStreams.length
    const heard: number[] = []
    client.on('visit', ({ more }) => heard.push(more))
    client.on('visit', () => {})
    await service.clock.advance(1_000)
    const paths = service.asked('/realtime').map(({ path }) => path)
    expect([before, service.openStreams.length, paths.length]).toEqual([1, 1, 2])
    expect(paths[1]).toMatch(/\?visits=1&last_event_id=/)
    service.openStreams[0]?.send('visit', { visits: [], more: 2 })
    await service.clock.settle()
    expect(heard).toEqual([2])
  })

  test('asks for a token again after a 401, and once for all who need it', async () => {
    const service = new FakeService()
    let tokens = 0
    const accept = (url: URL) => {
      const request = service.requests.findLast(({ path }) => path === url.pathname + url.search)
      return request?.authorization === 'Bearer t2' ? undefined : problem(401, 'unauthorized')
    }
    service.onStream = accept
    service.onReport = accept
    const client = service.client({ getToken: async () => `t${(tokens += 1)}` })
    const overview = client.watch('overview')
    const live = client.watch('live')
    await service.clock.advance(1_000)
    expect(tokens).toBe(2)
    expect(client.status.get().state).toBe('live')
    expect([overview.state.get(), live.state.get()]).toEqual(['ready', 'ready'])
  })

  test('is unauthorized where the second token is not accepted either', async () => {
    const service = new FakeService()
    let tokens = 0
    service.onStream = () => problem(401, 'unauthorized')
    const client = service.client({ getToken: () => `t${(tokens += 1)}` })
    client.on('change', () => {})
    await service.clock.advance(600_000)
    expect(client.status.get().state).toBe('unauthorized')
    expect(tokens).toBe(2)
    expect(service.asked('/realtime')).toHaveLength(2)
  })

  test('passes on what the stream tells', async () => {
    const service = new FakeService()
    const client = service.client({ live: true, visits: true })
    const heard: string[] = []
    client.on('live', ({ visitors }) => heard.push(`live ${visitors}`))
    client.on('change', ({ kinds }) => heard.push(`change ${kinds}`))
    client.on('visit', ({ more }) => heard.push(`visit ${more}`))
    await service.clock.settle()
    service.openStreams[0]?.send('live', { visitors: 3 })
    service.openStreams[0]?.send('visit', { visits: [], more: 2 })
    service.commit(['goals'])
    await service.clock.settle()
    expect(heard).toEqual(['live 3', 'visit 2', 'change goals'])
  })

  test('releases everything when closed, for good', async () => {
    const service = new FakeService()
    const client = service.client({ live: true })
    const overview = client.watch('overview')
    client.watch('live')
    client.on('live', () => {})
    await service.clock.advance(1_000)
    service.commit()
    await service.clock.settle()
    client.close()
    await service.clock.settle()
    expect(service.openStreams).toHaveLength(0)
    expect(service.clock.pending).toBe(0)
    expect(service.page.listeners).toBe(0)
    expect(client.status.get().state).toBe('closed')
    const before = service.requests.length
    service.page.tell('online')
    await overview.refresh()
    expect(() => client.watch('overview')).toThrow('closed')
    await expect(client.ask('overview')).rejects.toMatchObject({ code: 'closed' })
    await service.clock.advance(600_000)
    expect(service.requests).toHaveLength(before)
  })
})
