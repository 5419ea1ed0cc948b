/** How exports are written: row after row from one snapshot, in bounded memory, and cut where they cannot be whole. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parse } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import postgres, { type Sql } from 'postgres'
import { attachment } from '../../server/exports/disposition.ts'
import { encodeCsv } from '../../server/exports/csv.ts'
import { encodeJson, encodeNdjson } from '../../server/exports/json.ts'
import type { Sheet } from '../../server/exports/sheet.ts'
import { readSnapshot } from '../../server/exports/snapshot.ts'
import { encodeXlsx } from '../../server/exports/xlsx.ts'
import { freshDatabase } from '../support/postgres.ts'
import { spawn, spawnService } from '../support/process.ts'
import { openService, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

const now = Date.UTC(2026, 9, 20, 15, 20)
const many = 50_000
const formats = ['csv', 'json', 'ndjson', 'xlsx'] as const
const query = 'by=page&from=2026-10-19&to=2026-10-19'

let service: TestService
let site: string

beforeAll(async () => {
  service = await openService({ now: () => now, exports: { most: 2, stallMs: 20_000 } })
  site = await service.makeSite({ timezone: 'UTC' })
  await addPages(service.assembly.sql, site, 0, many)
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

/** Gives a site pages with numbers, as if they had been rolled up; later ones have more visitors. */
async function addPages(sql: Sql, id: string, from: number, to: number) {
  await sql`
    insert into rollups (site_id, dimension, day, key, value, visitors, visits, bounces, duration_ms, pageviews, events)
    select ${id}, 'page', '2026-10-19', md5(value)::uuid, value, n + 1, n + 1, 0, 1500, n + 1, 0
    from (select n, '/page/' || n as value from generate_series(${from}::int, ${to}::int - 1) n) p`
  // Roll-ups are read of days within those of the items.
  await sql`
    insert into items (site_id, id, type, at, visitor_id)
    values (${id}, gen_random_uuid(), 'vital', '2026-10-19T12:00:00Z', 1)`
}

const path = (format: string, id = site) => `/api/sites/${id}/reports/breakdown/export?${query}&format=${format}`

/** Begins an export and takes its first chunk. */
async function begin(format: string, { from = service, id = site, more = '' } = {}) {
  const response = await createClient(from, 'admin').get(path(format, id) + more)
  const reader = response.body?.getReader()
  if (response.status !== 200 || reader === undefined) throw new Error(`${response.status} ${await response.text()}`)
  const chunks = [(await reader.read()).value]
  return {
    reader,
    chunks,
    async rest() {
      for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value)
      return new Blob(chunks.filter((chunk) => chunk !== undefined)).bytes()
    },
  }
}

async function valuesIn(format: string, bytes: Uint8Array): Promise<string[]> {
  const text = () => new TextDecoder().decode(bytes)
  if (format === 'csv') return parse<{ value: string }>(text(), { bom: true, columns: true }).map(({ value }) => value)
  if (format === 'json') return JSON.parse(text()).rows.map(({ value }: { value: string }) => value)
  if (format === 'ndjson') return text().trim().split('\n').map((line) => JSON.parse(line).value)
  return (await readXlsx(bytes)).sheets[0]?.rows.slice(1).map(([value]) => String(value)) ?? []
}

const inDescent = Array.from({ length: many }, (_, index) => `/page/${many - 1 - index}`)

/** Waits until something holds. */
async function until(holds: () => boolean | Promise<boolean>) {
  for (const deadline = Date.now() + 20_000; !(await holds()); await Bun.sleep(20)) {
    if (Date.now() > deadline) throw new Error('It never came to be')
  }
}

/** Connections to a database that are in a transaction. */
const busy = async (sql: Sql) =>
  (await sql<{ pid: number }[]>`
    select pid from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'`).map(({ pid }) => pid)

describe('fifty thousand rows', () => {
  test.each(formats)('come in small parts as %s, all and in order', async (format) => {
    const { chunks, rest } = await begin(format)
    const values = await valuesIn(format, await rest())
    expect(values).toEqual(inDescent)
    expect(chunks.length).toBeGreaterThan(10)
    expect(Math.max(...chunks.map((chunk) => chunk?.byteLength ?? 0))).toBeLessThan(500_000)
    expect(service.assembly.exports.size).toBe(0)
  }, 60_000)

  test('are those of one moment, whatever is committed meanwhile', async () => {
    const id = await service.makeSite({ timezone: 'UTC' })
    await addPages(service.assembly.sql, id, 0, many)
    const { rest } = await begin('ndjson', { id, more: '&limit=25000' })
    await addPages(service.assembly.sql, id, many, many + 2_000)
    expect(await valuesIn('ndjson', await rest())).toEqual(inDescent.slice(0, 25_000))
  }, 60_000)

  test('are counted from an offset and up to a limit where these are given', async () => {
    const take = async (more: string) => {
      const response = await createClient(service, 'admin').get(`${path('ndjson')}${more}`)
      return valuesIn('ndjson', await response.bytes())
    }
    expect(await take('&limit=7000&offset=100')).toEqual(inDescent.slice(100, 7_100))
    expect(await take('&offset=49990')).toEqual(inDescent.slice(-10))
  }, 60_000)
})

