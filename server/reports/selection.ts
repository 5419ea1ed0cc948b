import type { Dimension } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import type { Database, Goal, Step } from '../store/index.ts'
import { columnOf, conditions, type Filter, isOfItem, reaches } from './filter.ts'
import type { Stretch } from './plan.ts'
import { does } from './steps.ts'
import { orderShown, visitsTable } from './visible.ts'

/** Raw rows of a site, in stretches of time, under filters. */
export interface RawSelection {
  readonly siteId: string
  readonly rest: readonly Stretch[]
  readonly filters: readonly Filter[]
}

/**
 * Items in the stretches that fit, as a query of `at, type, visitor_id, visit_id, props`, and `value` where a
 * dimension is asked for. Vitals are measurements, not something a visitor did: they are left out.
 * Visits are joined only where a filter or the dimension needs them.
 */
export function itemsOf(sql: Database, { siteId, rest, filters }: RawSelection, dimension?: Dimension): Fragment {
  return sql`
    select i.at, i.type, i.visitor_id, i.visit_id, i.props
           ${dimension === undefined ? sql`` : sql`, ${valueOf(sql, dimension)} as value`}
    from items i
    ${visitsFor(sql, filters, dimension)}
    ${fitting(sql, { siteId, rest, filters }, dimension)}`
}

/** What narrows items `i` down to those that fit; of goals they become one row for each goal `g` that they reach. */
function fitting(sql: Database, { siteId, rest, filters }: RawSelection, dimension?: Dimension): Fragment {
  return sql`
    ${dimension === 'goal' ? sql`join goals g on ${reaches(sql)}` : sql``}
    where i.site_id = ${siteId}
      and ${within(sql, sql`i.at`, rest)}
      and i.type <> 'vital'
      ${dimension === 'event' ? sql`and i.type = 'event'` : sql``}
      ${conditions(sql, filters)}`
}

/** The value of a dimension. Where events alone are read it is the bare name, so that an index finds it. */
function valueOf(sql: Database, dimension: Dimension): Fragment {
  return dimension === 'event' ? sql`i.name` : columnOf(sql, dimension)
}

/**
 * Visits with items in the stretches that fit, once for each value that those items have, as a query of `value`,
 * `done_pageviews` and `done_events` (how many of those items), and columns of the visit.
 */
export function doneInVisits(sql: Database, selection: RawSelection, dimension?: Dimension): Fragment {
  return sql`
    select ${dimension === undefined ? sql`''` : columnOf(sql, dimension)} as value,
           v.visitor_id, v.started_at, v.last_at, v.pageviews, v.events,
           count(*) filter (where i.type = 'pageview') as done_pageviews,
           count(*) filter (where i.type = 'event') as done_events
    from items i
      join ${visitsTable(sql, selection.filters)} v on v.site_id = i.site_id and v.visit_id = i.visit_id
    ${fitting(sql, selection, dimension)}
    group by 1, v.visit_id, v.visitor_id, v.started_at, v.last_at, v.pageviews, v.events`
}

/**
 * Items in the stretches that fit and do some step, as a query of `at, received_at, id, visitor_id`, and for each step
 * of whether they do it: `s1, s2, …`.
 */
export function stepsOf(sql: Database, { siteId, rest, filters }: RawSelection, steps: readonly Step[]): Fragment {
  const found = steps.map((step) => does(sql, step))
  const columns = found.reduce((list, one, index) => sql`${list}, ${one} as ${sql(`s${index + 1}`)}`, sql``)
  const any = found.reduce((list, one) => sql`${list} or ${one}`, sql`false`)
  return sql`
    select i.at, i.received_at, i.id, i.visitor_id ${columns}
    from items i
    ${visitsFor(sql, filters)}
    where i.site_id = ${siteId}
      and ${within(sql, sql`i.at`, rest)}
      and (${any})
      ${conditions(sql, filters)}`
}

