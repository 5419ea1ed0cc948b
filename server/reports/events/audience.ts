import type { Audience } from '@hk-live/sdk/protocol'
import type { Database } from '../../store/index.ts'
import type { Selection } from '../plan.ts'
import { visitsTable } from '../visible.ts'
import { eventsOf } from './counts.ts'

/** How many values of a dimension are listed at most. */
export const listedValues = 10

/** The visitors of the events of one name, by what their visits came with: the ten most frequent values of each. */
export async function audienceOf(sql: Database, selection: Selection, name: string): Promise<Audience> {
  const rows = await sql<{ dimension: keyof Audience; value: string; visitors: number }[]>`
    with made as (
      select distinct e.visitor_id, v.country, v.device, v.source, v.browser
      from (${eventsOf(sql, selection, name)}) e
        join ${visitsTable(sql, selection.filters)} v on v.site_id = ${selection.siteId} and v.visit_id = e.visit_id
    ), counted as (
      select d.dimension, d.value, count(distinct visitor_id)::int as visitors
      from made, lateral (
        values ('country', country), ('device', device), ('source', source), ('browser', browser)) d (dimension, value)
      group by 1, 2
    )
    select dimension, value, visitors
    from (select *, row_number() over (partition by dimension order by visitors desc, value) as place from counted) c
    where place <= ${listedValues}
    order by place`
  const of = (dimension: keyof Audience) =>
    rows.filter((row) => row.dimension === dimension).map(({ value, visitors }) => ({ value, visitors }))
  return { country: of('country'), device: of('device'), source: of('source'), browser: of('browser') }
}
