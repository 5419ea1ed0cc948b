import type { Sql } from '../store/index.ts'

/**
 * Locks an import for as long as it is held, on a connection of its own: when the process dies, Postgres lets it go.
 *
 * @returns `undefined` where somebody else has it
 */
export async function lockImport(sql: Sql, importId: string): Promise<AsyncDisposable | undefined> {
  const connection = await sql.reserve()
  const key = `hk import ${importId}`
  const [row] = await connection<{ mine: boolean }[]>`select pg_try_advisory_lock(hashtextextended(${key}, 0)) as mine`
  if (row?.mine !== true) {
    connection.release()
    return undefined
  }
  return {
    async [Symbol.asyncDispose]() {
      await connection`select pg_advisory_unlock(hashtextextended(${key}, 0))`.catch(() => undefined)
      connection.release()
    },
  }
}
