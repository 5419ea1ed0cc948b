import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseLine } from '../../server/logs/combined.ts'
import { isEntry } from '../../server/logs/entry.ts'
import { readerFor } from '../../server/logs/index.ts'
import { classify } from '../../server/logs/request.ts'

const time = '[10/Oct/2000:13:55:36 -0700]'
const at = Date.UTC(2000, 9, 10, 20, 55, 36)
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

describe('a log line is parsed', () => {
  test('in the Combined Log Format', () => {
    const agent = 'Mozilla/4.08 [en] (Win98; I ;Nav)'
    const line = `127.0.0.1 - frank ${time} "GET /apache_pb.gif HTTP/1.0" 200 2326`
    expect(parseLine(`${line} "http://www.example.com/start.html" "${agent}"`)).toEqual({
      host: '127.0.0.1',
      at,
      method: 'GET',
      target: '/apache_pb.gif',
      status: 200,
      bytes: 2326,
      referrer: 'http://www.example.com/start.html',
      userAgent: agent,
    })
  })

  test('in the Common Log Format, without referrer and agent', () => {
    expect(parseLine(`::1 - - ${time} "HEAD / HTTP/1.1" 304 -`)).toEqual({
      host: '::1',
      at,
      method: 'HEAD',
      target: '/',
      status: 304,
      bytes: undefined,
      referrer: '',
      userAgent: '',
    })
  })

  const ok = 'HTTP/1.1" 200 5 "-"'

  test.each([
    ['a dash for an absent referrer and agent', `1.2.3.4 - - ${time} "GET / ${ok} "-"`, '/', ''],
    ['further fields after the agent', `1.2.3.4 - - ${time} "GET / ${ok} "curl" 0.004 "x"`, '/', 'curl'],
    ['a user name with spaces', `1.2.3.4 - Ann B ${time} "GET / ${ok} "curl"`, '/', 'curl'],
    ['an empty user name', `1.2.3.4 -  ${time} "GET / ${ok} "curl"`, '/', 'curl'],
    ['quotes in the agent', String.raw`1.2.3.4 - - ${time} "GET / ${ok} "a \"b\" \\ c"`, '/', 'a "b" \\ c'],
    ['a quote at the end', String.raw`1.2.3.4 - - ${time} "GET /\" ${ok} "x\\"`, '/"', 'x\\'],
    ['bytes in the target', String.raw`1.2.3.4 - - ${time} "GET /caf\xc3\xa9 ${ok} "x"`, '/café', 'x'],
    ['an escaped backslash before x', String.raw`1.2.3.4 - - ${time} "GET /\\x41 ${ok} "x"`, '/\\x41', 'x'],
    ['control characters', String.raw`1.2.3.4 - - ${time} "GET / ${ok} "a\tb\nc"`, '/', 'a\tb\nc'],
    ['spaces in the target', `1.2.3.4 - - ${time} "GET /a b ${ok} "x"`, '/a b', 'x'],
    ['no protocol', `1.2.3.4 - - ${time} "GET /old" 200 5 "-" "x"`, '/old', 'x'],
  ])('with %s', (_, line, target, userAgent) => {
    expect(parseLine(line)).toMatchObject({ method: 'GET', target, userAgent, referrer: '' })
  })

  test.each([
    ['-', '', ''],
    [String.raw`\x16\x03\x01\x02`, '', ''],
    ['hello', '', ''],
  ])('with the request "%s" that is none', (request, method, target) => {
    expect(parseLine(`1.2.3.4 - - ${time} "${request}" 400 226 "-" "-"`)).toMatchObject({ method, target })
  })
})

test.each([
  ['', 'nothing'],
  ['hello world', 'other text'],
  [`1.2.3.4 - - ${time} "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 (co`, 'a line cut off in the agent'],
  [`1.2.3.4 - - ${time} "GET / HTTP/1.1" 200 5 "http://x`, 'a line cut off in the referrer'],
  [`1.2.3.4 - - ${time} "GET / HTT`, 'a line cut off in the request'],
  ['1.2.3.4 - - [31/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"', 'a day that does not exist'],
  ['1.2.3.4 - - [01/Foo/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"', 'a month that does not exist'],
  ['1.2.3.4 - - [01/Jan/2026:24:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"', 'an hour that does not exist'],
  [`1.2.3.4 - - ${time} "GET / HTTP/1.1" 20 5 "-" "x"`, 'a status of two digits'],
  ['{"level":"info","msg":"x"}', 'JSON'],
])('%s is no log line: %s', (line) => {
  expect(parseLine(line)).toBeUndefined()
})

