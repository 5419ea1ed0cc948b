import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

/** A file of Parquet, as a reader of its own reads it. */
export interface ParquetFile {
  /** Types of the columns, by name, in the words of DuckDB. */
  readonly types: Readonly<Record<string, string>>
  /** Rows; times, dates and decimals are texts. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly metadata: Readonly<Record<string, string>>
}

/** Reads the bytes of a file of Parquet. */
export async function readParquet(bytes: Uint8Array): Promise<ParquetFile> {
  const folder = await mkdtemp(join(tmpdir(), 'hk-parquet-'))
  const database = await DuckDBInstance.create(':memory:')
  try {
    const file = join(folder, 'file.parquet')
    await writeFile(file, bytes)
    const connection = await database.connect()
    await connection.run("set timezone = 'UTC'")
    const read = async (statement: string) => (await connection.runAndReadAll(statement, [file])).getRowObjectsJson()
    const types = await read('describe select * from read_parquet($1)')
    const said = await read('select decode(key) as key, decode(value) as value from parquet_kv_metadata($1)')
    return {
      types: Object.fromEntries(types.map(({ column_name, column_type }) => [String(column_name), String(column_type)])),
      rows: await read('select * from read_parquet($1)'),
      metadata: Object.fromEntries(said.map(({ key, value }) => [String(key), String(value)])),
    }
  } finally {
    database.closeSync()
    await rm(folder, { recursive: true, force: true })
  }
}
