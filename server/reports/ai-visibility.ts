import {
  type AiGroup,
  aiGroups,
  type AiNumbers,
  type AiPoint,
  type AiRow,
  HkError,
  type ReportData,
  reportKinds,
} from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import type { Database } from '../store/index.ts'
import {
  columnOfGroup,
  demandFetchFilters,
  enteredVisits,
  fetchesOf,
  fetchNumbers,
  referredVisits,
  resourceOf,
} from './fetches.ts'
import { type Order, readOrder } from './order.ts'
import { pageOf } from './page.ts'
import type { Selection } from './plan.ts'
import type { Report } from './report.ts'
import { bucketsOf, pointsOf } from './series.ts'
import { bucketOf } from './sources.ts'
import { columnsOf } from './table.ts'

const sortable = ['fetches', 'paths', 'client_error_rate', 'server_error_rate', 'median_ms', 'bytes', 'value'] as const

/** What a bucket has. */
export type Counts = Omit<AiPoint, 'at' | 'partial'>

/** What a bucket has in which nothing happened. */
export const noCounts: Counts = { training: 0, search: 0, assistant: 0, referred_visits: 0 }
const numbers = { paths: 120, client_error_rate: 0.03, server_error_rate: 0, median_ms: 84, bytes: 18_403_112 }

const example: ReportData['ai_visibility'] = {
  ...numbers,
  fetches: 2140,
  agents: 9,
  families: 5,
  referred_visits: 96,
  referred_visitors: 90,
  pages: { crawled: 104, referred: 21, both: 14 },
  points: [{ at: '2026-11-21T23:00:00.000Z', training: 210, search: 64, assistant: 31, referred_visits: 14 }],
  by: 'agent',
  rows: [{ ...numbers, value: 'GPTBot', fetches: 980, share: 0.458 }],
  total: 9,
}

/**
 * What AI agents fetched, as logs tell it, beside the visits that AI assistants referred: whether a site is read by
 * them, and what comes of it. Listed by page it has every page that was fetched or that a referred visit began on.
 * A fetch has no visitor: only `page` and `hostname` can be filtered by.
 */
export const aiVisibility: Report<'ai_visibility'> = {
  name: 'ai_visibility',
  kinds: reportKinds.ai_visibility,
  parameters: ['by', 'limit', 'offset', 'sort', 'search'],
  about: 'What AI agents fetched, by agent, family, category, page, status or kind of file, beside the visits that AI assistants referred.',
  example,
  table: {
    columns: () => [
      ...columnsOf('text', 'value'),
      ...columnsOf('number', 'fetches', 'paths'),
      ...columnsOf('rate', 'client_error_rate', 'server_error_rate', 'share'),
      ...columnsOf('number', 'median_ms', 'bytes', 'referred_visits'),
    ],
    rows: ({ rows }) => rows,
  },
  async answer(sql, { site, span, filters, by = 'agent', sort, now, ...page }) {
    const { group, order } = readFetchList(by, sort)
    const selection = { siteId: site.site_id, span, filters }
    demandFetchFilters(selection)
    const [totals, referred, pages] = [
      await totalsOf(sql, selection),
      await referredOf(sql, selection),
      await pagesOf(sql, selection),
    ]
    const rows = sql`
      select n.*, coalesce(fetches / nullif(${totals.fetches}::float8, 0), 0) as share
      from (${rowsBy(sql, selection, group)}) n`
    const counts = await countsOf(sql, selection)
    return {
      ...totals,
      ...referred,
      pages,
      points: pointsOf(bucketsOf(span), span, now, (bucket) => counts[bucket] ?? noCounts),
      by: group,
      ...(await pageOf<AiRow>(sql, rows, page, order)),
    }
  },
}

/**
 * What is listed, and how it is sorted.
 *
 * @throws {HkError} `bad_request`
 */