describe('what stands before the address', () => {
  const rest = `${time} "GET / HTTP/1.1" 200 5 "-" "x"`
  const read = (head: string) => readerFor('auto')().read(head + rest)

  test.each(['*.example.com', 'example.*', '.example.com', '~^(www.)?example.com$', String.raw`~^www\d{1,3}\.(?<name>.+)$`, '_', '_:443', '*.example.com:443', 'www.münchen.example'])(
    'may be a server_name that is no host: %s',
    (server) => {
      const found = [parseLine(`${server} 1.2.3.4 - - ${rest}`), parseLine(`${server} 2001:db8::1 - - ${rest}`)]
      expect(found).toMatchObject([{ host: '1.2.3.4', at }, { host: '2001:db8::1', at }])
      for (const entry of found) expect(entry).not.toHaveProperty('hostname')
      expect(parseLine(`${server} dialin.example.net - - ${rest}`)).toEqual({ unreadable: 'host_name' })
    },
  )

  test.each([
    ['Nov 10 13:55:36 web1 nginx ', ''],
    ['<190>Nov 10 13:55:36 web1 nginx ', ''],
    ['Nov 10 13:55:36 nginx ', ''],
    ['2026-11-10T13:55:36.003Z web1 nginx ', ''],
    ['Nov 10 13:55:36 2001:db8::7 nginx: ', ''],
    ['<190>Nov 10 13:55:36 fe80::7%eth0 nginx[123]: ', ''],
    ['2026-11-10T13:55:36Z 2001:DB8::7 nginx: ', ''],
    ['Nov 10 13:55:36 10.0.0.7 nginx: ', ''],
    ['Nov 10 13:55:36 192.168.0.4 nginx ', ''],
    ['<190>Nov 10 13:55:36 10.0.0.7 nginx ', ''],
    ['2026-11-10T13:55:36Z fd00::7 nginx ', ''],
    ['Nov 10 13:55:36 fe80::7%eth0 nginx ', ''],
    // What Docker writes a time before.
    ['2026-11-10T13:55:36Z ', 'shop.example '],
  ])('may be a head of syslog: %s', (head, server) => {
    for (const host of ['1.2.3.4', '2001:db8::1']) {
      expect(read(`${head}${server}${host} - - `)).toMatchObject({ host, at, target: '/', ...(server !== '' && { hostname: 'shop.example' }) })
    }
    const json = JSON.stringify({ time_iso8601: '2026-11-10T13:55:36Z', remote_addr: '1.2.3.4', request: 'GET /', status: 200 })
    if (server === '') expect(readerFor('auto')().read(head + json)).toMatchObject({ host: '1.2.3.4' })
  })

  test.each(['Nov 10 13:55:36 198.51.100.7 nginx 1.2.3.4 - - ', 'Nov 10 13:55:36 2001:db8::7 nginx 1.2.3.4 - - ', 'Nov 10 13:55:36 198.51.100.7 1.2.3.4 - - ', '2026-11-10T13:55:36Z 198.51.100.7 nginx 1.2.3.4 - - ', '2026-11-10T13:55:36Z 2001:db8::7 nginx 1.2.3.4 - - ', 'Nov 10 13:55:36 192.168.0.4 - - ', 'Nov 10 13:55:36 192.168.0.4 nginx - - ', 'Nov 10 13:55:36 192.168.0.4 shop.example - '])(
    'is no visitor, whatever it is: %s',
    (head) => {
      expect(read(head)).toEqual({ unreadable: 'format' })
    },
  )

  test.each(['1.2.3.4 - - ', '1.2.3.4 - Ann ', '1.2.3.4 shop.example 10.0.0.2 - - ', '1.2.3.4 shop.example - ', '1.2.3.4 - 10.0.0.2 - '])('may be a time alone, of Docker, before "%s"', (head) => {
    expect(read(`2026-11-10T13:55:36Z ${head}`)).toMatchObject({ host: '1.2.3.4' })
  })

  test.each([
    ['Nov 10 13:55:36 web1 nginx dialin.example.net - - ', 'format'],
    ['Nov 10 13:55:36 ', 'format'],
    ['Nov 10 13:55:36 web1 - - ', 'format'],
    ['<190>Nov 10 13:55:36 web1 nginx - - ', 'format'],
    ['Tue 2026-11-10 13:55:36 UTC web1 nginx ', 'format'],
    ['web1 nginx dialin.example.net - - ', 'format'],
    ['dialin.example.net - - ', 'host_name'],
    ['dialin.example.net - Ann B ', 'host_name'],
    ['dialin.example.net ident Ann ', 'host_name'],
    ['shop.example dialin.example.net - - ', 'host_name'],
    ['november.example - - ', 'host_name'],
  ] as const)('tells why it can not be read: %s', (head, reason) => {
    expect(read(head)).toEqual({ unreadable: reason })
  })
})

