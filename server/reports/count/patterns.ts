import sql, { empty, join, type Sql } from 'sql-template-tag'
import { property, textOf } from '../../engine/index.ts'
import { readPattern, type Step } from '../../store/index.ts'

export { property, textOf }

/** Whether a text fits a pattern. */
export function fits(text: Sql, pattern: string): Sql {
  return fitsAny(text, [pattern])
}

/** Whether a text fits one of some patterns. */
export function fitsAny(text: Sql, patterns: readonly string[]): Sql {
  const read = patterns.map(readPattern)
  const exact = read.filter(({ wild }) => !wild).map(({ literal }) => literal)
  const alike = read.filter(({ wild }) => wild).map(({ like }) => sql`${text} like ${like} escape '\\'`)
  const equal = exact.length === 0 ? [] : [sql`${text} = any(${exact})`]
  return sql`(${join([...equal, ...alike, ...(read.length === 0 ? [sql`false`] : [])], ' or ')})`
}

/** Whether the item `i` does a step: what `matcherOfGoal` of the store says. */
export function does({ type, pattern, conditions }: Step): Sql {
  if (type === 'page') return sql`(i.type = 'pageview' and ${fits(sql`i.page`, pattern)})`
  const properties = conditions.map(({ property: name, value }) => sql` and coalesce(${fits(textOf(property(sql`i.props`, name)), value)}, false)`)
  return sql`(i.type = 'event' and ${fits(sql`i.name`, pattern)}${properties.length === 0 ? empty : join(properties, '')})`
}

/** The names of the goals that the item `i` reaches, as a list. */
export function goalsReached(goals: readonly (Step & { readonly name: string })[]): Sql {
  if (goals.length === 0) return sql`[]::varchar[]`
  const names = goals.map((goal) => sql`case when ${does(goal)} then ${goal.name} end`)
  return sql`list_filter([${join(names)}], lambda name: name is not null)`
}
