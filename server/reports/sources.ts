import type { Dimension } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import { type Database, familyOf, type RolledDimension, readPattern } from '../store/index.ts'
import { columnOf, type Filter, isOfItem } from './filter.ts'
import { importedRows } from './imported-days.ts'
import { none, type Numbers } from './numbers.ts'
import { isWhole, planOf, type Plan, rawPlan, type RolledDay, type Selection } from './plan.ts'
import type { Span } from './range.ts'
import { doneInVisits, itemsOf, type RawSelection, visitsOf } from './selection.ts'

/** Numbers of one bucket; `bucket` counts from 1. */
export type BucketRow = Numbers & { readonly bucket: number }

/** Buckets by their starts, in milliseconds since 1970; `grain`: what none of them begins or ends within. */
export interface Buckets {
  readonly starts: readonly number[]
  readonly grain: 'minute' | 'hour' | 'day'
}

/**
 * Numbers of a selection by bucket, from roll-ups where they know the answer: without filters, or under one
 * filter that names one value.
 *
 * @param imported imported days that are counted too
 */
export async function bucketRows(
  sql: Database,
  selection: Selection,
  buckets: Buckets,
  imported: readonly RolledDay[] = [],
): Promise<BucketRow[]> {
  const { span, siteId, filters } = selection
  const { grain } = buckets
  const bucket = (at: Fragment) => bucketOf(sql, at, buckets)
  const source = rolledSource(filters, grain)
  const plan = source === undefined ? rawPlan(span) : await planOf(sql, selection, familyOf(source.dimension))
  const parts = plan.rest.length === 0 ? [] : rawParts(sql, { siteId, rest: plan.rest, filters }, { span, grain, bucket })
  if (plan.days.length > 0 && source !== undefined) {
    const { dimension, value } = source
    parts.push(sql`
      select ${bucket(value === undefined ? sql`r.value::timestamptz` : sql`d.at`)} as group_key, ${sums(sql)}
      from ${rolledDays(sql, siteId, dimension, plan.days)}
      ${value === undefined ? sql`` : sql`and r.key = ${keyOf(sql, siteId, dimension, value)}`}
      group by 1`)
  }
  if (imported.length > 0 && source?.value !== undefined) {
    parts.push(sql`
      select ${bucket(sql`d.at`)} as group_key, ${sums(sql)}
      from ${importedRows(sql, siteId, source.dimension, imported)} and r.key = md5(${source.value})::uuid
      group by 1, r.bounces is null`)
  }
  return sql<BucketRow[]>`
    select group_key as bucket, ${allSums(sql)} from (${union(sql, parts)}) r group by 1`
}

/** The number of the bucket that a time is in, from 1. */
export function bucketOf(sql: Database, at: Fragment, { starts }: Buckets): Fragment {
  return sql`width_bucket(${at}, ${starts.map((start) => new Date(start).toISOString())}::timestamptz[])`
}

/** The one bucket of a whole span. */
export function whole({ from }: Span): Buckets {
  return { starts: [from], grain: 'day' }
}

/** Numbers of a whole selection, and of imported days. */
export async function totalOf(
  sql: Database,
  selection: Selection,
  imported: readonly RolledDay[] = [],
): Promise<Numbers> {
  const [row] = await bucketRows(sql, selection, whole(selection.span), imported)
  return row ?? none
}

/** From what the values of a dimension are counted. */
export function planOfValues(sql: Database, selection: Selection, dimension: Dimension): Promise<Plan> {
  if (selection.filters.length > 0) return Promise.resolve(rawPlan(selection.span))
  return planOf(sql, selection, familyOf(dimension))
}

/** Numbers of a selection, and of imported days, by the values of a dimension, as a query of `value` and {@link Numbers}. */
export function valueRows(
  sql: Database,
  selection: Selection,
  dimension: Dimension,
  plan: Plan,
  imported: readonly RolledDay[] = [],
): Fragment {
  const { span, siteId, filters } = selection
  const parts: Fragment[] = []
  if (plan.days.length > 0) {
    const goals = dimension === 'goal'
    parts.push(sql`
      select ${goals ? sql`g.name` : sql`r.value`} as group_key, ${sums(sql)}
      from ${rolledDays(sql, siteId, dimension, plan.days)}
        ${goals ? sql`join goals g on g.site_id = ${siteId} and g.goal_id = r.value` : sql``}
      group by 1`)
  }
  if (plan.rest.length > 0) {
    parts.push(...rawParts(sql, { siteId, rest: plan.rest, filters }, { span, grain: 'day', dimension }))
  }
  if (imported.length > 0) {
    parts.push(sql`
      select r.value as group_key, ${sums(sql)}
      from ${importedRows(sql, siteId, dimension, imported)}
      group by 1, r.bounces is null`)
  }
  return sql`
    select group_key as value, ${allSums(sql)}
    from (${union(sql, parts)}) r
    group by 1
    having sum(visitors) > 0`
}

/**
 * The roll-ups that a question is answered from, `undefined` where they do not know; without a value, those of hours.
 */
export function rolledSource(
  filters: readonly Filter[],
  grain: Buckets['grain'],
): { dimension: Dimension | 'hour' | 'total'; value: string | undefined } | undefined {
  if (grain === 'minute') return undefined
  const [filter, ...more] = filters
  if (filter === undefined) {
    return grain === 'hour' ? { dimension: 'hour', value: undefined } : { dimension: 'total', value: '' }
  }
  const { wild, literal } = readPattern(filter.value)
  if (more.length > 0 || filter.exclude || wild || grain === 'hour') return undefined
  return { dimension: filter.dimension, value: literal }
}

