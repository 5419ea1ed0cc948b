import { type EventRow, HkError } from '@hk-live/sdk/protocol'
import { readOrder } from '../../order.ts'
import { bucketsOf, pointsOf } from '../../series.ts'
import { whole } from '../../sources.ts'
import { type Count, selectionOf } from '../counted.ts'
import { pageOf } from '../page.ts'
import { audienceOf } from './audience.ts'
import { allCounts, countsOf, nameRows } from './counts.ts'
import { propertiesOf, valueRows } from './properties.ts'

/**
 * Events by name. With `name`, one event: how often it happened and to how many visitors, what properties it has and
 * who made it; with `property` beside it, by the values of that. Events that have a report of their own, as
 * purchases and those of AI chatbots, are events too.
 */
export const countEvents: Count<'events'> = async (sources, asked) => {
  const { span, now, name, property } = asked
  const order = readOrder(asked.sort, ['count', 'visitors', 'value'])
  const selection = selectionOf(sources, asked)
  const buckets = bucketsOf(span)
  if (name === undefined) {
    if (property !== undefined) {
      throw new HkError('bad_request', '"property" needs the "name" of an event beside it.', { parameter: 'property' })
    }
    const rows = await allCounts(selection, buckets)
    const counts = new Map(rows.map(({ bucket, count }) => [bucket - 1, count]))
    return {
      count: rows.reduce((sum, { count }) => sum + count, 0),
      points: pointsOf(buckets, span, now, (bucket) => ({ count: counts.get(bucket) ?? 0 })),
      ...(await pageOf<EventRow>(sources.data, nameRows(selection), asked, order)),
    }
  }
  const [total] = await countsOf(selection, name, whole(span))
  const rows = await countsOf(selection, name, buckets)
  const counts = new Map(rows.map(({ bucket, ...row }) => [bucket - 1, row]))
  return {
    count: total?.count ?? 0,
    visitors: total?.visitors ?? 0,
    points: pointsOf(buckets, span, now, (bucket) => counts.get(bucket) ?? { count: 0, visitors: 0 }),
    ...(property === undefined
      ? { rows: [], total: 0 }
      : await pageOf<EventRow>(sources.data, valueRows(selection, name, property), asked, order)),
    properties: await propertiesOf(selection, name),
    audience: await audienceOf(selection, name),
  }
}
