import type { Audience, Dimension } from '@hk-live/sdk/protocol'
import sql, { join, raw } from 'sql-template-tag'
import { listedValues } from '../../events/audience.ts'
import { relationOf, type Selection } from '../relation.ts'
import { eventsOf } from './counts.ts'

const shown = ['country', 'device', 'source', 'browser'] as const satisfies readonly (keyof Audience & Dimension)[]

/** The visitors of the events of one name, by what their visits came with: the ten most frequent values of each. */
export async function audienceOf(selection: Selection, name: string): Promise<Audience> {
  const relation = relationOf(selection, shown)
  const columns = shown.map((dimension) => sql`${relation.column(dimension)} as ${raw(dimension)}`)
  const counted = shown.map((dimension) => sql`
    (select ${dimension} as dimension, ${raw(dimension)} as value, count(distinct visitor_id) as visitors
    from made
    group by value
    order by visitors desc, value
    limit ${listedValues})`)
  const rows = await selection.data.all<{ dimension: keyof Audience; value: string; visitors: number }>(sql`
    with made as materialized (select distinct i.visitor_id, ${join(columns)} ${eventsOf(selection, name, relation)})
    select dimension, value, visitors::double as visitors
    from (${join(counted, ' union all ')})
    order by visitors desc, value`)
  const of = (dimension: keyof Audience) =>
    rows.filter((row) => row.dimension === dimension).map(({ value, visitors }) => ({ value, visitors }))
  return { country: of('country'), device: of('device'), source: of('source'), browser: of('browser') }
}
