import { unescape } from './escapes.ts'

/** An object of JSON. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** The object that a line is; `undefined` where the line is not a JSON object. */
export function parseRecord(line: string): JsonRecord | undefined {
  if (!line.startsWith('{') || !line.endsWith('}')) return undefined
  const value = parse(line) ?? parse(repaired(line))
  return isRecord(value) ? value : undefined
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/**
 * A line as JSON that Apache, or nginx without `escape=json`, wrote by a pattern that looks like it: bytes are `\\xhh`
 * there, and a number that is none is `-`.
 */
function repaired(line: string): string {
  if (!line.includes('\\x') && !line.includes(':-')) return ''
  return line
    .replace(/(?:\\x[0-9a-f]{2})+/gi, (bytes) => JSON.stringify(unescape(bytes)).slice(1, -1))
    .replace(/("\s{0,4}:\s{0,4})-(?=\s{0,4}[,}])/g, '$1null')
}

/** Whether a value is an object that is no list. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as text; `''` where it is neither a text nor a number. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
