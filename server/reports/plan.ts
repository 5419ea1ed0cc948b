import {
  boundsOf,
  type Database,
  daysBetween,
  type Family,
  isStartOfDay,
  itemTimes,
  slotOf,
  startOfDay,
  unrolledDays,
} from '../store/index.ts'
import type { Filter } from './filter.ts'
import type { Span } from './range.ts'

/** What every report is counted from: rows of a site, in a span, under filters. */
export interface Selection {
  readonly siteId: string
  readonly span: Span
  readonly filters: readonly Filter[]
}

/** A stretch of time in milliseconds since 1970; `to` is excluded. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** A day and its first instant. */
export interface RolledDay {
  readonly day: string
  readonly at: number
}

/**
 * From what a span is counted: roll-ups for whole days, raw rows for the rest. A span that begins or ends within
 * a day has a rest, and so has one with days whose roll-ups are still being computed.
 */
export interface Plan {
  readonly days: readonly RolledDay[]
  readonly rest: readonly Stretch[]
}

/** The plan that reads raw rows alone. */
export function rawPlan({ from, to }: Stretch): Plan {
  return { days: [], rest: [{ from, to }] }
}

/**
 * The plan for a span where all that is asked is in the roll-ups of a family. It has the days between the first item
 * of the site and the last one: beyond them there is nothing to count, however long the span.
 */
export async function planOf(sql: Database, selection: Selection, family: Family): Promise<Plan> {
  const { siteId } = selection
  const times = await itemTimes(sql, siteId)
  const span = times === undefined ? undefined : commonPart(selection.span, times)
  if (span === undefined) return rawPlan(selection.span)
  const [first, last] = wholeDays(span)
  if (first === undefined || last === undefined) return rawPlan(span)
  const missing = new Set(await unrolledDays(sql, siteId, family, first, last))
  const days: RolledDay[] = []
  const rest: Stretch[] = []
  let open = span.from
  for (const day of daysBetween(first, last)) {
    if (missing.has(day)) continue
    const { from, to } = boundsOf(day, span.timezone)
    if (from > open) rest.push({ from: open, to: from })
    days.push({ day, at: from })
    open = to
  }
  if (open < span.to) rest.push({ from: open, to: span.to })
  return { days, rest }
}

/** Whether a span begins and ends with a day. */
export function isWhole({ from, to, timezone }: Span): boolean {
  return [from, to].every((at) => isStartOfDay(at, timezone))
}

/** The part of a span in the days from one instant to another; `undefined` where there is none. */
function commonPart(span: Span, { first, last }: { readonly first: number; readonly last: number }): Span | undefined {
  const { timezone } = span
  const from = Math.max(span.from, startOfDay(slotOf(first, timezone).day, timezone))
  const to = Math.min(span.to, boundsOf(slotOf(last, timezone).day, timezone).to)
  return from < to ? { ...span, from, to } : undefined
}

/** The first and the last day that lie wholly in a span. */
export function wholeDays({ from, to, timezone }: Omit<Span, 'interval'>): [string?, string?] {
  const start = Temporal.PlainDate.from(slotOf(from, timezone).day)
  const end = Temporal.PlainDate.from(slotOf(to, timezone).day)
  const first = isStartOfDay(from, timezone) ? start : start.add({ days: 1 })
  const last = end.subtract({ days: 1 })
  return Temporal.PlainDate.compare(first, last) > 0 ? [] : [first.toString(), last.toString()]
}
