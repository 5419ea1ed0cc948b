import type { EventProperty } from '@hk-live/sdk/protocol'
import sql, { type Sql } from 'sql-template-tag'
import { property, textOf } from '../../../engine/index.ts'
import { listedProperties } from '../../events/properties.ts'
import type { Selection } from '../relation.ts'
import { eventsOf } from './counts.ts'

/**
 * Properties of the events of one name, the most frequent first, at most 100: how many events have one, and how many
 * values it has. What is null is not there; lists and records count as had, not as values.
 */
export async function propertiesOf(selection: Selection, name: string): Promise<EventProperty[]> {
  const rows = await selection.data.all<EventProperty>(sql`
    select property, count(*)::double as count, count(distinct ${textOf(sql`value`)})::double as values
    from (
      select p.key as property, p.value as value
      from (
        select unnest(map_entries(from_json(i.props, '"MAP(VARCHAR, JSON)"'))) as p ${eventsOf(selection, name)})
      where p.value is not null)
    group by property
    order by count desc, property
    limit ${listedProperties}`)
  return [...rows]
}

/** Values of a property of the events of one name, as text, as a query of `value, count, visitors`. */
export function valueRows(selection: Selection, name: string, asked: string): Sql {
  return sql`
    select value, count(*)::double as count, count(distinct visitor_id)::double as visitors
    from (
      select ${textOf(sql`value`)} as value, visitor_id
      from (select ${property(sql`i.props`, asked)} as value, i.visitor_id ${eventsOf(selection, name)}))
    where value is not null
    group by value`
}
