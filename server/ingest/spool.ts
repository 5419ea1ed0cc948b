import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HkError } from '@hk-live/sdk/protocol'
import type { Log } from '../log.ts'
import { type Group, StoreError, takeLock } from '../store/index.ts'

/** Rows of one request that wait on disk. */
export interface Spooled {
  readonly id: number
  readonly rows: Group
}

/**
 * A queue on disk for what cannot be committed now: a table of SQLite, bounded by bytes, of one process.
 * What is appended is on the disk when the call returns.
 */
export interface Spool extends AsyncDisposable {
  /** Items that wait. */
  readonly items: number
  /** Bytes of the file that are in use. */
  readonly bytes: number
  /** When the oldest that waits was appended, in milliseconds since 1970; `undefined` where nothing waits. */
  readonly oldestAt: number | undefined
  /** Items that lie aside as they could not be stored; they are tried again at the next start. */
  readonly aside: number
  /**
   * Appends the rows of several requests in one transaction: all or none.
   *
   * @throws {HkError} `unavailable` where the spool or its disk takes no more
   */
  append(requests: readonly Group[]): void
  /** The oldest requests, at least one where any waits, of at most so many items together. */
  oldest(maxItems: number): Spooled[]
  /** Forgets what was appended up to and with an id. */
  remove(upTo: number): void
  /** Lays one item aside that Postgres refuses for its own sake. */
  layAside(row: { readonly site_id: string; readonly id: string }, rows: Group, reason: string): void
}

/** Settings of {@link openSpool}. */
export interface SpoolOptions {
  readonly dataDir: string
  /** What the file may grow to. */
  readonly maxBytes: number
  readonly log: Log
  readonly now?: () => number
}

const pageBytes = 4_096
/** A file that is this large when it has run empty is made anew, so that the disk gets its space back. */
const keptBytes = 4 * 1024 * 1024
const retryAfterMs = 10_000

/**
 * Opens the spool in a data directory, and what an earlier process left in it.
 *
 * It works in WAL mode with `synchronous = full`: then SQLite syncs its log with each commit, and a power cut
 * takes nothing back that was appended; `normal` would sync it only now and then. The bound is SQLite's own
 * `max_page_count`; the log beside the file may take some 4 MiB more.
 *
 * @throws {StoreError} where another process has the directory, or the file cannot be used
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { dataDir, maxBytes, log, now = Date.now } = options
  const file = join(dataDir, 'spool.sqlite')
  const unlock = await take(dataDir)
  let db: DatabaseSync | undefined
  let items: number
  try {
    db = openFile(file, maxBytes)
    queueAgain(db, maxBytes, log)
    items = waitingIn(db)
  } catch (error) {
    await unlock()
    throw new StoreError(
      `The spool ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}. ` +
        'Make room on its disk, or move it away to begin with an empty one.',
    )
  }
  /** What is done with up to here, whether it could be deleted or not. */
  let removed = 0
  /** Whether it was said that it is full, since something was taken out. */
  let full = false

  /** The file, made anew where it was taken away. */
  const opened = (): DatabaseSync => (db ??= openFile(file, maxBytes))
  /** A number that is 0 where there is no file. */
  const number = (statement: string): number => Number(Object.values(db?.prepare(statement).get() ?? {})[0] ?? 0)

  function append(requests: readonly Group[]): void {
    try {
      const file = opened()
      transact(file, () => {
        const insert = file.prepare('insert into entries (spooled_at, items, rows) values (?, ?, ?)')
        for (const rows of requests) insert.run(now(), sizeOf(rows), JSON.stringify(rows))
      })
    } catch (error) {
      if (!full) log('error', 'The spool takes no more, and items are refused', String(error))
      full = true
      throw new HkError('unavailable', 'The database is away, and the spool takes no more. Try again later.', { retryAfterMs })
    }
    for (const rows of requests) items += sizeOf(rows)
  }

  /** Deletes what is done with. On a full disk even that can fail, as SQLite first writes what it will do. */
  function prune(): void {
    try {
      opened().prepare('delete from entries where id <= ?').run(removed)
    } catch (error) {
      log('warn', 'Items that are stored could not be deleted from the spool', error)
    }
    if (items > 0 || number('select count(*) from aside') > 0) return
    if (number('pragma page_count') * pageBytes < keptBytes && number('select count(*) from entries') === 0) return
    opened().close()
    db = undefined
    removed = 0
    // The log last: a file without its log is a torn one, a log without its file is none.
    for (const suffix of ['', '-wal']) rmSync(file + suffix, { force: true })
  }

  return {
    get items() {
      return items
    },
    get bytes() {
      return (number('pragma page_count') - number('pragma freelist_count')) * pageBytes
    },
    get oldestAt() {
      if (items === 0) return undefined
      return number(`select spooled_at from entries where id > ${removed} order by id limit 1`)
    },
    get aside() {
      return number('select count(*) from aside')
    },
    append,
    oldest(maxItems) {
      const heads = opened().prepare('select id, items from entries where id > ? order by id limit ?')
      let sum = 0
      let last = removed
      for (const head of heads.all(removed, maxItems)) {
        sum += Number(head.items)
        if (sum > maxItems && last > removed) break
        last = Number(head.id)
      }
      const rows = opened().prepare('select id, rows from entries where id > ? and id <= ? order by id').all(removed, last)
      return rows.map((row) => ({ id: Number(row.id), rows: readGroup(String(row.rows)) }))
    },
    remove(upTo) {
      items -= number(`select coalesce(sum(items), 0) from entries where id > ${removed} and id <= ${upTo}`)
      removed = upTo
      full = false
      prune()
    },
    layAside({ site_id, id }, rows, reason) {
      const insert = 'insert or replace into aside (site_id, item_id, laid_at, reason, rows) values (?, ?, ?, ?, ?)'
      const file = opened()
      unbounded(file, maxBytes, () => file.prepare(insert).run(site_id, id, now(), reason, JSON.stringify(rows)))
    },
    async [Symbol.asyncDispose]() {
      if (items > 0) log('warn', `${items} items wait in ${file}: the next start stores them`)
      db?.close()
      await unlock()
    },
  }
}