/** Items in the stretches that fit and reach a goal, once for each, as a query of `at, visitor_id, goal_id`. */
export function conversionsOf(sql: Database, selection: RawSelection, goals: readonly Goal[]): Fragment {
  const ids = goals.map(({ goal_id }) => goal_id)
  const done = goals.reduce((list, _, index) => sql`${list}, ${sql(`s${index + 1}`)}`, sql`false`)
  return sql`
    select s.at, s.visitor_id, g.goal_id
    from (${stepsOf(sql, selection, goals)}) s,
         unnest(${['', ...ids]}::text[], array[${done}]) as g (goal_id, done)
    where g.done`
}

/**
 * Visits that began in the stretches and fit; under a filter of items, those that have a fitting item.
 */
export function visitsOf(sql: Database, { siteId, rest, filters }: RawSelection): Fragment {
  return sql`
    select v.*
    from ${visitsTable(sql, filters)} v
    where v.site_id = ${siteId}
      and ${within(sql, sql`v.started_at`, rest)}
      ${visitFits(sql, filters)}`
}

/**
 * Orders and refunds of a time that fit: those of visits that fit, whether what fits came before the order or after it. So
 * under `page:/letter` it is the orders of visits that saw that page; where a share link sets that filter, those that
 * were made on it, as it shows nothing else.
 */
export function ordersOf(sql: Database, { siteId, rest, filters }: RawSelection): Fragment {
  const joined =
    filters.length === 0
      ? sql``
      : sql`join ${visitsTable(sql, filters)} v on v.site_id = o.site_id and v.visit_id = o.visit_id`
  return sql`
    select o.*
    from sales o
    ${joined}
    where o.site_id = ${siteId}
      and ${within(sql, sql`o.at`, rest)}
      ${visitFits(sql, filters)}
      ${orderShown(sql, filters)}`
}

/** Conditions of a visit `v`, each begun by `and`: it fits; under filters of items, it has an item that does. */
function visitFits(sql: Database, filters: readonly Filter[]): Fragment {
  const ofItems = filters.filter((filter) => isOfItem(filter.dimension))
  const ofVisits = filters.filter((filter) => !isOfItem(filter.dimension))
  const hasItem =
    ofItems.length === 0
      ? sql``
      : sql`and exists (
          select from items i
          where i.site_id = v.site_id and i.visitor_id = v.visitor_id and i.visit_id = v.visit_id
            and i.type <> 'vital'
            ${conditions(sql, ofItems)})`
  return sql`${conditions(sql, ofVisits)} ${hasItem}`
}

/** Joins the visits `v` of items `i`, where filters or a dimension need them. */
function visitsFor(sql: Database, filters: readonly Filter[], dimension?: Dimension): Fragment {
  const dimensions = [...filters.map((filter) => filter.dimension), ...(dimension === undefined ? [] : [dimension])]
  if (dimensions.every(isOfItem)) return sql``
  return sql`join ${visitsTable(sql, filters)} v on v.site_id = i.site_id and v.visit_id = i.visit_id`
}

/** Condition of a time in stretches; with bounds around all of them, for indexes. */
export function within(sql: Database, column: Fragment, rest: readonly Stretch[]): Fragment {
  if (rest.length === 0) return sql`false`
  const from = new Date(Math.min(...rest.map((stretch) => stretch.from)))
  const to = new Date(Math.max(...rest.map((stretch) => stretch.to)))
  const bounds = sql`${column} >= ${from} and ${column} < ${to}`
  if (rest.length === 1) return bounds
  const lists = [rest.map((stretch) => stretch.from), rest.map((stretch) => stretch.to)]
  const [starts = [], ends = []] = lists.map((list) => list.map((at) => new Date(at).toISOString()))
  return sql`${bounds} and exists (
    select from unnest(${starts}::timestamptz[], ${ends}::timestamptz[]) as s (start, finish)
    where ${column} >= s.start and ${column} < s.finish)`
}
