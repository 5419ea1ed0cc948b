import { clean } from '../ingest/index.ts'
import { type CsvRecord, readCsv } from './csv.ts'
import { refuse, type SourceFile } from './source.ts'

/** A row of a table: its cells by the names of the columns. */
export interface Row {
  /** The text of a cell, cut and without control characters; `''` where there is no such column. */
  text(column: string): string
  has(column: string): boolean
  readonly line: number
  readonly bytes: number
}

/** A row, or what is wrong with it. */
export type RowOrFault = Row | { readonly fault: string; readonly bytes: number }

/** Something in a row that cannot be read; it leaves the other rows alone. */
export class Fault extends Error {
  override readonly name = 'Fault'
}

const longest = 1_024

/** The names of the columns of a CSV file, in lower case, as its first line has them. */
export async function columnsOf(file: SourceFile): Promise<string[]> {
  for await (const { cells } of readCsv(file)) return namesOf(cells)
  throw refuse(`${file.name} is empty.`)
}

/** Rows of a CSV file whose first line names the columns. */
export async function* readRows(file: SourceFile): AsyncGenerator<RowOrFault> {
  let names: readonly string[] | undefined
  for await (const record of readCsv(file)) {
    if (names === undefined) names = namesOf(record.cells)
    else yield rowOf(file, names, record)
  }
}

/** A record as a row of named columns. */
export function rowOf({ name }: SourceFile, names: readonly string[], { cells, line, bytes }: CsvRecord): RowOrFault {
  if (cells.length !== names.length) {
    return { fault: `${name}, line ${line}: ${cells.length} columns where ${names.length} are named.`, bytes }
  }
  const cell = (column: string) => cells[names.indexOf(column)] ?? ''
  return { text: (column) => clean(cell(column), longest), has: (column) => names.includes(column), line, bytes }
}

/** Names of columns as they are looked up. */
export function namesOf(cells: readonly string[]): string[] {
  return cells.map((cell) => clean(cell, 200).toLowerCase())
}

/** A count of a row; `otherwise` where the column is not there. @throws {Fault} that names the column */
export function countOf(row: Row, column: string, otherwise?: number): number {
  if (otherwise !== undefined && !row.has(column)) return otherwise
  const text = row.text(column)
  if (/^\d{1,12}(\.0+)?$/.test(text)) return Number.parseInt(text, 10)
  throw new Fault(`"${column}" is "${text.slice(0, 40)}", which is no count from 0 up.`)
}

/** A number of a row from 0 up. @throws {Fault} that names the column */
export function numberOf(row: Row, column: string): number {
  const text = row.text(column)
  if (/^\d{1,12}(\.\d{1,20})?(e-\d{1,2})?$/i.test(text)) return Number(text)
  throw new Fault(`"${column}" is "${text.slice(0, 40)}", which is no number from 0 up.`)
}

/**
 * A date of a row, as `2026-11-22` or `20261122`, from 2000 to today.
 *
 * @param today the last day that there may be
 * @throws {Fault} that names the column
 */
export function dayOf(row: Row, column: string, today: string): string {
  return checkDay(column, row.text(column), today)
}

/** See {@link dayOf}. */
export function checkDay(column: string, text: string, today: string): string {
  const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(text) ?? []
  const date = `${year}-${month}-${day}`
  if (year === undefined || Number.isNaN(Date.parse(date)) || new Date(date).toISOString().slice(0, 10) !== date) {
    throw new Fault(`"${column}" is "${text.slice(0, 40)}", which is no date as 2026-11-22.`)
  }
  if (date < '2000-01-01' || date > today) throw new Fault(`"${column}" is ${date}, which is not between 2000 and today.`)
  return date
}
