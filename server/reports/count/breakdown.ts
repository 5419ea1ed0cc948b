import { type Dimension, dimensions, HkError, type Row } from '@hk-live/sdk/protocol'
import sql from 'sql-template-tag'
import { visitorsWithoutTotal } from '../imported-days.ts'
import { readOrder } from '../order.ts'
import { whole } from '../sources.ts'
import { type Count, selectionOf } from './counted.ts'
import { importedByBucket, importedByValue } from './imported.ts'
import { numbersByValue, totalNumbers } from './numbers.ts'
import { pageOf } from './page.ts'

const sortable = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration', 'value'] as const

/**
 * Numbers by the values of one dimension. The share is of all visitors of the range, so shares can add up to more than 1 where
 * a visitor has several values.
 */
export const countBreakdown: Count<'breakdown'> = async (sources, asked) => {
  const dimension = dimensionOf(asked.by)
  const order = readOrder(asked.sort, sortable)
  const selection = selectionOf(sources, asked)
  const own = await totalNumbers(selection)
  const days = await importedByBucket(sources.sql, asked, whole(asked.span))
  const untold = await visitorsWithoutTotal(sources.sql, asked.site.site_id, dimension, asked.imported)
  const visitors = own.visitors + (days.get(1)?.visitors ?? 0) + untold
  const imported = await importedByValue(sources.sql, asked, dimension)
  const rows = sql`
    select value, visitors, visits, pageviews, events, bounces / nullif(measured, 0) as bounce_rate,
           duration_ms / 1000 / nullif(measured, 0) as visit_duration, coalesce(visitors / nullif(${visitors}, 0), 0)::double as share
    from (${numbersByValue(selection, dimension, imported)}) n`
  return { by: dimension, ...(await pageOf<Row>(sources.data, rows, asked, order)) }
}

function dimensionOf(by: string | undefined): Dimension {
  const dimension = dimensions.find((known) => known === (by ?? 'page'))
  if (dimension !== undefined) return dimension
  throw new HkError('bad_request', `"by" must be one of ${dimensions.join(', ')}.`, { parameter: 'by' })
}
