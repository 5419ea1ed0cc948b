import { writeXlsxStream } from 'hucre/xlsx'
import type { Cell, Column, ColumnKind } from '../reports/index.ts'
import { defuse } from './defuse.ts'
import { type Sheet, wallClock } from './sheet.ts'

/** How numbers of a kind are shown, in the codes of ECMA-376, part 1, section 18.8.31. */
const numberFormats: Readonly<Partial<Record<ColumnKind, string>>> = {
  rate: '0.0%',
  amount: '#,##0.00',
  time: 'yyyy-mm-dd hh:mm',
  day: 'yyyy-mm-dd',
}

/**
 * A workbook with one sheet, named by the report, under a line of names that stays. Numbers are numbers, rates are
 * shown in percent, and times are those of the site's time zone, as a workbook knows no zones.
 */
export function encodeXlsx({ head, columns, batches }: Sheet): ReadableStream<Uint8Array> {
  return writeXlsxStream(rowsOf(batches, columns, head.range.timezone), {
    name: head.report,
    columns: columns.map(({ name, kind }) => {
      const numFmt = numberFormats[kind]
      return { header: name, width: kind === 'text' ? 40 : 16, ...(numFmt !== undefined && { numFmt }) }
    }),
    freezePane: { rows: 1 },
  })
}

async function* rowsOf(batches: Sheet['batches'], columns: readonly Column[], timezone: string) {
  for await (const batch of batches) {
    for (const row of batch) yield columns.map((column, index) => valueOf(row[index] ?? null, column, timezone))
  }
}

function valueOf(cell: Cell, { kind }: Column, timezone: string): Cell | Date {
  if (typeof cell !== 'string') return cell
  if (kind !== 'day' && kind !== 'time') return legible(defuse(cell))
  // The wall clock as if it were that of UTC, which is what a workbook's numbers are counted in.
  return new Date(wallClock(cell, timezone).toPlainDateTime().toZonedDateTime('UTC').epochMilliseconds)
}

/**
 * A text that reads in a workbook as it is: what XML has no place for is replaced, and what a workbook would read as
 * the code of another character (ECMA-376, part 1, section 22.9.2.19) is written as such a code.
 */
function legible(text: string): string {
  return text.replace(/[\uFFFE\uFFFF]/g, '\uFFFD').replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
}
