/**
 * What the SDK takes for a stream when it is answered over real sockets: by the service, by what stands
 * between, or by something else altogether. How bytes are read stands in `sse.test.ts`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'
import { constants, createGzip } from 'node:zlib'
import { createHttp } from '../../sdk/http.ts'
import { createClient, type ErrorCode, type HkError } from '../../sdk/index.ts'
import { createPlatform } from '../../sdk/platform.ts'
import { openStream } from '../../sdk/stream.ts'
import { Pace } from '../support/pace.ts'

type Answer = (socket: Socket, path: string) => unknown

let answer: Answer
let server: Server
let endpoint: string
const sockets = new Set<Socket>()
/** Resolves once the attempt has told its first number. */
let heard = Promise.withResolvers<void>()

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    let head = ''
    socket.on('data', (chunk) => {
      head += String(chunk)
      if (!head.endsWith('\r\n\r\n')) return
      const [, path = ''] = head.split(' ')
      head = ''
      answer(socket, path)
    })
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

const page = '<!doctype html><title>Welcome</title><form><input type="password"></form>'
const hello = 'event: hello\nid: e.1\ndata: {"protocol":1,"position":"e.1","heartbeat_ms":15000}\n\n'
const live = (visitors: number) => `event: live\ndata: {"visitors":${visitors}}\n\n`

/** The head of an answer, with fields written as `name: value`. */
const head = (status: number, ...fields: string[]) =>
  [`HTTP/1.1 ${status} Status`, ...fields, '', ''].join('\r\n')
const whole = (status: number, body: string, ...fields: string[]) =>
  head(status, ...fields, `content-length: ${Buffer.byteLength(body)}`) + body
const eventStream = head(200, 'content-type: text/event-stream', 'connection: close')
const chunked = head(200, 'content-type: text/event-stream', 'transfer-encoding: chunked')
const chunk = (data: string, more = '') =>
  `${Buffer.byteLength(data).toString(16)}${more}\r\n${data}\r\n`

/** Answers every request with the same. */
const always =
  (data: string): Answer =>
  (socket) =>
    socket.write(data)

/** Answers with the first part, and ends with the second once the first was told: a broken body may be dropped whole. */
const inTwo =
  (first: string, second = ''): Answer =>
  async (socket) => {
    socket.write(first)
    await heard.promise
    socket.end(second)
  }

/** What came of an attempt: its events, what it told of itself, and how it ended. */
interface Outcome {
  readonly events: string[]
  readonly told: string[]
  readonly floor: number | undefined
  readonly error: HkError | undefined
}

/** Opens a stream over real sockets until it ends, or as many events were told. */
async function attempt(respond: Answer, most = Infinity): Promise<Outcome> {
  answer = respond
  heard = Promise.withResolvers()
  const pace = new Pace(5)
  const platform = createPlatform({ timers: pace, now: pace.now })
  const http = createHttp({ endpoint, site: 's1' }, platform)
  const events: string[] = []
  const told: string[] = []
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const end = openStream(
    (signal) => http.stream('', signal),
    {
      message({ event, data }) {
        events.push(event === 'live' ? `live ${data.visitors}` : event)
        if (event === 'live') heard.resolve()
        if (events.length >= most) resolve({ events, told, floor: undefined, error: undefined })
      },
      input(type, floor, error) {
        told.push(type)
        if (!/^(hello|healthy)$/.test(type)) resolve({ events, told, floor, error })
      },
    },
    platform,
  )
  const outcome = await promise
  end()
  return outcome
}

