/** `hk forward`: as a process over HTTP, killed in the middle, and with a service that is away. */
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'bun:test'
import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { HkError } from '../../sdk/protocol.ts'
import { forward, type LogFetch, type LogItem, openPlaces, type PostCall, readerFor } from '../../server/logs/index.ts'
import { connect, type Sql } from '../../server/store/connect.ts'
import { until } from '../support/browser.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type Running, spawn, spawnService } from '../support/process.ts'

const token = 'admin-token-of-the-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
const gpt = 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)'
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

const line = (path: string, agent = gpt) =>
  `203.0.113.9 - - [22/Nov/2026:09:30:05 +0000] "GET ${path} HTTP/1.1" 200 512 "-" "${agent}"\n`
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => line(`/page/${from + n}`)).join('')

let folder: string
let log: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hk-forward-'))
  log = join(folder, 'access.log')
})
afterEach(() => rm(folder, { recursive: true }))

/** A service in this process, which fails as it is told to. */
function service() {
  const fetches = new Map<string, LogFetch>()
  const items = new Map<string, LogItem>()
  const failures: HkError[] = []
  const state = { down: false, refused: 0 }
  const post = async (...[route, body]: PostCall) => {
    const failure = failures.shift() ?? (state.down ? new HkError('network', 'Nothing answers.') : undefined)
    if (failure) {
      state.refused += 1
      throw failure
    }
    if (route === 'ingest') for (const item of body.items) items.set(item.id, item)
    else for (const fetch of body) fetches.set(fetch.id, fetch)
    return { accepted: route === 'ingest' ? body.items.length : body.length, rejected: [] }
  }
  return Object.assign(state, { fetches, items, failures, post })
}

async function run(target: ReturnType<typeof service>, options: { pageviews?: boolean; files?: string[]; follow?: boolean; signal?: AbortSignal } = {}) {
  return forward({
    files: [log],
    site: 'site-1',
    hostname: 'shop.example',
    pageviews: false,
    follow: false,
    signal: new AbortController().signal,
    reader: readerFor('auto'),
    places: await openPlaces(join(folder, 'places.json')),
    pace: { wait: () => new Promise((resolve) => setTimeout(resolve, 1)), random: () => 0.5 },
    pollMs: 10,
    post: target.post,
    ...options,
  })
}

