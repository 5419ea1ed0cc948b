/**
 * Holds the SDK's reader to the HTML standard, sections 9.2.5 "Parsing an event stream" and 9.2.6
 * "Interpreting an event stream" (https://html.spec.whatwg.org/multipage/server-sent-events.html),
 * through `openStream` and the events that the SDK knows, whose data are JSON objects.
 */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { HkError } from '../../sdk/index.ts'
import { createPlatform } from '../../sdk/platform.ts'
import { openStream, parseMessage, type Message } from '../../sdk/stream.ts'
import { Clock } from './clock.ts'
import { FakeService } from './service.ts'

const text = new TextEncoder()

/** What a stream told: its events as `event id data`, and how it ended. */
interface Read {
  readonly events: string[]
  readonly error: HkError | undefined
}

const show = ({ event, id, data }: Message) => `${event} ${id} ${JSON.stringify(data)}`

/** Reads a stream that arrives in these pieces and then ends. */
async function read(pieces: Iterable<string | Uint8Array>): Promise<Read> {
  const source = Iterator.from(pieces)
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = source.next()
        if (done) controller.close()
        else controller.enqueue(typeof value === 'string' ? text.encode(value) : value)
      },
    },
    { highWaterMark: 0 },
  )
  const clock = new Clock()
  const { promise, resolve } = Promise.withResolvers<HkError | undefined>()
  const events: string[] = []
  const end = openStream(
    async () => new Response(body),
    {
      message: (message) => events.push(show(message)),
      input: (type, _floor, error) => {
        if (type === 'failed') resolve(error)
      },
    },
    createPlatform({ timers: clock, now: clock.now }),
  )
  const error = await promise
  end()
  return { events, error }
}

const eventsOf = async (...pieces: (string | Uint8Array)[]) => (await read(pieces)).events

const live = (visitors: number, id?: string) => `live ${id} {"visitors":${visitors}}`

/** Bytes in pieces of one. */
const byteByByte = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte))

describe('lines end', () => {
  const lines = [
    'event: live',
    'id: e.1',
    'data: {"visitors":1}',
    '',
    'event: live',
    'data: {"visitors":2}',
    '',
    '',
  ]

  test.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('with %s, and the event is there at once', async (_name, end) => {
    expect(await eventsOf(lines.join(end))).toEqual([live(1, 'e.1'), live(2)])
    expect(await eventsOf(...byteByByte(text.encode(lines.join(end))))).toEqual([live(1, 'e.1'), live(2)])
  })

  test('with any of them in one stream', async () => {
    expect(
      await eventsOf('event: live\rdata: {"visitors":1}\r\n\nevent: live\ndata: {"visitors":2}\r\r\n'),
    ).toEqual([live(1), live(2)])
  })

  test('once where CRLF is cut in two, whatever comes between', async () => {
    expect(await eventsOf('event: live\r', '\ndata: {"visitors":1}\r', '\n\r', '\n')).toEqual([live(1)])
    const empty = new Uint8Array()
    expect(await eventsOf('event: live\r', empty, '\ndata: {"visitors":1}\r', empty, '\n\r', '\n')).toEqual([
      live(1),
    ])
  })

  test('nowhere else: other characters that break lines are part of the data', async () => {
    const odd = 'a\u2028b\u2029c\u0085d'
    expect(await eventsOf(`event: analytics.changed\ndata: {"site_id":"${odd}"}\n\n`)).toEqual([
      `analytics.changed undefined ${JSON.stringify({ site_id: odd })}`,
    ])
  })
})

