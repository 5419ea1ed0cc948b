import { describe, expect, test } from 'bun:test'
import { HkError } from '../../sdk/protocol.ts'
import { importLog, readerFor, showProgress } from '../../server/logs/index.ts'
import type { ImportOptions, ImportProgress, LogFetch, LogItem, PostCall } from '../../server/logs/index.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const gpt = 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)'
const now = Date.UTC(2026, 10, 22, 9, 30)

const line = (path: string, { time = '17/May/2015:10:05:03 +0000', agent = firefox, status = 200 } = {}) =>
  `203.0.113.9 - - [${time}] "GET ${path} HTTP/1.1" ${status} 512 "https://news.example/?q=1" "${agent}"\n`

/** A service that stores each id once. */
function service() {
  const items = new Map<string, LogItem>()
  const fetches = new Map<string, LogFetch>()
  const batches: number[] = []
  function post(...[route, body]: PostCall) {
    const sent = route === 'ingest' ? body.items.length : body.length
    if (route === 'ingest') for (const item of body.items) items.set(item.id, item)
    else for (const fetch of body) fetches.set(fetch.id, fetch)
    batches.push(sent)
    return Promise.resolve({ accepted: sent, rejected: [] })
  }
  return { items, fetches, batches, post }
}

/** A log in chunks of a few bytes, so that lines and characters are cut anywhere. */
function chunks(text: string | Uint8Array, size = 7) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  return async function* () {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
  }
}

function run(text: string | Uint8Array, options: Partial<ImportOptions> = {}) {
  return importLog({
    files: [{ name: 'access.log', open: chunks(text) }],
    site: 'site-1',
    hostname: 'www.example.com',
    reader: readerFor('auto'),
    keepDates: true,
    post: service().post,
    now: () => now,
    pace: { wait: () => Promise.resolve(), random: () => 0.5 },
    ...options,
  })
}

describe('an import', () => {
  test('hands over pageviews and fetches as the service takes them', async () => {
    const { items, fetches, post } = service()
    const log = line('/caf%C3%A9?utm_source=x') + line('/gone', { agent: gpt, status: 404 })
    const summary = await run(log, { post })
    const [item] = items.values()
    const [fetch] = fetches.values()
    expect(item).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      type: 'pageview',
      url: 'https://www.example.com/caf%C3%A9?utm_source=x',
      referrer: 'https://news.example/?q=1',
      at: '2015-05-17T10:05:03.000Z',
      visitor_ip: '203.0.113.9',
      user_agent: firefox,
    })
    expect(fetch).toEqual({
      id: expect.any(String),
      hostname: 'www.example.com',
      path: '/gone',
      user_agent: gpt,
      status_code: 404,
      bytes_served: 512,
      at: '2015-05-17T10:05:03.000Z',
    })
    expect(summary).toMatchObject({ lines: 2, pageviews: 1, ai_fetches: 1, left_out: {}, shifted_days: 0 })
  })

  test('of the same log again adds nothing, of a log that has grown only what is new', async () => {
    const { items, post } = service()
    const log = line('/a') + line('/a') + line('/b')
    await run(log, { post })
    expect(items.size).toBe(3)
    await run(log, { post, keepDates: false, now: () => now + 5 * 86_400_000 })
    expect(items.size).toBe(3)
    await run(log + line('/a') + line('/c'), { post })
    expect(items.size).toBe(5)
    await run(log, { post, site: 'site-2' })
    expect(items.size).toBe(8)
  })

  test('moves all dates by the same whole days, the newest into the last 24 hours', async () => {
    const { items, post } = service()
    const times = ['01/May/2015:08:00:00 +0200', '20/May/2015:21:05:00 +0000', '20/May/2015:09:30:00 +0000']
    const log = times.map((time) => line('/a', { time })).join('')
    const summary = await run(log, { post, keepDates: false })
    expect([...items.values()].map(({ at }) => at)).toEqual([
      '2026-11-02T06:00:00.000Z',
      '2026-11-21T21:05:00.000Z',
      '2026-11-21T09:30:00.000Z',
    ])
    expect(summary.shifted_days).toBe(4203)
  })

  test('moves dates from the future back', async () => {
    const { items, post } = service()
    await run(line('/a', { time: '24/Nov/2026:09:31:00 +0000' }), { post, keepDates: false })
    expect([...items.values()][0]?.at).toBe('2026-11-21T09:31:00.000Z')
  })

  test('counts what it leaves out, by reason', async () => {
    const assets = line('/a.css') + line('/b.png')
    const summary = await run(assets + line('/c', { status: 404 }) + line('/d', { agent: 'curl/8' }))
    expect(summary.left_out).toEqual({ asset: 2, status: 1, bot: 1 })
  })

  test('takes no page of a person without an address, but what an AI agent asked for', async () => {
    const { items, fetches, post } = service()
    const without = (agent: string) => `[2026-11-10T13:55:36.000Z] "GET /a HTTP/1.1" 200 - 0 12 5 4 "-" "${agent}" "id" "shop.example" "-"\n`
    const summary = await run(without(firefox) + without(gpt), { post })
    expect(summary).toMatchObject({ lines: 2, pageviews: 0, ai_fetches: 1, left_out: {} })
    expect(summary.malformed).toMatchObject({ count: 1, reasons: { no_address: 1 }, examples: [{ file: 'access.log', line: 1 }] })
    expect([items.size, fetches.size]).toEqual([0, 1])
  })

  test('goes on after lines that can not be read, and shows five, harmless to a terminal', async () => {
    const bad = `\u001b[2Jhello\u009b0m\n${'garbage\n'.repeat(6)}`
    const summary = await run(`${line('/a')}\n${bad}${'x'.repeat(40_000)}\n${line('/b')}`)
    expect(summary).toMatchObject({ lines: 10, pageviews: 2 })
    expect(summary.malformed.count).toBe(8)
    expect(summary.malformed.examples).toHaveLength(5)
    expect(summary.malformed.examples[0]).toEqual({ file: 'access.log', line: 3, text: '?[2Jhello?0m' })
  })

  test('reads bytes that are no UTF-8, Windows line ends and a last line without an end', async () => {
    const { items, post } = service()
    const windows = line('/b').replace('\n', '\r\n')
    const text = line('/a', { agent: 'Firefox \xff\xe9' }) + windows + line('/c').trimEnd()
    const summary = await run(Buffer.from(text, 'latin1'), { post })
    expect(summary).toMatchObject({ pageviews: 3, malformed: { count: 0 } })
    const agents = [...items.values()].map(({ user_agent }) => user_agent)
    expect(agents).toEqual(['Firefox \ufffd\ufffd', firefox, firefox])
  })

  test('sends at most 500 items at once, and less of long lines', async () => {
    const short = service()
    const lines = (count: number, ending = '') =>
      Array.from({ length: count }, (_, n) => line(`/${n}${ending}`))
    await run(lines(1_201).join(''), { post: short.post })
    expect(short.batches).toEqual([500, 500, 201])
    const long = service()
    await run(lines(100, 'x'.repeat(7_000)).join(''), { post: long.post })
    expect(Math.max(...long.batches)).toBeLessThanOrEqual(60)
    expect(long.items.size).toBe(100)
  })

  test('of an empty log does nothing', async () => {
    const { batches, post } = service()
    const summary = await run('', { post, keepDates: false })
    expect(summary).toMatchObject({ lines: 0, pageviews: 0, shifted_days: 0 })
    expect(batches).toEqual([])
  })
})

