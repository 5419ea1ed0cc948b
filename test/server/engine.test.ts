/** The engine: its process, what it may do, and what is left where one of the two is ended. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { getPriority, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type EngineChild, startEngineChild } from '../../server/engine/engine-child.ts'
import { createEngine, type EngineOptions } from '../../server/engine/engine.ts'
import type { Engine, EngineFolder } from '../../server/engine/index.ts'
import { until } from '../support/browser.ts'
import { readParquet } from '../support/parquet.ts'
import { freshDatabase } from '../support/postgres.ts'
import { runtimes, spawn, spawnService } from '../support/process.ts'
import { operatorToken, reach } from '../support/remote.ts'
import { serverView } from '../support/service.ts'

const memoryBytes = 512 * 2 ** 20
const engines: Engine[] = []
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine[Symbol.asyncDispose]()))
})

let base: string
beforeAll(async () => void (base = await mkdtemp(join(tmpdir(), 'hk-engine-'))))
afterAll(() => rm(base, { recursive: true, force: true }))

/** An engine; `lines` is what it logs. */
function open(more: Partial<EngineOptions> = {}) {
  const lines: string[] = []
  const engine = createEngine({ dataDir: base, memoryBytes, log: (level, message) => void lines.push(`${level}: ${message}`), ...more })
  engines.push(engine)
  return { engine, lines }
}

/** Has so many rows written as Parquet. */
async function write(folder: EngineFolder, rows: number, signal?: AbortSignal): Promise<string> {
  const [from, to] = [join(folder.path, `${rows}.ndjson`), join(folder.path, `${rows}.parquet`)]
  await writeFile(from, Array.from({ length: rows }, (_, index) => `{"c0":"/page/${(index * 7_919) % 9_973}-${index}"}`).join('\n'))
  await folder.run({ kind: 'parquet', from, to, columns: [{ name: 'page', type: 'VARCHAR' }], metadata: {} }, signal)
  return to
}

/** Rows that take seconds to write. */
const many = 2_000_000

const isRunning = (pid: number | undefined) => pid !== undefined && existsSync(`/proc/${pid}`)
const gone = (ask: () => boolean) => until(async () => ask(), (running) => !running)

