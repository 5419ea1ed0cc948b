import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine, FileColumn } from '../engine/index.ts'
import type { Cell, Column, ColumnKind } from '../reports/index.ts'
import { type Encode, wallClock } from './sheet.ts'

const types: Readonly<Record<ColumnKind, FileColumn['type']>> = {
  text: 'VARCHAR',
  number: 'DOUBLE',
  rate: 'DOUBLE',
  amount: 'DECIMAL(38,4)',
  time: 'TIMESTAMPTZ',
  day: 'DATE',
  flag: 'BOOLEAN',
}

/**
 * Parquet with the types of its columns: amounts are decimals of four places, times instants, days dates of the site's
 * time zone, and texts are as they are. What the answer says beside its data stands in the file's metadata as `hk-live`,
 * in JSON. The format has its table of contents at the end, so it is written whole before its first byte is sent.
 */
export function parquetEncoder(engine: Engine): Encode {
  return async function* ({ head, columns, batches }, { signal }) {
    await using folder = await engine.openFolder()
    const [from, to] = [join(folder.path, 'rows.ndjson'), join(folder.path, 'rows.parquet')]
    const rows = await open(from, 'w')
    try {
      for await (const batch of batches) {
        await rows.appendFile(batch.map((row) => `${lineOf(row, columns, head.range.timezone)}\n`).join(''))
      }
    } finally {
      await rows.close()
    }
    // Rows end early where nobody waits for them any more.
    signal.throwIfAborted()
    const named = columns.map(({ name, kind }) => ({ name, type: types[kind] }))
    await folder.run({ kind: 'parquet', from, to, columns: named, metadata: { 'hk-live': JSON.stringify(head) } }, signal)
    yield* createReadStream(to)
  }
}

/** A row as the engine reads it: an object by the numbers of its columns. */
function lineOf(row: readonly Cell[], columns: readonly Column[], timezone: string): string {
  return JSON.stringify(Object.fromEntries(columns.map((column, index) => [`c${index}`, valueOf(row[index] ?? null, column, timezone)])))
}

function valueOf(cell: Cell, { kind }: Column, timezone: string): Cell {
  if (typeof cell !== 'string') return cell
  // Half of a pair of surrogates is no text that a file of UTF-8 can hold.
  return kind === 'day' ? wallClock(cell, timezone).toPlainDate().toString() : cell.toWellFormed()
}
