/** Access logs in JSON: which of their fields counts, how values are encoded, and what is no request. */
import { describe, expect, test } from 'bun:test'
import { isEntry, type Line } from '../../server/logs/entry.ts'
import { formatNames, importLog, readerFor } from '../../server/logs/index.ts'

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const at = Date.UTC(2026, 10, 10, 13, 55, 36)
const plain = `203.0.113.5 - - [10/Nov/2026:13:55:36 +0000] "GET /a HTTP/1.1" 200 12 "-" "${agent}"`
const json = JSON.stringify

function read(lines: readonly string[], format = 'auto'): Line[] {
  const reader = readerFor(format)()
  return lines.map((line) => reader.read(line))
}

/** A request as nginx logs it, with what others have added. */
const nginx = (fields: object, request: object = { time_local: '10/Nov/2026:13:55:36 +0000', remote_addr: '203.0.113.5', request: 'GET /a HTTP/1.1', status: 200, http_user_agent: agent }) =>
  json({ ...fields, ...request })

describe('the host of a page', () => {
  const hostOf = (fields: object) => {
    const [entry] = read([nginx(fields)])
    return isEntry(entry) ? entry.hostname : entry
  }

  test.each([
    [{ kubernetes: { host: 'node-1.shop.example', pod_name: 'web', labels: { host: 'x.example' } } }],
    [{ host: { hostname: 'web-01.shop.example', name: 'web-01.shop.example', ip: ['10.0.0.7'] } }],
    [{ 'host.name': 'web-01.shop.example', 'agent.name': 'web-01' }],
    [{ resource: { 'host.name': 'web-01.shop.example' } }],
    [{ log: { syslog: { hostname: 'web-01.shop.example' } } }],
    [{ host: 'web-01' }],
    [{ hostname: 'web-01', pid: 7 }],
    [{ hostname: 'ip-10-0-0-1.ec2.internal' }],
    [{ host: 'web-01.local' }],
    [{ host: '10.0.0.7' }],
    [{ host: '-' }],
    [{ server_name: '_' }],
    [{ server_name: '~^(www\\.)?shop\\.example$' }],
  ])('is none that %j names: the site has one', (fields) => {
    expect(hostOf(fields)).toBeUndefined()
  })

  test.each([
    [{ host: 'shop.example' }, 'shop.example'],
    [{ host: 'Shop.example:8443' }, 'shop.example'],
    [{ host: 'localhost:3000' }, 'localhost'],
    [{ host: '[2001:db8::1]:443' }, '[2001:db8::1]'],
    [{ host: '198.51.100.7' }, '198.51.100.7'],
    [{ host: '10.gallery.example' }, '10.gallery.example'],
    // A name without a dot is one where it was asked for.
    [{ http_host: 'intranet' }, 'intranet'],
    [{ request_info: { host: 'shop.example' }, host: 'web-01' }, 'shop.example'],
    [{ req: { headers: { host: 'shop.example' } }, host: 'web-01.data.example' }, 'shop.example'],
  ])('%j is %s', (fields, hostname) => {
    expect(hostOf(fields)).toBe(hostname)
  })

  test.each([
    { http_host: 'shop.example' },
    { server_name: 'shop.example' },
    { vhost: 'shop.example' },
    { url: { domain: 'shop.example' } },
    { req: { headers: { host: 'shop.example' } } },
    { host: 'shop.example', server_name: '*.shop.example' },
    { http_host: '<script>', server_name: 'shop.example' },
    { http_host: '_', host: 'shop.example' },
  ])('is that of %j before that of the machine', (fields) => {
    const machine = { hostname: 'web-01.data.example', ...('host' in fields ? {} : { host: 'web-01' }) }
    expect(hostOf({ ...machine, ...fields })).toBe('shop.example')
  })

  test('of a request is not that of the machine, whatever its name', () => {
    const line = json({ time: '2026-11-10T13:55:36Z', client_ip: '203.0.113.5', status: 200, host: 'web-01.data.example', request: { method: 'GET', uri: '/a', host: 'intranet' } })
    expect(read([line])).toMatchObject([{ target: '/a', hostname: 'intranet' }])
  })

  test.each(['resource', 'agent', 'container', 'host'])('nor is a request left out that stands in `%s`', (name) => {
    const request = { client_ip: '203.0.113.5', path: '/a' }
    const head = { time: '2026-11-10T13:55:36Z', method: 'GET', status: 200 }
    const fields = [{ method: 'GET', status: 200, user_agent: agent }, { httpMethod: 'GET' }, { userAgent: agent }, { status_code: 200 }]
    for (const own of fields) {
      const nested = { ...request, ...own }
      for (const record of [{ ...head, [name]: nested }, { ...head, [name]: [nested] }]) {
        expect(read([json(record)])).toMatchObject([{ host: '203.0.113.5', at, target: '/a', status: 200, ...('userAgent' in own && { userAgent: agent }) }])
      }
    }
  })

  test.each([
    { resource: { labels: { method: 'GET' }, ip: '198.51.100.7', path: '/x' } },
    { resource: { method: 'storage.objects.get', ip: '198.51.100.7', path: '/x' } },
    { agent: { status: 'online', ip: '198.51.100.7', name: 'web-01', path: '/x' } },
    { agent: { user_agent: '', method: 'poll', status: 7, ip: '198.51.100.7', path: '/x' } },
  ])('and a machine is one, whatever it does: %j', (fields) => {
    const [entry] = read([json({ ...fields, time: '2026-11-10T13:55:36Z', http: { method: 'GET', status: 200 }, url: { path: '/a' } })])
    expect(entry).toMatchObject({ host: '', target: '/a' })
  })

  test('nor are its address and its file those of a request', () => {
    const [entry] = read([json({ '@timestamp': '2026-11-10T13:55:36Z', host: { ip: ['198.51.100.7'] }, log: { file: { path: '/var/log/nginx/access.log' } }, http: { request: { method: 'GET' }, response: { status_code: 200 } }, url: { path: '/a' } })])
    expect(entry).toMatchObject({ host: '', target: '/a' })
    const job = json({ '@timestamp': '2026-11-10T13:55:36Z', log: { file: { path: '/var/log/job.log' } }, status: 200, message: 'done' })
    expect(read([job])).toEqual([{ unreadable: 'format' }])
  })
})

