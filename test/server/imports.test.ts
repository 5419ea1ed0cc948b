import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openService, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

let service: TestService

beforeAll(async () => {
  service = await openService()
})
afterAll(() => service[Symbol.asyncDispose]())

describe('imports', () => {
  test('of a site without any are none', async () => {
    expect(await service.report(await service.makeSite(), 'imports')).toEqual({ rows: [], total: 0 })
  })

  test('are listed, the newest first, whatever the range, and go with their site', async () => {
    const site = await service.makeSite()
    const { sql } = service.assembly
    await sql`
      insert into imports (site_id, import_id, source, label, state, first_day, last_day, rows, created_at, finished_at)
      values (${site}, 'a', 'plausible', 'Old site', 'done', '2020-01-01', '2024-12-31', 1200, '2026-01-01', '2026-01-02'),
             (${site}, 'b', 'csv', '', 'running', null, null, 0, '2026-02-01', null)`
    const { rows, total } = await service.report(site, 'imports', 'range=today')
    expect(total).toBe(2)
    expect(rows.map(({ id }) => id)).toEqual(['b', 'a'])
    expect(rows[1]).toMatchObject({
      source: 'plausible',
      label: 'Old site',
      state: 'done',
      first_day: '2020-01-01',
      last_day: '2024-12-31',
      rows: 1_200,
    })
    expect(new Date(rows[1]?.finished_at ?? '').toISOString()).toBe('2026-01-02T00:00:00.000Z')
    expect(rows[0]).toMatchObject({ state: 'running', first_day: null, finished_at: null })
    expect((await service.report(site, 'imports', 'search=OLD')).rows.map(({ id }) => id)).toEqual(['a'])
    expect((await service.report(site, 'imports', 'limit=1&offset=1')).rows.map(({ id }) => id)).toEqual(['a'])
    await service.admin(`/api/sites/${site}`, undefined, 'DELETE')
    expect(await sql`select from imports where site_id = ${site}`).toHaveLength(0)
  })

  test("can't be filtered: a share link that hides visitors would show their rows", async () => {
    const path = `/api/sites/${await service.makeSite()}/reports/imports?filter=country:DE`
    const response = await createClient(service, 'admin').get(path)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', parameter: 'filter' })
  })
})