export function readFetchList(by: string, sort: string | undefined): { group: AiGroup; order: Order<string> } {
  const group = aiGroups.find((known) => known === by)
  if (group === undefined) {
    throw new HkError('bad_request', `"by" must be one of ${aiGroups.join(', ')}.`, { parameter: 'by' })
  }
  return { group, order: readOrder(sort, group === 'page' ? [...sortable, 'referred_visits'] : sortable) }
}

async function totalsOf(sql: Database, selection: Selection): Promise<AiNumbers & { agents: number; families: number }> {
  const [totals] = await sql<[AiNumbers & { agents: number; families: number }]>`
    select ${fetchNumbers(sql)}, count(distinct f.agent)::float8 as agents, count(distinct f.family)::float8 as families
    from (${fetchesOf(sql, selection)}) f`
  return totals
}

async function referredOf(
  sql: Database,
  selection: Selection,
): Promise<{ referred_visits: number; referred_visitors: number }> {
  const [referred] = await sql<[{ referred_visits: number; referred_visitors: number }]>`
    select count(*)::float8 as referred_visits, count(distinct v.visitor_id)::float8 as referred_visitors
    from (${referredVisits(sql, selection)}) v`
  return referred
}

async function pagesOf(
  sql: Database,
  selection: Selection,
): Promise<{ crawled: number; referred: number; both: number }> {
  const [pages] = await sql<[{ crawled: number; referred: number; both: number }]>`
    select count(c.path)::float8 as crawled, count(r.path)::float8 as referred,
           (count(*) filter (where c.path = r.path))::float8 as both
    from (
      select distinct f.path
      from (${fetchesOf(sql, selection)}) f
      where f.status < 400 and ${resourceOf(sql)} = 'page') c
      full join (
        select distinct v.entry_page as path
        from (${enteredVisits(sql, selection)}) v) r on r.path = c.path`
  return pages
}

/** Numbers by the values of a group, as a query of `value`, {@link AiNumbers} and, of pages, `referred_visits`. */
function rowsBy(sql: Database, selection: Selection, group: AiGroup): Fragment {
  const fetched = sql`
    select ${columnOfGroup(sql, group)} as value, ${fetchNumbers(sql)}
    from (${fetchesOf(sql, selection)}) f
    where ${group === 'page' ? sql`${resourceOf(sql)} = 'page'` : sql`true`}
    group by 1`
  if (group !== 'page') return fetched
  return sql`
    select coalesce(c.value, r.value) as value, coalesce(c.fetches, 0) as fetches, coalesce(c.paths, 0) as paths,
           c.client_error_rate, c.server_error_rate, c.median_ms, coalesce(c.bytes, 0) as bytes,
           coalesce(r.visits, 0) as referred_visits
    from (${fetched}) c
      full join (
        select v.entry_page as value, count(*)::float8 as visits
        from (${enteredVisits(sql, selection)}) v
        group by 1) r on r.value = c.value`
}

/** Fetches by category and referred visits, by bucket; one that is missing had nothing. */
async function countsOf(sql: Database, selection: Selection): Promise<Counts[]> {
  const bucket = (at: Fragment) => bucketOf(sql, at, bucketsOf(selection.span))
  const rows = await sql<KindCount[]>`
    select ${bucket(sql`f.at`)} as bucket, f.category as kind, count(*)::float8 as n
    from (${fetchesOf(sql, selection)}) f
    group by 1, 2
    union all
    select ${bucket(sql`v.started_at`)}, 'referred_visits', count(*)::float8
    from (${referredVisits(sql, selection)}) v
    group by 1`
  return countsByBucket(rows)
}

/** How many fetches of a category, or referred visits, a bucket has; it counts from 1. */
export interface KindCount {
  readonly bucket: number
  readonly kind: keyof Counts
  readonly n: number
}

/** What each bucket has, by its index; one that is missing had nothing. */
export function countsByBucket(rows: readonly KindCount[]): Counts[] {
  const counts: Counts[] = []
  for (const { bucket: at, kind, n } of rows) counts[at - 1] = { ...noCounts, ...counts[at - 1], [kind]: n }
  return counts
}
