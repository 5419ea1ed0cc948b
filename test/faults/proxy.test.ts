import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { createClient } from '../../sdk/index.ts'
import { Pace } from '../support/pace.ts'
import type { Behaviour } from '../support/proxy.ts'
import { openStage, states, until } from '../support/stage.ts'

describe('every client shows what a fresh load shows', () => {
  test('behind a proxy that hands on', async () => {
    await using stage = await openStage()
    await stage.load.reach(100)
    await stage.allShowFresh()
    expect(states(stage)).toEqual(['live', 'live', 'live'])
    expect(stage.streams()).toBe(3)
  }, 60_000)

  test('behind one that buffers bodies: it polls, and takes a stream again once one gets through', async () => {
    await using stage = await openStage()
    stage.proxy.behave({ kind: 'buffer', what: 'body' })
    stage.proxy.cut()
    await until(() => states(stage).every((state) => state === 'polling'), 'all poll')
    await stage.load.reach(100)
    await stage.allShowFresh()
    expect(states(stage)).toEqual(['polling', 'polling', 'polling'])
    stage.proxy.behave({ kind: 'pass' })
    stage.pace.sleep(660_000)
    await until(() => states(stage).every((state) => state === 'live'), 'all are live again')
    await stage.allShowFresh()
  }, 120_000)

  test('behind one that buffers all of an answer: it polls between tries, as the service may only be slow', async () => {
    await using stage = await openStage()
    stage.proxy.behave({ kind: 'buffer', what: 'all' })
    stage.proxy.cut()
    const before = stage.streams()
    await stage.load.reach(100)
    await stage.allShowFresh()
    await until(() => stage.streams() >= before + 6, 'streams are tried again')
    expect(states(stage)).not.toContain('live')
    stage.proxy.behave({ kind: 'pass' })
    await until(() => states(stage).every((state) => state === 'live'), 'all are live again')
  }, 120_000)

  test.each(['cut', 'half'] as const)('behind one that ends every connection soon: %s', async (kind) => {
    await using stage = await openStage()
    stage.proxy.behave({ kind, afterMs: 300 })
    stage.proxy.cut()
    const before = stage.streams()
    await until(() => stage.streams() >= before + 9, 'streams are tried again and again')
    await stage.load.reach(50)
    await stage.allShowFresh()
  }, 120_000)

  test.each<[string, Behaviour]>([
    ['a page of its own', { kind: 'answer', status: 200 }],
    ['502', { kind: 'answer', status: 502 }],
    ['503', { kind: 'answer', status: 503 }],
    ['503 with Retry-After', { kind: 'answer', status: 503, retryAfter: 3 }],
    ['nothing', { kind: 'stall' }],
  ])(
    'behind one that answered %s for a while, and not before',
    async (_name, behaviour) => {
      await using stage = await openStage()
      stage.proxy.behave(behaviour)
      stage.proxy.cut()
      const before = stage.streams()
      await until(() => stage.streams() >= before + 6, 'streams are tried again')
      await stage.load.reach(50)
      expect(states(stage)).not.toContain('live')
      stage.proxy.behave({ kind: 'pass' })
      if (behaviour.kind === 'stall') stage.proxy.cut()
      await stage.allShowFresh()
      await until(() => states(stage).every((state) => state === 'live'), 'all are live again')
    },
    120_000,
  )

  test('behind one that answers 503 to streams only: polls do', async () => {
    await using stage = await openStage()
    stage.proxy.behave({ kind: 'answer', status: 503 }, /\/realtime/)
    stage.proxy.cut()
    await stage.load.reach(50)
    await stage.allShowFresh()
    expect(states(stage)).not.toContain('live')
  }, 120_000)

  test('behind one that takes positions out: what was missed is asked for whole', async () => {
    await using stage = await openStage()
    await stage.allShowFresh()
    // While this is stored nothing tells of it, and afterwards nothing is stored: hello is all there is.
    stage.proxy.behave({ kind: 'answer', status: 503 }, /\/(realtime|changes)/)
    stage.proxy.cut()
    await until(() => !states(stage).includes('live'), 'none is live')
    await stage.visit()
    stage.proxy.behave({ kind: 'strip' })
    await until(() => states(stage).every((state) => state === 'live'), 'all are live again')
    // Before anything else makes answers old: the end of a bucket, or of the stream's own time.
    await stage.allShowFresh(10_000)
  }, 120_000)

  test('behind one that holds each request up for two seconds', async () => {
    await using stage = await openStage()
    stage.proxy.behave({ kind: 'delay', ms: 200 })
    stage.proxy.cut()
    await stage.load.reach(100)
    await stage.allShowFresh()
    await until(() => states(stage).every((state) => state === 'live'), 'all are live again')
  }, 120_000)

  test('after all of that in turn, under traffic', async () => {
    await using stage = await openStage()
    const turns: Behaviour[] = [
      { kind: 'cut', afterMs: 150 },
      { kind: 'buffer', what: 'all' },
      { kind: 'strip' },
      { kind: 'answer', status: 503, retryAfter: 2 },
      { kind: 'delay', ms: 120 },
      { kind: 'stall' },
      { kind: 'pass' },
      { kind: 'answer', status: 502 },
      { kind: 'strip' },
    ]
    for (const [turn, behaviour] of turns.entries()) {
      stage.proxy.behave(behaviour)
      if (turn % 2 === 0) stage.proxy.cut()
      else stage.proxy.lose()
      await stage.load.reach(30)
    }
    stage.proxy.behave({ kind: 'pass' })
    stage.proxy.cut()
    await stage.allShowFresh()
  }, 120_000)

  test('after an hour of sleep, in which its connections died without a word', async () => {
    await using stage = await openStage()
    await stage.load.reach(20)
    const before = stage.streams()
    stage.proxy.lose()
    await stage.load.reach(50)
    stage.pace.sleep(3_600_000)
    await until(() => stage.streams() >= before + 3, 'new streams are opened')
    await stage.allShowFresh()
    expect(states(stage)).toEqual(['live', 'live', 'live'])
  }, 120_000)

  test('after its connections died without a word while it was awake', async () => {
    await using stage = await openStage()
    stage.proxy.lose()
    await stage.load.reach(50)
    await stage.allShowFresh()
    await until(() => states(stage).every((state) => state === 'live'), 'all are live again')
  }, 120_000)
})

