/**
 * What one client says of its connection, and what it asks for, when the network is at fault: the rules
 * of the state machine over real sockets. That the numbers are right whatever happens stands in
 * `proxy.test.ts`.
 */
import { describe, expect, test } from 'bun:test'
import { lastStream, names, openQuiet, quiet, until, untilLast, watchStatus } from '../support/stage.ts'

describe('a client', () => {
  test('whose connection is cut goes on from its position, and asks for no report in vain', async () => {
    await using stage = await openQuiet(5)
    const seen = watchStatus(stage)
    const before = stage.reports('overview')
    for (let round = 1; round <= 2; round += 1) {
      stage.proxy.cut()
      await until(() => seen.length === 3 * round && seen.at(-1)?.state === 'live', 'it is live again')
      expect(lastStream(stage)).toContain(`last_event_id=${seen.at(-1)?.position}`)
    }
    await quiet(stage, 3_000)
    expect(names(seen)).toEqual(Array.from({ length: 2 }, () => ['backoff', 'connecting', 'live']).flat())
    expect(stage.reports('overview')).toBe(before)
    await stage.visit()
    await stage.allShowFresh()
    expect(stage.reports('overview')).toBe(before + 1)
  }, 60_000)

  test('whose connection was cut asks once for what it missed meanwhile', async () => {
    await using stage = await openQuiet(5)
    const seen = watchStatus(stage)
    const before = stage.reports('overview')
    stage.proxy.behave({ kind: 'answer', status: 502 }, /\/(realtime|changes)/)
    stage.proxy.cut()
    await untilLast(seen, 'backoff')
    for (let visit = 0; visit < 3; visit += 1) await stage.visit()
    expect(stage.reports('overview')).toBe(before)
    stage.proxy.behave({ kind: 'pass' })
    await untilLast(seen, 'live')
    await stage.allShowFresh()
    await quiet(stage, 3_000)
    expect(stage.reports('overview')).toBe(before + 1)
  }, 60_000)

  test('whose every connection is cut soon asks for no report while nobody visits the site', async () => {
    await using stage = await openQuiet(10)
    const seen = watchStatus(stage)
    const before = stage.reports('overview')
    stage.proxy.behave({ kind: 'cut', afterMs: 300 }, /\/realtime/)
    stage.proxy.cut()
    await until(() => names(seen).filter((state) => state === 'live').length >= 3, 'it was live three times')
    expect(lastStream(stage)).toContain(`last_event_id=${seen.at(-1)?.position}`)
    expect(stage.reports('overview')).toBe(before)
    await stage.visit()
    await stage.allShowFresh()
  }, 60_000)

  test.each([502, 503] as const)(
    'that is answered %d tries again, is fresh by polls, and never takes it for a proxy that buffers',
    async (status) => {
      await using stage = await openQuiet(10)
      const seen = watchStatus(stage)
      stage.proxy.behave({ kind: 'answer', status }, /\/realtime/)
      stage.proxy.cut()
      await stage.visit()
      await until(() => stage.proxy.asked.some((target) => target.includes('/changes')), 'it polls')
      await stage.allShowFresh()
      await until(() => names(seen).filter((state) => state === 'connecting').length >= 3, 'it tries again')
      expect(new Set(names(seen))).toEqual(new Set(['backoff', 'connecting']))
      expect(seen.at(-1)?.error?.code).toBe('unavailable')
      stage.proxy.behave({ kind: 'pass' })
      await untilLast(seen, 'live')
      expect(seen.at(-1)?.error).toBeUndefined()
    },
    60_000,
  )

  test('that is told when to come again does not come before', async () => {
    await using stage = await openQuiet(10)
    const seen = watchStatus(stage)
    stage.proxy.behave({ kind: 'answer', status: 503, retryAfter: 7 }, /\/realtime/)
    stage.proxy.cut()
    const waits = () =>
      seen.flatMap(({ state, since, error }, index) => {
        const next = seen[index + 1]
        return state === 'backoff' && error && next ? [next.since - since] : []
      })
    await until(() => waits().length >= 4, 'it has waited')
    // The first wait is that of the cut, of which nobody told when to come again.
    expect(Math.min(...waits().slice(1))).toBeGreaterThanOrEqual(7_000)
  }, 60_000)

  test('whose stream is buffered polls after two attempts without hello, and is fresh', async () => {
    await using stage = await openQuiet(8)
    const seen = watchStatus(stage)
    const before = stage.streams()
    stage.proxy.behave({ kind: 'buffer', what: 'body' })
    stage.proxy.cut()
    await untilLast(seen, 'polling')
    expect(names(seen)).toEqual(['backoff', 'connecting', 'backoff', 'connecting', 'polling'])
    expect(stage.streams()).toBe(before + 2)
    await stage.visit()
    await stage.allShowFresh()
    expect(seen.at(-1)?.state).toBe('polling')
  }, 60_000)

  test('whose streams fall silent twice polls, and is fresh', async () => {
    await using stage = await openQuiet(10)
    const seen = watchStatus(stage)
    const before = stage.streams()
    // After hello, and before a stream is healthy: 10 s are a second here.
    stage.proxy.behave({ kind: 'mute', afterMs: 500 }, /\/realtime/)
    stage.proxy.cut()
    await untilLast(seen, 'polling')
    const attempt = ['backoff', 'connecting', 'live']
    expect(names(seen)).toEqual([...attempt, ...attempt, 'polling'])
    expect(stage.streams()).toBe(before + 2)
    await stage.visit()
    await stage.allShowFresh()
    expect(seen.at(-1)?.state).toBe('polling')
  }, 60_000)

  test('whose position is taken out of its requests asks once for all that is older than the head', async () => {
    await using stage = await openQuiet(5)
    const seen = watchStatus(stage)
    const before = stage.reports('overview')
    stage.proxy.behave({ kind: 'answer', status: 503 }, /\/(realtime|changes)/)
    stage.proxy.cut()
    await untilLast(seen, 'backoff')
    await stage.visit()
    stage.proxy.behave({ kind: 'strip' })
    await untilLast(seen, 'live')
    await stage.allShowFresh()
    await quiet(stage, 3_000)
    expect(stage.reports('overview')).toBe(before + 1)
    // Nothing is older now.
    stage.proxy.cut()
    await until(() => seen.at(-2)?.state === 'connecting' && seen.length > 5, 'it has connected again')
    await untilLast(seen, 'live')
    await quiet(stage, 3_000)
    expect(stage.reports('overview')).toBe(before + 1)
  }, 60_000)
})
