/** Formats of access logs, each as the server's own documentation has it. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isEntry } from '../../server/logs/entry.ts'
import { formatNames, readerFor } from '../../server/logs/index.ts'

const gpt = 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)'
const at = Date.UTC(2026, 10, 22, 9, 30, 5)

const expected = {
  host: '203.0.113.9',
  method: 'GET',
  target: '/letter?n=1',
  status: 200,
  bytes: 2326,
  referrer: 'https://news.example/',
  userAgent: gpt,
  hostname: 'shop.example',
  contentType: 'text/html; charset=utf-8',
  responseMs: 46,
}

const unread = { unreadable: 'format' as const }

/** What a format makes of lines. */
function read(lines: readonly string[], format: string, pattern?: string) {
  const { read: readLine } = readerFor(format, pattern)()
  return lines.map((line) => readLine(line))
}

const caddy = (fields: object = {}, request: object = {}) =>
  JSON.stringify({
    level: 'info',
    ts: at / 1_000 + 0.123,
    logger: 'http.log.access.log0',
    msg: 'handled request',
    request: {
      remote_ip: '10.0.0.1',
      client_ip: '203.0.113.9',
      proto: 'HTTP/2.0',
      method: 'GET',
      host: 'Shop.example:443',
      uri: '/letter?n=1',
      headers: { 'User-Agent': [gpt], Referer: ['https://news.example/'] },
      ...request,
    },
    duration: 0.0461,
    size: 2326,
    status: 200,
    resp_headers: { 'Content-Type': ['text/html; charset=utf-8'] },
    ...fields,
  })

const fields =
  '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-host-header time-taken sc-content-type'
const cloudfront = (agent = encodeURIComponent(gpt)) =>
  [
    ['2026-11-22', '09:30:05', 'FRA56-P2', '2326', '203.0.113.9', 'GET', 'd111111abcdef8.cloudfront.net', '/letter', '200'],
    ['https://news.example/', agent, 'n=1', 'shop.example', '0.046', 'text/html;%20charset=utf-8'],
  ]
    .flat()
    .join('\t')

