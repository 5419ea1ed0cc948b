import { HkError } from '@hk-live/sdk/protocol'
import { clientAddress } from './address.ts'
import { plain } from './escapes.ts'
import { hostNamed, type Line, type LineParser, parseRequest } from './entry.ts'
import { readTime } from './time.ts'

/** Variables of nginx that are read; what others hold is passed over. */
const variables: Readonly<Record<string, keyof Found>> = {
  remote_addr: 'host',
  http_x_forwarded_for: 'forwarded',
  http_x_real_ip: 'forwarded',
  http_forwarded: 'forwarded',
  time_local: 'local',
  time_iso8601: 'iso',
  msec: 'seconds',
  request: 'request',
  request_method: 'method',
  request_uri: 'target',
  uri: 'path',
  args: 'query',
  query_string: 'query',
  status: 'status',
  body_bytes_sent: 'bytes',
  bytes_sent: 'bytes',
  http_referer: 'referrer',
  http_user_agent: 'userAgent',
  host: 'hostname',
  http_host: 'hostname',
  server_name: 'hostname',
  sent_http_content_type: 'contentType',
  request_time: 'taken',
}

/** How values begin that may follow another one without text between. */
const beginnings: Readonly<Record<string, string>> = { request_uri: '/', uri: '/', is_args: '?' }

/** What a line may hold, as text. */
interface Found {
  host?: string
  forwarded?: string
  local?: string
  iso?: string
  seconds?: string
  request?: string
  method?: string
  target?: string
  path?: string
  query?: string
  status?: string
  bytes?: string
  referrer?: string
  userAgent?: string
  hostname?: string
  contentType?: string
  taken?: string
}

/**
 * Makes a reader of lines from their pattern, written as nginx's `log_format`
 * (https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format):
 *
 *     $remote_addr [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $host $request_time
 *
 * A variable holds what stands until the text that follows it; `$host$request_uri` and `$uri$is_args$args` do without. An
 * address of `$http_x_forwarded_for`, `$http_x_real_ip` or `$http_forwarded` counts before `$remote_addr`, as by
 * `clientAddress`.
 *
 * @throws {HkError} `bad_request` where the pattern lacks time, request, status or agent, or text between two variables
 */
export function compilePattern(pattern: string): LineParser {
  const names: (keyof Found | undefined)[] = []
  // Of `${name}` and `$name` one group each, with the text between.
  const parts = pattern.split(/\$(?:\{(\w+)\}|(\w+))/)
  let source = RegExp.escape(parts[0] ?? '')
  for (let at = 1; at < parts.length; at += 3) {
    const name = parts[at] ?? parts[at + 1] ?? ''
    const next = parts[at + 2] ?? ''
    const kind = Object.hasOwn(variables, name) ? variables[name] : undefined
    names.push(kind)
    source += groupOf(name, next || beginningOf(name, parts[at + 3] ?? parts[at + 4])) + RegExp.escape(next)
  }
  demand(names)
  const expression = new RegExp(`^${source}$`)
  return (line) => {
    const values = expression.exec(line)
    if (values === null) return undefined
    const found: Found = {}
    for (const [index, name] of names.entries()) {
      const field = plain(values[index + 1] ?? '')
      const value = name === 'hostname' ? hostNamed(field) : field
      if (name !== undefined && value !== '') found[name] ??= value
    }
    return entryOf(found)
  }
}

const localTime = String.raw`(\d{2}/\w{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})`

function groupOf(name: string, next: string): string {
  if (name === 'time_local') return localTime
  return name === 'is_args' ? String.raw`(\??)` : upTo(next)
}

/** What the value of a variable begins with that follows another one at once. */
function beginningOf(name: string, following: string | undefined): string {
  // Of `?` the rest of the query follows, whatever it begins with.
  if (following === undefined || name === 'is_args') return ''
  const beginning = Object.hasOwn(beginnings, following) ? beginnings[following] : undefined
  if (beginning !== undefined) return beginning
  throw new HkError('bad_request', `The pattern needs a text between $${name} and $${following}: nothing tells where the one ends.`, {
    parameter: 'pattern',
  })
}

/**
 * What a variable may hold: all up to the character that follows; between quotes a backslash keeps its quote from
 * ending the text. No two ways lead through a line, so a hostile one takes no longer to read.
 */
function upTo(next: string): string {
  if (next.startsWith('"')) return String.raw`([^"\\]*(?:\\.[^"\\]*)*)`
  return next === '' ? '(.*)' : `([^${RegExp.escape(next.charAt(0))}]*)`
}

function demand(names: readonly (keyof Found | undefined)[]): void {
  const missing = [
    ['local', 'iso', 'seconds'],
    ['request', 'target', 'path'],
    ['status'],
    ['userAgent'],
  ].find((any) => !any.some((name) => names.some((known) => known === name)))
  if (missing === undefined) return
  const known = Object.entries(variables).flatMap(([name, kind]) => (missing.includes(kind) ? [`$${name}`] : []))
  throw new HkError('bad_request', `The pattern needs ${known.join(' or ')}.`, { parameter: 'pattern' })
}

function entryOf(found: Found): Line | undefined {
  const at = timeOf(found)
  if (at === undefined || !/^\d{3}$/.test(found.status ?? '')) return undefined
  const { method, target } = found.request === undefined ? targetOf(found) : parseRequest(found.request)
  const host = clientAddress(found.host ?? '', found.forwarded)
  if (typeof host !== 'string') return host
  const taken = Number(found.taken ?? Number.NaN)
  return {
    host,
    at,
    method,
    target,
    status: Number(found.status),
    bytes: /^\d+$/.test(found.bytes ?? '') ? Number(found.bytes) : undefined,
    referrer: found.referrer ?? '',
    userAgent: found.userAgent ?? '',
    ...(found.hostname !== undefined && { hostname: found.hostname }),
    ...(found.contentType !== undefined && { contentType: found.contentType }),
    ...(Number.isFinite(taken) && { responseMs: Math.round(taken * 1_000) }),
  }
}

/** Method and target of a line without a request line. Without a method it is taken for a GET. */
function targetOf({ method = 'GET', target, path = '', query }: Found): { method: string; target: string } {
  return { method, target: target ?? path + (query === undefined ? '' : `?${query}`) }
}

function timeOf({ local, iso, seconds }: Found): number | undefined {
  return readTime(local ?? iso ?? seconds)
}
