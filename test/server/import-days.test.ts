/** Imports of sums by day: reports count them exactly, beside what a site has of its own, and say where they can't. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer, Dimension, ReportName, Row } from '@hk-live/sdk/protocol'
import { countryCode } from '../../server/imports/names.ts'
import { fixture, importFile, plausibleZip, sendImport, undoImport, zipOf } from '../support/imports.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

let service: TestService
let site: string

const range = 'from=2024-03-01&to=2024-03-03'

beforeAll(async () => {
  service = await openService()
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

/** An answer with all that stands beside its data. */
const answer = <N extends ReportName>(of: string, name: N, query: string): Promise<Answer<N>> =>
  service.admin(`/api/sites/${of}/reports/${name}?${query}`)

/** Rows of a breakdown in short: value, visitors, visits, pageviews. */
const rowsBy = async (of: string, by: Dimension, query = range) => {
  const { rows } = await service.report(of, 'breakdown', `by=${by}&${query}`)
  return rows.map(({ value, visitors, visits, pageviews }: Row) => [value, visitors, visits, pageviews])
}

describe('the export of Plausible', () => {
  beforeAll(async () => {
    site = await service.makeSite({ timezone: 'Europe/Berlin' })
    const done = await importFile(service, site, 'source=plausible&label=Years before', await plausibleZip())
    expect(done).toMatchObject({ state: 'done', label: 'Years before', first_day: '2024-03-01', last_day: '2024-03-03', faults: [], error: null })
    expect(done.left_out).toEqual({ 'no event': 1 })
  })

  test('is counted by overviews', async () => {
    const { data, imported } = await answer(site, 'overview', range)
    expect(data).toEqual({
      visitors: 20,
      visits: 23,
      pageviews: 42,
      views_per_visit: 42 / 23,
      bounce_rate: 10 / 23,
      visit_duration: 840 / 23,
      events: 7,
      conversions: 0,
      conversion_rate: null,
      revenue: 0,
    })
    expect(imported).toEqual({ included: true, first_day: '2024-03-01', last_day: '2024-03-03', sources: ['plausible'] })
  })

  test('is counted by series, by day and longer', async () => {
    const { data } = await answer(site, 'timeseries', `${range}&metrics=visitors,bounce_rate,events`)
    expect(data.points.map(({ at, ...point }) => [at.slice(0, 10), point])).toEqual([
      ['2024-02-29', { visitors: 10, bounce_rate: 4 / 12, events: 6 }],
      ['2024-03-01', { visitors: 7, bounce_rate: 3 / 8, events: 1 }],
      ['2024-03-02', { visitors: 3, bounce_rate: 1, events: 0 }],
    ])
    const months = await answer(site, 'timeseries', 'from=2024-02-01&to=2024-04-30&interval=month&metrics=visits')
    expect(months.data.points.map(({ visits }) => visits)).toEqual([0, 23, 0])
  })

  test.each<[Dimension, (string | number)[][]]>([
    ['page', [['/', 18, 20, 30], ['/pricing', 6, 7, 12]]],
    ['entry_page', [['/', 18, 20, 36], ['/pricing', 2, 3, 6]]],
    ['exit_page', [['/', 14, 16, 24], ['/pricing', 6, 7, 18]]],
    ['source', [['Direct', 8, 9, 14], ['Google', 5, 6, 14], ['friend.example', 3, 3, 3], ['ChatGPT', 2, 2, 5], ['newsletter', 2, 3, 6]]],
    ['channel', [['Direct', 8, 9, 14], ['Organic Search', 5, 6, 14], ['Referral', 3, 3, 3], ['AI Assistant', 2, 2, 5], ['Email', 2, 3, 6]]],
    ['ai_source', [['', 18, 21, 37], ['ChatGPT', 2, 2, 5]]],
    ['utm_campaign', [['', 18, 20, 36], ['spring', 2, 3, 6]]],
    ['country', [['DE', 13, 15, 31], ['FR', 4, 5, 8], ['', 3, 3, 3]]],
    ['device', [['desktop', 14, 16, 33], ['mobile', 6, 7, 9]]],
    ['browser', [['Firefox', 7, 8, 15], ['Chrome', 6, 7, 16], ['Edge', 4, 5, 8], ['Safari', 3, 3, 3]]],
    ['os', [['Linux', 7, 8, 15], ['Windows', 6, 7, 16], ['macOS', 4, 5, 8], ['iOS', 3, 3, 3]]],
    ['event', [['Signup', 4, 0, 0], ['Outbound Link: Click', 2, 0, 0]]],
  ])('is broken down by %s', async (by, rows) => {
    expect(await rowsBy(site, by)).toEqual(rows)
  })

  test('has no bounce rate of pages, as it says nothing of them, and shares of all visitors', async () => {
    const { rows } = await service.report(site, 'breakdown', `by=page&${range}`)
    expect(rows[0]).toMatchObject({ value: '/', bounce_rate: null, visit_duration: null, share: 18 / 20 })
    const { rows: entries } = await service.report(site, 'breakdown', `by=entry_page&${range}`)
    expect(entries[0]).toMatchObject({ value: '/', bounce_rate: 9 / 20, visit_duration: 740 / 20 })
  })

  test('is counted under one filter that names a value', async () => {
    const { data, imported } = await answer(site, 'overview', `${range}&filter=country:DE`)
    expect(data).toMatchObject({ visitors: 13, visits: 15, pageviews: 31, bounce_rate: 5 / 15 })
    expect(imported).toMatchObject({ included: true })
  })

  test.each([
    ['overview', 'filter=country:DE&filter=device:mobile', 'one filter'],
    ['overview', 'filter=!country:DE', 'single values'],
    ['overview', 'filter=page:/p*', 'single values'],
    ['overview', 'filter=hostname:old.example', '3 imported days have no numbers by hostname.'],
    ['timeseries', 'interval=hour', 'by hour'],
    ['breakdown', 'by=country&filter=device:mobile', 'one dimension'],
    ['breakdown', 'by=city', '3 imported days have no numbers by city.'],
    ['breakdown', 'by=goal', 'goal'],
    ['goals', '', 'goal'],
    ['funnels', '', 'one after another'],
    ['events', '', 'breakdown by event'],
    ['ecommerce', '', 'no orders'],
  ] as const)('is left out of %s?%s, which says why', async (name, query, reason) => {
    const { imported, data } = await answer(site, name, `${range}&${query}`)
    expect(imported).toMatchObject({ included: false, first_day: '2024-03-01', last_day: '2024-03-03', sources: ['plausible'] })
    expect(imported?.reason).toContain(reason)
    expect(JSON.stringify(data)).not.toMatch(/"(visitors|visits|total)":[1-9]/)
  })

  test('is where all time begins, stands in comparisons and in exports, and is not named where there is none', async () => {
    const all = await answer(site, 'overview', 'range=all')
    expect(all.range.from).toBe('2024-02-29T23:00:00.000Z')
    expect(all.data.visitors).toBe(20)
    const { data, imported, compare } = await answer(site, 'overview', 'from=2024-03-04&to=2024-03-06&compare=previous')
    expect([data.visitors, imported]).toEqual([0, undefined])
    expect(compare).toMatchObject({ data: { visitors: 20 }, imported: { included: true } })
    const file = await service.fetch(`/api/sites/${site}/reports/breakdown/export?format=csv&bom=0&by=os&${range}`, {
      headers: { authorization: 'Bearer admin-token-of-the-tests' },
    })
    expect(await file.text()).toContain('"Linux",7,8,15')
    const told = await service.fetch(`/api/sites/${site}/reports/events/export?format=json&${range}`, {
      headers: { authorization: 'Bearer admin-token-of-the-tests' },
    })
    expect((await told.json()).imported).toMatchObject({ included: false, sources: ['plausible'] })
  })

  test('counts visitors of whom goals are known alone in the conversion rate', async () => {
    const own = await service.makeSite()
    await service.sendFromServer(own, [serverView(1, '2024-03-05T10:00:00Z', '/thanks'), serverView(2, '2024-03-05T11:00:00Z')])
    await service.admin(`/api/sites/${own}/goals`, { name: 'Thanks', type: 'page', pattern: '/thanks' })
    await importFile(service, own, 'source=plausible', await plausibleZip())
    const query = 'from=2024-03-01&to=2024-03-05'
    expect((await answer(own, 'overview', query)).data).toMatchObject({ visitors: 22, conversions: 1, conversion_rate: 0.5 })
    const { data } = await answer(own, 'timeseries', `${query}&metrics=visitors,conversion_rate`)
    expect(data.points.map(({ visitors, conversion_rate }) => [visitors, conversion_rate])).toEqual([
      [10, null], [7, null], [3, null], [0, null], [2, 0.5],
    ])
    expect((await answer(own, 'goals', query)).data).toMatchObject({ visitors: 2, rows: [{ conversions: 1, rate: 0.5 }] })
  })
})

