/**
 * Group commit, the spool behind it and its drain, with a database that does what the test says. The same with a
 * real Postgres and real processes stands in `test/faults`.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HkError } from '@hk-live/sdk/protocol'
import { createDrain, createGroupCommit, openSpool, type Overflow } from '../../server/ingest/index.ts'
import type { Group, NewFetch, Written } from '../../server/store/index.ts'

let base: string
let made = 0

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hk-spool-'))
})
afterAll(() => rm(base, { recursive: true, force: true }))

const folder = () => join(base, `${++made}`)
const mebibyte = 1024 * 1024

/** One row, of a number that stands in its id. */
function row(number: number, bytes = 0, site_id = 'x7k2m9qf4a'): Group {
  const fetch: NewFetch = {
    site_id,
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    at: 0,
    received_at: 0,
    agent: 'GPTBot',
    family: 'OpenAI',
    category: 'training',
    hostname: 'shop.example',
    path: `/${'x'.repeat(bytes)}`,
    status: 200,
    content_type: '',
    response_ms: null,
    bytes_served: null,
  }
  return { items: [], fetches: [fetch] }
}

const numbersOf = ({ fetches }: Group) => fetches.map(({ id }) => Number(id.slice(-12)))
const failure = (code: string) => Object.assign(new Error(`The database says ${code}.`), { code })

/** A database in a word: it takes rows, is away, refuses some, or never answers. */
function createDatabase() {
  const stored: number[] = []
  const gone = new Set<string>()
  const database = {
    /** Numbers of rows in the order in which they were committed. */
    stored,
    /** Sites that are no more. */
    gone,
    away: false,
    /** Called before a commit; may wait or throw. */
    before: (_rows: Group): Promise<void> | void => undefined,
    async store(rows: Group): Promise<Written> {
      await database.before(rows)
      if (database.away) throw failure('ECONNREFUSED')
      const missing = new Set(rows.fetches.map(({ site_id }) => site_id).filter((id) => gone.has(id)))
      stored.push(...numbersOf({ ...rows, fetches: rows.fetches.filter(({ site_id }) => !missing.has(site_id)) }))
      return { versions: [], missing }
    },
  }
  return database
}

