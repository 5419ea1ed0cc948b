/**
 * Items as JSON, written without `JSON` and `toJSON`: pages replace these, and what they wrote was refused.
 *
 * @module
 */
import type { Item } from '../protocol.ts'

/** Characters that the service takes of a text among properties, and of all properties. */
const [longestValue, longestProps] = [2_000, 16_000]

/** Characters that are kept of the query of an address, and of all of it: the service takes 8,192. */
const [longestQuery, longestText] = [2_000, 8_000]

/**
 * An item as JSON of one line. What the service would refuse the item for is left out of it: the end of a long address,
 * texts among the properties that are too long, and of too many properties the longest.
 *
 * @throws {RangeError} where properties have themselves within
 */
export function writeItem(item: Item): string {
  const fields = Object.entries(item).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string') return field(name, write(value))
    return field(name, quote(value.replace(/\?[^#]*/, (query) => query.slice(0, longestQuery)).slice(0, longestText)))
  })
  return objectOf(fields)
}

function quote(text: string): string {
  const escaped = text.replace(
    // oxlint-disable-next-line no-control-regex -- control characters are what JSON has to escape
    /["\\\u0000-\u001f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped}"`
}

function write(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value.length > longestValue ? undefined : quote(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'object':
      return value === null ? 'null' : writeObject(value)
    default:
      return undefined
  }
}

function writeObject(value: object): string | undefined {
  if (Array.isArray(value)) return `[${value.map((one) => write(one) ?? 'null').join(',')}]`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'null' : quote(value.toISOString())
  // What all objects have is not this one's own.
  const toJson: unknown = Reflect.get(value, 'toJSON')
  if (typeof toJson === 'function' && toJson !== Reflect.get(Object.prototype, 'toJSON')) return write(toJson.call(value))
  const fields = Object.entries(value).map(([name, one]) => field(name, write(one)))
  while (objectOf(fields).length > longestProps) fields.sort((one, other) => one.length - other.length).pop()
  return objectOf(fields)
}

function field(name: string, value: string | undefined): string {
  return value === undefined ? '' : `${quote(name)}:${value}`
}

function objectOf(fields: readonly string[]): string {
  return `{${fields.filter((one) => one !== '').join(',')}}`
}
