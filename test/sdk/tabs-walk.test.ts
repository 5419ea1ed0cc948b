import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Kind, Watch } from '../../sdk/index.ts'
import { parsePosition, reportKinds } from '../../sdk/protocol.ts'
import { FakeOrigin, type FakeTab } from './origin.ts'
import { FakePage } from './page.ts'
import { FakeService, problem } from './service.ts'

const kinds: Kind[] = ['hits', 'events', 'web_vitals']

/** A tab and what it watches. */
interface Seat {
  tab: FakeTab
  watch: Watch<'overview'> | undefined
}

/** What can happen to a tab. */
const acts: Record<string, (seat: Seat) => void> = {
  start: (seat) => {
    if (!seat.tab.closed) seat.watch ??= seat.tab.client.watch('overview')
  },
  stop: (seat) => {
    seat.watch?.close()
    seat.watch = undefined
  },
  refresh: ({ tab }) => void tab.client.refresh(),
  hide: ({ tab }) => tab.page.tell('hidden'),
  show: ({ tab }) => tab.page.tell('visible'),
  offline: ({ tab }) => tab.page.tell('offline'),
  online: ({ tab }) => tab.page.tell('online'),
  hang: ({ tab }) => tab.hang(),
  goOn: ({ tab }) => tab.goOn(),
  close: (seat) => {
    seat.tab.close()
    seat.watch = undefined
  },
  crash: (seat) => {
    seat.tab.crash()
    seat.watch = undefined
  },
}

/** What can happen to all of them. */
const events: Record<string, (service: FakeService, origin: FakeOrigin) => void> = {
  kill: (service) => service.openStreams[0]?.kill(),
  bye: (service) => service.openStreams[0]?.send('bye', { reason: 'lifetime', retry_ms: 500 }),
  restore: (service) => {
    service.restore()
    for (const stream of service.openStreams) stream.kill()
  },
  down: (service) => void (service.up = false),
  up: (service) => void (service.up = true),
  refuse: (service) => void (service.onStream = () => problem(503, 'unavailable', { 'retry-after': '3' })),
  mute: (service) => void (service.onStream = 'mute'),
  allow: (service) => void (service.onStream = undefined),
  slow: (service) => void (service.streamMs = service.reportMs = 1_500),
  fast: (service) => void (service.streamMs = service.reportMs = 0),
  deaf: (_, origin) => void (origin.loses = () => true),
  lossy: (_, origin) => {
    let turn = 0
    origin.loses = () => (turn += 1) % 3 > 0
  },
  hear: (_, origin) => void (origin.loses = () => false),
}

const moves = fc.oneof(
  fc.record({ commit: fc.constantFrom(...kinds) }),
  fc.record({ tab: fc.nat(3), act: fc.constantFrom(...Object.keys(acts)) }),
  fc.record({ event: fc.constantFrom(...Object.keys(events)) }),
  fc.record({ sleep: fc.constantFrom(7_000, 60_000, 3_600_000) }),
)
const walks = fc.array(fc.tuple(moves, fc.constantFrom(0, 0, 40, 260, 1_100, 6_000, 31_000)), {
  maxLength: 30,
})

test('whatever happens to tabs, each is fresh in the end, over one stream, and nothing is left of them', async () => {
  await fc.assert(
    fc.asyncProperty(walks, async (walked) => {
      const service = new FakeService()
      const origin = new FakeOrigin(service)
      const open = (index: number): Seat => {
        const tab = origin.open({ random: () => (index + 1) / 6 }, new FakePage(index === 3))
        return { tab, watch: tab.client.watch('overview') }
      }
      const seats = [0, 1, 2, 3].map(open)
      for (const [move, ms] of walked) {
        if ('commit' in move) service.commit([move.commit])
        else if ('sleep' in move) await service.clock.sleep(move.sleep)
        else if ('event' in move) events[move.event]?.(service, origin)
        else {
          const seat = seats[move.tab]
          // In place of a tab that is gone, somebody opens another.
          if (seat?.tab.closed) seats[move.tab] = open(move.tab)
          else if (seat) acts[move.act]?.(seat)
        }
        await origin.run(ms)
      }
      for (const name of ['up', 'allow', 'fast', 'hear']) events[name]?.(service, origin)
      for (const seat of seats) {
        acts['goOn']?.(seat)
        acts['online']?.(seat)
      }
      // Long enough for a stream that was given up to be tried again.
      await origin.run(1_900_000)
      const shown = seats.filter(({ tab, watch }) => watch && !tab.page.hidden())
      for (let more = 0; more < 2; more += 1) {
        for (const { tab, watch } of shown) {
          expect([watch?.state.get(), tab.client.status.get().state]).toEqual(['ready', 'live'])
          const { epoch, seq } = parsePosition(watch?.answer.get()?.version ?? '') ?? {}
          expect(epoch).toBe(service.epoch)
          expect(seq).toBeGreaterThanOrEqual(service.newest(reportKinds.overview))
        }
        service.commit(['hits'])
        await origin.run(4_000)
      }
      expect(service.openStreams).toHaveLength(shown.length ? 1 : 0)
      expect([origin.held.size, origin.queue.size]).toEqual(shown.length ? [1, shown.length - 1] : [0, 0])
      for (const { tab } of seats) tab.close()
      await service.clock.settle()
      expect(service.openStreams).toHaveLength(0)
      expect(service.clock.pending).toBe(0)
      expect([origin.held.size, origin.queue.size, origin.channels.size]).toEqual([0, 0, 0])
      expect(origin.tabs.map(({ page }) => page.listeners)).toEqual(origin.tabs.map(() => 0))
    }),
    { numRuns: Number(process.env['HK_WALKS'] ?? 120) },
  )
}, 120_000)
