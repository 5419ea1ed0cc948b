import { slotOf } from './calendar.ts'
import { type Goal, matcherOfGoal } from './goal.ts'
import type { Visit } from './session.ts'

/**
 * Roll-ups: the numbers of each day of a site, by the values of each dimension.
 *
 *     day         dimension  value     visitors  visits  bounces  duration  pageviews  events
 *     2026-11-22  total                     310     355      120    …            1204      31
 *     2026-11-22  country    DE             120     131       40    …             480      12
 *     2026-11-22  hour       …T09:00Z        28      30        9    …             101       2
 *
 * They are sums over visitors of a pure function of one visitor's rows ({@link tallyVisitor}), as no
 * visitor is known for longer than a day. So a commit that touches some visitors takes away what they
 * added before it and adds what they add after it. That is exact for late, repeated and moved items
 * too, and a day can be computed again by itself: see `roller.ts`.
 *
 * @module
 */

/** Dimensions that a visit has, from its first item and its pageviews. */
export const visitDimensions = [
  'entry_page',
  'exit_page',
  'referrer',
  'source',
  'channel',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'country',
  'region',
  'city',
  'device',
  'browser',
  'os',
  'language',
  'ai_source',
] as const

/** Dimensions that each item has for itself. `event` is the name of an event, `goal` the goal it reaches. */
export const itemDimensions = ['page', 'hostname', 'event', 'goal'] as const

/** What is rolled up by: a dimension, the hour, or nothing (`total`). */
export type RolledDimension =
  | (typeof visitDimensions)[number]
  | (typeof itemDimensions)[number]
  | 'hour'
  | 'total'

/** Dimensions that become old together: those of goals when a goal is set, all when days are cut anew. */
export const families = ['traffic', 'goals'] as const

/** See {@link families}. */
export type Family = (typeof families)[number]

/** The family of a dimension. */
export function familyOf(dimension: string): Family {
  return dimension === 'goal' ? 'goals' : 'traffic'
}

/** Value of the dimension `goal` that stands for any goal. */
export const anyGoal = ''

/** What is added up. `bounces`: visits of one pageview and nothing else; `duration_ms`: of visits, in all. */
export interface Numbers {
  visitors: number
  visits: number
  bounces: number
  duration_ms: number
  pageviews: number
  events: number
}

/** Numbers of a day under a value. */
export interface RollupRow extends Readonly<Numbers> {
  readonly site_id: string
  readonly day: string
  readonly dimension: string
  readonly value: string
}

/** An item as roll-ups need it: what its visitor did. `at`: milliseconds since 1970. */
export interface RolledItem {
  readonly visit_id: string
  readonly type: 'pageview' | 'event' | 'engagement'
  readonly at: number
  readonly page: string
  readonly hostname: string
  readonly name: string
  readonly props: Readonly<Record<string, unknown>> | null
}

/** All visits and items of one visitor. */
export interface VisitorRows {
  readonly visits: readonly Visit[]
  readonly items: readonly RolledItem[]
}

/** Key of a visitor in maps. */
export function visitorKey({ site_id, visitor_id }: { site_id: string; visitor_id: string }): string {
  return `${site_id} ${visitor_id}`
}

/** Puts together the rows of each visitor, by {@link visitorKey}. */
export function groupVisitors<
  V extends Visit & { site_id: string; visitor_id: string },
  I extends RolledItem & { site_id: string; visitor_id: string },
>(visits: readonly V[], items: readonly I[]): Map<string, { visits: V[]; items: I[] }> {
  const visitors = new Map<string, { visits: V[]; items: I[] }>()
  const of = (row: V | I) => {
    const key = visitorKey(row)
    const found = visitors.get(key) ?? { visits: [], items: [] }
    visitors.set(key, found)
    return found
  }
  for (const visit of visits) of(visit).visits.push(visit)
  for (const item of items) of(item).items.push(item)
  return visitors
}

/** What a site's roll-ups depend on beside its rows. */
export interface RollupRules {
  readonly site_id: string
  readonly timezone: string
  readonly goals: readonly Goal[]
}

/** Numbers that add up, by site, day, dimension and value. */
export class Tally {
  readonly #days = new Map<string, { site_id: string; day: string; by: Map<string, Map<string, Numbers>> }>()

  /** The numbers under a value, to add to. */
  at(site_id: string, day: string, dimension: RolledDimension, value: string): Numbers {
    const key = site_id + day
    let entry = this.#days.get(key)
    if (entry === undefined) this.#days.set(key, (entry = { site_id, day, by: new Map() }))
    let values = entry.by.get(dimension)
    if (values === undefined) entry.by.set(dimension, (values = new Map()))
    let numbers = values.get(value)
    if (numbers === undefined) {
      numbers = { visitors: 0, visits: 0, bounces: 0, duration_ms: 0, pageviews: 0, events: 0 }
      values.set(value, numbers)
    }
    return numbers
  }

