import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demandVersion } from '../../server/store/connect.ts'
import { freshDatabase } from '../support/postgres.ts'
import { processesIn, spawn, spawnService } from '../support/process.ts'
import { browserAgent, pageview } from '../support/service.ts'
import { readStream } from '../support/sse.ts'

let base: string

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hk-process-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(base, 0o755)
})
afterAll(() => rm(base, { recursive: true, force: true }))

const token = 'admin-token-of-the-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

async function makeSite(url: string) {
  const site = await (
    await fetch(`${url}/api/sites`, { method: 'POST', headers, body: '{"domain":"a.example"}' })
  ).json()
  const share = await (
    await fetch(`${url}/api/sites/${site.id}/shares`, { method: 'POST', headers, body: '{}' })
  ).json()
  return { site: site.id as string, share: share.token as string }
}

const send = (url: string, site: string) =>
  fetch(`${url}/ingest`, {
    method: 'POST',
    headers: { 'user-agent': browserAgent },
    body: JSON.stringify({ site, items: [pageview()] }),
  })

const views = async (url: string, site: string) =>
  (await (await fetch(`${url}/api/sites/${site}/reports/overview`, { headers })).json()).data
    .pageviews as number

describe('the process, with its own Postgres', () => {
  test('keeps its data over a restart, and leaves no process and no lock after Ctrl-C', async () => {
    const dir = join(base, 'kept')
    const env = { HK_DATA_DIR: dir, HK_ADMIN_TOKEN: token }
    const first = await spawnService(env)
    const { site } = await makeSite(first.url)
    expect((await send(first.url, site)).status).toBe(202)
    expect(processesIn(dir).length).toBeGreaterThan(0)
    expect(await first.kill('SIGINT')).toBe(0)
    expect(processesIn(dir)).toEqual([])
    expect(existsSync(join(dir, 'hk.lock.pid'))).toBe(false)
    expect(existsSync(join(dir, 'postgres/data/postmaster.pid'))).toBe(false)
    const second = await spawnService(env)
    expect(await views(second.url, site)).toBe(1)
    expect(await second.kill('SIGTERM')).toBe(0)
  }, 60_000)

  test('starts again after it was killed at once, with all that it had acknowledged', async () => {
    const dir = join(base, 'killed')
    const env = { HK_DATA_DIR: dir, HK_ADMIN_TOKEN: token }
    const first = await spawnService(env)
    const { site } = await makeSite(first.url)
    let acknowledged = 0
    let going = true
    const senders = Array.from({ length: 4 }, async () => {
      while (going) {
        const response = await send(first.url, site).catch(() => undefined)
        if (response?.status !== 202) return
        acknowledged++
      }
    })
    await Bun.sleep(400)
    await first.kill('SIGKILL')
    going = false
    await Promise.all(senders)
    const second = await spawnService(env)
    const stored = await views(second.url, site)
    expect(acknowledged).toBeGreaterThan(0)
    expect(stored).toBeGreaterThanOrEqual(acknowledged)
    expect(stored).toBeLessThanOrEqual(acknowledged + 4)
    await second.kill('SIGINT')
    expect(processesIn(dir)).toEqual([])
  }, 60_000)

  test.if(process.getuid?.() === 0)(
    'as root, works from a folder that only root can reach',
    async () => {
      const dir = await mkdtemp(join(base, 'private-'))
      const first = await spawnService({ HK_DATA_DIR: dir, HK_ADMIN_TOKEN: token })
      const { site } = await makeSite(first.url)
      await send(first.url, site)
      expect(await first.kill('SIGINT')).toBe(0)
      const second = await spawnService({ HK_DATA_DIR: dir, HK_ADMIN_TOKEN: token })
      expect(await views(second.url, site)).toBe(1)
      const home = await realpath(join(dir, 'postgres'))
      await second.kill('SIGINT')
      expect(processesIn(home)).toEqual([])
      await rm(home, { recursive: true, force: true })
    },
    60_000,
  )

  test('makes an admin token at the first start and shows it once', async () => {
    const dir = join(base, 'token')
    const first = await spawnService({ HK_DATA_DIR: dir })
    const made = (await first.line(/Admin token/)).split(' ').at(-1) ?? ''
    expect(
      (await fetch(`${first.url}/api/sites`, { headers: { authorization: `Bearer ${made}` } })).status,
    ).toBe(200)
    await first.kill('SIGINT')
    const second = await spawnService({ HK_DATA_DIR: dir })
    expect(second.output()).not.toContain('Admin token')
    await second.kill('SIGINT')
  }, 60_000)

  test('is told by a second one on the same data that it is there', async () => {
    const dir = join(base, 'kept')
    const first = await spawnService({ HK_DATA_DIR: dir })
    const second = spawn(['bun', 'server/main.ts'], { HK_DATA_DIR: dir, HK_PORT: '0' })
    expect(await second.exited).toBe(1)
    expect(second.output().trim()).toBe(
      `Another hk-live (process ${first.pid}) uses ${dir}. Stop it, or set HK_DATA_DIR to another folder.`,
    )
    await first.kill('SIGINT')
  }, 60_000)
})

