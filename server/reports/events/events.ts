import { HkError, reportKinds } from '@hk-live/sdk/protocol'
import { readOrder } from '../order.ts'
import { pageOf } from '../page.ts'
import type { Report } from '../report.ts'
import { bucketsOf, pointsOf } from '../series.ts'
import { whole } from '../sources.ts'
import { audienceOf } from './audience.ts'
import { allCounts, countsOf, nameRows, planOfEvents } from './counts.ts'
import { propertiesOf, valueRows } from './properties.ts'
import { columnsOf } from '../table.ts'

/**
 * Events by name. With `name`, one event: how often it happened and to how many visitors, what properties it has and
 * who made it; with `property` beside it, by the values of that. Events that have a report of their own, as
 * purchases and those of AI chatbots, are events too.
 */
export const events: Report<'events'> = {
  name: 'events',
  kinds: reportKinds.events,
  parameters: ['name', 'property', 'limit', 'offset', 'sort', 'search'],
  about: 'Events by name; with `name` one event, its series, properties and audience; with `property` its values.',
  example: {
    count: 312,
    points: [{ at: '2026-11-21T23:00:00.000Z', count: 41 }],
    rows: [{ value: 'signup', count: 57, visitors: 52 }],
    total: 1,
  },
  table: {
    columns: () => [...columnsOf('text', 'value'), ...columnsOf('number', 'count', 'visitors')],
    rows: ({ rows }) => rows,
  },
  imported: () => ({ reason: 'Imported events are in the breakdown by event alone.' }),
  async answer(sql, { site, span, filters, now, name, property, sort, ...page }) {
    const order = readOrder(sort, ['count', 'visitors', 'value'])
    const selection = { siteId: site.site_id, span, filters }
    if (name === undefined) {
      if (property !== undefined) {
        throw new HkError('bad_request', '"property" needs the "name" of an event beside it.', { parameter: 'property' })
      }
      const counts = new Map((await allCounts(sql, selection, bucketsOf(span))).map((row) => [row.bucket - 1, row]))
      const plan = await planOfEvents(sql, selection)
      return {
        count: [...counts.values()].reduce((sum, { count }) => sum + count, 0),
        points: pointsOf(bucketsOf(span), span, now, (bucket) => ({ count: counts.get(bucket)?.count ?? 0 })),
        ...(await pageOf(sql, nameRows(sql, selection, plan), page, order)),
      }
    }
    const [total] = await countsOf(sql, selection, name, whole(span))
    const rows = await countsOf(sql, selection, name, bucketsOf(span))
    const counts = new Map(rows.map(({ bucket, ...row }) => [bucket - 1, row]))
    return {
      count: total?.count ?? 0,
      visitors: total?.visitors ?? 0,
      points: pointsOf(bucketsOf(span), span, now, (bucket) => counts.get(bucket) ?? { count: 0, visitors: 0 }),
      ...(property === undefined
        ? { rows: [], total: 0 }
        : await pageOf(sql, valueRows(sql, selection, name, property), page, order)),
      properties: await propertiesOf(sql, selection, name),
      audience: await audienceOf(sql, selection, name),
    }
  },
}
