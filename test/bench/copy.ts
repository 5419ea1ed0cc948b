import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { round } from './stats.ts'

/** How fast rows were copied. */
export interface Copied {
  readonly rows: number
  /** Rows of a transaction. */
  readonly group: number
  readonly items_per_second: number
}

/**
 * Loads items by COPY into a table like theirs, with the same indexes, in groups as large as the service's own
 * greatest, each its own commit: about what Postgres can do at most. The rows are those that the service has stored,
 * in files that the server reads by itself.
 */
export async function copyItems(url: string, most: number): Promise<Copied> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  const folder = await mkdtemp(join(tmpdir(), 'hk-copy-'))
  const group = 500
  try {
    // For root, Postgres runs under another account.
    await chmod(folder, 0o777)
    const all = join(folder, 'all')
    await sql.unsafe(`copy (select * from items limit ${most}) to '${all}'`)
    const lines = (await readFile(all, 'utf8')).split('\n').filter((line) => line !== '')
    const files: string[] = []
    for (let at = 0; at < lines.length; at += group) {
      const file = join(folder, String(at))
      await writeFile(file, `${lines.slice(at, at + group).join('\n')}\n`)
      files.push(file)
    }
    await sql`create table copied (like items including all)`
    const began = performance.now()
    for (const file of files) await sql.unsafe(`copy copied from '${file}'`)
    const seconds = (performance.now() - began) / 1_000
    await sql`drop table copied`
    return { rows: lines.length, group, items_per_second: round(lines.length / seconds, 0) }
  } finally {
    await sql.end()
    await rm(folder, { recursive: true, force: true })
  }
}