describe('bytes', () => {
  const stream = text.encode('event: analytics.changed\nid: e.1\ndata: {"site_id":"Zoë 🙂 €"}\n\n')
  const whole = ['analytics.changed e.1 {"site_id":"Zoë 🙂 €"}']

  test('mean the same wherever they are cut, within a character too', async () => {
    for (let at = 0; at <= stream.length; at++) {
      expect(await eventsOf(stream.slice(0, at), stream.slice(at))).toEqual(whole)
    }
    expect(await eventsOf(...byteByByte(stream))).toEqual(whole)
  })

  test('that are no UTF-8 are replaced, and what is around them is kept', async () => {
    const bytes = [
      ...text.encode('event: analytics.changed\ndata: {"site_id":"a'),
      0xff,
      0xc3,
      ...text.encode('b"}\n\n'),
    ]
    expect(await eventsOf(Uint8Array.from(bytes))).toEqual([
      'analytics.changed undefined {"site_id":"a\ufffd\ufffdb"}',
    ])
  })

  test('of a byte order mark are dropped at the beginning, however they are cut', async () => {
    const marked = text.encode('\ufeffevent: live\ndata: {"visitors":1}\n\n')
    expect(await eventsOf(marked)).toEqual([live(1)])
    expect(await eventsOf(...byteByByte(marked))).toEqual([live(1)])
  })

  test('of a second mark, or of one further on, belong to the name of a field, which nobody knows', async () => {
    const event = 'data: {"visitors":1}\n\n'
    for (const pieces of [[`\ufeff\ufeffevent: live\n${event}`], ['\ufeff', `\ufeffevent: live\n${event}`]]) {
      expect(await eventsOf(...pieces)).toEqual([])
    }
    expect(await eventsOf(`\n\ufeffevent: live\n${event}event: live\n${event}`)).toEqual([live(1)])
    expect(await eventsOf(`event: live\ndata: {"visitors":1,"at":"\ufeff"}\n\n`)).toEqual([
      'live undefined {"visitors":1,"at":"\ufeff"}',
    ])
  })
})

describe('a line', () => {
  test('that begins with a colon is a comment', async () => {
    expect(
      await eventsOf(':\n: data: no\n:event: ping\nevent: live\n::\ndata: {"visitors":1}\n:\n\n'),
    ).toEqual([live(1)])
  })

  test('loses one space after its colon, and only that', async () => {
    expect(await eventsOf('event:live\ndata:{"visitors":1}\n\n')).toEqual([live(1)])
    expect(await eventsOf('event:  live\ndata: {"visitors":1}\n\n')).toEqual([])
    expect(await eventsOf('event:\tlive\ndata: {"visitors":1}\n\n')).toEqual([])
    expect(await eventsOf('event: live \ndata: {"visitors":1}\n\n')).toEqual([])
    expect(await eventsOf('event: live\nid:  e.1 \ndata:   {"visitors":1}  \n\n')).toEqual([live(1, ' e.1 ')])
  })

  test('keeps the colons of its value', async () => {
    expect(await eventsOf('event: live\nid: a:b: c\ndata: {"visitors":1}\n\n')).toEqual([live(1, 'a:b: c')])
  })

  test('without a colon is a field without a value', async () => {
    expect(await eventsOf('event: ping\nevent\ndata: {}\n\n')).toEqual([])
    expect(await eventsOf('event: live\ndata\ndata: {"visitors":1}\ndata\n\n')).toEqual([live(1)])
    expect(await eventsOf('event: live\nid: e.1\nid\ndata: {"visitors":1}\n\n')).toEqual([live(1, '')])
  })

  test('of a field that nobody knows is left out, and names are compared as they are', async () => {
    const odd = [
      'Event: ping',
      'DATA: 1',
      'data : 1',
      ' data: 1',
      'foo',
      'foo: bar',
      'datum: 1',
      'events: ping',
      'ident: 1',
    ]
    expect(await eventsOf(`event: live\n${odd.join('\n')}\ndata: {"visitors":1}\n\n`)).toEqual([live(1)])
  })
})

