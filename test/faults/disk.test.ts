/** The disk under the embedded Postgres is full for a while, or cannot be written. Needs root, to mount small ones. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canMount, mountSmall } from '../support/mount.ts'
import { freshDatabase } from '../support/postgres.ts'
import { endPostgres, processesIn, runtimes, spawn, spawnService } from '../support/process.ts'
import { operatorToken, reach, startLoad, viewsOf } from '../support/remote.ts'

let base: string

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hk-disk-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(base, 0o755)
})
afterAll(() => rm(base, { recursive: true, force: true }))

describe.if(canMount).each(runtimes)('on %s', (name, runtime) => {
  test('a full disk refuses items and keeps the service up; with room again it goes on, and nothing acknowledged is lost', async () => {
    const dir = join(base, `${name}-full`)
    using disk = await mountSmall(dir, 120)
    const service = await spawnService({ HK_DATA_DIR: dir, HK_ADMIN_TOKEN: operatorToken, HK_INGEST_RATE_ADDRESS: '0' }, runtime)
    const remote = reach(service.url)
    const { site } = await remote.makeSite()
    const load = startLoad([remote], site)
    await load.reach(50)
    disk.fill()
    const refusals = () => load.statuses.get(503) ?? 0
    for (const enough = refusals() + 20; refusals() < enough; await Bun.sleep(20)) expect(processesIn(dir)).not.toEqual([])
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200)
    expect([200, 503]).toContain((await fetch(`${service.url}/api/sites/${site}/reports/overview`, { headers: { authorization: `Bearer ${operatorToken}` } })).status)

    // It ends, as it does for want of room for its log; there may be just enough for it to start again, or not.
    endPostgres(dir)
    disk.fill()
    const said = await service.line(/runs again|is tried again/)
    if (said.includes('tried again')) expect(said).toMatch(/No space left on device|PANIC|FATAL/)
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200)

    disk.free()
    await service.line(/The embedded Postgres runs again/)
    await load.reach(20)
    await load.stop()
    await remote.drained()
    expect([...load.statuses.keys()].filter((status) => status !== 202 && status !== 503)).toEqual([])
    expect(await viewsOf(remote, site)).toEqual(new Map(load.acknowledged.map((path) => [path, 1])))
    expect(await service.kill('SIGINT')).toBe(0)
    expect(processesIn(dir)).toEqual([])
  }, 60_000)

  test('a folder that cannot be written is refused with a sentence, and not needed where nothing is kept in it', async () => {
    const dir = join(base, `${name}-read-only`)
    using disk = await mountSmall(dir, 16)
    disk.makeReadOnly()
    const attempt = async (env: Record<string, string>) => {
      const failed = spawn([...runtime, 'server/main.ts'], { HK_PORT: '0', HK_DATA_DIR: dir, ...env })
      expect(await failed.exited).toBe(1)
      expect(failed.output().trim().split('\n').length).toBe(1)
      return failed.output()
    }
    const url = await freshDatabase()
    expect(await attempt({})).toMatch(/^HK_DATA_DIR \S+ cannot be used: .*Make it writable, or set HK_DATA_DIR/)
    expect(await attempt({ HK_DATA_DIR: join(dir, 'below') })).toMatch(/^HK_DATA_DIR \S+ cannot be made: .*EROFS/)
    expect(await attempt({ DATABASE_URL: url })).toMatch(/^HK_DATA_DIR \S+ cannot be used: .*HK_SPOOL_BYTES to 0/)
    const service = await spawnService({ DATABASE_URL: url, HK_DATA_DIR: dir, HK_SPOOL_BYTES: '0' }, runtime)
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
    expect(await service.kill('SIGINT')).toBe(0)
  }, 60_000)

  test('data that cannot be written any more are refused with a sentence', async () => {
    const dir = join(base, `${name}-postgres`)
    using disk = await mountSmall(join(dir, 'postgres'), 120)
    const first = await spawnService({ HK_DATA_DIR: dir }, runtime)
    await first.kill('SIGINT')
    disk.makeReadOnly()
    const failed = spawn([...runtime, 'server/main.ts'], { HK_PORT: '0', HK_DATA_DIR: dir })
    expect(await failed.exited).toBe(1)
    expect(failed.output().trim().split('\n').length).toBe(1)
    expect(failed.output()).toMatch(/The embedded Postgres .*[Rr]ead-only file system.*HK_DATA_DIR/)
  }, 60_000)
})
