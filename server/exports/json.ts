import type { Column } from '../reports/index.ts'
import type { Cells, Sheet } from './sheet.ts'

const encoder = new TextEncoder()

/** What the report answers, with its table as an array of objects in place of its data. */
export async function* encodeJson({ head, columns, batches }: Sheet): AsyncGenerator<Uint8Array> {
  yield encoder.encode(`${JSON.stringify(head).slice(0, -1)},"rows":[`)
  let comma = ''
  for await (const batch of batches) {
    const rows = batch.map((row) => objectOf(row, columns)).join(',\n')
    if (rows === '') continue
    yield encoder.encode(`${comma}\n${rows}`)
    comma = ','
  }
  yield encoder.encode('\n]}\n')
}

/** One object a line. */
export async function* encodeNdjson({ columns, batches }: Sheet): AsyncGenerator<Uint8Array> {
  for await (const batch of batches) {
    yield encoder.encode(batch.map((row) => `${objectOf(row, columns)}\n`).join(''))
  }
}

/** A row by the names of its columns, with values as the report answers them. */
function objectOf(row: Cells, columns: readonly Column[]): string {
  return JSON.stringify(Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])))
}