  /** All numbers that are not zero, in one order everywhere. */
  rows(): RollupRow[] {
    const rows: RollupRow[] = []
    for (const { site_id, day, by } of this.#days.values()) {
      for (const [dimension, values] of by) {
        for (const [value, numbers] of values) {
          if (Object.values(numbers).some((number) => number !== 0)) {
            rows.push({ site_id, day, dimension, value, ...numbers })
          }
        }
      }
    }
    return rows
  }
}

/** What one visitor did on one day, in one visit, under one value of an item's dimension. */
interface Seen {
  readonly dimension: RolledDimension
  readonly value: string
  readonly visit: Visit | undefined
}

/**
 * Adds what one visitor's rows make to a tally, or takes it away.
 *
 * @param sign 1 to add, −1 to take away
 */
export function tallyVisitor(
  tally: Tally,
  sign: 1 | -1,
  { site_id, timezone, goals }: RollupRules,
  { visits, items }: VisitorRows,
): void {
  const matchers = goals.map((goal) => [goal.goal_id, matcherOfGoal(goal)] as const)
  const byId = new Map(visits.map((visit) => [visit.visit_id, visit]))
  /** The visitor counts once a day, dimension and value. */
  const counted = new Set<string>()
  /** A visit counts once a day under each value that its items have. */
  const seen = new Map<string, Seen & { day: string }>()

  const numbers = (day: string, dimension: RolledDimension, value: string) => {
    const found = tally.at(site_id, day, dimension, value)
    const key = `${day} ${dimension} ${value}`
    if (!counted.has(key)) {
      counted.add(key)
      found.visitors += sign
    }
    return found
  }
  const item = (day: string, of: Seen, pageviews: number, events: number) => {
    const found = numbers(day, of.dimension, of.value)
    found.pageviews += sign * pageviews
    found.events += sign * events
    const { dimension, value, visit } = of
    if (visit === undefined || slotOf(visit.started_at, timezone).day !== day) return
    seen.set(`${visit.visit_id} ${dimension} ${value}`, { ...of, day })
  }

  /** Of a visit, by day: its dimensions are counted together. */
  const views = new Map<Visit, Map<string, { pageviews: number; events: number }>>()
  for (const { visit_id, type, at, page, hostname, name, props } of items) {
    const { day, hour } = slotOf(at, timezone)
    const visit = byId.get(visit_id)
    const [pageviews, events] = [type === 'pageview' ? 1 : 0, type === 'event' ? 1 : 0]
    const hourly = numbers(day, 'hour', hour)
    hourly.pageviews += sign * pageviews
    hourly.events += sign * events
    item(day, { dimension: 'page', value: page, visit }, pageviews, events)
    item(day, { dimension: 'hostname', value: hostname, visit }, pageviews, events)
    if (events === 1) item(day, { dimension: 'event', value: name, visit }, 0, 1)
    for (const [goal_id, matches] of matchers) {
      if (!matches({ type, page, name, props })) continue
      item(day, { dimension: 'goal', value: goal_id, visit }, pageviews, events)
      item(day, { dimension: 'goal', value: anyGoal, visit }, pageviews, events)
    }
    if (visit === undefined) continue
    const days = views.get(visit) ?? new Map()
    views.set(visit, days)
    const sum = days.get(day) ?? { pageviews: 0, events: 0 }
    days.set(day, { pageviews: sum.pageviews + pageviews, events: sum.events + events })
  }

  for (const [visit, days] of views) {
    for (const [day, { pageviews, events }] of days) {
      for (const [dimension, value] of valuesOf(visit)) {
        const found = numbers(day, dimension, value)
        found.pageviews += sign * pageviews
        found.events += sign * events
      }
    }
  }

  const add = (found: Numbers, visit: Visit) => {
    found.visits += sign
    found.bounces += sign * (visit.pageviews === 1 && visit.events === 0 ? 1 : 0)
    found.duration_ms += sign * (visit.last_at - visit.started_at)
  }
  for (const visit of visits) {
    const { day, hour } = slotOf(visit.started_at, timezone)
    add(tally.at(site_id, day, 'hour', hour), visit)
    for (const [dimension, value] of valuesOf(visit)) add(tally.at(site_id, day, dimension, value), visit)
  }
  for (const { visit, day, dimension, value } of seen.values()) {
    if (visit !== undefined) add(tally.at(site_id, day, dimension, value), visit)
  }
}

/** The values that a visit counts under. */
function valuesOf(visit: Visit): (readonly [RolledDimension, string])[] {
  const { context, entry_page, exit_page } = visit
  return [
    ['total', ''],
    ...visitDimensions.map((dimension) => {
      if (dimension === 'entry_page') return [dimension, entry_page] as const
      return [dimension, dimension === 'exit_page' ? exit_page : context[dimension]] as const
    }),
  ]
}
