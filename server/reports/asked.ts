import type { Comparison } from '@hk-live/sdk/protocol'
import { type Database, firstItemAt, type Site } from '../store/index.ts'
import type { ReadQuestion } from './question.ts'
import { previousSpan, resolveRange, type Span, yearAgo } from './range.ts'
import type { Asked } from './report.ts'

/**
 * Understands a question to a site: resolves its range.
 *
 * @throws {HkError} `bad_request` that names the parameter
 */
export async function understand(sql: Database, site: Site, question: ReadQuestion, now: number): Promise<Asked> {
  const firstAt = question.range === 'all' ? ((await firstItemAt(sql, site.site_id)) ?? now) : now
  return { ...question, site, span: resolveRange(question, site.timezone, now, firstAt), now }
}

/** The range that a range is compared with. */
export function comparedSpan(span: Span, compare: Comparison | undefined): Span | undefined {
  if (compare === undefined) return undefined
  return compare === 'year' ? yearAgo(span) : previousSpan(span)
}
