import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { createPlatform } from '../../sdk/platform.ts'
import { openStream, parseMessage } from '../../sdk/stream.ts'
import type { Message } from '../../sdk/stream.ts'
import { Clock } from './clock.ts'

const bytes = new TextEncoder()

/** A stream whose bytes the test sends, and all that it tells. */
function attempt(answer?: () => Promise<Response>) {
  const clock = new Clock()
  const messages: Message[] = []
  const told: string[] = []
  const floors: (number | undefined)[] = []
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let aborted = false
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) })
  const end = openStream(
    (signal) => {
      signal.addEventListener('abort', () => {
        aborted = true
        controller?.error(signal.reason)
      })
      return answer ? answer() : Promise.resolve(new Response(body))
    },
    {
      message: (message) => messages.push(message),
      input: (type, floor) => {
        told.push(type)
        floors.push(floor)
      },
    },
    createPlatform({ timers: clock, now: clock.now }),
  )
  return {
    clock,
    messages,
    told,
    floors,
    end,
    isAborted: () => aborted,
    send: async (data: Uint8Array | string) => {
      controller?.enqueue(typeof data === 'string' ? bytes.encode(data) : data)
      await clock.settle()
    },
    finish: () => controller?.close(),
  }
}

const hello = 'event: hello\nid: e1.5\ndata: {"protocol":1,"position":"e1.5","heartbeat_ms":20000}\n\n'

describe('the bytes of a stream', () => {
  const lines = [
    'event: hello',
    'id: e1.5',
    'data: {"heartbeat_ms": 15000}',
    '',
    ': a comment',
    'event: analytics.changed',
    'id: e1.6',
    'data: {"site_id": "s1",',
    'data:  "kinds": ["hits"], "name": "Zoë 🙂"}',
    '',
    'event: live',
    'data:{"visitors":3}',
    '',
    '',
  ]

  test('mean the same however they are cut, and whatever ends their lines', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('\n', '\r', '\r\n'), cuts, async (ending, sizes) => {
        const stream = attempt()
        await stream.clock.settle()
        const data = bytes.encode(lines.join(ending))
        for (let from = 0, turn = 0; from < data.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1
          await stream.send(data.slice(from, from + size))
          from += size
        }
        expect(stream.messages.map(({ event, id }) => `${event} ${id}`)).toEqual([
          'hello e1.5',
          'analytics.changed e1.6',
          'live undefined',
        ])
        expect(JSON.stringify(stream.messages[1]?.data)).toBe(
          '{"site_id":"s1","kinds":["hits"],"name":"Zoë 🙂"}',
        )
        stream.end()
      }),
      { numRuns: 40 },
    )
  })

  test('that are not understood are left out', () => {
    expect(parseMessage('unknown', '{}', undefined)).toBeUndefined()
    expect(parseMessage(undefined, '{}', undefined)).toBeUndefined()
    expect(parseMessage('live', '{"visitors":', undefined)).toBeUndefined()
    expect(parseMessage('live', '3', undefined)).toBeUndefined()
    expect(parseMessage('live', '{"visitors":3}', undefined)?.event).toBe('live')
  })
})

describe('an attempt', () => {
  test('fails when it does not connect within 10 s', async () => {
    const stream = attempt(() => new Promise(() => {}))
    await stream.clock.advance(9_999)
    expect(stream.told).toEqual([])
    await stream.clock.advance(1)
    expect(stream.told).toEqual(['failed'])
  })

  test('is mute when no hello comes within 5 s, whatever else comes', async () => {
    const stream = attempt()
    await stream.clock.advance(4_000)
    await stream.send(': comment\n\n')
    await stream.clock.advance(999)
    expect(stream.told).toEqual([])
    await stream.clock.advance(1)
    expect(stream.told).toEqual(['mute'])
  })

  test('is dead after 1.5 heartbeats and 5 s without a byte', async () => {
    const stream = attempt()
    await stream.send(hello)
    await stream.clock.advance(30_000)
    await stream.send(': anything\n\n')
    await stream.clock.advance(34_999)
    expect(stream.told).toEqual(['hello', 'healthy'])
    await stream.clock.advance(1)
    expect(stream.told).toEqual(['hello', 'healthy', 'mute'])
  })

  test('is healthy once a byte comes 10 s after hello, and not by hello alone', async () => {
    const stream = attempt()
    await stream.send(hello)
    await stream.clock.advance(9_999)
    await stream.send(': byte\n\n')
    expect(stream.told).toEqual(['hello'])
    await stream.clock.advance(1)
    await stream.send(': byte\n\n')
    await stream.send(': byte\n\n')
    expect(stream.told).toEqual(['hello', 'healthy'])
  })

  test('tells that the machine slept when its timer comes late', async () => {
    const stream = attempt()
    await stream.send(hello)
    await stream.clock.sleep(3_600_000)
    expect(stream.told).toEqual(['hello', 'woke'])
  })

  test('tells the same when the clock is set, as nobody knows for how long nothing came', async () => {
    for (const ms of [-3_600_000, 3_600_000]) {
      const stream = attempt()
      await stream.send(hello)
      stream.clock.set(ms)
      await stream.clock.advance(5_000)
      expect(stream.told).toEqual(['hello', 'woke'])
      stream.end()
    }
  })

  test('tells so too before it has heard a byte, as the time asleep says nothing about the way', async () => {
    const opening = attempt(() => new Promise(() => {}))
    await opening.clock.sleep(3_600_000)
    expect(opening.told).toEqual(['woke'])
    const silent = attempt()
    await silent.clock.advance(1_000)
    await silent.clock.sleep(3_600_000)
    expect(silent.told).toEqual(['woke'])
  })

  test('fails with the time that the service names in its farewell', async () => {
    const stream = attempt()
    await stream.send(hello)
    await stream.send('event: bye\ndata: {"reason":"shutdown","retry_ms":7000}\n\n')
    expect(stream.told).toEqual(['hello', 'failed'])
    expect(stream.floors[1]).toBe(7_000)
  })

  test('is denied when access is revoked', async () => {
    const stream = attempt()
    await stream.send(hello)
    await stream.send('event: bye\ndata: {"reason":"revoked","retry_ms":0}\n\n')
    expect(stream.told).toEqual(['hello', 'denied'])
  })

  test('fails when the answer ends', async () => {
    const stream = attempt()
    await stream.send(hello)
    stream.finish()
    await stream.clock.settle()
    expect(stream.told).toEqual(['hello', 'failed'])
  })

  test('is unsupported where bodies cannot be read piece by piece', async () => {
    const stream = attempt(async () => new Response(null))
    await stream.clock.settle()
    expect(stream.told).toEqual(['unsupported'])
  })

  test('tells nothing after it was ended, and holds nothing', async () => {
    const stream = attempt()
    await stream.send(hello)
    stream.send('event: live\ndata: {"visitors":3}\n\n')
    stream.end()
    await stream.clock.advance(100_000)
    expect(stream.messages).toHaveLength(1)
    expect(stream.told).toEqual(['hello'])
    expect(stream.isAborted()).toBe(true)
    expect(stream.clock.pending).toBe(0)
  })
})
