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

test('of vitals, those whose p75 moved and the rows with new samples', () => {
  const score = (p75: number) => ({ p75, rating: 'good' as const, samples: 1 })
  const all = <T>(lcp: T, rest: T) => ({ LCP: lcp, INP: rest, CLS: rest, FCP: rest, TTFB: rest })
  const summary = (p75: number) => ({ ...score(p75), good: 1, needs_improvement: 0, poor: 0 })
  const vitals = (p75: number, samples: number) => ({
    vitals: all(summary(p75), summary(5)),
    points: [],
    by: 'page' as const,
    rows: [
      { value: '/', samples, ...all(score(p75), score(5)) },
      { value: '/a', samples: 1, ...all(score(9), score(5)) },
    ],
    total: 2,
    relative_error: 0,
  })
  expect([...findMoved('web_vitals', vitals(900, 5), vitals(950, 10))]).toEqual(['LCP', '/'])
})

test('of fetches, their number, the visits they led to and the rows with more', () => {
  const numbers = { paths: 1, client_error_rate: 0, server_error_rate: 0, median_ms: null, bytes: 0 }
  const fetches = (count: number, referred_visits: number) => ({
    ...numbers,
    fetches: count,
    agents: 1,
    families: 1,
    referred_visits,
    referred_visitors: 1,
    pages: { crawled: 1, referred: 1, both: 1 },
    points: [],
    by: 'agent' as const,
    rows: [{ ...numbers, value: 'GPTBot', fetches: count, share: 1 }],
    total: 1,
  })
  expect([...findMoved('ai_visibility', fetches(5, 1), fetches(6, 1))]).toEqual(['fetches', 'GPTBot'])
  expect([...findMoved('ai_visibility', fetches(5, 1), fetches(5, 2))]).toEqual(['referred_visits'])
})

test('of findings and imports, the ids of those that are new or other than before', () => {
  const source = { source: 'csv', label: '', state: 'running' as const, created_at: '', finished_at: null }
  const imports = (rows: number) => ({
    rows: [{ id: 'a', ...source, first_day: null, last_day: null, rows }],
    total: 1,
  })
  expect([...findMoved('imports', imports(5), imports(9))]).toEqual(['a'])
  const finding = (id: string, score: number) => ({
    id,
    detector: 'setup_gaps',
    detector_version: 1,
    subject: 'goals',
    status: 'new' as const,
    first_seen: '2026-11-22',
    last_seen: '2026-11-22',
    sample: 100,
    evidence: [],
    impact: score / 100,
    confidence: 1,
    score,
    action: '',
    until: { figure: 'Goals', value: 0, is: 'at_least' as const, target: 1 },
  })
  const findings = (...rows: ReturnType<typeof finding>[]) => ({ rows, total: rows.length, last_run: null })
  expect([...findMoved('opportunities', findings(finding('a', 5)), findings(finding('a', 5), finding('b', 2)))]).toEqual(['b'])
})