test('any text is parsed or not, without an error', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('"', '\\', '\\x', '\\xff', time, ' - - ', '1.2.3.4', ' 200 5 ', '"GET / HTTP/1.1"'),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const entry = parseLine(parts.join(''))
      if (isEntry(entry)) expect(['pageview', 'ai_fetch', 'left_out']).toContain(classify(entry).kind)
    }),
  )
})

test('a hostile line of 16,000 characters is parsed to an end', () => {
  // An expression that tried every way to read these would not come back within the test's time.
  const lines = [
    `1.2.3.4 - ${'- '.repeat(8_000)}`,
    `1.2.3.4 - - ${time} "${String.raw`\"`.repeat(8_000)}`,
    `1.2.3.4 - - ${time} "GET ${' '.repeat(16_000)}" 200 5 "-" "x"`,
  ]
  expect(lines.map((line) => isEntry(parseLine(line)))).toEqual([false, false, true])
})

describe('a request is a pageview, a fetch of an AI agent, or left out for a reason', () => {
  function judge(request: string, status: number, userAgent: string) {
    const entry = parseLine(`1.2.3.4 - - ${time} "${request} HTTP/1.1" ${status} 5 "-" "${userAgent}"`)
    if (!isEntry(entry)) throw new Error('the line is a log line')
    const found = classify(entry)
    return found.kind === 'left_out' ? found.reason : `${found.kind} ${found.target}`
  }
  const gpt = 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)'

  test.each([
    ['GET /', 200, firefox, 'pageview /'],
    ['GET /blog/post.html?utm_source=x', 200, firefox, 'pageview /blog/post.html?utm_source=x'],
    ['GET /releases/v1.4', 200, firefox, 'pageview /releases/v1.4'],
    ['GET /index.php', 304, firefox, 'pageview /index.php'],
    ['GET http://example.com/a?b', 200, firefox, 'pageview /a?b'],
    ['GET https://example.com', 200, firefox, 'pageview /'],
    ['GET /x', 301, firefox, 'status'],
    ['GET /x', 404, firefox, 'status'],
    ['GET /x', 500, firefox, 'status'],
    ['POST /form', 200, firefox, 'method'],
    ['HEAD /', 200, firefox, 'method'],
    ['OPTIONS *', 200, firefox, 'request'],
    ['GET /style.css?v=2', 200, firefox, 'asset'],
    ['GET /IMAGE.PNG', 200, firefox, 'asset'],
    ['GET /robots.txt', 200, firefox, 'asset'],
    ['GET /favicon.ico', 200, firefox, 'asset'],
    ['GET /sitemap.xml', 200, firefox, 'asset'],
    ['GET /archive.tar.gz', 200, firefox, 'asset'],
    ['GET /blog/feed/', 200, firefox, 'asset'],
    ['GET /?flav=rss20', 200, firefox, 'asset'],
    ['GET /?feed=rss2', 200, firefox, 'asset'],
    ['GET /.well-known/security', 200, firefox, 'asset'],
    ['GET /feedback', 200, firefox, 'pageview /feedback'],
    ['GET /server-status', 200, firefox, 'probe'],
    ['GET /', 200, 'Apache (internal dummy connection)', 'probe'],
    ['GET /', 200, '-', 'no_agent'],
    ['GET /', 200, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'bot'],
    ['GET /', 200, gpt, 'ai_fetch /'],
    ['GET /gone', 404, gpt, 'ai_fetch /gone'],
    ['GET /broken', 503, gpt, 'ai_fetch /broken'],
    ['GET /robots.txt', 200, gpt, 'ai_fetch /robots.txt'],
    ['HEAD /a', 301, gpt, 'ai_fetch /a'],
    ['POST /a', 200, gpt, 'method'],
  ])('%s %i %s', (request, status, userAgent, expected) => {
    expect(judge(request, status, userAgent)).toBe(expected)
  })
})