describe('forwarding', () => {
  test('sends what AI agents fetched, and pages of people only where that is asked for', async () => {
    const target = service()
    await writeFile(log, line('/a') + line('/b', firefox) + line('/c.css', firefox) + 'what?\n')
    expect(await run(target)).toEqual({
      lines: 4,
      pageviews: 0,
      ai_fetches: 1,
      malformed: { count: 1, reasons: { format: 1 }, examples: [{ file: log, text: 'what?' }] },
      left_out: { page: 1, asset: 1 },
      damaged: [],
      rejected: { count: 0, examples: [] },
    })
    expect([...target.fetches.values()]).toMatchObject([{ path: '/a', hostname: 'shop.example', status_code: 200, bytes_served: 512 }])
    expect(target.items.size).toBe(0)
    await rm(join(folder, 'places.json'))
    expect(await run(target, { pageviews: true })).toMatchObject({ pageviews: 1, ai_fetches: 1 })
    expect([...target.items.values()]).toMatchObject([{ url: 'https://shop.example/b', visitor_ip: '203.0.113.9' }])
    expect(target.fetches.size).toBe(1)
  })

  test('reads on after the zero bytes of a file that was emptied under its server', async () => {
    const target = service()
    await writeFile(log, `${'\0'.repeat(100_000)}${line('/a')}${line('/b')}`)
    await run(target)
    expect([...target.fetches.values()].map(({ path }) => path)).toEqual(['/a', '/b'])
    await appendFile(log, `${'\0'.repeat(70_000)}${line('/c')}`)
    await run(target)
    expect([...target.fetches.values()].map(({ path }) => path)).toEqual(['/a', '/b', '/c'])
  })

  test('goes on where it stopped, of several files each', async () => {
    const target = service()
    const other = join(folder, 'other.log')
    await writeFile(log, numbered(0, 1_300))
    await writeFile(other, numbered(5_000, 5_010))
    const files = [log, other]
    expect((await run(target, { files })).ai_fetches).toBe(1_310)
    expect((await run(target, { files })).lines).toBe(0)
    await appendFile(other, numbered(5_010, 5_012))
    expect((await run(target, { files })).ai_fetches).toBe(2)
    expect(target.fetches.size).toBe(1_312)
  })

  test('keeps its place where the service fails, and sends it all the next time', async () => {
    const target = service()
    await writeFile(log, numbered(0, 1_200))
    target.failures.push(new HkError('unavailable', 'away'), new HkError('unauthorized', 'This API token is unknown.'))
    await expect(run(target)).rejects.toThrow('This API token is unknown.')
    await run(target)
    expect(target.fetches.size).toBe(1_200)
  })

  test('while following never gives up on a service that is away, and ends at once when it is told to', async () => {
    const target = service()
    const stop = new AbortController()
    await writeFile(log, numbered(0, 3))
    target.failures.push(...Array.from({ length: 30 }, () => new HkError('network', 'Nothing answers.')))
    const running = run(target, { follow: true, signal: stop.signal })
    await until(async () => target.fetches.size, (size) => size === 3)
    await rename(log, `${log}.1`)
    await writeFile(log, numbered(3, 5))
    await until(async () => target.fetches.size, (size) => size === 5)
    target.down = true
    await appendFile(log, numbered(5, 6))
    await until(async () => target.refused, (refused) => refused > 1)
    stop.abort()
    await running
    expect(target.fetches.size).toBe(5)
    target.down = false
    await run(target)
    expect(target.fetches.size).toBe(6)
  })

  test('goes on in a log whose heading names its fields', async () => {
    const target = service()
    const heading = '#Version: 1.0\n#Fields: date time cs-method cs-uri-stem sc-status cs(User-Agent)\n'
    const row = (path: string) => `2026-11-22\t09:30:05\tGET\t${path}\t200\t${encodeURIComponent(gpt)}\n`
    await writeFile(log, heading + row('/a'))
    await run(target)
    await appendFile(log, row('/b'))
    expect(await run(target)).toMatchObject({ lines: 1, ai_fetches: 1, malformed: { count: 0 } })
    expect([...target.fetches.values()].map(({ path }) => path)).toEqual(['/a', '/b'])
  })

  test('goes on in a log whose fields have changed on the way, as a server that was started anew writes them', async () => {
    const target = service()
    const row = (path: string) => `2026-11-22 09:30:05 GET ${path} 200 ${gpt.replaceAll(' ', '+')}\n`
    const padding = `#Remark: ${'x'.repeat(200)}\n`.repeat(200)
    await writeFile(log, `#Fields: date time c-ip\n${padding}#Fields: date time cs-method cs-uri-stem sc-status cs(User-Agent)\n${row('/a')}`)
    await run(target)
    await appendFile(log, row('/b'))
    expect(await run(target)).toMatchObject({ ai_fetches: 1, malformed: { count: 0 } })
    expect([...target.fetches.values()].map(({ path }) => path)).toEqual(['/a', '/b'])
  })

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('sends what can be read of a file of %s that is damaged, and the other files, and reads it again', async (_, pack) => {
    const target = service()
    const other = join(folder, 'other.log')
    await writeFile(log, pack(Array.from({ length: 5_000 }, (_, n) => line(`/${n * 7_919}`)).join('')).subarray(0, -5_000))
    await writeFile(other, line('/other'))
    const sent = await run(target, { files: [log, other] })
    expect(sent.damaged).toEqual([expect.stringContaining(`${log} can't be read to its end: `)])
    expect(sent.ai_fetches).toBeGreaterThan(100)
    expect([...target.fetches.values()].map(({ path }) => path)).toContain('/other')
    expect((await run(target, { files: [log, other] })).damaged).toHaveLength(1)
  })

  test('reads lines of other formats, and counts those that it cannot by their reason', async () => {
    const target = service()
    const docker = JSON.stringify({ log: line('/docker'), stream: 'stdout' })
    const caddy = JSON.stringify({ ts: 1_795_339_805.5, status: 200, request: { remote_ip: '203.0.113.9', method: 'GET', uri: '/caddy', headers: { 'User-Agent': [gpt] } } })
    await writeFile(log, `${docker}\nNov 22 09:30:05 web1 nginx: ${line('/syslog')}${caddy}\n${line('/x').replace('203.0.113.9', 'crawl.example.net')}what?\n`)
    expect(await run(target)).toMatchObject({ ai_fetches: 3, malformed: { count: 2, reasons: { host_name: 1, format: 1 } } })
    expect([...target.fetches.values()].map(({ path }) => path)).toEqual(['/docker', '/syslog', '/caddy'])
  })

  test('keeps places of two processes in one file', async () => {
    const file = join(folder, 'places.json')
    const [one, two] = [await openPlaces(file), await openPlaces(file)]
    const place = (offset: number) => ({ inode: '1', head: '', headBytes: 0, offset })
    await one.keep('/a', place(1))
    await two.keep('/b', place(2))
    await one.keep('/a', place(3))
    const kept = await openPlaces(file)
    expect([kept.of('/a')?.offset, kept.of('/b')?.offset]).toEqual([3, 2])
    expect(await readdir(folder)).toEqual(['places.json'])
  })

  test('leaves no timer behind that would keep its process alive', async () => {
    await writeFile(log, line('/a'))
    const script = `
      import { HkError } from './sdk/protocol.ts'
      import { forward, openPlaces, readerFor } from './server/logs/index.ts'
      const stop = new AbortController()
      await forward({
        files: [${JSON.stringify(log)}], site: 's', hostname: 'h', pageviews: false, follow: true, signal: stop.signal,
        reader: readerFor('auto'), places: await openPlaces(${JSON.stringify(join(folder, 'places.json'))}),
        async post() {
          setTimeout(() => stop.abort(), 50)
          throw new HkError('unavailable', 'away', { retryAfterMs: 600_000 })
        },
      })`
    expect(await spawn(['bun', '-e', script], {}).exited).toBe(0)
  }, 30_000)

  test('refuses a file of places that is none', async () => {
    await writeFile(log, line('/a'))
    for (const text of ['not json', '{"version":2,"files":{}}', '{"version":1,"files":{"/x":{"offset":"1"}}}', 'null']) {
      await writeFile(join(folder, 'places.json'), text)
      await expect(run(service())).rejects.toThrow('does not hold places')
    }
  })
})

