/** Lists of addresses that proxies passed on: what else stands in them, and where they stand. */
import { describe, expect, test } from 'bun:test'
import { readerFor } from '../../server/logs/index.ts'

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const rest = `[10/Nov/2026:13:55:36 +0000] "GET /a HTTP/1.1" 200 12 "-" "${agent}"`
const read = (line: string, format = 'auto') => readerFor(format)().read(line)
const many = Array.from({ length: 200 }, (_, n) => `10.0.0.${n}`).join(', ')

/** Lists of which 203.0.113.5 counts, as clients and proxies write them. */
const lists = [
  '203.0.113.5, cache.example',
  '203.0.113.5, ',
  '203.0.113.5,',
  '203.0.113.5,,10.0.0.3',
  '203.0.113.5, -',
  '203.0.113.5, unknown',
  '203.0.113.5, _hidden',
  '203.0.113.5, localhost:8080',
  `203.0.113.5, ${many}`,
  `203.0.113.5, ${'x'.repeat(2_000)}`,
  'cache.example, 203.0.113.5',
  'unknown, 203.0.113.5',
  '-, 203.0.113.5',
  ', 203.0.113.5',
  '_hidden, 10.0.0.7, 203.0.113.5',
  'for=_hidden, for=203.0.113.5;proto=https',
  'for=unknown;by=10.0.0.1, for="203.0.113.5:5123"',
]

describe('a list after the agent', () => {
  test.each(lists.map((list) => list.replaceAll('"', String.raw`\"`)))('is one, whatever else is in it: %s', (list) => {
    expect(read(`10.0.0.1 - - ${rest} "${list}"`)).toMatchObject({ host: '203.0.113.5', userAgent: agent })
    expect(read(`10.0.0.1 - - ${rest} "-" 0.003 "${list}"`)).toMatchObject({ host: '203.0.113.5' })
  })

  test.each(['203.0.113.5, <script>', '203.0.113.5, a b', '203.0.113.5, https://x.example/?a=1,2', `203.0.113.5, <${many}`])(
    'is one where an address begins it: %s',
    (list) => {
      expect(read(`10.0.0.1 - - ${rest} "${list}"`)).toMatchObject({ host: '203.0.113.5' })
      // Any other field may hold an address somewhere.
      expect(read(`10.0.0.1 - - ${rest} "-" "${list}"`)).toMatchObject({ host: '10.0.0.1' })
    },
  )

  test.each(['https://x.example/?servers=8.8.4.4,8.8.8.8,', 'unix:/run/app.sock, 198.51.100.7:80', 'unknown', '-', ',', 'cache.example', `${'x'.repeat(2_000)}, 8.8.8.8`])(
    'is none: %s',
    (text) => {
      expect(read(`10.0.0.1 - - ${rest} "${text}" "${text}"`)).toMatchObject({ host: '10.0.0.1' })
    },
  )

  test('is cut between its entries: a part of an address would be another one', () => {
    const list = (length: number) => `${'unknown,'.repeat(200).slice(0, length - 10)},203.0.113.57`
    for (let length = 985; length < 1_015; length++) {
      expect(['203.0.113.57', '10.0.0.1']).toContain(Object(read(`10.0.0.1 - - ${rest} "${list(length)}"`)).host)
    }
  })

  test('is written with its quotes escaped', () => {
    for (const list of [String.raw`for=\"[2001:db8::1]:5123\"`, String.raw`for=\x22[2001:db8::1]\x22`]) {
      expect(read(`10.0.0.1 - - ${rest} "${list}"`)).toMatchObject({ host: '2001:db8::1' })
    }
  })
})

describe('a list in place of the address', () => {
  const heads = lists.filter((list) => !list.includes('x'.repeat(100)) && !list.startsWith(','))

  test.each(heads)('is read as one that was passed on: %s', (list) => {
    for (const spelt of [list, list.replaceAll(', ', ',')]) {
      expect(read(`${spelt} - - ${rest}`)).toMatchObject({ host: '203.0.113.5', userAgent: agent })
      expect(read(`"${spelt}" - Ann B ${rest}`)).toMatchObject({ host: '203.0.113.5' })
      expect(read(`shop.example:443 ${spelt} - - ${rest}`)).toMatchObject({ host: '203.0.113.5', hostname: 'shop.example' })
      expect(read(`10.0.0.1 ${spelt} - - ${rest}`)).toMatchObject({ host: '203.0.113.5' })
    }
  })

  test.each([
    ['10.0.0.7,203.0.113.5', '203.0.113.5'],
    ['unknown, 10.0.0.7', '10.0.0.7'],
    ['unknown, unknown, 203.0.113.5:5123', '203.0.113.5'],
    ['dialin.example.net, 203.0.113.5', '203.0.113.5'],
  ])('%s: %s', (list, host) => {
    expect(read(`${list} - - ${rest}`)).toMatchObject({ host })
  })

  test.each([
    ['unknown, unknown', 'address'],
    ['-, -', 'address'],
    ['unknown', 'address'],
  ] as const)('may have none: %s', (list, reason) => {
    expect(read(`${list} - - ${rest}`)).toEqual({ unreadable: reason })
  })

  test('is read in JSON', () => {
    expect(read(JSON.stringify({ time_iso8601: '2026-11-10T13:55:36Z', remote_addr: 'unknown, 203.0.113.5', request: 'GET /a HTTP/1.1', status: 200 }))).toMatchObject({ host: '203.0.113.5' })
  })
})

