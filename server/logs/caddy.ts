import { clientAddress } from './address.ts'
import { type Line, plainHost } from './entry.ts'
import { isRecord, type JsonRecord, text } from './json-value.ts'
import { readTime } from './time.ts'

/**
 * Loggers of Caddy that tell of a request beside the access log's record: its errors, and what modules of its namespaces
 * have to say. Other applications have loggers of the kind of `http.server`, too, whose records are requests.
 */
const otherLogger = /^http\.(?:handlers|matchers|authentication|reverse_proxy|log\.error|auto_https|stdlib)(?:\.|$)/

/**
 * Reads one record of Caddy's access log (https://caddyserver.com/docs/logging), of every version: `client_ip` knows
 * trusted proxies (from 2.7), `remote_ip` is who connected (from 2.5), `remote_addr` that with its port (before). `ts` is
 * written in one of the encoder's time formats, see `time.ts`, `duration` in one of its duration formats.
 */
export function readCaddy(log: JsonRecord): Line | undefined {
  const { request } = log
  if (!isRecord(request)) return undefined
  if (log.ts !== undefined && otherLogger.test(text(log.logger))) return 'note'
  const at = readTime(log.ts)
  if (at === undefined || typeof log.status !== 'number' || typeof request.uri !== 'string') return undefined
  const headers = isRecord(request.headers) ? request.headers : {}
  const responseMs = readDuration(log.duration)
  const contentType = header(log.resp_headers, 'content-type')
  const host = clientAddress(
    text(request.client_ip) || text(request.remote_ip) || text(request.remote_addr),
    // From 2.7 on Caddy has looked at this itself.
    request.client_ip === undefined ? header(headers, 'x-forwarded-for') || header(headers, 'forwarded') : '',
  )
  if (typeof host !== 'string') return host
  return {
    host,
    at,
    method: text(request.method),
    target: request.uri,
    status: log.status,
    bytes: typeof log.size === 'number' ? log.size : undefined,
    referrer: header(headers, 'referer'),
    userAgent: header(headers, 'user-agent'),
    hostname: plainHost(text(request.host)),
    ...(contentType !== '' && { contentType }),
    ...(responseMs !== undefined && { responseMs }),
  }
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, µs: 1e-3, ns: 1e-6 }

/**
 * A duration in milliseconds (Caddy, "log", `duration_format`): `seconds`, a fraction, by default; `ms` and `ns`, whole numbers;
 * or `string`, as Go prints it (`1m2.5s`, `46.1µs`). Of whole numbers those below 1,000 are taken for milliseconds, those from
 * 1,000,000 on for nanoseconds. One between may be as much as a quarter of an hour in the one unit, and is less than a
 * millisecond in the other: none is better than one a million times too long or too short. In `ms`, what takes longer (a
 * connection that is kept open) is told too short.
 */
function readDuration(duration: unknown): number | undefined {
  if (typeof duration === 'string') return readGoDuration(duration)
  if (typeof duration !== 'number' || duration < 0) return undefined
  if (!Number.isInteger(duration)) return Math.round(duration * 1_000)
  if (duration < 1_000) return duration
  return duration < 1_000_000 ? undefined : Math.round(duration * 1e-6)
}

/** Go, package time, `Duration.String`. */
function readGoDuration(duration: string): number | undefined {
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:h|m|s|ms|µs|ns))+$/.test(duration)) return undefined
  let ms = 0
  for (const [, value, unit = ''] of duration.matchAll(/([\d.]+)([a-zµ]+)/g)) ms += Number(value) * (unitMs[unit] ?? Number.NaN)
  return Number.isFinite(ms) ? Math.round(ms) : undefined
}

/** The first value of a header, whatever the case of its name. */
function header(headers: unknown, name: string): string {
  if (!isRecord(headers)) return ''
  const [, values] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? []
  return text(Array.isArray(values) ? values[0] : values)
}
