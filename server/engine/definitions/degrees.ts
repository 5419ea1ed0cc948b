import sql, { type Sql } from 'sql-template-tag'

/**
 * Degrees rounded to 0.1° (some 10 km), so that a place identifies nobody. What is rounded is the shortest decimal that the
 * stored float stands for: 13.45 is 13.5, though the float itself is a little less.
 */
export function coarseDegrees(degrees: Sql): Sql {
  return sql`round(${degrees}::varchar::decimal(18, 9), 1)::double`
}