/** How raw rows of a span are grouped: by a bucket of their time, or by the value of a dimension. */
interface Grouping {
  readonly span: Span
  readonly grain: Buckets['grain']
  readonly bucket?: (at: Fragment) => Fragment
  readonly dimension?: Dimension
}

/**
 * Parts that count raw rows. A visit lies within one day and knows how much it has: whole days are counted by
 * visits, from visits alone where filters and dimension are of visits.
 */
function rawParts(sql: Database, raw: RawSelection, { span, grain, bucket, dimension }: Grouping): Fragment[] {
  const dimensions = [
    ...raw.filters.map((filter) => filter.dimension),
    ...(dimension === undefined ? [] : [dimension]),
  ]
  const ofItem = dimension !== undefined && isOfItem(dimension)
  const ofVisit =
    bucket?.(sql`v.started_at`) ?? (dimension === undefined ? sql`''` : columnOf(sql, dimension))
  const byDays = grain === 'day' && raw.rest.every(({ from, to }) => isWhole({ ...span, from, to }))
  if (byDays && !dimensions.some(isOfItem)) {
    return [
      sql`
      select ${ofVisit} as group_key, count(distinct v.visitor_id) as visitors, ${visitSums(sql)},
             sum(v.pageviews) as pageviews, sum(v.events) as events
      from (${visitsOf(sql, raw)}) v
      group by 1`,
    ]
  }
  if (byDays) {
    return [
      sql`
      select ${bucket?.(sql`v.started_at`) ?? sql`v.value`} as group_key, count(distinct v.visitor_id) as visitors,
             ${visitSums(sql)}, sum(v.done_pageviews) as pageviews, sum(v.done_events) as events
      from (${doneInVisits(sql, raw, dimension)}) v
      group by 1`,
    ]
  }
  const visits = ofItem
    ? sql`
      select x.value as group_key, 0 as visitors, ${visitSums(sql)}, 0 as pageviews, 0 as events
      from (select distinct i.value, i.visit_id from (${itemsOf(sql, raw, dimension)}) i) x
        join (${visitsOf(sql, raw)}) v using (visit_id)
      group by 1`
    : sql`
      select ${ofVisit} as group_key, 0 as visitors, ${visitSums(sql)}, 0 as pageviews, 0 as events
      from (${visitsOf(sql, raw)}) v
      group by 1`
  return [
    sql`
    select ${bucket?.(sql`i.at`) ?? sql`i.value`} as group_key, count(distinct i.visitor_id) as visitors,
           0 as visits, 0 as bounces, 0 as duration_ms,
           count(*) filter (where i.type = 'pageview') as pageviews,
           count(*) filter (where i.type = 'event') as events
    from (${itemsOf(sql, raw, dimension)}) i
    group by 1`,
    visits,
  ]
}

/** The key of a value in roll-ups: of a goal, that of its id. */
export function keyOf(sql: Database, siteId: string, dimension: RolledDimension, value: string): Fragment {
  if (dimension !== 'goal') return sql`md5(${value})::uuid`
  return sql`md5((select g.goal_id from goals g where g.site_id = ${siteId} and g.name = ${value}))::uuid`
}

/** Roll-ups `r` of a dimension on some days `d`, with what commits have moved since. */
export function rolledDays(sql: Database, siteId: string, dimension: RolledDimension, days: Plan['days']): Fragment {
  const names = days.map(({ day }) => day)
  const starts = days.map(({ at }) => new Date(at).toISOString())
  return sql`
    unnest(${names}::date[], ${starts}::timestamptz[]) as d (day, at)
      join (
        select day, key, value, visitors, visits, bounces, duration_ms, pageviews, events
        from rollups
        where site_id = ${siteId} and dimension = ${dimension} and day = any(${names}::date[])
        union all
        select x.day, md5(x.value)::uuid, x.value, x.visitors, x.visits, x.bounces, x.duration_ms, x.pageviews, x.events
        from rollup_movements m, json_to_recordset(m.moved) as x (
          day date, value text, visitors integer, visits integer, bounces integer, duration_ms bigint,
          pageviews integer, events integer)
        where m.site_id = ${siteId} and m.dimension = ${dimension} and x.day = any(${names}::date[])) r
        on r.day = d.day`
}

function sums(sql: Database): Fragment {
  return sql`
    sum(visitors)::float8 as visitors, sum(visits)::float8 as visits, sum(bounces)::float8 as bounces,
    sum(duration_ms)::float8 as duration_ms, sum(pageviews)::float8 as pageviews, sum(events)::float8 as events`
}

/** The sums of all parts. Imported visits of which bounces are not known have no duration either. */
function allSums(sql: Database): Fragment {
  return sql`
    sum(visitors)::float8 as visitors, sum(visits)::float8 as visits, coalesce(sum(bounces), 0)::float8 as bounces,
    coalesce(sum(duration_ms), 0)::float8 as duration_ms, sum(pageviews)::float8 as pageviews,
    sum(events)::float8 as events,
    coalesce(sum(visits) filter (where bounces is not null), 0)::float8 as measured`
}

function visitSums(sql: Database): Fragment {
  return sql`
    count(*) as visits, count(*) filter (where v.pageviews = 1 and v.events = 0) as bounces,
    coalesce(sum(extract(epoch from v.last_at - v.started_at)) * 1000, 0) as duration_ms`
}

function union(sql: Database, [first = sql``, ...others]: readonly Fragment[]): Fragment {
  return others.reduce((all, part) => sql`${all} union all ${part}`, first)
}
