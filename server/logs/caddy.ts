import { clientAddress } from './address.ts'
import { type Line, plainHost } from './entry.ts'
import { isRecord, type JsonRecord, text } from './json-value.ts'
import { readTime } from './time.ts'

/**
 * Reads one record of Caddy's access log (https://caddyserver.com/docs/logging), of every version: `client_ip` knows
 * trusted proxies (from 2.7), `remote_ip` is who connected (from 2.5), `remote_addr` that with its port (before). `ts` is
 * written in one of the encoder's time formats, see `time.ts`; `duration` in seconds, or as text.
 */
export function readCaddy(log: JsonRecord): Line | undefined {
  const { request } = log
  if (!isRecord(request)) return undefined
  const at = readTime(log.ts)
  if (at === undefined || typeof log.status !== 'number' || typeof request.uri !== 'string') return undefined
  const headers = isRecord(request.headers) ? request.headers : {}
  const contentType = header(log.resp_headers, 'content-type')
  const host = clientAddress(
    text(request.client_ip) || text(request.remote_ip) || text(request.remote_addr),
    // From 2.7 on Caddy has looked at this itself.
    request.client_ip === undefined ? header(headers, 'x-forwarded-for') : '',
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
    ...(typeof log.duration === 'number' && { responseMs: Math.round(log.duration * 1_000) }),
  }
}

/** The first value of a header, whatever the case of its name. */
function header(headers: unknown, name: string): string {
  if (!isRecord(headers)) return ''
  const [, values] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? []
  return text(Array.isArray(values) ? values[0] : values)
}
