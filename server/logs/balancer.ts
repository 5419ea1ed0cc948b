import { clientAddress, isAddressList, readAddress } from './address.ts'
import { hostOf, isHostName, type Line, parseRequest, plainHost } from './entry.ts'
import { plain, takeQuoted } from './escapes.ts'
import { parseTime, readTime } from './time.ts'

/** Names as HAProxy and AWS write them: no blank in them, so that there is one way to read a line. */
const word = String.raw`\S+`

const haproxyPattern = new RegExp(
  String.raw`^(${word}):\d{1,5} \[([^\]]{20,40})\] ${word} ${word} ([-+\d/]+) (-?\d{1,3}) \+?(\d+) ${word} ${word} ${word} ${word} ${word}` +
    String.raw`(?: \{([^}]*)\})?(?: \{([^}]*)\})? "([^"]*)"`,
)

/**
 * Reads one line of HAProxy's `httplog` (https://docs.haproxy.org/, "HTTP log format"). Its times have no zone: they are
 * taken for UTC. It logs agent, referrer and host only where the configuration captures these headers, in braces and
 * without names, so each is told by what it looks like.
 */
export function parseHaproxy(line: string): Line | undefined {
  const [, client, time, timers = '', status, bytes, requestHeaders = '', responseHeaders = '', request = ''] =
    haproxyPattern.exec(line) ?? []
  if (client === undefined || time === undefined) return undefined
  const at = parseTime(time)
  if (at === undefined) return undefined
  const captured = requestHeaders.split('|').map((value) => value.trim())
  const referrer = captured.find((value) => /^(?:https?|android-app):\/\//i.test(value)) ?? ''
  const forwarded = captured.find((value) => isAddressList(value) || readAddress(value.split(',', 1)[0] ?? '') !== undefined)
  // A product and its version first; other headers have blanks, parentheses and semicolons, too.
  const userAgent =
    captured.find((value) => /^[A-Za-z][\w.-]*\/\d/.test(value)) ??
    captured.find((value) => value.includes(' (') && value !== referrer && value !== forwarded) ??
    ''
  const hostname = captured.find((value) => value.includes('.') && isHostName(plainHost(value)) && readAddress(value) === undefined)
  const contentType = responseHeaders.split('|').find((value) => /^[a-z]+\/[\w.+-]+(?:;|$)/i.test(value))
  const parsed = parseRequest(request)
  const host = clientAddress(client, forwarded)
  if (typeof host !== 'string') return host
  const total = Number(timers.split('/').at(-1))
  return {
    host,
    at,
    ...parsed,
    status: Math.max(0, Number(status)),
    bytes: Number(bytes),
    referrer,
    userAgent,
    hostname: plainHost(hostname ?? hostOf(parsed.target)),
    ...(contentType !== undefined && { contentType }),
    ...(total >= 0 && { responseMs: total }),
  }
}

const loadBalancerPattern = new RegExp(
  String.raw`^(?:(?:https?|h2|grpcs?|wss?) )?(\d{4}-\d\d-\d\dT[\d:.]{8,20}Z) ${word} (${word}):\d{1,5} ${word} (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) ` +
    String.raw`(\d{3}|-) (?:\d{1,3}|-) (?:\d+|-) (\d+|-) (?=")`,
)

/**
 * Reads one line of AWS's Application Load Balancer, or of its Classic one (AWS, "Access logs for your Application Load
 * Balancer"): both have no referrer, and the whole URL in the request line.
 */
export function parseLoadBalancer(line: string): Line | undefined {
  const [head = '', time, client, before, within, after, status, bytes] = loadBalancerPattern.exec(line) ?? []
  const at = readTime(time)
  const request = takeQuoted(line, head.length)
  const userAgent = request && takeQuoted(line, request.end + 1)
  if (at === undefined || client === undefined || request === undefined || userAgent === undefined) return undefined
  const parsed = parseRequest(plain(request.text))
  const host = clientAddress(client)
  if (typeof host !== 'string') return host
  const parts = [before, within, after].map(Number)
  return {
    host,
    at,
    ...parsed,
    status: status === '-' ? 0 : Number(status),
    bytes: bytes === '-' ? undefined : Number(bytes),
    referrer: '',
    userAgent: plain(userAgent.text),
    hostname: plainHost(hostOf(parsed.target)),
    ...(parts.every((part) => part >= 0) && { responseMs: Math.round(parts.reduce((sum, part) => sum + part, 0) * 1_000) }),
  }
}