describe('Caddy', () => {
  test('is read from its JSON', () => {
    expect(read([caddy()], 'caddy')).toEqual([{ ...expected, at: at + 123 }])
  })

  test('also with times as text and without a trusted client address', () => {
    const [entry] = read([caddy({ ts: '2026-11-22T09:30:05.000Z' }, { client_ip: undefined })], 'caddy')
    expect(entry).toEqual({ ...expected, at, host: '10.0.0.1' })
  })

  test('knows which address counts: a visitor may send any X-Forwarded-For', () => {
    const headers = { 'User-Agent': [gpt], 'X-Forwarded-For': ['198.51.100.66'] }
    const lines = [caddy({}, { client_ip: '10.0.0.9', headers }), caddy({}, { client_ip: undefined, headers })]
    const nginx = JSON.stringify({ time_iso8601: '2026-11-22T09:30:05Z', remote_addr: '203.0.113.9', request: 'GET / HTTP/1.1', status: 200, http_user_agent: gpt })
    // In a log of several servers, too.
    for (const [format, before] of [['caddy', []], ['json', []], ['auto', []], ['auto', [nginx]]] as const) {
      expect(read([...before, ...lines], format).slice(-2)).toMatchObject([{ host: '10.0.0.9' }, { host: '198.51.100.66' }])
    }
    expect(read(lines.map((line) => `{"stream":"stdout","json":${line}}`), 'auto')).toMatchObject([{ host: '10.0.0.9' }, { host: '198.51.100.66' }])
  })

  test.each([
    ['seconds', 0.0012, 1],
    ['seconds', 62.5001, 62_500],
    ['ms', 0, 0],
    ['ms', 46, 46],
    ['ns', 1_200_000, 1],
    ['ns', 62_500_000_000, 62_500],
    ['string', '1.2ms', 1],
    ['string', '46.1µs', 0],
    ['string', '950ns', 0],
    ['string', '2s', 2_000],
    ['string', '1m2.5s', 62_500],
    ['string', '1h0m0.25s', 3_600_250],
    ['ms or ns', 30_000, undefined],
    ['ms or ns', 1_000, undefined],
    ['ms or ns', 180_000, undefined],
    ['ms or ns', 999_999, undefined],
    ['ns', 1_000_000, 1],
    ['ms', 999, 999],
    ['none', -1, undefined],
    ['none', 'long', undefined],
    ['none', '', undefined],
    ['none', '1.2', undefined],
    ['none', null, undefined],
  ])('takes a time that it writes as %s: %j', (_, duration, responseMs) => {
    const [entry] = read([caddy({ duration })], 'caddy')
    expect(isEntry(entry) && entry.responseMs).toBe(responseMs)
  })

  test('writes times to a console as Go prints a float', () => {
    const line = (ts: string) => `${ts}\tinfo\thttp.log.access.log0\thandled request\t${caddy({ ts: undefined })}`
    const times = ['1.795339805e+09', '1.7953398051e+09', '1.795339805e+12', '1.795339805e+18', '1.79533e+09']
    expect(read(times.map(line), 'caddy').map((entry) => isEntry(entry) && entry.at)).toEqual([at, at + 100, at, at, Date.UTC(2026, 10, 22, 6, 46, 40)])
    // One of the terminal stands before it.
    expect(read([`Nov 22 09:30:05 ${line('1.795339805e+09')}`], 'caddy')).toMatchObject([{ at }])
  })

  test.each(['http.log.error', 'http.log.error.log0', 'http.handlers.reverse_proxy', 'http.reverse_proxy.transport.fastcgi', 'http.stdlib'])('tells of a request once, and more of it as %s', (logger) => {
    for (const format of ['caddy', 'json', 'auto']) expect(read([caddy({ logger })], format)).toEqual(['note'])
  })

  test.each([
    { time: '2026-11-22T09:30:05Z', ts: undefined, logger: 'http.server' },
    { time: '2026-11-22T09:30:05Z', ts: undefined, logger: 'http.request', msg: 'request completed' },
    { time: '2026-11-22T09:30:05Z', ts: undefined, logger: 'http.handlers', msg: 'request completed' },
    { logger: 'http.server', msg: 'request' },
    { logger: 'http.handlers_v2' },
    { logger: 'http' },
  ])('is not every application that has loggers of such names: %j', (fields) => {
    const [entry] = read([caddy(fields)], 'auto')
    expect(entry).toMatchObject({ host: '203.0.113.9', status: 200, target: '/letter?n=1', userAgent: gpt })
    expect(isEntry(entry) && Math.floor(entry.at / 1_000)).toBe(at / 1_000)
  })

  test('has other things to say, which are no requests, and lines that are broken', () => {
    const other = JSON.stringify({ level: 'info', ts: 1, logger: 'admin', msg: 'autosaved config' })
    const broken = [caddy().slice(0, 80), caddy({ status: 'ok' }), caddy({ ts: null }), caddy({ ts: 1e300 }), '[]', 'null', '{"request":1}']
    expect(read([other, ...broken], 'caddy')).toEqual(['note', ...broken.map(() => unread)])
  })
})

