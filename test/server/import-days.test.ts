/** Imports of sums by day: reports count them exactly, and say where they can't. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Dimension } from '@hk-live/sdk/protocol'
import { countryCode } from '../../server/imports/names.ts'
import { fixture, fullAnswer, importedDays, importFile, plausibleZip, sendImport, shortRows, zipOf } from '../support/imports.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

let service: TestService
let site: string

beforeAll(async () => {
  service = await openService()
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

describe('the export of Plausible', () => {
  beforeAll(async () => {
    site = await service.makeSite({ timezone: 'Europe/Berlin' })
    const done = await importFile(service, site, 'source=plausible&label=Years before', await plausibleZip())
    expect(done).toMatchObject({ state: 'done', label: 'Years before', first_day: '2024-03-01', last_day: '2024-03-03', faults: [], error: null })
    expect(done.left_out).toEqual({ 'no event': 1 })
  })

  test('is counted by overviews', async () => {
    const { data, imported } = await fullAnswer(service, site, 'overview', importedDays)
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
    const { data } = await fullAnswer(service, site, 'timeseries', `${importedDays}&metrics=visitors,bounce_rate,events`)
    expect(data.points.map(({ at, ...point }) => [at.slice(0, 10), point])).toEqual([
      ['2024-02-29', { visitors: 10, bounce_rate: 4 / 12, events: 6 }],
      ['2024-03-01', { visitors: 7, bounce_rate: 3 / 8, events: 1 }],
      ['2024-03-02', { visitors: 3, bounce_rate: 1, events: 0 }],
    ])
    const months = await fullAnswer(service, site, 'timeseries', 'from=2024-02-01&to=2024-04-30&interval=month&metrics=visits')
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
    expect(await shortRows(service, site, by)).toEqual(rows)
  })

  test('has no bounce rate of pages, as it says nothing of them, and shares of all visitors', async () => {
    const { rows } = await service.report(site, 'breakdown', `by=page&${importedDays}`)
    expect(rows[0]).toMatchObject({ value: '/', bounce_rate: null, visit_duration: null, share: 18 / 20 })
    const { rows: entries } = await service.report(site, 'breakdown', `by=entry_page&${importedDays}`)
    expect(entries[0]).toMatchObject({ value: '/', bounce_rate: 9 / 20, visit_duration: 740 / 20 })
  })

  test('is counted under one filter that names a value', async () => {
    const { data, imported } = await fullAnswer(service, site, 'overview', `${importedDays}&filter=country:DE`)
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
    const { imported, data } = await fullAnswer(service, site, name, `${importedDays}&${query}`)
    expect(imported).toMatchObject({ included: false, first_day: '2024-03-01', last_day: '2024-03-03', sources: ['plausible'] })
    expect(imported?.reason).toContain(reason)
    expect(JSON.stringify(data)).not.toMatch(/"(visitors|visits|total)":[1-9]/)
  })

  test('is where all time begins, stands in comparisons and in exports, and is not named where there is none', async () => {
    const all = await fullAnswer(service, site, 'overview', 'range=all')
    expect(all.range.from).toBe('2024-02-29T23:00:00.000Z')
    expect(all.data.visitors).toBe(20)
    const { data, imported, compare } = await fullAnswer(service, site, 'overview', 'from=2024-03-04&to=2024-03-06&compare=previous')
    expect([data.visitors, imported]).toEqual([0, undefined])
    expect(compare).toMatchObject({ data: { visitors: 20 }, imported: { included: true } })
    const file = await service.fetch(`/api/sites/${site}/reports/breakdown/export?format=csv&bom=0&by=os&${importedDays}`, {
      headers: { authorization: 'Bearer admin-token-of-the-tests' },
    })
    expect(await file.text()).toContain('"Linux",7,8,15')
    const told = await service.fetch(`/api/sites/${site}/reports/events/export?format=json&${importedDays}`, {
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
    expect((await fullAnswer(service, own, 'overview', query)).data).toMatchObject({ visitors: 22, conversions: 1, conversion_rate: 0.5 })
    const { data } = await fullAnswer(service, own, 'timeseries', `${query}&metrics=visitors,conversion_rate`)
    expect(data.points.map(({ visitors, conversion_rate }) => [visitors, conversion_rate])).toEqual([
      [10, null], [7, null], [3, null], [0, null], [2, 0.5],
    ])
    expect((await fullAnswer(service, own, 'goals', query)).data).toMatchObject({ visitors: 2, rows: [{ conversions: 1, rate: 0.5 }] })
  })
})

describe('Google Analytics 4', () => {
  test('is imported by date and one dimension, without its sums', async () => {
    const of = await service.makeSite()
    const body = await zipOf({ 'a.csv': await fixture('ga4-by-date.csv'), 'b.csv': await fixture('ga4-by-country.csv') })
    const done = await importFile(service, of, '', body)
    expect(done).toMatchObject({ source: 'ga4', state: 'done', rows: 7, left_out: { total: 1 }, faults: [] })
    const { data } = await fullAnswer(service, of, 'overview', importedDays)
    expect(data).toMatchObject({ visitors: 20, visits: 23, pageviews: 42, bounce_rate: 10 / 23, visit_duration: 840 / 23 })
    expect(await shortRows(service, of, 'country')).toEqual([['DE', 13, 15, 31], ['', 4, 5, 8], ['FR', 3, 3, 3]])
  })

  test('counts days from the start that a report names, and leaves out tables without days', async () => {
    const of = await service.makeSite()
    const report = '# Start date: 20240301\r\n# End date: 20240302\r\nNth day,Active users,Sessions\r\n0000,4,5\r\n0001,2,2\r\n\r\n# More\r\nCountry,Active users\r\nFrance,6\r\n'
    const done = await importFile(service, of, 'source=ga4', report)
    expect(done).toMatchObject({ state: 'done', rows: 2, left_out: { 'no date': 1 } })
    const { data } = await fullAnswer(service, of, 'timeseries', `${importedDays}&metrics=visitors,visits,bounce_rate`)
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
    const { data } = await fullAnswer(service, of, 'overview', importedDays)
    expect(data).toMatchObject({ visitors: 20, visits: 23, pageviews: 42, events: 3 })
    expect(await shortRows(service, of, 'channel')).toEqual([['Organic Search', 6, 7, 11]])
    expect(await shortRows(service, of, 'source')).toEqual([['Google', 6, 7, 11]])
    expect(await shortRows(service, of, 'event')).toEqual([['signup', 2, 0, 0]])
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
  const { data } = await fullAnswer(service, of, 'overview', importedDays)
  expect(data).toMatchObject({ visitors: 20, visits: 23, pageviews: 42, bounce_rate: 10 / 23, visit_duration: 840 / 23 })
  const both = await service.makeSite()
  const search = 'date,label,nb_uniq_visitors,nb_visits,nb_actions\n2024-03-01,Google,4,5,9\n'
  const files = {
    'API.get.csv': text, 'VisitsSummary.get.csv': text, 'Referrers.getSearchEngines.csv': search, 'Referrers.getWebsites.csv': search.replace('Google', 'friend.example'),
  }
  expect(await importFile(service, both, 'source=matomo', await zipOf(files))).toMatchObject({ state: 'done', left_out: { repeated: 3 } })
  expect((await fullAnswer(service, both, 'overview', importedDays)).data).toMatchObject({ visitors: 20, visits: 23, pageviews: 42 })
  expect((await shortRows(service, both, 'source')).map(([value]) => value).toSorted()).toEqual(['Google', 'friend.example'])
  const unnamed = await sendImport(service, of, 'source=matomo', text.replace('2024', '2023'))
  expect((await unnamed.json()).detail).toContain('Name it by its method')
})

describe('a table by one dimension alone', () => {
  const csv = 'Date,Country,Total users,Sessions,Views\n20261001,Germany,5,6,20\n20261002,"Korea, South",7,9,20\n20261002,Germany,1,1,2\n'
  const days = 'from=2026-10-01&to=2026-10-03'

  test('is shown by that dimension, and what it cannot answer says what is missing', async () => {
    const of = await service.makeSite()
    expect(await importFile(service, of, 'source=ga4', csv)).toMatchObject({ state: 'done', faults: [] })
    expect(await shortRows(service, of, 'country', days)).toEqual([['KR', 7, 9, 20], ['DE', 6, 7, 22]])
    const { data, imported } = await fullAnswer(service, of, 'breakdown', `by=country&${days}`)
    expect(data.rows.map(({ share }) => share)).toEqual([7 / 13, 6 / 13])
    expect(imported).toEqual({ included: true, first_day: '2026-10-01', last_day: '2026-10-02', sources: ['ga4'] })
    expect((await service.report(of, 'overview', `${days}&filter=country:DE`)).visitors).toBe(6)
    expect((await fullAnswer(service, of, 'overview', days)).imported).toMatchObject({ included: false, reason: '2 imported days have no numbers by total.' })
    expect((await fullAnswer(service, of, 'breakdown', `by=page&${days}`)).imported).toMatchObject({ included: false, reason: '2 imported days have no numbers by page.' })
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
    expect((await shortRows(service, of, 'channel', 'from=2026-10-01&to=2026-10-01')).map(([value]) => value)).toEqual([channel])
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