describe('hk forward', () => {
  let running: Running & { url: string }
  let sql: Sql
  let site: string

  beforeAll(async () => {
    const database = await freshDatabase()
    running = await spawnService({ DATABASE_URL: database, HK_ADMIN_TOKEN: token })
    sql = connect(database)
  }, 60_000)
  afterAll(async () => {
    await sql.end()
    await running.kill('SIGINT')
  })
  beforeEach(async () => {
    const made = await fetch(`${running.url}/api/sites`, { method: 'POST', headers, body: JSON.stringify({ domain: 'shop.example' }) })
    site = (await made.json()).id
  })

  const hk = (...words: string[]) =>
    spawn(['bun', 'server/cli.ts', 'forward', log, '--site', site, '--state', join(folder, 'places.json'), ...words], {
      HK_URL: running.url,
      HK_TOKEN: token,
    })
  const stored = async () => Number((await sql`select count(*) as n from ai_fetches where site_id = ${site}`)[0]?.n)

  test('says what it did, and what to do where it could not read', async () => {
    await writeFile(log, `${numbered(0, 2)}${line('/p', firefox)}?\n`)
    const first = hk()
    expect(await first.exited).toBe(0)
    expect(first.output()).toContain('4 lines: 2 requests of AI agents.')
    expect(first.output()).toContain('1 pages of people were left to the tracker; --pageviews sends them.')
    expect(first.output()).toContain('Not readable: 1.')
    expect(await stored()).toBe(2)
    const again = hk()
    expect(await again.exited).toBe(0)
    expect(again.output().trim()).toBe('Nothing new.')
  }, 30_000)

  test('killed at any moment and started again, stores each request once', async () => {
    await writeFile(log, '')
    // What was rotated away before the first start is nobody's: it begins with an empty log.
    const first = hk('--follow')
    await until(() => readFile(join(folder, 'places.json'), 'utf8').catch(() => ''), (text) => text !== '', 30_000)
    await first.kill('SIGKILL')
    let written = 0
    let ended = false
    const write = async () => {
      while (!ended) {
        await appendFile(log, numbered(written, (written += 97)))
        if (written % 970 === 0) {
          await rename(log, `${log}.${written}`)
          await writeFile(log, '')
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const writing = write()
    for (let round = 0; round < 4; round++) {
      const following = hk('--follow')
      const before = await stored()
      await until(stored, (count) => count > before, 30_000)
      await following.kill('SIGKILL')
    }
    ended = true
    await writing
    const last = hk('--follow')
    await until(stored, (count) => count >= written, 30_000)
    expect(await last.kill('SIGINT')).toBe(0)
    expect(last.output()).toContain('Following 1 file')
    expect(await stored()).toBe(written)
    expect(JSON.parse(await readFile(join(folder, 'places.json'), 'utf8')).version).toBe(1)
  }, 120_000)

  test.each([
    [['--format', 'squid'], 'is not known'],
    [['--pattern', '$status'], 'The pattern needs'],
  ])('%j is refused', async (words, message) => {
    await writeFile(log, '')
    const refused = hk(...words)
    expect(await refused.exited).toBe(1)
    expect(refused.output()).toContain(message)
  }, 30_000)
})
