import { closeSync, copyFileSync, existsSync, ftruncateSync, fstatSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { entriesOf, type Entry, SpoolDamage, toEntry } from './spool-entry.ts'

/** What was read out of a damaged file. */
export interface Salvaged {
  readonly db: DatabaseSync
  /** Where the damaged file is now. */
  readonly kept: string
  /** Entries that could be read and wait in the new file. */
  readonly read: number
  /** Entries that could not be read, as far as is known; at least one. */
  readonly lost: number
}

export const pageBytes = 4_096

/** Opens a spool file, or makes one. @throws what SQLite throws; {@link isDamage} tells a damaged file */
export function openFile(file: string, maxBytes: number): DatabaseSync {
  const db = new DatabaseSync(file)
  try {
    db.exec(`
      pragma page_size = ${pageBytes};
      pragma locking_mode = exclusive;
      pragma journal_mode = wal;
      pragma synchronous = full;
      -- Ids are never used again, or what is new could pass for what is done with.
      create table if not exists entries (
        id         integer primary key autoincrement,
        spooled_at integer not null,
        items      integer not null,
        rows       text not null,
        checksum   integer
      ) strict;
      create table if not exists aside (
        site_id text not null,
        item_id text not null,
        laid_at integer not null,
        reason  text not null,
        rows    text not null,
        primary key (site_id, item_id)
      ) strict;
      create table if not exists unreadable (
        id         integer primary key,
        spooled_at integer not null,
        found_at   integer not null,
        reason     text not null,
        rows       text not null
      ) strict`)
    const found = db.prepare(`select name from pragma_table_info('entries')`).all()
    if (!found.some(({ name }) => name === 'checksum')) db.exec('alter table entries add column checksum integer')
    bound(db, maxBytes)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

const columns: Readonly<Record<string, string>> = {
  entries: 'id, spooled_at, items, rows, checksum',
  aside: 'site_id, item_id, laid_at, reason, rows',
  unreadable: 'id, spooled_at, found_at, reason, rows',
}

/** Whether pages and tables of a file are whole; what its entries hold has checksums. */
export function isWhole(db: DatabaseSync): boolean {
  if (db.prepare('pragma quick_check(1)').get()?.quick_check !== 'ok') return false
  try {
    for (const [table, names] of Object.entries(columns)) db.prepare(`select count(*) from (select ${names} from ${table} limit 1)`).get()
    return true
  } catch (error) {
    if (error instanceof Error && /no such (table|column)/.test(error.message)) return false
    throw error
  }
}

const [sqliteCorrupt, sqliteNotADatabase] = [11, 26]

/** Whether an error says that a file is damaged, and not that its disk is full, slow or read-only. */
export function isDamage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof SpoolDamage) return true
  // A number that no entry was written with.
  if ('code' in error && error.code === 'ERR_OUT_OF_RANGE') return true
  // Deno does not say the number of an error that it meets while it opens a file.
  if (/file is not a database|disk image is malformed/.test(error.message)) return true
  const code = 'errcode' in error ? Number(error.errcode) & 0xff : 0
  return code === sqliteCorrupt || code === sqliteNotADatabase
}

/**
 * Makes a new file of what can be read of a damaged one, which is kept beside it under another name. The new file is
 * whole before it takes the place of the other: where that fails, as for want of room, the damaged one is left as it is.
 *
 * @param after the last entry that is done with
 */
export function salvage(file: string, maxBytes: number, after = 0): Salvaged {
  const fresh = freshName(file)
  removeFile(fresh)
  const { entries, lost } = readCopy(file, after)
  try {
    const db = openFile(fresh, maxBytes)
    try {
      unbounded(db, maxBytes, () =>
        transact(db, () => {
          const insert = db.prepare('insert into entries (spooled_at, items, rows, checksum) values (?, ?, ?, ?)')
          for (const { spooled_at, items, rows, checksum } of entries) insert.run(spooled_at, items, rows, checksum)
        }),
      )
    } finally {
      db.close()
    }
  } catch (error) {
    removeFile(fresh)
    throw error
  }
  const kept = freeName(file)
  moveFile(file, kept)
  moveFile(fresh, file)
  return { db: openFile(file, maxBytes), kept, read: entries.length, lost: Math.max(1, lost) }
}

/** Ends the work of a process that was killed as it put a new file in the place of a damaged one. */
export function finishSalvage(file: string): void {
  const fresh = freshName(file)
  if (existsSync(file) || !existsSync(fresh)) return
  // What could be read of it is in the new file, and it belongs to none.
  rmSync(`${file}-wal`, { force: true })
  moveFile(fresh, file)
}

const freshName = (file: string) => `${file}.new`

function moveFile(from: string, to: string): void {
  for (const suffix of ['', '-wal']) if (existsSync(from + suffix)) renameSync(from + suffix, to + suffix)
}

function removeFile(file: string): void {
  for (const suffix of ['', '-wal', '-journal']) rmSync(file + suffix, { force: true })
}

/** Entries looked up one by one between two that can be read, where a range of them cannot. */
const maxLookups = 100_000

/** Bytes to which a file that was cut short is padded at most. The padding takes no room on most disks. */
const maxPadded = 64 * 2 ** 30

/** Reads a copy of a damaged file, as SQLite writes what its log has into a file that it opens. */
function readCopy(file: string, after: number): { entries: Entry[]; lost: number } {
  const copy = `${file}.copy`
  try {
    for (const suffix of ['', '-wal']) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
    padFile(copy)
    return readDamaged(copy, after)
  } finally {
    removeFile(copy)
  }
}

/**
 * Makes a file that was cut short as long as its header says, or SQLite reads nothing of it. The size of a page and
 * the number of pages stand at the offsets 16 and 28 (https://sqlite.org/fileformat2.html, section 1.3).
 */
function padFile(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    const header = Buffer.alloc(100)
    readSync(handle, header, 0, header.length, 0)
    const bytes = header.readUInt16BE(16) * header.readUInt32BE(28)
    if (bytes > fstatSync(handle).size && bytes <= maxPadded) ftruncateSync(handle, bytes)
  } finally {
    closeSync(handle)
  }
}

