import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAudience } from '../support/audience.ts'
import { type Cluster, openCluster } from '../support/cluster.ts'
import { processesIn, spawnService } from '../support/process.ts'
import { type Load, operatorToken, reach, startLoad, viewsOf } from '../support/remote.ts'
import { readStream } from '../support/sse.ts'

let base: string

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hk-restart-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(base, 0o755)
})
afterAll(() => rm(base, { recursive: true, force: true }))

/** Milliseconds of an outage; `HK_OUTAGE_MS` makes it as long as somebody wants to wait. */
const outageMs = Number(process.env['HK_OUTAGE_MS'] ?? 30_000)

const settings = (cluster: Cluster, name: string) => ({
  DATABASE_URL: cluster.url,
  HK_DATA_DIR: join(base, name),
  HK_ADMIN_TOKEN: operatorToken,
})

/** Each acknowledged view, once. */
const onceEach = (load: Load) => new Map(load.acknowledged.map((path) => [path, 1]))

describe('a service that is killed under load, twice, and started again', () => {
  test('has stored each acknowledged item once, and every client shows what a fresh load shows', async () => {
    const dir = join(base, 'killed')
    const env = { HK_DATA_DIR: dir, HK_ADMIN_TOKEN: operatorToken, HK_LOG: 'silent' }
    let running = await spawnService(env)
    const { url } = running
    const remote = reach(url)
    const shared = await remote.makeSite()
    using audience = openAudience([url, url, url], shared)
    await audience.ready()
    const path = `${url}/api/share/${shared.share}/sites/${shared.site}/realtime`
    const first = readStream(await fetch(path))
    await first.next('hello')
    const load = startLoad([remote], shared.site)
    for (let round = 0; round < 2; round += 1) {
      await load.reach(100)
      await running.kill('SIGKILL')
      running = await spawnService({ ...env, HK_PORT: new URL(url).port })
    }
    await load.reach(100)
    await load.stop()
    expect(await viewsOf(remote, shared.site)).toEqual(onceEach(load))
    await audience.showsFresh(url)
    // By replay: each stream after the first was asked for with a position, and none meant nothing.
    expect(audience.continued.slice(3).length).toBeGreaterThanOrEqual(3)
    expect(audience.continued.slice(3)).not.toContain(null)
    expect(audience.resyncs).toBe(0)
    const last = first.seen.findLast((event) => event.id !== undefined)?.id
    const again = readStream(await fetch(`${path}?last_event_id=${last}`))
    expect((await again.next('hello')).data.recovered).toBe(true)
    expect((await again.next('analytics.changed')).data.kinds).toEqual(['hits'])
    await again.cancel()
    await running.kill('SIGINT')
    expect(processesIn(dir)).toEqual([])
  }, 120_000)
})

describe('a service whose Postgres', () => {
  // Both are mostly waiting, and neither has anything of the other's.
  test.concurrent('does not answer for a while keeps its streams and all that it acknowledged, and every client shows what a fresh load shows', async () => {
    await using cluster = await openCluster()
    const running = await spawnService(settings(cluster, 'held'))
    const remote = reach(running.url)
    const shared = await remote.makeSite()
    using audience = openAudience([running.url, running.url], shared)
    await audience.ready()
    const path = `${running.url}/api/share/${shared.share}/sites/${shared.site}/realtime`
    const stream = readStream(await fetch(path))
    await stream.next('hello')
    const load = startLoad([remote], shared.site, 4, 50)
    await load.reach(100)
    const thaw = await cluster.freeze()
    await Bun.sleep(outageMs)
    expect(await remote.metric('hk_spool_items')).toBeGreaterThan(0)
    expect(stream.seen.some(({ event }) => event === 'ping')).toBe(true)
    expect(stream.ended).toBe(false)
    thaw()
    await load.reach(100)
    await load.stop()
    await remote.drained()
    expect([...load.statuses.keys()]).toEqual([202])
    expect(await viewsOf(remote, shared.site)).toEqual(onceEach(load))
    await audience.showsFresh(running.url)
    expect(stream.ended).toBe(false)
    expect(audience.resyncs).toBe(0)
    await stream.cancel()
    expect(await running.kill('SIGINT')).toBe(0)
  }, 150_000 + 2 * outageMs)

  test.concurrent('is stopped, once for a while, and started again has lost nothing, and every client shows what a fresh load shows', async () => {
    await using cluster = await openCluster()
    const running = await spawnService(settings(cluster, 'stopped'))
    const remote = reach(running.url)
    const shared = await remote.makeSite()
    using audience = openAudience([running.url, running.url], shared)
    await audience.ready()
    const path = `${running.url}/api/share/${shared.share}/sites/${shared.site}/realtime`
    const stream = readStream(await fetch(path))
    await stream.next('hello')
    const load = startLoad([remote], shared.site, 4, 50)
    for (const ms of [0, outageMs]) {
      await load.reach(100)
      await cluster.stop()
      // Acknowledged from the disk.
      await Promise.all([load.reach(100), Bun.sleep(ms)])
      expect(await remote.metric('hk_spool_items')).toBeGreaterThanOrEqual(100)
      await cluster.start()
    }
    await load.reach(100)
    await load.stop()
    await remote.drained()
    expect([...load.statuses.keys()]).toEqual([202])
    expect(await viewsOf(remote, shared.site)).toEqual(onceEach(load))
    await audience.showsFresh(running.url)
    expect(stream.ended).toBe(false)
    expect(audience.resyncs).toBe(0)
    await stream.cancel()
    expect(await running.kill('SIGINT')).toBe(0)
  }, 150_000 + 2 * outageMs)
})
