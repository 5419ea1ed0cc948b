/** Following a log over growth, rotation and restarts, on real files. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { appendFile, copyFile, mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Place } from '../../server/logs/log-file.ts'
import { tail } from '../../server/logs/tail.ts'

let folder: string
let log: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hk-tail-'))
  log = join(folder, 'access.log')
})
afterEach(() => rm(folder, { recursive: true }))

/**
 * Reads along: `steps` are done one after another, each when all there was has been read.
 *
 * @returns the lines, `undefined` for one that is too long, and the last place
 */
async function follow(from: Place | undefined, ...steps: (() => Promise<unknown>)[]) {
  const stop = new AbortController()
  const lines: (string | undefined)[] = []
  let place = from
  const wait = async () => {
    const step = steps.shift()
    if (step === undefined) stop.abort()
    else await step()
  }
  for await (const told of tail(log, from, { follow: true, signal: stop.signal, wait })) {
    if (told === 'idle') continue
    if (told.text !== '') lines.push(told.text)
    place = told.place
  }
  return { lines, place }
}

/** Reads what there is. */
async function readAll(from?: Place) {
  const lines: (string | undefined)[] = []
  let place = from
  const options = { follow: false, signal: new AbortController().signal, wait: () => Promise.resolve() }
  for await (const told of tail(log, from, options)) {
    if (told === 'idle') continue
    if (told.text !== '') lines.push(told.text)
    place = told.place
  }
  return { lines, place }
}

describe('a log that grows', () => {
  test('is read line by line, a line that is not ended when it is', async () => {
    await writeFile(log, 'one\ntwo\nthr')
    const { lines } = await follow(undefined, () => appendFile(log, 'ee\nfo'), () => appendFile(log, 'ur\r\n'))
    expect(lines).toEqual(['one', 'two', 'three', 'four'])
  })

  test('is gone on with from a place, also in the middle of many bytes', async () => {
    const rows = Array.from({ length: 9_000 }, (_, n) => `row ${n} ü`)
    await writeFile(log, `${rows.join('\n')}\n`)
    const first = await readAll()
    expect(first.lines).toEqual(rows)
    expect((await readAll(first.place)).lines).toEqual([])
    await appendFile(log, 'more\nhalf')
    const next = await readAll(first.place)
    expect(next.lines).toEqual(['more'])
    await appendFile(log, ' and half\n')
    expect((await readAll(next.place)).lines).toEqual(['half and half'])
  })

  test('tells its heading again to who goes on further down, also where it was rotated meanwhile', async () => {
    await writeFile(log, '#Version: 1.0\n#Fields: a b\n1\n')
    const { place } = await readAll()
    await appendFile(log, '2\n')
    const next = await readAll(place)
    expect(next.lines).toEqual(['#Version: 1.0', '#Fields: a b', '2'])
    await appendFile(log, '3\n')
    await rename(log, `${log}.1`)
    await writeFile(log, '#Fields: b\n4\n')
    const last = await readAll(next.place)
    expect(last.lines).toEqual(['#Version: 1.0', '#Fields: a b', '3', '#Fields: b', '4'])
    expect((await readAll(last.place)).lines).toEqual(['#Fields: b'])
  })

  test('may not be there yet', async () => {
    const { lines } = await follow(undefined, async () => undefined, () => writeFile(log, 'first\n'))
    expect(lines).toEqual(['first'])
    await rm(log)
    expect(readAll()).rejects.toThrow('ENOENT')
  })

  test('may have lines that are too long, which are told of and passed over', async () => {
    await writeFile(log, `a\n${'x'.repeat(300_000)}\nb\n${'y'.repeat(20_000)}\nc\n`)
    const { lines, place } = await readAll()
    expect(lines).toEqual(['a', undefined, 'b', undefined, 'c'])
    await appendFile(log, 'd\n')
    expect((await readAll(place)).lines).toEqual(['d'])
  })
})

