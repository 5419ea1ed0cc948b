import { describe, expect, test } from 'bun:test'
import { dimensions } from '../../sdk/index.ts'
import type { Client } from '../../sdk/index.ts'
import { FakeService, problem } from './service.ts'

/** A page with many widgets. */
function watchMany(client: Client) {
  return dimensions.slice(0, 15).map((by) => client.watch('breakdown', { by }))
}

/** Moves time on until the client is live. */
async function untilLive(service: FakeService, client: Client): Promise<void> {
  for (let step = 0; step < 4_000 && client.status.get().state !== 'live'; step += 1) {
    await service.clock.advance(10)
  }
}

/** Numbers from 0 up to 1, the same for the same seed: a linear congruential generator. */
function numbers(seed: number): () => number {
  let last = seed
  return () => (last = (last * 16_807) % 2_147_483_647) / 2_147_483_647
}

const away = () => problem(503, 'unavailable')

describe('after an outage, a report', () => {
  test('is fresh within a second of hello, however long it had failed', async () => {
    for (const downMs of [3_000, 20_000, 90_000, 600_000]) {
      const service = new FakeService()
      const client = service.client({ random: numbers(downMs) })
      const watches = watchMany(client)
      await service.run(20_000)
      service.commit()
      service.up = false
      service.openStreams[0]?.kill()
      await service.clock.advance(downMs)
      expect(watches.map(({ state }) => state.get())).toEqual(watches.map(() => 'stale'))
      service.up = true
      await untilLive(service, client)
      await service.clock.advance(1_000)
      expect(watches.map(({ state }) => state.get())).toEqual(watches.map(() => 'ready'))
      expect(watches.map(({ answer }) => answer.get()?.version)).toEqual(watches.map(() => service.position))
    }
  })

  test('is asked for once when hello comes, at a time of its own', async () => {
    const delays: number[] = []
    for (const random of [0.1, 0.5, 0.9]) {
      const service = new FakeService()
      const client = service.client({ random: () => random })
      client.watch('overview')
      await service.run(20_000)
      service.commit()
      service.up = false
      service.openStreams[0]?.kill()
      await service.clock.advance(10_000)
      const asked = service.asked('overview').length
      service.up = true
      await untilLive(service, client)
      const at = service.asked('/realtime').at(-1)?.at ?? 0
      await service.clock.advance(5_000)
      const again = service.asked('overview').slice(asked)
      expect(again).toHaveLength(1)
      delays.push((again[0]?.at ?? 0) - at)
    }
    expect(delays).toEqual([50, 250, 450])
  })

  test('is spread over the window that the service names', async () => {
    const service = new FakeService()
    const client = service.client()
    client.watch('overview')
    await service.run(20_000)
    service.onReport = away
    service.onStream = away
    service.commit()
    service.openStreams[0]?.kill()
    await service.clock.advance(10_000)
    service.onReport = undefined
    service.onStream = undefined
    service.spreadMs = 8_000
    const asked = service.asked('overview').length
    await untilLive(service, client)
    await service.clock.advance(4_200)
    expect(service.asked('overview')).toHaveLength(asked)
    await service.clock.advance(100)
    expect(service.asked('overview')).toHaveLength(asked + 1)
  })

  test('is fresh soon after the first commit, where the stream stayed open', async () => {
    const service = new FakeService()
    const client = service.client({ random: numbers(5) })
    const overview = client.watch('overview')
    await service.run(20_000)
    service.onReport = () => problem(503, 'unavailable', { 'retry-after': '1' })
    service.commit()
    await service.run(60_000)
    expect(overview.state.get()).toBe('stale')
    const asked = service.asked('overview').length
    service.onReport = undefined
    // Steady commits bring it forward once, and do not put it off.
    for (let turn = 0; turn < 12; turn += 1) {
      service.commit()
      await service.run(100)
    }
    expect(overview.state.get()).toBe('ready')
    expect(service.asked('overview').length).toBeLessThanOrEqual(asked + 2)
  })

  test('that fails for another reason is brought forward once, not by each commit', async () => {
    const service = new FakeService()
    const client = service.client({ random: numbers(7) })
    client.watch('overview')
    await service.run(20_000)
    service.onReport = () => problem(504, 'unavailable')
    const asked = service.asked('overview').length
    for (let second = 0; second < 120; second += 1) {
      service.commit()
      await service.run(1_000)
    }
    expect(service.asked('overview').length - asked).toBeLessThan(20)
  })

  test('is not asked for before its Retry-After, also when hello comes', async () => {
    const service = new FakeService()
    const client = service.client()
    const overview = client.watch('overview')
    await service.run(20_000)
    service.onReport = () => problem(503, 'unavailable', { 'retry-after': '20' })
    service.commit()
    await service.run(300)
    service.onReport = undefined
    service.openStreams[0]?.kill()
    await service.run(19_000)
    expect(client.status.get().state).toBe('live')
    expect(service.asked('overview')).toHaveLength(2)
    await service.run(2_000)
    expect(overview.state.get()).toBe('ready')
  })

  test('is asked for when a poll succeeds, where no stream can be had', async () => {
    const service = new FakeService()
    const client = service.client({ random: numbers(11) })
    const overview = client.watch('overview')
    await service.run(20_000)
    service.onReport = service.onChanges = service.onStream = away
    service.commit()
    service.openStreams[0]?.kill()
    await service.clock.advance(100_000)
    expect(overview.state.get()).toBe('stale')
    service.onReport = service.onChanges = undefined
    const polled = service.asked('/changes').length
    while (service.asked('/changes').length === polled) await service.clock.advance(100)
    await service.clock.advance(1_000)
    expect(overview.state.get()).toBe('ready')
    expect(overview.data.get()?.visitors).toBe(11)
  })

  test('gets its first answer, where no stream can be had', async () => {
    const service = new FakeService()
    service.onReport = service.onStream = away
    const watches = watchMany(service.client())
    await service.clock.advance(5_000)
    service.onReport = undefined
    await service.clock.advance(35_000)
    expect(watches.map(({ state }) => state.get())).toEqual(watches.map(() => 'ready'))
  })

  test('gets its answer, where neither stream nor polls can be had and others are denied', async () => {
    const service = new FakeService()
    const client = service.client()
    client.watch('live')
    const watches = watchMany(client)
    await service.run(5_000)
    service.onStream = service.onChanges = away
    service.onReport = ({ pathname }) => (pathname.endsWith('live') ? problem(403, 'forbidden') : away())
    service.commit()
    service.openStreams[0]?.kill()
    await service.clock.advance(60_000)
    service.onReport = undefined
    await service.clock.advance(40_000)
    expect(watches.map(({ state }) => state.get())).toEqual(watches.map(() => 'ready'))
  })

  test('tells that access is denied, where the stream is denied', async () => {
    const service = new FakeService()
    const client = service.client()
    const overview = client.watch('overview')
    await service.run(20_000)
    service.onReport = service.onStream = away
    service.commit()
    service.openStreams[0]?.kill()
    await service.clock.advance(10_000)
    service.onReport = service.onStream = () => problem(404, 'not_found')
    await service.clock.advance(20_000)
    expect(client.status.get().state).toBe('unauthorized')
    expect(overview.state.get()).toBe('denied')
  })
})

