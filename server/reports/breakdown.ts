import { dimensions, HkError, reportKinds, type Row } from '@hk-live/sdk/protocol'
import { isOfItem, quoteLike } from './filter.ts'
import type { Report } from './report.ts'
import { itemNumbers, itemsOf, visitNumbers, visitsOf } from './selection.ts'

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
  async answer(sql, { site, span, filters, by = 'page', limit, offset, sort = 'visitors', search }) {
    const dimension = dimensions.find((known) => known === by)
    if (dimension === undefined) {
      throw new HkError('bad_request', `"by" must be one of ${dimensions.join(', ')}.`, { parameter: 'by' })
    }
    const rising = sort.startsWith('-')
    const key = sortable.find((known) => known === sort.replace(/^-/, ''))
    if (key === undefined) {
      throw new HkError(
        'bad_request',
        `"sort" must be one of ${sortable.join(', ')}, with - before it to turn it.`,
        {
          parameter: 'sort',
        },
      )
    }
    const selection = { siteId: site.site_id, span, filters }
    const ofItem = isOfItem(dimension)
    const values = ofItem
      ? sql`select distinct i.value, i.visit_id from i`
      : sql`select ${sql(dimension)} as value, visit_id from v`
    const [found] = await sql<[{ rows: Row[]; total: number }]>`
      with i as materialized (${itemsOf(sql, selection, dimension)}),
           v as materialized (${visitsOf(sql, selection)}),
           item_numbers as (select value, ${itemNumbers(sql)} from i group by value),
           visit_numbers as (
             select x.value, ${visitNumbers(sql)} from (${values}) x join v using (visit_id) group by x.value),
           found as (
      select value,
             coalesce(visitors, 0) as visitors, coalesce(visits, 0) as visits, coalesce(pageviews, 0) as pageviews,
             bounce_rate, visit_duration,
             coalesce(coalesce(visitors, 0)::float8 / nullif((select count(distinct visitor_id) from i), 0), 0) as share
      from item_numbers full join visit_numbers using (value)
      where ${search === '' ? sql`true` : sql`value ilike ${`%${quoteLike(search)}%`}`}
        ${ofItem ? sql`and coalesce(visitors, 0) > 0` : sql``})
      select (select count(*)::int from found) as total,
             coalesce((
               select json_agg(page) from (
                 select * from found
                 order by ${sql(key)} ${rising ? sql`asc` : sql`desc`} nulls last, value
                 limit ${limit} offset ${offset}) page), '[]') as rows`
    return { by: dimension, rows: found.rows, total: found.total }
  },
}
