import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { EngineSettings } from './messages.ts'

/**
 * Opens the database of the engine, in memory. It can reach nothing but its folder and that of segments: no other file, no network, no
 * extension; and no statement can change that.
 */
export async function openDatabase({ folder, segments, memoryBytes, spillBytes, threads }: EngineSettings): Promise<DuckDBInstance> {
  const database = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryBytes}B`,
    threads: String(threads),
    temp_directory: `${folder}/spill`,
    max_temp_directory_size: `${spillBytes}B`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await database.connect()
  try {
    await connection.run("set timezone = 'UTC'")
    // In this order: each takes away what the one before needs.
    await connection.run(`set allowed_directories = [${quoted(`${folder}/`)}, ${quoted(`${segments}/`)}]`)
    await connection.run('set enable_external_access = false')
    await connection.run('set lock_configuration = true')
  } finally {
    connection.closeSync()
  }
  return database
}

/** A text as a literal of SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as an identifier of SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export type { DuckDBConnection, DuckDBInstance }
