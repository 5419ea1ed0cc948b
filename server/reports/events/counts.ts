import type { Fragment } from 'postgres'
import type { Database } from '../../store/index.ts'
import { type Plan, planOf, rawPlan, type Selection } from '../plan.ts'
import { itemsOf } from '../selection.ts'
import { bucketOf, bucketRows, type Buckets, rolledDays } from '../sources.ts'

/** How often events happened in a bucket, which counts from 1. */
export interface CountRow {
  readonly bucket: number
  readonly count: number
}

/** Events of one name, as a query of `at, visitor_id, visit_id, props`. */
export function eventsOf(sql: Database, { siteId, span, filters }: Selection, name: string): Fragment {
  return sql`
    select i.at, i.visitor_id, i.visit_id, i.props
    from (${itemsOf(sql, { siteId, rest: [span], filters }, 'event')}) i
    where i.value = ${name}`
}

/** Events of any name by bucket: without filters from the roll-ups. */
export async function allCounts(sql: Database, selection: Selection, buckets: Buckets): Promise<CountRow[]> {
  const { siteId, span, filters } = selection
  if (filters.length === 0) {
    const rows = await bucketRows(sql, selection, buckets)
    return rows.map(({ bucket, events }) => ({ bucket, count: events }))
  }
  return sql<CountRow[]>`
    select ${bucketOf(sql, sql`i.at`, buckets)} as bucket, count(*) as count
    from (${itemsOf(sql, { siteId, rest: [span], filters }, 'event')}) i
    group by 1`
}

/** Events of one name by bucket: without filters, whole days are from the roll-ups. */
export async function countsOf(
  sql: Database,
  selection: Selection,
  name: string,
  buckets: Buckets,
): Promise<(CountRow & { readonly visitors: number })[]> {
  const { siteId, filters } = selection
  const { days, rest } = await planOfEvents(sql, selection, buckets.grain === 'day')
  return sql`
    select bucket, sum(count)::float8 as count, sum(visitors)::float8 as visitors
    from (
      select ${bucketOf(sql, sql`d.at`, buckets)} as bucket, sum(r.events) as count, sum(r.visitors) as visitors
      from ${rolledDays(sql, siteId, 'event', days)}
        and r.key = md5(${name})::uuid
      group by 1
      union all
      select ${bucketOf(sql, sql`i.at`, buckets)}, count(*), count(distinct i.visitor_id)
      from (${itemsOf(sql, { siteId, rest, filters }, 'event')}) i
      where i.value = ${name}
      group by 1) c
    group by 1`
}

/**
 * From what events are counted.
 *
 * @param byDays whether no bucket begins or ends within a day
 */
export function planOfEvents(sql: Database, selection: Selection, byDays = true): Plan | Promise<Plan> {
  const rolled = byDays && selection.filters.length === 0
  return rolled ? planOf(sql, selection, 'traffic') : rawPlan(selection.span)
}

/** Events by name, as a query of `value, count, visitors`. */
export function nameRows(sql: Database, { siteId, filters }: Selection, { days, rest }: Plan): Fragment {
  return sql`
    select value, sum(count)::float8 as count, sum(visitors)::float8 as visitors
    from (
      select r.value, sum(r.events) as count, sum(r.visitors) as visitors
      from ${rolledDays(sql, siteId, 'event', days)}
      group by 1
      union all
      select i.value, count(*), count(distinct i.visitor_id)
      from (${itemsOf(sql, { siteId, rest, filters }, 'event')}) i
      group by 1) c
    group by 1
    having sum(count) > 0`
}
