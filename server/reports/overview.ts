import { metrics, reportKinds } from '@hk-live/sdk/protocol'
import { metricsOf, noOutcome } from './numbers.ts'
import { outcomesOf } from './outcome.ts'
import type { Report } from './report.ts'
import { totalOf, whole } from './sources.ts'

/** The numbers of a range: visitors, visits, pageviews, what came of them, and what follows from all. */
export const overview: Report<'overview'> = {
  name: 'overview',
  kinds: reportKinds.overview,
  parameters: [],
  async answer(sql, { site, span, filters }) {
    const selection = { siteId: site.site_id, span, filters }
    const outcomes = await outcomesOf(sql, selection, whole(span), { metrics, currency: site.currency })
    return metricsOf(await totalOf(sql, selection), outcomes.get(0) ?? noOutcome)
  },
}
