import sql, { empty, type Sql } from 'sql-template-tag'
import type { CountRow } from '../../events/counts.ts'
import type { Buckets } from '../../sources.ts'
import { bucketOf } from '../buckets.ts'
import { relationOf, type Selection, within } from '../relation.ts'

/** Events of any name by bucket. */
export function allCounts(selection: Selection, buckets: Buckets): Promise<readonly CountRow[]> {
  return selection.data.all(sql`
    select ${bucketOf(sql`i.at_us`, buckets)}::double as bucket, count(*)::double as count
    ${eventsOf(selection)}
    group by 1`)
}

/** Events of one name by bucket, and how many visitors caused them. */
export function countsOf(
  selection: Selection,
  name: string,
  buckets: Buckets,
): Promise<readonly (CountRow & { readonly visitors: number })[]> {
  return selection.data.all(sql`
    select ${bucketOf(sql`i.at_us`, buckets)}::double as bucket, ${counts}
    ${eventsOf(selection, name)}
    group by 1`)
}

/** Events by name, as a query of `value, count, visitors`. */
export function nameRows(selection: Selection): Sql {
  return sql`select i.name as value, ${counts} ${eventsOf(selection)} group by 1`
}

/** The events `i` of a selection, of all names or of one, from `from` on. */
export function eventsOf(selection: Selection, name?: string, { from, where } = relationOf(selection)): Sql {
  const named = name === undefined ? empty : sql` and i.name = ${name}`
  return sql`from ${from} where i.type = 'event'${named} and ${within(sql`i.at_us`, selection.span)}${where}`
}

const counts = sql`count(*)::double as count, count(distinct i.visitor_id)::double as visitors`
