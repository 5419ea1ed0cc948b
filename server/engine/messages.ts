/**
 * What the service and the process of the engine say to each other: a JSON object a line, over the standard input and
 * output of that process.
 *
 * @module
 */

import type { OrderEvents } from './definitions/orders.ts'
import type { SegmentFiles } from './definitions/segments.ts'

/** Types of columns, as DuckDB names them. */
export type ColumnType = 'VARCHAR' | 'DOUBLE' | 'DECIMAL(38,4)' | 'TIMESTAMPTZ' | 'DATE' | 'BOOLEAN'

/** A column of a file: its name, and the type of its values. */
export interface FileColumn {
  readonly name: string
  readonly type: ColumnType
}

/** Writes rows of a file as Parquet. */
export interface ParquetTask {
  readonly kind: 'parquet'
  /** A file of the engine's folder with an object a line: `c0`, `c1` … are the values of the columns, in their order. */
  readonly from: string
  /** The file that is written, in the same folder. */
  readonly to: string
  readonly columns: readonly FileColumn[]
  /** What the file says of itself, by name. */
  readonly metadata: Readonly<Record<string, string>>
}

/** Brings the tables of a site up to date from files of its journal: see `site-tables.ts`. */
export interface LoadTask {
  readonly kind: 'load'
  readonly site: string
  /** The folder with a file for each part, as `items.csv`. */
  readonly folder: string
  /** Whether the files are all there is, in place of what was loaded before. */
  readonly isWhole: boolean
  /** Segments of the times of the rows, and of a day before and after: visitors of the rows may have some there. */
  readonly segments: SegmentFiles
  /** Rows that are gone, though segments have them; where the files are all there is, their segments are there too. */
  readonly removals: readonly RemovedRows[]
}

/** Rows of an import that are gone, from one time to another in microseconds since 1970; without an id, items of any import. */
export interface RemovedRows {
  readonly import_id: string
  readonly from_us: number
  readonly to_us: number
}

/** Forgets the tables of a site. */
export interface DropTask {
  readonly kind: 'drop'
  readonly site: string
}

/** Opens a session: its queries see the tables of a site as they are now. */
export interface OpenTask {
  readonly kind: 'open'
  readonly session: number
  readonly site: string
  /** Segments that its queries see. */
  readonly segments: SegmentFiles
}

/** Makes segments of a stretch of a journal: see `compact.ts`. */
export interface CompactTask {
  readonly kind: 'compact'
  /** The folder with the journal's files, in which the segments are made. */
  readonly folder: string
  /** Segments of the stretch, which the new ones take in. */
  readonly segments: Omit<SegmentFiles, 'orders'>
  /** Rows that are gone, though segments have them. */
  readonly removals: readonly RemovedRows[]
}

/** A value of a query, with its type. Whole numbers of 64 bits are text. */
export type QueryValue =
  | { readonly type: 'text'; readonly value: string | null }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'whole'; readonly value: string }
  | { readonly type: 'flag'; readonly value: boolean }
  | { readonly type: 'texts'; readonly value: readonly string[] }
  | { readonly type: 'wholes'; readonly value: readonly string[] }
  | { readonly type: 'numbers'; readonly value: readonly number[] }

/** Asks a query of a session. */
export interface QueryTask {
  readonly kind: 'query'
  readonly session: number
  /** SQL with `$1`, `$2` … in place of the values. */
  readonly text: string
  readonly values: readonly QueryValue[]
}

/** Closes a session. */
export interface CloseTask {
  readonly kind: 'close'
  readonly session: number
}

/** What the engine can be asked to do. */
export type Task = ParquetTask | LoadTask | DropTask | CompactTask | OpenTask | QueryTask | CloseTask

/** What the service says: do a task, or give up on one. */
export type Request = { readonly id: number; readonly task: Task } | { readonly id: number; readonly cancel: true }

/** Why a task failed: it needs more than the engine may use, or something else. */
export type Failure = 'memory' | 'failed'

/** A row of a query: whole numbers of 64 bits and decimals are text, all else is as JSON has it. */
export type QueryRow = Readonly<Record<string, unknown>>

/** What the process says of a task. The first is of none, with the id 0: it is ready. */
export type Response =
  | { readonly id: number; readonly done: true; readonly rows?: readonly QueryRow[] }
  | { readonly id: number; readonly failure: Failure; readonly message: string }

/** A message as a line. Of what JSON leaves as it is, these two would end the line for who reads it. */
export function lineOf(message: Request | Response): string {
  return `${JSON.stringify(message).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`
}

/** What the process is started with, as its one argument in JSON. */
export interface EngineSettings {
  /** The folder that it reads and writes; it is removed when the process ends. */
  readonly folder: string
  /** The folder with files of segments, which it reads. */
  readonly segments: string
  /** Bytes of memory for data; what needs more is written to the folder. */
  readonly memoryBytes: number
  /** Bytes that may be written to the folder for want of memory. */
  readonly spillBytes: number
  readonly threads: number
  /** Names of the events that tell of orders. */
  readonly orderEvents: OrderEvents
}