describe('the time', () => {
  const timeOf = (fields: object) => {
    const [entry] = read([nginx({}, { remote_addr: '203.0.113.5', request: 'GET /a HTTP/1.1', status: 200, http_user_agent: agent, ...fields })])
    return isEntry(entry) ? entry.at : entry
  }
  const late = '2026-11-12T00:00:00Z'

  test.each([
    { '@timestamp': late, time: '10/Nov/2026:13:55:36 +0000' },
    { '@timestamp': late, json: { time: '10/Nov/2026:13:55:36 +0000' } },
    { '@timestamp': late, ts: at / 1_000 },
    { '@timestamp': late, timestamp: '2026-11-10T13:55:36Z' },
    { '@timestamp': '2026-11-10T13:55:36Z' },
    // A duration is no time.
    { '@timestamp': '2026-11-10T13:55:36Z', time: 0.012 },
    { '@timestamp': '2026-11-10T13:55:36Z', time: '0.012' },
    { '@timestamp': '2026-11-10T13:55:36Z', time: 46_100_000 },
    { time: '[10/Nov/2026:13:55:36 +0000]' },
    { timestamp: '[10/Nov/2026:14:55:36 +0100]' },
    { date: '2026-11-10', time: '13:55:36' },
    { time: '1.794318936e+09' },
    // Fluent Bit's.
    { date: at / 1_000 + 4.5, '@timestamp': '2026-11-10T13:55:36Z' },
    { date: at + 4_500, '@timestamp': '2026-11-10T13:55:36Z' },
    { date: String(at / 1_000 + 4), '@timestamp': '2026-11-10T13:55:36Z' },
    { date: at / 1_000 + 4.5, requestTimestamp: '2026-11-10T13:55:36Z' },
    { date: at / 1_000 + 4.5, time: '10/Nov/2026:13:55:36 +0000' },
    { date: at / 1_000 },
    { date: '2026-11-10T13:55:36Z', '@timestamp': late },
    { date: '2026-11-10', time: '13:55:36', '@timestamp': late },
  ])('of %j is that of the request', (fields) => {
    expect(timeOf(fields)).toBe(at)
  })

  test.each([0, 0.012, '0.012', 46, 99_999_999, '[', '[]'])('is not %j', (time) => {
    expect(timeOf({ time })).toEqual({ unreadable: 'format' })
  })

  test('may be a leap second, and no later one', () => {
    expect(timeOf({ time: '2016-12-31T23:59:60Z' })).toBe(Date.UTC(2017, 0))
    expect(timeOf({ time: '31/Dec/2016:23:59:60 +0000' })).toBe(Date.UTC(2017, 0))
    expect(timeOf({ time: '2016-12-31T23:59:61Z' })).toEqual({ unreadable: 'format' })
  })
})