describe('CloudFront', () => {
  test('is read by the names of its fields, in any order', () => {
    expect(read(['#Version: 1.0', fields, cloudfront()], 'cloudfront')).toEqual(['note', 'note', { ...expected, at }])
    const shuffled = ['#Fields: sc-status time date cs(User-Agent) cs-uri-stem cs-method', '404\t09:30:05\t2026-11-22\tx\t/a\tHEAD']
    expect(read(shuffled, 'cloudfront')[1]).toMatchObject({ at, status: 404, target: '/a', method: 'HEAD', bytes: undefined })
  })

  test('has agents encoded once or twice, and some that cannot be decoded', () => {
    const agents = [encodeURIComponent(gpt), encodeURIComponent(encodeURIComponent(gpt)), '100%', '-']
    const entries = read([fields, ...agents.map((agent) => cloudfront(agent))], 'cloudfront')
    expect(entries.slice(1).map((entry) => isEntry(entry) && entry.userAgent)).toEqual([gpt, gpt, '100%', ''])
  })

  test('may have the names of its fields in any case', () => {
    expect(read([fields.toUpperCase().replace('FIELDS', 'Fields'), cloudfront()], 'cloudfront')[1]).toEqual({ ...expected, at })
    const iis = ['#DATE: 2026-11-22', '#fields: Time C-IP CS-Method Cs-Uri-Stem SC-Status cs(user-agent) CS-HOST X-Forwarded-For', '09:30:05 10.0.0.1 GET /a 200 Mozilla/5.0+(X) Shop.example 203.0.113.9']
    expect(read(iis, 'iis')[2]).toMatchObject({ at, host: '203.0.113.9', target: '/a', userAgent: 'Mozilla/5.0 (X)', hostname: 'shop.example' })
  })

  test('cannot be read before the names of its fields', () => {
    expect(read([cloudfront()], 'cloudfront')).toEqual([unread])
  })
})

describe('Istio', () => {
  test('has no address where somebody else on the machine connected', () => {
    const line = (client: string) => `[2026-11-22T09:30:05.000Z] "GET /a HTTP/1.1" 200 - via_upstream - "-" 0 12 5 4 "-" "${gpt}" "id" "shop.example" "10.0.0.1:80" inbound|80|| 127.0.0.6:1 10.0.0.1:80 ${client} outbound default`
    for (const client of ['/run/envoy.sock', '@', '-', 'client']) expect(read([line(client)], 'envoy')).toMatchObject([{ host: '', at, target: '/a' }])
    expect(read([line('203.0.113.9:5123')], 'envoy')).toMatchObject([{ host: '203.0.113.9' }])
  })
})

describe('a pattern', () => {
  const usual = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
  const line = `203.0.113.9 - - [22/Nov/2026:10:30:05 +0100] "GET /letter?n=1 HTTP/1.1" 200 2326 "https://news.example/" "${gpt}"`

  test('is written as the log_format of nginx', () => {
    const pattern = `${usual} \${host} $request_time $sent_http_content_type`
    const [entry] = read([`${line} shop.example 0.046 text/html; charset=utf-8`], 'auto', pattern)
    expect(entry).toEqual({ ...expected, at })
  })

  test('may name method, path and query one by one, and times in other ways', () => {
    const pattern = '$msec|$request_method|$uri|$args|$status|$http_user_agent|$http_x_forwarded_for'
    const [entry] = read([`${at / 1_000}|POST|/a|b=1|201|x|198.51.100.7, 10.0.0.1`], 'auto', pattern)
    expect(entry).toMatchObject({ at, method: 'POST', target: '/a?b=1', status: 201, host: '198.51.100.7' })
    expect(read(['2026-11-22T09:30:05+00:00 200 "/a" "x"'], 'auto', '$time_iso8601 $status "$request_uri" "$http_user_agent"')[0]).toMatchObject({ at, method: 'GET', target: '/a' })
  })

  test('may have what begins by itself right after another variable', () => {
    const pattern = '$msec $scheme://$host$request_uri $status "$http_user_agent"'
    const [entry, late] = read([`${at / 1_000} https://shop.example/a?b=/c 200 "x"`, '9e99 https://shop.example/ 200 "x"'], 'auto', pattern)
    expect(entry).toMatchObject({ at, hostname: 'shop.example', target: '/a?b=/c' })
    expect(late).toEqual(unread)
    const parts = `$msec $host$uri$is_args$args $status "$http_user_agent"`
    expect(read([`${at / 1_000} shop.example/a?b=/c 200 "x"`, `${at / 1_000} shop.example/a 200 "x"`], 'auto', parts)).toMatchObject([
      { hostname: 'shop.example', target: '/a?b=/c' },
      { hostname: 'shop.example', target: '/a' },
    ])
    expect(() => readerFor('auto', '$msec $host$status $request_uri "$http_user_agent"')).toThrow('between $host and $status')
  })

  test('may name hosts that are none: patterns, and the one of nginx for any', () => {
    const pattern = '$server_name $msec $status "$request" "$http_user_agent" $http_host'
    const line = (server: string, host: string) => `${server} ${at / 1_000} 200 "GET / HTTP/1.1" "x" ${host}`
    const hosts = [['_', '-'], ['_', 'shop.example:80'], ['~^(www\\.)?shop\\.example$', 'shop.example'], ['*.shop.example', '-'], ['shop.example', '_']] as const
    const found = read(hosts.map(([server, host]) => line(server, host)), 'auto', pattern)
    expect(found.map((entry) => isEntry(entry) && entry.hostname)).toEqual([undefined, 'shop.example', 'shop.example', undefined, 'shop.example'])
  })

  test('keeps quotes inside of quotes', () => {
    const [entry] = read([line.replace(gpt, String.raw`say \"hi\" \\`)], 'auto', usual)
    expect(entry).toMatchObject({ userAgent: String.raw`say "hi" \ `.trim() })
  })

  test.each([
    ['$status $http_user_agent $request', '$time_local or $time_iso8601 or $msec'],
    ['$time_local $request $status', '$http_user_agent'],
    ['', '$time_local'],
  ])('"%s" lacks %s', (pattern, missing) => {
    expect(() => readerFor('auto', pattern)).toThrow(missing)
  })

  test('is read in a moment, whatever the line', () => {
    const reader = readerFor('auto', usual.replaceAll('"', ''))()
    const began = performance.now()
    for (let n = 0; n < 200; n++) reader.read(' - '.repeat(5_000))
    // Two ways through each gap would take longer than the world has existed.
    expect(performance.now() - began).toBeLessThan(20_000)
  })
})

