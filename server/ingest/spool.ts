import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { HkError } from '@hk-live/sdk/protocol'
import type { Log } from '../log.ts'
import { type Group, makeFolder, StoreError, takeLock } from '../store/index.ts'
import { checksumOf, type Entry, groupOf, itemCount, readOldest } from './spool-entry.ts'
import { finishSalvage, isDamage, isWhole, openFile, pageBytes, salvage, transact, unbounded } from './spool-file.ts'

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
  /** Entries that could not be read since the process started: they are kept as they are, in the file or beside it. */
  readonly unreadable: number
  /**
   * Appends the rows of several requests in one transaction: all or none.
   *
   * @throws {HkError} `unavailable` where the spool or its disk takes no more
   */
  append(requests: readonly Group[]): void
  /**
   * The oldest requests, at least one where any waits, of at most so many items together. An entry that cannot be read
   * is put aside as it is, and holds up none behind it.
   */
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
  let unreadable = 0
  /** Files made out of damaged ones: in each, ids begin anew and name other entries. */
  let generation = 0
  /** That of the file which the entries that were last asked for are of. */
  let asked = 0

  /** Goes on with what can be read of a damaged file. */
  function recover(after: number): DatabaseSync {
    db?.close()
    db = undefined
    const salvaged = salvage(file, maxBytes, after)
    generation++
    unreadable += salvaged.lost
    const { read, lost, kept } = salvaged
    log('error', `The spool was damaged: of its requests ${read} could be read and ${lost} or more not. The damaged file is ${kept}`)
    db = salvaged.db
    items = waitingIn(db)
    return db
  }

  try {
    finishSalvage(file)
    db = openWhole(file, maxBytes) ?? recover(0)
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

  /** Does something with the file; where that turns out to be damaged, once more with what could be read of it. */
  function guarded<T>(work: (file: DatabaseSync) => T): T {
    try {
      return work(opened())
    } catch (error) {
      if (!isDamage(error)) throw error
      const salvaged = recover(removed)
      removed = 0
      return work(salvaged)
    }
  }

  /** What a statement counts; 0 where there is no file. */
  function number(statement: () => string): number {
    if (db === undefined) return 0
    return Number(Object.values(guarded((file) => file.prepare(statement()).get()) ?? {})[0] ?? 0)
  }

  function append(requests: readonly Group[]): void {
    try {
      const texts = requests.map((rows) => JSON.stringify(rows))
      guarded((file) =>
        transact(file, () => {
          const insert = file.prepare('insert into entries (spooled_at, items, rows, checksum) values (?, ?, ?, ?)')
          for (const [index, rows] of requests.entries()) {
            const text = texts[index] ?? ''
            const { lastInsertRowid } = insert.run(now(), Math.max(1, sizeOf(rows)), text, checksumOf(text))
            // Where the count of ids is damaged, what is new must not pass for what is done with.
            removed = Math.min(removed, Number(lastInsertRowid) - 1)
          }
        }),
      )
    } catch (error) {
      if (!full) log('error', 'The spool takes no more, and items are refused', String(error))
      full = true
      throw new HkError('unavailable', 'The database is away, and the spool takes no more. Try again later.', { retryAfterMs })
    }
    for (const rows of requests) items += Math.max(1, sizeOf(rows))
  }

  /** Deletes what is done with. On a full disk even that can fail, as SQLite first writes what it will do. */
  function prune(): void {
    try {
      guarded((file) => file.prepare('delete from entries where id <= ?').run(removed))
    } catch (error) {
      log('warn', 'Items that are stored could not be deleted from the spool', error)
    }
    if (items > 0 || number(() => 'select (select count(*) from aside) + (select count(*) from unreadable)') > 0) return
    if (number(() => 'pragma page_count') * pageBytes < keptBytes && number(() => 'select count(*) from entries') === 0) return
    opened().close()
    db = undefined
    removed = 0
    // The log last: a file without its log is a torn one, a log without its file is none.
    for (const suffix of ['', '-wal']) rmSync(file + suffix, { force: true })
  }

  /** Puts entries that cannot be read aside as they are. */
  function putAside(damaged: readonly { readonly entry: Entry; readonly reason: string }[]): void {
    const insert = 'insert into unreadable (id, spooled_at, found_at, reason, rows) values (?, ?, ?, ?, ?)'
    guarded((file) => {
      if (generation !== asked) return
      unbounded(file, maxBytes, () =>
        transact(file, () => {
          for (const { entry: { id, spooled_at, rows }, reason } of damaged) {
            file.prepare(insert).run(id, spooled_at, now(), reason, rows)
            file.prepare('delete from entries where id = ?').run(id)
          }
        }),
      )
    })
    if (generation !== asked) return
    for (const { entry, reason } of damaged) {
      items -= entry.items
      unreadable++
      log('error', `Request ${entry.id} of the spool cannot be read (${reason}), and is put aside in its table "unreadable"`)
    }
  }

  return {
    get items() {
      return items
    },
    get bytes() {
      return (number(() => 'pragma page_count') - number(() => 'pragma freelist_count')) * pageBytes
    },
    get oldestAt() {
      if (items === 0) return undefined
      // 0 where a damaged file had none that could be read.
      const oldest = () => `select min(max(spooled_at, 0), ${Number.MAX_SAFE_INTEGER}) from entries where id > ${removed} order by id limit 1`
      return number(oldest) || undefined
    },
    get aside() {
      return number(() => 'select count(*) from aside')
    },
    get unreadable() {
      return unreadable
    },
    append,
    oldest(maxItems) {
      for (;;) {
        const entries = guarded((file) => readOldest(file, removed, maxItems))
        asked = generation
        if (entries.length === 0) {
          // Nothing is there, whatever a damaged count of it said.
          items = 0
          return []
        }
        const read = entries.map((entry) => ({ entry, rows: groupOf(entry) }))
        const damaged = read.flatMap(({ entry, rows }) => (typeof rows === 'string' ? [{ entry, reason: rows }] : []))
        if (damaged.length > 0) putAside(damaged)
        if (generation !== asked) continue
        const whole = read.flatMap(({ entry: { id }, rows }) => (typeof rows === 'string' ? [] : [{ id, rows }]))
        if (whole.length > 0) return whole
      }
    },
    remove(upTo) {
      const sum = `select coalesce(sum(${itemCount}), 0) as items from entries where id > ? and id <= ?`
      const done = guarded((file) => Number(file.prepare(sum).get(removed, upTo)?.items ?? 0))
      // They wait in another file now, under other ids, and are stored once more, which their own ids make harmless.
      if (generation !== asked) return
      items -= done
      removed = upTo
      full = false
      prune()
    },
    layAside({ site_id, id }, rows, reason) {
      const insert = 'insert or replace into aside (site_id, item_id, laid_at, reason, rows) values (?, ?, ?, ?, ?)'
      guarded((file) =>
        unbounded(file, maxBytes, () => file.prepare(insert).run(site_id, id, now(), reason, JSON.stringify(rows))),
      )
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
  const advice = 'Make it writable for the spool, set it to a folder that is, or set HK_SPOOL_BYTES to 0 to work without a spool.'
  await makeFolder(dataDir, advice)
  return takeLock(join(dataDir, 'spool.lock'), dataDir, advice)
}

/** Opens the file, or nothing where it is damaged. */
function openWhole(file: string, maxBytes: number): DatabaseSync | undefined {
  let db: DatabaseSync | undefined
  try {
    db = openFile(file, maxBytes)
    if (isWhole(db)) return db
  } catch (error) {
    if (!isDamage(error)) throw error
  }
  db?.close()
  return undefined
}

/** Puts what lay aside at the end of the queue, as this version may know how to store it, where there is room. */
function queueAgain(db: DatabaseSync, maxBytes: number, log: Log): void {
  const move = `
    insert into entries (spooled_at, items, rows) select laid_at, 1, rows from aside order by laid_at;
    delete from aside`
  try {
    unbounded(db, maxBytes, () => transact(db, () => db.exec(move)))
  } catch (error) {
    log('warn', 'Items that lie aside in the spool are not tried again now', error)
  }
}

function waitingIn(db: DatabaseSync): number {
  return Number(db.prepare(`select coalesce(sum(${itemCount}), 0) as items from entries`).get()?.items ?? 0)
}