describe('values are encoded as in the text of the same server', () => {
  const encode = (text: string) => text.replaceAll(' ', '%20')
  const cloudfront = (by: string, more: object = {}) =>
    json({ date: '2026-11-10', time: '13:55:36', 'c-ip': '10.0.0.1', 'x-forwarded-for': '203.0.113.5,%2010.0.0.1', 'cs-method': 'GET', 'cs(Host)': 'd1.cloudfront.net', 'cs-uri-stem': '/a', 'cs-uri-query': 'b=c%20d', 'sc-status': '200', 'cs(Referer)': 'https://news.example/?q=%22a%22', 'cs(User-Agent)': by, 'x-host-header': 'shop.example', 'sc-content-type': 'text/html;%20charset=utf-8', ...more })

  test.each([encode(agent), encode(agent).replaceAll('%', '%25')])('by CloudFront: %s', (by) => {
    expect(read([cloudfront(by)])).toMatchObject([
      { host: '203.0.113.5', at, target: '/a?b=c%20d', userAgent: agent, hostname: 'shop.example', referrer: 'https://news.example/?q="a"', contentType: 'text/html; charset=utf-8' },
    ])
  })

  test("by Azure's App Service, with pluses", () => {
    const line = json({ time: '2026-11-10T13:55:36Z', properties: { CsMethod: 'GET', CsUriStem: '/a', CIp: '203.0.113.5', UserAgent: agent.replaceAll(' ', '+'), CsHost: 'shop.example', ScStatus: 200 } })
    expect(read([line])).toMatchObject([{ userAgent: agent, hostname: 'shop.example' }])
  })

  test.each([agent, 'curl/8.5.0', 'a%20b c', 'C++/1.0'])('and not where they are not: %s', (by) => {
    const referrer = 'https://news.example/?q=a%20b+c'
    expect(read([nginx({ http_referer: referrer }), nginx({ http_referer: referrer, user_agent: by }, { time_iso8601: '2026-11-10T13:55:36Z', remote_addr: '203.0.113.5', request: 'GET /a HTTP/1.1', status: 200 })])).toMatchObject([{ referrer }, { referrer, userAgent: by }])
  })
})

test('ingress-nginx has the addresses that proxies passed on in x-forward-for', () => {
  expect(read([json({ time: '2026-11-10T13:55:36+00:00', remote_addr: '10.0.0.1', 'x-forward-for': '203.0.113.5, 10.0.0.1', status: 200, vhost: 'shop.example', path: '/a', method: 'GET', http_user_agent: agent })])).toMatchObject([{ host: '203.0.113.5', hostname: 'shop.example' }])
})

describe('a line in a field', () => {
  test.each([
    ['Filebeat', { '@timestamp': '2026-11-10T13:55:39Z', message: plain, log: { offset: 1, file: { path: '/var/log/nginx/access.log' } }, host: { name: 'web-01' } }],
    ['Vector', { message: plain, line: { number: 7 }, host: 'web-01', source_type: 'file' }],
    ['a message in place of its kind', { log: '', MESSAGE: { id: 1 }, message: plain }],
  ])('is read out of that of %s', (_, record) => {
    expect(read([json(record)])).toMatchObject([{ host: '203.0.113.5', at, target: '/a', userAgent: agent }])
  })

  test('is an object where no field has a text', () => {
    for (const status of [undefined, 'running']) expect(read([json({ status, log: JSON.parse(nginx({})) })])).toMatchObject([{ host: '203.0.113.5', at }])
  })
})

