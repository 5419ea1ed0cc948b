import type { Sql } from 'sql-template-tag'
import type { QueryValue } from './messages.ts'

/** A query as the engine takes it. */
export function encodeQuery(query: Sql): { text: string; values: QueryValue[] } {
  return { text: query.text, values: query.values.map(encodeValue) }
}

function encodeValue(value: unknown): QueryValue {
  if (value === null || value === undefined) return { type: 'text', value: null }
  if (typeof value === 'string') return { type: 'text', value }
  if (typeof value === 'boolean') return { type: 'flag', value }
  if (typeof value === 'bigint' || isWhole(value)) return { type: 'whole', value: String(value) }
  if (typeof value === 'number') return { type: 'number', value }
  if (Array.isArray(value)) return encodeList(value)
  throw new Error(`A ${typeof value} is no value of a query.`)
}

function encodeList(list: readonly unknown[]): QueryValue {
  if (list.every((one) => typeof one === 'string')) return { type: 'texts', value: list }
  if (list.every((one) => typeof one === 'bigint' || isWhole(one))) return { type: 'wholes', value: list.map(String) }
  if (list.every((one) => typeof one === 'number')) return { type: 'numbers', value: list }
  throw new Error('A list of a query is of texts or of numbers.')
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value)
}
