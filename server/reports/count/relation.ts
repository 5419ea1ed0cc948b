import type { Dimension } from '@hk-live/sdk/protocol'
import sql, { empty, join, raw, type Sql } from 'sql-template-tag'
import { microsOf, type SiteData } from '../../engine/index.ts'
import { matcherOf, type SiteCurrencies, type StoredGoal } from '../../store/index.ts'
import { type Filter, isOfItem } from '../filter.ts'
import type { Stretch } from '../plan.ts'
import { hidingFilters } from '../visible.ts'
import { does, fitsAny } from './patterns.ts'

/** What is counted: the items of a site in a time, under filters. */
export interface Selection {
  readonly data: SiteData
  /** The goals of the site. */
  readonly goals: readonly StoredGoal[]
  readonly currencies: SiteCurrencies
  /** Milliseconds since 1970. */
  readonly span: Stretch
  readonly filters: readonly Filter[]
}

/** What a visit has of its first item's context. */
export const contextDimensions = ['country', 'region', 'city', 'device', 'browser', 'os', 'language'] as const satisfies readonly Dimension[]

/** What it has of its first item's origin. */
export const originDimensions = [
  'referrer',
  'source',
  'channel',
  'ai_source',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
] as const satisfies readonly Dimension[]

/** Whether a dimension is one of some. */
export function isIn(list: readonly Dimension[], dimension: Dimension): boolean {
  return list.includes(dimension)
}

/** Items `i` with what a question may see of their visits. */
export interface Relation {
  /** Stands behind `from`. */
  readonly from: Sql
  /** Conditions of all filters, each begun by `and`. Vitals are no items here. */
  readonly where: Sql
  /** Where the value of a dimension stands; of `goal` none, as an item may reach several. */
  readonly column: (dimension: Dimension) => Sql
}

/**
 * The relation that a selection is counted from.
 *
 * Under filters of a share link that hide items, entry and exit page are those of the items that fit, and where a visit came
 * from is empty unless it began with such an item, or the link itself names it by a filter: see `visible.ts`.
 *
 * @param wanted dimensions that are read beside those of the filters, and whether a place is
 */
export function relationOf(
  { goals, span, filters }: Pick<Selection, 'goals' | 'span' | 'filters'>,
  wanted: readonly (Dimension | 'place')[] = [],
): Relation {
  const used = [...wanted, ...filters.map(({ dimension }) => dimension)]
  const hiding = hidingFilters(filters)
  const locked = filters.filter((filter) => filter.locked)
  const named = locked.filter(({ exclude }) => !exclude).map(({ dimension }) => dimension)
  const isRestricted = hiding.length > 0
  const column = (dimension: Dimension) => {
    const own = visitColumn(dimension)
    if (!isRestricted || named.includes(dimension)) return own
    if (dimension === 'entry_page' || dimension === 'exit_page') return sql`s.${raw(dimension)}`
    return isIn(originDimensions, dimension) ? sql`case when s.begins then ${own} else '' end` : own
  }
  const shown = isRestricted ? sql` join (${shownOfVisits(hiding, goals, span)}) s on s.visit_id = i.visit_id` : empty
  const ofVisits = locked.filter(({ dimension }) => !isOfItem(dimension))
  return {
    from: sql`${viewOf(used)} i${shown}`,
    // What a link is locked to holds for the visit as it is, whatever of it is shown.
    where: sql` and i.type <> 'vital'${isRestricted ? conditions(ofVisits, goals, visitColumn) : empty}${conditions(filters, goals, column)}`,
    column,
  }
}

/**
 * The view of items with what is read of their visits, and no more: see `definitions/segments.ts` of the engine.
 *
 * @param wanted dimensions, and whether a place is
 */
export function viewOf(wanted: readonly (Dimension | 'place')[]): Sql {
  const isContext = wanted.some((one) => one === 'place' || isIn(contextDimensions, one))
  const isOrigin = wanted.some((one) => one !== 'place' && isIn(originDimensions, one))
  if (isContext && isOrigin) return sql`items_whole`
  if (isContext) return sql`items_in_context`
  return isOrigin ? sql`items_with_origin` : sql`items`
}

/** Where a dimension stands, as it is. */
export function visitColumn(dimension: Dimension): Sql {
  return dimension === 'event' ? sql`i.name` : sql`i.${raw(dimension)}`
}

/** What visits show of themselves where only some of their items are shown. */
function shownOfVisits(hiding: readonly Filter[], goals: readonly StoredGoal[], span: Stretch): Sql {
  return sql`
    select i.visit_id, bool_or(i.begins) as begins,
           coalesce(arg_min(i.page, (i.at_us, i.id)) filter (where i.type = 'pageview'), '') as entry_page,
           coalesce(arg_max(i.page, (i.at_us, i.id)) filter (where i.type = 'pageview'), '') as exit_page
    from items i
    where i.type <> 'vital' and i.last_at >= ${microsOf(span.from)} and i.started_at < ${microsOf(span.to)}${conditions(hiding, goals)}
    group by 1`
}

/**
 * Conditions of filters, each begun by `and`: of one dimension any may hold, of different ones all must; what is excluded
 * must not hold at all. Locked filters are a world of their own: what is asked for can only narrow it.
 *
 * @param column where a dimension stands
 */
export function conditions(
  filters: readonly Filter[],
  goals: readonly StoredGoal[],
  column: (dimension: Dimension, locked: boolean) => Sql = visitColumn,
): Sql {
  const groups = Map.groupBy(filters, ({ dimension, exclude, locked }) => `${dimension} ${exclude} ${locked}`)
  const all = Array.from(groups.values(), ([first, ...others]) => {
    if (first === undefined) return empty
    const { dimension, exclude, locked } = first
    const values = [first, ...others].map(({ value }) => value)
    const holds = dimension === 'goal' ? reaches(values, goals) : hasValue(dimension, column(dimension, locked), values)
    return exclude ? sql` and not ${holds}` : sql` and ${holds}`
  })
  return all.length === 0 ? empty : join(all, '')
}

/** An event has a name, others have none. */
function hasValue(dimension: Dimension, column: Sql, values: readonly string[]): Sql {
  return dimension === 'event' ? sql`(i.type = 'event' and ${fitsAny(column, values)})` : fitsAny(column, values)
}

/** Whether the item `i` reaches a goal of a name that fits. */
function reaches(patterns: readonly string[], goals: readonly StoredGoal[]): Sql {
  const fitting = patterns.map(matcherOf)
  const found = goals.filter(({ name }) => fitting.some((fitsName) => fitsName(name)))
  return found.length === 0 ? sql`false` : sql`(${join(found.map(does), ' or ')})`
}

/** Whether a time of the tables lies in a span. */
export function within(column: Sql, { from, to }: Stretch): Sql {
  return sql`${column} >= ${microsOf(from)} and ${column} < ${microsOf(to)}`
}
