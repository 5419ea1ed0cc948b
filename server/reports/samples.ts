import { type Dimension, HkError, vitals } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import { type Database, furthest, scaleOf, zeroBucket } from '../store/index.ts'
import { columnOf, conditions, type Filter } from './filter.ts'
import { planOf, type Plan, rawPlan, type Selection } from './plan.ts'
import { within } from './selection.ts'
import { bucketOf, type Buckets } from './sources.ts'
import { visitsTable } from './visible.ts'

/** Milliseconds up to which samples are read as they are, so that a p75 is exact: the longest day. */
const exactMs = 25 * 3_600_000

/** Dimensions that a vital has for itself. The others are those of the visit that it was measured in. */
const ownDimensions = ['country', 'region', 'city', 'device', 'browser', 'os', 'language'] as const

/** Where the samples of vitals are read: sketches of whole days, raw rows for the rest. */
export interface SampleSource {
  readonly selection: Selection
  readonly plan: Plan
  /** Whether samples are put into buckets of sketches: many are read faster so, and all are off alike. */
  readonly coarse: boolean
}

/** By what samples are grouped: buckets of time, the values of a dimension, or not at all. */
export interface SampleGroup {
  readonly buckets?: Buckets
  readonly dimension?: 'page' | 'device' | 'country' | 'browser'
}

/**
 * Refuses filters that no vital can fit.
 *
 * @throws {HkError} `bad_request`
 */
export function demandVitalFilters(filters: readonly Filter[]): void {
  const alien = filters.find(({ dimension }) => dimension === 'event' || dimension === 'goal')
  if (alien === undefined) return
  const message = `Vitals can't be filtered by ${alien.dimension}: a vital is no event, and reaches no goal.`
  throw new HkError('bad_request', message, { parameter: 'filter' })
}

/**
 * Decides where samples are read. Sketches answer for whole days of the site as a whole; raw rows answer everything.
 *
 * @throws {HkError} `bad_request` under a filter that no vital can fit
 */
export async function sourceOf(sql: Database, selection: Selection, group: SampleGroup): Promise<SampleSource> {
  demandVitalFilters(selection.filters)
  const { span, filters } = selection
  const coarse = span.to - span.from > exactMs
  const byDay = (group.buckets?.grain ?? 'day') === 'day'
  const sketched = coarse && byDay && filters.length === 0 && group.dimension === undefined
  return { selection, coarse, plan: sketched ? await planOf(sql, selection, 'traffic') : rawPlan(span) }
}

/**
 * Samples by group, as a query of `group_key, metric, measured` and `n`, their number; coarse ones are in the middle of
 * their bucket.
 */
export function samplesBy(sql: Database, { selection, plan, coarse }: SampleSource, group: SampleGroup): Fragment {
  const { siteId, filters } = selection
  const key = (at: Fragment, value: Fragment) => {
    if (group.buckets !== undefined) return bucketOf(sql, at, group.buckets)
    return group.dimension === undefined ? sql`''` : value
  }
  const own = group.dimension === undefined ? sql`''` : columnOfVital(sql, group.dimension)
  const rolled = sql`
    select ${key(sql`d.at`, sql`''`)} as group_key, s.metric,
           ${middleOf(sql, sql`s.bucket`)} as measured, s.samples as n
    from unnest(${plan.days.map(({ day }) => day)}::date[],
                ${plan.days.map(({ at }) => new Date(at).toISOString())}::timestamptz[]) as d (day, at)
      join vital_sketches s on s.site_id = ${siteId} and s.day = d.day
      join ${scales(sql)} on m.metric = s.metric`
  const visited = filters.some(({ dimension }) => !isOwn(dimension))
  const of = sql`
    ${visited ? visitOfVital(sql, filters) : sql``}
    where i.site_id = ${siteId} and i.type = 'vital' and ${within(sql, sql`i.at`, plan.rest)}
      ${conditions(sql, filters, columnOfVital)}`
  // Behind the offset Postgres no longer knows that values differ, and hashes the few buckets in place of sorting rows.
  const raw = coarse
    ? sql`
      select m.group_key, m.metric, ${middleOf(sql, sql`m.bucket`)} as measured, 1 as n
      from (
        select ${key(sql`i.at`, own)} as group_key, m.metric, m.good, m.growth, ${bucketOfItem(sql)} as bucket
        from items i join ${scales(sql)} on m.metric = i.name ${of}
        offset 0) m`
    : sql`
      select ${key(sql`i.at`, own)} as group_key, i.name as metric, i.value as measured, 1 as n
      from items i ${of}`
  if (plan.days.length === 0) return raw
  return plan.rest.length === 0 ? rolled : sql`${rolled} union all ${raw}`
}

function isOwn(dimension: Dimension): boolean {
  return dimension === 'page' || dimension === 'hostname' || ownDimensions.some((known) => known === dimension)
}

/** Where a dimension of the vital `i` stands: `v` is the visit that it was measured in, `shown` what may be seen of it. */
function columnOfVital(sql: Database, dimension: Dimension, locked = false): Fragment {
  if (dimension === 'page' || dimension === 'hostname') return columnOf(sql, dimension)
  if (isOwn(dimension)) return sql`coalesce(i.${sql(dimension)}, '')`
  return locked ? sql`coalesce(v.${sql(dimension)}, '')` : sql`coalesce(shown.${sql(dimension)}, '')`
}

/** The visit of the visitor that had begun when the vital was measured; a visitor is known for one day only. */
function visitOfVital(sql: Database, filters: readonly Filter[]): Fragment {
  return sql`
    left join lateral (
      select *
      from visits w
      where w.site_id = i.site_id and w.visitor_id = i.visitor_id and w.started_at <= i.at
      order by w.started_at desc, w.visit_id
      limit 1) v on true
    left join ${visitsTable(sql, filters)} shown on shown.site_id = v.site_id and shown.visit_id = v.visit_id`
}

/** The scales of all vitals, as `m`. */
function scales(sql: Database): Fragment {
  const all = vitals.map(scaleOf)
  const column = (of: 'good' | 'poor' | 'growth' | 'k') => sql`${all.map((scale) => scale[of])}::float8[]`
  return sql`
    unnest(${[...vitals]}::text[], ${column('good')}, ${column('poor')}, ${column('growth')}, ${column('k')})
      as m (metric, good, poor, growth, k)`
}

/** The bucket of the vital `i` on the scale `m`: what `bucketOfValue` of the store says, in SQL. */
function bucketOfItem(sql: Database): Fragment {
  const bucket = sql`ceil(least(ln(i.value) - ln(m.good), ${furthest}) / m.growth)`
  return sql`
    case when i.value = 0 or ln(i.value) - ln(m.good) < ${-furthest} then ${zeroBucket}
      when i.value <= m.good then least(${bucket}, 0)
      when i.value <= m.poor then least(greatest(${bucket}, 1), m.k)
      else greatest(${bucket}, m.k + 1) end`
}

/** The middle of a bucket on the scale `m`. */
function middleOf(sql: Database, bucket: Fragment): Fragment {
  return sql`
    case ${bucket} when ${zeroBucket} then 0
      else m.good * exp(m.growth * ${bucket}) * 2 / (1 + exp(m.growth)) end`
}
