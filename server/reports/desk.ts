import { createHash } from 'node:crypto'
import { type Answer, HkError, type ReportName } from '@hk-live/sdk/protocol'
import { headOf, newestOf, type Version } from '../changes/index.ts'
import { firstItemAt, readVersions, type Site, type Sql } from '../store/index.ts'
import type { ReadQuestion } from './question.ts'
import { bucketStarts, describe, previousSpan, resolveRange, type Span, yearAgo } from './range.ts'
import { registry } from './registry.ts'
import type { Asked } from './report.ts'

/** Answers questions: each once for a version, however many ask. */
export interface Desk {
  /** The tag an answer would have now, without computing it, and the answer when it is wanted. */
  ask(site: Site, name: ReportName, question: ReadQuestion): Promise<Ticket>
}

/** An answer that may be computed. */
export interface Ticket {
  readonly etag: string
  /** Whether the range is over, so that the answer for this version never changes. */
  readonly closed: boolean
  /** Versions that `v=` may name: the head, and the newest commit that the report depends on. */
  readonly versions: readonly string[]
  /** The answer as JSON. */
  answer(): Promise<string>
}

/** Characters of JSON that the cache may hold. */
const mostKept = 32_000_000

/**
 * Makes a desk. The version is read before the data, so an answer may be newer than its tag says,
 * never older. Equal questions at one version share one computation and one cached answer; the answers
 * that were asked for the longest ago go first when there are too many.
 */
export function createDesk(sql: Sql, now: () => number): Desk {
  const cache = new Map<string, { body: Promise<string>; size: number }>()
  let kept = 0

  function drop(key: string): void {
    kept -= cache.get(key)?.size ?? 0
    cache.delete(key)
  }

  function once(key: string, compute: () => Promise<string>): Promise<string> {
    const known = cache.get(key)
    if (known !== undefined) {
      cache.delete(key)
      cache.set(key, known)
      return known.body
    }
    const entry = { body: compute(), size: 0 }
    cache.set(key, entry)
    entry.body.then(
      (body) => {
        if (cache.get(key) !== entry) return
        entry.size = body.length
        kept += body.length
        for (const oldest of cache.keys()) {
          if (kept <= mostKept) break
          drop(oldest)
        }
      },
      () => drop(key),
    )
    return entry.body
  }

  return {
    async ask(site, name, question) {
      const [version] = await readVersions(sql, [site.site_id])
      if (version === undefined) throw new HkError('not_found', 'There is no such site.')
      const at = now()
      const firstAt = question.range === 'all' ? ((await firstItemAt(sql, site.site_id)) ?? at) : at
      const span = resolveRange(question, site.timezone, at, firstAt)
      const asked: Asked = { ...question, site, span, now: at }
      const etag = tagOf(name, version, asked, question)
      return {
        etag,
        closed: span.to <= at && registry[name].clockMs === undefined,
        versions: [headOf(version), newestOf(version, registry[name].kinds)],
        answer: () => once(`${site.site_id} ${etag}`, () => compute(sql, name, asked, question, version)),
      }
    },
  }
}

async function compute<N extends ReportName>(
  sql: Sql,
  name: N,
  asked: Asked,
  { compare }: ReadQuestion,
  version: Version,
): Promise<string> {
  const report = registry[name]
  const before =
    compare === 'year' ? yearAgo(asked.span) : compare === 'previous' ? previousSpan(asked.span) : undefined
  const [data, earlier] = await Promise.all([
    report.answer(sql, asked),
    before === undefined ? undefined : report.answer(sql, { ...asked, span: before }),
  ])
  const answer: Answer<N> = {
    report: name,
    site_id: asked.site.site_id,
    version: headOf(version),
    generated_at: new Date(asked.now).toISOString(),
    range: describe(asked.span),
    data,
    ...(before === undefined || earlier === undefined
      ? {}
      : { compare: { range: describe(before), data: earlier } }),
  }
  return JSON.stringify(answer)
}

/** Names an answer: the newest commit among its kinds, and a hash of all that it was asked with. */
function tagOf(name: ReportName, version: Version, asked: Asked, { compare }: ReadQuestion): string {
  const { span, filters, site } = asked
  const { clockMs, parameters } = registry[name]
  const tick = clockMs === undefined ? runningBucket(span, asked.now) : Math.floor(asked.now / clockMs)
  const read = parameters.map((parameter) => asked[parameter])
  const parts = [name, span, compare, filters, read, site.currency, tick]
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16)
  return `"${newestOf(version, registry[name].kinds)}-${hash}"`
}

/** The bucket that the clock stands in: a series gains a point when it moves on. */
function runningBucket(span: Span, now: number): number | undefined {
  if (now >= span.to) return undefined
  return bucketStarts(span).findLastIndex((start) => start <= now)
}
