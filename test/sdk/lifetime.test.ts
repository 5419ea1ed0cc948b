import { describe, expect, test } from 'bun:test'
import type { Interval, Range } from '../../sdk/index.ts'
import { lifeOf } from '../../sdk/lifetime.ts'
import { FakeService } from './service.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** The UTC day that a time is in. */
function today(now: number, interval: Interval = 'hour'): Range {
  const from = Math.floor(now / dayMs) * dayMs
  const [start, end] = [new Date(from), new Date(from + dayMs)]
  return { from: start.toISOString(), to: end.toISOString(), interval, timezone: 'UTC' }
}

describe('an answer lives', () => {
  const life = (at: string, to: string, interval: Interval) =>
    lifeOf({ from: '2026-11-22T00:00:00Z', to, interval, timezone: 'UTC' }, Date.parse(at))

  test('until its hour is over, also where hours do not begin at the full hour', () => {
    expect(life('2026-11-22T12:20:00Z', '2026-11-23T00:00:00Z', 'hour')).toBe(40 * minuteMs)
    expect(life('2026-11-22T12:20:00Z', '2026-11-22T18:30:00Z', 'hour')).toBe(10 * minuteMs)
    expect(life('2026-11-22T12:00:00Z', '2026-11-23T00:00:00Z', 'day')).toBe(hourMs)
  })

  test('until its minute is over, where it is counted by minutes', () => {
    expect(life('2026-11-22T12:20:15Z', '2026-11-22T13:00:00Z', 'minute')).toBe(45_000)
  })

  test('for ever where its range is over', () => {
    expect(life('2026-11-22T12:20:00Z', '2026-11-22T12:20:00Z', 'hour')).toBe(Infinity)
    expect(life('2026-11-22T12:20:00Z', 'no date', 'hour')).toBe(Infinity)
  })
})

describe('a watched report whose range is running', () => {
  test('follows the clock over midnight where nobody visits the site', async () => {
    const service = new FakeService()
    service.range = today
    const overview = service.client().watch('overview', { range: 'today' })
    const states: string[] = []
    await service.run(12 * hourMs)
    expect(overview.answer.get()?.range.from).toBe('2026-11-22T00:00:00.000Z')
    for (let second = 0; second < 12; second += 1) {
      await service.run(1_000)
      states.push(overview.state.get())
    }
    expect(overview.answer.get()?.range.from).toBe('2026-11-23T00:00:00.000Z')
    expect(states).not.toContain('loading')
    expect(service.asked('overview')).toHaveLength(13)
  })

  test('is asked again a moment after each bucket, at a time of its own', async () => {
    const delays: number[] = []
    for (const random of [0, 0.5, 0.9]) {
      const service = new FakeService()
      service.range = (now) => today(now, 'minute')
      service.client({ random: () => random }).watch('timeseries', { range: 'today', interval: 'minute' })
      await service.run(3 * minuteMs - 1)
      const times = service.asked('timeseries').map(({ at }) => at)
      expect(times).toHaveLength(3)
      delays.push((times[1] ?? 0) % minuteMs)
    }
    expect(delays).toEqual([1_000, 6_000, 10_000])
  })

  test('is spread over the window that the service names', async () => {
    const service = new FakeService()
    service.range = today
    service.spreadMs = 60_000
    service.client().watch('overview')
    await service.run(1_000)
    service.openStreams[0]?.kill()
    await service.run(hourMs + 34_000)
    expect(service.asked('overview')).toHaveLength(1)
    await service.run(3_000)
    expect(service.asked('overview')).toHaveLength(2)
  })

  test('is asked again soon where the machine slept over the end of a bucket', async () => {
    const service = new FakeService()
    service.range = today
    const overview = service.client().watch('overview')
    await service.run(20_000)
    await service.clock.sleep(13 * hourMs)
    await service.run(2_000)
    expect(overview.answer.get()?.range.from).toBe('2026-11-23T00:00:00.000Z')
    expect(service.asked('overview')).toHaveLength(2)
  })

  test('is asked again soon where the page was hidden over the end of a bucket', async () => {
    const service = new FakeService()
    service.range = today
    const overview = service.client().watch('overview')
    await service.run(20_000)
    service.page.tell('hidden')
    await service.clock.advance(13 * hourMs)
    expect(service.asked('overview')).toHaveLength(1)
    service.page.tell('visible')
    await service.clock.advance(2_000)
    expect(overview.answer.get()?.range.from).toBe('2026-11-23T00:00:00.000Z')
    expect(service.asked('overview')).toHaveLength(2)
  })

  test('goes by the clock of the service, not by one that is wrong', async () => {
    for (const skewMs of [20 * minuteMs, -20 * minuteMs]) {
      const service = new FakeService()
      service.skewMs = skewMs
      service.range = today
      service.client().watch('overview')
      await service.run(hourMs)
      const [, second] = service.asked('overview')
      expect(((second?.at ?? 0) + skewMs) % hourMs).toBe(6_000)
    }
  })

  test('is asked again where it is read again after the end of a bucket', async () => {
    const service = new FakeService()
    service.range = today
    const client = service.client()
    client.on('change', () => {})
    await service.run(hourMs - 10_000)
    const overview = client.watch('overview')
    await service.run(5_000)
    overview.close()
    await service.run(20_000)
    expect(service.asked('overview')).toHaveLength(1)
    client.watch('overview')
    await service.run(1_000)
    expect(service.asked('overview')).toHaveLength(2)
    client.close()
    expect(service.clock.pending).toBe(0)
  })
})

describe('a clock that is set back by an hour', () => {
  test('holds up no report: neither what changes, nor what the clock makes old', async () => {
    const service = new FakeService()
    const client = service.client()
    const [overview, live] = [client.watch('overview'), client.watch('live')]
    await service.run(20_000)
    service.clock.set(-3_600_000)
    service.commit()
    await service.run(2_000)
    expect(overview.data.get()?.visitors).toBe(service.seq)
    const asked = service.asked('reports/live').length
    service.clock.set(-3_600_000)
    await service.run(90_000)
    expect(service.asked('reports/live').length).toBeGreaterThan(asked)
    expect(live.state.get()).toBe('ready')
    expect(client.status.get().state).toBe('live')
    client.close()
  })

  test('holds up no client that has failed before', async () => {
    for (const down of ['from the start', 'later']) {
      const service = new FakeService()
      const client = service.client()
      service.up = down !== 'from the start'
      const overview = client.watch('overview')
      await service.run(5_000)
      service.up = false
      service.openStreams[0]?.kill()
      await service.run(5_000)
      service.clock.set(-3_600_000)
      service.up = true
      await service.run(70_000)
      expect([down, client.status.get().state, overview.state.get()]).toEqual([down, 'live', 'ready'])
      client.close()
    }
  })
})
