/** What becomes of rows where a compaction is killed, and of segments that are damaged, lost, or of the future. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Counting, openCounting } from '../support/counting.ts'
import { readParquet } from '../support/parquet.ts'
import { endAll, spawn } from '../support/process.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)
const range = 'from=2026-10-01&to=2026-11-03'
const program = fileURLToPath(new URL('../support/compactor-process.ts', import.meta.url))
let service: TestService
let counting: Counting

beforeAll(async () => {
  service = await openService({ now: () => now })
  counting = await openCounting(service.assembly.sql, () => now)
})
afterEach(endAll)
afterAll(async () => {
  await counting[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
})

const views = (count: number, seed: number) =>
  Array.from({ length: count }, (_, index) =>
    serverView((index * 7 + seed) % 53, now - ((seed * 1_009 + index * 97) % 28_000) * 60_000, `/${(index + seed) % 13}`),
  )

/** The ids of all items of a site, from its journal and its segments. */
async function storedIds(site: string): Promise<string[]> {
  const { sql } = service.assembly
  const inJournal = await sql<{ id: string }[]>`select id::text as id from journal where site_id = ${site}`
  const segments = await sql<{ data: Uint8Array }[]>`select data from segments where site_id = ${site} and kind = 'items'`
  const inSegments = await Promise.all(segments.map(async ({ data }) => (await readParquet(data)).rows.map(({ id }) => String(id))))
  return [...inJournal.map(({ id }) => id), ...inSegments.flat()].toSorted()
}

async function sameAsTables(site: string) {
  for (const query of [range, `${range}&filter=page:/1*`]) {
    expect(await counting.byEngine(site, 'overview', query)).toEqual(await counting.byTables(site, 'overview', query))
  }
}

test('killed at any moment, each row is in the journal or in a segment, and never in both', async () => {
  const { sql } = service.assembly
  const site = await service.makeSite({ timezone: 'Europe/Berlin' })
  const folder = await mkdtemp(join(tmpdir(), 'hk-compactor-'))
  try {
    let moved = 0
    for (let round = 0; round < 10; round++) {
      await service.sendFromServer(site, views(300, round))
      const compactor = spawn(['bun', program, service.databaseUrl, folder, site, String(now)])
      await compactor.line(/begins/)
      await Bun.sleep(100 + round * 160)
      await compactor.kill('SIGKILL')
      moved += /moved [1-9]/.test(compactor.output()) ? 1 : 0
      const sent = await sql<{ id: string }[]>`select id::text as id from items where site_id = ${site}`
      expect(await storedIds(site)).toEqual(sent.map(({ id }) => id).toSorted())
      await sameAsTables(site)
    }
    // Killed before it did anything, and after: else the moments between were not tried.
    expect(moved).toBeGreaterThan(0)
    expect(moved).toBeLessThan(10)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 180_000)

test('two nodes that compact one site do it once', async () => {
  const site = await service.makeSite()
  await service.sendFromServer(site, views(200, 1))
  await using other = await openCounting(service.assembly.sql, () => now)
  const moved = await Promise.all([counting.compact(site), other.compact(site)])
  expect(moved.toSorted((a, b) => a - b)[0]).toBe(0)
  await sameAsTables(site)
  expect(await other.byEngine(site, 'overview', range)).toEqual(await counting.byTables(site, 'overview', range))
}, 60_000)

describe('a segment', () => {
  const ask = (site: string) => counting.byEngine(site, 'overview', range)

  async function compacted(): Promise<string> {
    const site = await service.makeSite()
    await service.sendFromServer(site, views(100, 3))
    await counting.compact(site)
    return site
  }

  test('with a flipped byte in the database is told by its days, as soon as it is asked for, and others are answered', async () => {
    const [site, other] = [await compacted(), await compacted()]
    await counting.forgetFiles()
    await service.assembly.sql`
      update segments set data = set_byte(data, 100, get_byte(data, 100) # 255) where site_id = ${site} and kind = 'items'`
    await expect(ask(site)).rejects.toThrow(/^Stored data of 2026-1\d-\d\d.* are damaged/)
    expect(await ask(other)).toEqual(await counting.byTables(other, 'overview', range))
    // What it holds is asked for by nobody: today is in the journal.
    expect(await counting.byEngine(site, 'overview', 'range=today')).toEqual(await counting.byTables(site, 'overview', 'range=today'))
  }, 60_000)

  test('with a flipped byte in its file, or whose file is gone, is fetched again', async () => {
    const site = await compacted()
    const expected = await counting.byTables(site, 'overview', range)
    await ask(site)
    for (const name of await readdir(counting.segments)) await rm(join(counting.segments, name))
    expect(await ask(site)).toEqual(expected)
    await counting.forgetFiles()
    await ask(site)
    await counting.restart()
    for (const name of await readdir(counting.segments)) {
      const file = join(counting.segments, name)
      const bytes = await Bun.file(file).bytes()
      bytes[50] = (bytes[50] ?? 0) ^ 0xff
      await writeFile(file, bytes)
    }
    expect(await ask(site)).toEqual(expected)
  }, 60_000)

  test('of a newer version is told, and not read', async () => {
    const site = await compacted()
    await service.assembly.sql`update segments set format = 2 where site_id = ${site}`
    await counting.restart()
    await expect(ask(site)).rejects.toThrow(/are of a newer hk-live\. Upgrade this one\.$/)
  }, 60_000)
})
