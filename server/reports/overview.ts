import { type MetricValues, reportKinds } from '@hk-live/sdk/protocol'
import type { Report } from './report.ts'
import { itemNumbers, itemsOf, visitNumbers, visitsOf } from './selection.ts'

/** The numbers of a range: visitors, visits, pageviews, and what follows from them. */
export const overview: Report<'overview'> = {
  name: 'overview',
  kinds: reportKinds.overview,
  parameters: [],
  async answer(sql, { site, span, filters }) {
    const selection = { siteId: site.site_id, span, filters }
    const [row] = await sql<[Omit<MetricValues, 'views_per_visit'>]>`
      select *
      from (select ${itemNumbers(sql)} from (${itemsOf(sql, selection)}) i) i,
           (select ${visitNumbers(sql)} from (${visitsOf(sql, selection)}) v) v`
    return withRatios(row)
  },
}

/** Adds what follows from other numbers; `null` over nothing. */
export function withRatios(row: Omit<MetricValues, 'views_per_visit'>): MetricValues {
  const { visitors, visits, pageviews, bounce_rate, visit_duration, events } = row
  const views_per_visit = visits ? (pageviews ?? 0) / visits : null
  return { visitors, visits, pageviews, views_per_visit, bounce_rate, visit_duration, events }
}
