import { type FunnelRow, type FunnelStep, HkError, reportKinds } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import { type Database, type Funnel, listFunnels } from '../store/index.ts'
import { over } from './numbers.ts'
import { rawPlan, type Selection } from './plan.ts'
import type { Asked, Report } from './report.ts'
import { stepsOf } from './selection.ts'
import { bucketsOf, demandFewPoints, pointsOf } from './series.ts'
import { bucketOf, type Buckets } from './sources.ts'
import { columnsOf } from './table.ts'
import { isPartial } from './visible.ts'

/** How far visitors got. Steps and buckets count from 1; those that are missing had nobody. */
export interface Reached {
  readonly steps: readonly { readonly step: number; readonly visitors: number; readonly median: number | null }[]
  readonly points: readonly { readonly bucket: number; readonly entries: number; readonly completions: number }[]
}

/**
 * How far visitors got in funnels of the site, by name: in all that fit, or in the one that `funnel` names.
 *
 * Steps are done in order of time within one visitor-day; what happened in one instant, as in a log of whole seconds, is
 * in the order in which it arrived, and then of its ids. The first step is the earliest item that does it; each other is
 * the earliest item after the step before that does it. So one item is never two steps. Items taken as early as they can
 * be leave the most room for what follows: who can be said to have done a step in any way has done it in this one. The
 * median of a step is over the differences of their times.
 *
 * Only items of the range that fit the filters are steps. In the series an entry is counted in the bucket of the first
 * step, a completion in that of the last.
 */
export const funnels: Report<'funnels'> = {
  name: 'funnels',
  kinds: reportKinds.funnels,
  parameters: ['limit', 'offset', 'search', 'funnel'],
  about: 'How far visitors got in each funnel: who did each step, and the median time to it, with a series of each.',
  example: {
    rows: [
      {
        id: 'p8w4c6t2zd',
        name: 'Checkout',
        entries: 120,
        completions: 48,
        rate: 0.4,
        steps: [
          { name: 'Cart', visitors: 120, drop_off: 0, step_rate: 1, total_rate: 1, median_seconds: null },
          { name: 'Bought', visitors: 48, drop_off: 72, step_rate: 0.4, total_rate: 0.4, median_seconds: 94.5 },
        ],
        points: [{ at: '2026-11-21T23:00:00.000Z', entries: 20, completions: 7 }],
      },
    ],
    total: 1,
  },
  table: {
    columns: () => [
      ...columnsOf('text', 'funnel'),
      ...columnsOf('number', 'step'),
      ...columnsOf('text', 'name'),
      ...columnsOf('number', 'visitors', 'drop_off'),
      ...columnsOf('rate', 'step_rate', 'total_rate'),
      ...columnsOf('number', 'median_seconds'),
    ],
    rows: ({ rows }) =>
      rows.flatMap(({ name: funnel, steps }) => steps.map((step, index) => ({ funnel, step: index + 1, ...step }))),
    count: ({ rows }) => rows.length,
    page: 1,
  },
  imported: () => ({ reason: 'Imported days do not say what a visitor did one after another.' }),
  async answer(sql, asked) {
    const { span, limit, offset } = asked
    const found = pickFunnels(await shownFunnels(sql, asked), asked)
    const page = found.slice(offset, offset + limit)
    const buckets = bucketsOf(span)
    demandFewPoints(page.length, buckets)
    const selection = { siteId: asked.site.site_id, span, filters: asked.filters }
    const rows: FunnelRow[] = []
    for (const funnel of page) rows.push(funnelRow(funnel, await reachedOf(sql, selection, funnel.steps, buckets), buckets, asked))
    return { rows, total: found.length }
  },
}

/** Funnels of the site; under filters of a share link, those of which each step is done by something that it shows. */
async function shownFunnels(sql: Database, { site, span, filters }: Asked): Promise<Funnel[]> {
  const all = await listFunnels(sql, site.site_id)
  if (!isPartial(filters)) return all
  const locked = filters.filter((filter) => filter.locked)
  const shown: Funnel[] = []
  for (const funnel of all) {
    const every = funnel.steps.reduce((list, _, index) => sql`${list} and bool_or(${sql(`s${index + 1}`)})`, sql`true`)
    const done = stepsOf(sql, { siteId: site.site_id, rest: rawPlan(span).rest, filters: locked }, funnel.steps)
    const [row] = await sql<{ done: boolean | null }[]>`select ${every} as done from (${done}) i`
    if (row?.done === true) shown.push(funnel)
  }
  return shown
}

/**
 * Funnels that a question is about: the one that it names, else those with the search in their names.
 *
 * @throws {HkError} `bad_request` where there is no funnel of that id
 */