/** A sheet of rows without end, and how many batches were taken of it. */
function endless() {
  const taken = { batches: 0, ended: false }
  const sheet: Sheet = {
    head: {
      report: 'breakdown',
      site_id: 's',
      version: 'a.1',
      generated_at: '2026-10-20T00:00:00Z',
      range: { from: '2026-10-19T00:00:00Z', to: '2026-10-20T00:00:00Z', interval: 'hour', timezone: 'UTC' },
    },
    columns: [
      { name: 'value', kind: 'text' },
      { name: 'change', kind: 'rate' },
    ],
    batches: (async function* () {
      try {
        for (;;) {
          taken.batches++
          yield Array.from({ length: 1_000 }, (_, index) => [`${crypto.randomUUID()}`, -index / 1_000])
        }
      } finally {
        taken.ended = true
      }
    })(),
  }
  return { sheet, taken }
}

describe.each([
  ['csv', encodeCsv],
  ['json', encodeJson],
  ['ndjson', encodeNdjson],
  ['xlsx', encodeXlsx],
] as const)('%s', (format, encode) => {
  test('takes rows only as its bytes are taken, and none once nobody reads', async () => {
    const { sheet, taken } = endless()
    const chunks = encode(sheet, { bom: true })[Symbol.asyncIterator]()
    for (let count = 0; count < 5; count++) expect((await chunks.next()).done).toBe(false)
    await Bun.sleep(20)
    expect(taken.batches).toBeLessThan(20)
    await chunks.return?.(undefined)
    await until(() => taken.ended)
  })

  test('has numbers below zero as numbers', async () => {
    const { sheet } = endless()
    const one = { ...sheet, batches: (async function* () { yield [['-5', -5]] })() }
    const parts: Uint8Array[] = []
    for await (const chunk of encode(one, { bom: false })) parts.push(chunk)
    const bytes = await new Blob(parts as BlobPart[]).bytes()
    const text = new TextDecoder().decode(bytes)
    if (format === 'csv') expect(text).toBe('"value","change"\r\n"\'-5",-5\r\n')
    if (format === 'json') expect(JSON.parse(text).rows).toEqual([{ value: '-5', change: -5 }])
    if (format === 'ndjson') expect(text).toBe('{"value":"-5","change":-5}\n')
    if (format === 'xlsx') expect((await readXlsx(bytes)).sheets[0]?.rows[1]).toEqual(["'-5", -5])
  })
})

describe('a snapshot', () => {
  test('is read no further than there is room', async () => {
    let read = 0
    const reader = readSnapshot(service.assembly.sql, async function* () {
      for (;;) yield ++read
    }).getReader()
    expect((await reader.read()).value).toBe(1)
    await Bun.sleep(50)
    expect(read).toBeLessThan(5)
    await reader.cancel()
    await until(async () => (await busy(service.assembly.sql)).length === 0)
  })

  test('fails for who reads it', () => {
    const reader = readSnapshot(service.assembly.sql, async function* (tx) {
      yield 1
      yield await tx`select 1 / 0`
    }).getReader()
    return expect(reader.read().then(() => reader.read())).rejects.toThrow('division by zero')
  })
})

describe('who goes midway', () => {
  test.each(formats)('of %s lets the connection go', async (format) => {
    const { reader } = await begin(format)
    // What the service does of its own accord ends within a moment.
    await until(async () => (await busy(service.assembly.sql)).length === 1)
    await reader.cancel()
    await until(async () => service.assembly.exports.size === 0 && (await busy(service.assembly.sql)).length === 0)
    expect(service.errors).toEqual([])
  }, 30_000)

  test('without having taken anything does so too', async () => {
    const response = await createClient(service, 'admin').get(path('csv'))
    await response.body?.cancel()
    await until(async () => (await busy(service.assembly.sql)).length === 0)
  }, 30_000)
})

describe('at once', () => {
  test('two are written, the third has to wait', async () => {
    const more = '&limit=10000'
    const [one, two] = [await begin('csv', { more }), await begin('xlsx', { more })]
    const refused = await createClient(service, 'admin').get(path('json'))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10'])
    expect((await refused.json()).code).toBe('rate_limited')
    const whole = await Promise.all([one.rest(), two.rest()])
    const wanted = inDescent.slice(0, 10_000)
    expect(await valuesIn('csv', whole[0])).toEqual(wanted)
    expect(await valuesIn('xlsx', whole[1])).toEqual(wanted)
    expect(await valuesIn('json', await (await begin('json', { more })).rest())).toEqual(wanted)
  }, 60_000)
})

