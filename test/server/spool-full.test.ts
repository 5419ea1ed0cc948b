/** A spool that is full, and its file, with a database that does what the test says. */
import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failure, freshPath, mebibyte, numbersOf, openPipe, outcomeOf, removePaths, until, upTo } from '../support/pipe.ts'

afterAll(removePaths)

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
    const dataDir = freshPath()
    await using _first = await openPipe({ dataDir })
    await expect(openPipe({ dataDir })).rejects.toThrow(`Another hk-live (process ${process.pid}) uses ${dataDir}.`)
  })

  test('needs a folder that can be written, and a sentence says so', async () => {
    const file = freshPath()
    await writeFile(file, '')
    await expect(openPipe({ dataDir: join(file, 'data') })).rejects.toThrow('HK_SPOOL_BYTES to 0')
    const closed = freshPath()
    await mkdir(join(closed, 'spool.lock'), { recursive: true })
    await expect(openPipe({ dataDir: closed })).rejects.toThrow('HK_SPOOL_BYTES to 0')
  })
})
