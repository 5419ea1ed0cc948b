import { describe, expect, test } from 'bun:test'
import { effect } from '../../sdk/index.ts'
import { FakeService, problem } from './service.ts'

describe('a watch', () => {
  test('asks a new question loudly and the same one not at all', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview', { range: '7d' })
    await service.clock.advance(1_000)
    overview.ask({ range: '7d' })
    expect(overview.state.get()).toBe('ready')
    overview.ask({ range: '30d' })
    expect(overview.state.get()).toBe('loading')
    expect(overview.data.get()).toBeUndefined()
    await service.clock.advance(1_000)
    expect(overview.state.get()).toBe('ready')
    expect(overview.changed.get().size).toBe(0)
    const questions = service.asked('overview').map(({ path }) => path.split('?')[1])
    expect(questions).toEqual(['range=7d', 'range=30d'])
  })

  test('has the answer at once to a question that was asked lately, and forgets it after a while', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview', { range: '7d' })
    await service.clock.advance(1_000)
    overview.ask({ range: '30d' })
    await service.clock.advance(1_000)
    const updates: (number | undefined)[] = []
    overview.on('update', ({ data }) => updates.push(data.visitors ?? undefined))
    overview.ask({ range: '7d' })
    expect(overview.data.get()?.visitors).toBe(10)
    await service.clock.settle()
    expect(updates).toEqual([10])
    await service.clock.advance(40_000)
    overview.ask({ range: '30d' })
    expect(overview.state.get()).toBe('loading')
  })

  test('refreshes an answer that went old while nobody read it', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview', { range: '7d' })
    await service.clock.advance(1_000)
    overview.ask({ range: '30d' })
    await service.clock.advance(1_000)
    service.commit()
    await service.clock.advance(2_000)
    expect(service.asked('range=7d')).toHaveLength(1)
    overview.ask({ range: '7d' })
    expect(overview.data.get()?.visitors).toBe(10)
    await service.clock.advance(2_000)
    expect(overview.data.get()?.visitors).toBe(11)
  })

  test('keeps an answer for as long as somebody reads it, whoever else came and went', async () => {
    const service = new FakeService()
    const client = service.client()
    const overview = client.watch('overview', { range: '7d' })
    await service.clock.advance(1_000)
    overview.ask({ range: '30d' })
    overview.ask({ range: '7d' })
    await service.run(60_000)
    expect(client.watch('overview', { range: '7d' }).answer.get()).toBe(overview.answer.get())
    expect(service.asked('range=7d')).toHaveLength(1)
  })

  test('asks again where its refresh was given up half-way', async () => {
    const service = new FakeService()
    const client = service.client()
    client.on('change', () => {})
    const overview = client.watch('overview')
    await service.clock.advance(5_000)
    service.reportMs = 5_000
    service.openStreams[0]?.send('analytics.resync', { site_id: 's1', reason: 'reset', kinds: [] }, 'e1.10')
    await service.clock.advance(1_000)
    overview.close()
    expect(service.asked('overview')).toHaveLength(2)
    client.watch('overview')
    await service.clock.advance(2_000)
    expect(service.asked('overview')).toHaveLength(3)
  })

  test('asks again where the answer at hand may be old by the clock', async () => {
    const service = new FakeService()
    const client = service.client()
    client.on('change', () => {})
    const live = client.watch('live')
    await service.clock.advance(1_000)
    live.close()
    await service.clock.advance(5_000)
    const before = service.asked('reports/live').length
    client.watch('live')
    await service.clock.advance(1_000)
    expect(service.asked('reports/live')).toHaveLength(before + 1)
  })

  test('tells of each new answer with the data before it and what moved', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview')
    const updates: string[] = []
    overview.on('update', ({ data, previous, changed }) =>
      updates.push(`${previous?.visitors} → ${data.visitors}: ${[...changed].sort()}`),
    )
    await service.clock.advance(1_000)
    service.commit()
    await service.clock.advance(1_000)
    service.commit(['hits'], false)
    await overview.refresh()
    expect(updates).toEqual(['undefined → 10: ', '10 → 11: pageviews,visitors,visits', '11 → 12: '])
    expect(overview.changed.get().size).toBe(0)
  })

  test('shows loading while a person refreshes it', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview')
    await service.clock.advance(1_000)
    service.reportMs = 100
    const done = overview.refresh()
    expect(overview.state.get()).toBe('loading')
    expect(overview.data.get()?.visitors).toBe(10)
    await service.clock.advance(100)
    await done
    expect(overview.state.get()).toBe('ready')
  })

  test('can be iterated over until it is closed', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview')
    const seen: (number | null)[] = []
    const reading = (async () => {
      for await (const { data } of overview) seen.push(data.visitors)
    })()
    await service.clock.advance(1_000)
    service.commit()
    await service.clock.advance(2_000)
    expect(seen).toEqual([10, 11])
    overview.close()
    await reading
  })

  test('ends its iteration with the error where access is denied', async () => {
    const service = new FakeService()
    service.onReport = () => problem(410, 'gone')
    const overview = service.client().watch('overview')
    const reading = (async () => {
      for await (const answer of overview) expect(answer).toBeUndefined()
    })()
    await expect(reading).rejects.toMatchObject({ code: 'gone' })
  })

  test('goes on for others when one of them closes', async () => {
    const service = new FakeService()
    const client = service.client()
    const one = client.watch('overview')
    const two = client.watch('overview')
    await service.clock.advance(1_000)
    one.close()
    one.close()
    service.commit()
    await service.clock.advance(5_000)
    expect(two.data.get()?.visitors).toBe(11)
    expect(service.openStreams).toHaveLength(1)
  })

  test('gives up a request that nobody waits for any more', async () => {
    const service = new FakeService()
    service.reportMs = 5_000
    const client = service.client()
    const overview = client.watch('overview')
    await service.clock.advance(1_000)
    overview.close()
    await service.clock.advance(5_000)
    expect(overview.answer.get()).toBeUndefined()
    const again = client.watch('overview')
    await service.clock.advance(6_000)
    expect(again.data.get()?.visitors).toBe(10)
  })

  test('survives a handler that throws', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview')
    const thrown: unknown[] = []
    const { reportError } = globalThis
    globalThis.reportError = (error) => void thrown.push(error)
    let heard = 0
    overview.on('update', () => {
      throw new Error('in the host')
    })
    overview.on('update', () => void (heard += 1))
    await service.clock.advance(1_000)
    globalThis.reportError = reportError
    expect(heard).toBe(1)
    expect(overview.state.get()).toBe('ready')
    expect(String(thrown)).toContain('in the host')
  })
})

describe('an effect', () => {
  test('runs now, and once for all changes of a turn, until it is ended', async () => {
    const service = new FakeService()
    const overview = service.client().watch('overview')
    const seen: string[] = []
    const end = effect(() => void seen.push(`${overview.state.get()} ${overview.data.get()?.visitors}`))
    expect(seen).toEqual(['loading undefined'])
    await service.clock.advance(1_000)
    expect(seen).toEqual(['loading undefined', 'ready 10'])
    end()
    service.commit()
    await service.clock.advance(1_000)
    expect(seen).toHaveLength(2)
  })
})
