import type { Kind, ReportData, ReportName } from '@hk-live/sdk/protocol'
import type { Site, Database } from '../store/index.ts'
import type { ImportedNeed } from './imported-days.ts'
import type { RolledDay } from './plan.ts'
import type { ReadQuestion } from './question.ts'
import type { Span } from './range.ts'
import type { Table } from './table.ts'

/** Parameters that only some reports read. */
type Parameter =
  | 'metrics'
  | 'by'
  | 'limit'
  | 'offset'
  | 'sort'
  | 'search'
  | 'funnel'
  | 'currency'
  | 'name'
  | 'property'
  | 'status'

/** A question as it was understood: checked, with its range resolved. */
export interface Asked extends Pick<ReadQuestion, 'filters' | Parameter> {
  readonly site: Site
  readonly span: Span
  /** Milliseconds since 1970. */
  readonly now: number
  /** Imported days that are counted, beside what the site has of its own. */
  readonly imported?: readonly RolledDay[]
}

/** One question that can be asked of a site, and how it is answered. */
export interface Report<N extends ReportName> {
  readonly name: N
  /** Kinds of data it depends on. */
  readonly kinds: readonly Kind[]
  /** Those of them that the answer to one question depends on; all where it is left out. */
  readonly kindsOf?: (asked: Asked) => readonly Kind[]
  /** Parameters that it reads beside range and filters; others do not make another question of it. */
  readonly parameters: readonly Parameter[]
  /** Milliseconds after which an answer is old though nothing was written; it moves with the clock. */
  readonly clockMs?: number
  /** What it answers, in a sentence of the API's description. */
  readonly about: string
  /** Data as it may answer them, for the API's description. */
  readonly example: ReportData[N]
  /** How its answers are a table, for exports. */
  readonly table: Table<N>
  /** What imported days need to be counted in the answer to a question; left out where they are none of its business. */
  readonly imported?: (asked: Asked) => ImportedNeed
  /** Computes the data. Throws an `HkError` where a parameter does not fit this report. */
  answer(sql: Database, asked: Asked): Promise<ReportData[N]>
}