describe('without a format', () => {
  test('each line is read by the format that fits it', () => {
    expect(read(['half a line', caddy(), caddy()], 'auto').map(isEntry)).toEqual([false, true, true])
    expect(read(['#Version: 1.0', fields, cloudfront()], 'auto').at(-1)).toEqual({ ...expected, at })
    const combined = `::1 - - [22/Nov/2026:09:30:05 +0000] "GET / HTTP/1.1" 200 5 "-" "x"`
    expect(read([combined, caddy(), combined], 'auto').map(isEntry)).toEqual([true, true, true])
  })

  test('that of the line before is tried first', () => {
    // What follows the agent of nginx is the time by these names.
    const names = '#Fields: c-ip cs-username x-user x-day x-zone cs-method cs-uri-stem cs-version sc-status sc-bytes cs(Referer) cs(User-Agent) time'
    const both = '203.0.113.9 - - [22/Nov/2026:09:30:05 +0000] "GET / HTTP/1.1" 200 5 "-" "x" 08:00:00'
    const w3c = '203.0.113.9 - - - - GET / HTTP/1.1 200 5 - x 08:00:00'
    const combined = '203.0.113.9 - - [22/Nov/2026:09:30:05 +0000] "GET / HTTP/1.1" 200 5 "-" "x"'
    const early = Date.UTC(2026, 10, 22, 8)
    const found = read(['#Date: 2026-11-22', names, both, w3c, both, combined, both], 'auto').slice(2)
    expect(found.map((entry) => isEntry(entry) && entry.at)).toEqual([at, early, early, at, at])
  })

  test('an unknown one is refused with the known ones', () => {
    expect(() => readerFor('squid')).toThrow(`Known are ${formatNames.join(', ')}.`)
    expect(() => readerFor('constructor')).toThrow('not known')
  })

  test('no line makes a reader throw', () => {
    const lines = fc.oneof(fc.string(), fc.json(), fc.string().map((text) => `#Fields: ${text}`), fc.string().map((text) => text.split('').join('\t')))
    fc.assert(
      fc.property(fc.array(lines), fc.constantFrom(...formatNames), (all, format) => {
        for (const entry of read(all, format)) {
          if (isEntry(entry)) expect(Number.isFinite(entry.at)).toBe(true)
        }
      }),
    )
  })
})