export function pickFunnels(all: readonly Funnel[], { funnel, search }: Pick<Asked, 'funnel' | 'search'>): Funnel[] {
  const wanted = search.toLowerCase()
  const found = all.filter(({ funnel_id, name }) =>
    funnel === undefined ? name.toLowerCase().includes(wanted) : funnel_id === funnel,
  )
  if (funnel === undefined || found.length > 0) return found
  throw new HkError('bad_request', '"funnel" must be the id of a funnel of this site.', { parameter: 'funnel' })
}

/** The row of a funnel in the answer. */
export function funnelRow(
  { funnel_id, name, steps }: Funnel,
  reached: Reached,
  buckets: Buckets,
  { span, now }: Pick<Asked, 'span' | 'now'>,
): FunnelRow {
  const byStep = new Map(reached.steps.map((row) => [row.step - 1, row]))
  const byBucket = new Map(reached.points.map(({ bucket, ...point }) => [bucket - 1, point]))
  const visitorsAt = (index: number) => byStep.get(index)?.visitors ?? 0
  const [entries, completions] = [visitorsAt(0), visitorsAt(steps.length - 1)]
  return {
    id: funnel_id,
    name,
    entries,
    completions,
    rate: over(completions, entries),
    steps: steps.map((step, index): FunnelStep => {
      const visitors = visitorsAt(index)
      const before = visitorsAt(Math.max(0, index - 1))
      return {
        name: step.name,
        visitors,
        drop_off: before - visitors,
        step_rate: over(visitors, before),
        total_rate: over(visitors, entries),
        median_seconds: byStep.get(index)?.median ?? null,
      }
    }),
    points: pointsOf(buckets, span, now, (index) => byBucket.get(index) ?? { entries: 0, completions: 0 }),
  }
}

/** Reads of each visitor who did the first step when each step was done, and adds it up. */
async function reachedOf(
  sql: Database,
  { siteId, span, filters }: Selection,
  steps: Funnel['steps'],
  buckets: Buckets,
): Promise<Reached> {
  const times = steps.map((_, index) => sql`${sql(`t${index + 1}`)}`)
  const first = sql`t1`
  const last = times.at(-1) ?? first
  const [row] = await sql<[Reached]>`
    with visitors as materialized (
      select ${commas(sql, times.map((time) => sql`max(${time}) as ${time}`))}
      from (${timesOf(sql, stepsOf(sql, { siteId, rest: rawPlan(span).rest, filters }, steps), steps.length)}) i
      where ${first} is not null
      group by visitor_id)
    select coalesce((
             select json_agg(s) from (
               select step, count(*)::int as visitors,
                      percentile_cont(0.5) within group (order by extract(epoch from at - before)::float8) as median
               from visitors, unnest(
                 array[${commas(sql, times)}],
                 array[${commas(sql, [sql`null::timestamptz`, ...times.slice(0, -1)])}]) with ordinality as s (at, before, step)
               where at is not null
               group by step) s), '[]') as steps,
           coalesce((
             select json_agg(p) from (
               select bucket, sum(entries)::int as entries, sum(completions)::int as completions
               from (
                 select ${bucketOf(sql, first, buckets)} as bucket, 1 as entries, 0 as completions from visitors
                 union all
                 select ${bucketOf(sql, last, buckets)}, 0, 1 from visitors where ${last} is not null) b
               group by bucket) p), '[]') as points`
  return row
}

/**
 * Adds to items the times at which their visitor did each step, `t1, t2, …`, and the places of those items among all of
 * the visitor, `n1, n2, …`. Each is a window over the one before, all over one order of the items, so that they are
 * sorted once however many steps there are.
 */
function timesOf(sql: Database, items: Fragment, steps: number): Fragment {
  let levels = sql`
    select *, min(at) filter (where s1) over (partition by visitor_id) as t1,
           min(n) filter (where s1) over (partition by visitor_id) as n1
    from (select *, row_number() over (partition by visitor_id order by at, received_at, id) as n from (${items}) i) s1`
  for (let step = 2; step <= steps; step++) {
    const done = sql`filter (where ${sql(`s${step}`)} and n > ${sql(`n${step - 1}`)}) over (partition by visitor_id)`
    levels = sql`
      select *, min(at) ${done} as ${sql(`t${step}`)}, min(n) ${done} as ${sql(`n${step}`)}
      from (${levels}) ${sql(`l${step}`)}
      ${step === 2 ? sql`where n >= n1` : sql``}`
  }
  return levels
}

function commas(sql: Database, [first = sql``, ...others]: readonly Fragment[]): Fragment {
  return others.reduce((list, one) => sql`${list}, ${one}`, first)
}
