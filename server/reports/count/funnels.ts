import sql, { join, raw, type Sql } from 'sql-template-tag'
import type { FunnelRow } from '@hk-live/sdk/protocol'
import { type Funnel, listFunnels, type Step } from '../../store/index.ts'
import { funnelRow, pickFunnels, type Reached } from '../funnels.ts'
import { bucketsOf, demandFewPoints } from '../series.ts'
import type { Buckets } from '../sources.ts'
import { isPartial } from '../visible.ts'
import { bucketOf } from './buckets.ts'
import { type Count, selectionOf } from './counted.ts'
import { does } from './patterns.ts'
import { relationOf, type Selection, within } from './relation.ts'

/**
 * How far visitors got in funnels of the site, by name: in all that fit, or in the one that `funnel` names.
 *
 * Steps are done in order of time within one visitor-day; what happened in one instant, as in a log of whole seconds, is
 * in the order in which it arrived. The first step is the earliest item that does it; each other is the earliest item after
 * the step before that does it. So one item is never two steps. Items taken as early as they can be leave the most room for
 * what follows: who can be said to have done a step in any way has done it in this one. The median of a step is over the
 * differences of their times.
 *
 * Only items of the range that fit the filters are steps. In the series an entry is counted in the bucket of the first
 * step, a completion in that of the last.
 */
export const countFunnels: Count<'funnels'> = async (sources, asked) => {
  const { site, span, filters, limit, offset } = asked
  const selection = selectionOf(sources, asked)
  const all = await listFunnels(sources.sql, site.site_id)
  const found = pickFunnels(isPartial(filters) ? await shownOf(selection, all) : all, asked)
  const page = found.slice(offset, offset + limit)
  const buckets = bucketsOf(span)
  demandFewPoints(page.length, buckets)
  const rows: FunnelRow[] = []
  for (const funnel of page) rows.push(funnelRow(funnel, await reachedOf(selection, funnel.steps, buckets), buckets, asked))
  return { rows, total: found.length }
}

/** Funnels of which each step is done by something that a share link shows. */
async function shownOf(selection: Selection, funnels: readonly Funnel[]): Promise<readonly Funnel[]> {
  if (funnels.length === 0) return []
  const { from, where } = relationOf({ ...selection, filters: selection.filters.filter((filter) => filter.locked) })
  const done = funnels.map(({ steps }) => join(steps.map((step) => sql`coalesce(bool_or(${does(step)}), false)`), ' and '))
  const [row] = await selection.data.all<{ done: boolean[] }>(sql`
    select [${join(done)}] as done
    from ${from}
    where ${within(sql`i.at_us`, selection.span)}${where}`)
  return funnels.filter((_, index) => row?.done[index])
}

/** How many visitors did a step in a bucket, which counts from 1; in bucket 0, in all. */
interface StepCount {
  readonly step: number
  readonly bucket: number
  readonly visitors: number
  /** Seconds from the step before. */
  readonly median: number | null
}

/** Finds out of each visitor who did the first step when each step was done, and adds it up. */
async function reachedOf(selection: Selection, steps: readonly Step[], buckets: Buckets): Promise<Reached> {
  const done = steps.map((_, index) => sql`select ${index + 1}::integer as step, k, before from ${level(index)}`)
  const rows = await selection.data.all<StepCount>(sql`
    with hits as materialized (${hitsOf(selection, steps)}), ${join(steps.map((_, index) => levelOf(index)))}
    select step, coalesce(bucket, 0)::double as bucket, count(*)::double as visitors, quantile_cont(waited, 0.5) / 1e6 as median
    from (
      select step, ${bucketOf(sql`k.at_us`, buckets)} as bucket, k.at_us - before as waited
      from (${join(done, ' union all ')}))
    group by grouping sets ((step), (step, bucket))`)
  const [totals = [], inBuckets = []] = [true, false].map((isTotal) => rows.filter(({ bucket }) => (bucket === 0) === isTotal))
  const byBucket = Map.groupBy(inBuckets, ({ bucket }) => bucket)
  const visitorsAt = (counts: readonly StepCount[], step: number) => counts.find((count) => count.step === step)?.visitors ?? 0
  return {
    steps: totals,
    points: Array.from(byBucket, ([bucket, counts]) => ({
      bucket,
      entries: visitorsAt(counts, 1),
      completions: visitorsAt(counts, steps.length),
    })),
  }
}

/** Items that do some step, as a query of `visitor_id`, `k` (what orders them) and for each step whether they do it. */
function hitsOf(selection: Selection, steps: readonly Step[]): Sql {
  const { from, where } = relationOf(selection)
  const flags = steps.map((step, index) => sql`${does(step)} as ${flag(index)}`)
  return sql`
    select *
    from (
      select i.visitor_id, {'at_us': i.at_us, 'seq': i.seq, 'n': i.n} as k, ${join(flags)}
      from ${from}
      where ${within(sql`i.at_us`, selection.span)}${where})
    where ${join(steps.map((_, index) => flag(index)), ' or ')}`
}

/** Who has done a step, and when: each is found from the one before. `before`: the time of that. */
function levelOf(index: number): Sql {
  const found =
    index === 0
      ? sql`select visitor_id, min(k) as k, null::bigint as before from hits where ${flag(0)} group by visitor_id`
      : sql`
        select h.visitor_id, min(h.k) as k, any_value(l.k.at_us) as before
        from hits h join ${level(index - 1)} l on l.visitor_id = h.visitor_id
        where h.${flag(index)} and h.k > l.k
        group by h.visitor_id`
  return sql`${level(index)} as materialized (${found})`
}

function level(index: number): Sql {
  return raw(`level_${index + 1}`)
}

function flag(index: number): Sql {
  return raw(`does_${index + 1}`)
}
