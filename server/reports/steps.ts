import type { Fragment } from 'postgres'
import { type Database, quoteLike, readPattern, type Step } from '../store/index.ts'

/** Characters of a page that the index `items_page` has. */
const indexed = 64

/** Whether the item `i` does a step: what `matcherOfGoal` of the store says, in SQL that finds items by their indexes. */
export function does(sql: Database, { type, pattern, conditions }: Step): Fragment {
  if (type === 'page') return sql`(i.type = 'pageview' ${pageBegins(sql, pattern)} and ${fits(sql, sql`i.page`, pattern)})`
  const properties = conditions.map(
    ({ property, value }) => sql`
      and jsonb_typeof(i.props -> ${property}) in ('string', 'number', 'boolean')
      and ${fits(sql, sql`i.props ->> ${property}`, value)}`,
  )
  return sql`(i.type = 'event' and ${fits(sql, sql`i.name`, pattern)} ${all(sql, properties)})`
}

function fits(sql: Database, text: Fragment, pattern: string): Fragment {
  const { wild, literal, like } = readPattern(pattern)
  return wild ? sql`${text} like ${like}` : sql`${text} = ${literal}`
}

/** What follows for the first characters of a page: the index has no more of it. */
function pageBegins(sql: Database, pattern: string): Fragment {
  const { wild, literal, head } = readPattern(pattern)
  const first = sql`left(i.page, ${sql.unsafe(String(indexed))})`
  if (!wild) return sql`and ${first} = left(${literal}, ${indexed})`
  const begin = Array.from(head).slice(0, indexed).join('')
  return begin === '' ? sql`` : sql`and ${first} like ${`${quoteLike(begin)}%`}`
}

function all(sql: Database, conditions: readonly Fragment[]): Fragment {
  return conditions.reduce((rest, one) => sql`${rest} ${one}`, sql``)
}
