/**
 * What the service and the process of the engine say to each other: a JSON object a line, over the standard input and
 * output of that process.
 *
 * @module
 */

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

/** What the engine can be asked to do. */
export type Task = ParquetTask

/** What the service says: do a task, or give up on one. */
export type Request = { readonly id: number; readonly task: Task } | { readonly id: number; readonly cancel: true }

/** Why a task failed: it needs more than the engine may use, or something else. */
export type Failure = 'memory' | 'failed'

/** What the process says of a task. The first is of none, with the id 0: it is ready. */
export type Response =
  | { readonly id: number; readonly done: true }
  | { readonly id: number; readonly failure: Failure; readonly message: string }

/** What the process is started with, as its one argument in JSON. */
export interface EngineSettings {
  /** The one folder that it reads and writes; it is removed when the process ends. */
  readonly folder: string
  /** Bytes of memory for data; what needs more is written to the folder. */
  readonly memoryBytes: number
  /** Bytes that may be written to the folder for want of memory. */
  readonly spillBytes: number
  readonly threads: number
}