describe('a delivery', () => {
  test.each(['rate_limited', 'unavailable', 'network', 'timeout'] as const)(
    'that fails by %s is tried again, not before the time that the service named',
    async (code) => {
      const { items, post } = service()
      const waits: number[] = []
      const failures = [
        new HkError(code, 'not now', { retryAfterMs: 7_000 }),
        new HkError(code, 'not now'),
        new HkError(code, 'not now'),
      ]
      await run(line('/a'), {
        post: (...call: PostCall) => {
          const failure = failures.shift()
          return failure ? Promise.reject(failure) : post(...call)
        },
        pace: { wait: (ms) => (waits.push(ms), Promise.resolve()), random: () => 0.5 },
      })
      expect(items.size).toBe(1)
      expect(waits).toEqual([7_000, 1_000, 2_000])
    },
  )

  test('that a retry would not change ends the import', async () => {
    const post = () => Promise.reject(new HkError('forbidden', 'The token lacks the scope "ingest".'))
    expect(run(line('/a'), { post })).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('is given up after ten tries', async () => {
    let tries = 0
    const post = () => Promise.reject(new HkError('unavailable', `try ${++tries}`))
    expect(run(line('/a'), { post })).rejects.toMatchObject({ message: 'try 10' })
  })

  test('that is refused in part is counted with its reasons', async () => {
    const post = () =>
      Promise.resolve({ accepted: 0, rejected: [{ index: 0, code: 'bad_at', message: 'too old' }] })
    expect((await run(line('/a'), { post })).rejected).toEqual({ count: 1, examples: ['too old'] })
  })
})

describe('progress', () => {
  function show(terminal: { isTTY: boolean; columns?: number }, steps: ImportProgress[], total?: number) {
    let text = ''
    let clock = 0
    const write = (part: string) => (text += part)
    const update = showProgress({ ...terminal, write }, total, () => (clock += 1_000))
    for (const step of steps) update(step)
    return text
  }
  const half: ImportProgress = { phase: 'import', bytes: 500, lines: 1_234, stored: 1_000 }
  const done: ImportProgress = { phase: 'done', bytes: 0, lines: 2_000, stored: 1_500 }

  test('on a terminal is one line that is drawn over', () => {
    expect(show({ isTTY: true }, [half, done], 1_000)).toBe(
      `\r\u001b[K[${'#'.repeat(15)}${'.'.repeat(15)}] 50 % 1,234 lines, 1,000 taken by the service` +
        '\r\u001b[Kdone: 2,000 lines, 1,500 taken by the service\n',
    )
  })

  test('elsewhere is a plain line now and then', () => {
    const text = show({ isTTY: false }, [half, half, half, half, half, half, half, done], 1_000)
    expect(text.split('\n')).toEqual([
      '50 % 1,234 lines, 1,000 taken by the service',
      '50 % 1,234 lines, 1,000 taken by the service',
      'done: 2,000 lines, 1,500 taken by the service',
      '',
    ])
    expect(text).not.toContain('\u001b')
  })

  test('is no wider than the terminal', () => {
    expect(show({ isTTY: true, columns: 20 }, [half], 1_000)).toBe(`\r\u001b[K[${'#'.repeat(15)}...`)
  })
})
