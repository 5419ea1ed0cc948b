/**
 * Starts that are ended at any moment: while the cluster is made, while Postgres starts, while tables are made. No
 * Postgres stays behind, and the next start works.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processesIn, runtimes, spawn, spawnService } from '../support/process.ts'

let base: string

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hk-boot-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(base, 0o755)
})
afterAll(() => rm(base, { recursive: true, force: true }))

/** A seed that a failure names can be given again by the environment. */
const seed = Number(process.env['HK_SEED'] ?? (Date.now() % 1_000_000) + 1)

/** Waits until nothing runs in a folder. What was killed may take a moment to be gone. */
async function nothingRunsIn(dir: string, withinMs: number): Promise<void> {
  for (const deadline = Date.now() + withinMs; processesIn(dir).length > 0; await Bun.sleep(50)) {
    if (Date.now() > deadline) expect(processesIn(dir)).toEqual([])
  }
}

const exists = (file: string) => stat(file).then(() => true, () => false)

/** How far a start is, by what it has left in its folder. */
const phases: readonly [string, (home: string) => Promise<boolean>][] = [
  ['its cluster is made', async (home) => (await readdir(home).catch(() => [])).some((file) => file.startsWith('data.new'))],
  ['Postgres starts', (home) => exists(join(home, 'data/postmaster.pid'))],
  ['its tables are made', async (home) => /ready/.test(await readFile(join(home, 'data/postmaster.pid'), 'utf8').catch(() => ''))],
]

describe.each(runtimes)('on %s', (name, runtime) => {
  // Deno has the handlers of Bun; each kind of end is enough there.
  test.each(name === 'Deno' ? (['SIGINT', 'SIGKILL'] as const) : (['SIGTERM', 'SIGINT', 'SIGKILL'] as const))(
    `starts that %s ends leave no Postgres, and the next one works (seed ${seed})`,
    async (signal) => {
      const dir = join(base, `${name}-${signal}`)
      for (const [index, [phase, isReached]] of phases.entries()) {
        // A session of its own, so that Ctrl-C can be what it is in a terminal: a signal to all of its programs.
        const booting = spawn(['setsid', ...runtime, 'server/main.ts'], { HK_DATA_DIR: dir, HK_PORT: '0', HK_LOG: 'silent' })
        let ended = false
        void booting.exited.then(() => (ended = true))
        while (!ended && !(await isReached(join(dir, 'postgres')))) await Bun.sleep(5)
        // One that ended before fails below, with what it printed.
        await Bun.sleep(((seed * (index + 1) * 7_919) % 1_000) / 3)
        if (!ended) process.kill(signal === 'SIGINT' ? -booting.pid : booting.pid, signal)
        const code = await booting.exited
        const printed = booting.output().replace(/^(hk-live listens|Admin token).*\n/gm, '')
        expect({ phase, code, printed }).toEqual({ phase, code: signal === 'SIGKILL' ? 137 : 0, printed: '' })
        await nothingRunsIn(dir, signal === 'SIGKILL' ? 10_000 : 100)
      }
      const service = await spawnService({ HK_DATA_DIR: dir }, runtime)
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
      expect((await readdir(join(dir, 'postgres'))).sort()).toEqual(['data', 'password', 'postgres.log'])
      expect(await service.kill('SIGINT')).toBe(0)
      expect(processesIn(dir)).toEqual([])
    },
    60_000,
  )
})

describe('a folder that an earlier start has left', () => {
  /** Starts once on a folder, and says what became of it. */
  async function startIn(dir: string): Promise<string> {
    const booting = spawn(['bun', 'server/main.ts'], { HK_DATA_DIR: dir, HK_PORT: '0', HK_LOG: 'silent' })
    const line = await booting.line(/./)
    await booting.kill('SIGINT')
    return line
  }

  test('half made, is made anew, and what is not ours is not touched', async () => {
    const dir = join(base, 'half')
    const home = join(dir, 'postgres')
    await mkdir(join(home, 'data.new'), { recursive: true })
    await mkdir(join(home, 'data.new-0123abcd/base'), { recursive: true })
    await mkdir(join(home, 'data.newer'))
    await writeFile(join(home, 'password'), '0123')
    await writeFile(join(home, 'data.new-0123abcd/base/1'), 'half')
    expect(await startIn(dir)).toContain('listens')
    expect((await readdir(home)).sort()).toEqual(['data', 'data.newer', 'password', 'postgres.log'])
  }, 30_000)

  test('moved away, keeps its password for when it is put back', async () => {
    const dir = join(base, 'moved')
    const home = join(dir, 'postgres')
    expect(await startIn(dir)).toContain('listens')
    await rename(join(home, 'data'), join(home, 'kept'))
    expect(await startIn(dir)).toContain('listens')
    await rm(join(home, 'data'), { recursive: true })
    await rename(join(home, 'kept'), join(home, 'data'))
    expect(await startIn(dir)).toContain('listens')
  }, 60_000)
})
