import type { ReportData, ReportName } from '@hk-live/sdk/protocol'
import type { Asked } from './report.ts'

/**
 * What a column holds: `rate` is a fraction from 0 to 1, `amount` money, `time` an instant as RFC 3339, `day` the
 * start of a bucket that is a day or longer.
 */
export type ColumnKind = 'text' | 'number' | 'rate' | 'amount' | 'time' | 'day' | 'flag'

/** A column of a table. Its name is that of the field of the rows that it shows. */
export interface Column {
  readonly name: string
  readonly kind: ColumnKind
}

/** A value of a row; `null` where it is not defined. */
export type Cell = string | number | boolean | null

/** How the answers of a report are a table. */
export interface Table<N extends ReportName> {
  columns(asked: Asked): Column[]
  rows(data: ReportData[N], asked: Asked): readonly object[]
  /** How many of what `limit` counts an answer has, where that is not its rows. */
  count?(data: ReportData[N]): number
  /** How many are read at once, of a report that has an `offset`; of any other, how many there are at most. */
  readonly page?: number
  /**
   * Columns that say what a row is of. Where they are set, the rows of two ranges are of the same things in the same
   * order, so that those of a comparison stand beside; else they follow.
   */
  readonly alike?: readonly string[]
}

/** Columns of one kind. */
export function columnsOf(kind: ColumnKind, ...names: readonly string[]): Column[] {
  return names.map((name) => ({ name, kind }))
}

/** The columns of a point of a series, with those of its numbers between. */
export function pointColumns({ span }: Asked, numbers: readonly Column[]): Column[] {
  const at = span.interval === 'minute' || span.interval === 'hour' ? 'time' : 'day'
  return [...columnsOf(at, 'at'), ...numbers, ...columnsOf('flag', 'partial')]
}

/** The value of a row in a column; what it has not, or not as one value, is not defined. */
export function cellOf(row: object, { name }: Column): Cell {
  const value: unknown = Reflect.get(row, name)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
