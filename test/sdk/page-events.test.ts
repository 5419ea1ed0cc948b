import { describe, expect, test } from 'bun:test'
import { forwardPageEvents, receivePageEvents } from '../../sdk/index.ts'
import type { Page, PageEvent } from '../../sdk/index.ts'
import { FakePage } from './page.ts'
import { FakeService } from './service.ts'

/** A worker's scope, or a port of one; what is posted to it arrives at once. */
class FakeSource extends EventTarget {
  started = false
  postMessage(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
  start(): void {
    this.started = true
  }
}

class FakeScope extends FakeSource {
  /** A page connects, as to a shared worker. */
  connect(): FakeSource {
    const port = new FakeSource()
    this.dispatchEvent(Object.assign(new Event('connect'), { ports: [port] }))
    return port
  }
}

function heardOf(scope: FakeScope): { page: Page; heard: PageEvent[]; stop: () => void } {
  const page = receivePageEvents(scope)
  const heard: PageEvent[] = []
  return { page, heard, stop: page.listen((event) => heard.push(event)) }
}

describe('a worker', () => {
  test('has a client that fetches nothing while the page is hidden, and catches up once when it is shown', async () => {
    const service = new FakeService()
    const scope = new FakeScope()
    const shown = new FakePage()
    const client = service.client({ page: receivePageEvents(scope) })
    const overview = client.watch('overview')
    forwardPageEvents(scope, shown)
    await service.clock.advance(1_000)
    expect(client.status.get().state).toBe('live')
    shown.tell('hidden')
    await service.clock.settle()
    expect([client.status.get().state, service.openStreams.length]).toEqual(['hidden', 0])
    service.commit()
    const before = service.requests.length
    await service.clock.advance(3_600_000)
    expect(service.requests).toHaveLength(before)
    shown.tell('visible')
    await service.clock.advance(2_000)
    expect(client.status.get().state).toBe('live')
    expect(overview.data.get()?.visitors).toBe(11)
  })

  test('hears how the page is at once, and each change once', () => {
    const scope = new FakeScope()
    const shown = new FakePage()
    shown.tell('hidden')
    const { page, heard } = heardOf(scope)
    const stop = forwardPageEvents(scope, shown)
    expect([page.hidden(), heard]).toEqual([true, ['hidden']])
    for (const event of ['hidden', 'visible', 'offline', 'online', 'visible'] as const) shown.tell(event)
    expect([page.hidden(), heard]).toEqual([false, ['hidden', 'visible']])
    shown.tell('hidden')
    stop()
    expect([page.hidden(), heard.at(-1)]).toEqual([false, 'visible'])
  })

  test('counts as shown where its page forwards nothing, whatever else it is told', () => {
    const scope = new FakeScope()
    const { page, heard } = heardOf(scope)
    for (const data of [null, 'hidden', { type: 'hidden' }, { 'hk-live page': 'gone' }, [1]]) {
      scope.dispatchEvent(new MessageEvent('message', { data }))
    }
    expect([page.hidden(), heard]).toEqual([false, []])
  })

  test('that pages share is hidden while all of them are', () => {
    const scope = new FakeScope()
    const { page, heard, stop } = heardOf(scope)
    const ports = [scope.connect(), scope.connect()]
    const pages = ports.map((port) => {
      const shown = new FakePage()
      forwardPageEvents(port, shown)
      return shown
    })
    expect(ports.every(({ started }) => started)).toBe(true)
    pages[0]?.tell('hidden')
    expect([page.hidden(), heard]).toEqual([false, []])
    pages[1]?.tell('hidden')
    expect([page.hidden(), heard]).toEqual([true, ['hidden']])
    pages[0]?.tell('visible')
    expect([page.hidden(), heard]).toEqual([false, ['hidden', 'visible']])
    stop()
    pages[0]?.tell('hidden')
    expect(heard).toHaveLength(2)
  })
})
