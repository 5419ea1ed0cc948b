import { type Dimension, dimensions, HkError, reportKinds, type Row } from '@hk-live/sdk/protocol'
import { noGoals, visitorsWithoutTotal } from './imported-days.ts'
import { readOrder } from './order.ts'
import { pageOf } from './page.ts'
import type { Report } from './report.ts'
import { planOfValues, totalOf, valueRows } from './sources.ts'
import { columnsOf } from './table.ts'

const sortable = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration', 'value'] as const

/**
 * Numbers by the values of one dimension. Of an item's dimension (page, hostname), visits are those
 * with such an item; of a visit's, the visits themselves. The share is of all visitors of the range,
 * so shares can add up to more than 1 where a visitor has several values.
 */
export const breakdown: Report<'breakdown'> = {
  name: 'breakdown',
  kinds: reportKinds.breakdown,
  parameters: ['by', 'limit', 'offset', 'sort', 'search'],
  about: 'Numbers by the values of one dimension, paged, searched and sorted.',
  example: {
    by: 'page',
    rows: [
      {
        value: '/pricing',
        visitors: 310,
        visits: 342,
        pageviews: 401,
        events: 12,
        bounce_rate: 0.33,
        visit_duration: 74.5,
        share: 0.26,
      },
    ],
    total: 1,
  },
  table: {
    columns: () => [
      ...columnsOf('text', 'value'),
      ...columnsOf('number', 'visitors', 'visits', 'pageviews', 'events'),
      ...columnsOf('rate', 'bounce_rate'),
      ...columnsOf('number', 'visit_duration'),
      ...columnsOf('rate', 'share'),
    ],
    rows: ({ rows }) => rows,
  },
  imported({ filters, by }) {
    const dimension = dimensionOf(by)
    if (dimension === 'goal') return noGoals
    if (filters.length === 0) return [dimension]
    return { reason: 'Imported days have numbers by one dimension at a time: ask without a filter.' }
  },
  async answer(sql, { site, span, filters, by, limit, offset, sort, search, imported }) {
    const dimension = dimensionOf(by)
    const order = readOrder(sort, sortable)
    const selection = { siteId: site.site_id, span, filters }
    const plan = await planOfValues(sql, selection, dimension)
    const { visitors: known } = await totalOf(sql, selection, imported)
    const visitors = known + (await visitorsWithoutTotal(sql, site.site_id, dimension, imported))
    const rows = sql`
      select value, visitors, visits, pageviews, events,
             bounces / nullif(measured, 0) as bounce_rate,
             duration_ms / 1000 / nullif(measured, 0) as visit_duration,
             coalesce(visitors / nullif(${visitors}::float8, 0), 0) as share
      from (${valueRows(sql, selection, dimension, plan, imported)}) n`
    return { by: dimension, ...(await pageOf<Row>(sql, rows, { search, limit, offset }, order)) }
  },
}

function dimensionOf(by: string | undefined): Dimension {
  const dimension = dimensions.find((known) => known === (by ?? 'page'))
  if (dimension !== undefined) return dimension
  throw new HkError('bad_request', `"by" must be one of ${dimensions.join(', ')}.`, { parameter: 'by' })
}