/** A group commit with a spool before a database; `lines` is what it logs. */
async function openPipe(options: { dataDir?: string; maxBytes?: number; patienceMs?: number } = {}) {
  const { dataDir = folder(), maxBytes = 8 * mebibyte, patienceMs = 60_000 } = options
  await using stack = new AsyncDisposableStack()
  const database = createDatabase()
  const { store } = database
  const lines: string[] = []
  const log = (_level: string, message: string) => void lines.push(message)
  const spool = stack.use(await openSpool({ dataDir, maxBytes, log }))
  const drain = stack.use(createDrain({ spool, store, log, maxItems: 10, backOff: () => 5, closeMs: 50 }))
  const overflow: Overflow = { spool, drain }
  const group = stack.use(createGroupCommit({ store, overflow, log, patienceMs, gatherMs: 1 }))
  const open = stack.move()
  return {
    dataDir,
    database,
    spool,
    drain,
    group,
    lines,
    add: (number: number, bytes = 0) => group.add(row(number, bytes)),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** Each append waits for the disk, which takes its time where others write as well. */
async function until(fits: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; !fits(); await Bun.sleep(5)) {
    if (Date.now() > deadline) throw new Error(`It did not come to be that ${what}.`)
  }
}

/** How many of several adds were acknowledged, and what the others were told. */
async function outcomeOf(adds: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(adds)
  const refusals = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  return { taken: settled.length - refusals.length, refusals }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('memory', () => {
  const log = () => undefined

  test('holds no more rows than may be held when writes are slow; the rest is told when to come again', async () => {
    const commits: PromiseWithResolvers<Written>[] = []
    let inCommit = 0
    const group = createGroupCommit({
      log,
      gatherMs: 0,
      maxRows: 10,
      maxHeld: 50,
      store(rows) {
        inCommit += rows.fetches.length
        const commit = Promise.withResolvers<Written>()
        commits.push(commit)
        return commit.promise
      },
    })
    const open = new Set<number>()
    let most = 0
    const add = (number: number) => {
      open.add(number)
      return group
        .add(row(number))
        .then(
          () => 'taken',
          (error) => (error instanceof HkError ? `${error.code} ${error.retryAfterMs}` : String(error)),
        )
        .finally(() => open.delete(number))
    }
    const outcomes: string[] = []
    let committed = 0
    // Four arrive for each that is committed.
    for (let round = 0; round < 50; round += 1) {
      const adds = upTo(40).map((index) => add(round * 40 + index))
      for (const added of adds) void added.then((outcome) => outcomes.push(outcome))
      await until(() => open.size <= 50 && commits.length > committed, 'those that are refused know it')
      most = Math.max(most, open.size)
      commits[committed++]?.resolve({ versions: [], missing: new Set() })
    }
    const closing = group[Symbol.asyncDispose]()
    const rest = setInterval(() => {
      for (const commit of commits.splice(committed)) commit.resolve({ versions: [], missing: new Set() })
    })
    await closing
    clearInterval(rest)
    await until(() => outcomes.length === 2_000, 'all are answered')
    const taken = outcomes.filter((outcome) => outcome === 'taken').length
    expect(new Set(outcomes)).toEqual(new Set(['taken', 'unavailable 2000']))
    expect(taken).toBe(inCommit)
    expect(most).toBeLessThanOrEqual(50)
    expect(most).toBeGreaterThanOrEqual(40)
    expect(taken).toBeLessThan(600)
  })

  test('counts bytes as well', async () => {
    await using group = createGroupCommit({
      log,
      gatherMs: 0,
      maxHeldBytes: 100_000,
      store: async () => {
        await Bun.sleep(20)
        return { versions: [], missing: new Set() }
      },
    })
    const { taken, refusals } = await outcomeOf(upTo(30).map((number) => group.add(row(number, 20_000))))
    expect(taken).toBe(4)
    expect(refusals.every((error) => error instanceof HkError && error.code === 'unavailable')).toBe(true)
  })
})

describe('while the database is away', () => {
  test('rows are acknowledged from the disk, and are stored in order when it is back', async () => {
    await using pipe = await openPipe()
    const { database, spool, add } = pipe
    await add(0)
    database.away = true
    for (const number of upTo(35)) await add(1 + number)
    expect(database.stored).toEqual([0])
    expect(spool.items).toBe(35)
    expect(spool.oldestAt).toBeGreaterThan(0)
    database.away = false
    // What arrives before all is stored goes to the end of the queue.
    await add(36)
    await until(() => spool.items === 0, 'the spool is drained')
    await add(37)
    expect(database.stored).toEqual(upTo(38))
    expect(pipe.drain.stored).toBeGreaterThanOrEqual(35)
    expect(spool.oldestAt).toBeUndefined()
    expect(pipe.lines.some((line) => line.startsWith('The database is away, and items go to the spool'))).toBe(true)
    expect(pipe.lines.some((line) => /^The spool is drained: 3[56] items/.test(line))).toBe(true)
  })

  test('the queue comes to its end also under traffic that never stops', async () => {
    await using pipe = await openPipe()
    const { database, spool } = pipe
    database.away = true
    await Promise.all(upTo(25).map((number) => pipe.add(number)))
    database.before = () => Bun.sleep(10)
    database.away = false
    let going = true
    let last = 25
    const senders = upTo(4).map(async () => {
      while (going) await pipe.add(last++)
    })
    // Should this fail, they end with it.
    await using _ended = { [Symbol.asyncDispose]: async () => void (going = false) }
    await until(() => spool.items === 0, 'the spool is drained')
    const drained = pipe.drain.stored
    await until(() => database.stored.length > drained + 40, 'more is stored')
    // None of it went over the disk.
    expect(pipe.drain.stored).toBe(drained)
    going = false
    await Promise.all(senders)
    expect(database.stored).toEqual(upTo(last))
  }, 90_000)

  test('the last of the queue is not waited for when it hangs', async () => {
    await using pipe = await openPipe({ patienceMs: 50 })
    const { database, spool } = pipe
    database.away = true
    await Promise.all(upTo(12).map((number) => pipe.add(number)))
    const hang = Promise.withResolvers<void>()
    database.before = (rows) => (numbersOf(rows).includes(11) ? hang.promise : undefined)
    database.away = false
    await until(() => pipe.drain.turn?.most === 0, 'the last transaction is on its way')
    await Promise.all([pipe.add(12), pipe.add(13)])
    await pipe.add(14)
    expect(spool.items).toBe(5)
    hang.resolve()
    await until(() => spool.items === 0, 'the spool is drained')
    expect(database.stored).toEqual(upTo(15))
  })

  test('a commit that hangs is not waited for: its rows are in the spool, and may be stored twice', async () => {
    await using pipe = await openPipe({ patienceMs: 20 })
    const { database, spool, add } = pipe
    const thaw = Promise.withResolvers<void>()
    database.before = () => thaw.promise
    await Promise.all([add(1), add(2)])
    await add(3)
    expect(spool.items).toBe(3)
    expect(database.stored).toEqual([])
    thaw.resolve()
    await until(() => spool.items === 0, 'the spool is drained')
    // The ids are what makes the second time harmless, in the write transaction.
    expect(new Set(database.stored)).toEqual(new Set([1, 2, 3]))
    expect(database.stored.length).toBeGreaterThan(3)
  })

  test('closing keeps what waits, and the next start stores it', async () => {
    const first = await openPipe({ patienceMs: 20 })
    first.database.before = () => new Promise(() => undefined)
    const adding = upTo(5).map((number) => first.add(number))
    await first.group[Symbol.asyncDispose]()
    expect((await outcomeOf(adding)).taken).toBe(5)
    await first[Symbol.asyncDispose]()
    await using second = await openPipe({ dataDir: first.dataDir })
    expect(second.spool.items).toBe(5)
    second.drain.wake()
    await second.add(5)
    await until(() => second.spool.items === 0, 'the spool is drained')
    expect(second.database.stored).toEqual(upTo(6))
  })

  test('rows of a site that is gone when it is back are dropped and counted', async () => {
    await using pipe = await openPipe()
    pipe.database.away = true
    await Promise.all([pipe.add(1), pipe.group.add(row(2, 0, 'gone')), pipe.add(3)])
    pipe.database.gone.add('gone')
    pipe.database.away = false
    await until(() => pipe.spool.items === 0, 'the spool is drained')
    expect(pipe.database.stored).toEqual([1, 3])
    expect([pipe.drain.stored, pipe.drain.dropped]).toEqual([2, 1])
  })
})

describe('a row that the database refuses for its own sake', () => {
  const refuse = (number: number, code: string) => (rows: Group) => {
    if (numbersOf(rows).includes(number)) throw failure(code)
  }

  test('is laid aside, holds up nobody, and is tried again at the next start', async () => {
    const first = await openPipe()
    const { database, spool } = first
    database.away = true
    await Promise.all(upTo(25).map((number) => first.add(number)))
    database.before = refuse(13, '22P02')
    database.away = false
    await until(() => spool.items === 0, 'the spool is drained')
    expect(database.stored).toEqual(upTo(25).filter((number) => number !== 13))
    expect(spool.aside).toBe(1)
    expect(first.lines.filter((line) => line.includes('laid aside'))).toHaveLength(1)
    await first.add(25)
    await first[Symbol.asyncDispose]()
    await using second = await openPipe({ dataDir: first.dataDir })
    second.drain.wake()
    await until(() => second.spool.items === 0, 'the spool is drained')
    expect(second.database.stored).toEqual([13])
    expect(second.spool.aside).toBe(0)
  })

  test.each(['57014', '25006', '53100', '40P01', '28P01', '42501', 'EHOSTUNREACH', 'ENETUNREACH', 'EMFILE', 'CERT_HAS_EXPIRED'])('is not one that meets %s, which is the fault of the database', async (code) => {
    await using pipe = await openPipe()
    pipe.database.away = true
    await Promise.all(upTo(3).map(pipe.add))
    let tries = 0
    pipe.database.before = () => {
      if (++tries <= 3) throw failure(code)
    }
    pipe.database.away = false
    await until(() => pipe.spool.items === 0, 'the spool is drained')
    expect(pipe.database.stored).toEqual([0, 1, 2])
    expect(pipe.spool.aside).toBe(0)
  })
})

test('what is too much for the time that a statement has is stored in parts', async () => {
  await using pipe = await openPipe()
  pipe.database.away = true
  await Promise.all(upTo(25).map(pipe.add))
  pipe.database.before = (rows) => {
    if (numbersOf(rows).length > 2) throw failure('57014')
  }
  pipe.database.away = false
  await until(() => pipe.spool.items === 0, 'the spool is drained')
  expect(pipe.database.stored).toEqual(upTo(25))
  expect(pipe.spool.aside).toBe(0)
})

describe('a spool that is full', () => {
  /** Adds until one is refused, and checks that this left nothing behind. */
  async function fill(pipe: Awaited<ReturnType<typeof openPipe>>, from: number): Promise<number> {
    for (let number = from; ; number += 1) {
      const before = pipe.spool.items
      try {
        await pipe.add(number, 2_000)
      } catch (error) {
        expect(error).toMatchObject({ code: 'unavailable', retryAfterMs: 10_000 })
        expect(pipe.spool.items).toBe(before)
        return number
      }
    }
  }

  test('refuses by its quota, keeps all that it acknowledged, and takes rows again when it is drained', async () => {
    await using pipe = await openPipe({ maxBytes: 256 * 1024 })
    pipe.database.away = true
    const count = await fill(pipe, 0)
    expect(count).toBeGreaterThan(50)
    expect(pipe.spool.bytes).toBeLessThanOrEqual(256 * 1024)
    expect(statSync(join(pipe.dataDir, 'spool.sqlite')).size).toBeLessThanOrEqual(256 * 1024)
    expect(pipe.lines.filter((line) => line.startsWith('The spool takes no more'))).toHaveLength(1)
    // Several together are refused together.
    expect((await outcomeOf(upTo(4).map((index) => pipe.add(count + index, 2_000)))).taken).toBe(0)
    expect(pipe.spool.items).toBe(count)
    pipe.database.away = false
    await until(() => pipe.spool.items === 0, 'the spool is drained')
    expect(pipe.database.stored).toEqual(upTo(count))
    pipe.database.away = true
    const second = await fill(pipe, count)
    expect(second - count).toBeGreaterThan(50)
  })

  test('is not stuck by a row that is refused, and tries it again at the next start', async () => {
    const first = await openPipe({ maxBytes: 128 * 1024 })
    first.database.away = true
    await first.add(0, 50_000)
    const end = await fill(first, 1)
    first.database.before = (rows) => {
      if (numbersOf(rows).includes(0)) throw failure('22P02')
    }
    first.database.away = false
    await until(() => first.spool.items === 0, 'the spool is drained')
    expect(first.spool.aside).toBe(1)
    first.database.away = true
    const more = await fill(first, end)
    expect(more).toBeGreaterThan(end)
    await first[Symbol.asyncDispose]()
    await using second = await openPipe({ dataDir: first.dataDir, maxBytes: 128 * 1024 })
    expect([second.spool.items, second.spool.aside]).toEqual([more - end + 1, 0])
    second.drain.wake()
    await until(() => second.spool.items === 0, 'the spool is drained')
    expect(second.database.stored.toSorted((a, b) => a - b)).toEqual([0, ...upTo(more).slice(end)])
  })

  test('is found as it was by the next start', async () => {
    const first = await openPipe({ maxBytes: 128 * 1024 })
    first.database.away = true
    const count = await fill(first, 0)
    await first[Symbol.asyncDispose]()
    expect(first.lines.at(-1)).toContain(`${count} items wait in`)
    await using second = await openPipe({ dataDir: first.dataDir, maxBytes: 128 * 1024 })
    second.drain.wake()
    await until(() => second.spool.items === 0, 'the spool is drained')
    expect(second.database.stored).toEqual(upTo(count))
  })

  /** Mounts a file system of 1 MiB, where that is possible; disposing takes it away. */
  function mount(): Disposable | undefined {
    mkdirSync(small, { recursive: true })
    const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]).success
    const dispose = () => {
      Bun.spawnSync(['umount', small])
      rmSync(small, { recursive: true, force: true })
    }
    if (mounted) return { [Symbol.dispose]: dispose }
    rmSync(small, { recursive: true })
    return undefined
  }
  const small = join(tmpdir(), `hk-small-${process.pid}`)
  const trial = process.platform === 'linux' && process.getuid?.() === 0 ? mount() : undefined
  trial?.[Symbol.dispose]()

  test.if(trial !== undefined)('on a file system that is full, refuses, keeps what it acknowledged, and gives the space back', async () => {
    using _mounted = mount()
    await using pipe = await openPipe({ dataDir: join(small, 'data') })
    pipe.database.away = true
    const count = await fill(pipe, 0)
    expect(count).toBeGreaterThan(50)
    pipe.database.away = false
    await until(() => pipe.spool.items === 0, 'the spool is drained')
    expect(pipe.database.stored).toEqual(upTo(count))
    // SQLite needs room to delete as well: where there is none, the file is made anew once all is stored.
    expect(pipe.lines).toContain('Items that are stored could not be deleted from the spool')
    pipe.database.away = true
    expect((await fill(pipe, count)) - count).toBeGreaterThan(50)
    pipe.database.away = false
    await until(() => pipe.spool.items === 0, 'the spool is drained')
    // Another program takes all the room.
    await writeFile(join(small, 'other'), new Uint8Array(2 * mebibyte)).catch(() => undefined)
    pipe.database.away = true
    const before = pipe.spool.items
    const { taken, refusals } = await outcomeOf(upTo(200).map((number) => pipe.add(number, 8_000)))
    expect(refusals.length).toBeGreaterThan(0)
    expect(pipe.spool.items).toBe(before + taken)
  })
})

