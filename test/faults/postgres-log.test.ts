/** The log of the embedded Postgres: kept over restarts, bounded, and quoted where Postgres ends or does not start. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { appendFile, chmod, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonIn } from '../../server/store/postgres-log.ts'
import { processesIn, runtimes, spawn, spawnService } from '../support/process.ts'

let base: string

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hk-log-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(base, 0o755)
})
afterAll(() => rm(base, { recursive: true, force: true }))

const pidIn = async (home: string) => Number((await readFile(join(home, 'data/postmaster.pid'), 'utf8')).split('\n')[0])

async function ready(url: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; (await fetch(`${url}/readyz`)).status !== 200; await Bun.sleep(100)) {
    if (Date.now() > deadline) throw new Error('It is not ready.')
  }
}

/** Listens on a port as soon as it is free. */
async function listenSoon(port: number): Promise<{ stop(now: boolean): void }> {
  for (const deadline = Date.now() + 5_000; ; await Bun.sleep(2)) {
    try {
      return Bun.listen({ hostname: '127.0.0.1', port, exclusive: true, socket: { data: () => undefined } })
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/** A data directory that a service has made and left. */
async function madeDir(name: string): Promise<string> {
  const dir = join(base, name)
  const service = await spawnService({ HK_DATA_DIR: dir })
  await service.kill('SIGINT')
  return dir
}

test.each(runtimes)('on %s, the log has what went before a restart, and a Postgres that was killed is said to be, and runs again', async (name, runtime) => {
  const home = join(base, name, 'postgres')
  const log = join(home, 'postgres.log')
  const env = { HK_DATA_DIR: join(base, name) }
  const first = await spawnService(env, runtime)
  await first.kill('SIGINT')
  await appendFile(log, '2026-01-01 00:00:00.000 UTC [1] PANIC:  of an earlier run\n')
  const second = await spawnService(env, runtime)
  const killed = await pidIn(home)
  process.kill(killed, 'SIGKILL')
  const line = await second.line(/The embedded Postgres ended/)
  // A process that is killed writes nothing, and what was before it started is not its reason.
  expect(line).toContain(`It is started again; its log is ${log}.`)
  expect(line).not.toContain('earlier run')
  await second.line(/The embedded Postgres runs again/)
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200)
  const again = await pidIn(home)
  expect(again).not.toBe(killed)
  // Where it cannot start, that is tried until it can, and said once.
  await rename(join(home, 'data/PG_VERSION'), join(home, 'kept'))
  process.kill(again, 'SIGKILL')
  expect(await second.line(/did not start/)).toMatch(/FATAL: .*PG_VERSION|is not a valid data directory.*It is tried again/)
  await Bun.sleep(1_500)
  expect(second.output().match(/did not start/g)?.length).toBe(1)
  expect((await fetch(`${second.url}/healthz`)).status).toBe(200)
  await rename(join(home, 'kept'), join(home, 'data/PG_VERSION'))
  await ready(second.url)
  expect(await second.kill('SIGINT')).toBe(0)
  expect(processesIn(home)).toEqual([])
  const text = await readFile(log, 'utf8')
  expect(text).toContain('earlier run')
  expect(text.match(/starting PostgreSQL/g)?.length).toBeGreaterThanOrEqual(4)
}, 60_000)

test('a Postgres whose port was taken as it ended says which program has to go, and runs again when it has', async () => {
  const dir = join(base, 'port')
  const service = await spawnService({ HK_DATA_DIR: dir })
  const lines = (await readFile(join(dir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')
  const port = Number(lines[3])
  process.kill(Number(lines[0]), 'SIGKILL')
  const other = await listenSoon(port)
  const line = await service.line(/did not start/)
  expect(line).toMatch(/could not bind IPv4 address "127\.0\.0\.1": Address already in use/)
  expect(line).toContain(`End the program that has the port ${port}, or start hk-live again.`)
  expect(line).not.toContain('Restore')
  other.stop(true)
  await service.line(/The embedded Postgres runs again/)
  await ready(service.url)
  await service.kill('SIGINT')
}, 60_000)

test('a start that fails quotes its last fatal line, and names the log', async () => {
  const dir = await madeDir('settings')
  await appendFile(join(dir, 'postgres/data/postgresql.conf'), 'shared_buffers = lots\n')
  const failed = spawn(['bun', 'server/main.ts'], { HK_DATA_DIR: dir, HK_PORT: '0' })
  expect(await failed.exited).toBe(1)
  expect(failed.output().trim().split('\n').length).toBe(1)
  expect(failed.output()).toMatch(/did not start from .*: FATAL: configuration file ".*" contains errors\. Its log is .*postgres\.log\./)
}, 30_000)

test('a log that has grown too large becomes the last one', async () => {
  const dir = await madeDir('large')
  const home = join(dir, 'postgres')
  await writeFile(join(home, 'postgres.log'), `first line\n${'x'.repeat(9 * 2 ** 20)}\n`)
  const service = await spawnService({ HK_DATA_DIR: dir })
  await service.kill('SIGINT')
  expect((await stat(join(home, 'postgres.log'))).size).toBeLessThan(100_000)
  expect((await readFile(join(home, 'postgres.log.1'), 'utf8')).slice(0, 10)).toBe('first line')
}, 30_000)

describe('the reason of an end', () => {
  const at = '2026-11-30 10:00:00.000 UTC [7]'
  test.each([
    ['', ''],
    [`${at} LOG:  ready\n${at} PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device\n${at} FATAL:  the database system is in recovery mode\n${at} LOG:  shut down`, 'PANIC: could not write to file "pg_wal/xlogtemp.1": No space left on device'],
    [`${at} FATAL:  first\n${at} FATAL:  second.\n${at} LOG:  database system is shut down`, 'FATAL: second'],
    [`${at} FATAL:  terminating connection due to administrator command\n${at} LOG:  server process (PID 9) was terminated by signal 9: Killed`, 'LOG: server process (PID 9) was terminated by signal 9: Killed'],
    [`${at} LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\n${at} HINT:  Is another postmaster already running on port 5432?\n${at} FATAL:  could not create any TCP/IP sockets`, 'LOG: could not bind IPv4 address "127.0.0.1": Address already in use'],
    ['postgres: could not access the server configuration file', 'postgres: could not access the server configuration file'],
  ])('%j', (text, reason) => {
    expect(reasonIn(text)).toBe(reason)
  })
})
