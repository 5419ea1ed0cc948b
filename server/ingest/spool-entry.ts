import type { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import type { Group } from '../store/index.ts'
import { isRecord } from './item.ts'

/** A row of the table `entries` as it is on disk: the rows of one request, as JSON. */
export interface Entry {
  readonly id: number
  readonly spooled_at: number
  readonly items: number
  readonly rows: string
  /** CRC-32 of `rows`; `null` where a version without checksums wrote it. */
  readonly checksum: number | null
}

/** A file holds what was never written to it. */
export class SpoolDamage extends Error {
  override readonly name = 'SpoolDamage'
}

/**
 * All rows as entries.
 *
 * @throws {SpoolDamage} where one is none: left out in silence, it would be taken for done with
 */
export function entriesOf(rows: readonly Record<string, unknown>[]): Entry[] {
  const entries = rows.flatMap(toEntry)
  if (entries.length < rows.length) throw new SpoolDamage('A row of the spool is no entry.')
  return entries
}

/**
 * Items of an entry, in SQL: one at least, or the entry would not be waited for; and no number that none was written
 * with, as one of them would make the sum of all useless.
 */
export const itemCount = `case when typeof(items) = 'integer' and items between 1 and 1000000 then items else 1 end`

/** A row as an entry. In a damaged file a column can hold anything. */
export function toEntry(row: Record<string, unknown>): Entry[] {
  const { id, spooled_at, items, rows, checksum } = row
  if (typeof id !== 'number' || typeof rows !== 'string') return []
  const entry = { id, spooled_at: Number(spooled_at) || 0, items: Number(items) || 0, rows }
  return [{ ...entry, checksum: typeof checksum === 'number' ? checksum : null }]
}

/** The checksum of an entry: a flipped bit can leave JSON that says something else. */
export function checksumOf(rows: string): number {
  return crc32(rows)
}

/** The oldest entries above an id, at least one where there are any, of at most so many items together. */
export function readOldest(db: DatabaseSync, after: number, maxItems: number): Entry[] {
  const heads = db.prepare(`select id, ${itemCount} as items from entries where id > ? order by id limit ?`)
  let sum = 0
  let last = after
  for (const head of heads.all(after, maxItems)) {
    sum += Number(head.items)
    if (sum > maxItems && last > after) break
    last = Number(head.id)
  }
  const select = `select id, spooled_at, ${itemCount} as items, rows, checksum from entries where id > ? and id <= ? order by id`
  return entriesOf(db.prepare(select).all(after, last))
}

/** The rows that an entry holds, or why they cannot be read. */
export function groupOf({ rows: text, checksum }: Entry): Group | string {
  if (checksum !== null && checksum !== checksumOf(text)) return 'its checksum is another'
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value) && isRows(value.items) && isRows(value.fetches)) {
      // Appended by this service, and checked by its checksum: what rows hold is not looked at again.
      return { items: value.items, fetches: value.fetches } as unknown as Group
    }
  } catch {
    // Said below.
  }
  return 'it holds no rows'
}

function isRows(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.every((row) => isRecord(row) && typeof row.site_id === 'string' && typeof row.id === 'string')
}
