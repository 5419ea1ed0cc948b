import { expect, test } from 'bun:test'
import { findMoved } from '../../sdk/movement.ts'
import type { MetricValues, Row } from '../../sdk/index.ts'

const overview = (values: Partial<MetricValues>): MetricValues => ({
  visitors: 1,
  visits: 1,
  pageviews: 1,
  views_per_visit: 1,
  bounce_rate: null,
  visit_duration: null,
  events: 0,
  conversions: 0,
  conversion_rate: null,
  revenue: 0,
  ...values,
})

const row = (value: string, visitors: number, share: number): Row => ({
  value,
  visitors,
  visits: visitors,
  pageviews: visitors,
  events: 0,
  bounce_rate: null,
  visit_duration: null,
  share,
})

test('of an overview, the metrics whose value moved', () => {
  const moved = findMoved('overview', overview({}), overview({ visitors: 2, bounce_rate: 0.5 }))
  expect([...moved]).toEqual(['visitors', 'bounce_rate'])
})

test('of a series, the metrics of which a bucket moved, empty and lost buckets aside', () => {
  const series = (points: { at: string; visitors: number; visits: number }[]) => ({
    metrics: ['visitors' as const, 'visits' as const],
    points,
  })
  const before = series([
    { at: '09:00', visitors: 4, visits: 4 },
    { at: '10:00', visitors: 5, visits: 6 },
  ])
  const after = series([
    { at: '10:00', visitors: 6, visits: 6 },
    { at: '11:00', visitors: 0, visits: 0 },
  ])
  expect([...findMoved('timeseries', before, after)]).toEqual(['visitors'])
})

test('of a breakdown, the values of rows that moved or are new, and not for their share alone', () => {
  const table = (rows: Row[]) => ({ by: 'page' as const, rows, total: rows.length })
  const before = table([row('/', 5, 0.5), row('/a', 5, 0.5)])
  const after = table([row('/', 7, 0.5), row('/a', 5, 0.35), row('/b', 2, 0.15)])
  expect([...findMoved('breakdown', before, after)]).toEqual(['/', '/b'])
})

test('of visitors now, their number and what they look at', () => {
  const now = (visitors: number, pages: { value: string; visitors: number }[]) => ({
    visitors,
    pages,
    sources: [],
    countries: [],
    devices: [],
    places: [],
    minutes: [{ at: '12:00', pageviews: visitors }],
  })
  const before = now(2, [{ value: '/', visitors: 2 }])
  const after = now(3, [{ value: '/', visitors: 2 }, { value: '/a', visitors: 1 }])
  expect([...findMoved('live', before, after)]).toEqual(['visitors', 'pages:/a'])
})

test('of events and sales, their numbers, and the values of rows', () => {
  const events = (count: number, rows: { value: string; count: number; visitors: number }[]) => ({
    count,
    points: [{ at: '10:00', count }],
    rows,
    total: rows.length,
  })
  const before = events(3, [{ value: 'login', count: 3, visitors: 1 }])
  const after = events(4, [
    { value: 'signup', count: 1, visitors: 1 },
    { value: 'login', count: 3, visitors: 1 },
  ])
  expect([...findMoved('events', before, after)]).toEqual(['count', 'signup', 'total'])
  expect([...findMoved('events', after, after)]).toEqual([])
})
