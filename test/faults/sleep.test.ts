import { describe, expect, test } from 'bun:test'
import { lastStream, names, openQuiet, quiet, until, untilLast, watchStatus } from '../support/stage.ts'

describe('a machine that sleeps for an hour', () => {
  const hour = 3_600_000

  test('while it is live, with visits and a restart meanwhile, catches up once', async () => {
    await using stage = await openQuiet(1)
    const seen = watchStatus(stage)
    stage.proxy.lose()
    const [streams, overview] = [stage.streams(), stage.reports('overview')]
    await stage.visit()
    await stage.restart()
    await stage.visit()
    expect([seen, stage.streams(), stage.reports('overview')]).toEqual([[], streams, overview])
    const { position } = stage.clients[0]?.status.get() ?? {}
    stage.pace.sleep(hour)
    await untilLast(seen, 'live')
    await stage.allShowFresh()
    await quiet(stage, 1_500)
    expect(names(seen)).toEqual(['connecting', 'live'])
    expect(lastStream(stage)).toContain(`last_event_id=${position}`)
    expect([stage.streams(), stage.reports('overview')]).toEqual([streams + 1, overview + 1])
  }, 60_000)

  test('again and again while it connects does not take the way for one that buffers', async () => {
    await using stage = await openQuiet(1)
    const seen = watchStatus(stage)
    stage.proxy.behave({ kind: 'buffer', what: 'body' }, /\/realtime/)
    stage.proxy.cut()
    for (let nap = 1; nap <= 3; nap += 1) {
      await until(() => names(seen).filter((state) => state === 'connecting').length === nap, 'it connects')
      // By then the head of the answer is there, and its body is not.
      await quiet(stage, 500)
      if (nap === 3) stage.proxy.behave({ kind: 'pass' })
      stage.pace.sleep(hour)
    }
    await untilLast(seen, 'live')
    expect(names(seen)).not.toContain('polling')
    await stage.visit()
    await stage.allShowFresh()
  }, 60_000)

  test('while it polls asks at once when it wakes', async () => {
    await using stage = await openQuiet(4)
    const seen = watchStatus(stage)
    stage.proxy.behave({ kind: 'buffer', what: 'body' }, /\/realtime/)
    stage.proxy.cut()
    await untilLast(seen, 'polling')
    const polls = () => stage.proxy.asked.filter((target) => target.includes('/changes')).length
    await until(() => polls() > 0, 'it has polled')
    const before = polls()
    await stage.visit()
    stage.pace.sleep(hour)
    // Before the next poll that was planned, which by this clock is due in 6 s at the least.
    await stage.allShowFresh(5_000)
    expect(polls()).toBe(before + 1)
  }, 60_000)
})