describe('a reader that takes nothing while thousands are stored', () => {
  test('has a few merged events waiting, of which the last leads to the head', async () => {
    await using stage = await openStage({ viewers: 1, pace: new Pace(1) })
    const { port, hostname, host } = new URL(stage.proxy.url)
    const { site, share } = stage.shared
    const socket = connect(Number(port), hostname)
    const bytes: Buffer[] = []
    socket.on('data', (chunk: Buffer) => bytes.push(chunk))
    socket.write(`GET /api/share/${share}/sites/${site}/realtime HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
    await until(() => Buffer.concat(bytes).includes('event: hello'), 'the stream is open')
    socket.pause()
    const began = Date.now()
    await stage.load.reach(2_000)
    await stage.load.stop()
    const client = createClient({ endpoint: stage.url, site, share })
    const { version } = await client.ask('overview')
    client.close()
    socket.resume()
    await until(() => Buffer.concat(bytes).includes(`id: ${version}\n`), 'it is told of the head')
    const spaces = (Date.now() - began) / 250
    // At most one in 250 ms, each of them small, whatever was stored meanwhile.
    const text = Buffer.concat(bytes).toString()
    const events = text.split('event: analytics.changed').length - 1
    const commits = Number(version.split('.')[1])
    expect(commits).toBeGreaterThanOrEqual(1_000)
    expect(events).toBeGreaterThan(0)
    expect(events).toBeLessThanOrEqual(spaces + 2)
    expect(text.length).toBeLessThan(2_000 + 500 * events)
    socket.destroy()
    await stage.allShowFresh()
  }, 120_000)
})
