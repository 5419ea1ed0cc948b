import type { EventProperty } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import type { Database } from '../../store/index.ts'
import type { Selection } from '../plan.ts'
import { eventsOf } from './counts.ts'

/** How many properties are listed at most. */
export const listedProperties = 100

/**
 * Properties of the events of one name, the most frequent first, at most 100: how many events have one, and how many
 * values it has. What is null is not there; lists and records count as had, not as values.
 */
export function propertiesOf(sql: Database, selection: Selection, name: string): Promise<EventProperty[]> {
  return sql<EventProperty[]>`
    select property, sum(events)::float8 as count, count(value)::int as values
    from (
      select p.key as property, ${textOf(sql, sql`p.value`)} as value, count(*) as events
      from (${eventsOf(sql, selection, name)}) e, jsonb_each(e.props) p
      where jsonb_typeof(p.value) <> 'null'
      group by 1, 2) g
    group by 1
    order by count desc, property
    limit ${listedProperties}`
}

/** Values of a property of the events of one name, as text, as a query of `value, count, visitors`. */
export function valueRows(sql: Database, selection: Selection, name: string, property: string): Fragment {
  return sql`
    select value, count(*)::int as count, count(distinct visitor_id)::int as visitors
    from (
      select ${textOf(sql, sql`e.props -> ${property}::text`)} as value, e.visitor_id
      from (${eventsOf(sql, selection, name)}) e) v
    where value is not null
    group by 1`
}

function textOf(sql: Database, value: Fragment): Fragment {
  return sql`case when jsonb_typeof(${value}) in ('string', 'number', 'boolean') then (${value}) #>> '{}' end`
}
