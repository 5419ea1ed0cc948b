/** Reports as Parquet: read back by a reader of its own, and compared with what the report answers. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../support/browser.ts'
import { readParquet } from '../support/parquet.ts'
import { openService, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

const now = Date.UTC(2026, 9, 20, 15, 20)
let service: TestService
let dataDir: string
let site: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hk-exports-'))
  service = await openService({ now: () => now, env: { HK_DATA_DIR: dataDir } })
  site = await service.makeSite({ timezone: 'Europe/Berlin', currency: 'EUR' })
  const names = ['/', '=1+1', 'ä,"b"\r\nc', "it's \\ '); drop", '😀', '\u0001']
  await service.sendFromServer(site, [
    ...names.map((name, visitor) => serverView(visitor, now - visitor * 7 * 3_600_000, `/?utm_campaign=${encodeURIComponent(name)}`)),
    serverView(1, now - 60_000, '/', { type: 'event', name: 'purchase', props: { transaction_id: 'a', value: '1.234,56 €', items: [{ item_id: 'mug', price: 1234.56, quantity: 1 }] } }),
  ])
}, 60_000)
afterAll(async () => {
  await service[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

async function take(report: string, query: string, id = site): Promise<Response> {
  const response = await createClient(service, 'admin').get(`/api/sites/${id}/reports/${report}/export?format=parquet&${query}`)
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return response
}

/** The same as JSON, with the answer around the rows. */
async function asJson(report: string, query: string) {
  const { rows, ...head } = await (await createClient(service, 'admin').get(`/api/sites/${site}/reports/${report}/export?format=json&${query}`)).json()
  return { rows: rows as Record<string, unknown>[], head }
}

/** A site with 30,000 pages, as if they had been rolled up; later ones have more visitors. */
async function manyPages(): Promise<string> {
  const id = await service.makeSite({ timezone: 'UTC' })
  const { sql } = service.assembly
  await sql`
    insert into rollups (site_id, dimension, day, key, value, visitors, visits, bounces, duration_ms, pageviews, events)
    select ${id}, 'page', '2026-10-19', md5(value)::uuid, value, n + 1, n + 1, 0, 1500, n + 1, 0
    from (select n, '/page/' || n as value from generate_series(0, 29999) n) p`
  // Roll-ups are read of days within those of the items.
  await sql`
    insert into items (site_id, id, type, at, visitor_id)
    values (${id}, gen_random_uuid(), 'vital', '2026-10-19T12:00:00Z', 1)`
  return id
}

const isTime = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)

/** A value as the type of its column has it, to compare with. */
function plain(value: unknown, type: string | undefined): unknown {
  if (type === 'DATE' && isTime(value)) return Temporal.Instant.from(value).toZonedDateTimeISO('Europe/Berlin').toPlainDate().toString()
  if (type?.startsWith('TIMESTAMP')) return value === null ? null : Date.parse(String(value).replace(/\+00$/, 'Z').replace(' ', 'T'))
  return type?.startsWith('DECIMAL') && value !== null ? Number(value) : value
}

