/** A spool whose file is damaged: what can be read is stored, what cannot is kept and counted, and it goes on. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { createDrain, openSpool, overflowText } from '../../server/ingest/index.ts'
import type { Group, NewFetch } from '../../server/store/index.ts'
import { numbers } from '../support/numbers.ts'

let base: string
let made = 0
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hk-damage-'))
})
afterAll(() => rm(base, { recursive: true, force: true }))

/** Other damage can be tried by the environment. */
const seed = Number(process.env['HK_SEED'] ?? 6_897)
const count = 200

function row(number: number): Group {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const path = `/page-${number}-${'x'.repeat((number * 37) % 900)}`
  const rest = { at: 0, received_at: 0, agent: 'GPTBot', family: 'OpenAI', category: 'training', hostname: 'a.example' } as const
  const fetch: NewFetch = { site_id: 'x7k2m9qf4a', id, path, status: 200, content_type: '', response_ms: null, bytes_served: null, ...rest }
  return { items: [], fetches: [fetch] }
}

/** Opens a spool with a database that is there; `stored` are the rows that it took. */
async function openBoth(dataDir: string) {
  const stored: NewFetch[] = []
  const lines: string[] = []
  const log = (level: string, message: string, cause?: unknown) => void lines.push(`${level}: ${message}${cause === undefined ? '' : ` (${String(cause)})`}`)
  const spool = await openSpool({ dataDir, maxBytes: 8 * 2 ** 20, log })
  const store = async ({ fetches }: Group) => {
    stored.push(...fetches)
    return { versions: [], missing: new Set<string>() }
  }
  const drain = createDrain({ spool, store, log, maxItems: 10, backOff: () => 5 })
  return {
    spool,
    stored,
    lines,
    async drained() {
      drain.wake()
      for (const deadline = Date.now() + 20_000; spool.items > 0; await Bun.sleep(5)) {
        if (Date.now() > deadline) throw new Error(`${spool.items} items stay in the spool. ${lines.join('\n')}`)
      }
    },
    unreadable: () => Number(/^hk_spool_unreadable_total (\d+)$/m.exec(overflowText({ spool, drain }, 0))?.[1]),
    async [Symbol.asyncDispose]() {
      await drain[Symbol.asyncDispose]()
      await spool[Symbol.asyncDispose]()
    },
  }
}

/** A folder with a spool in which `count` requests wait, and its file. */
async function fill(): Promise<{ dataDir: string; file: string }> {
  const dataDir = join(base, `${++made}`)
  await mkdir(dataDir)
  await using both = await openBoth(dataDir)
  for (let number = 0; number < count; number++) both.spool.append([row(number)])
  return { dataDir, file: join(dataDir, 'spool.sqlite') }
}

const largeBytes = 64 * 2 ** 20

/** The same with more than SQLite keeps in memory, so that what is damaged on the disk is met. */
async function fillLarge(): Promise<{ dataDir: string; file: string }> {
  const dataDir = join(base, `${++made}`)
  await mkdir(dataDir)
  await using spool = await openSpool({ dataDir, maxBytes: largeBytes, log: () => undefined })
  const page = (number: number): Group => ({ ...row(number), fetches: row(number).fetches.map((one) => ({ ...one, path: 'x'.repeat(3_000) })) })
  spool.append(Array.from({ length: 4_000 }, (_, index) => page(index + 1)))
  return { dataDir, file: join(dataDir, 'spool.sqlite') }
}

const original = (fetch: NewFetch) => row(Number(fetch.id.slice(-12))).fetches[0]

/** Drains a damaged spool, and holds that all that was stored is as it was appended, once, and that it goes on. */
async function drainDamaged(dataDir: string) {
  const both = await openBoth(dataDir)
  await both.drained()
  const numbersStored = both.stored.map(({ id }) => Number(id.slice(-12)))
  expect(both.stored).toEqual(both.stored.map((fetch) => original(fetch) as NewFetch))
  expect(new Set(numbersStored).size).toBe(numbersStored.length)
  both.spool.append([row(count + 1)])
  await both.drained()
  expect(both.stored.at(-1)).toEqual(row(count + 1).fetches[0] as NewFetch)
  return { ...both, numbers: numbersStored }
}

