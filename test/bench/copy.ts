import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
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
 * greatest, each its own commit: about what Postgres can do at most. The rows are those that the service has stored.
 */
export async function copyItems(url: string, most: number): Promise<Copied> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  const group = 500
  const copied = async () => {
    const stream = await sql`copy (select * from items limit ${sql.unsafe(String(most))}) to stdout`.readable()
    const text = Buffer.concat(await stream.toArray()).toString()
    const lines = text.split('\n').filter((line) => line !== '')
    await sql`create table copied (like items including all)`
    const began = performance.now()
    for (let at = 0; at < lines.length; at += group) {
      const rows = lines.slice(at, at + group).map((line) => `${line}\n`)
      await pipeline(Readable.from(rows.join('')), await sql`copy copied from stdin`.writable())
    }
    const seconds = (performance.now() - began) / 1_000
    await sql`drop table copied`
    return { rows: lines.length, group, items_per_second: round(lines.length / seconds, 0) }
  }
  return copied().finally(() => sql.end())
}
