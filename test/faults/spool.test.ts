/**
 * Nothing lost: what is acknowledged is stored once, and what is not at most once, whatever is killed, stopped,
 * held or full meanwhile. Real processes, a real Postgres and real disks.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, openCluster } from '../support/cluster.ts'
import { numbers } from '../support/numbers.ts'
import { endPostgres, processesIn, spawnService } from '../support/process.ts'
import { operatorToken, reach, type Remote, startLoad, viewsOf } from '../support/remote.ts'
import { browserAgent, openService, pageview } from '../support/service.ts'

let base: string
let cluster: Cluster

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hk-spool-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(base, 0o755)
  cluster = await openCluster()
}, 60_000)
afterAll(async () => {
  await cluster[Symbol.asyncDispose]()
  await rm(base, { recursive: true, force: true })
}, 60_000)

/** A seed that a failure names can be given again by the environment. */
const seed = Number(process.env['HK_SEED'] ?? (Date.now() % 1_000_000) + 1)

/** What was sent, each a page of its own, and which of it was acknowledged. */
class Ledger {
  readonly sent = new Set<string>()
  readonly acknowledged = new Set<string>()

  /** Sends views of pages in one batch, and never again. */
  async send(remote: Remote, site: string, paths: readonly string[]): Promise<number> {
    for (const path of paths) this.sent.add(path)
    return this.post(remote, site, paths.map((path) => pageview(path)), paths)
  }

  /** Sends items that stand for pages. */
  async post(remote: Remote, site: string, items: object[], paths: readonly string[]): Promise<number> {
    for (const path of paths) this.sent.add(path)
    const status = await remote.send(site, items)
    if (status === 202) for (const path of paths) this.acknowledged.add(path)
    return status
  }

  /** Fails where an acknowledged view is not stored, or any is stored twice or made up. */
  balances(views: ReadonlyMap<string, number>): void {
    expect([...this.acknowledged].filter((path) => views.get(path) !== 1)).toEqual([])
    expect([...views].filter(([path, times]) => times !== 1 || !this.sent.has(path))).toEqual([])
  }
}

/** Waits until a figure of a service is as it has to be. */
async function metricReaches(remote: Remote, name: string, fits: (value: number) => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !fits(await remote.metric(name)); await Bun.sleep(50)) {
    if (Date.now() > deadline) throw new Error(`${name} is ${await remote.metric(name)}.`)
  }
}

describe('a service and its Postgres that are killed at random moments under load', () => {
  test(`store each acknowledged item once, and each other at most once (HK_SEED=${seed})`, async () => {
    const dir = join(base, 'random')
    const env = { HK_DATA_DIR: dir, HK_ADMIN_TOKEN: operatorToken, HK_LOG: 'silent' }
    const random = numbers(seed)
    let running = await spawnService(env)
    const remote = reach(running.url)
    const { site } = await remote.makeSite()
    const load = startLoad([remote], site)
    const ledger = new Ledger()
    let going = true
    const hasty = Array.from({ length: 3 }, async (_, sender) => {
      for (let batch = 0; going; batch += 1) {
        const paths = Array.from({ length: 5 }, (_item, index) => `/once/${sender}/${batch}/${index}`)
        await ledger.send(remote, site, paths)
        await Bun.sleep(20)
      }
    })
    const killService = async () => {
      await running.kill('SIGKILL')
      running = await spawnService({ ...env, HK_PORT: new URL(remote.url).port })
    }
    for (let round = 0; round < 6; round += 1) {
      await load.reach(30)
      await Bun.sleep(500 * random())
      const victim = random()
      if (victim < 2 / 3) endPostgres(dir)
      // Between the two, items go to the spool.
      if (victim >= 1 / 3) {
        await Bun.sleep(1_500 * random())
        await killService()
      }
    }
    await load.reach(30)
    going = false
    await Promise.all([load.stop(), ...hasty])
    await remote.drained()
    for (const path of load.acknowledged) {
      ledger.sent.add(path)
      ledger.acknowledged.add(path)
    }
    ledger.balances(await viewsOf(remote, site))
    expect(ledger.acknowledged.size).toBeGreaterThan(200)
    expect(await running.kill('SIGINT')).toBe(0)
    expect(processesIn(dir)).toEqual([])
  }, 240_000)
})

