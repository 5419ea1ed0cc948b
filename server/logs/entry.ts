/** One request as a server logged it. Text is unescaped, `''` where the log has none. */
export interface LogEntry {
  /** Address of the client, as `plainAddress` spells it; `''` where the format has none. */
  host: string
  /** Time of the request, milliseconds since 1970. */
  at: number
  /** `''` where the request line is no HTTP request. */
  method: string
  /** Request target as sent, `''` where the request line is no HTTP request. */
  target: string
  status: number
  /** Bytes of the body sent, where the log has them. */
  bytes: number | undefined
  referrer: string
  userAgent: string
  /** Host that was asked for, where the log names it. */
  hostname?: string
  /** `Content-Type` of the answer, where the log has it. */
  contentType?: string
  /** Milliseconds until the answer had been sent, where the log has them. */
  responseMs?: number
}

/**
 * Why a line can't be read: `format`: of no known format; `host_name`: a name stands where the address of the client is
 * expected (`HostnameLookups On`); `address`: something else does; `no_address`: a page that a person looked at, and no
 * address; `too_long`; `binary`: bytes that are no text.
 */
export type UnreadableReason = 'format' | 'host_name' | 'address' | 'no_address' | 'too_long' | 'binary'

/** A line that can't be read. */
export interface Unreadable {
  readonly unreadable: UnreadableReason
}

/** What a line is: a request, `'note'` for a line that the format does not count as a request, or why it can't be read. */
export type Line = LogEntry | 'note' | Unreadable

/** Reads the lines of one log, in order: a format may begin with a line that says what follows. */
export interface LineReader {
  read(line: string): Line
}

/** Parses a line of one format; `undefined` where it is not of that format. */
export type LineParser = (line: string) => Line | undefined

/** A line that can't be read, for a reason. */
export function unreadable(reason: UnreadableReason): Unreadable {
  return { unreadable: reason }
}

/** Whether a line is a request. */
export function isEntry(line: Line | undefined): line is LogEntry {
  return typeof line === 'object' && 'at' in line
}

/** Method and target of a request line as `GET /page HTTP/1.1`; `''` where it is no HTTP request. */
export function parseRequest(request: string): { method: string; target: string } {
  // nginx logs the target as sent, so it may hold spaces: the protocol is what follows the last one.
  const [, method, target] = /^([A-Z]{3,20}) (\S.*?)(?: HTTP\/\d(?:\.\d)?)?$/.exec(request) ?? []
  return { method: method ?? '', target: target ?? '' }
}

/** A host without its port, in lower case. */
export function plainHost(host: string): string {
  return host.toLowerCase().replace(/:\d{1,5}$/, '')
}

/** The host of a URL, or `''`: a proxy logs `https://shop.example:443/page`. */
export function hostOf(url: string): string {
  return /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? ''
}

/** Whether a text can be the name of a host, without a port. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9_][a-z0-9_.-]*$/i.test(text)
}

/**
 * The host that a field names, as `plainHost` spells it, or `''`: nginx's `server_name` may be a pattern, or `_` for any
 * host, and what a client wrote into the header `Host` is none where it can't be a name.
 */
export function hostNamed(field: string): string {
  const host = plainHost(field)
  return host !== '_' && (isHostName(host) || /^\[[\da-f:.]+\]$/.test(host)) ? host : ''
}

/** Whether milliseconds since 1970 are a time of the years that have four digits, as it can be sent. */
export function isTime(at: number): boolean {
  return at >= 0 && at < Date.UTC(10_000, 0)
}
