import { type Dimension, dimensions, HkError } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import { type Database, itemDimensions, normalizePattern, pathDimensions, readHost, readPattern } from '../store/index.ts'

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
 * Reads `dimension:value` and `!dimension:value`. Pages and hosts may be written in any spelling.
 *
 * @param options `locked`: a share link set them; `domain`: of the site
 * @throws {HkError} `bad_request` where the dimension is unknown or there is no value
 */
export function parseFilters(
  texts: readonly string[],
  { locked = false, domain = '' }: { readonly locked?: boolean; readonly domain?: string } = {},
): Filter[] {
  if (texts.length > mostFilters) throw bad(`At most ${mostFilters} filters can be asked for at once.`)
  return texts.flatMap((text) => {
    const exclude = text.startsWith('!')
    const colon = text.indexOf(':')
    const name = text.slice(exclude ? 1 : 0, colon)
    const dimension = dimensions.find((known) => known === name)
    if (colon === -1) throw bad(`"${text}" is no filter: write dimension:value, as country:DE.`)
    if (dimension === undefined) throw bad(`"${name}" is no dimension. Known are ${dimensions.join(', ')}.`)
    const value = text.slice(colon + 1)
    if (value.length > longest || value.includes('\0'))
      throw bad(`The value of the filter "${name}" is too long.`)
    const normal = inForm(dimension, value, { locked, domain })
    // What a link hides stays hidden also where it was stored in the spelling that the link was made with.
    const values = locked && exclude && normal !== value ? [normal, value] : [normal]
    return values.map((one) => ({ dimension, exclude, value: one, locked }))
  })
}

/** A value in the form in which those of its dimension are kept. What a link is locked to is not refused: it shows nothing. */
function inForm(dimension: Dimension, value: string, { locked, domain }: { locked: boolean; domain: string }): string {
  if (dimension === 'hostname') return readHost(value) ?? value.toLowerCase()
  if (value === '' || !pathDimensions.has(dimension)) return value
  const normal = normalizePattern(value, domain, 'any')
  if ('pattern' in normal) return normal.pattern
  if (locked) return value
  throw bad(`The filter "${dimension}" ${normal.fault}`)
}

/** Dimensions that each item has for itself; the others belong to its visit. */
export function isOfItem(dimension: Dimension): boolean {
  return itemDimensions.some((known) => known === dimension)
}

/** Where a dimension stands: `i` is the item, or the event, `v` its visit, `g` a goal that the item reaches. */
export function columnOf(sql: Database, dimension: Dimension): Fragment {
  if (dimension === 'goal') return sql`g.name`
  if (dimension === 'event') return sql`i.name`
  return isOfItem(dimension) ? sql`i.${sql(dimension)}` : sql`v.${sql(dimension)}`
}

/** Whether the item `i` reaches the goal `g`: what `matcherOfGoal` of the store says, in SQL. */
export function reaches(sql: Database): Fragment {
  return sql`
    g.site_id = i.site_id
      and case g.type
        when 'page' then i.type = 'pageview' and i.page like g.pattern_like
        else i.type = 'event' and i.name like g.pattern_like and not exists (
          select from jsonb_to_recordset(g.conditions) as c (property text, "like" text)
          where (jsonb_typeof(i.props -> c.property) in ('string', 'number', 'boolean')
                 and i.props ->> c.property like c."like") is not true)
        end`
}

/**
 * Conditions of filters, each begun by `and`: of one dimension any may hold, of different ones all
 * must; what is excluded must not hold at all. Locked filters are a world of their own: what is asked
 * for can only narrow it.
 *
 * @param place where a dimension stands, and whether for a locked filter
 */
export function conditions(
  sql: Database,
  filters: readonly Filter[],
  place: (sql: Database, dimension: Dimension, locked: boolean) => Fragment = columnOf,
): Fragment {
  const groups = Map.groupBy(filters, ({ dimension, exclude, locked }) => `${dimension} ${exclude} ${locked}`)
  let all = sql``
  for (const group of groups.values()) {
    const [first] = group
    if (first === undefined) continue
    const any = narrowed(sql, first.dimension, anyOf(sql, place(sql, first.dimension, first.locked), group))
    all = first.exclude ? sql`${all} and not ${any}` : sql`${all} and ${any}`
  }
  return all
}

/** A condition of a dimension, with what makes an item have it: an event has a name, others have none. */
function narrowed(sql: Database, dimension: Dimension, fits: Fragment): Fragment {
  if (dimension === 'event') return sql`(i.type = 'event' and ${fits})`
  return dimension === 'goal' ? sql`exists (select from goals g where ${reaches(sql)} and ${fits})` : fits
}

/**
 * Refuses filters of a report that is not about visits. To leave them out would show what a share link hides.
 *
 * @throws {HkError} `bad_request`
 */
export function demandNoFilters(report: string, filters: readonly Filter[]): void {
  if (filters.length > 0) throw bad(`The report "${report}" can't be filtered. Leave "filter" out.`)
}

function anyOf(sql: Database, column: Fragment, filters: readonly Filter[]): Fragment {
  const patterns = filters.map(({ value }) => readPattern(value))
  const exact = patterns.filter(({ wild }) => !wild).map(({ literal }) => literal)
  const like = patterns.filter(({ wild }) => wild).map((pattern) => pattern.like)
  const equal = sql`${column} = any(${exact}::text[])`
  const alike = sql`${column} like any(${like}::text[])`
  // One condition alone can be found by an index.
  if (like.length === 0) return equal
  return exact.length === 0 ? alike : sql`(${equal} or ${alike})`
}

function bad(message: string): HkError {
  return new HkError('bad_request', message, { parameter: 'filter' })
}