describe('a file of Parquet', () => {
  test.each([
    ['overview', 'range=7d'],
    ['timeseries', 'range=7d&metrics=visitors,bounce_rate,revenue,visit_duration'],
    ['timeseries', 'range=24h'],
    ['timeseries', 'range=7d&compare=previous'],
    ['breakdown', 'range=30d&by=utm_campaign&limit=1000'],
    ['breakdown', 'range=7d&by=page&compare=previous'],
    ['ecommerce', 'range=30d'],
    ['visits', 'range=30d'],
    ['live', ''],
  ])('of %s?%s has the rows of the report, with types, and what it says beside them', async (report, query) => {
    const { rows, head } = await asJson(report, query)
    const file = await readParquet(await (await take(report, query)).bytes())
    expect(rows.length).toBeGreaterThan(0)
    expect(Object.keys(file.types)).toEqual(Object.keys(rows[0] ?? {}))
    const compared = (row: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value, file.types[name])]))
    expect(file.rows.map(compared)).toEqual(rows.map(compared))
    expect(JSON.parse(file.metadata['hk-live'] ?? '')).toEqual({ ...head, generated_at: expect.any(String) })
  })

  test('has amounts as decimals, days as dates, times as instants', async () => {
    const query = 'range=7d&metrics=visitors,bounce_rate,revenue'
    const { types, rows } = await readParquet(await (await take('timeseries', query)).bytes())
    expect(types).toEqual({ at: 'DATE', visitors: 'DOUBLE', bounce_rate: 'DOUBLE', revenue: 'DECIMAL(38,4)', partial: 'BOOLEAN' })
    expect(rows.at(-1)).toMatchObject({ at: '2026-10-20', revenue: '1234.5600' })
    expect((await readParquet(await (await take('timeseries', 'range=24h')).bytes())).types.at).toBe('TIMESTAMP WITH TIME ZONE')
  })

  test('has texts as they are, also what a spreadsheet would run', async () => {
    const { rows } = await readParquet(await (await take('breakdown', 'range=30d&by=utm_campaign')).bytes())
    expect(rows.map(({ value }) => value)).toEqual(expect.arrayContaining(['=1+1', "it's \\ '); drop", '😀']))
  })

  test('of many rows has all of them, in order', async () => {
    const many = await manyPages()
    const { rows } = await readParquet(await (await take('breakdown', 'by=page&from=2026-10-19&to=2026-10-19', many)).bytes())
    expect(rows.map(({ value }) => value)).toEqual(Array.from({ length: 30_000 }, (_, index) => `/page/${29_999 - index}`))
    expect(service.assembly.exports.size).toBe(0)
  }, 60_000)

  test('that nobody waits for leaves nothing behind', async () => {
    const many = await manyPages()
    const files = async () => (await readdir(join(dataDir, 'engine'), { recursive: true })).filter((name) => name.includes('task-'))
    for (let round = 0; round < 6; round++) {
      const left = await take('breakdown', 'by=page&from=2026-10-19&to=2026-10-19', many)
      await left.body?.cancel()
    }
    await until(async () => [service.assembly.exports.size, await files()] as const, ([size, found]) => size === 0 && found.length === 0)
    // The engine does the next.
    expect((await readParquet(await (await take('overview', 'range=7d')).bytes())).rows.length).toBeGreaterThan(0)
    expect(service.errors).toEqual([])
  }, 60_000)

  test('has sums of any size', async () => {
    const rich = await service.makeSite({ currency: 'EUR' })
    const orders = Array.from({ length: 110 }, (_, index) =>
      serverView(index, now - 3_600_000, '/', { type: 'event', name: 'purchase', props: { transaction_id: `t${index}`, value: 999_999_999_999 } }),
    )
    await service.sendFromServer(rich, orders)
    const { rows } = await readParquet(await (await take('timeseries', 'range=7d&metrics=visitors,revenue', rich)).bytes())
    expect(Number(rows.at(-1)?.revenue)).toBe(110 * 999_999_999_999)
  })

  test('that cannot be written is refused with the reason, not cut off', async () => {
    // A file stands where the engine needs its folder.
    const other = await mkdtemp(join(tmpdir(), 'hk-exports-'))
    await Bun.write(join(other, 'engine'), '')
    await using broken = await openService({ databaseUrl: service.databaseUrl, now: () => now, env: { HK_DATA_DIR: other } })
    const response = await createClient(broken, 'admin').get(`/api/sites/${site}/reports/overview/export?format=parquet&range=7d`)
    expect([response.status, response.headers.get('retry-after'), (await response.json()).code]).toEqual([503, '2', 'unavailable'])
    expect(broken.assembly.exports.size).toBe(0)
    await rm(other, { recursive: true })
  })

  test('of an empty site has its columns', async () => {
    const response = await take('breakdown', 'by=page', await service.makeSite())
    expect([response.headers.get('content-type'), response.headers.get('content-disposition')]).toEqual([
      'application/vnd.apache.parquet',
      expect.stringContaining('.parquet"'),
    ])
    const { types, rows } = await readParquet(await response.bytes())
    expect([types.value, rows]).toEqual(['VARCHAR', []])
  })
})
