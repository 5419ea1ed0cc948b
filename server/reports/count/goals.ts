import type { GoalRow } from '@hk-live/sdk/protocol'
import sql, { join } from 'sql-template-tag'
import type { StoredGoal } from '../../store/index.ts'
import { over } from '../numbers.ts'
import { type Order, readOrder } from '../order.ts'
import { bucketsOf, demandFewPoints, pointsOf } from '../series.ts'
import type { Buckets } from '../sources.ts'
import { isPartial } from '../visible.ts'
import { bucketOf } from './buckets.ts'
import { type Count, selectionOf } from './counted.ts'
import { totalNumbers } from './numbers.ts'
import { does } from './patterns.ts'
import { relationOf, type Selection, within } from './relation.ts'

const sortable = ['conversions', 'visitors', 'rate', 'value', 'name'] as const

/** What came of a goal in a bucket, which counts from 1; in bucket 0 that of all. */
interface Reached {
  readonly goal_id: string
  readonly bucket: number
  readonly conversions: number
  readonly visitors: number
}

const nobody = { conversions: 0, visitors: 0 }

/**
 * What came of each goal of the site, those that nobody reached too. A conversion is an item that reaches the goal, so
 * one visitor may convert several times; the rate is of visitors: those who reached it of all of the selection.
 */
export const countGoals: Count<'goals'> = async (sources, asked) => {
  const { site, span, filters, limit, offset, sort, search, now } = asked
  const order = readOrder(sort, sortable)
  const selection = selectionOf(sources, asked)
  const wanted = search.toLowerCase()
  const named = sources.goals.filter(({ name }) => name.toLowerCase().includes(wanted))
  const buckets = bucketsOf(span)
  demandFewPoints(Math.min(limit, named.length), buckets)
  const { visitors } = await totalNumbers(selection)
  const numbers = Map.groupBy(await reached(selection, named, buckets), (row) => row.goal_id)
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
      const byBucket = new Map(numbers.get(row.id)?.map(({ bucket, conversions, visitors: converted }) => [bucket - 1, { conversions, visitors: converted }]))
      return { ...row, points: pointsOf(buckets, span, now, (index) => byBucket.get(index) ?? nobody) }
    }),
    total: found.length,
    visitors,
    currency: site.currency,
  }
}

/** An amount without what binary fractions leave at its end. */
function amount(value: number): number {
  return Number(value.toPrecision(15))
}

/** What came of goals, by bucket and in all. */
async function reached(selection: Selection, goals: readonly StoredGoal[], buckets: Buckets): Promise<readonly Reached[]> {
  if (goals.length === 0) return []
  const { from, where } = relationOf(selection)
  const ids = join(goals.map((goal) => sql`case when ${does(goal)} then ${goal.goal_id} end`))
  return selection.data.all<Reached>(sql`
    select goal_id, coalesce(bucket, 0)::double as bucket, count(*)::double as conversions,
           count(distinct visitor_id)::double as visitors
    from (
      select ${bucketOf(sql`i.at_us`, buckets)} as bucket, i.visitor_id, unnest([${ids}]) as goal_id
      from ${from}
      where ${within(sql`i.at_us`, selection.span)}${where})
    where goal_id is not null
    group by grouping sets ((goal_id), (goal_id, bucket))`)
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
