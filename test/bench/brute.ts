import type { Dimension, ReportName } from '@hk-live/sdk/protocol'
import { columnOf, conditions } from '../../server/reports/filter.ts'
import type { Asked } from '../../server/reports/report.ts'
import type { Sql } from '../../server/store/index.ts'

/** The numbers of a report by plain SQL over items and visits, as one would write it by hand. */
export async function bruteForce(sql: Sql, report: ReportName, asked: Asked): Promise<void> {
  const { site, span, filters, by } = asked
  const group =
    report === 'breakdown'
      ? columnOf(sql, by as Dimension)
      : report === 'timeseries'
        ? sql`date_trunc(${span.interval}, i.at at time zone ${span.timezone})`
        : sql`1`
  await sql.begin(async (tx) => {
    await tx`set local statement_timeout = 0`
    await tx`
      select ${group} as value, count(distinct i.visitor_id) as visitors, count(distinct i.visit_id) as visits,
             count(*) filter (where i.type = 'pageview') as pageviews,
             count(*) filter (where i.type = 'event') as events,
             count(distinct i.visit_id) filter (where v.pageviews = 1 and v.events = 0) as bounces
      from items i
        join visits v on v.site_id = i.site_id and v.visit_id = i.visit_id
      where i.site_id = ${site.site_id}
        and i.at >= ${new Date(span.from)} and i.at < ${new Date(span.to)}
        and i.type <> 'vital'
        ${conditions(sql, filters)}
      group by 1`
  })
}