describe('a service whose spool is full', () => {
  test('refuses, keeps what it acknowledged over a SIGKILL, and stores it when Postgres is back', async () => {
    const env = {
      DATABASE_URL: cluster.url,
      HK_DATA_DIR: join(base, 'full'),
      HK_ADMIN_TOKEN: operatorToken,
      HK_SPOOL_BYTES: '131072',
      HK_LOG: 'silent',
    }
    let running = await spawnService(env)
    const remote = reach(running.url)
    const { site } = await remote.makeSite()
    const ledger = new Ledger()
    expect(await ledger.send(remote, site, ['/warm'])).toBe(202)
    await cluster.stop()
    const fill = async () => {
      for (let batch = ledger.sent.size; ; batch += 1) {
        const paths = Array.from({ length: 5 }, (_, index) => `/${batch}/${index}`)
        const status = await ledger.send(remote, site, paths)
        if (status !== 202) return status
      }
    }
    expect(await fill()).toBe(503)
    const waiting = await remote.metric('hk_spool_items')
    expect(waiting).toBe(ledger.acknowledged.size - 1)
    expect(await remote.metric('hk_spool_bytes')).toBeLessThanOrEqual(131_072)
    expect((await fetch(`${remote.url}/readyz`)).status).toBe(503)
    expect(remote.unexplained).toBe(0)
    await running.kill('SIGKILL')
    await cluster.start()
    running = await spawnService({ ...env, HK_PORT: new URL(remote.url).port })
    // New arrivals queue up behind what is on the disk.
    expect(await ledger.send(remote, site, ['/new'])).toBe(202)
    await remote.drained()
    ledger.balances(await viewsOf(remote, site))
    expect(await remote.metric('hk_spool_drained_total')).toBeGreaterThanOrEqual(waiting)
    expect(await running.kill('SIGINT')).toBe(0)
  }, 120_000)
})

describe('two nodes', () => {
  test('that are sent the same batches many times, in any order, over an outage, store each once', async () => {
    const env = { DATABASE_URL: cluster.url, HK_ADMIN_TOKEN: operatorToken, HK_LOG: 'silent' }
    const nodes = [
      await spawnService({ ...env, HK_DATA_DIR: join(base, 'one') }),
      await spawnService({ ...env, HK_DATA_DIR: join(base, 'two') }),
    ]
    const remotes = nodes.map(({ url }) => reach(url))
    const [first, second] = remotes
    if (first === undefined || second === undefined) throw new Error('There are no two nodes.')
    const { site } = await first.makeSite()
    const ledger = new Ledger()
    for (const [node, remote] of remotes.entries()) await ledger.send(remote, site, [`/warm/${node}`])
    const random = numbers(seed)
    const batches = Array.from({ length: 30 }, (_, batch) => {
      const paths = Array.from({ length: 10 }, (_item, index) => `/${batch}/${index}`)
      return { paths, items: paths.map((path) => pageview(path)) }
    })
    const sendings = Array.from({ length: 6 }, () => batches)
      .flat()
      .map((batch) => ({ batch, key: random() }))
      .toSorted((a, b) => a.key - b.key)
    const waves = [0, 1, 2].map((wave) => sendings.filter((_, index) => index % 3 === wave))
    const sendAll = (wave: typeof sendings) =>
      Promise.all(
        wave.map(({ batch: { paths, items } }) =>
          ledger.post(random() < 1 / 2 ? first : second, site, items.toSorted(() => random() - 1 / 2), paths),
        ),
      )
    const [before = [], during = [], after = []] = waves
    await sendAll(before)
    const stopping = cluster.stop()
    await sendAll(during.slice(0, 30))
    await stopping
    const statuses = await sendAll(during.slice(30))
    expect(new Set(statuses)).toEqual(new Set([202]))
    for (const remote of remotes) expect(await remote.metric('hk_spool_items')).toBeGreaterThan(0)
    await Promise.all([cluster.start(), sendAll(after)])
    for (const remote of remotes) await remote.drained()
    const views = await viewsOf(first, site)
    ledger.balances(views)
    expect(views.size).toBe(302)
    for (const node of nodes) expect(await node.kill('SIGINT')).toBe(0)
  }, 120_000)
})