describe('an event', () => {
  test('has its lines of data joined by LF', async () => {
    expect(await eventsOf('event: live\ndata: {\ndata:"visitors":\rdata: 1\r\ndata: }\n\n')).toEqual([
      live(1),
    ])
    expect(await eventsOf('event: live\ndata: {"visit\ndata: ors":1}\n\n')).toEqual([])
  })

  test('without data is none, and its type is forgotten', async () => {
    expect(await eventsOf('event: live\n\ndata: {"visitors":1}\n\n')).toEqual([])
    expect(await eventsOf('\n\n\nevent: live\n\n\nevent: live\ndata: {"visitors":1}\n\n\n\n')).toEqual([
      live(1),
    ])
  })

  test('has the last type that it names, and none of the event before', async () => {
    expect(
      await eventsOf('event: ping\nevent: live\ndata: {"visitors":1}\n\ndata: {"visitors":2}\n\n'),
    ).toEqual([live(1)])
  })

  test('that is not over when the stream ends is dropped', async () => {
    for (const rest of [
      'event: live\ndata: {"visitors":2}',
      'event: live\ndata: {"visitors":2}\n',
      'event: live\r\ndata: {"visitors":2}\r\n',
    ]) {
      expect(await eventsOf(`event: live\ndata: {"visitors":1}\n\n${rest}`)).toEqual([live(1)])
    }
  })

  test('with NUL in its data is handed on as it is, and is then no JSON, which the SDK leaves out', async () => {
    expect(
      await eventsOf('event: live\ndata: {"visitors":\0 1}\n\nevent: live\ndata: {"visitors":2}\n\n'),
    ).toEqual([live(2)])
    expect(await eventsOf(': \0\n\0: \0\nevent: live\ndata: {"visitors":1}\n\n')).toEqual([live(1)])
  })
})

describe('an event that the SDK knows', () => {
  test.each(['', 'soon', '{"visitors":', "{'visitors':2}", '3', '"3"', 'true', 'null', '{}{}', '{"visitors":2},'])(
    'is left out where its data are no JSON object, but %j, and moves nothing',
    async (data) => {
      const odd = ['hello', 'analytics.changed', 'live', 'bye'].map((type) => `event: ${type}\ndata: ${data}\n\n`)
      expect(await read([`${odd.join('')}event: live\ndata: {"visitors":1}\n\n`])).toEqual({
        events: [live(1)],
        error: undefined,
      })
    },
  )
})

describe('an id', () => {
  test('is the last that the event names', async () => {
    expect(await eventsOf('id: e.1\nevent: live\nid: e.2\ndata: {"visitors":1}\n\n')).toEqual([
      live(1, 'e.2'),
    ])
  })

  test('with NUL is ignored', async () => {
    expect(await eventsOf('id: e.1\nid: e.\x002\nevent: live\ndata: {"visitors":1}\n\n')).toEqual([
      live(1, 'e.1'),
    ])
  })

  test('is told with its own event only', async () => {
    const events = ['id: e.1\nevent: live\ndata: {"visitors":1}', 'event: live\ndata: {"visitors":2}']
    expect(await eventsOf(`${events.join('\n\n')}\n\n`)).toEqual([live(1, 'e.1'), live(2)])
  })

  test('is kept by the connection over events without one; an empty one, or one without data, moves nothing', async () => {
    const service = new FakeService()
    const client = service.client({ live: true })
    client.watch('overview')
    await service.run(20_000)
    service.openStreams[0]?.send('ping', {}, 'e1.10')
    service.openStreams[0]?.write('event: live\ndata: {"visitors":2}\n\nid: e1.99\n\n')
    service.openStreams[0]?.write('id\nevent: live\ndata: {"visitors":3}\n\n')
    await service.run(1_000)
    service.openStreams[0]?.kill()
    await service.run(10_000)
    const [first, again] = service.asked('/realtime')
    expect(first?.path).not.toContain('last_event_id')
    expect(again?.path).toContain('last_event_id=e1.10')
    client.close()
  })
})

describe('retry', () => {
  test.each(['3000', '0', 'soon', '1e3', '-1', '', '٣'])(
    'is no concern of the SDK, which has its own back-off: %s does no harm',
    async (value) => {
      expect(
        await read([`retry: ${value}\nevent: live\ndata: {"visitors":1}\n\nretry: ${value}\n\n`]),
      ).toEqual({
        events: [live(1)],
        error: undefined,
      })
    },
  )
})

