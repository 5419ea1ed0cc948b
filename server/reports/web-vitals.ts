import {
  type Rating,
  type ReportData,
  reportKinds,
  type Vital,
  vitalBounds,
  type VitalRow,
  vitals,
  type VitalScore,
  type VitalSummary,
} from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import { type Database, sketchError } from '../store/index.ts'
import { over } from './numbers.ts'
import { readOrder } from './order.ts'
import { pageOf } from './page.ts'
import { oneOf } from './question.ts'
import type { Report } from './report.ts'
import { type SampleGroup, samplesBy, type SampleSource, sourceOf } from './samples.ts'
import { bucketsOf, pointsOf } from './series.ts'
import type { Buckets } from './sources.ts'
import { type Cell, columnsOf } from './table.ts'

/** Dimensions that vitals can be listed by. */
export const vitalLists = ['page', 'device', 'country', 'browser'] as const

/** Columns that the list can be sorted by. */
export const vitalSorts = ['samples', 'value', ...vitals] as const

const score = { p75: 1_840, rating: 'good' as const, samples: 412 }
const all = <T>(of: T) => ({ LCP: of, INP: of, CLS: of, FCP: of, TTFB: of })

const example: ReportData['web_vitals'] = {
  vitals: all({ ...score, good: 0.82, needs_improvement: 0.12, poor: 0.06 }),
  points: [{ at: '2026-11-21T23:00:00.000Z', ...all(1_840) }],
  by: 'page',
  rows: [{ value: '/pricing', ...all(score), samples: 2_060 }],
  total: 1,
  relative_error: 0.01,
}

/** A row with the parts of each vital beside each other, as `LCP_p75`. */
function flat({ value, samples, ...scores }: VitalRow): Record<string, Cell> {
  const cells: Record<string, Cell> = { value, samples }
  for (const vital of vitals) {
    const { p75, rating, samples: measured } = scores[vital]
    Object.assign(cells, { [`${vital}_p75`]: p75, [`${vital}_rating`]: rating, [`${vital}_samples`]: measured })
  }
  return cells
}

/**
 * Vitals: their p75 and ratings over the range, by interval, and by page, device, country or browser.
 *
 * The p75 is that of nearest rank: the smallest sample that at least three quarters of all do not exceed. Over
 * one day it is exact; over more, samples are put into buckets and it is off by 1 % at most. Shares by rating, the
 * rating of the p75 and numbers of samples are always exact.
 */
export const webVitals: Report<'web_vitals'> = {
  name: 'web_vitals',
  kinds: reportKinds.web_vitals,
  // Filters are those of visits, which pageviews and events begin and change.
  kindsOf: ({ filters }) => (filters.length > 0 ? reportKinds.web_vitals : ['web_vitals', 'settings']),
  parameters: ['by', 'limit', 'offset', 'sort', 'search'],
  about: 'Core Web Vitals: p75, ratings and samples, by interval, and by page, device, country or browser.',
  example,
  table: {
    columns: () => [
      ...columnsOf('text', 'value'),
      ...columnsOf('number', 'samples'),
      ...vitals.flatMap((vital) => [
        ...columnsOf('number', `${vital}_p75`),
        ...columnsOf('text', `${vital}_rating`),
        ...columnsOf('number', `${vital}_samples`),
      ]),
    ],
    rows: ({ rows }) => rows.map(flat),
  },
  async answer(sql, { site, span, filters, by, sort, now, ...page }) {
    const dimension = oneOf('by', by, vitalLists) ?? 'page'
    const order = readOrder(sort, vitalSorts)
    const selection = { siteId: site.site_id, span, filters }
    const buckets = bucketsOf(span)
    const sources = {
      whole: await sourceOf(sql, selection, {}),
      series: await sourceOf(sql, selection, { buckets }),
      list: await sourceOf(sql, selection, { dimension }),
    }
    const p75s = await p75sOf(sql, sources.series, buckets)
    const listed = await pageOf<FoundVitals>(sql, rowsBy(sql, sources.list, dimension), page, order)
    return {
      vitals: await summaryOf(sql, sources.whole),
      points: pointsOf(buckets, span, now, (bucket) => p75s[bucket] ?? ofEach(() => null)),
      by: dimension,
      rows: listed.rows.map(vitalRow),
      total: listed.total,
      relative_error: sources.whole.coarse ? sketchError : 0,
    }
  },
}

