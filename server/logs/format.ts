import { HkError } from '@hk-live/sdk/protocol'
import { parseHaproxy, parseLoadBalancer } from './balancer.ts'
import { readCaddy } from './caddy.ts'
import { parseLine } from './combined.ts'
import { parseEnvoy } from './envoy.ts'
import { hostNamed, isEntry, type Line, type LineParser, type LineReader, type LogEntry, unreadable } from './entry.ts'
import { readJson } from './json.ts'
import { plainFields } from './json-fields.ts'
import { isRecord, type JsonRecord, parseRecord } from './json-value.ts'
import { isNote } from './note.ts'
import { compilePattern } from './pattern.ts'
import { createW3cParser } from './w3c.ts'
import { unwrap } from './wrapping.ts'

const parseCaddy: LineParser = (line) => {
  const record = parseRecord(line)
  return record && (readCaddy(record) ?? noteOf(record))
}

/** A record of Caddy's is read as such, whatever came before: which of its addresses counts is for Caddy to know. */
const parseJson: LineParser = (line) => {
  const record = parseRecord(line)
  return record && (readCaddy(record) ?? readJson(record) ?? (typeof record.logger === 'string' ? noteOf(record) : undefined))
}

/** What else Caddy has to say goes to the same file where nobody told it otherwise, a `status` or a `uri` among it. */
function noteOf(record: JsonRecord): Line | undefined {
  return !isRecord(record.request) && isNote(plainFields(record)) ? 'note' : undefined
}

/** Formats by name; nginx and Apache write `combined` unless they are told otherwise. */
const formats: Readonly<Record<string, () => LineParser>> = {
  combined: () => parseLine,
  nginx: () => either(parseLine, parseJson),
  apache: () => parseLine,
  caddy: () => parseCaddy,
  traefik: () => either(parseLine, parseJson),
  json: () => parseJson,
  iis: createW3cParser,
  w3c: createW3cParser,
  cloudfront: createW3cParser,
  haproxy: () => either(parseHaproxy, parseLine),
  envoy: () => either(parseEnvoy, parseJson),
  istio: () => either(parseEnvoy, parseJson),
  azure: () => parseJson,
  alb: () => parseLoadBalancer,
  elb: () => parseLoadBalancer,
}

/** Names of the formats that can be asked for, `auto` among them. */
export const formatNames: readonly string[] = ['auto', ...Object.keys(formats)]

/**
 * Tells how a log is to be read, once for each file.
 *
 * @param format a name, `auto` to read each line by the format that fits it
 * @param pattern how lines look, in place of a format: see `pattern.ts`
 * @throws {HkError} `bad_request` for an unknown name and a pattern that lacks something
 */
export function readerFor(format: string, pattern?: string): () => LineReader {
  if (pattern !== undefined) {
    const parse = compilePattern(pattern)
    return () => createReader(parse)
  }
  if (format === 'auto') return () => createReader(createAutoParser())
  const make = Object.hasOwn(formats, format) ? formats[format] : undefined
  if (make !== undefined) return () => createReader(make())
  throw new HkError('bad_request', `The format "${format}" is not known. Known are ${formatNames.join(', ')}.`, {
    parameter: 'format',
  })
}

/** How often a line may be wrapped: a line of syslog in Docker's JSON, say. */
const maxWrappings = 3

/** Reads lines as they are, or out of what a collector of logs has wrapped them in. */
function createReader(parse: LineParser): LineReader {
  return {
    read(line) {
      let result: Line = unreadable(line.includes('\0') ? 'binary' : 'format')
      let partial: LogEntry | undefined
      let text: string | undefined = line.replace(/^\uFEFF/, '')
      for (let depth = 0; depth <= maxWrappings && text !== undefined; depth++) {
        const found = parse(text) ?? (/^\s*(?:#|$)/.test(text) ? 'note' : undefined)
        if (isEntry(found)) {
          if (!isPartial(text, found)) return withHost(found)
          partial ??= found
        } else if (found !== undefined) result = found
        text = unwrap(text)
      }
      return partial === undefined ? result : withHost(partial)
    },
  }
}

/** Whether a request may be no more than the labels that a collector has put beside the line, as Loki's. */
function isPartial(text: string, { host, userAgent }: LogEntry): boolean {
  return text.startsWith('{') && (host === '' || userAgent === '')
}

/** A request with the host that its line names, if it is one. */
function withHost(entry: LogEntry): Line {
  const { hostname, ...rest } = entry
  return hostname === undefined || hostNamed(hostname) !== '' ? entry : rest
}

function either(...parsers: readonly LineParser[]): LineParser {
  return (line) => {
    let best: Line | undefined
    for (const parse of parsers) {
      const found = parse(line)
      if (isEntry(found)) return found
      best ??= found
    }
    return best
  }
}

/** Reads each line by the format that fits it, that of the line before first: a server may have changed it since. */
function createAutoParser(): LineParser {
  const candidates = [parseLine, parseJson, createW3cParser(), parseHaproxy, parseLoadBalancer, parseEnvoy]
  return (line) => {
    let best: Line | undefined
    for (const [index, parse] of candidates.entries()) {
      const found = parse(line)
      if (found === undefined) continue
      best ??= found
      if (!isEntry(found)) continue
      candidates.unshift(...candidates.splice(index, 1))
      return found
    }
    return best
  }
}
