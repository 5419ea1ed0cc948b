import { metrics, reportKinds } from '@hk-live/sdk/protocol'
import { needOfNumbers } from './imported-days.ts'
import { metricsOf, noOutcome, units } from './numbers.ts'
import { outcomesOf } from './outcome.ts'
import type { Report } from './report.ts'
import { totalOf, whole } from './sources.ts'
import { columnsOf } from './table.ts'

/** The numbers of a range: visitors, visits, pageviews, what came of them, and what follows from all. */
export const overview: Report<'overview'> = {
  name: 'overview',
  kinds: reportKinds.overview,
  parameters: ['currency'],
  about: 'The numbers of a range: visitors, visits, pageviews, and what came of them.',
  example: {
    visitors: 1204,
    visits: 1498,
    pageviews: 3720,
    views_per_visit: 2.48,
    bounce_rate: 0.41,
    visit_duration: 96.2,
    events: 312,
    conversions: 57,
    conversion_rate: 0.04,
    revenue: 1840.5,
  },
  table: {
    columns: () => [...columnsOf('text', 'metric', 'unit'), ...columnsOf('number', 'value')],
    rows: (data, { site, currency = site.currency }) =>
      metrics.map((metric) => {
        const unit = units[metric]
        return { metric, unit: unit === 'currency' ? currency : unit, value: data[metric] }
      }),
    alike: ['metric', 'unit'],
  },
  imported: needOfNumbers,
  async answer(sql, { site, span, filters, currency = site.currency, imported = [] }) {
    const selection = { siteId: site.site_id, span, filters }
    const outcomes = await outcomesOf(sql, selection, whole(span), { metrics, currency })
    const own = await totalOf(sql, selection)
    const all = imported.length === 0 ? own : await totalOf(sql, selection, imported)
    return metricsOf(all, outcomes.get(0) ?? noOutcome, own.visitors)
  },
}
