import type { Kind, Metric, ReportData, ReportName } from '@hk-live/sdk/protocol'
import type { Site, Sql } from '../store/index.ts'
import type { Filter } from './filter.ts'
import type { Span } from './range.ts'

/** A question as it was understood: checked, with its range resolved. */
export interface Asked {
  readonly site: Site
  readonly span: Span
  readonly filters: readonly Filter[]
  readonly metrics: readonly Metric[]
  readonly by: string | undefined
  readonly limit: number
  readonly offset: number
  readonly sort: string | undefined
  readonly search: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** One question that can be asked of a site, and how it is answered. */
export interface Report<N extends ReportName> {
  readonly name: N
  /** Kinds of data it depends on. */
  readonly kinds: readonly Kind[]
  /** Parameters that it reads beside range and filters; others do not make another question of it. */
  readonly parameters: readonly ('metrics' | 'by' | 'limit' | 'offset' | 'sort' | 'search')[]
  /** Milliseconds after which an answer is old though nothing was written; it moves with the clock. */
  readonly clockMs?: number
  /** Computes the data. Throws an `HkError` where a parameter does not fit this report. */
  answer(sql: Sql, asked: Asked): Promise<ReportData[N]>
}
