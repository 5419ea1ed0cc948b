import type { Comparison, ReportName } from '@hk-live/sdk/protocol'
import { type Asked, cellOf, type Column, columnsOf, comparedSpan, type Report, withImported } from '../reports/index.ts'
import type { Database } from '../store/index.ts'
import { mostRows, type ReadExport } from './question.ts'
import type { Cells } from './sheet.ts'

/** What is read of a report. */
export interface Wanted<N extends ReportName> extends Pick<ReadExport, 'limit' | 'offset'> {
  readonly report: Report<N>
  readonly asked: Asked
  readonly compare: Comparison | undefined
}

/** How many are read at once where the report does not say: each page costs about what the first does. */
const usualPage = 20_000

/** How many rows are handed on at once. */
const batchRows = 1_000

const periodColumn = columnsOf('text', 'period')

/**
 * Columns of an export. A comparison stands beside, in columns that begin with `compare_`, where both ranges have the
 * same rows; else its rows follow, and a first column `period` tells them from those of the range.
 */
export function exportColumns<N extends ReportName>({ report, asked, compare }: Wanted<N>): Column[] {
  const columns = report.table.columns(asked)
  if (compare === undefined) return columns
  const besides = besideOf(report, columns)
  if (besides === undefined) return [...periodColumn, ...columns]
  return [...columns, ...besides.map(({ name, kind }) => ({ name: `compare_${name}`, kind }))]
}

/** Reads the rows of an export, some at once, in the order of {@link exportColumns}. The first may be empty. */
export async function* readRows<N extends ReportName>(sql: Database, wanted: Wanted<N>): AsyncGenerator<Cells[]> {
  const { report, compare } = wanted
  const counted = async (question: Asked) => (await withImported(sql, report, question)).asked
  const asked = await counted(wanted.asked)
  const columns = report.table.columns(asked)
  const cells = (row: object, of: readonly Column[] = columns) => of.map((column) => cellOf(row, column))
  const span = comparedSpan(asked.span, compare)
  if (compare === undefined || span === undefined) {
    for await (const rows of pagesOf(sql, wanted, asked)) yield rows.map((row) => cells(row))
    return
  }
  const earlier = await counted({ ...asked, span })
  const besides = besideOf(report, columns)
  if (besides === undefined) {
    for await (const rows of pagesOf(sql, wanted, asked)) yield rows.map((row) => ['current', ...cells(row)])
    for await (const rows of pagesOf(sql, wanted, earlier)) yield rows.map((row) => [compare, ...cells(row)])
    return
  }
  const rows = report.table.rows(await report.answer(sql, asked), asked)
  const compared = report.table.rows(await report.answer(sql, earlier), earlier)
  // Ranges of months may differ in length: what one has more stands alone.
  const length = Math.max(rows.length, compared.length)
  const both = Array.from({ length }, (_, index) => [
    ...cells(rows[index] ?? {}),
    ...cells(compared[index] ?? {}, besides),
  ])
  yield* slices(both)
}

/** Columns that a comparison has of its own where it stands beside. */
function besideOf<N extends ReportName>({ table }: Report<N>, columns: readonly Column[]): Column[] | undefined {
  const { alike } = table
  return alike && columns.filter(({ name }) => !alike.includes(name))
}

/** The rows of all answers to a question that is asked page by page. */
async function* pagesOf<N extends ReportName>(
  sql: Database,
  { report, limit, offset }: Wanted<N>,
  asked: Asked,
): AsyncGenerator<readonly object[]> {
  const { table, parameters } = report
  const page = table.page ?? usualPage
  if (!parameters.includes('offset')) {
    yield* slices(table.rows(await report.answer(sql, { ...asked, limit: limit ?? page }), asked))
    return
  }
  for (let read = 0, most = limit ?? mostRows; read < most; ) {
    const part = { ...asked, limit: Math.min(page, most - read), offset: offset + read }
    const data = await report.answer(sql, part)
    const rows = table.rows(data, part)
    const count = table.count?.(data) ?? rows.length
    yield* slices(rows)
    if (count < part.limit) return
    read += count
  }
}

function* slices<T>(rows: readonly T[]): Generator<T[]> {
  // Once also where there is nothing, so that who waits for the first knows.
  for (let from = 0; from === 0 || from < rows.length; from += batchRows) yield rows.slice(from, from + batchRows)
}