/** How many items and fetches a group has. */
export function sizeOf({ items, fetches }: Group): number {
  return items.length + fetches.length
}

/** Makes the directory where there is none, and takes the spool in it for this process. */
async function take(dataDir: string): Promise<() => Promise<void>> {
  try {
    mkdirSync(dataDir, { recursive: true })
    return await takeLock(join(dataDir, 'spool.lock'), dataDir)
  } catch (error) {
    if (error instanceof StoreError) throw error
    throw new StoreError(
      `HK_DATA_DIR ${dataDir} cannot be written, but the spool has to be there: ${String(error)}. ` +
        'Set it to a folder that can be, or HK_SPOOL_BYTES to 0 to work without a spool.',
    )
  }
}

function openFile(file: string, maxBytes: number): DatabaseSync {
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
        rows       text not null
      ) strict;
      create table if not exists aside (
        site_id text not null,
        item_id text not null,
        laid_at integer not null,
        reason  text not null,
        rows    text not null,
        primary key (site_id, item_id)
      ) strict`)
    bound(db, maxBytes)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Puts what lay aside at the end of the queue, as this version may know how to store it, where there is room. */
function queueAgain(db: DatabaseSync, maxBytes: number, log: Log): void {
  const move = `
    insert into entries (spooled_at, items, rows) select laid_at, 1, rows from aside;
    delete from aside`
  try {
    unbounded(db, maxBytes, () => transact(db, () => db.exec(move)))
  } catch (error) {
    log('warn', 'Items that lie aside in the spool are not tried again now', error)
  }
}

function waitingIn(db: DatabaseSync): number {
  return Number(db.prepare('select coalesce(sum(items), 0) as items from entries').get()?.items ?? 0)
}

function bound(db: DatabaseSync, maxBytes: number): void {
  db.exec(`pragma max_page_count = ${Math.floor(maxBytes / pageBytes)}`)
}

/** Works past the bound: what moves within a full spool is in it twice for a moment, and must not be stuck. */
function unbounded(db: DatabaseSync, maxBytes: number, work: () => void): void {
  bound(db, Number.MAX_SAFE_INTEGER)
  try {
    work()
  } finally {
    bound(db, maxBytes)
  }
}

function transact(db: DatabaseSync, work: () => void): void {
  db.exec('begin immediate')
  try {
    work()
    db.exec('commit')
  } catch (error) {
    try {
      db.exec('rollback')
    } catch {
      // SQLite has rolled back by itself, as it does where the disk is full.
    }
    throw error
  }
}

/** What {@link Spool.append} has written. */
function readGroup(text: string): Group {
  const { items, fetches } = JSON.parse(text) as Group
  return { items, fetches }
}