describe('a process that cannot start says what to do, and exits with 1', () => {
  const attempt = async (env: Record<string, string>) => {
    const failed = spawn(['bun', 'server/main.ts'], {
      HK_PORT: '0',
      HK_DATA_DIR: join(base, 'unused'),
      ...env,
    })
    expect(await failed.exited).toBe(1)
    const lines = failed.output().trim().split('\n')
    expect(lines.length).toBe(1)
    return lines[0] ?? ''
  }

  test('with a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await Bun.sleep(50)
    const address = server.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const dir = join(base, 'taken')
    expect(await attempt({ HK_PORT: port, HK_HOST: '127.0.0.1', HK_DATA_DIR: dir })).toBe(
      `Port ${port} is taken by another program. Stop it, or set HK_PORT to another port.`,
    )
    server.close()
    expect(processesIn(dir)).toEqual([])
  }, 30_000)

  test('with a data directory that is corrupt', async () => {
    const dir = join(base, 'corrupt')
    await mkdir(join(dir, 'postgres/data'), { recursive: true })
    await writeFile(join(dir, 'postgres/data/notes.txt'), 'mine')
    expect(await attempt({ HK_DATA_DIR: dir })).toContain('is not a Postgres data directory')
    const broken = join(base, 'broken')
    await cp(join(base, 'kept'), broken, { recursive: true })
    await writeFile(join(broken, 'postgres/data/global/pg_control'), 'nonsense')
    expect(await attempt({ HK_DATA_DIR: broken })).toMatch(/did not start from .*move it away to begin anew/)
    const older = join(base, 'older')
    await mkdir(join(older, 'postgres/data'), { recursive: true })
    await writeFile(join(older, 'postgres/data/PG_VERSION'), '14\n')
    expect(await attempt({ HK_DATA_DIR: older })).toContain('was made by Postgres 14')
  }, 30_000)

  test('with a DATABASE_URL that does not answer, is not let in, or is none', async () => {
    const deaf = await attempt({ DATABASE_URL: 'postgres://hk:secret@127.0.0.1:1/hk' })
    expect(deaf).toContain('DATABASE_URL (127.0.0.1:1/hk) does not answer')
    expect(deaf).not.toContain('secret')
    const wrong = (await freshDatabase()).replace(/:[0-9a-f]+@/, ':wrong@')
    expect(await attempt({ DATABASE_URL: wrong })).toContain('password authentication failed')
    expect(await attempt({ DATABASE_URL: 'mysql://x' })).toContain('DATABASE_URL is no address')
  }, 60_000)

  test('with a Postgres older than 15', () => {
    expect(() => demandVersion(140_011, 'The Postgres')).toThrow(
      'The Postgres is version 14, but hk-live needs 15 or later',
    )
    expect(() => demandVersion(150_000, 'The Postgres')).not.toThrow()
  })

  test.each([
    ['HK_PORT', '99999'],
    ['HK_PORT', 'http'],
    ['HK_PUBLIC_URL', 'stats.example.com'],
    ['HK_ADMIN_TOKEN', 'short'],
    ['HK_TRUSTED_PROXIES', '10.0.0.0/8,proxy'],
    ['HK_TRUSTED_PROXIES', '10.0.0.0/99'],
    ['HK_ADDRESS_HEADER', 'x-client'],
    ['HK_PLACE_HEADERS', 'cloudfare'],
    ['HK_GEO_DB', 'package.json'],
    ['HK_SPAM_LIST', 'package.json'],
    ['HK_DATA_CENTRES', 'maybe'],
    ['HK_INGEST_RATE_ADDRESS', 'many'],
    ['HK_INGEST_RATE_SITE', '-1'],
    ['HK_INGEST_VISITOR_ITEMS', '1.5'],
    ['HK_BUS', 'carrier-pigeon'],
    ['HK_LOG', 'loud'],
  ])('with %s=%s', async (name, value) => {
    expect(await attempt({ [name]: value })).toContain(name)
  })
})

describe('the same service on Deno', () => {
  const deno = ['node_modules/deno/deno', 'run', '-A', '--quiet']

  test.each([
    ['its own Postgres', async () => ({ HK_DATA_DIR: join(base, 'deno') })],
    ['DATABASE_URL', async () => ({ DATABASE_URL: await freshDatabase() })],
  ])(
    'collects, answers and streams, with %s',
    async (_name, settings) => {
      const service = await spawnService({ ...(await settings()), HK_ADMIN_TOKEN: token }, deno)
      const { site, share } = await makeSite(service.url)
      const stream = readStream(await fetch(`${service.url}/api/share/${share}/sites/${site}/realtime`))
      await stream.next('hello')
      expect((await send(service.url, site)).status).toBe(202)
      expect((await stream.next('analytics.changed')).data.counts).toEqual({ hits: 1 })
      expect(await views(service.url, site)).toBe(1)
      const second = await (
        await fetch(`${service.url}/api/sites/${site}/shares`, { method: 'POST', headers, body: '{}' })
      ).json()
      const revoked = await fetch(`${service.url}/api/sites/${site}/shares/${second.id}`, {
        method: 'DELETE',
        headers,
      })
      expect(revoked.status).toBe(204)
      expect(await service.kill('SIGINT')).toBe(0)
      expect((await stream.next('bye')).data.reason).toBe('shutdown')
    },
    60_000,
  )
})
