/** The benchmarks run and say what they measured: their shape is tested, never their times. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, quantile } from '../bench/stats.ts'
import { spawn } from '../support/process.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hk-report-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(folder, 0o755)
})
afterAll(() => rm(folder, { recursive: true }))

const bench = (...words: string[]) => spawn(['bun', 'test/bench/main.ts', ...words], { TMPDIR: folder })

async function measure(...words: string[]) {
  const file = join(folder, 'figures.json')
  const running = bench(...words, '--json', file)
  expect(await running.exited).toBe(0)
  return { printed: running.output(), written: await Bun.file(file).json() }
}

/** Processes that have our folder in their environment: the benchmark's own and all that it started. */
async function heirs(): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })
}

const leftIn = async () => (await readdir(folder)).filter((name) => name.startsWith('hk-'))

const count = expect.any(Number)
const measured = { items_per_second: count, requests_per_second: count, p50: count, p99: count, failed: 0 }

describe('a benchmark', () => {
  test('is named by those who run it; without a name they are listed', async () => {
    const listed = bench()
    expect(await listed.exited).toBe(0)
    for (const name of ['ingest', 'latency', 'size']) expect(listed.output()).toContain(`  ${name} `)
    const unknown = bench('speed')
    expect(await unknown.exited).toBe(1)
    expect(unknown.output()).toStartWith('There is no benchmark "speed".')
  })

  test('size: weighs scripts, and an element with all that it loads', async () => {
    const { printed, written } = await measure('size', '--quick')
    const weighed = { part: expect.any(String), files: expect.any(Array), bytes: count, gz: count }
    expect([written.benchmark, written.quick, written.machine.bun]).toEqual(['size', true, Bun.version])
    const { scripts, alone, together } = written.figures
    for (const part of [...scripts, ...alone, ...together]) expect({ ...part }).toEqual(weighed)
    const [kpi] = alone
    expect(kpi.part).toBe('hk-kpi')
    expect(kpi.files).toContain('hk.js')
    expect(kpi.gz).toBeLessThan(kpi.bytes)
    expect(together.at(-1).gz).toBeGreaterThan(kpi.gz)
    expect(printed).toContain('A page with one element, autoloader included')
  }, 30_000)

  test('ingest: loads the service and the bare one, and leaves nothing behind', async () => {
    const { printed, written } = await measure('ingest', '--quick')
    expect(written.machine.postgres).toMatch(/^\d+\.\d+/)
    expect(written.figures.durability).toBe('fsync on, synchronous_commit on')
    expect(written.figures.cells).toEqual(
      [1, 10].flatMap((sites) =>
        [50, 200, 50, 200].map((connections, index) => ({
          sites,
          connections,
          items: index < 2 ? 1 : 10,
          durable: measured,
          bare: measured,
          ratio: count,
          half: measured,
        })),
      ),
    )
    expect(written.figures.copied).toEqual({ rows: 1_000, group: 500, items_per_second: count })
    expect(written.figures.cells[0].durable.items_per_second).toBeGreaterThan(0)
    expect(printed).toContain('This was quick')
    expect(await leftIn()).toEqual([])
  }, 120_000)

  test('soak: follows memory and answers minute by minute', async () => {
    const { written } = await measure('soak', '--quick')
    expect(written.figures.minutes).toHaveLength(2)
    for (const minute of written.figures.minutes) expect(minute).toMatchObject({ items: count, failed: 0, rss: count })
  }, 60_000)

  test('commit: takes a commit apart', async () => {
    const { written } = await measure('commit', '--quick')
    for (const size of ['50', '500']) {
      const { whole, steps } = written.figures[size]
      const names = steps.map(({ step }: { step: string }) => step)
      for (const step of ['begin', 'update site_versions', 'insert into items', 'commit']) expect(names).toContain(step)
      const sum = steps.reduce((all: number, { ms }: { ms: number }) => all + ms, 0)
      expect(sum).toBeGreaterThan(whole / 2)
    }
  }, 60_000)

  test('ends with all that it has opened when it is asked to', async () => {
    const running = bench('ingest')
    await running.line(/warming up/)
    expect(await leftIn()).not.toEqual([])
    if (process.platform === 'linux') expect(await heirs()).not.toEqual([])
    expect(await running.kill('SIGINT')).toBe(130)
    expect(await leftIn()).toEqual([])
    expect(await heirs()).toEqual([])
  }, 60_000)
})

describe('a quantile', () => {
  test('lies between its two nearest values', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(quantile([10, 20], 0.9)).toBeCloseTo(19)
    expect(quantile([5], 0.99)).toBe(5)
    expect(quantile([], 0.5)).toBeNaN()
  })
})