describe('what proxies passed on', () => {
  const haproxy = (headers: string, remote = '10.0.0.1') => `${remote}:33317 [10/Nov/2026:13:55:36.000] http-in~ static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {${headers}} "GET /a HTTP/1.1"`

  test.each([...lists, '203.0.113.5, <script>'])('is captured by HAProxy: %s', (list) => {
    expect(read(haproxy(`${list}|${agent}`))).toMatchObject({ host: '203.0.113.5', userAgent: agent })
    expect(read(haproxy(`shop.example|${agent}|${list}`))).toMatchObject({ host: '203.0.113.5', userAgent: agent, hostname: 'shop.example' })
  })

  test('is none of other headers that HAProxy captured', () => {
    const link = 'https://x.example/?servers=8.8.4.4,8.8.8.8'
    expect(read(haproxy(`${link}|${agent}`))).toMatchObject({ host: '10.0.0.1', referrer: link })
  })

  const json = (fields: object) => JSON.stringify({ time_iso8601: '2026-11-10T13:55:36Z', remote_addr: '10.0.0.1', request: 'GET /a HTTP/1.1', status: 200, http_user_agent: agent, ...fields })
  const forwarded = 'for="[2001:db8::7]:4711";proto=https;by=10.0.0.3, for=10.0.0.2'

  test.each([
    { http_forwarded: forwarded },
    { forwarded },
    { request_Forwarded: forwarded },
    { headers: { Forwarded: [forwarded] } },
    { http_x_forwarded_for: '-', http_forwarded: forwarded },
    { http_x_forwarded_for: 'cache.example', forwarded },
    { http_x_forwarded_for: '2001:db8::7', forwarded: 'for=198.51.100.7' },
  ])('is named in JSON by %j', (fields) => {
    expect(read(json(fields))).toMatchObject({ host: '2001:db8::7' })
  })

  test.each([true, 1, 'yes', 'no', '', '-', 'backend-3', 'https://x.example/?a=8.8.4.4', { to: 'backend-3', count: 2 }, ['a'], null])('is not named by a field `forwarded` that holds something else: %j', (value) => {
    expect(read(json({ forwarded: value }))).toMatchObject({ host: '10.0.0.1', target: '/a' })
    expect(read(json({ forwarded: value, x_real_ip: '203.0.113.5' }))).toMatchObject({ host: '203.0.113.5' })
  })

  test('is named in a pattern, by Caddy and by IIS', () => {
    const pattern = '$remote_addr [$time_local] "$request" $status "$http_user_agent" "$http_forwarded"'
    const line = (list: string) => `10.0.0.1 [10/Nov/2026:13:55:36 +0000] "GET /a HTTP/1.1" 200 "${agent}" "${list}"`
    const reader = readerFor('auto', pattern)()
    expect([forwarded.replaceAll('"', String.raw`\"`), 'for=203.0.113.5', '-', 'by=10.0.0.3'].map((list) => Object(reader.read(line(list))).host)).toEqual(['2001:db8::7', '203.0.113.5', '10.0.0.1', '10.0.0.1'])
    expect(read(JSON.stringify({ ts: 1794318936, status: 200, request: { remote_ip: '10.0.0.1', method: 'GET', uri: '/a', headers: { Forwarded: [forwarded] } } }))).toMatchObject({ host: '2001:db8::7' })
    for (const [name, list] of [['cs(Forwarded)', 'for=203.0.113.5;proto=https'], ['x-forwarded-for', 'unknown,+203.0.113.5'], ['cs(X-Forwarded-For)', '10.0.0.9,%20203.0.113.5']] as const) {
      const iis = readerFor('iis')()
      iis.read(`#Fields: date time c-ip cs-method cs-uri-stem sc-status ${name}`)
      expect(iis.read(`2026-11-10 13:55:36 10.0.0.1 GET /a 200 ${list}`)).toMatchObject({ host: '203.0.113.5' })
    }
  })
})
