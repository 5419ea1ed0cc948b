import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isLostSocket } from '../../server/main.ts'
import { addRefusals, saltOf } from '../../server/store/index.ts'
import { takeLock } from '../../server/store/lock.ts'
import { createClient } from './client.ts'
import { endPostgres, processesIn, spawnService } from '../support/process.ts'
import { reach } from '../support/remote.ts'
import { browserAgent, openService, pageview, serverView, type TestService, unlimited } from '../support/service.ts'
import { readStream } from '../support/sse.ts'

let service: TestService
let base: string

beforeAll(async () => {
  service = await openService()
  base = await mkdtemp(join(tmpdir(), 'hk-faults-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(base, 0o755)
})
afterAll(async () => {
  await service[Symbol.asyncDispose]()
  await rm(base, { recursive: true, force: true })
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await holds()); await Bun.sleep(10)) {
    if (Date.now() > deadline) throw new Error('It did not come.')
  }
}

const token = 'admin-token-of-the-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

describe('input that a database cannot take', () => {
  test('is answered as unknown, never as an error of ours', async () => {
    const client = createClient(service, 'admin')
    const site = await service.makeSite()
    expect(await service.send('\0', [pageview()])).toEqual({ accepted: 1, rejected: [] })
    expect((await client.get('/api/sites/%00/reports/overview')).status).toBe(404)
    expect((await client.send('DELETE', `/api/sites/${site}/shares/%00`)).status).toBe(404)
    expect((await client.send('DELETE', '/api/clients/%00')).status).toBe(404)
    expect(
      (await client.post('/api/clients', { label: 'x', scopes: ['ingest'], sites: ['\0'] })).status,
    ).toBe(400)
    expect((await client.get('/api/sites/..%2f..%2fhealthz')).status).toBe(404)
    expect(service.errors).toEqual([])
  })

  test('a time zone that is only an offset is refused', async () => {
    const response = await createClient(service, 'admin').post('/api/sites', {
      domain: 'a.example',
      timezone: '+05:30',
    })
    expect([response.status, (await response.json()).parameter]).toEqual([400, 'timezone'])
  })

  test('a long body is refused before it is read, and after the credential was looked at', async () => {
    const send = async (token: string) => {
      const response = await createClient(service, token).raw('/api/sites', JSON.stringify({ domain: 'x'.repeat(1 << 20) }))
      return [response.status, (await response.json()).code]
    }
    expect(await send('admin')).toEqual([413, 'too_large'])
    expect(await send('nobody')).toEqual([401, 'unauthorized'])
  })
})

describe('what is said to whom', () => {
  test('an invalid item is refused alike for a site that is and one that is not', async () => {
    const site = await service.makeSite()
    const bad = [{ id: 'x' }, pageview()]
    expect(await service.send('nosuchsite', bad)).toEqual(await service.send(site, bad))
  })

  test('an answer to a token is for its holder only, whatever version is asked for', async () => {
    const site = await service.makeSite()
    await service.sendFromServer(site, [serverView(1, Date.now() - 86_400_000)])
    const path = `/api/sites/${site}/reports/overview?range=yesterday`
    const { version } = await service.admin<{ version: string }>(path)
    const cached = async (of: string, from: string) =>
      (await service.fetch(`${of}&v=${version}`, { headers: from === '' ? {} : headers })).headers.get(
        'cache-control',
      )
    expect(await cached(path, token)).toBe('private, no-cache')
    const { token: open } = await service.makeShare(site)
    expect(await cached(`/api/share/${open}/sites/${site}/reports/overview?range=yesterday`, '')).toContain(
      'public',
    )
    const { token: bound } = await service.makeShare(site, { allowed_origins: ['https://blog.example'] })
    expect(await cached(`/api/share/${bound}/sites/${site}/reports/overview?range=yesterday`, '')).toBe(
      'private, no-cache',
    )
  })

  test('an error of ours is logged without the token of the share link that met it', async () => {
    await using broken = await openService()
    const site = await broken.makeSite()
    const { token: secret } = await broken.makeShare(site)
    await broken.assembly.sql`alter table visits rename to visits_before`
    await broken.assembly.sql`alter table items rename to items_before`
    const answer = await broken.fetch(`/api/share/${secret}/sites/${site}/reports/overview?from=2024-03-01&to=2024-03-02`)
    expect(answer.status).toBe(500)
    expect(broken.errors.join()).toContain(`/sites/${site}/reports/overview`)
    expect(broken.errors.join()).not.toContain(secret)
  })

  test('a share link without live does not tell who is there, and one with filters no counts', async () => {
    const site = await service.makeSite()
    const quiet = await service.makeShare(site, { live: false })
    const path = `/api/share/${quiet.token}/sites/${site}`
    expect((await service.fetch(`${path}/reports/live`)).status).toBe(403)
    const part = await service.makeShare(site, { filters: ['country:DE'] })
    const stream = readStream(await service.fetch(`/api/share/${part.token}/sites/${site}/realtime`))
    await stream.next('hello')
    await service.send(site, [pageview()])
    expect((await stream.next('analytics.changed')).data.counts).toEqual({})
    await stream.cancel()
  })
})

describe('two at once', () => {
  test('of many who want a folder at once, one gets it, and the next when that lets go', async () => {
    const file = join(base, 'lock')
    for (let round = 0; round < 20; round++) {
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(file, base)))
      const taken = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      expect(taken.length).toBe(1)
      await taken[0]?.()
    }
  })

  test('of many services that start where one was killed, one runs', async () => {
    const env = { HK_DATA_DIR: join(base, 'many'), HK_ADMIN_TOKEN: token }
    await (await spawnService(env)).kill('SIGKILL')
    const tries = await Promise.allSettled(Array.from({ length: 4 }, () => spawnService(env)))
    const running = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(running.length).toBe(1)
    expect((await fetch(`${running[0]?.url}/readyz`)).status).toBe(200)
    await running[0]?.kill('SIGINT')
  }, 60_000)

  test('sites are deleted under traffic without a conflict, and their neighbours lose nothing', async () => {
    const kept = await service.makeSite()
    let sent = 0
    let going = true
    const doomed = await Promise.all(Array.from({ length: 12 }, () => service.makeSite()))
    const senders = Array.from({ length: 6 }, async (_, index) => {
      while (going) {
        const receipts = await Promise.all([
          service.send(doomed[index * 2] ?? '', [pageview()]),
          service.send(kept, [pageview()]),
        ])
        sent += receipts[1]?.accepted ?? 0
        await service.send(doomed[index * 2 + 1] ?? '', [pageview()])
      }
    })
    for (const site of doomed) {
      await Bun.sleep(20)
      await service.admin(`/api/sites/${site}`, undefined, 'DELETE')
    }
    going = false
    await Promise.all(senders)
    expect((await service.report(kept, 'overview', 'range=today')).pageviews).toBe(sent)
    expect(service.errors).toEqual([])
  }, 30_000)
})