describe('an answer that is no stream', () => {
  test.each<[number, string, ErrorCode]>([
    [204, 'failed', 'protocol'],
    [304, 'failed', 'bad_request'],
    [400, 'failed', 'bad_request'],
    [401, 'denied', 'unauthorized'],
    [403, 'denied', 'forbidden'],
    [404, 'denied', 'not_found'],
    [407, 'failed', 'bad_request'],
    [410, 'denied', 'gone'],
    [429, 'failed', 'rate_limited'],
    [500, 'failed', 'internal'],
    [502, 'failed', 'unavailable'],
    [503, 'failed', 'unavailable'],
    [504, 'failed', 'unavailable'],
  ])('with the status %d is told as %s, with the code %s', async (status, type, code) => {
    const body = status === 204 || status === 304 ? head(status) : whole(status, page, 'content-type: text/html')
    const { told, error, floor } = await attempt(always(body))
    expect([told, error?.code, floor]).toEqual([[type], code, undefined])
  })

  test.each([429, 503])('with the status %d names when to come again: in seconds, or at a date', async (status) => {
    const seconds = await attempt(always(whole(status, '', 'retry-after: 7')))
    expect(seconds.floor).toBe(7_000)
    const date = new Date(Date.now() + 60_000).toUTCString()
    const { floor = 0 } = await attempt(always(whole(status, '', `retry-after: ${date}`)))
    // The date has no milliseconds, and the clock of the test is faster than it.
    expect(floor).toBeGreaterThan(30_000)
    expect(floor).toBeLessThanOrEqual(60_000)
    expect((await attempt(always(whole(status, '', 'retry-after: soon')))).floor).toBeUndefined()
  })

  test.each([
    ['a page', whole(200, page, 'content-type: text/html')],
    ['a page that never ends', head(200, 'content-type: text/html; charset=utf-8') + page],
    ['JSON', whole(200, '{}', 'content-type: application/json')],
    ['a stream by another name', head(200, 'content-type: text/plain') + hello],
    ['a stream without a name', head(200) + hello],
    ['nothing', whole(200, '', 'content-type: text/html')],
  ])('but %s fails with `protocol`, and is not held against streams', async (_name, data) => {
    const { events, told, error } = await attempt(always(data))
    expect([events, told, error?.code]).toEqual([[], ['failed'], 'protocol'])
  })

  test('but the page of a login that a request was sent on to fails with `protocol`', async () => {
    const { told, error } = await attempt((socket, path) =>
      socket.write(
        path === '/login' ? whole(200, page, 'content-type: text/html') : whole(302, '', 'location: /login'),
      ),
    )
    expect([told, error?.code]).toEqual([['failed'], 'protocol'])
  })

  test('but a redirection in a circle fails with `network`', async () => {
    const { told, error } = await attempt((socket, path) => socket.write(whole(301, '', `location: ${path}`)))
    expect([told, error?.code]).toEqual([['failed'], 'network'])
  })

  test.each<[string, Answer]>([
    ['a connection that is closed at once', (socket) => socket.end()],
    ['a connection that is reset', (socket) => socket.resetAndDestroy()],
    ['half a head', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-ty')],
    ['no HTTP', (socket) => socket.end('220 mail.example ESMTP\r\n')],
  ])('but %s fails with `network`', async (_name, respond) => {
    const { told, error } = await attempt(respond)
    expect([told, error?.code]).toEqual([['failed'], 'network'])
  })

  test('but nothing at all fails with `timeout`', async () => {
    const { told, error } = await attempt(() => undefined)
    expect([told, error?.code]).toEqual([['failed'], 'timeout'])
  })

  test('lets its connection go, read or not', async () => {
    const closed = Promise.withResolvers<void>()
    await attempt((socket) => {
      socket.on('close', () => closed.resolve())
      socket.write(head(200, 'content-type: text/html') + page)
    })
    await closed.promise
  })
})

describe('a stream is read', () => {
  test.each([
    ['text/event-stream'],
    ['text/event-stream; charset=utf-8'],
    ['text/event-stream;charset=UTF-8'],
    ['Text/Event-Stream'],
  ])('that calls itself %s', async (type) => {
    const { events } = await attempt(always(head(200, `content-type: ${type}`) + hello), 1)
    expect(events).toEqual(['hello'])
  })

  test.each([301, 302, 303, 307, 308])('that a request was sent on to with the status %d', async (status) => {
    const { events } = await attempt(
      (socket, path) =>
        socket.write(path === '/moved' ? chunked + chunk(hello) : whole(status, '', 'location: /moved')),
      1,
    )
    expect(events).toEqual(['hello'])
  })

  test('whatever the chunks are that it comes in', async () => {
    const text = `${hello}event: live\r\ndata: {"visitors":1}\r\n\r\n${live(2)}`
    const pieces = Array.from(text, (byte, index) => chunk(byte, index % 2 ? ';name="value"' : ''))
    const { events, told } = await attempt(always(`${chunked}${pieces.join('')}0\r\n\r\n`))
    expect(events).toEqual(['hello', 'live 1', 'live 2'])
    expect(told).toEqual(['hello', 'failed'])
  })

  test('when its head and its first byte are slow, and others between them', async () => {
    const bytes = [eventStream.slice(0, 20), eventStream.slice(20), hello.slice(0, 9), hello.slice(9)]
    const { events, told } = await attempt(async (socket) => {
      for (const part of bytes) {
        await Bun.sleep(100)
        socket.write(part)
      }
    }, 1)
    expect([events, told]).toEqual([['hello'], ['hello']])
  })

  test('when it is compressed on the way, as long as each event is sent on', async () => {
    const { events } = await attempt((socket) => {
      socket.write(head(200, 'content-type: text/event-stream', 'content-encoding: gzip', 'connection: close'))
      const gzip = createGzip()
      gzip.pipe(socket)
      gzip.write(hello)
      gzip.flush(constants.Z_SYNC_FLUSH, () => {
        gzip.write(live(1))
        gzip.flush(constants.Z_SYNC_FLUSH)
      })
    }, 2)
    expect(events).toEqual(['hello', 'live 1'])
  })

  test('with a hundred thousand events in it', async () => {
    const count = 100_000
    const { events } = await attempt((socket) => {
      socket.write(eventStream + hello)
      for (let from = 0; from < count; from += 1_000) {
        socket.write(Array.from({ length: 1_000 }, (_, index) => live(from + index)).join(''))
      }
    }, count + 1)
    expect(events.at(-1)).toBe(`live ${count - 1}`)
  })
})

describe('a stream that ends', () => {
  test.each<[string, Answer]>([
    ['with its last event', (socket) => socket.end(eventStream + hello + live(1))],
    ['within an event', (socket) => socket.end(`${eventStream}${hello}${live(1)}event: live\ndata: {"visitors":2}`)],
    ['one line end early', (socket) => socket.end(`${eventStream}${hello}${live(1)}${live(2).slice(0, -1)}`)],
    ['with its last chunk', (socket) => socket.end(`${chunked}${chunk(hello + live(1))}0\r\n\r\n`)],
    ['before its last chunk', inTwo(chunked + chunk(hello + live(1)))],
    ['within a chunk', inTwo(chunked + chunk(hello + live(1)), `ff\r\n${live(2).slice(0, 9)}`)],
  ])('%s has told what was whole, and fails', async (_name, respond) => {
    const { events, told } = await attempt(respond)
    expect([events, told]).toEqual([
      ['hello', 'live 1'],
      ['hello', 'failed'],
    ])
  })

  test('before it has begun fails', async () => {
    expect((await attempt((socket) => socket.end(eventStream))).told).toEqual(['failed'])
    expect((await attempt((socket) => socket.end(`${chunked}0\r\n\r\n`))).told).toEqual(['failed'])
  })

  test('by silence instead of hello is mute', async () => {
    expect((await attempt(always(chunked))).told).toEqual(['mute'])
    expect((await attempt(always(chunked + chunk(': padding\n\n')))).told).toEqual(['mute'])
  })
})

test('what stands where the service should be is named in the status, and its reports are asked for again', async () => {
  let away = true
  answer = (socket, path) => {
    const report = { report: 'overview', site_id: 's1', version: 'e.1', generated_at: 'now', range: {}, data: {} }
    if (away) socket.write(whole(200, page, 'content-type: text/html'))
    else if (path.includes('/realtime')) socket.write(chunked + chunk(hello))
    else socket.write(whole(200, JSON.stringify(report), 'content-type: application/json'))
  }
  const pace = new Pace(10)
  const client = createClient({ endpoint, site: 's1', timers: pace, now: pace.now })
  const overview = client.watch('overview')
  const until = async (holds: () => boolean) => {
    for (const deadline = Date.now() + 15_000; !holds(); await Bun.sleep(10)) {
      if (Date.now() > deadline) throw new Error(`It is ${client.status.get().state}, ${overview.state.get()}.`)
    }
  }
  await until(() => client.status.get().state === 'backoff' && overview.state.get() === 'error')
  expect(client.status.get().error?.code).toBe('protocol')
  expect(overview.error.get()?.code).toBe('protocol')
  away = false
  await until(() => client.status.get().state === 'live' && overview.state.get() === 'ready')
  expect(client.status.get().error).toBeUndefined()
  client.close()
})
