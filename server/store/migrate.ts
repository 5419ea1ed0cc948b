import { readdir, readFile } from 'node:fs/promises'
import type { Sql, Transaction } from './connect.ts'
import { StoreError } from './lock.ts'
import { normalizePatterns } from './path-patterns.ts'
import { readStoredAmounts } from './stored-amounts.ts'

const folder = new URL('./migrations/', import.meta.url)

/** Migrations that SQL can't say. */
const steps: Readonly<Record<string, (tx: Transaction) => Promise<void>>> = {
  '0010_path_patterns': normalizePatterns,
  '0011_stored_amounts': readStoredAmounts,
}

/** Number of the advisory lock under which one node migrates while others wait: "hkmigrat" in ASCII. */
const lock = '7523377889846157684'

/**
 * Brings the tables up to date: runs the files of `migrations/`, and the steps beside them, that this database has not
 * seen, in the order of their names, in one transaction. Two nodes that start together do it once.
 *
 * @throws {StoreError} where the database has migrations that this version does not know
 */
export async function migrate(sql: Sql): Promise<void> {
  const files = [...(await readdir(folder)).filter((name) => name.endsWith('.sql')), ...Object.keys(steps)].sort()
  await sql.begin(async (tx) => {
    // A migration of much data may take as long as it takes.
    await tx`set local statement_timeout = 0`
    await tx`select pg_advisory_xact_lock(${lock}::bigint)`
    await tx`create table if not exists migrations (name text primary key, run_at timestamptz not null default now())`
    const rows = await tx<{ name: string }[]>`select name from migrations`
    const done = new Set(rows.map((row) => row.name))
    const unknown = [...done].find((name) => !files.includes(name))
    if (unknown !== undefined) {
      throw new StoreError(`This database was made by a newer hk-live (it has ${unknown}). Upgrade hk-live.`)
    }
    for (const name of files.filter((file) => !done.has(file))) {
      const step = steps[name]
      if (step === undefined) await tx.unsafe(await readFile(new URL(name, folder), 'utf8'))
      else await step(tx)
      await tx`insert into migrations (name) values (${name})`
    }
  })
}
