import { addressIn, clientAddress, isAbsent, isAddressList, isPrivate, noAddress, readAddress } from './address.ts'
import { plain, takeQuoted, unescape } from './escapes.ts'
import { hostNamed, isHostName, type Line, parseRequest, plainHost, type Unreadable, unreadable } from './entry.ts'
import { readTime } from './time.ts'

const timePattern =
  /\[(\d{2}\/[A-Za-z]{3}\/\d{4}:\d{2}:\d{2}:\d{2}(?:\.\d{1,9})? [+-]\d{4}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d))\] (?=")/

/**
 * Parses one line of the Common or Combined Log Format, with or without further fields after the agent;
 * `undefined` where it is neither (a line cut off in the middle is not).
 *
 * By Apache's documentation (mod_log_config): `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`, the
 * time in `[day/month/year:hour:minute:second zone]`; inside quotes `\"` and `\\` stand for the characters
 * after the backslash, `\n` and its kind for control characters, `\xhh` for bytes. nginx writes the same, and so does
 * Traefik. Before the address may stand the virtual host (`vhost_combined`), or a pattern for it, in its place the list of
 * `X-Forwarded-For`, which may as well follow the agent, as in the `main` format of nginx.
 */
export function parseLine(line: string): Line | undefined {
  const found = timePattern.exec(line)
  const at = readTime(found?.[1])
  if (found === null || at === undefined) return undefined
  const rest = readRest(line, found.index + found[0].length)
  if (rest === undefined) return undefined
  const { request, status, bytes, referrer, userAgent, beyond } = rest
  const client = readClient(line.slice(0, found.index), listsIn(beyond))
  if ('unreadable' in client) return client
  return {
    ...client,
    at,
    ...parseRequest(unescape(request)),
    status: Number(status),
    bytes: bytes === '-' ? undefined : Number(bytes),
    referrer: plain(referrer),
    userAgent: plain(userAgent),
  }
}

/** What stands after the time: `"request" status bytes`, then `"referrer" "agent"`, and what follows the agent. */
function readRest(line: string, start: number) {
  const request = takeQuoted(line, start)
  if (request === undefined) return undefined
  const [numbers = '', status, bytes = '-'] = /^ (\d{3}) (\d{1,19}|-)(?= |$)/.exec(line.slice(request.end, request.end + 40)) ?? []
  if (status === undefined) return undefined
  const common = { request: request.text, status, bytes, referrer: '', userAgent: '', beyond: '' }
  const end = request.end + numbers.length
  if (end === line.length) return common
  const referrer = takeQuoted(line, end + 1)
  const agent = referrer && line.charAt(referrer.end) === ' ' ? takeQuoted(line, referrer.end + 1) : undefined
  if (referrer === undefined || agent === undefined || !['', ' '].includes(line.charAt(agent.end))) return undefined
  return { ...common, referrer: referrer.text, userAgent: agent.text, beyond: line.slice(agent.end + 1) }
}

/**
 * Lists of addresses after the agent: the field that follows it, and the first of those behind in quotes, `''` for none. The
 * one that follows is such a list where an address begins it, whatever a client has put behind.
 */
function listsIn(beyond: string): { readonly next: string; readonly later: string } {
  const [next = '', ...others] = fieldsIn(beyond)
  const isList = isAddressList(next) || readAddress(next.split(',', 1)[0] ?? '') !== undefined
  return { next: isList ? next : '', later: others.find(isAddressList) ?? '' }
}

/** Fields that are looked at after the agent. */
const maxFields = 16

/** Texts of the fields in quotes; the first is `''` where the agent is not followed by a quoted field. */
function fieldsIn(text: string): string[] {
  const fields = text.startsWith('"') ? [] : ['']
  for (let at = text.indexOf('"'); at !== -1 && fields.length < maxFields; ) {
    const field = takeQuoted(text, at)
    if (field === undefined) break
    fields.push(unescape(field.text))
    at = text.indexOf('"', field.end)
  }
  return fields
}

/** A `server_name` of nginx that is no host: `*.example.com`, `example.*`, `~^(www\.)?example\.com$`, `_`, or with umlauts. */
const serverPattern = /^(?:~|\*\.|\.\w|_$)|\.\*$|[^ -~]/

/** Client and virtual host, from what stands before the time: `[host] address[, address…] ident user`. */
function readClient(head: string, lists: ReturnType<typeof listsIn>): { host: string; hostname?: string } | Unreadable {
  // A list is one word.
  const words = head.trim().replaceAll(/,\s+/g, ',').split(/\s+/, 4).map((word) => word.replaceAll('"', ''))
  const [first = '', second = '', third = ''] = words
  const address = addressIn(first)
  const next = addressIn(second)
  const bare = plainHost(first)
  const isPattern = serverPattern.test(bare)
  // With a port it is that of the virtual host, where an address follows; without one, the first of a list of proxies.
  const isServer = !first.includes(',') && (address === undefined ? isHostName(bare) : /\]?:\d{1,5}$/.test(first) && first !== address)
  const isHost = next !== undefined && (isPattern || isServer)
  const isNamedHost = (isPattern || (address === undefined && /:\d{1,5}$/.test(first) && isHostName(bare))) && second !== '-' && third === '-'
  if (isNamedHost && next === undefined) return noAddress(second)
  if (address === undefined && !isHost && !isAbsent(first)) return isClient(words) ? noAddress(first) : unreadable('format')
  const remote = isHost || (isAbsent(first) && next !== undefined) ? second : first
  if (isAbsent(remote)) return noAddress(remote)
  // An address that follows that of a proxy is the visitor's.
  const passedOn = !isHost && next !== undefined && address !== undefined && isPrivate(address) ? second : ''
  const told = clientAddress(remote, lists.next || passedOn)
  if (typeof told !== 'string') return told
  // Further behind may stand the address of a server: it counts where it is public, and what was told is not.
  const later = isPrivate(told) ? clientAddress('', lists.later) : ''
  const host = typeof later === 'string' && later !== '' && !isPrivate(later) ? later : told
  // lighttpd writes the virtual host where others have a user that nobody asks for.
  const isSecondHost = second.includes('.') && next === undefined && isHostName(plainHost(second))
  const hostname = isHost ? hostNamed(first) : isSecondHost ? plainHost(second) : ''
  return hostname === '' ? { host } : { host, hostname }
}

/** How the day is named before a line of syslog, or by `journalctl -o short-full`. */
const dayPattern = /^(?:<\d{1,3}>)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)$/

/** Whether the first word names a client: ident and user follow, one of them `-` as a rule. Else it begins an unknown head. */
function isClient(words: readonly string[]): boolean {
  const [first = '', second, third, fourth] = words
  return !dayPattern.test(first) && (second === '-' || third === '-' || fourth === undefined)
}
