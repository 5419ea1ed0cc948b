/**
 * Values of the JSON that items carry. Its numbers are the texts that Postgres prints of them, read by DuckDB.
 *
 * @module
 */
import sql, { type Sql } from 'sql-template-tag'

/** A property of an item's JSON, as JSON; null where it has none of that name. */
export function property(props: Sql, name: string): Sql {
  return sql`json_extract(${props}, ${pointer(name)})`
}

/** A value of JSON as text, where it is a text, a number, true or false; else null. Numbers have no exponent. */
export function textOf(value: Sql): Sql {
  const text = sql`(${value})::varchar`
  return sql`
    case
      when starts_with(${text}, '"') then json_extract_string(${value}, '$')
      when left(${text}, 1) in ('{', '[', 'n') then null
      when contains(${text}, 'e-') then ${withoutExponent(text)}
      else ${text}
    end`
}

/** A number under 10^-6, which is written as `1.5e-7`, as Postgres writes it. */
function withoutExponent(number: Sql): Sql {
  const digits = sql`replace(ltrim(split_part(${number}, 'e-', 1), '-'), '.', '')`
  const zeros = sql`repeat('0', split_part(${number}, 'e-', 2)::integer - 1)`
  return sql`(if(starts_with(${number}, '-'), '-0.', '0.') || ${zeros} || ${digits})`
}

/**
 * A value of JSON as an amount: a number, or decimal digits as text, between -10^12 and 10^12, to four places, as
 * `decimal(16, 4)`. Of anything else null.
 */
export function amountOf(value: Sql): Sql {
  const text = sql`(${value})::varchar`
  const digits = sql`
    case
      when starts_with(${text}, '"') then
        case when regexp_full_match(${text}, '" *-?[0-9]{1,12}([.][0-9]{1,12})? *"') then trim(${text}, '" ') end
      -- Only numbers under 10^-6 have an exponent, and the cast rounds some of them up to 0.0001.
      when contains(${text}, 'e-') and left(${text}, 1) not in ('{', '[') then '0'
      else ${text}
    end`
  return sql`try_cast(${digits} as decimal(16, 4))`
}

/** A name as a JSON pointer (RFC 6901), in which none of its characters means anything. */
function pointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
