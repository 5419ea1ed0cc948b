import { type GoalRow, reportKinds } from '@hk-live/sdk/protocol'
import { anyGoal, type Database, type Goal, listGoals } from '../store/index.ts'
import { noGoals } from './imported-days.ts'
import { over } from './numbers.ts'
import { type Order, readOrder } from './order.ts'
import { planOf, rawPlan, type Selection } from './plan.ts'
import type { Report } from './report.ts'
import { conversionsOf } from './selection.ts'
import { bucketsOf, demandFewPoints, pointsOf } from './series.ts'
import { bucketOf, type Buckets, rolledDays, totalOf } from './sources.ts'
import { columnsOf } from './table.ts'
import { isPartial } from './visible.ts'

const sortable = ['conversions', 'visitors', 'rate', 'value', 'name'] as const

/** What came of a goal in a bucket, which counts from 1; in bucket 0 that of all. */
interface Reached {
  readonly goal_id: string
  readonly bucket: number
  readonly conversions: number
  readonly visitors: number
}

/**
 * What came of each goal of the site, those that nobody reached too. A conversion is an item that reaches the goal, so
 * one visitor may convert several times; the rate is of visitors: those who reached it of all of the selection.
 */
export const goals: Report<'goals'> = {
  name: 'goals',
  kinds: reportKinds.goals,
  parameters: ['limit', 'offset', 'sort', 'search'],
  about: 'What came of each goal: conversions, visitors who converted and their part of all, with a series of each.',
  example: {
    rows: [
      {
        id: 'k3v9x2m7qa',
        name: 'Signed up',
        type: 'event',
        conversions: 57,
        visitors: 52,
        rate: 0.04,
        value: 1710,
        points: [{ at: '2026-11-21T23:00:00.000Z', conversions: 9, visitors: 8 }],
      },
    ],
    total: 1,
    visitors: 1204,
    currency: 'EUR',
  },
  table: {
    columns: () => [
      ...columnsOf('text', 'name', 'type'),
      ...columnsOf('number', 'conversions', 'visitors'),
      ...columnsOf('rate', 'rate'),
      ...columnsOf('amount', 'value'),
      ...columnsOf('text', 'currency'),
    ],
    rows: ({ rows, currency }) => rows.map((row) => ({ ...row, currency })),
    page: 10,
  },
  imported: () => noGoals,
  async answer(sql, { site, span, filters, limit, offset, sort, search, now }) {
    const order = readOrder(sort, sortable)
    const selection = { siteId: site.site_id, span, filters }
    const wanted = search.toLowerCase()
    const all = await listGoals(sql, site.site_id)
    const named = all.filter(({ name }) => name.toLowerCase().includes(wanted))
    const buckets = bucketsOf(span)
    demandFewPoints(Math.min(limit, named.length), buckets)
    const { visitors } = await totalOf(sql, selection)
    const numbers = Map.groupBy(await reached(sql, selection, named, buckets), (row) => row.goal_id)
    // A goal that nothing reaches of what a share link shows tells of what it hides.
    const found = isPartial(filters) ? named.filter(({ goal_id }) => numbers.has(goal_id)) : named
    const rows = found
      .map(({ goal_id: id, name, type, value }) => {
        const { conversions, visitors: converted } = numbers.get(id)?.find(({ bucket }) => bucket === 0) ?? nobody
        const worth = value === null ? null : amount(conversions * value)
        return { id, name, type, conversions, visitors: converted, rate: over(converted, visitors), value: worth }
      })
      .toSorted((a, b) => compare(a, b, order))
      .slice(offset, offset + limit)
    return {
      rows: rows.map((row): GoalRow => {
        const byBucket = new Map(numbers.get(row.id)?.map(({ bucket, ...part }) => [bucket - 1, part]))
        const points = pointsOf(buckets, span, now, (index) => {
          const { conversions, visitors: converted } = byBucket.get(index) ?? nobody
          return { conversions, visitors: converted }
        })
        return { ...row, points }
      }),
      total: found.length,
      visitors,
      currency: site.currency,
    }
  },
}

const nobody = { conversions: 0, visitors: 0 }

/** An amount without what binary fractions leave at its end. */
function amount(value: number): number {
  return Number(value.toPrecision(15))
}

/**
 * What came of goals, by bucket and in all, from roll-ups where there are no filters and buckets are of whole days.
 */
async function reached(
  sql: Database,
  selection: Selection,
  all: readonly Goal[],
  buckets: Buckets,
): Promise<Reached[]> {
  if (all.length === 0) return []
  const { siteId, span, filters } = selection
  const rolled = filters.length === 0 && buckets.grain === 'day'
  const { days, rest } = rolled ? await planOf(sql, selection, 'goals') : rawPlan(span)
  return sql<Reached[]>`
    select goal_id, bucket, sum(conversions)::float8 as conversions, sum(visitors)::float8 as visitors
    from (
      select goal_id, coalesce(bucket, 0) as bucket, sum(conversions) as conversions, sum(visitors) as visitors
      from (
        select r.value as goal_id, ${bucketOf(sql, sql`d.at`, buckets)} as bucket,
               r.pageviews + r.events as conversions, r.visitors
        from ${rolledDays(sql, siteId, 'goal', days)}
          and r.value <> ${anyGoal}) r
      group by grouping sets ((goal_id), (goal_id, bucket))
      union all
      select goal_id, coalesce(bucket, 0), count(*), count(distinct visitor_id)
      from (
        select i.goal_id, ${bucketOf(sql, sql`i.at`, buckets)} as bucket, i.visitor_id
        from (${conversionsOf(sql, { siteId, rest, filters }, all)}) i) i
      group by grouping sets ((goal_id), (goal_id, bucket))) c
    group by 1, 2`
}

type Sorted = Pick<GoalRow, (typeof sortable)[number]>

/** Orders rows; what is not defined comes last, and equals by name. */
function compare(a: Sorted, b: Sorted, { column, rising }: Order<keyof Sorted>): number {
  const names = a.name < b.name ? -1 : 1
  const [first, second] = [a[column], b[column]]
  if (first === second) return names
  if (first === null || second === null) return first === null ? 1 : -1
  return first < second === rising ? -1 : 1
}
