/**
 * Group commit, the spool behind it and its drain, with a database that does what the test says. The same with a
 * real Postgres and real processes stands in `test/faults`.
 *
 * @module
 */
import { afterAll, describe, expect, test } from 'bun:test'
import { HkError } from '@hk-live/sdk/protocol'
import { createGroupCommit } from '../../server/ingest/index.ts'
import type { Group, Written } from '../../server/store/index.ts'
import { failure, numbersOf, openPipe, outcomeOf, removePaths, row, until, upTo } from '../support/pipe.ts'

afterAll(removePaths)

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
