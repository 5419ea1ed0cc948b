/** Imports of sums by day, beside what a site has of its own, and beside one another. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { fixture, fullAnswer, importedDays, importFile, plausibleZip, sendImport, shortRows, undoImport, zipOf } from '../support/imports.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

let service: TestService

beforeAll(async () => {
  service = await openService()
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

describe('an import', () => {
  test('of the same file again is the same import', async () => {
    const of = await service.makeSite()
    const first = await importFile(service, of, '', await plausibleZip())
    const again = await sendImport(service, of, 'source=plausible', await plausibleZip())
    expect(again.status).toBe(200)
    expect(await again.json()).toMatchObject({ id: first.id, state: 'done', source: 'plausible' })
    expect((await fullAnswer(service, of, 'overview', importedDays)).data.visitors).toBe(20)
  })

  test('counts a day once where tables of two exports have it', async () => {
    const of = await service.makeSite()
    const head = 'date,visitors,pageviews,bounces,visits,visit_duration\n'
    const files = { 'a.csv': `${head}2024-03-01,10,24,4,12,600\n2024-03-02,7,9,1,8,80\n`, 'b.csv': `${head}2024-03-02,7,9,1,8,80\n2024-03-03,3,3,3,3,3\n` }
    expect(await importFile(service, of, 'source=plausible', await zipOf(files))).toMatchObject({ rows: 3, left_out: { repeated: 1 } })
    expect((await fullAnswer(service, of, 'overview', importedDays)).data).toMatchObject({ visitors: 20, visits: 23 })
  })

  test('is undone without a trace, and may be done again', async () => {
    const of = await service.makeSite()
    await service.sendFromServer(of, [serverView(1, '2024-03-05T10:00:00Z')])
    const before = await fullAnswer(service, of, 'overview', 'range=all')
    const done = await importFile(service, of, 'source=plausible', await plausibleZip())
    await undoImport(service, of, done)
    const after = await fullAnswer(service, of, 'overview', 'range=all')
    expect([after.data, after.range, after.imported]).toEqual([before.data, before.range, undefined])
    const { sql } = service.assembly
    expect(await sql`select from imported_rollups where site_id = ${of}`).toHaveLength(0)
    expect(await sql`select from imported_days where site_id = ${of}`).toHaveLength(0)
    expect((await service.report(of, 'imports')).rows).toMatchObject([{ id: done.id, state: 'undone' }])
    const again = await importFile(service, of, 'source=plausible', await plausibleZip())
    expect(again.id).not.toBe(done.id)
    expect((await fullAnswer(service, of, 'overview', importedDays)).data.visitors).toBe(20)
  })

  test('leaves out days from the first that the site has items of its own', async () => {
    const of = await service.makeSite({ timezone: 'Europe/Berlin' })
    // The second of March in Berlin.
    await service.sendFromServer(of, [serverView(1, '2024-03-01T23:30:00Z')])
    const done = await importFile(service, of, 'source=plausible', await plausibleZip())
    expect(done).toMatchObject({ state: 'done', first_day: '2024-03-01', last_day: '2024-03-01' })
    expect(done.left_out.overlap).toBeGreaterThan(10)
    const { data } = await fullAnswer(service, of, 'timeseries', `${importedDays}&metrics=visitors`)
    expect(data.points.map(({ visitors }) => visitors)).toEqual([10, 1, 0])
  })

  test('gives up a day when an item of the site itself comes late, at once and for good', async () => {
    const of = await service.makeSite()
    const done = await importFile(service, of, 'source=plausible', await plausibleZip())
    await service.sendFromServer(of, [serverView(1, '2024-03-02T10:00:00Z', '/late')])
    const points = async () => (await fullAnswer(service, of, 'timeseries', `${importedDays}&metrics=visitors`)).data.points.map(({ visitors }) => visitors)
    expect(await points()).toEqual([10, 1, 3])
    expect(await shortRows(service, of, 'page')).toEqual([['/', 11, 12, 15], ['/pricing', 6, 7, 12], ['/late', 1, 1, 1]])
    await service.assembly.roller.idle()
    expect(await points()).toEqual([10, 1, 3])
    expect(await service.admin<object>(`/api/sites/${of}/imports/${done.id}`)).toMatchObject({ days_given_up: 1 })
    await undoImport(service, of, done)
    expect(await points()).toEqual([0, 1, 0])
  })

  test('gives up a day when the time zone of the site is changed and its own items are on it then', async () => {
    const of = await service.makeSite({ timezone: 'Europe/Berlin' })
    // The fourth of March in Berlin, the third in UTC.
    await service.sendFromServer(of, [serverView(1, '2024-03-03T23:30:00Z')])
    const done = await importFile(service, of, 'source=plausible', await plausibleZip())
    const points = async () => {
      const { data } = await fullAnswer(service, of, 'timeseries', 'from=2024-03-01&to=2024-03-04&metrics=visitors')
      return data.points.map(({ visitors }) => visitors)
    }
    expect(await points()).toEqual([10, 7, 3, 1])
    await service.admin(`/api/sites/${of}`, { timezone: 'UTC' }, 'PATCH')
    expect(await points()).toEqual([10, 7, 1, 0])
    expect(await service.admin<object>(`/api/sites/${of}/imports/${done.id}`)).toMatchObject({ days_given_up: 1 })
    await service.admin(`/api/sites/${of}`, { timezone: 'Europe/Berlin' }, 'PATCH')
    expect(await points()).toEqual([10, 7, 3, 1])
  })

  test('leaves out days of another import, until that is undone', async () => {
    const of = await service.makeSite()
    const first = await importFile(service, of, 'source=ga4', await fixture('ga4-by-date.csv'))
    const second = await importFile(service, of, 'source=plausible', await plausibleZip())
    expect(second).toMatchObject({ state: 'done', rows: 0, first_day: null })
    expect(second.left_out.taken).toBeGreaterThan(30)
    await undoImport(service, of, second)
    await undoImport(service, of, first)
    await importFile(service, of, 'source=plausible', await plausibleZip())
    expect((await fullAnswer(service, of, 'overview', importedDays)).imported?.sources).toEqual(['plausible'])
  })

  test('that has no numbers by a dimension is left out there, while others are counted', async () => {
    const of = await service.makeSite()
    await importFile(service, of, 'source=ga4', await fixture('ga4-by-date.csv'))
    await importFile(service, of, 'source=plausible', await plausibleZip((_, text) => text.replaceAll('2024-03-', '2024-05-')))
    const { data, imported } = await fullAnswer(service, of, 'breakdown', 'by=device&from=2024-03-01&to=2024-05-31')
    expect(data.rows.map(({ value, visitors, share }) => [value, visitors, share])).toEqual([['desktop', 14, 0.7], ['mobile', 6, 0.3]])
    expect(imported).toEqual({
      included: true,
      first_day: '2024-05-01',
      last_day: '2024-05-03',
      sources: ['plausible'],
      reason: '3 imported days have no numbers by device.',
    })
    const both = await fullAnswer(service, of, 'overview', 'from=2024-03-01&to=2024-05-31')
    expect([both.data.visitors, both.imported?.sources]).toEqual([40, ['ga4', 'plausible']])
  })

  test('whose undoing was cut short near its end is undone for readers, too, when that goes on', async () => {
    const of = await service.makeSite()
    const { sql } = service.assembly
    const done = await importFile(service, of, 'source=umami', 'session_id,url_path,event_type,created_at\na,/,1,2024-03-01 10:00:00\n')
    await sql`delete from items where site_id = ${of}`
    await sql`update imports set state = 'undone' where site_id = ${of}`
    const ask = (headers = {}) =>
      service.fetch(`/api/sites/${of}/reports/overview?${importedDays}`, { headers: { authorization: 'Bearer admin-token-of-the-tests', ...headers } })
    const before = await ask()
    expect((await before.json()).imported).toMatchObject({ included: true })
    await undoImport(service, of, done)
    const after = await ask({ 'if-none-match': before.headers.get('etag') ?? '' })
    expect([after.status, (await after.json()).imported]).toEqual([200, undefined])
  })

  test('gives up visitors whole, also those who were there over midnight in another time zone than they came in with', async () => {
    const of = await service.makeSite({ timezone: 'Europe/Berlin' })
    const rows = ['a,/,1,2024-03-02 23:30:00', 'a,/,1,2024-03-03 00:10:00', 'b,/,1,2024-03-02 10:00:00']
    await importFile(service, of, 'source=umami', `session_id,url_path,event_type,created_at\n${rows.join('\n')}\n`)
    await service.admin(`/api/sites/${of}`, { timezone: 'UTC' }, 'PATCH')
    await service.assembly.roller.idle()
    await service.sendFromServer(of, [serverView(1, '2024-03-03T12:00:00Z')])
    const { data } = await fullAnswer(service, of, 'timeseries', `${importedDays}&metrics=visitors,pageviews`)
    expect(data.points.map(({ visitors, pageviews }) => [visitors, pageviews])).toEqual([[0, 0], [1, 1], [1, 1]])
  })

  test('shows sums of a day again when the items that took their place are undone', async () => {
    const of = await service.makeSite({ timezone: 'Europe/Berlin' })
    await importFile(service, of, 'source=plausible', await plausibleZip())
    // The fourth of March in Berlin, the third in UTC.
    const items = await importFile(service, of, 'source=umami', 'session_id,url_path,event_type,created_at\na,/,1,2024-03-03 23:30:00\n')
    const third = async () => (await service.report(of, 'overview', 'from=2024-03-03&to=2024-03-03')).visitors
    expect(await third()).toBe(3)
    await service.admin(`/api/sites/${of}`, { timezone: 'UTC' }, 'PATCH')
    expect(await third()).toBe(1)
    await undoImport(service, of, items)
    expect(await third()).toBe(3)
  })

  test('tells readers of each step, so that what is open loads anew', async () => {
    const of = await service.makeSite()
    const before = await service.fetch(`/api/sites/${of}/reports/overview?${importedDays}`, { headers: { authorization: 'Bearer admin-token-of-the-tests' } })
    const tag = before.headers.get('etag') ?? ''
    await importFile(service, of, 'source=plausible', await plausibleZip())
    const after = await service.fetch(`/api/sites/${of}/reports/overview?${importedDays}`, {
      headers: { authorization: 'Bearer admin-token-of-the-tests', 'if-none-match': tag },
    })
    expect(after.status).toBe(200)
    const changes = await service.admin<{ kinds: string[] }>(`/api/sites/${of}/changes?since=${(await before.json()).version}`)
    expect(changes.kinds).toEqual(['imports'])
  })

  test('goes with its site', async () => {
    const of = await service.makeSite()
    await importFile(service, of, 'source=plausible', await plausibleZip())
    await service.admin(`/api/sites/${of}`, undefined, 'DELETE')
    const { sql } = service.assembly
    for (const table of ['imports', 'imported_days', 'imported_rollups']) {
      expect(await sql`select from ${sql(table)} where site_id = ${of}`).toHaveLength(0)
    }
  })
})
