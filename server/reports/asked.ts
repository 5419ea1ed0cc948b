import type { Comparison } from '@hk-live/sdk/protocol'
import { type Database, firstItemAt, type Site, type Times } from '../store/index.ts'
import { canFilterFetches, fetchesOf } from './fetches.ts'
import type { Filter } from './filter.ts'
import type { ReadQuestion } from './question.ts'
import { previousSpan, resolveRange, type Span, yearAgo } from './range.ts'
import type { Asked } from './report.ts'
import { itemsOf } from './selection.ts'
import { isPartial } from './visible.ts'

/** When the first item was that may be shown under filters, in milliseconds since 1970; `undefined` where there is none. */
export type FirstShown = (filters: readonly Filter[]) => Promise<number | undefined>

/**
 * Understands a question to a site: resolves its range.
 *
 * @param first where a range of all begins; by default it is read anew
 * @throws {HkError} `bad_request` that names the parameter
 */
export async function understand(
  sql: Database,
  site: Site,
  question: ReadQuestion,
  now: number,
  first: FirstShown = (filters) => firstShownAt(sql, site, filters),
): Promise<Asked> {
  const firstAt = question.range === 'all' ? ((await first(question.filters)) ?? now) : now
  return { ...question, site, span: resolveRange(question, site.timezone, now, firstAt), now }
}

/** See {@link FirstShown}: a share link does not tell of items that it hides. */
export async function firstShownAt(sql: Database, { site_id }: Site, filters: readonly Filter[]): Promise<number | undefined> {
  if (!isPartial(filters)) return firstItemAt(sql, site_id)
  const locked = filters.filter((filter) => filter.locked)
  const ever = { from: 0, to: Date.UTC(3000, 0) }
  const items = itemsOf(sql, { siteId: site_id, rest: [ever], filters: locked })
  const fetches = fetchesOf(sql, { siteId: site_id, span: ever, filters: locked })
  const fetched = canFilterFetches(locked) ? sql`union all select min(at) from (${fetches}) f` : sql``
  const [row] = await sql<{ at: number | null }[]>`
    select (extract(epoch from min(at)) * 1000)::float8 as at
    from (select min(at) as at from (${items}) i ${fetched}) m`
  return row?.at ?? undefined
}

/**
 * Times that a question is about, beside its range the last hour: that of visitors now.
 *
 * @param before the range that it is compared with
 */
export function timesOf({ span, now }: Asked, before?: Span): Times[] {
  const spans = before === undefined ? [span] : [span, before]
  return [...spans.map(({ from, to }) => ({ first: from, last: to })), { first: now - 3_600_000, last: now }]
}

/** The range that a range is compared with. */
export function comparedSpan(span: Span, compare: Comparison | undefined): Span | undefined {
  if (compare === undefined) return undefined
  return compare === 'year' ? yearAgo(span) : previousSpan(span)
}
