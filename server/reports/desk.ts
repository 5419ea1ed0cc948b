import { createHash } from 'node:crypto'
import { type Answer, HkError, type Imported, type ReportData, type ReportName } from '@hk-live/sdk/protocol'
import { headOf, newestOf, newestSeq, type Version } from '../changes/index.ts'
import type { EngineSites } from '../engine/index.ts'
import { isTakenOver, listGoals, readCurrencies, type Site, type Sql } from '../store/index.ts'
import { type AnswersOptions, type Body, createAnswers, type Point } from './answers.ts'
import { comparedSpan, firstShownAt, timesOf, understand } from './asked.ts'
import { counts } from './count/index.ts'
import type { Filter } from './filter.ts'
import { withImported } from './imported-days.ts'
import type { ReadQuestion } from './question.ts'
import { bucketStarts, describe, type Span } from './range.ts'
import { registry } from './registry.ts'
import type { Asked } from './report.ts'

/** Answers questions. */
export interface Desk {
  /** The tag that an answer has now, without computing it, and the answer when it is wanted. */
  ask(site: Site, version: Version, name: ReportName, question: ReadQuestion): Promise<Ticket>
}

/** An answer that may be computed. */
export interface Ticket {
  readonly etag: string
  /** The answer, as of the version or a later one. */
  answer(): Promise<Given>
}

/** An answer, and what it is good for. */
export interface Given {
  readonly body: Body
  readonly etag: string
  /**
   * Versions of which this is the answer for good, as its range is over: the head, and the newest commit that
   * the report depends on.
   */
  readonly final: readonly string[]
}

/** Kinds of data that can have something earlier than all others. */
const firstKinds = ['hits', 'events', 'ai_fetch', 'imports', 'goals', 'settings'] as const

/** A version of a site, placed by the newest commit that a report depends on. */
interface Moment extends Point {
  readonly version: Version
}

/** Settings of {@link createDesk}. */
export interface DeskOptions extends AnswersOptions {
  readonly sql: Sql
  readonly sites: EngineSites
  readonly now: () => number
}

/**
 * Makes a desk. The version is read before the data, so an answer may be newer than its tag says, never
 * older. How often a question is computed, and what is kept, see {@link createAnswers}.
 */
export function createDesk({ sql, sites, now, ...options }: DeskOptions): Desk {
  const answers = createAnswers<Moment>(options)
  const firsts = createAnswers<Moment>(options)

  /** Where all that a share link with filters shows begins: for that its items are gone through, once for all who ask. */
  async function firstShown(site: Site, version: Version, filters: readonly Filter[]): Promise<number | undefined> {
    const locked = filters.filter((filter) => filter.locked)
    if (locked.length === 0) return firstShownAt(sql, site, filters)
    const moment = { epoch: version.epoch, seq: newestSeq(version, firstKinds), version }
    const compute = async () => String((await firstShownAt(sql, site, locked)) ?? '')
    const { body } = await firsts.get(`${site.site_id} ${JSON.stringify(locked)}`, moment, compute)
    const text = new TextDecoder().decode(body.identity)
    return text === '' ? undefined : Number(text)
  }

  return {
    async ask(site, version, name, question) {
      const at = now()
      const asked = await understand(sql, site, question, at, (filters) => firstShown(site, version, filters))
      const { kinds: all, kindsOf, clockMs } = registry[name]
      const kinds = kindsOf?.(asked) ?? all
      const hash = hashOf(name, asked, question)
      const tag = (of: Version) => `"${newestOf(of, kinds)}-${hash}"`
      const closed = asked.span.to <= at && clockMs === undefined
      return {
        etag: tag(version),
        async answer() {
          const moment = { epoch: version.epoch, seq: newestSeq(version, kinds), version }
          const { body, point } = await answers.get(`${site.site_id} ${hash}`, moment, (newest) =>
            compute({ sql, sites }, name, asked, question, newest.version),
          )
          const final = closed ? [headOf(point.version), newestOf(point.version, kinds)] : []
          return { body, etag: tag(point.version), final }
        },
      }
    },
  }
}

async function compute<N extends ReportName>(
  { sql, sites }: Pick<DeskOptions, 'sql' | 'sites'>,
  name: N,
  asked: Asked,
  { compare }: ReadQuestion,
  version: Version,
): Promise<string> {
  const before = comparedSpan(asked.span, compare)
  const [data, earlier] = await counted({ sql, sites }, name, asked, before)
  const answer: Answer<N> = {
    report: name,
    site_id: asked.site.site_id,
    version: headOf(version),
    generated_at: new Date(asked.now).toISOString(),
    range: describe(asked.span),
    ...data,
    ...(before && earlier && { compare: { range: describe(before), ...earlier } }),
  }
  return JSON.stringify(answer)
}