describe('a record without a request', () => {
  test.each([
    ['journald', { MESSAGE: 'custom GET /a 200', PRIORITY: '6' }],
    ['journald, without a method', { MESSAGE: 'custom /a 200', PRIORITY: '6' }],
    ['Filebeat', { '@timestamp': '2026-11-10T13:55:39Z', message: 'custom /a 200', log: { offset: 1, file: { path: '/x' } } }],
    ['pm2', { message: 'custom /a 200\n', timestamp: '2026-11-10T13:55:36', type: 'out', process_id: 0, app_name: 'web' }],
    ['an application', { level: 'info', msg: 'GET /a 200 3ms', time: '2026-11-10T13:55:36Z' }],
    ['an application (winston)', { level: 'info', message: 'method=GET path=/a status=200' }],
    ['zap', { level: 'info', logger: 'web', ts: 1, msg: 'POST https://shop.example/a 200' }],
    ['an application, with its fields', { level: 'info', message: 'method: GET, path: /a, status: 200' }],
    ['an application, with a header', { level: 'info', msg: 'request "GET" "/a" 200' }],
    ['an application, with an address', { level: 'info', msg: 'HEAD uri=https://shop.example/a' }],
    ['an application, a line cut short', { level: 'info', message: plain.slice(0, 80) }],
  ])('of %s is a line of no known format', (_, record) => {
    for (const format of ['auto', 'json', 'nginx', 'caddy']) expect([format, ...read([json(record)], format)]).toEqual([format, { unreadable: 'format' }])
  })

  test('of a collector has the reason of the line in it', () => {
    const named = plain.replace('203.0.113.5', 'dialin.example.net')
    expect(read([json({ MESSAGE: named }), json({ level: 'info', message: named })])).toEqual([{ unreadable: 'host_name' }, { unreadable: 'host_name' }])
  })

  test.each([
    ['Caddy', { level: 'info', ts: 1, logger: 'http', msg: 'enabling HTTP/3 listener', addr: ':443' }],
    ['Caddy, of its own API', { level: 'info', ts: 1, logger: 'admin.api', msg: 'received request', method: 'POST', host: 'localhost:2019', uri: '/load', remote_ip: '127.0.0.1' }],
    ['Caddy, of an authority', { level: 'error', ts: 1, logger: 'tls.issuance.acme', msg: 'challenge failed', problem: { status: 400 } }],
    ['Traefik', { level: 'info', msg: 'Configuration loaded from flags.', time: '2026-11-10T13:55:36Z' }],
    ['pino', { level: 30, time: at, pid: 7, hostname: 'web-01', msg: 'Server listening at http://127.0.0.1:3000' }],
    ['winston', { level: 'info', message: 'connected to the database in 200 ms' }],
    ['the Elastic Common Schema', { '@timestamp': '2026-11-10T13:55:36Z', 'log.level': 'info', message: 'started' }],
    ...['could not DELETE file /tmp/x', 'could not DELETE file: /tmp/x', 'PUT of 12 rows/s', 'PATCH level 3/4', 'OPTIONS are read from /etc/app', 'the HEAD is at a/b'].map((msg): [string, object] => [`an application: ${msg}`, { level: 'info', msg }]),
    ['an application without levels', { msg: 'started', time: '2026-11-10T13:55:36Z' }],
  ])('of %s is a note, between requests', (_, record) => {
    expect(read([plain, json(record), nginx({})])).toMatchObject([{ at }, 'note', { at }])
  })

  test('makes a log of such lines one that is not read, and not one without lines', async () => {
    const bytes = new TextEncoder().encode(`${json({ MESSAGE: 'custom GET /a 200' })}\n`.repeat(50))
    const summary = await importLog({
      files: [{ name: 'notes.log', open: async function* () { yield bytes } }],
      site: 'site-1',
      hostname: 'shop.example',
      reader: readerFor('auto'),
      keepDates: true,
      post: () => Promise.resolve({ accepted: 0, rejected: [] }),
    })
    expect(summary).toMatchObject({ lines: 50, malformed: { count: 50, reasons: { format: 50 } } })
  })

  test('is none in any format where it is blank', () => {
    for (const format of formatNames) expect(read([json({ log: '\n', stream: 'stdout' })], format)).toEqual(['note'])
  })
})
