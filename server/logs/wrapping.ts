import { privatePrefix } from './address.ts'
import { isRecord, parseRecord } from './json-value.ts'

const iso = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?`
/** The date and time before a line of syslog by RFC 3164, by `journalctl -o short-full` and by `journalctl -o short-unix`. */
const date = String.raw`(?:[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?|[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [A-Z\d:+-]{1,9}|\d{10}\.\d{6})`
/** A host or a program; with a letter in it, as an address would be taken for that of the visitor. */
const named = String.raw`(?=\S{0,254}[a-zA-Z])[^\s":[\]]{1,255} `
/** A machine by its address, of a private network: that of a visitor is public, or the machine would be taken for one. */
const machine = String.raw`(?=${privatePrefix})[\da-f:.]{2,45}(?:%[\w.-]{1,32})? `
/** What begins with an address, or JSON. */
const message = String.raw`(?=\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}[ ,:]|[\da-fA-F]{0,4}:[\da-fA-F:.]{1,45}[ ,%]|\{)`
const bounded = String.raw`[^\s"]{1,255}`

/** RFC 5424, section 6: `<165>1 2026-11-10T13:55:36Z web1 nginx 123 -`, up to its structured data. */
const syslogHead = new RegExp(String.raw`^(?:<\d{1,3}>)?1 (?:${iso}|-) ${bounded} ${bounded} ${bounded} ${bounded} (?=[-[])`)

/**
 * What a collector of logs writes before a line. No expression has two ways through a text, so that none takes longer
 * than its length.
 */
const heads: readonly RegExp[] = [
  // RFC 3164, and journalctl: <190>Nov 10 13:55:36 web1 nginx[123]: message; the host may be left out
  new RegExp(String.raw`^(?:<\d{1,3}>)?(?:${date}|${iso}) (?:(?:[^\s":[\]]{1,255}|[\da-fA-F:.]{2,45}(?:%[\w.-]{1,32})?) )?[^\s":[\]]{1,255}(?:\[\w{1,20}\])?: `),
  // by a template without the colon, before an address or JSON: Nov 10 13:55:36 web1 nginx 203.0.113.5 - -; where Docker and
  // Kubernetes have put a time before, one name is a virtual host
  new RegExp(String.raw`^(?:<\d{1,3}>)?(?:${date} (?:${named}){1,2}?|${iso} (?:${named}){2})${message}`),
  // with the address of the machine in place of its name, as rsyslog's fromhost-ip: a program follows, and then the visitor
  new RegExp(String.raw`^(?:<\d{1,3}>)?(?:${date}|${iso}) ${machine}${named}${message}`),
  // Kubernetes (CRI): 2026-11-10T13:55:36.123456789Z stdout F message
  new RegExp(String.raw`^${iso} std(?:out|err) [FP] `),
  // docker logs --timestamps; an address and a program before another address are of syslog, and the first no visitor's
  new RegExp(String.raw`^${iso} (?![\da-fA-F:.]{2,45}(?:%[\w.-]{1,32})? (?=[\w-]{0,63}[a-zA-Z])[\w-]{1,64} ${message})`),
  // docker compose logs: web-1  | message
  /^[\w.-]{1,100} {1,40}\| ?/,
  // pm2 logs: 0|web  | message
  /^\d{1,6}\|[^|"]{1,140} \| ?/,
  // pm2's log_date_format: 2026-11-10 13:55:36 +00:00: message
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?: /,
  // kubectl logs --prefix: [pod/web-5d/nginx] message
  /^\[[\w./-]{1,255}\] /,
]

/**
 * Fields in which collectors put a line: Docker's `json-file`, journald, Fluentd and Vector, Caddy before 2.5, Promtail and
 * Loki (`_entry` by its stage `pack`), Google Cloud.
 */
const fields = ['log', 'MESSAGE', 'message', 'common_log', 'line', '_entry', 'textPayload']

/**
 * The line that a collector wrapped: in JSON, as Docker's `json-file` and `journalctl -o json` do, or after a head of
 * syslog and its kind. `undefined` where it is wrapped in nothing that is known.
 */
export function unwrap(line: string): string | undefined {
  if (line.startsWith('{')) {
    const record = parseRecord(line)
    const values = fields.map((field) => record?.[field])
    // Filebeat has the line in `message`, and in `log` the file that it is from.
    const inner = values.find((value) => typeof value === 'string' && value !== '') ?? values.find(isRecord)
    return isRecord(inner) ? JSON.stringify(inner) : typeof inner === 'string' ? inner.replace(/[\r\n]+$/, '') : undefined
  }
  const console = consoleRecord(line)
  if (console !== undefined) return console
  const [syslog] = syslogHead.exec(line) ?? []
  if (syslog !== undefined) return line.slice(endOfData(line, syslog.length)).replace(/^ ?\uFEFF?/, '')
  for (const head of heads) {
    const [found] = head.exec(line) ?? []
    if (found !== undefined && found !== '') return line.slice(found.length)
  }
  return undefined
}

/** The end of structured data: `-`, or `[id name="value" …]` one after another, in whose values `\\` stands before quotes. */
function endOfData(line: string, start: number): number {
  let at = start
  let isQuoted = false
  for (let depth = 0; at < line.length; at++) {
    const character = line.charAt(at)
    if (character === '\\') at++
    else if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '[' && depth === 0) depth = 1
    else if (character === ']') depth = 0
    else if (depth === 0) return character === '-' ? at + 1 : at
  }
  return at
}

/** A line of Caddy's `console` encoder as that of its JSON one: time, level, logger and message stand before the fields. */
function consoleRecord(line: string): string | undefined {
  const start = line.indexOf('\t{"')
  if (start < 0) return undefined
  const record = parseRecord(line.slice(start + 1))
  if (record === undefined) return undefined
  const [time = '', , logger = ''] = line.slice(0, start).split('\t', 4)
  // Systems that write to a terminal put a time of their own before.
  const ts = /(?:\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,+Z-]+|\d{2}\/\w{3}\/\d{4}:[\d: +-]+|[\d.]{1,30}e\+\d\d|[\d.]{10,30})$/.exec(time.trim())?.[0] ?? ''
  return JSON.stringify({ ts, logger, msg: 'console', ...record })
}
