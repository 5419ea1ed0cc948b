import { type Dimension, dimensions, HkError } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import type { Sql } from '../store/index.ts'

/** One wish of a question: a dimension has, or has not, a value. */
export interface Filter {
  readonly dimension: Dimension
  readonly exclude: boolean
  /** `*` stands for any text, also none; `\*` for a star, `\\` for a backslash. */
  readonly value: string
  /** Set by a share link, beside whatever its reader asks for. */
  readonly locked: boolean
}

const mostFilters = 20
const longest = 1_024

/**
 * Reads `dimension:value` and `!dimension:value`.
 *
 * @param locked whether a share link set them
 * @throws {HkError} `bad_request` where the dimension is unknown or there is no value
 */
export function parseFilters(texts: readonly string[], locked = false): Filter[] {
  if (texts.length > mostFilters) throw bad(`At most ${mostFilters} filters can be asked for at once.`)
  return texts.map((text) => {
    const exclude = text.startsWith('!')
    const colon = text.indexOf(':')
    const name = text.slice(exclude ? 1 : 0, colon)
    const dimension = dimensions.find((known) => known === name)
    if (colon === -1) throw bad(`"${text}" is no filter: write dimension:value, as country:DE.`)
    if (dimension === undefined) throw bad(`"${name}" is no dimension. Known are ${dimensions.join(', ')}.`)
    const value = text.slice(colon + 1)
    if (value.length > longest || value.includes('\0'))
      throw bad(`The value of the filter "${name}" is too long.`)
    return { dimension, exclude, value, locked }
  })
}

/** Dimensions that each item has for itself; the others belong to its visit. */
export function isOfItem(dimension: Dimension): boolean {
  return dimension === 'page' || dimension === 'hostname'
}

/** Where a dimension stands: `i` is the item, `v` its visit. */
export function columnOf(sql: Sql, dimension: Dimension): Fragment {
  return isOfItem(dimension) ? sql`i.${sql(dimension)}` : sql`v.${sql(dimension)}`
}

/**
 * Conditions of filters, each begun by `and`: of one dimension any may hold, of different ones all
 * must; what is excluded must not hold at all. Locked filters are a world of their own: what is asked
 * for can only narrow it.
 */
export function conditions(sql: Sql, filters: readonly Filter[]): Fragment {
  const groups = Map.groupBy(filters, ({ dimension, exclude, locked }) => `${dimension} ${exclude} ${locked}`)
  let all = sql``
  for (const group of groups.values()) {
    const [first] = group
    if (first === undefined) continue
    const any = anyOf(sql, columnOf(sql, first.dimension), group)
    all = first.exclude ? sql`${all} and not ${any}` : sql`${all} and ${any}`
  }
  return all
}

function anyOf(sql: Sql, column: Fragment, filters: readonly Filter[]): Fragment {
  const patterns = filters.map(({ value }) => readPattern(value))
  const exact = patterns.filter(({ wild }) => !wild).map(({ literal }) => literal)
  const like = patterns.filter(({ wild }) => wild).map(({ pattern }) => pattern)
  return sql`(${column} = any(${exact}::text[]) or ${column} like any(${like}::text[]))`
}

/** A value of a filter: whether it has a wildcard, and what it means as text and to LIKE. */
function readPattern(value: string): { wild: boolean; literal: string; pattern: string } {
  const parts = [...value.matchAll(/\\([\\*])|([^])/gu)].map(([, escaped, plain = '']) => ({
    text: escaped ?? plain,
    star: plain === '*',
  }))
  return {
    wild: parts.some(({ star }) => star),
    literal: parts.map(({ text }) => text).join(''),
    pattern: parts.map(({ text, star }) => (star ? '%' : quoteLike(text))).join(''),
  }
}

/** A text as LIKE takes it literally. */
export function quoteLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function bad(message: string): HkError {
  return new HkError('bad_request', message, { parameter: 'filter' })
}
