import { isTime, type LogEntry, plainHost } from './entry.ts'

/**
 * Reads one line of Caddy's access log, which is JSON by itself: https://caddyserver.com/docs/logging. `ts` is in
 * seconds since 1970, or a time as text where `time_format` says so; `client_ip` knows trusted proxies, older versions
 * have `remote_ip` alone.
 */
export function parseCaddy(line: string): LogEntry | 'note' | undefined {
  const log = record(parseJson(line))
  const request = record(log?.request)
  if (log === undefined) return undefined
  // What else Caddy has to say goes to the same file where nobody told it otherwise.
  if (request === undefined) return typeof log.msg === 'string' ? 'note' : undefined
  const at = typeof log.ts === 'number' ? log.ts * 1_000 : Date.parse(text(log.ts))
  if (!isTime(at) || typeof log.status !== 'number') return undefined
  const headers = record(request.headers)
  const contentType = header(record(log.resp_headers), 'content-type')
  return {
    host: text(request.client_ip) || text(request.remote_ip),
    at: Math.round(at),
    method: text(request.method),
    target: text(request.uri),
    status: log.status,
    bytes: typeof log.size === 'number' ? log.size : undefined,
    referrer: header(headers, 'referer'),
    userAgent: header(headers, 'user-agent'),
    hostname: plainHost(text(request.host)),
    ...(contentType !== '' && { contentType }),
    ...(typeof log.duration === 'number' && { responseMs: Math.round(log.duration * 1_000) }),
  }
}

function parseJson(line: string): unknown {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The first value of a header, whatever the case of its name. */
function header(headers: Readonly<Record<string, unknown>> | undefined, name: string): string {
  const [, values] = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name) ?? []
  return text(Array.isArray(values) ? values[0] : values)
}