describe('an import', () => {
  test('of the same file again is the same import', async () => {
    const of = await service.makeSite()
    const first = await importFile(service, of, '', await plausibleZip())
    const again = await sendImport(service, of, 'source=plausible', await plausibleZip())
    expect(again.status).toBe(200)
    expect(await again.json()).toMatchObject({ id: first.id, state: 'done', source: 'plausible' })
    expect((await answer(of, 'overview', range)).data.visitors).toBe(20)
  })

  test('counts a day once where tables of two exports have it', async () => {
    const of = await service.makeSite()
    const head = 'date,visitors,pageviews,bounces,visits,visit_duration\n'
    const files = { 'a.csv': `${head}2024-03-01,10,24,4,12,600\n2024-03-02,7,9,1,8,80\n`, 'b.csv': `${head}2024-03-02,7,9,1,8,80\n2024-03-03,3,3,3,3,3\n` }
    expect(await importFile(service, of, 'source=plausible', await zipOf(files))).toMatchObject({ rows: 3, left_out: { repeated: 1 } })
    expect((await answer(of, 'overview', range)).data).toMatchObject({ visitors: 20, visits: 23 })
  })

  test('is undone without a trace, and may be done again', async () => {
    const of = await service.makeSite()
    await service.sendFromServer(of, [serverView(1, '2024-03-05T10:00:00Z')])
    const before = await answer(of, 'overview', 'range=all')
    const done = await importFile(service, of, 'source=plausible', await plausibleZip())
    await undoImport(service, of, done)
    const after = await answer(of, 'overview', 'range=all')
    expect([after.data, after.range, after.imported]).toEqual([before.data, before.range, undefined])
    const { sql } = service.assembly
    expect(await sql`select from imported_rollups where site_id = ${of}`).toHaveLength(0)
    expect(await sql`select from imported_days where site_id = ${of}`).toHaveLength(0)
    expect((await service.report(of, 'imports')).rows).toMatchObject([{ id: done.id, state: 'undone' }])
    const again = await importFile(service, of, 'source=plausible', await plausibleZip())
    expect(again.id).not.toBe(done.id)
    expect((await answer(of, 'overview', range)).data.visitors).toBe(20)
  })

  test('leaves out days from the first that the site has items of its own', async () => {
    const of = await service.makeSite({ timezone: 'Europe/Berlin' })
    // The second of March in Berlin.
    await service.sendFromServer(of, [serverView(1, '2024-03-01T23:30:00Z')])
    const done = await importFile(service, of, 'source=plausible', await plausibleZip())
    expect(done).toMatchObject({ state: 'done', first_day: '2024-03-01', last_day: '2024-03-01' })
    expect(done.left_out.overlap).toBeGreaterThan(10)
    const { data } = await answer(of, 'timeseries', `${range}&metrics=visitors`)
    expect(data.points.map(({ visitors }) => visitors)).toEqual([10, 1, 0])
  })

  test('gives up a day when an item of the site itself comes late, at once and for good', async () => {
    const of = await service.makeSite()
    const done = await importFile(service, of, 'source=plausible', await plausibleZip())
    await service.sendFromServer(of, [serverView(1, '2024-03-02T10:00:00Z', '/late')])
    const points = async () => (await answer(of, 'timeseries', `${range}&metrics=visitors`)).data.points.map(({ visitors }) => visitors)
    expect(await points()).toEqual([10, 1, 3])
    expect(await rowsBy(of, 'page')).toEqual([['/', 11, 12, 15], ['/pricing', 6, 7, 12], ['/late', 1, 1, 1]])
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
      const { data } = await answer(of, 'timeseries', 'from=2024-03-01&to=2024-03-04&metrics=visitors')
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
    expect((await answer(of, 'overview', range)).imported?.sources).toEqual(['plausible'])
  })

  test('that has no numbers by a dimension is left out there, while others are counted', async () => {
    const of = await service.makeSite()
    await importFile(service, of, 'source=ga4', await fixture('ga4-by-date.csv'))
    await importFile(service, of, 'source=plausible', await plausibleZip((_, text) => text.replaceAll('2024-03-', '2024-05-')))
    const { data, imported } = await answer(of, 'breakdown', 'by=device&from=2024-03-01&to=2024-05-31')
    expect(data.rows.map(({ value, visitors, share }) => [value, visitors, share])).toEqual([['desktop', 14, 0.7], ['mobile', 6, 0.3]])
    expect(imported).toEqual({
      included: true,
      first_day: '2024-05-01',
      last_day: '2024-05-03',
      sources: ['plausible'],
      reason: '3 imported days have no numbers by device.',
    })
    const both = await answer(of, 'overview', 'from=2024-03-01&to=2024-05-31')
    expect([both.data.visitors, both.imported?.sources]).toEqual([40, ['ga4', 'plausible']])
  })

  test('whose undoing was cut short near its end is undone for readers, too, when that goes on', async () => {
    const of = await service.makeSite()
    const { sql } = service.assembly
    const done = await importFile(service, of, 'source=umami', 'session_id,url_path,event_type,created_at\na,/,1,2024-03-01 10:00:00\n')
    await sql`delete from items where site_id = ${of}`
    await sql`update imports set state = 'undone' where site_id = ${of}`
    const ask = (headers = {}) =>
      service.fetch(`/api/sites/${of}/reports/overview?${range}`, { headers: { authorization: 'Bearer admin-token-of-the-tests', ...headers } })
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
    const { data } = await answer(of, 'timeseries', `${range}&metrics=visitors,pageviews`)
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
    const before = await service.fetch(`/api/sites/${of}/reports/overview?${range}`, { headers: { authorization: 'Bearer admin-token-of-the-tests' } })
    const tag = before.headers.get('etag') ?? ''
    await importFile(service, of, 'source=plausible', await plausibleZip())
    const after = await service.fetch(`/api/sites/${of}/reports/overview?${range}`, {
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

describe('Google Analytics 4', () => {
  test('is imported by date and one dimension, without its sums', async () => {
    const of = await service.makeSite()
    const body = await zipOf({ 'a.csv': await fixture('ga4-by-date.csv'), 'b.csv': await fixture('ga4-by-country.csv') })
    const done = await importFile(service, of, '', body)
    expect(done).toMatchObject({ source: 'ga4', state: 'done', rows: 7, left_out: { total: 1 }, faults: [] })
    const { data } = await answer(of, 'overview', range)
    expect(data).toMatchObject({ visitors: 20, visits: 23, pageviews: 42, bounce_rate: 10 / 23, visit_duration: 840 / 23 })
    expect(await rowsBy(of, 'country')).toEqual([['DE', 13, 15, 31], ['', 4, 5, 8], ['FR', 3, 3, 3]])
  })

  test('counts days from the start that a report names, and leaves out tables without days', async () => {
    const of = await service.makeSite()
    const report = '# Start date: 20240301\r\n# End date: 20240302\r\nNth day,Active users,Sessions\r\n0000,4,5\r\n0001,2,2\r\n\r\n# More\r\nCountry,Active users\r\nFrance,6\r\n'
    const done = await importFile(service, of, 'source=ga4', report)
    expect(done).toMatchObject({ state: 'done', rows: 2, left_out: { 'no date': 1 } })
    const { data } = await answer(of, 'timeseries', `${range}&metrics=visitors,visits,bounce_rate`)
    expect(data.points.map(({ visitors, visits, bounce_rate }) => [visitors, visits, bounce_rate])).toEqual([[4, 5, null], [2, 2, null], [0, 0, null]])
  })

  test('is counted once where two tables say the same: as channels, of which sources tell too, or a file that is there twice', async () => {
    const of = await service.makeSite()
    const [byDate, byCountry] = [await fixture('ga4-by-date.csv'), await fixture('ga4-by-country.csv')]
    const channels = 'Date,Session default channel group,Sessions,Total users,Views\n20240301,Organic Search,5,4,9\n'
    const sources = 'Date,Session source,Sessions,Total users,Views\n20240301,google,5,4,9\n20240302,google,2,2,2\n'
    const events = 'Date,Event name,Event count,Total users\n20240301,signup,3,2\n'
    const files = { 'a.csv': byDate, 'b.csv': byDate, 'c.csv': byCountry, 'd.csv': channels, 'e.csv': sources, 'f.csv': events, 'g.csv': events }
    const done = await importFile(service, of, 'source=ga4', await zipOf(files))
    expect(done).toMatchObject({ state: 'done', faults: [], left_out: { repeated: 3 + 1 + 1 } })
    const { data } = await answer(of, 'overview', range)
    expect(data).toMatchObject({ visitors: 20, visits: 23, pageviews: 42, events: 3 })
    expect(await rowsBy(of, 'channel')).toEqual([['Organic Search', 6, 7, 11]])
    expect(await rowsBy(of, 'source')).toEqual([['Google', 6, 7, 11]])
    expect(await rowsBy(of, 'event')).toEqual([['signup', 2, 0, 0]])
  })

  test('says what it does not take', async () => {
    const of = await service.makeSite()
    const response = await sendImport(service, of, 'source=ga4', 'Date,Country,Browser,Sessions,Total users\n20240301,France,Chrome,1,1\n')
    expect(response.status).toBe(400)
    expect((await response.json()).detail).toMatch(/at most one of .*device category/)
  })
})

test('reports of Matomo are imported, in UTF-16 as it writes them, named by their methods', async () => {
  const of = await service.makeSite()
  const text = `\uFEFF${await fixture('VisitsSummary.get.csv')}`
  const done = await importFile(service, of, 'source=matomo&name=VisitsSummary.get.csv', Buffer.from(text, 'utf16le'))
  expect(done).toMatchObject({ state: 'done', rows: 3, faults: [] })
  const { data } = await answer(of, 'overview', range)
  expect(data).toMatchObject({ visitors: 20, visits: 23, pageviews: 42, bounce_rate: 10 / 23, visit_duration: 840 / 23 })
  const both = await service.makeSite()
  const search = 'date,label,nb_uniq_visitors,nb_visits,nb_actions\n2024-03-01,Google,4,5,9\n'
  const files = {
    'API.get.csv': text, 'VisitsSummary.get.csv': text, 'Referrers.getSearchEngines.csv': search, 'Referrers.getWebsites.csv': search.replace('Google', 'friend.example'),
  }
  expect(await importFile(service, both, 'source=matomo', await zipOf(files))).toMatchObject({ state: 'done', left_out: { repeated: 3 } })
  expect((await answer(both, 'overview', range)).data).toMatchObject({ visitors: 20, visits: 23, pageviews: 42 })
  expect((await rowsBy(both, 'source')).map(([value]) => value).toSorted()).toEqual(['Google', 'friend.example'])
  const unnamed = await sendImport(service, of, 'source=matomo', text.replace('2024', '2023'))
  expect((await unnamed.json()).detail).toContain('Name it by its method')
})

describe('a table by one dimension alone', () => {
  const csv = 'Date,Country,Total users,Sessions,Views\n20261001,Germany,5,6,20\n20261002,"Korea, South",7,9,20\n20261002,Germany,1,1,2\n'
  const days = 'from=2026-10-01&to=2026-10-03'

  test('is shown by that dimension, and what it cannot answer says what is missing', async () => {
    const of = await service.makeSite()
    expect(await importFile(service, of, 'source=ga4', csv)).toMatchObject({ state: 'done', faults: [] })
    expect(await rowsBy(of, 'country', days)).toEqual([['KR', 7, 9, 20], ['DE', 6, 7, 22]])
    const { data, imported } = await answer(of, 'breakdown', `by=country&${days}`)
    expect(data.rows.map(({ share }) => share)).toEqual([7 / 13, 6 / 13])
    expect(imported).toEqual({ included: true, first_day: '2026-10-01', last_day: '2026-10-02', sources: ['ga4'] })
    expect((await service.report(of, 'overview', `${days}&filter=country:DE`)).visitors).toBe(6)
    expect((await answer(of, 'overview', days)).imported).toMatchObject({ included: false, reason: '2 imported days have no numbers by total.' })
    expect((await answer(of, 'breakdown', `by=page&${days}`)).imported).toMatchObject({ included: false, reason: '2 imported days have no numbers by page.' })
  })

  test('beside own items has its part of all', async () => {
    const of = await service.makeSite()
    await importFile(service, of, 'source=ga4', csv)
    await service.sendFromServer(of, [serverView(1, Date.UTC(2026, 9, 3, 12))])
    const { rows } = await service.report(of, 'breakdown', `by=country&${days}`)
    expect(rows.map(({ value, visitors, share }) => [value, visitors, share])).toEqual([['KR', 7, 7 / 14], ['DE', 6, 6 / 14], ['', 1, 1 / 14]])
  })
})

describe('a source of no known name', () => {
  test.each([
    ['newsletter / email', 'Email'],
    ['findit / organic', 'Organic Search'],
    ['partner.example / referral', 'Referral'],
    ['partner / referral', 'Referral'],
    ['shop-a / cpc', 'Paid Other'],
    ['posters / display', 'Display'],
    ['club / affiliate', 'Affiliates'],
    ['app / push', 'Mobile Push Notifications'],
    ['chat / social', 'Organic Social'],
    ['flyer / print', 'Unassigned'],
    ['friends / (none)', 'Referral'],
    ['google / organic', 'Organic Search'],
    ['google / cpc', 'Paid Search'],
    ['(direct) / (none)', 'Direct'],
  ])('"%s" is of the channel that its medium says: %s', async (pair, channel) => {
    const of = await service.makeSite()
    const csv = `# t\nDate,Total users,Sessions,Views\n20261001,5,6,20\n\n# m\nDate,Session source / medium,Total users,Sessions,Views\n20261001,${pair},1,1,1\n`
    await importFile(service, of, 'source=ga4', csv)
    expect((await rowsBy(of, 'channel', 'from=2026-10-01&to=2026-10-01')).map(([value]) => value)).toEqual([channel])
  })
})

describe('a country', () => {
  test.each([
    ['Korea, South', 'KR'],
    ['South Korea', 'KR'],
    ['Korea, Republic of', 'KR'],
    ['Iran, Islamic Republic of', 'IR'],
    ['Moldova, Republic of', 'MD'],
    ['Bahamas, The', 'BS'],
    ['The Gambia', 'GM'],
    ['St. Lucia', 'LC'],
    ['Saint Lucia', 'LC'],
    ['Bosnia and Herzegovina', 'BA'],
    ['Bosnia & Herzegovina', 'BA'],
    ['Côte d’Ivoire', 'CI'],
    ["Cote d'Ivoire", 'CI'],
    ['Curacao', 'CW'],
    ['Türkiye', 'TR'],
    ['Turkey', 'TR'],
    ['Guinea Bissau', 'GW'],
    ['Viet Nam', 'VN'],
    ['Hong Kong', 'HK'],
    ['United Kingdom', 'GB'],
    ['de', 'DE'],
    ['(not set)', ''],
    ['Atlantis, Lost', ''],
  ])('called "%s" is "%s"', (name, code) => expect(countryCode(name)).toBe(code))
})