describe('a service that is down', () => {
  test('is asked by one loop of tries, whatever the number of reports', async () => {
    const service = new FakeService()
    service.up = false
    watchMany(service.client())
    await service.clock.advance(20_000)
    expect(service.asked('/reports/')).toHaveLength(15)
    expect(service.requests.length).toBeLessThanOrEqual(15 + 6)
    await service.clock.advance(40_000)
    expect(service.requests.length).toBeLessThanOrEqual(15 + 12)
  })

  test('is asked by one loop of tries, also where it went away later', async () => {
    const service = new FakeService()
    watchMany(service.client())
    await service.run(20_000)
    service.commit()
    service.up = false
    service.openStreams[0]?.kill()
    const before = service.requests.length
    await service.clock.advance(60_000)
    const reports = service.requests.slice(before).filter(({ path }) => path.includes('/reports/'))
    expect(reports.length).toBeLessThanOrEqual(15 + 2)
    expect(service.requests.length - before).toBeLessThanOrEqual(15 + 12)
  })

  test('does not keep a person from asking', async () => {
    const service = new FakeService()
    service.up = false
    const overview = service.client().watch('overview')
    await service.clock.advance(15_000)
    const asked = service.asked('overview').length
    await overview.refresh()
    expect(service.asked('overview')).toHaveLength(asked + 1)
  })
})
