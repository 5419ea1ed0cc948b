import { type LogEntry, parseRequest } from './entry.ts'

const quoted = String.raw`"([^"\\]*(?:\\.[^"\\]*)*)"`
const linePattern = new RegExp(
  String.raw`^(\S+) \S+ [^[]* ?\[([^\]]+)\] ${quoted} (\d{3}) (\d+|-)(?: ${quoted} ${quoted}(?: .*)?)?$`,
)
const timePattern = /^(\d{2})\/(\w{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/**
 * Parses one line of the Common or Combined Log Format, with or without further fields after the agent;
 * `undefined` where it is neither (a line cut off in the middle is not).
 *
 * By Apache's documentation (mod_log_config): `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`, the
 * time in `[day/month/year:hour:minute:second zone]`; inside quotes `\"` and `\\` stand for the characters
 * after the backslash, `\n` and its kind for control characters, `\xhh` for bytes. nginx writes the same.
 */
export function parseLine(line: string): LogEntry | undefined {
  const [, host, time, request, status, bytes, referrer = '', userAgent = ''] = linePattern.exec(line) ?? []
  if (host === undefined || time === undefined || request === undefined) return undefined
  const at = parseTime(time)
  if (at === undefined) return undefined
  return {
    host,
    at,
    ...parseRequest(unescape(request)),
    status: Number(status),
    bytes: bytes === '-' ? undefined : Number(bytes),
    referrer: plain(referrer),
    userAgent: plain(userAgent),
  }
}

/** The text of a field: `''` for `-`. */
export function plain(text: string): string {
  return text === '-' ? '' : unescape(text)
}

/** Time as `10/Oct/2000:13:55:36 -0700`, in milliseconds since 1970; `undefined` where it is none. */
export function parseTime(text: string): number | undefined {
  const match = timePattern.exec(text)
  if (!match) return undefined
  const [, day, name, year, hour, minute, second, sign, zoneHours, zoneMinutes] = match
  const month = months.indexOf(name ?? '')
  const date = new Date(Date.UTC(Number(year), month, Number(day)))
  // A day that does not exist (31 April) would silently become another one.
  if (month < 0 || date.getUTCDate() !== Number(day)) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  const seconds = Number(hour) * 3_600 + Number(minute) * 60 + Number(second)
  const zone = (Number(zoneHours) * 3_600 + Number(zoneMinutes) * 60) * (sign === '-' ? -1 : 1)
  return date.getTime() + (seconds - zone) * 1_000
}

const controls: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v' }
const utf8 = new TextDecoder()

/** Text between quotes, with what stands behind backslashes. */
export function unescape(text: string): string {
  if (!text.includes('\\')) return text
  // Bytes in a row are decoded together, as one character may take several.
  return text.replace(/((?:\\x[0-9a-f]{2})+)|\\(.)/gi, (_, bytes?: string, character = '') =>
    bytes === undefined
      ? (controls[character] ?? character)
      : utf8.decode(Uint8Array.from(bytes.slice(2).split('\\x'), (byte) => parseInt(byte, 16))),
  )
}