describe('a site that is just being deleted', () => {
  /** Asks something of a site while its deletion is about to be committed. */
  async function whileDeleted<T>(ask: (site: string) => Promise<T>): Promise<T> {
    const site = await service.makeSite()
    const { sql } = service.assembly
    const { asked } = await sql.begin(async (tx) => {
      await tx`delete from sites where site_id = ${site}`
      const asked = ask(site)
      // It waits for the deletion, as another statement of the server tells.
      await until(async () => (await sql`select from pg_stat_activity where wait_event_type = 'Lock'`).count > 0)
      return { asked }
    })
    return asked
  }

  test('has no salt any more, and no counts', async () => {
    const { sql } = service.assembly
    expect(await whileDeleted((site) => saltOf(sql, site, '2026-11-24', new Uint8Array(32)))).toBeUndefined()
    const refusal = { reason: 'bot', count: 1, last_at: Date.now(), example: '' }
    await whileDeleted((site_id) => addRefusals(sql, [{ ...refusal, site_id }]))
  })
})

describe('an error that nobody caught', () => {
  test('is survived where it is the late write of the driver, and only there', () => {
    const late = new TypeError("null is not an object (evaluating 'socket.write')")
    late.stack = `${late}\n    at nextWrite (/app/node_modules/postgres/src/connection.js:255:15)`
    expect(isLostSocket(late)).toBe(true)
    expect(isLostSocket(new TypeError('nextWrite of postgres/src/connection.js'))).toBe(false)
    const other = new Error('no TypeError')
    other.stack = late.stack
    expect(isLostSocket(other)).toBe(false)
  })
})

