import { type Dimension, dimensions } from '@hk-live/sdk/protocol'
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
 * Beside each dimension stands what converted under its values (`converted country`), of items that reach a goal.
 *
 * They are sums over visitors of a pure function of one visitor's rows ({@link tallyVisitor}), as no
 * visitor is known for longer than a day. So a commit that touches some visitors takes away what they
 * added before it and adds what they add after it. That is exact for late, repeated and moved items
 * too, and each day can be computed again on its own: see `roller.ts`.
 *
 * @module
 */

/** Dimensions that each item has for itself. `event` is the name of an event, `goal` the goal it reaches. */
export const itemDimensions = ['page', 'hostname', 'event', 'goal'] as const

/** Dimensions that a visit has from its first and last pageview. */
const endDimensions = ['entry_page', 'exit_page'] as const

type OfItem = (typeof itemDimensions)[number]
type OfEnds = (typeof endDimensions)[number]
type OfContext = Exclude<Dimension, OfItem | OfEnds>

/** Dimensions that a visit has from its first item: all others. */
const contextDimensions = dimensions.filter((name): name is OfContext => {
  const others: readonly string[] = [...itemDimensions, ...endDimensions]
  return !others.includes(name)
})

/** Dimensions that a visit has. */
export const visitDimensions = [...endDimensions, ...contextDimensions] as const

/** What is rolled up by: a dimension, the same of what converted, the hour, or nothing (`total`). */
export type RolledDimension = Dimension | ReturnType<typeof convertedBy> | 'hour' | 'total'

/** Dimensions that become old together: those of goals when a goal is set, all when days are cut anew. */
export const families = ['traffic', 'goals'] as const

/** See {@link families}. */
export type Family = (typeof families)[number]

/** The dimensions of a family. */
export function dimensionsOf(family: Family): readonly RolledDimension[] {
  return family === 'goals' ? converted : traffic
}

/** The family of a dimension. */
export function familyOf(dimension: string): Family {
  return dimension === 'goal' || dimension.startsWith('converted ') ? 'goals' : 'traffic'
}

/**
 * The roll-ups of what converted under the values of a dimension: items that reach a goal, once for each goal.
 * A value `''` has none.
 */
export function convertedBy<D extends Dimension>(dimension: D): `converted ${D}` {
  return `converted ${dimension}`
}

const traffic: readonly RolledDimension[] = ['total', 'hour', 'page', 'hostname', 'event', ...visitDimensions]
const converted: readonly RolledDimension[] = ['goal', ...dimensions.map(convertedBy)]

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

/** Numbers under a value, with who was counted there last: visitors and visits are tallied one after another. */
interface Entry extends Numbers {
  visitor: number
  visit: number
}

/** Entries of a day of a site, by dimension and value. */
type DayEntries = Map<RolledDimension, Map<string, Entry>>

/** Numbers that add up, by site, day, dimension and value. */
export class Tally {
  readonly #days = new Map<string, { site_id: string; day: string; entries: DayEntries }>()
  /** Serial numbers of the visitor and the visit that are being tallied. */
  visitor = 0
  visit = 0

  /** The entries of a day. */
  day(site_id: string, day: string): DayEntries {
    const key = site_id + day
    let found = this.#days.get(key)
    if (found === undefined) this.#days.set(key, (found = { site_id, day, entries: new Map() }))
    return found.entries
  }

  /** All numbers that are not zero. */
  rows(): RollupRow[] {
    const rows: RollupRow[] = []
    for (const { site_id, day, entries } of this.#days.values()) {
      for (const [dimension, values] of entries) {
        for (const [value, { visitor: _, visit: __, ...numbers }] of values) {
          if (Object.values(numbers).some((number) => number !== 0)) {
            rows.push({ site_id, day, dimension, value, ...numbers })
          }
        }
      }
    }
    return rows
  }
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
  const itemsOf = Map.groupBy(items, (item) => item.visit_id)
  tally.visitor++
  for (const visit of visits) {
    tally.visit++
    const start = slotOf(visit.started_at, timezone)
    /** Pageviews and events of the visit by day: of one day, but where a site has changed its time zone. */
    const sums = new Map([[start.day, { pageviews: 0, events: 0 }]])
    for (const { type, at, page, hostname, name, props } of itemsOf.get(visit.visit_id) ?? []) {
      const { day, hour } = slotOf(at, timezone)
      const entries = tally.day(site_id, day)
      const own = day === start.day ? visit : undefined
      const [pageviews, events] = [type === 'pageview' ? 1 : 0, type === 'event' ? 1 : 0]
      const count = (dimension: RolledDimension, value: string, of: Visit | undefined) =>
        add(tally, sign, entryOf(entries, dimension, value), pageviews, events, of)
      count('hour', hour, day === start.day && hour === start.hour ? visit : undefined)
      count('page', page, own)
      count('hostname', hostname, own)
      if (type === 'event') count('event', name, own)
      const reached = matchers.flatMap(([goal_id, matches]) => (matches({ type, page, name, props }) ? [goal_id] : []))
      for (const goal_id of reached) {
        count('goal', goal_id, own)
        count('goal', anyGoal, own)
        const under = (dimension: Dimension, value: string) => {
          if (value !== '') count(convertedBy(dimension), value, own)
        }
        under('page', page)
        under('hostname', hostname)
        under('event', name)
        for (const other of reached) under('goal', other)
        under('entry_page', visit.entry_page)
        under('exit_page', visit.exit_page)
        for (const dimension of contextDimensions) under(dimension, visit.context[dimension])
      }
      const sum = sums.get(day) ?? { pageviews: 0, events: 0 }
      sums.set(day, { pageviews: sum.pageviews + pageviews, events: sum.events + events })
    }
    for (const [day, { pageviews, events }] of sums) {
      const entries = tally.day(site_id, day)
      const own = day === start.day ? visit : undefined
      const count = (dimension: RolledDimension, value: string) =>
        add(tally, sign, entryOf(entries, dimension, value), pageviews, events, own)
      count('total', '')
      count('entry_page', visit.entry_page)
      count('exit_page', visit.exit_page)
      for (const dimension of contextDimensions) count(dimension, visit.context[dimension])
    }
  }
}

function entryOf(entries: DayEntries, dimension: RolledDimension, value: string): Entry {
  let values = entries.get(dimension)
  if (values === undefined) entries.set(dimension, (values = new Map()))
  let entry = values.get(value)
  if (entry === undefined) {
    const numbers = { visitors: 0, visits: 0, bounces: 0, duration_ms: 0, pageviews: 0, events: 0 }
    values.set(value, (entry = { ...numbers, visitor: 0, visit: 0 }))
  }
  return entry
}

/** Adds pageviews and events to an entry; the visitor, and the visit where it is given, count there once. */
function add(
  tally: Tally,
  sign: 1 | -1,
  entry: Entry,
  pageviews: number,
  events: number,
  visit: Visit | undefined,
): void {
  entry.pageviews += sign * pageviews
  entry.events += sign * events
  if (entry.visitor !== tally.visitor) {
    entry.visitor = tally.visitor
    entry.visitors += sign
  }
  if (visit === undefined || entry.visit === tally.visit) return
  entry.visit = tally.visit
  entry.visits += sign
  entry.duration_ms += sign * (visit.last_at - visit.started_at)
  if (visit.pageviews === 1 && visit.events === 0) entry.bounces += sign
}
