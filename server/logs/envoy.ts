import { clientAddress, readAddress } from './address.ts'
import { type Line, parseRequest, plainHost } from './entry.ts'
import { takeQuoted } from './escapes.ts'
import { readTime } from './time.ts'

const headPattern = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)\] (?=")/

/** Status, flags, what Istio says of the answer, then bytes received and sent, and milliseconds in all and of the upstream. */
const numbersPattern = /^ (\d{1,3}) [^\s"]+(?: [^\s"]+ [^\s"]+ "[^"]*")? (?:\d+|-) (\d+|-) (\d+|-) (?:\d+|-) (?=")/

/** Characters that the numbers take at most, with the reason of a failure among them. */
const maxNumbers = 2_000

/**
 * Reads one line of Envoy's default format (Envoy, "Access logging", "Default format string"), or of Istio's, which says
 * more of the answer and of the connection. Envoy's has the client in `X-Forwarded-For` alone; Istio's also has who
 * connected.
 */
export function parseEnvoy(line: string): Line | undefined {
  const [head = '', time] = headPattern.exec(line) ?? []
  const request = time === undefined ? undefined : takeQuoted(line, head.length)
  const at = readTime(time)
  if (at === undefined || request === undefined) return undefined
  const [numbers, status, bytes = '-', duration = '-'] = numbersPattern.exec(line.slice(request.end, request.end + maxNumbers)) ?? []
  const quoted = numbers === undefined ? undefined : takeFields(line, request.end + numbers.length)
  if (quoted === undefined) return undefined
  const [forwarded = '', userAgent = '', , authority = ''] = quoted.fields
  // Cluster, address of ours towards the upstream, that towards the client, the client.
  const remote = line.slice(quoted.end, quoted.end + maxNumbers).split(' ', 5)[4] ?? ''
  const host = clientAddress(readAddress(remote) === undefined ? '' : remote, forwarded)
  if (typeof host !== 'string') return host
  return {
    host,
    at,
    ...parseRequest(request.text),
    status: Number(status),
    bytes: bytes === '-' ? undefined : Number(bytes),
    referrer: '',
    userAgent,
    ...(authority !== '' && { hostname: plainHost(authority) }),
    ...(duration !== '-' && { responseMs: Number(duration) }),
  }
}

/** The five texts between quotes: addresses passed on, agent, id of the request, authority, upstream. */
function takeFields(line: string, start: number): { readonly fields: readonly string[]; readonly end: number } | undefined {
  const fields: string[] = []
  let end = start - 1
  while (fields.length < 5) {
    const field = takeQuoted(line, end + 1)
    if (field === undefined) return undefined
    // Nothing is escaped in it.
    fields.push(field.text === '-' ? '' : field.text)
    end = field.end
  }
  return { fields, end }
}