describe('what has no end', () => {
  const piece = 'x'.repeat(64)

  /** Counts the pieces that are asked for. */
  function* endless(first: string, most = 131_072): Generator<string, void, undefined> {
    yield first
    for (let count = 0; count < most; count++) {
      taken++
      yield piece
    }
  }
  let taken = 0

  test('yet is read where it ends within a mebibyte, in however small pieces it comes', async () => {
    const start = 'event: analytics.changed\ndata: {"site_id":"'
    const pieces = Array.from({ length: 16_000 }, () => piece)
    const [event] = await eventsOf(start, ...pieces, '"}\n\n')
    expect(event).toHaveLength(`analytics.changed undefined {"site_id":""}`.length + 64 * 16_000)
  })

  test.each([
    ['a line of data', 'data: '],
    ['the type of an event', 'event: '],
    ['an id', 'id: '],
    ['retry', 'retry: '],
  ])(
    'as %s of 8 MiB ends the attempt with `protocol`, long before all of it is read',
    async (_name, first) => {
      taken = 0
      const { events, error } = await read(endless(`event: live\ndata: {"visitors":1}\n\n${first}`))
      expect(events).toEqual([live(1)])
      expect(error?.code).toBe('protocol')
      expect(taken * piece.length).toBeLessThan(1_200_000)
    },
  )

  test('as an event of ever more lines ends it so, too', async () => {
    const { error } = await read(Array.from({ length: 40_000 }, () => `data: ${piece}\n`))
    expect(error?.code).toBe('protocol')
  })

  test.each([
    ['a comment', ':'],
    ['a field that nobody knows', 'foo'],
  ])('as %s is never kept, so it may be as long as it likes', async (_name, first) => {
    expect(await read([...endless(first), '\nevent: live\ndata: {"visitors":1}\n\n'])).toEqual({
      events: [live(1)],
      error: undefined,
    })
  })
})

/**
 * Reads a whole stream as the standard says, line by line: what comes out after the SDK's own sieve, and
 * each id with its own event.
 */
function reference(bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/)
  // What follows the last end of a line is no line.
  lines.pop()
  const told: string[] = []
  let [type, id, data]: [string | undefined, string | undefined, string[]] = [undefined, undefined, []]
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (line === '') {
      const message = data.length > 0 ? parseMessage(type, data.join('\n'), id) : undefined
      if (message !== undefined) told.push(show(message))
      ;[type, id, data] = [undefined, undefined, []]
    } else if (name === 'event') type = value
    else if (name === 'data') data.push(value)
    else if (name === 'id' && !value.includes('\0')) id = value
  }
  return told
}

test('whatever comes, in whatever pieces, means what the standard says', async () => {
  const words = ['data', 'event', 'id', 'retry', ':', ' ', '\n', '\r', '\r\n', '\ufeff', '\0', 'ë', '🙂', '1']
  const lines = [
    'event: live',
    'event:live',
    'data: {"visitors":',
    'data: 2}',
    'data: {"visitors":1}',
    'id: e.1',
    ':x',
    'id',
  ]
  const line = fc
    .tuple(fc.constantFrom(...lines), fc.constantFrom('\n', '\r', '\r\n', '\n\n'))
    .map((parts) => parts.join(''))
  const event = fc
    .tuple(fc.constantFrom('\n', '\r', '\r\n'), fc.constantFrom('', 'id: e.2', 'foo: bar', ': 🙂'))
    .map(([end, more]) => ['event: live', more || 'id:e.3', 'data: {"visitors":3}', '', ''].join(end))
  const streams = fc.array(
    fc.oneof(fc.constantFrom(...words), { arbitrary: line, weight: 4 }, { arbitrary: event, weight: 2 }),
    { maxLength: 30 },
  )
  let seen = 0
  await fc.assert(
    fc.asyncProperty(streams, fc.array(fc.nat(12), { minLength: 1, maxLength: 9 }), async (parts, sizes) => {
      const bytes = text.encode(parts.join(''))
      const pieces: Uint8Array[] = []
      for (let from = 0, turn = 0; from < bytes.length; turn++) {
        const size = (sizes[turn % sizes.length] ?? 0) + (turn % sizes.length === 0 ? 1 : 0)
        pieces.push(bytes.slice(from, from + size))
        from += size
      }
      const expected = reference(bytes)
      seen += expected.length
      expect(await eventsOf(...pieces)).toEqual(expected)
    }),
    { numRuns: 2_000 },
  )
  // Not all of it is nonsense.
  expect(seen).toBeGreaterThan(2_000)
})
