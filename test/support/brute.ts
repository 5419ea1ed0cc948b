import { type Dimension, dimensions, type MetricValues } from '@hk-live/sdk/protocol'
import type { Asked } from '../../server/reports/report.ts'
import { matcherOf, type NewItem, type StoredGoal } from '../../server/store/index.ts'
import { matcherOfGoal } from '../../server/store/goal.ts'

/** What the definitions of the design make of items, as plainly as it can be written. */

type Filters = Asked['filters']
type Span = Pick<Asked['span'], 'from' | 'to'>

/** A visit: its items that are no vitals, by time and id. */
interface Visit {
  readonly items: NewItem[]
}

/** An item that was done in a visit. */
interface Done {
  readonly item: NewItem
  readonly visit: Visit
}

/** What can be asked of items that are once and for all put into visits. */
export interface Brute {
  overview(goals: readonly StoredGoal[], span: Span, filters: Filters): Omit<MetricValues, 'revenue'> & { readonly visitors: number }
  /** Numbers by value; those that no visitor has are left out. */
  values(dimension: Dimension, goals: readonly StoredGoal[], span: Span, filters: Filters): Map<string, Numbers>
  /** Conversions, and visitors who converted, of a goal. */
  reached(goal: StoredGoal, goals: readonly StoredGoal[], span: Span, filters: Filters): { conversions: number; visitors: number }
}

interface Numbers {
  readonly visitors: number
  readonly visits: number
  readonly pageviews: number
  readonly events: number
  readonly bounce_rate: number | null
  readonly visit_duration: number | null
}

const itemDimensions: readonly string[] = ['page', 'hostname', 'event', 'goal'] satisfies readonly Dimension[]
const gap = 30 * 60_000

/** Puts items into visits. */
export function brute(items: readonly NewItem[]): Brute {
  const done = visitsOf(items).flatMap((visit) => visit.items.map((item) => ({ item, visit })))

  function found(goals: readonly StoredGoal[], filters: Filters): Done[] {
    return done.filter((one) => fits(one, goals, filters))
  }

  return {
    overview(goals, span, filters) {
      const all = found(goals, filters)
      const { visitors, visits, pageviews, events, bounce_rate, visit_duration } = numbersOf(all, within(all, span), span)
      const converting = within(all, span).flatMap((one) => goals.filter((goal) => matcherOfGoal(goal)(asGoalItem(one.item))).map(() => one))
      return {
        visitors, visits, pageviews, bounce_rate, visit_duration, events,
        views_per_visit: over(pageviews, visits),
        conversions: converting.length,
        conversion_rate: over(visitorsOf(converting), visitors),
      }
    },
    values(dimension, goals, span, filters) {
      const all = found(goals, filters).filter(({ item }) => dimension !== 'event' || item.type === 'event')
      const isOfItem = itemDimensions.includes(dimension)
      const values = new Set(all.flatMap((one) => valuesOf(one, dimension, goals)))
      const rows = [...values].map((value): [string, Numbers] => {
        const own = all.filter((one) => valuesOf(one, dimension, goals).includes(value))
        // Of a dimension of items, visits are those with such an item in that time.
        return [value, numbersOf(isOfItem ? within(own, span) : own, within(own, span), span)]
      })
      return new Map(rows.filter(([, { visitors }]) => visitors > 0))
    },
    reached(goal, goals, span, filters) {
      const own = within(found(goals, filters), span).filter(({ item }) => matcherOfGoal(goal)(asGoalItem(item)))
      return { conversions: own.length, visitors: visitorsOf(own) }
    },
  }
}

function visitsOf(items: readonly NewItem[]): Visit[] {
  const moving = items.filter(({ type }) => type !== 'vital')
  return [...Map.groupBy(moving, ({ visitor_id }) => visitor_id).values()].flatMap((own) => {
    const visits: Visit[] = []
    for (const item of own.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))) {
      const last = visits.at(-1)
      const before = last?.items.at(-1)
      if (last === undefined || before === undefined || item.at - before.at >= gap) visits.push({ items: [item] })
      else last.items.push(item)
    }
    return visits
  })
}

function within(list: readonly Done[], { from, to }: Span): Done[] {
  return list.filter(({ item }) => item.at >= from && item.at < to)
}

function numbersOf(having: readonly Done[], seen: readonly Done[], { from, to }: Span): Numbers {
  const visits = [...new Set(having.map(({ visit }) => visit))].filter(({ items: [first] }) => first !== undefined && first.at >= from && first.at < to)
  const count = (items: readonly NewItem[], type: NewItem['type']) => items.filter((item) => item.type === type).length
  const bounces = visits.filter(({ items }) => count(items, 'pageview') === 1 && count(items, 'event') === 0)
  const ms = visits.reduce((sum, { items }) => sum + (items.at(-1)?.at ?? 0) - (items[0]?.at ?? 0), 0)
  const items = seen.map(({ item }) => item)
  return {
    visitors: visitorsOf(seen),
    visits: visits.length,
    pageviews: count(items, 'pageview'),
    events: count(items, 'event'),
    bounce_rate: over(bounces.length, visits.length),
    visit_duration: over(ms / 1_000, visits.length),
  }
}

function visitorsOf(list: readonly Done[]): number {
  return new Set(list.map(({ item }) => item.visitor_id)).size
}

function over(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

function asGoalItem({ type, ...item }: NewItem) {
  if (type === 'vital') throw new Error('A vital reaches no goal.')
  return { type, ...item }
}

/** The values that an item has of a dimension: of goals several, or none. */
function valuesOf({ item, visit }: Done, dimension: Dimension, goals: readonly StoredGoal[]): string[] {
  const views = visit.items.filter(({ type }) => type === 'pageview')
  const first = visit.items[0] ?? item
  switch (dimension) {
    case 'page':
      return [item.page]
    case 'hostname':
      return [item.context.hostname]
    case 'event':
      return [item.name]
    case 'goal':
      return goals.filter((goal) => matcherOfGoal(goal)(asGoalItem(item))).map(({ name }) => name)
    case 'entry_page':
      return [views.filter(({ at }) => at === views[0]?.at).map(({ page }) => page).toSorted()[0] ?? '']
    case 'exit_page':
      return [views.filter(({ at }) => at === views.at(-1)?.at).map(({ page }) => page).toSorted().at(-1) ?? '']
    default:
      return [first.context[dimension]]
  }
}

/** Of one dimension any must hold, of different ones all; what is excluded must not hold at all. */
function fits(one: Done, goals: readonly StoredGoal[], filters: Filters): boolean {
  return dimensions.every((dimension) => {
    const own = filters.filter((filter) => filter.dimension === dimension)
    const holds = ({ value }: { value: string }) =>
      (dimension !== 'event' || one.item.type === 'event') && valuesOf(one, dimension, goals).some(matcherOf(value))
    const wanted = own.filter(({ exclude }) => !exclude)
    return (wanted.length === 0 || wanted.some(holds)) && !own.some((filter) => filter.exclude && holds(filter))
  })
}
