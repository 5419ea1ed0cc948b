/** The clock is set back an hour, or ahead and back, while the service runs: nothing waits for it, and nothing is lost. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createElapsed } from '../../server/elapsed.ts'
import { openNode, type TestNode } from '../support/node.ts'
import { pageview } from '../support/service.ts'
import { readStream } from '../support/sse.ts'

const hour = 3_600_000

/** In the middle of a day, so that an hour more or less is the same one. */
const noon = Date.UTC(2026, 9, 24, 12)

describe('a clock for durations', () => {
  test('goes on from where it was when the other is set back, and does not follow the real one when that is set', () => {
    let time = 1_000_000
    const elapsed = createElapsed(() => time)
    const began = elapsed()
    time += 50
    expect(elapsed() - began).toBe(50)
    time -= hour
    expect(Math.round(elapsed() - began)).toBe(50)
    time += 7
    expect(Math.round(elapsed() - began)).toBe(57)
    expect(Math.abs(createElapsed()() - performance.now())).toBeLessThan(1_000)
  })
})

describe.each([
  ['set back an hour', 0, -hour],
  ['an hour ahead, and set right', hour, 0],
])('of a service whose clock is %s', (_case, before, after) => {
  let node: TestNode
  let aheadMs = before

  beforeAll(async () => {
    node = await openNode({ now: () => noon + Math.floor(performance.now()) + aheadMs, heartbeatMs: 1_000, maxAgeMs: 4_000, spacingMs: 100 })
  })
  afterAll(() => node[Symbol.asyncDispose]())

  /** A site with a visit, as the clock is set. */
  async function setClock() {
    aheadMs = before
    const site = await node.makeSite()
    const { token } = await node.makeShare(site)
    await node.send(site, [pageview('/a')])
    const stream = readStream(await fetch(`${node.url}/api/share/${token}/sites/${site}/realtime`))
    await stream.next('hello')
    aheadMs = after
    return { site, stream }
  }

  test('streams tell what is new, are kept alive, and end when they have lived', async () => {
    const { site, stream } = await setClock()
    await node.send(site, [pageview('/b')])
    expect((await stream.next('analytics.changed')).data.kinds).toEqual(['hits'])
    expect((await stream.next('ping')).event).toBe('ping')
    expect((await stream.next('bye', 12_000)).data.reason).toBe('lifetime')
  }, 20_000)

  test('settings that are kept for two seconds are read again', async () => {
    const { site, stream } = await setClock()
    await stream.cancel()
    await node.admin(`/api/sites/${site}/exclusions`, { type: 'path', value: '/a' })
    await Bun.sleep(2_500)
    await node.send(site, [pageview('/a'), pageview('/b')])
    expect(await node.report(site, 'overview')).toMatchObject({ pageviews: 2 })
  }, 20_000)

  test('a visitor stays one, each view is kept once, and what was stored first is not moved', async () => {
    const { site, stream } = await setClock()
    await stream.cancel()
    const item = pageview('/b')
    await node.send(site, [item])
    await node.send(site, [item, pageview('/c')])
    expect(await node.report(site, 'overview')).toMatchObject({ visitors: 1, pageviews: 3 })
    expect(node.errors).toEqual([])
  }, 20_000)
})