/** The p75 of samples by group and vital, as a query of `group_key, metric, p75, samples` and samples by rating. */
function scoresOf(sql: Database, source: SampleSource, group: SampleGroup): Fragment {
  const bounds = vitals.map((vital) => vitalBounds[vital])
  const samples = sql`
    select group_key, metric collate "C" as metric, measured, n from (${samplesBy(sql, source, group)}) s`
  const rated = (some: Fragment) => sql`
    select s.*, b.good, b.poor
    from (${some}) s
      join unnest(${[...vitals]}::text[], ${bounds.map(([good]) => good)}::float8[],
                  ${bounds.map(([, poor]) => poor)}::float8[]) as b (metric, good, poor) on b.metric = s.metric`
  // All samples are read: Postgres knows how, and faster.
  if (!source.coarse) {
    return sql`
      select group_key, metric, count(*) as samples, percentile_disc(0.75) within group (order by measured) as p75,
             count(*) filter (where measured <= good) as good, count(*) filter (where measured > poor) as poor
      from (${rated(samples)}) r
      group by 1, 2`
  }
  return sql`
    select group_key, metric, max(samples) as samples, min(measured) filter (where upto * 4 >= samples * 3) as p75,
           coalesce(sum(n) filter (where measured <= good), 0) as good,
           coalesce(sum(n) filter (where measured > poor), 0) as poor
    from (
      select *, sum(n) over (partition by group_key, metric order by measured) as upto,
             sum(n) over (partition by group_key, metric) as samples
      from (${rated(sql`
        select group_key, metric, measured, sum(n)::int as n
        from (${samples}) s
        group by 1, 2, 3`)}) s) r
    group by 1, 2`
}

/** The samples of a vital: how many, how many of them are good and poor, and their p75. */
export interface VitalCounts {
  readonly metric: Vital
  readonly samples: number
  readonly p75: number | null
  readonly good: number
  readonly poor: number
}

async function summaryOf(sql: Database, source: SampleSource): Promise<Record<Vital, VitalSummary>> {
  return summariesOf(await sql<VitalCounts[]>`
    select metric, samples::float8 as samples, p75, good::float8 as good, poor::float8 as poor
    from (${scoresOf(sql, source, {})}) s`)
}

/** Each vital over a range, also without samples. */
export function summariesOf(rows: readonly VitalCounts[]): Record<Vital, VitalSummary> {
  const byVital = new Map(rows.map((row) => [row.metric, row]))
  return ofEach((vital) => {
    const { samples, p75, good, poor } = byVital.get(vital) ?? { samples: 0, p75: null, good: 0, poor: 0 }
    return {
      ...scoreOf(vital, p75, samples),
      good: over(good, samples),
      needs_improvement: over(samples - good - poor, samples),
      poor: over(poor, samples),
    }
  })
}

/** The p75 of a vital in a bucket, which counts from 1. */
export interface BucketP75 {
  readonly bucket: number
  readonly metric: Vital
  readonly p75: number
}

async function p75sOf(sql: Database, source: SampleSource, buckets: Buckets): Promise<Record<Vital, number | null>[]> {
  const rows = await sql<BucketP75[]>`
    select group_key as bucket, metric, p75
    from (${scoresOf(sql, source, { buckets })}) s`
  return p75sByBucket(rows, buckets)
}

/** The p75 of each vital, by the index of the bucket. */
export function p75sByBucket(rows: readonly BucketP75[], buckets: Buckets): Record<Vital, number | null>[] {
  const points = buckets.starts.map(() => ofEach((): number | null => null))
  for (const { bucket, metric, p75 } of rows) {
    const point = points[bucket - 1]
    if (point !== undefined) point[metric] = p75
  }
  return points
}

/** The values of a dimension, as a query of {@link FoundVitals}. */
function rowsBy(sql: Database, source: SampleSource, dimension: (typeof vitalLists)[number]): Fragment {
  const p75s = vitals.map((vital) => sql`max(p75) filter (where metric = ${vital}) as ${sql(vital)}`)
  return sql`
    select group_key as value, sum(samples)::float8 as samples, jsonb_object_agg(metric, samples) as measured,
           ${p75s.reduce((list, one) => sql`${list}, ${one}`)}
    from (${scoresOf(sql, source, { dimension })}) s
    group by 1`
}

/** A row of the list: the p75 of each vital, and the number of samples of each that it has. */
export interface FoundVitals extends Readonly<Record<Vital, number | null>> {
  readonly value: string
  readonly samples: number
  readonly measured: Partial<Record<Vital, number>>
}

/** The row as it stands in the answer. */
export function vitalRow({ value, samples, measured, ...p75s }: FoundVitals): VitalRow {
  return { value, samples, ...ofEach((vital) => scoreOf(vital, p75s[vital], measured[vital] ?? 0)) }
}

function scoreOf(vital: Vital, p75: number | null, samples: number): VitalScore {
  return { p75, rating: p75 === null ? null : rate(vital, p75), samples }
}

function rate(vital: Vital, value: number): Rating {
  const [good, poor] = vitalBounds[vital]
  if (value <= good) return 'good'
  return value <= poor ? 'needs_improvement' : 'poor'
}

/** Something of each vital. */
export function ofEach<T>(of: (vital: Vital) => T): Record<Vital, T> {
  return { LCP: of('LCP'), INP: of('INP'), CLS: of('CLS'), FCP: of('FCP'), TTFB: of('TTFB') }
}