describe('a service as a process', () => {
  test('answers a request without a usable Host in a sentence', async () => {
    const running = await spawnService({ HK_DATA_DIR: join(base, 'host'), HK_ADMIN_TOKEN: token })
    const { port } = new URL(running.url)
    const raw = (head: string) =>
      new Promise<string>((resolve) => {
        let answer = ''
        const socket = connect(Number(port), '127.0.0.1', () =>
          socket.write(`GET /healthz ${head}Connection: close\r\n\r\n`),
        )
        socket.on('data', (chunk) => (answer += String(chunk))).on('close', () => resolve(answer))
      })
    for (const head of ['HTTP/1.1\r\nHost: [\r\n', 'HTTP/1.1\r\nHost: x:99999\r\n', 'HTTP/1.0\r\n']) {
      const answer = await raw(head)
      expect(answer).toMatch(/^HTTP\/1\.[01] (200|4\d\d)/)
      expect(answer.length).toBeLessThan(2_000)
    }
    await running.kill('SIGINT')
  }, 30_000)

  test('leaves alone a process that has by now the number of its old Postgres', async () => {
    const dir = join(base, 'stale')
    const env = { HK_DATA_DIR: dir, HK_ADMIN_TOKEN: token }
    await (await spawnService(env)).kill('SIGINT')
    const innocent = Bun.spawn(['sleep', '60'])
    const file = join(dir, 'postgres/data/postmaster.pid')
    await writeFile(file, `${innocent.pid}\n${join(dir, 'postgres/data')}\n1\n`)
    const running = await spawnService(env)
    expect(innocent.killed || innocent.exitCode !== null).toBe(false)
    innocent.kill()
    await running.kill('SIGINT')
  }, 30_000)

  test('starts its Postgres again when that is killed, and stores every acknowledged item once', async () => {
    const dir = join(base, 'again')
    const running = await spawnService({ HK_DATA_DIR: dir, HK_ADMIN_TOKEN: token, HK_LOG: 'silent', ...unlimited })
    const post = async (path: string, body: unknown) =>
      (await fetch(running.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
    const site: string = (await post('/api/sites', { domain: 'a.example' })).id
    const share: string = (await post(`/api/sites/${site}/shares`, {})).token
    const stream = readStream(await fetch(`${running.url}/api/share/${share}/sites/${site}/realtime`))
    await stream.next('hello')
    const send = async (item: object) => {
      const body = JSON.stringify({ site, items: [item] })
      return (
        await fetch(`${running.url}/ingest`, {
          method: 'POST',
          headers: { 'user-agent': browserAgent },
          body,
        })
      ).status
    }
    const statuses = new Map<number, number>()
    let acknowledged = 0
    let going = true
    const senders = Array.from({ length: 4 }, async () => {
      while (going) {
        const item = pageview()
        // As the tracker does: the same item again until it is acknowledged.
        for (let status = 0; going && status !== 202; ) {
          status = await send(item)
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
          if (status === 202) acknowledged++
          else await Bun.sleep(50)
        }
      }
    })
    await Bun.sleep(300)
    endPostgres(dir)
    // What comes meanwhile goes to the spool.
    const remote = reach(running.url)
    for (let waited = 0; waited < 400 && (await remote.metric('hk_spool_drained_total')) === 0; waited++) await Bun.sleep(50)
    const before = acknowledged
    for (let waited = 0; waited < 400 && acknowledged < before + 50; waited++) await Bun.sleep(50)
    going = false
    await Promise.all(senders)
    await remote.drained()
    expect(await remote.metric('hk_spool_drained_total')).toBeGreaterThan(0)
    expect([...statuses.keys()]).toEqual([202])
    const answer = await (
      await fetch(`${running.url}/api/sites/${site}/reports/overview`, { headers })
    ).json()
    expect(answer.data.pageviews).toBe(acknowledged)
    const position = (
      await readStream(await fetch(`${running.url}/api/share/${share}/sites/${site}/realtime`)).next('hello')
    ).id
    let last = await stream.next('analytics.changed')
    while (last.id !== position) last = await stream.next('analytics.changed')
    await stream.cancel()
    expect(await running.kill('SIGINT')).toBe(0)
    expect(processesIn(dir)).toEqual([])
  }, 60_000)
})