describe('a service whose Postgres hangs, again and again', () => {
  test('acknowledges from the disk meanwhile, and stores each item once however the hanging commits end', async () => {
    const running = await spawnService({
      DATABASE_URL: cluster.url,
      HK_DATA_DIR: join(base, 'hangs'),
      HK_ADMIN_TOKEN: operatorToken,
      HK_LOG: 'silent',
    })
    const remote = reach(running.url)
    const { site } = await remote.makeSite()
    const load = startLoad([remote], site)
    await load.reach(50)
    for (let round = 0; round < 2; round += 1) {
      const thaw = await cluster.freeze()
      await metricReaches(remote, 'hk_spool_items', (items) => items > 30)
      // A token cannot be checked meanwhile: that is said, and not waited for.
      const refused = await fetch(`${remote.url}/api/sites/${site}/ingest`, {
        method: 'POST',
        headers: { authorization: `Bearer ${operatorToken}` },
        body: '{"items":[]}',
      })
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
      thaw()
      await remote.drained()
      await load.reach(50)
    }
    await load.stop()
    await remote.drained()
    expect([...load.statuses.keys()]).toEqual([202])
    expect(await viewsOf(remote, site)).toEqual(new Map(load.acknowledged.map((path) => [path, 1])))
    expect(await running.kill('SIGINT')).toBe(0)
  }, 120_000)
})

describe('while Postgres is away over a midnight', () => {
  test('a visitor of a known site has an id of the new day, and no address is on the disk; what is not known is refused', async () => {
    let shift = 0
    const dataDir = join(base, 'midnight')
    await using service = await openService({
      databaseUrl: cluster.url,
      now: () => Date.now() + shift,
      env: { HK_DATA_DIR: dataDir, HK_SPOOL_BYTES: '1048576' },
    })
    const { sql } = service.assembly
    const [site, quiet] = [await service.makeSite(), await service.makeSite()]
    const address = '203.0.113.77'
    await service.send(site, [pageview('/today')], { address })
    // Of this site something is known, but nobody has visited it today.
    await service.send(quiet, [pageview()], { agent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' })
    for (let salts = 0; salts < 2; await Bun.sleep(20)) {
      const [row] = await sql<[{ salts: number }]>`select count(*)::int as salts from salts where site_id = ${site}`
      salts = row.salts
    }
    await cluster.stop()
    const dayMs = 24 * 3_600_000
    shift = dayMs - (Date.now() % dayMs) + 60_000
    const receipt = await service.send(site, [pageview('/tomorrow')], { address })
    expect(receipt).toEqual({ accepted: 1, rejected: [] })
    const metrics = async () => (await service.fetch('/metrics')).text()
    expect(await metrics()).toContain('\nhk_spool_items 1\n')
    for (const file of ['spool.sqlite', 'spool.sqlite-wal']) {
      const bytes = await readFile(join(dataDir, file), 'latin1')
      expect(bytes).not.toContain(address)
      expect(bytes).not.toContain(browserAgent)
    }
    for (const unknown of [quiet, 'neverheard']) {
      await expect(service.send(unknown, [pageview()])).rejects.toThrow('/ingest: 503')
    }
    expect(await metrics()).toContain('\nhk_spool_items 1\n')
    await cluster.start()
    for (const deadline = Date.now() + 30_000; !(await metrics()).includes('\nhk_spool_items 0\n'); ) {
      if (Date.now() > deadline) throw new Error('The spool is not drained.')
      await Bun.sleep(50)
    }
    const rows = await sql<{ page: string; visitor: string }[]>`
      select page, visitor_id::text as visitor from items where site_id = ${site} order by at`
    expect(rows.map(({ page }) => page)).toEqual(['/today', '/tomorrow'])
    expect(rows[0]?.visitor).not.toBe(rows[1]?.visitor)
    // The same salt as any node reads from the database: a second view is of the same visitor.
    await service.send(site, [pageview('/again')], { address })
    const [again] = await sql<{ visitor: string }[]>`
      select visitor_id::text as visitor from items where site_id = ${site} and page = '/again'`
    expect(again?.visitor).toBe(rows[1]?.visitor)
  }, 60_000)
})