/** Reads entries forwards up to the damage, backwards down to it, and one by one in between. */
function readDamaged(file: string, after: number): { entries: Entry[]; lost: number } {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file)
    db.exec('pragma locking_mode = exclusive')
    const { rows: first, whole } = readRun(db, after, Number.MAX_SAFE_INTEGER, 'asc')
    if (whole) return { entries: [...first, ...readAside(db)], lost: 0 }
    const from = first.at(-1)?.id ?? after
    const last = readRun(db, from, Number.MAX_SAFE_INTEGER, 'desc').rows.toReversed()
    const to = last[0]?.id ?? lastId(db)
    const between: Entry[] = []
    for (let id = from + 1; id < Math.min(to, from + maxLookups); id++) between.push(...readRun(db, id - 1, id, 'asc').rows)
    return { entries: [...first, ...between, ...last, ...readAside(db)], lost: Math.max(0, to - from - 1 - between.length) }
  } catch (error) {
    if (!isDamage(error)) throw error
    return { entries: [], lost: 0 }
  } finally {
    db?.close()
  }
}

/** One above the last id that was given, where the end of the table cannot be read. */
function lastId(db: DatabaseSync): number {
  try {
    return 1 + (Number(db.prepare(`select seq from sqlite_sequence where name = 'entries'`).get()?.seq) || 0)
  } catch {
    return 0
  }
}

/** Items that lay aside, as entries: they are tried again at each start. */
function readAside(db: DatabaseSync): Entry[] {
  try {
    return db.prepare('select rowid as id, laid_at as spooled_at, 1 as items, rows from aside').all().flatMap(toEntry)
  } catch {
    return []
  }
}

/** Entries with ids above `after` and up to `upTo`, until one cannot be read. */
function readRun(db: DatabaseSync, after: number, upTo: number, order: 'asc' | 'desc'): { rows: Entry[]; whole: boolean } {
  const rows: Entry[] = []
  let [low, high, limit] = [after, upTo, 256]
  for (;;) {
    try {
      // Of all versions: older ones had no checksums.
      const statement = `select * from entries where id > ? and id <= ? order by id ${order} limit ?`
      const found = entriesOf(db.prepare(statement).all(low, high, limit))
      if (found.length === 0) return { rows, whole: true }
      rows.push(...found)
      const { id } = found.at(-1) ?? { id: 0 }
      if (order === 'asc') low = id
      else high = id - 1
    } catch (error) {
      if (!isDamage(error)) throw error
      if (limit === 1) return { rows, whole: false }
      limit = 1
    }
  }
}

function freeName(file: string): string {
  for (let number = 1; ; number++) {
    const name = `${file}.damaged-${number}`
    if (!existsSync(name)) return name
  }
}

export function bound(db: DatabaseSync, maxBytes: number): void {
  db.exec(`pragma max_page_count = ${Math.floor(maxBytes / pageBytes)}`)
}

/** Works past the bound: what moves within a full spool is in it twice for a moment, and must not be stuck. */
export function unbounded(db: DatabaseSync, maxBytes: number, work: () => void): void {
  bound(db, Number.MAX_SAFE_INTEGER)
  try {
    work()
  } finally {
    bound(db, maxBytes)
  }
}

export function transact(db: DatabaseSync, work: () => void): void {
  db.exec('begin immediate')
  try {
    work()
    db.exec('commit')
  } catch (error) {
    try {
      db.exec('rollback')
    } catch {
      // SQLite has rolled back on its own, as it does where the disk is full.
    }
    throw error
  }
}
