/** Lines of access logs: what stands for the address, what lines are wrapped in, and lines that mean harm. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isEntry, type Line, unreadable } from '../../server/logs/entry.ts'
import { formatNames, readerFor } from '../../server/logs/index.ts'

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const at = Date.UTC(2026, 10, 10, 13, 55, 36)
const rest = `[10/Nov/2026:13:55:36 +0000] "GET /a?b=1 HTTP/1.1" 200 12 "https://news.example/" "${agent}"`
const plain = `203.0.113.5 - - ${rest}`

function read(lines: readonly string[], format = 'auto'): Line[] {
  const reader = readerFor(format)()
  return lines.map((line) => reader.read(line))
}

const json = JSON.stringify

describe('the address of the visitor', () => {
  test.each([
    ['203.0.113.5 - - ', '203.0.113.5', undefined],
    ['203.0.113.5:5123 - - ', '203.0.113.5', undefined],
    ['203.0.113.5 - Ann B ', '203.0.113.5', undefined],
    ['2001:DB8:0::1 - - ', '2001:db8::1', undefined],
    ['[2001:db8::1] - - ', '2001:db8::1', undefined],
    ['[2001:db8::1]:443 - - ', '2001:db8::1', undefined],
    ['fe80::1%eth0 - - ', 'fe80::1', undefined],
    ['::ffff:203.0.113.5 - - ', '203.0.113.5', undefined],
    ['shop.example:443 203.0.113.5 - - ', '203.0.113.5', 'shop.example'],
    ['Shop.example 203.0.113.5 - - ', '203.0.113.5', 'shop.example'],
    ['shop.example:443 2001:db8::1 - - ', '2001:db8::1', 'shop.example'],
    ['192.0.2.1:80 203.0.113.5 - - ', '203.0.113.5', '192.0.2.1'],
    ['[2001:db8::2]:443 203.0.113.5 - - ', '203.0.113.5', '[2001:db8::2]'],
    ['203.0.113.5, 10.0.0.1 - - ', '203.0.113.5', undefined],
    ['"203.0.113.5, 10.0.0.1" - - ', '203.0.113.5', undefined],
    ['203.0.113.5,10.0.0.1 - - ', '203.0.113.5', undefined],
    ['203.0.113.5 10.0.0.1 - - ', '203.0.113.5', undefined],
    ['- 203.0.113.5 - - ', '203.0.113.5', undefined],
    ['10.0.0.1 203.0.113.5 - - ', '203.0.113.5', undefined],
    ['10.0.0.1 203.0.113.5, 10.0.0.2 - - ', '203.0.113.5', undefined],
    ['shop.example:443 203.0.113.5, 10.0.0.1 - - ', '203.0.113.5', 'shop.example'],
    ['203.0.113.5 shop.example - ', '203.0.113.5', 'shop.example'],
  ])('stands in "%s"', (head, host, hostname) => {
    expect(read([head + rest])).toEqual([
      { host, at, method: 'GET', target: '/a?b=1', status: 200, bytes: 12, referrer: 'https://news.example/', userAgent: agent, ...(hostname !== undefined && { hostname }) },
    ])
  })

  test.each([
    ['dialin.example.net - - ', 'host_name' as const],
    ['localhost - - ', 'host_name' as const],
    ['shop.example:443 dialin.example.net - - ', 'host_name' as const],
    ['- - - ', 'address' as const],
    ['unix: - - ', 'address' as const],
    ['300.0.113.5 - - ', 'address' as const],
    ['203.0.113 - - ', 'address' as const],
    ['203.0.113.5:99999999 - - ', 'address' as const],
    ['', 'address' as const],
  ])('does not stand in "%s": %s', (head, reason) => {
    expect(read([head + rest])).toEqual([unreadable(reason)])
  })

  test.each([
    ['10.0.0.1', '203.0.113.7, 10.0.0.9', '203.0.113.7'],
    ['10.0.0.1', '-', '10.0.0.1'],
    // A proxy of the visitor's own is none of the site.
    ['203.0.113.5', '192.168.1.7', '203.0.113.5'],
    ['10.0.0.1', '192.168.1.7', '192.168.1.7'],
    ['10.0.0.1', 'unknown', '10.0.0.1'],
    ['10.0.0.1', 'unknown, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.1', 'for=203.0.113.9;proto=https;by=10.0.0.1', '203.0.113.9'],
    ['10.0.0.1', 'shop.example', '10.0.0.1'],
    ['10.0.0.1', '10.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.1', '10.1.1.1, 10.1.1.2', '10.1.1.1'],
    ['203.0.113.5', '10.1.1.1, 198.51.100.7', '198.51.100.7'],
  ])('of %s is told by X-Forwarded-For "%s" after the agent: %s', (remote, forwarded, host) => {
    expect(read([`${remote} - - ${rest} "${forwarded}"`])).toMatchObject([{ host }])
  })

  test.each([
    ['10.0.0.1', '0.003 "203.0.113.9, 10.0.0.2"', '203.0.113.9'],
    ['10.0.0.1', '"-" "gzip" 0.003 "unknown, 203.0.113.9" "198.51.100.7"', '203.0.113.9'],
    // What the request was passed on to, and the address of the server.
    ['10.0.0.1', '"-" 0.003 "10.0.0.5:8080"', '10.0.0.1'],
    ['203.0.113.5', '"-" "198.51.100.7"', '203.0.113.5'],
    ['10.0.0.1', '"203.0.113.9" "198.51.100.7"', '203.0.113.9'],
    ['10.0.0.1', '0.003 "203.0.113.9', '10.0.0.1'],
  ])('of %s, a proxy, is told by a list further behind: %s', (remote, beyond, host) => {
    expect(read([`${remote} - - ${rest} ${beyond}`])).toMatchObject([{ host }])
  })
})

describe('a line', () => {
  const nested = json({ log: `<13>Nov 10 13:55:36 web1 nginx: ${plain}\n`, stream: 'stdout', time: '2026-11-10T13:55:36Z' })
  test.each([
    ['syslog (RFC 3164)', `Nov 10 13:55:36 web1 nginx: ${plain}`],
    ['syslog, with a priority and a process', `<190>Nov  9 13:55:36 web1 nginx[123]: ${plain}`],
    ['syslog without a host', `<190>Nov 10 13:55:36 nginx: ${plain}`],
    ['syslog (RFC 5424)', `<165>1 2026-11-10T13:55:36.003Z web1 nginx 123 ID47 - ${plain}`],
    ['syslog (RFC 5424) with data', `<165>1 2026-11-10T13:55:36.003+01:00 web1 nginx 123 - [x@1 a="b]\\"c"][y@2] \uFEFF${plain}`],
    ['rsyslog', `2026-11-10T13:55:36.003+01:00 web1 nginx: ${plain}`],
    ['journalctl -o short-full', `Tue 2026-11-10 13:55:36 UTC web1 nginx[7]: ${plain}`],
    ['journalctl -o json', json({ MESSAGE: plain, PRIORITY: '6', __REALTIME_TIMESTAMP: '1794318936000000' })],
    ['Docker', json({ log: `${plain}\n`, stream: 'stdout', time: '2026-11-10T13:55:36Z' })],
    ['syslog in Docker', nested],
    ['Kubernetes', `2026-11-10T13:55:36.123456789Z stdout F ${plain}`],
    ['docker logs --timestamps', `2026-11-10T13:55:36.123456789Z ${plain}`],
    ['docker compose', `web-1  | ${plain}`],
    ['pm2', `0|web | ${plain}`],
    ['pm2, with several programs', `12|my shop@2   | ${plain}`],
    ['pm2, with its times', `0|web  | 2026-11-10 13:55:36 +00:00: ${plain}`],
    ['a file of pm2, with its times', `2026-11-10T13:55:36: ${plain}`],
    ['pm2 (JSON)', json({ message: `${plain}\n`, timestamp: '2026-11-10T13:55:36', type: 'out', process_id: 0, app_name: 'web' })],
    ['Promtail', json({ line: plain })],
    ['Loki', json({ labels: { app: 'web', path: '/var/log/nginx/access.log', status: '200' }, line: `${plain}\n`, timestamp: '2026-11-10T13:55:36.123456789Z' })],
    ['Docker in Loki', json({ line: json({ log: `${plain}\n`, stream: 'stdout', time: '2026-11-10T13:55:36Z' }), timestamp: '2026-11-10T13:55:36Z' })],
    ["Promtail's stage pack", json({ _entry: plain, app: 'web' })],
    ['Google Cloud', json({ textPayload: plain, timestamp: '2026-11-10T13:55:36Z', severity: 'INFO' })],
    ['kubectl logs --prefix', `[pod/web-5d/nginx] ${plain}`],
    ['a byte order mark', `\uFEFF${plain}`],
  ])('is read out of %s', (_, line) => {
    expect(read([line])).toMatchObject([{ host: '203.0.113.5', at, userAgent: agent }])
  })

  test('that is blank or a comment is none', () => {
    for (const format of formatNames) expect(read(['', '  ', '# rotated'], format)).toEqual(['note', 'note', 'note'])
  })

  test('in Docker may be JSON itself', () => {
    const caddy = json({ ts: at / 1_000, status: 200, request: { remote_ip: '203.0.113.5', method: 'GET', uri: '/', headers: {} } })
    expect(read([json({ log: `${caddy}\n`, stream: 'stdout' })])).toMatchObject([{ host: '203.0.113.5', at }])
  })
})

describe('the time of Caddy', () => {
  const line = (ts: unknown) => json({ ts, status: 200, request: { remote_addr: '203.0.113.5:5123', method: 'GET', uri: '/', headers: {} } })
  test.each([
    ['unix_seconds_float', at / 1_000 + 0.5],
    ['unix_milli_float', at + 500.1],
    ['unix_nano', (at + 500) * 1_000_000],
    ['iso8601', '2026-11-10T13:55:36.500Z'],
    ['iso8601 with a zone', '2026-11-10T14:55:36.500+0100'],
    ['rfc3339_nano', '2026-11-10T13:55:36.500000001Z'],
    ['wall_milli', '2026/11/10 13:55:36.500'],
    ['wall_nano', '2026/11/10 13:55:36.500000000'],
  ])('is read as %s', (_, ts) => {
    expect(read([line(ts)])).toMatchObject([{ at: at + 500 }])
  })
  test.each([
    ['rfc3339', '2026-11-10T13:55:36Z'],
    ['wall', '2026/11/10 13:55:36'],
    ['common_log', '10/Nov/2026:14:55:36 +0100'],
  ])('is read as %s', (_, ts) => {
    expect(read([line(ts)])).toMatchObject([{ at }])
  })
  test.each(['yesterday', '2026-13-10T13:55:36Z', '2026-02-30T13:55:36Z', '2026-11-10T25:55:36Z', -5, null, 1e300, {}])('is not read as %j', (ts) => {
    expect(read([line(ts)], 'caddy')).toEqual([{ unreadable: 'format' }])
  })
  test('stands before the fields where it writes to a console', () => {
    const fields = json({ request: { remote_ip: '203.0.113.5', method: 'GET', uri: '/', headers: {} }, status: 200 })
    expect(read([`2026/11/10 13:55:36.500\tinfo\thttp.log.access.log0\thandled request\t${fields}`])).toMatchObject([{ at: at + 500 }])
  })
})

const common = { host: '203.0.113.5', at, method: 'GET', target: '/a?b=1', status: 200, userAgent: agent }
const w3c = '#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-11-10 00:00:00\n'

describe('a format is found by its lines', () => {
  test.each([
    ['Traefik (JSON)', json({ ClientAddr: '203.0.113.5:5123', ClientHost: '203.0.113.5', DownstreamStatus: 200, OriginStatus: 0, RequestHost: 'shop.example', RequestMethod: 'GET', RequestPath: '/a?b=1', 'request_User-Agent': agent, StartUTC: '2026-11-10T13:55:36.000001Z', time: '2026-11-10T13:55:40Z', Duration: 46100000 }), { hostname: 'shop.example' }],
    ['Traefik (CLF)', `${plain} 42 "web@docker" "http://10.0.0.3:80" 12ms`, {}],
    ['nginx (JSON)', json({ time_iso8601: '2026-11-10T13:55:36+00:00', remote_addr: '203.0.113.5', request: 'GET /a?b=1 HTTP/1.1', status: '200', http_user_agent: agent, http_host: 'shop.example', request_time: '0.046' }), { hostname: 'shop.example', responseMs: 46 }],
    ['nginx (JSON, behind a proxy)', json({ msec: '1794318936.000', remote_addr: '10.0.0.1', http_x_forwarded_for: '203.0.113.5, 10.0.0.2', request_method: 'GET', uri: '/a', args: 'b=1', status: 200, http_user_agent: agent }), {}],
    ['nginx (JSON, without escape=json)', `{"time":"10/Nov/2026:13:55:36 +0000","ip":"203.0.113.5","request":"GET /a?b=1 HTTP/1.1","status":200,"bytes":-,"agent":"${agent}","referrer":"https://x.example/caf\\xC3\\xA9\\x22"}`, { referrer: 'https://x.example/café"' }],
    ['nginx (JSON, nested)', json({ time: '10/Nov/2026:13:55:36 +0000', client: { ip: '203.0.113.5' }, request: { method: 'GET', uri: '/a?b=1', headers: { 'user-agent': agent, host: 'shop.example' } }, response: { status: 200 } }), { hostname: 'shop.example' }],
    ['Elastic Common Schema', json({ '@timestamp': '2026-11-10T13:55:36.000Z', source: { ip: '203.0.113.5' }, http: { request: { method: 'GET' }, response: { status_code: 200 } }, url: { path: '/a', query: 'b=1', domain: 'shop.example' }, user_agent: { original: agent } }), { hostname: 'shop.example' }],
    ['Google (JSON)', json({ httpRequest: { requestMethod: 'GET', requestUrl: 'https://shop.example/a?b=1', status: 200, userAgent: agent, remoteIp: '203.0.113.5' }, timestamp: '2026-11-10T13:55:36.000000Z' }), { target: 'https://shop.example/a?b=1', hostname: 'shop.example' }],
    ['HAProxy', `203.0.113.5:33317 [10/Nov/2026:13:55:36.000] http-in~ static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {shop.example|${agent}|https://news.example/} {text/html} "GET /a?b=1 HTTP/1.1"`, { hostname: 'shop.example', referrer: 'https://news.example/', contentType: 'text/html', responseMs: 109 }],
    ...['de-DE,de;q=0.9', 'https://x.example/p;jsessionid=1', 'gzip, deflate, br', 'unknown, 203.0.113.5', 'max-age=0; x (y)'].map(
      (other): [string, string, object] => ['HAProxy with another header', `203.0.113.5:33317 [10/Nov/2026:13:55:36.000] http-in~ static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {${other}|${agent}} "GET /a?b=1 HTTP/1.1"`, { userAgent: agent }],
    ),
    ['HAProxy behind syslog, by IPv6', `Nov 10 13:55:36 lb haproxy[14389]: 2001:db8::1:33317 [10/Nov/2026:13:55:36.000] in static/<NOSRV> 10/0/30/69/+109 200 +2750 - - ---- 1/1/1/1/0 0/0 {${agent}} "GET /a?b=1 HTTP/1.1"`, { host: '2001:db8::1' }],
    ['ALB', `https 2026-11-10T13:55:36.000000Z app/lb/50dc6c495c0c9188 203.0.113.5:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://shop.example:443/a?b=1 HTTP/1.1" "${agent}" ECDHE TLSv1.2 arn:aws "Root=1" "-" "-" 0`, { target: 'https://shop.example:443/a?b=1', hostname: 'shop.example', responseMs: 171 }],
    ['ELB', `2026-11-10T13:55:36.000000Z lb 203.0.113.5:2817 - -1 -1 -1 200 0 0 0 "GET http://shop.example:80/a?b=1 HTTP/1.1" "${agent}" - -`, { target: 'http://shop.example:80/a?b=1', hostname: 'shop.example' }],
    ['Envoy', `[2026-11-10T13:55:36.000Z] "GET /a?b=1 HTTP/1.1" 200 - 0 12 5 4 "203.0.113.5" "${agent}" "request-id" "shop.example" "10.0.0.1:80"`, { hostname: 'shop.example', bytes: 12, responseMs: 5 }],
    ['Envoy, behind a proxy', `[2026-11-10T13:55:36.000Z] "GET /a?b=1 HTTP/2" 200 - 0 12 5 - "203.0.113.5,10.0.0.2" "${agent}" "-" "shop.example:443" "-"`, { hostname: 'shop.example' }],
    ['Istio', `[2026-11-10T13:55:36.000Z] "GET /a?b=1 HTTP/1.1" 200 - via_upstream - "-" 0 12 5 4 "203.0.113.5,10.0.0.2" "${agent}" "request-id" "shop.example" "10.0.0.1:80" inbound|80|| 127.0.0.6:1 10.0.0.1:80 10.0.0.9:5123 outbound_.80_._.shop default`, { hostname: 'shop.example', bytes: 12, responseMs: 5 }],
    ['Istio, without a proxy before it', `[2026-11-10T13:55:36.000Z] "GET /a?b=1 HTTP/1.1" 200 UF,URX via_upstream - "delayed connect error: 111" 0 12 5 4 "-" "${agent}" "request-id" "shop.example" "10.0.0.1:80" inbound|80|| 127.0.0.6:1 10.0.0.1:80 203.0.113.5:5123 - default`, { hostname: 'shop.example' }],
    ['Envoy in Kubernetes', `2026-11-10T13:55:36.123456789Z stdout F [2026-11-10T13:55:36.000Z] "GET /a?b=1 HTTP/1.1" 200 - 0 12 5 4 "203.0.113.5" "${agent}" "request-id" "shop.example" "10.0.0.1:80"`, {}],
    ['Envoy (JSON)', json({ start_time: '2026-11-10T13:55:36.000Z', method: 'GET', path: '/a?b=1', protocol: 'HTTP/1.1', response_code: 200, response_flags: '-', bytes_received: 0, bytes_sent: 12, duration: 5, upstream_host: '10.0.0.1:80', downstream_remote_address: '203.0.113.5:5123', downstream_local_address: '10.0.0.2:80', user_agent: agent, authority: 'shop.example', request_id: 'x', x_forwarded_for: null }), { hostname: 'shop.example', bytes: 12 }],
    ['Istio (JSON), behind a proxy', json({ start_time: '2026-11-10T13:55:36.000Z', method: 'GET', path: '/a?b=1', response_code: 200, response_code_details: 'via_upstream', downstream_remote_address: '10.0.0.9:5123', x_forwarded_for: '203.0.113.5,10.0.0.9', user_agent: agent, authority: 'shop.example:443', upstream_cluster: 'inbound|80||', route_name: 'default' }), { hostname: 'shop.example' }],
    ['Azure Application Gateway', json({ timeStamp: '2026-11-10T13:55:36+00:00', resourceId: '/SUBSCRIPTIONS/X', listenerName: 'https', operationName: 'ApplicationGatewayAccess', category: 'ApplicationGatewayAccessLog', properties: { instanceId: 'vm_0', clientIP: '203.0.113.5', clientPort: 5123, httpMethod: 'GET', originalRequestUriWithArgs: '/a?b=1', requestUri: '/rewritten', requestQuery: 'b=1', userAgent: agent, httpStatus: 200, httpVersion: 'HTTP/2.0', receivedBytes: 57, sentBytes: 12, timeTaken: 0.046, host: '10.0.0.1', originalHost: 'shop.example', serverStatus: '500', httpReferer: 'https://news.example/' } }), { hostname: 'shop.example', bytes: 12, responseMs: 46, referrer: 'https://news.example/' }],
    ['Azure Application Gateway, version 1', json({ resourceId: '/SUBSCRIPTIONS/X', operationName: 'ApplicationGatewayAccess', time: '2026-11-10T13:55:36Z', category: 'ApplicationGatewayAccessLog', properties: { instanceId: 'Role_IN_0', clientIP: '203.0.113.5', httpMethod: 'GET', requestUri: '/a', requestQuery: 'b=1&X-AzureApplicationGateway-CACHE-HIT=0&SERVER-ROUTED=10.0.0.1&X-AzureApplicationGateway-LOG-ID=874f&SERVER-STATUS=200', userAgent: agent, httpStatus: 200, sentBytes: 12, timeTaken: 46 } }), { bytes: 12 }],
    ['Azure Front Door', json({ time: '2026-11-10T13:55:36.1234567Z', category: 'FrontDoorAccessLog', properties: { httpMethod: 'GET', requestUri: 'https://shop.example:443/a?b=1', clientIp: '203.0.113.5', socketIp: '203.0.113.6', userAgent: agent, httpStatusCode: '200', httpStatusDetails: '200', responseBytes: '12', hostName: 'x.azurefd.net', timeTaken: '0.046' } }), { at: at + 123, target: 'https://shop.example:443/a?b=1', hostname: 'shop.example', bytes: 12, responseMs: 46 }],
    ['IIS', `${w3c}#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs(Referer) sc-status time-taken\n2026-11-10 13:55:36 10.0.0.1 GET /a b=1 203.0.113.5 ${agent.replaceAll(' ', '+')} - 200 15`, { responseMs: 15, referrer: '' }],
    ['IIS, with its fields changed on the way', `${w3c}#Fields: time c-ip\n#Fields: sc-status c-ip time cs(User-Agent) cs-uri-query cs-uri-stem cs-method cs-host\n200 203.0.113.5 13:55:36 ${agent.replaceAll(' ', '+')} b=1 /a GET shop.example`, { hostname: 'shop.example' }],
    ['CloudFront, behind a proxy', `#Version: 1.0\n#Fields: timestamp c-ip x-forwarded-for cs-method cs-uri-stem cs-uri-query sc-status cs(User-Agent) x-edge-location\n${at / 1_000}\t10.0.0.1\t203.0.113.5,%2010.0.0.2\tGET\t/a\tb=1\t200\t${encodeURIComponent(agent)}\tFRA`, {}],
  ])('%s', (_, lines, more) => {
    const found = read(['what is this?', ...lines.split('\n').map((line) => `${line}\r`.trimEnd())])
    expect(found[0]).toEqual({ unreadable: 'format' })
    expect(found.at(-1)).toMatchObject({ ...common, ...more })
  })

  test('a request that is none is one in every format, and no line that cannot be read', () => {
    const none = [
      `203.0.113.5 - - [10/Nov/2026:13:55:36 +0000] "-" 408 0 "-" "-"`,
      json({ time_iso8601: '2026-11-10T13:55:36+00:00', remote_addr: '203.0.113.5', request: '', status: '400', http_user_agent: '' }),
      '203.0.113.5:33317 [10/Nov/2026:13:55:36.000] http-in http-in/<NOSRV> -1/-1/-1/-1/0 400 187 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
      'http 2026-11-10T13:55:36.000000Z lb 203.0.113.5:1 - -1 -1 -1 400 - 0 0 "- http://lb:80- " "-" - -',
      '[2026-11-10T13:55:36.000Z] "- - -" 400 DPE 0 11 0 - "203.0.113.5" "-" "-" "-" "-"',
      json({ start_time: '2026-11-10T13:55:36.000Z', method: null, path: null, response_code: 400, downstream_remote_address: '203.0.113.5:1' }),
    ]
    expect(read(none)).toMatchObject(none.map(() => ({ host: '203.0.113.5', at, method: '', target: '' })))
  })

  test('a time in brackets may have a fraction', () => {
    const lines = ['13:55:36.123 +0000', '14:55:36.123456789 +0100'].map((time) => plain.replace('13:55:36 +0000', time))
    expect(read(lines)).toMatchObject(lines.map(() => ({ at: at + 123 })))
  })

  test('a time in brackets may be one of RFC 3339', () => {
    expect(read([plain.replace('10/Nov/2026:13:55:36 +0000', '2026-11-10T14:55:36+01:00')])).toMatchObject([{ at }])
  })

  test('and what a server has to say beside its requests is none', () => {
    const traefik = json({ level: 'info', msg: 'Configuration loaded from flags.', time: '2026-11-10T13:55:36Z' })
    expect(read([traefik, plain])).toMatchObject(['note', { host: '203.0.113.5' }])
  })

  test('a host that cannot be one is left out', () => {
    const line = (host: string) => json({ ts: at, status: 200, request: { remote_ip: '203.0.113.5', method: 'GET', uri: '/', host, headers: {} } })
    const hosts = read(['a b', '../x', 'x'.repeat(300), 'Shop.example:8443', '[2001:db8::1]:443'].map(line)).map((entry) => isEntry(entry) && entry.hostname)
    expect(hosts).toEqual([undefined, undefined, undefined, 'shop.example', '[2001:db8::1]'])
  })
})

/** Writers of each format, as its server escapes. */
const escaped = (text: string) => text.replace(/["\\]/g, (character) => `\\${character}`)
const clf = (time: number) => `${new Date(time).toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/, '$1/$2/$3:$4')} +0000`
const iso = (time: number) => new Date(time).toISOString()

interface Made { readonly host: string; readonly at: number; readonly path: string; readonly status: number; readonly agent: string }

const writers: Readonly<Record<string, (made: Made) => string>> = {
  combined: ({ host, at: time, path, status, agent: by }) => `${host} - - [${clf(time)}] "GET ${escaped(path)} HTTP/1.1" ${status} 5 "-" "${escaped(by)}"`,
  caddy: ({ host, at: time, path, status, agent: by }) => json({ ts: time / 1_000, status, request: { client_ip: host, method: 'GET', uri: path, headers: { 'User-Agent': [by] } } }),
  traefik: ({ host, at: time, path, status, agent: by }) => json({ ClientHost: host, StartUTC: iso(time), RequestMethod: 'GET', RequestPath: path, DownstreamStatus: status, 'request_User-Agent': by }),
  json: ({ host, at: time, path, status, agent: by }) => json({ time_iso8601: iso(time), remote_addr: host, request_method: 'GET', request_uri: path, status: String(status), http_user_agent: by }),
  iis: ({ host, at: time, path, status, agent: by }) => `${iso(time).slice(0, 10)} ${iso(time).slice(11, 19)} GET ${path} ${host} ${by.replaceAll(' ', '+')} ${status}`,
  alb: ({ host, at: time, path, status, agent: by }) => `http ${iso(time)} lb ${host}:1 - 0 0 0 ${status} - 0 5 "GET ${escaped(path)} HTTP/1.1" "${escaped(by)}" - -`,
  haproxy: ({ host, at: time, path, status, agent: by }) => `${host}:1 [${clf(time).slice(0, -6)}.000] in b/s 1/1/1/1/1 ${status} 5 - - ---- 1/1/1/1/0 0/0 {${by}} "GET ${path} HTTP/1.1"`,
  envoy: ({ host, at: time, path, status, agent: by }) => `[${iso(time)}] "GET ${path} HTTP/1.1" ${status} - 0 5 1 - "${host}" "${by}" "x" "shop.example" "-"`,
  istio: ({ host, at: time, path, status, agent: by }) => json({ start_time: iso(time), downstream_remote_address: host, method: 'GET', path, response_code: status, user_agent: by }),
  azure: ({ host, at: time, path, status, agent: by }) => json({ timeStamp: iso(time), properties: { clientIP: host, httpMethod: 'GET', requestUri: path, httpStatus: status, userAgent: by } }),
}

test.each(Object.keys(writers))('what %s writes is read as it was', (format) => {
  const word = fc.stringMatching(/^[a-z0-9/._~?=&%-]{0,30}$/)
  const path = ['iis', 'haproxy', 'envoy'].includes(format) ? word : fc.tuple(word, fc.constantFrom('', '"', '\\', '\\x41', 'é')).map((parts) => parts.join(''))
  const made = fc.record({
    host: fc.oneof(fc.ipV4(), fc.constantFrom('2001:db8::1', '2001:db8:1:2:3:4:5:6')),
    at: fc.integer({ min: Date.UTC(2000, 0) / 1_000, max: Date.UTC(2040, 0) / 1_000 }).map((second) => second * 1_000),
    path: path.map((text) => `/${text}`),
    status: fc.integer({ min: 100, max: 599 }),
    agent: fc.stringMatching(/^Mozilla\/5\.0 [a-zA-Z0-9 ();:.,/_-]{0,60}x$/),
  })
  fc.assert(
    fc.property(made, (one) => {
      const head = format === 'iis' ? ['#Fields: date time cs-method cs-uri-stem c-ip cs(User-Agent) sc-status'] : []
      for (const name of ['auto', format]) {
        expect(read([...head, writers[format]?.(one) ?? ''], name).at(-1)).toMatchObject({ host: one.host, at: one.at, target: one.path, status: one.status, userAgent: one.agent, method: 'GET' })
      }
    }),
  )
})

describe('lines that mean harm', () => {
  const example = { host: '203.0.113.5', at, path: '/a', status: 200, agent }

  test('never throw, whatever is cut off, mixed or put in', () => {
    const whole = fc.constantFrom(...Object.values(writers).map((write) => write(example)), `Nov 10 13:55:36 web1 nginx: ${plain}`)
    const part = fc.tuple(whole, fc.nat(300), fc.nat(300)).map(([line, from, length]) => line.slice(from, from + length))
    const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => new TextDecoder().decode(array))
    const line = fc.array(fc.oneof(part, bytes, fc.string({ unit: 'binary' }), fc.json()), { maxLength: 4 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), fc.constantFrom(...formatNames), (lines, format) => {
        for (const found of read(['#Fields: date time c-ip cs-uri-stem sc-status', ...lines], format)) {
          expect(isEntry(found) ? Number.isFinite(found.at) : found === 'note' || 'unreadable' in found).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  const parts = [
    ' - ', '\\x41', '":-', '[', '["', '\\"', '"', '<1>', '1 ', ' a:', '{"log":', '{"a":[', '{', '\t{"', '\u0000', ', ', ':', '%', '+', '-/', '| ', '} {', '\t', '203.0.113.5, ', '[10/Nov/2026:13:55:36 +0000] "',
  ]
  const heads = ['', '203.0.113.5 - - [10/Nov/2026:13:55:36 +0000] "', '<165>1 2026-11-10T13:55:36Z a b c d [x "', '1:1 [10/Nov/2026:13:55:36.000] a b 1/1 200 1 - - - - - {', '{"request":', 'http 2026-11-10T13:55:36.000000Z lb 1:1 - 0 0 0 200 - 0 5 "', '0|', '[2026-11-10T13:55:36.000Z] "', '[2026-11-10T13:55:36.000Z] "GET / HTTP/1.1" 200 - via - "']

  test('of a mebibyte take as long as their length, no longer', () => {
    const reader = readerFor('auto')()
    reader.read('#Fields: date time c-ip cs-uri-stem sc-status')
    const time = (line: string) => {
      const began = performance.now()
      reader.read(line)
      return performance.now() - began
    }
    const isLinear = (line: (length: number) => string) => {
      // Eight times as long; what took its square would take sixty-four times.
      const [small, large] = [time(line(2 ** 17)), time(line(2 ** 20))]
      return large < Math.max(100, small * 24)
    }
    for (const head of heads) {
      for (const part of parts) {
        const line = (length: number) => head + part.repeat(Math.ceil(length / part.length))
        // Once more where it is not: what else the machine does is no fault of the reader.
        expect([head, part, isLinear(line) || isLinear(line) || isLinear(line)]).toEqual([head, part, true])
      }
    }
  }, 120_000)
})