describe('the engine', () => {
  test('starts with the first task, does several at once in one process, and ends when there was none for a while', async () => {
    const { engine } = open({ idleMs: 200 })
    expect(engine.pid).toBeUndefined()
    const folders = await Promise.all([engine.openFolder(), engine.openFolder()])
    const { pid } = engine
    const files = await Promise.all(folders.map((folder, index) => write(folder, 3 + index)))
    const read = await Promise.all(files.map(async (file) => (await readParquet(await Bun.file(file).bytes())).rows.length))
    expect([read, engine.pid]).toEqual([[3, 4], pid])
    expect(getPriority(pid ?? 0)).toBeGreaterThan(getPriority())
    await folders[0]?.[Symbol.asyncDispose]()
    await Bun.sleep(500)
    expect(isRunning(pid)).toBe(true)
    await folders[1]?.[Symbol.asyncDispose]()
    await gone(() => isRunning(pid))
    expect(existsSync(dirname(folders[0]?.path ?? ''))).toBe(false)
    // And starts again with the next.
    await using folder = await engine.openFolder()
    await write(folder, 1)
    expect(engine.pid).not.toBe(pid)
  }, 60_000)

  test('takes a task at any moment of its end', async () => {
    const { engine, lines } = open({ idleMs: 20 })
    for (let waitMs = 10; waitMs < 90; waitMs += 8) {
      await using folder = await engine.openFolder()
      await write(folder, 1)
      await folder[Symbol.asyncDispose]()
      await Bun.sleep(waitMs)
    }
    expect(lines).toEqual([])
  }, 60_000)

  test('does so many tasks at once, and the others in turn, but those that nobody waits for any more', async () => {
    const order: number[] = []
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
    const takeTurn: EngineChild['run'] = async (task) => {
      const turn = task.kind === 'parquet' ? Number(task.from) : -1
      order.push(turn)
      await gates[turn]?.promise
      return []
    }
    const child: EngineChild = { pid: 1, folder: base, isOver: false, stop: async () => undefined, run: takeTurn }
    const { engine } = open({ start: async () => child, maxRunning: 2 })
    await using folder = await engine.openFolder()
    const controller = new AbortController()
    const tasks = gates.map((_, index) => folder.run({ kind: 'parquet', from: String(index), to: '', columns: [], metadata: {} }, index === 3 ? controller.signal : undefined))
    await Bun.sleep(10)
    expect(order).toEqual([0, 1])
    controller.abort(new Error('nobody waits'))
    gates[1]?.resolve()
    await Bun.sleep(10)
    expect(order).toEqual([0, 1, 2])
    for (const { resolve } of gates) resolve()
    await expect(tasks[3]).rejects.toThrow('nobody waits')
    await Promise.all(tasks.filter((_, index) => index !== 3))
    expect(order).toEqual([0, 1, 2, 4])
  })

  test.each<[string, [string, ...string[]], RegExp]>([
    ['cannot be started', ['/nonexistent/engine'], /could not be started/],
    ['ends as it starts', ['sh', '-c', 'echo why >&2; exit 3'], /could not be started/],
    ['is none of ours', ['sh', '-c', 'echo hello; sleep 60'], /could not be started/],
    ['is killed within a line', ['sh', '-c', `echo '{"id":0,"done":true}'; read task; printf '{"id":1,"fail'; kill -9 $$`], /The engine ended/],
    ['answers nonsense', ['sh', '-c', `echo '{"id":0,"done":true}'; read task; echo null; sleep 60`], /The engine ended/],
  ])('that %s fails its tasks, and nothing else', async (_, command, message) => {
    const { engine, lines } = open({ start: (options) => startEngineChild({ ...options, command }) })
    const work = async () => {
      await using folder = await engine.openFolder()
      await write(folder, 1)
    }
    await expect(work()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(message) })
    expect(lines.length).toBeGreaterThan(0)
    await engine[Symbol.asyncDispose]()
    expect(await readdir(join(base, 'engine'))).toEqual([])
  }, 60_000)

  test('removes what a service has left that was killed with its engine, and leaves alone what is in use', async () => {
    const home = join(base, 'engine')
    const over = Bun.spawn(['true'])
    await over.exited
    const others = [`${over.pid}-left`, `${process.ppid}-used`, 'other']
    for (const name of others) await mkdir(join(home, name), { recursive: true })
    const { engine } = open()
    await using folder = await engine.openFolder()
    await write(folder, 1)
    expect((await readdir(home)).filter((name) => others.includes(name)).toSorted()).toEqual(others.slice(1).toSorted())
    for (const name of others) await rm(join(home, name), { recursive: true, force: true })
  })

  test('outlives Ctrl-C, which reaches it, too, until its service ends it', async () => {
    const { engine, lines } = open()
    await using folder = await engine.openFolder()
    const { pid } = engine
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid ?? 0, signal)
    await Bun.sleep(100)
    await write(folder, 1)
    await folder[Symbol.asyncDispose]()
    await engine[Symbol.asyncDispose]()
    expect([isRunning(pid), lines]).toEqual([false, []])
  })

  test('whose folder somebody removed is ended, and the next task has another', async () => {
    const { engine } = open()
    const first = await engine.openFolder()
    const { pid } = engine
    await rm(dirname(first.path), { recursive: true })
    await expect(engine.openFolder()).rejects.toMatchObject({ code: 'unavailable' })
    await using second = await engine.openFolder()
    await write(second, 1)
    await gone(() => isRunning(pid))
    expect(engine.pid).not.toBe(pid)
    await first[Symbol.asyncDispose]()
  }, 60_000)

  test('that is killed fails what it was doing, says so, leaves no file, and does the next', async () => {
    const { engine, lines } = open()
    const folder = await engine.openFolder()
    const { pid } = engine
    const writing = write(folder, many)
    await until(() => readdir(folder.path), (names) => names.includes(`${many}.parquet`) || names.some((name) => name.startsWith('tmp')))
    process.kill(pid ?? 0, 'SIGKILL')
    await expect(writing).rejects.toMatchObject({ code: 'unavailable', message: 'The engine ended. Try again.' })
    expect(lines).toEqual(['error: The engine ended (SIGKILL)'])
    await gone(() => existsSync(folder.path))
    // One that was opened before has nothing to work in any more.
    await expect(folder.run({ kind: 'parquet', from: 'x', to: 'y', columns: [], metadata: {} })).rejects.toMatchObject({ code: 'unavailable' })
    await folder[Symbol.asyncDispose]()
    await using next = await engine.openFolder()
    expect((await readParquet(await Bun.file(await write(next, 5)).bytes())).rows).toHaveLength(5)
  }, 60_000)

  test('gives up what nobody waits for, and goes on', async () => {
    const { engine, lines } = open()
    await using folder = await engine.openFolder()
    const { pid } = engine
    const controller = new AbortController()
    const writing = write(folder, many, controller.signal)
    await until(() => readdir(folder.path), (names) => names.some((name) => name.endsWith('.parquet') || name.startsWith('tmp')))
    controller.abort(new Error('nobody waits'))
    await expect(writing).rejects.toThrow('nobody waits')
    await expect(write(folder, 2, controller.signal)).rejects.toThrow('nobody waits')
    // Also before it has begun.
    for (const waitMs of [0, 1, 3, 10]) {
      const early = new AbortController()
      const begun = write(folder, 300_000, early.signal)
      await until(() => readdir(folder.path), (names) => names.includes('300000.ndjson'))
      await Bun.sleep(waitMs)
      early.abort(new Error('nobody waits'))
      await expect(begun).rejects.toThrow('nobody waits')
    }
    await write(folder, 7)
    expect([engine.pid, lines]).toEqual([pid, []])
  }, 60_000)

  test('says what is wrong with a task, and goes on', async () => {
    const { engine } = open()
    await using folder = await engine.openFolder()
    const [from, to] = [join(folder.path, 'x.ndjson'), join(folder.path, 'x.parquet')]
    await writeFile(from, '{"c0":"not a number"}\n')
    const task = { kind: 'parquet', from, to, columns: [{ name: 'n', type: 'DOUBLE' }], metadata: {} } as const
    await expect(folder.run(task)).rejects.toThrow('The engine failed: ')
    await expect(folder.run({ ...task, from: '/etc/passwd' })).rejects.toThrow('disabled by configuration')
    await expect(folder.run({ ...task, to: join(tmpdir(), 'hk-outside.parquet') })).rejects.toThrow('disabled by configuration')
    await write(folder, 1)
  })

  test('is told, and tells, of texts that have what ends a line', async () => {
    const { engine } = open()
    await using folder = await engine.openFolder()
    const [from, to] = [join(folder.path, 'x.ndjson'), join(folder.path, 'x.parquet')]
    const ends = '\r\n\u0085\u2028\u2029"'
    await writeFile(from, `${JSON.stringify({ c0: ends })}\n`)
    const task = { kind: 'parquet', from, to, metadata: { filters: `page:${ends}` } } as const
    await folder.run({ ...task, columns: [{ name: ends, type: 'VARCHAR' }] })
    expect((await readParquet(await Bun.file(to).bytes())).rows).toEqual([{ [ends]: ends }])
    await writeFile(from, `${JSON.stringify({ c0: ends })}\n`)
    await expect(folder.run({ ...task, columns: [{ name: 'n', type: 'DOUBLE' }] })).rejects.toThrow('The engine failed: ')
  }, 20_000)

  test('leaves no process and no file where it is disposed of with tasks under way, and takes nothing any more', async () => {
    const { engine } = open()
    const folder = await engine.openFolder()
    const { pid } = engine
    const writing = Promise.allSettled([write(folder, many), write(folder, many + 1)])
    await until(() => readdir(folder.path), (names) => names.some((name) => name.endsWith('.parquet') || name.startsWith('tmp')))
    await engine[Symbol.asyncDispose]()
    expect((await writing).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect([isRunning(pid), existsSync(dirname(folder.path))]).toEqual([false, false])
    await expect(engine.openFolder()).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('ends with its service, however that ends, and its files go with it', async () => {
    const script = `
      import { createEngine } from './server/engine/index.ts'
      const engine = createEngine({ dataDir: '${base}', memoryBytes: ${memoryBytes}, log: console.error })
      const folder = await engine.openFolder()
      const [from, to] = [folder.path + '/a.ndjson', folder.path + '/a.parquet']
      await Bun.write(from, Array.from({ length: ${many} }, (_, index) => '{"c0":"' + index + '"}').join('\\n'))
      folder.run({ kind: 'parquet', from, to, columns: [{ name: 'a', type: 'VARCHAR' }], metadata: {} })
      console.log('made ' + engine.pid + ' ' + folder.path)
      setInterval(() => undefined, 1_000)`
    const service = spawn(['bun', '-e', script])
    const [, pid = '', path = ''] = (await service.line(/^made/)).split(' ')
    expect(isRunning(Number(pid))).toBe(true)
    await service.kill('SIGKILL')
    await gone(() => isRunning(Number(pid)) || existsSync(dirname(path)))
  }, 60_000)
})

test.each(runtimes)('a service on %s exports by it', async (_name, runtime) => {
  const service = await spawnService({ DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: operatorToken, HK_DATA_DIR: base, HK_SPOOL_BYTES: '0' }, runtime)
  const remote = reach(service.url)
  const { site } = await remote.makeSite()
  await remote.admin(`/api/sites/${site}/ingest`, { items: [serverView(1, Date.now() - 60_000, '/café')] })
  const response = await fetch(`${service.url}/api/sites/${site}/reports/breakdown/export?by=page&format=parquet`, { headers: { authorization: `Bearer ${operatorToken}` } })
  expect((await readParquet(await response.bytes())).rows).toMatchObject([{ value: '/café', pageviews: 1 }])
  expect(await service.kill('SIGINT')).toBe(0)
  expect(await readdir(join(base, 'engine'))).toEqual([])
}, 60_000)
