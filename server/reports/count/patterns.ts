import sql, { empty, join, type Sql } from 'sql-template-tag'
import { readPattern, type Step } from '../../store/index.ts'

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

/** A property of an item's JSON, as JSON; null where it has none of that name. */
export function property(props: Sql, name: string): Sql {
  return sql`json_extract(${props}, ${pointer(name)})`
}

/** A value of JSON as text, where it is a text, a number, true or false; else null. Numbers are written without an exponent. */
export function textOf(value: Sql): Sql {
  const text = sql`json_extract_string(${value}, '$')`
  return sql`case when json_type(${value}) = 'DOUBLE' then ${withoutExponent(text)} when json_type(${value}) not in ('OBJECT', 'ARRAY', 'NULL') then ${text} end`
}

/** The text of a number as the journal has it: DuckDB writes small ones as `1.5e-9`; large ones it leaves as they are. */
function withoutExponent(text: Sql): Sql {
  const zeros = sql`repeat('0', try_cast(split_part(${text}, 'e-', 2) as integer) - 1)`
  const digits = sql`regexp_replace(split_part(${text}, 'e-', 1), '[-.]', '', 'g')`
  return sql`case when contains(${text}, 'e-') then regexp_extract(${text}, '^-?') || '0.' || ${zeros} || ${digits} else ${text} end`
}

/** A name as a JSON pointer (RFC 6901), in which none of its characters means anything. */
function pointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
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
