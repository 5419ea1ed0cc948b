import { stringify } from 'csv-stringify/sync'
import type { Cell, Column } from '../reports/index.ts'
import { defuse } from './defuse.ts'
import { type Sheet, wallClock } from './sheet.ts'

const encoder = new TextEncoder()

/**
 * CSV of RFC 4180, in UTF-8, with a line of names. Every text is in quotes: a spreadsheet that takes semicolons for
 * commas must find no begin of a cell within a value. Rates are fractions; times have the offset of the site's time
 * zone, and where buckets are days or longer they are dates.
 */
export async function* encodeCsv(
  { head, columns, batches }: Sheet,
  { bom }: { readonly bom: boolean },
): AsyncGenerator<Uint8Array> {
  yield encoder.encode((bom ? '\uFEFF' : '') + lines([columns.map(({ name }) => name)]))
  for await (const batch of batches) {
    yield encoder.encode(lines(batch.map((row) => columns.map((column, index) => cellText(row[index], column, head.range.timezone)))))
  }
}

function lines(rows: readonly (readonly (Cell | undefined)[])[]): string {
  return stringify([...rows], {
    record_delimiter: 'windows',
    quoted_string: true,
    cast: { boolean: (flag) => ({ value: String(flag), quoted: false }) },
  })
}

function cellText(cell: Cell | undefined, { kind }: Column, timezone: string): Cell | undefined {
  if (typeof cell !== 'string') return cell
  if (kind === 'day') return wallClock(cell, timezone).toPlainDate().toString()
  if (kind === 'time') return wallClock(cell, timezone).toString({ timeZoneName: 'never', smallestUnit: 'second' })
  return defuse(cell)
}