describe('a spool with damage', () => {
  test('in the text of one entry puts that one aside as it is, and stores all others in order', async () => {
    const { dataDir, file } = await fill()
    const bytes = await readFile(file)
    const at = bytes.indexOf('/page-77-x')
    expect(at).toBeGreaterThan(0)
    // A letter that leaves it JSON.
    bytes[at + 1] = 'q'.charCodeAt(0)
    await writeFile(file, bytes)
    const both = await drainDamaged(dataDir)
    expect(both.numbers).toEqual(Array.from({ length: count }, (_, number) => number).filter((number) => number !== 77))
    expect(both.unreadable()).toBe(1)
    expect(both.lines.filter((line) => line.includes('cannot be read'))).toEqual([
      'error: Request 78 of the spool cannot be read (its checksum is another), and is put aside in its table "unreadable"',
    ])
    await both[Symbol.asyncDispose]()
    const db = new DatabaseSync(file)
    expect(db.prepare('select id, reason, rows from unreadable').all()).toMatchObject([{ id: 78, rows: expect.stringContaining('/qage-77-') }])
    db.close()
  })

  test('of a version that wrote no checksums is told by what entries hold', async () => {
    const { dataDir, file } = await fill()
    const db = new DatabaseSync(file)
    db.exec(`alter table entries drop column checksum; update entries set rows = '{"items":' where id = 3; update entries set rows = '{"items":[1],"fetches":[]}' where id = 4`)
    db.close()
    await using both = await drainDamaged(dataDir)
    expect(both.numbers).toEqual(Array.from({ length: count }, (_, number) => number).filter((number) => number !== 2 && number !== 3))
    expect(both.unreadable()).toBe(2)
  })

  test(`in rows that read but are no entries puts these aside, and stores all others in order (HK_SEED=${seed})`, async () => {
    const random = numbers(seed)
    const whole = JSON.stringify(row(0))
    const texts = [
      'null', '7', '-0.5', 'true', '""', '"x"', '[]', '{}', '[[]]', '{"items":[]}', '{"items":[],"fetches":null}', '{"items":7,"fetches":[]}',
      '{"items":{"length":1},"fetches":[]}', '{"items":[null],"fetches":[]}', '{"items":[7],"fetches":[]}', '{"items":[],"fetches":[[]]}',
      '{"items":[],"fetches":[{"site_id":7,"id":"a"}]}', '{"items":[],"fetches":[{"site_id":"a"}]}', '', ' ', 'nul', whole.slice(0, -1), `${whole}x`, '[' .repeat(100_000),
    ]
    for (let round = 0; round < 4; round++) {
      const { dataDir, file } = await fill()
      const db = new DatabaseSync(file)
      const put = new Map<number, string>()
      for (const text of texts) {
        let id = 1 + Math.floor(random() * count)
        while (put.has(id)) id = 1 + (id % count)
        put.set(id, text)
        // Written by something else, also where it knew of checksums.
        db.prepare('update entries set rows = ?, checksum = ? where id = ?').run(text, random() < 0.5 ? null : crc32(text), id)
      }
      db.close()
      const both = await drainDamaged(dataDir)
      expect(both.numbers).toEqual(Array.from({ length: count }, (_, number) => number).filter((number) => !put.has(number + 1)))
      expect(both.unreadable()).toBe(texts.length)
      await both[Symbol.asyncDispose]()
      const kept = new DatabaseSync(file)
      const aside = kept.prepare('select id, rows from unreadable').all().map(({ id, rows }) => [id, rows])
      kept.close()
      expect(new Map(aside as [number, string][])).toEqual(put)
    }
  }, 60_000)

  const large = '1152921504606846976'
  test.each([
    ...['null', '7', '0.5', `x'00ff'`].map((value) => ['rows', value, 'apart'] as const),
    ...[large, 'null'].map((value) => ['spooled_at', value, value === large ? 'apart' : 'stored'] as const),
    ...[large, '9e300'].map((value) => ['checksum', value, value === large ? 'apart' : 'any'] as const),
    ...['0', '-9', '0.25', 'null', `'x'`, large].map((value) => ['items', value, 'stored'] as const),
  ])(`whose %s read %s stores all others in order, and goes on (HK_SEED=${seed})`, async (column, value, fate) => {
    const random = numbers(seed)
    const { dataDir, file } = await fill()
    const db = new DatabaseSync(file)
    // A table that takes anything, as a damaged page may show it.
    db.exec(`
      alter table entries rename to others;
      create table entries (id integer primary key autoincrement, spooled_at, items, rows, checksum);
      insert into entries select * from others;
      drop table others`)
    // One more than are stored together, and that one, too.
    db.exec(`insert into entries (spooled_at, items, rows) values (0, 1, '${JSON.stringify(row(count))}')`)
    const ids = new Set([1, count + 1, ...Array.from({ length: 3 }, () => 1 + Math.floor(random() * count))])
    for (const id of ids) db.exec(`update entries set ${column} = ${value} where id = ${id}`)
    db.close()
    await using both = await openBoth(dataDir)
    expect(() => both.spool.oldestAt).not.toThrow()
    await both.drained()
    const all = Array.from({ length: count + 1 }, (_, number) => number)
    const others = all.filter((number) => !ids.has(number + 1))
    const stored = both.stored.map(({ id }) => Number(id.slice(-12)))
    if (fate === 'any') expect(stored).toEqual(expect.arrayContaining(others))
    else expect(stored).toEqual(fate === 'stored' ? all : others)
    expect(existsSync(`${file}.damaged-1`)).toBe(fate === 'apart')
    expect(both.unreadable()).toBe(all.length - stored.length)
    both.spool.append([row(count + 1)])
    await both.drained()
    expect(both.stored.at(-1)).toEqual(row(count + 1).fetches[0] as NewFetch)
  }, 60_000)

  test(`by bytes that are flipped at random stores what it can, and goes on (HK_SEED=${seed})`, async () => {
    const random = numbers(seed)
    const { file: whole } = await fill()
    const bytes = await readFile(whole)
    for (let round = 0; round < 60; round++) {
      const dataDir = join(base, `${++made}`)
      await mkdir(dataDir)
      const damaged = Buffer.from(bytes)
      const flips = 1 + Math.floor(random() * 12)
      for (let flip = 0; flip < flips; flip++) {
        const at = Math.floor(random() * damaged.length)
        damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8))
      }
      await writeFile(join(dataDir, 'spool.sqlite'), damaged)
      await using both = await drainDamaged(dataDir)
      if (both.numbers.length < count) expect(both.unreadable()).toBeGreaterThan(0)
    }
  }, 120_000)

  test(`that is cut short anywhere stores what is left, and keeps the file (HK_SEED=${seed})`, async () => {
    const random = numbers(seed)
    const { file: whole } = await fill()
    const bytes = await readFile(whole)
    let most = 0
    for (let round = 0; round < 30; round++) {
      const dataDir = join(base, `${++made}`)
      await mkdir(dataDir)
      const file = join(dataDir, 'spool.sqlite')
      await writeFile(file, bytes)
      await truncate(file, 1 + Math.floor(random() * (bytes.length - 1)))
      await using both = await drainDamaged(dataDir)
      expect(both.unreadable()).toBeGreaterThan(0)
      expect(existsSync(`${file}.damaged-1`)).toBe(true)
      most = Math.max(most, both.numbers.length)
    }
    expect(most).toBeGreaterThan(count / 2)
  }, 120_000)

  test('that is no database is kept beside an empty one', async () => {
    const dataDir = join(base, `${++made}`)
    await mkdir(dataDir)
    const file = join(dataDir, 'spool.sqlite')
    await writeFile(file, 'x'.repeat(10_000))
    await using both = await drainDamaged(dataDir)
    expect(both.numbers).toEqual([])
    expect(both.unreadable()).toBe(1)
    expect(await readFile(`${file}.damaged-1`, 'utf8')).toBe('x'.repeat(10_000))
    expect(both.lines[0]).toBe(`error: The spool was damaged: of its requests 0 could be read and 1 or more not. The damaged file is ${file}.damaged-1`)
  })

  test('that comes while it is open is met when it is read', async () => {
    const { dataDir, file } = await fill()
    await using both = await openBoth(dataDir)
    const bytes = await readFile(file)
    // All pages but the first, which holds the schema.
    bytes.fill(0xff, 4096 * 3, 4096 * 20)
    await writeFile(file, bytes)
    await both.drained()
    expect(both.stored).toEqual(both.stored.map((fetch) => original(fetch) as NewFetch))
    both.spool.append([row(count + 1)])
    await both.drained()
    expect(both.stored.at(-1)).toEqual(row(count + 1).fetches[0] as NewFetch)
  })

  test('that is met when somebody asks how old it is fails nothing', async () => {
    const { dataDir, file } = await fillLarge()
    await using spool = await openSpool({ dataDir, maxBytes: largeBytes, log: () => undefined })
    const bytes = await readFile(file)
    bytes.fill(0xff, 4096 * 3)
    await writeFile(file, bytes)
    expect([spool.oldestAt, spool.items, spool.aside]).toEqual([undefined, 0, 0])
    expect(spool.unreadable).toBeGreaterThan(0)
    expect(existsSync(`${file}.damaged-1`)).toBe(true)
  })

  test('that is found while a part of it is being stored loses nothing of what is behind', async () => {
    const { dataDir, file } = await fillLarge()
    const lines: string[] = []
    await using spool = await openSpool({ dataDir, maxBytes: largeBytes, log: (_level, message) => void lines.push(message) })
    const onItsWay = spool.oldest(2_500)
    const bytes = await readFile(file)
    bytes.fill(0xff, 4096 * 3)
    await writeFile(file, bytes)
    for (let number = 5_001; number <= 5_150; number++) spool.append([row(number)])
    expect(lines.some((line) => line.startsWith('The spool was damaged'))).toBe(true)
    spool.remove(onItsWay.at(-1)?.id ?? 0)
    const left: number[] = []
    for (let found = spool.oldest(50); found.length > 0; found = spool.oldest(50)) {
      left.push(...found.flatMap(({ rows }) => rows.fetches.map(({ id }) => Number(id.slice(-12)))))
      spool.remove(found.at(-1)?.id ?? 0)
    }
    expect(left.slice(-150)).toEqual(Array.from({ length: 150 }, (_, index) => 5_001 + index))
  })

  test('is left as it is where no new file can be made, and a new one that was whole takes its place', async () => {
    const { dataDir, file } = await fill()
    const bytes = await readFile(file)
    bytes.fill(0xff, 4096 * 3, 4096 * 6)
    await writeFile(file, bytes)
    await mkdir(`${file}.copy`)
    await expect(openSpool({ dataDir, maxBytes: 8 * 2 ** 20, log: () => undefined })).rejects.toThrow('cannot be used')
    expect(await readFile(file)).toEqual(bytes)
    await rm(`${file}.copy`, { recursive: true })
    // As after a kill between the two renames.
    const whole = await fill()
    await rename(whole.file, `${file}.new`)
    await rename(file, `${file}.damaged-1`)
    await using both = await drainDamaged(dataDir)
    expect(both.numbers).toHaveLength(count)
  })
})