describe('what cannot be whole is cut, never ended', () => {
  test('where the database goes away, and that is said', async () => {
    for (const format of formats) {
      const { rest } = await begin(format)
      await until(async () => (await busy(service.assembly.sql)).length === 1)
      const [pid = 0] = await busy(service.assembly.sql)
      await service.assembly.sql`select pg_terminate_backend(${pid})`
      await expect(rest()).rejects.toThrow()
      expect(service.assembly.exports.size).toBe(0)
    }
    expect(service.errors.splice(0).join()).toContain('The database is away')
  }, 60_000)

  test('where it takes too long in all', async () => {
    const other = await openService({ databaseUrl: service.databaseUrl, now: () => now, exports: { mostMs: 2_000 } })
    const { reader } = await begin('csv', { from: other })
    const slowly = async () => {
      for (let next = await reader.read(); !next.done; next = await reader.read()) await Bun.sleep(200)
    }
    await expect(slowly()).rejects.toThrow('took over')
    await other[Symbol.asyncDispose]()
  }, 60_000)

  test('where nobody takes the rest, and where the service goes down', async () => {
    const other = await openService({ databaseUrl: service.databaseUrl, now: () => now, exports: { stallMs: 100 } })
    const { rest } = await begin('csv', { from: other })
    await until(() => other.assembly.exports.size === 0)
    await expect(rest()).rejects.toThrow('Nothing was taken')
    await other[Symbol.asyncDispose]()
    const third = await openService({ databaseUrl: service.databaseUrl, now: () => now })
    const open = await begin('xlsx', { from: third })
    await third[Symbol.asyncDispose]()
    await expect(open.rest()).rejects.toThrow('going down')
  }, 60_000)
})

describe('a name of a file', () => {
  test.each([
    ['a.example_x.csv', 'a.example_x.csv', 'a.example_x.csv'],
    ['münchen 1.csv', 'm_nchen 1.csv', 'm%C3%BCnchen%201.csv'],
    ['a/..\\b"\r\n;%41.csv', 'a-..-b---;_41.csv', 'a-..-b---%3B%2541.csv'],
    ["it's (1)*.csv", "it's (1)-.csv", 'it%27s%20%281%29-.csv'],
  ])('%j is safe in a header', (name, ascii, encoded) => {
    expect(attachment(name)).toBe(`attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`)
    expect(() => new Headers({ 'content-disposition': attachment(name) })).not.toThrow()
  })
})

describe.each([
  ['Bun', ['bun'], ['bun', '-e']],
  ['Deno', ['node_modules/deno/deno', 'run', '-A', '--quiet'], ['node_modules/deno/deno', 'eval', '--quiet', '--ext=ts']],
])('over a socket of %s', (_, program, evaluate) => {
  test('files are whole, and who goes lets the connection go', async () => {
    const token = 'admin-token-of-the-tests'
    const databaseUrl = await freshDatabase()
    const running = await spawnService({ DATABASE_URL: databaseUrl, HK_ADMIN_TOKEN: token }, program)
    const sql = postgres(databaseUrl, { max: 1 })
    try {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ domain: 'a.example' })
      const { id } = await (await fetch(`${running.url}/api/sites`, { method: 'POST', headers, body })).json()
      await addPages(sql, id, 0, many)
      for (const format of formats) {
        const response = await fetch(`${running.url}${path(format, id)}&limit=3000`, { headers })
        expect(await valuesIn(format, await response.bytes())).toEqual(inDescent.slice(0, 3_000))
      }
      const gone = new AbortController()
      const response = await fetch(running.url + path('xlsx', id), { headers, signal: gone.signal })
      await response.body?.getReader().read()
      gone.abort()
      await until(async () => (await busy(sql)).length === 0)
    } finally {
      await sql.end()
      await running.kill('SIGINT')
    }
  }, 120_000)

  test('what fails midway breaks the connection off', async () => {
    const code = `
      import { listen } from './server/runtime.ts'
      import { writeBody } from './server/exports/body.ts'
      async function* chunks() {
        yield new TextEncoder().encode('half')
        await new Promise((resolve) => setTimeout(resolve, 50))
        throw new Error('broken')
      }
      const parts = { stallMs: 10_000, mostMs: 10_000, onEnd: () => undefined, onError: () => undefined }
      const server = listen(0, '127.0.0.1', async () => new Response(writeBody(chunks(), parts).stream))
      const response = await fetch('http://127.0.0.1:' + server.port)
      console.log(response.status, await response.text().catch(() => 'cut'))
      globalThis.process?.exit(0)`
    const run = spawn([...evaluate, code])
    await run.exited
    expect(run.output()).toContain('200 cut')
  }, 30_000)
})
