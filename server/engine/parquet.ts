import { type DuckDBConnection, identifier, quoted } from './database.ts'
import type { ParquetTask } from './messages.ts'

/** Bytes of a row. DuckDB reads into buffers of a multiple of it, so that it bounds its memory, too. */
const maxRowBytes = 4 * 2 ** 20

/** Writes a file of rows as Parquet, compressed by zstd. */
export async function writeParquet(connection: DuckDBConnection, { from, to, columns, metadata }: ParquetTask): Promise<void> {
  // Rows are objects by the number of the column, so that no name of a column is read out of them.
  const read = columns.map(({ type }, index) => `c${index}: ${quoted(type)}`).join(', ')
  const named = columns.map(({ name }, index) => `c${index} as ${identifier(name)}`).join(', ')
  const said = Object.entries(metadata).map(([name, text]) => `${identifier(name)}: ${quoted(text)}`).join(', ')
  const more = said === '' ? '' : `, kv_metadata {${said}}`
  await connection.run(
    `copy (select ${named} from read_json(${quoted(from)}, format = 'newline_delimited', maximum_object_size = ${maxRowBytes}, columns = {${read}}))
     to ${quoted(to)} (format parquet, compression zstd${more})`,
  )
}
