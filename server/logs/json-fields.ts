import { isPrivate, readAddress } from './address.ts'
import { plainHost } from './entry.ts'
import { isRecord, type JsonRecord, text } from './json-value.ts'

/** Texts and numbers of a record by their plain names: see {@link plainFields}. */
export type PlainFields = ReadonlyMap<string, string>

const maxDepth = 4
const maxValues = 300

/**
 * Records in which collectors tell of the machine, the container and themselves: the Elastic Common Schema, Fluent Bit and
 * OpenTelemetry. Their hosts, addresses and paths are none of a request, unless one has its method, status or agent, too:
 * applications log requests under such names.
 */
const ofMachines = new Set('host kubernetes agent beat docker container cloud ecs orchestrator observer resource syslog file'.split(' '))

/**
 * Texts and numbers of a record by their names without case and punctuation, nested ones also by that of their parent before
 * their own; the first of a name where it is there twice. A bound on depth and number keeps it quick. What tells of a
 * machine is left out.
 */
export function plainFields(log: JsonRecord): PlainFields {
  const values = new Map<string, string>()
  const queue: { record: JsonRecord; parent: string; depth: number }[] = [{ record: log, parent: '', depth: 0 }]
  for (let next = queue.shift(); next !== undefined && values.size < maxValues; next = queue.shift()) {
    const { record, parent, depth } = next
    for (const [key, value] of Object.entries(record).slice(0, maxValues)) {
      const one: unknown = Array.isArray(value) ? value[0] : value
      const isNested = isRecord(one)
      if (ofMachines.has(ownerOf(key, isNested)) && !(isNested && isRequest(one))) continue
      const name = plainName(key)
      if (isNested) {
        if (depth < maxDepth) queue.push({ record: one, parent: name, depth: depth + 1 })
        continue
      }
      for (const known of [name, parent + name]) if (!values.has(known) && !isMachine(known, text(one))) values.set(known, text(one))
    }
  }
  return values
}

/** The record that a field belongs to: `host` of `{"host": {"name": …}}` and of `"host.name"`; `''` of a field on its own. */
function ownerOf(key: string, isNested: boolean): string {
  const end = key.indexOf('.')
  return (end === -1 ? (isNested ? key : '') : key.slice(0, end)).toLowerCase()
}

/** Whether a record tells of a request. */
function isRequest(record: JsonRecord): boolean {
  return Object.entries(record).slice(0, maxValues).some(([key, value]) => isOfRequest(plainName(key), text(value)))
}

/** Whether a field is the method, the status or the agent of a request: a machine is `online`, and calls a `method` of its own. */
function isOfRequest(name: string, value: string): boolean {
  if (name.endsWith('method')) return /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(value)
  if (/status(?:code)?$/.test(name)) return /^[1-5]\d\d$/.test(value)
  return /useragent(?:original)?$/.test(name) && value !== ''
}

/** `@timestamp` keeps its mark: it is the time of a collector, where `timestamp` is that of a server. */
function plainName(key: string): string {
  return key.slice(0, 80).toLowerCase().replace(/[^a-z0-9@]/g, '')
}

/**
 * Whether a field names the machine that wrote the log: in `host` and `hostname` nginx has the host that was asked for, and
 * Logstash, Vector and pino the machine. A name without a dot and one of a private network (RFC 6762, 8375, ICANN's
 * `internal`) are taken for the latter: then the site's own host stands in.
 */
function isMachine(name: string, value: string): boolean {
  if (name !== 'host' && name !== 'hostname') return false
  const host = plainHost(value)
  if (host === 'localhost' || host.startsWith('[')) return false
  const address = readAddress(host)
  if (address !== undefined) return isPrivate(address)
  return !host.includes('.') || /\.(?:internal|local|localdomain|lan|home\.arpa)$/.test(host)
}
