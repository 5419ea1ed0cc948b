import { describe, expect, test } from 'bun:test'
import { FakeService } from './service.ts'

describe('a client in a page', () => {
  test('fetches nothing while hidden, and catches up once when shown', async () => {
    const service = new FakeService()
    const client = service.client()
    const overview = client.watch('overview')
    client.watch('live')
    await service.clock.advance(5_000)
    service.commit()
    await service.clock.settle()
    service.page.tell('hidden')
    expect(client.status.get().state).toBe('hidden')
    await service.clock.settle()
    expect(service.openStreams).toHaveLength(0)
    const before = service.requests.length
    service.commit()
    await service.clock.advance(3_600_000)
    expect(service.requests).toHaveLength(before)
    service.page.tell('visible')
    await service.clock.advance(3_000)
    expect(client.status.get().state).toBe('live')
    expect(overview.data.get()?.visitors).toBe(12)
    const after = service.requests.slice(before).map(({ path }) => path)
    expect(after.filter((path) => path.includes('overview'))).toHaveLength(1)
    expect(after.filter((path) => path.includes('reports/live'))).toHaveLength(1)
  })

  test('starts hidden where the page is', async () => {
    const service = new FakeService()
    service.page.tell('hidden')
    const client = service.client()
    const overview = client.watch('overview')
    await service.clock.advance(60_000)
    expect(client.status.get().state).toBe('hidden')
    expect(service.requests).toHaveLength(0)
    expect(overview.state.get()).toBe('loading')
    service.page.tell('visible')
    await service.clock.advance(1_000)
    expect(overview.data.get()?.visitors).toBe(10)
  })

  test('waits while offline, and resumes only when both shown and online', async () => {
    const service = new FakeService()
    const client = service.client()
    const overview = client.watch('overview')
    await service.clock.advance(1_000)
    service.page.tell('offline')
    service.commit()
    expect(client.status.get().state).toBe('offline')
    service.page.tell('hidden')
    service.page.tell('online')
    expect(client.status.get().state).toBe('hidden')
    service.page.tell('offline')
    service.page.tell('visible')
    expect(client.status.get().state).toBe('offline')
    service.page.tell('online')
    await service.clock.advance(2_000)
    expect(client.status.get().state).toBe('live')
    expect(overview.data.get()?.visitors).toBe(11)
  })

  test('tries again at once when the network comes back during a wait', async () => {
    const service = new FakeService()
    service.up = false
    const client = service.client()
    const overview = client.watch('overview')
    await service.clock.advance(40_000)
    expect(overview.state.get()).toBe('error')
    expect(overview.error.get()?.code).toBe('network')
    service.up = true
    service.page.tell('online')
    await service.clock.advance(1_000)
    expect(client.status.get().state).toBe('live')
    expect(overview.state.get()).toBe('ready')
  })

  test('opens its stream anew after the machine slept, without holding it against the stream', async () => {
    const service = new FakeService()
    const client = service.client()
    const overview = client.watch('overview')
    for (let night = 0; night < 4; night += 1) {
      await service.run(20_000)
      service.commit(['hits'], false)
      await service.clock.sleep(8 * 3_600_000)
      await service.clock.advance(2_000)
      expect(client.status.get().state).toBe('live')
      expect(service.openStreams).toHaveLength(1)
      expect(overview.answer.get()?.version).toBe(service.position)
    }
  })
})