describe('the file', () => {
  test('is taken away when a large one has run empty, and made anew', async () => {
    await using pipe = await openPipe({ maxBytes: 64 * mebibyte })
    pipe.database.away = true
    await Promise.all(upTo(300).map((number) => pipe.add(number, 40_000)))
    expect(pipe.spool.bytes).toBeGreaterThan(8 * mebibyte)
    pipe.database.away = false
    await until(() => pipe.spool.items === 0, 'the spool is drained')
    expect(existsSync(join(pipe.dataDir, 'spool.sqlite'))).toBe(false)
    pipe.database.away = true
    await pipe.add(300)
    pipe.database.away = false
    await until(() => pipe.spool.items === 0, 'the spool is drained')
    expect(pipe.database.stored).toEqual(upTo(301))
  })

  test('that cannot be made anew at once is made when it is needed', async () => {
    await using pipe = await openPipe({ maxBytes: 64 * mebibyte })
    const log = join(pipe.dataDir, 'spool.sqlite-wal')
    pipe.database.away = true
    await Promise.all(upTo(300).map((number) => pipe.add(number, 40_000)))
    // Something else stands where SQLite would write.
    rmSync(log)
    mkdirSync(log)
    pipe.database.away = false
    await until(() => pipe.spool.items === 0, 'the spool is drained')
    expect(pipe.spool.bytes).toBe(0)
    pipe.database.away = true
    await expect(pipe.add(300)).rejects.toMatchObject({ code: 'unavailable' })
    rmSync(log, { recursive: true })
    await pipe.add(301)
    pipe.database.away = false
    await until(() => pipe.spool.items === 0, 'the spool is drained')
    expect(pipe.database.stored).toEqual([...upTo(300), 301])
  })

  test('belongs to one process', async () => {
    const dataDir = folder()
    await using _first = await openPipe({ dataDir })
    await expect(openPipe({ dataDir })).rejects.toThrow(`Another hk-live (process ${process.pid}) uses ${dataDir}.`)
  })

  test('needs a folder that can be written, and a sentence says so', async () => {
    const file = folder()
    await writeFile(file, '')
    await expect(openPipe({ dataDir: join(file, 'data') })).rejects.toThrow('HK_SPOOL_BYTES to 0')
    const closed = folder()
    await mkdir(join(closed, 'spool.lock'), { recursive: true })
    await expect(openPipe({ dataDir: closed })).rejects.toThrow('HK_SPOOL_BYTES to 0')
  })
})