describe('rotation', () => {
  test('by another name: the old file is read to its end, then the new one', async () => {
    await writeFile(log, 'one\n')
    const { lines } = await follow(
      undefined,
      async () => {
        await rename(log, `${log}.1`)
        await appendFile(`${log}.1`, 'late\nlast without an end')
      },
      () => writeFile(log, 'new\n'),
      () => appendFile(log, 'newer\n'),
    )
    expect(lines).toEqual(['one', 'late', 'last without an end', 'new', 'newer'])
  })

  test('twice between two looks', async () => {
    await writeFile(log, 'one\n')
    const { lines } = await follow(undefined, async () => {
      await rename(log, `${log}.1`)
      for (const [name, text] of [['2', 'two\n'], ['3', 'three\n']] as const) {
        await writeFile(log, text)
        await rename(log, `${log}.${name}`)
      }
      await writeFile(log, 'four\n')
    })
    expect(lines).toEqual(['one', 'two', 'three', 'four'])
  })

  test('by a copy and an emptied file', async () => {
    await writeFile(log, 'one\ntwo\n')
    const { lines } = await follow(
      undefined,
      async () => {
        await copyFile(log, `${log}.1`)
        await truncate(log)
      },
      () => appendFile(log, 'new\n'),
    )
    expect(lines).toEqual(['one', 'two', 'new'])
  })

  test('while nobody reads: what was written before and between is found beside', async () => {
    await writeFile(log, 'one\n')
    const { place } = await readAll()
    await appendFile(log, 'two\n')
    await rename(log, `${log}.2`)
    await writeFile(`${log}.1`, 'three\n')
    await utimes(`${log}.2`, 1_000, 1_000)
    await utimes(`${log}.1`, 2_000, 2_000)
    await writeFile(`${log}.3.gz`, gzipSync('never\n'))
    await writeFile(`${log}_ssl`, 'of another log\n')
    await writeFile(log, 'four\n')
    const next = await readAll(place)
    expect(next.lines).toEqual(['two', 'three', 'four'])
    expect((await readAll(next.place)).lines).toEqual([])
  })

  test('to another file under the same inode and name is noticed by how it begins', async () => {
    await writeFile(log, 'one\n')
    const { place } = await readAll()
    await writeFile(log, 'other one\n')
    expect((await readAll(place)).lines).toEqual(['other one'])
  })
})

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
])('a log packed by %s is read once', async (_, pack) => {
  await writeFile(log, pack('one\ntwo'))
  const { lines, place } = await readAll()
  expect(lines).toEqual(['one', 'two'])
  expect((await readAll(place)).lines).toEqual([])
})

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
])('a log packed by %s is whole with zero bytes behind it, as a crash leaves them, and not with some in place of its end', async (_, pack) => {
  const rows = Array.from({ length: 3_000 }, (_row, n) => `row ${n} ${Math.sin(n)}`)
  const packed = pack(rows.join('\n'))
  const damage: string[] = []
  const read = async (bytes: Uint8Array) => {
    await writeFile(log, bytes)
    const lines: (string | undefined)[] = []
    const options = { follow: false, signal: new AbortController().signal, wait: () => Promise.resolve(), onDamage: (reason: string) => void damage.push(reason) }
    for await (const one of tail(log, undefined, options)) if (one !== 'idle' && one.text !== '') lines.push(one.text)
    return lines
  }
  for (const zeros of [1, 7, 512, 200_000]) {
    expect(await read(Buffer.concat([packed, new Uint8Array(zeros)]))).toEqual(rows)
    expect(await read(Buffer.concat([pack(`${rows.join('\n')}\n`), packed, new Uint8Array(zeros)]))).toEqual([...rows, ...rows])
  }
  expect(damage).toEqual([])
  await read(Buffer.concat([packed.subarray(0, -200), new Uint8Array(512)]))
  expect(damage).toHaveLength(1)
})

test('a packed log that is not read to its end is read again from its start', async () => {
  await writeFile(log, gzipSync(Array.from({ length: 50_000 }, (_, n) => `row ${n}\n`).join('')))
  const stop = new AbortController()
  const told: unknown[] = []
  let place: Place | undefined
  for await (const one of tail(log, undefined, { follow: false, signal: stop.signal, wait: () => Promise.resolve() })) {
    told.push(one)
    if (one !== 'idle') place = one.place
    if (told.length === 10) stop.abort()
  }
  expect(told).toHaveLength(10)
  expect((await readAll(place)).lines).toHaveLength(50_000)
})
