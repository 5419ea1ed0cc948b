import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Kind } from '../../sdk/index.ts'
import { parsePosition, reportKinds } from '../../sdk/protocol.ts'
import { FakeService, problem } from './service.ts'

const kinds: Kind[] = ['hits', 'events', 'web_vitals', 'goals']

type Act = (service: FakeService) => void

/** What can happen to a client; each leaves the service in a state that `calm` undoes. */
const acts: Record<string, Act> = {
  kill: (service) => service.openStreams[0]?.kill(),
  end: (service) => service.openStreams[0]?.end(),
  bye: (service) => service.openStreams[0]?.send('bye', { reason: 'lifetime', retry_ms: 500 }),
  restore: (service) => {
    service.restore()
    for (const stream of service.openStreams) stream.kill()
  },
  down: (service) => void (service.up = false),
  up: (service) => void (service.up = true),
  hide: (service) => service.page.tell('hidden'),
  show: (service) => service.page.tell('visible'),
  offline: (service) => service.page.tell('offline'),
  online: (service) => service.page.tell('online'),
  refuse: (service) => void (service.onStream = () => problem(503, 'unavailable', { 'retry-after': '3' })),
  hush: (service) => void (service.onChanges = () => problem(503, 'unavailable')),
  mute: (service) => void (service.onStream = 'mute'),
  hang: (service) => void (service.onStream = 'hang'),
  allow: (service) => void (service.onStream = service.onChanges = undefined),
  break: (service) => void (service.onReport = () => problem(500, 'internal')),
  mend: (service) => void (service.onReport = undefined),
  slow: (service) => void (service.reportMs = 1_500),
  fast: (service) => void (service.reportMs = 0),
}

function calm(service: FakeService): void {
  for (const name of ['up', 'allow', 'mend', 'fast', 'online', 'show']) acts[name]?.(service)
}

const moves = fc.oneof(
  fc.record({ commit: fc.constantFrom(...kinds) }),
  fc.record({ act: fc.constantFrom(...Object.keys(acts)) }),
  fc.record({ sleep: fc.constantFrom(7_000, 60_000, 3_600_000) }),
)
const walks = fc.array(fc.tuple(moves, fc.constantFrom(0, 40, 260, 1_100, 6_000, 31_000)), { maxLength: 25 })

test('whatever happens, each report is fresh in the end, over one stream, and asked sparingly', async () => {
  await fc.assert(
    fc.asyncProperty(walks, async (walked) => {
      const service = new FakeService()
      const client = service.client()
      const watches = [client.watch('overview'), client.watch('breakdown', { by: 'page' })]
      for (const [move, ms] of walked) {
        if ('commit' in move) service.commit([move.commit])
        else if ('act' in move) acts[move.act]?.(service)
        else await service.clock.sleep(move.sleep)
        await service.run(ms)
        expect(service.openStreams.length).toBeLessThanOrEqual(1)
      }
      calm(service)
      // Long enough for a back-off, or for a poll where the stream is given up for minutes.
      await service.run(90_000)
      for (const { state, answer } of watches) {
        expect(state.get()).toBe('ready')
        const { epoch, seq } = parsePosition(answer.get()?.version ?? '') ?? {}
        expect(epoch).toBe(service.epoch)
        expect(seq).toBeGreaterThanOrEqual(service.newest(reportKinds.overview))
      }
      for (const part of ['reports/overview', 'reports/breakdown']) {
        const times = service.asked(part).map(({ at }) => at)
        const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
        for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1_000)
      }
      client.close()
      await service.clock.settle()
      expect(service.clock.pending).toBe(0)
      expect(service.openStreams).toHaveLength(0)
    }),
    { numRuns: 300 },
  )
}, 60_000)