/** What a report answers for a range, and for the one before it where it is compared. */
type Answers<N extends ReportName> = readonly [Data<N>, Data<N>?]

interface Data<N extends ReportName> {
  readonly data: ReportData[N]
  readonly imported?: Imported
}

/** Milliseconds that the engine may take for an answer: as long as Postgres may for a statement. */
const maxMs = 30_000

/** Reports that are not in the roll-ups, whatever is asked. */
const unrolled: readonly ReportName[] = ['funnels', 'ecommerce', 'events', 'ai_chatbots', 'ai_visibility']

/**
 * Whether the engine counts a report: where it has all of the site, and the tables would have to be read row by row, as under
 * filters. What roll-ups know is read from these, as that costs the same however much there is.
 */
async function canCount(sql: Sql, name: ReportName, { site, filters }: Asked): Promise<boolean> {
  if (counts[name] === undefined || (filters.length === 0 && !unrolled.includes(name))) return false
  return isTakenOver(sql, site.site_id)
}

async function counted<N extends ReportName>(
  { sql, sites }: Pick<DeskOptions, 'sql' | 'sites'>,
  name: N,
  asked: Asked,
  before: Span | undefined,
): Promise<Answers<N>> {
  if (await canCount(sql, name, asked)) {
    try {
      return await byEngine({ sql, sites }, name, asked, before)
    } catch (error) {
      // Where the engine ends, or has no room, the tables know it too.
      if (!(error instanceof HkError && error.code === 'unavailable')) throw error
    }
  }
  return byTables(sql, name, asked, before)
}

async function byEngine<N extends ReportName>(
  { sql, sites }: Pick<DeskOptions, 'sql' | 'sites'>,
  name: N,
  asked: Asked,
  before: Span | undefined,
): Promise<Answers<N>> {
  const count = counts[name]
  if (count === undefined) throw new Error(`The engine does not count ${name}.`)
  const { site_id } = asked.site
  const [goals, currencies] = await Promise.all([listGoals(sql, site_id), readCurrencies(sql, asked.site)])
  const signal = AbortSignal.timeout(maxMs)
  // All of an answer is of one moment of the site's data.
  const answers = await sites.ask(
    site_id,
    async (data): Promise<Answers<N>> => {
      const given = async (question: Asked) => {
        const { asked: counted, imported } = await withImported(sql, registry[name], question)
        return { data: await count({ data, sql, goals, currencies }, counted), ...(imported && { imported }) }
      }
      return before === undefined ? [await given(asked)] : [await given(asked), await given({ ...asked, span: before })]
    },
    { times: timesOf(asked, before), signal },
  ).catch((error: unknown) => {
    throw signal.aborted ? new HkError('timeout', 'This took too long to compute. Ask for a shorter range, or with fewer filters.') : error
  })
  if (answers === undefined) throw new HkError('not_found', 'There is no such site.')
  return answers
}

function byTables<N extends ReportName>(sql: Sql, name: N, asked: Asked, before: Span | undefined): Promise<Answers<N>> {
  // One snapshot for all that an answer is made of: no commit comes between two statements.
  return sql.begin('isolation level repeatable read read only', async (tx): Promise<Answers<N>> => {
    const given = async (question: Asked) => {
      const { asked: counted, imported } = await withImported(tx, registry[name], question)
      return { data: await registry[name].answer(tx, counted), ...(imported && { imported }) }
    }
    return before === undefined ? [await given(asked)] : [await given(asked), await given({ ...asked, span: before })]
  })
}

/** Names a question: all that it was asked with, and the tick of the clock that its answer depends on. */
function hashOf(name: ReportName, asked: Asked, { compare }: ReadQuestion): string {
  const { span, filters, site } = asked
  const { clockMs, parameters } = registry[name]
  const tick = clockMs === undefined ? runningBucket(span, asked.now) : Math.floor(asked.now / clockMs)
  const read = parameters.map((parameter) => asked[parameter])
  const parts = [name, span, compare, filters, read, site.currency, tick]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16)
}

/** The bucket that the clock stands in: a series gains a point when it moves on. */
function runningBucket(span: Span, now: number): number | undefined {
  if (now >= span.to) return undefined
  return bucketStarts(span).findLastIndex((start) => start <= now)
}
