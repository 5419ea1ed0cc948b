/** Imports of items: they become visitors, visits and events as the site's own do, and go without a trace. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Dimension, ReportName } from '@hk-live/sdk/protocol'
import { fixture, importFile, plausibleZip, sendImport, undoImport } from '../support/imports.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

let service: TestService
const range = 'from=2024-03-01&to=2024-03-03'

beforeAll(async () => {
  service = await openService()
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

const values = async (of: string, by: Dimension) =>
  (await service.report(of, 'breakdown', `by=${by}&${range}`)).rows.map(({ value, visitors, pageviews }) => [value, visitors, pageviews])

describe('Umami', () => {
  test('is imported as items, in the site\'s names, without other websites of the file', async () => {
    const site = await service.makeSite({ timezone: 'Europe/Berlin' })
    const done = await importFile(service, site, 'source=umami', await fixture('umami-website_event.csv'))
    expect(done).toMatchObject({ state: 'done', rows: 6, first_day: '2024-03-01', last_day: '2024-03-02', left_out: { 'other website': 1 }, faults: [] })
    // One session of two days is two visitors, as no visitor is known for longer than a day.
    expect(await service.report(site, 'overview', range)).toMatchObject({
      visitors: 4, visits: 4, pageviews: 5, events: 1, bounce_rate: 0.75, visit_duration: 45,
    })
    expect(await values(site, 'source')).toEqual([['Direct', 1, 1], ['Google', 1, 1], ['Hacker News', 1, 1], ['newsletter', 1, 2]])
    expect(await values(site, 'channel')).toEqual([['Direct', 1, 1], ['Email', 1, 2], ['Organic Search', 1, 1], ['Organic Social', 1, 1]])
    expect(await values(site, 'browser')).toEqual([['Safari', 2, 2], ['Chrome', 1, 2], ['Firefox', 1, 1]])
    expect(await values(site, 'os')).toEqual([['iOS', 2, 2], ['Linux', 1, 1], ['Windows', 1, 2]])
    expect(await values(site, 'country')).toEqual([['FR', 2, 2], ['DE', 1, 2], ['GB', 1, 1]])
    expect(await values(site, 'page')).toEqual([['/', 3, 3], ['/blog', 1, 1], ['/pricing', 1, 1]])
    expect((await service.report(site, 'events', range)).rows).toEqual([{ value: 'signup', count: 1, visitors: 1 }])
    const { imported } = await service.admin<{ imported: object }>(`/api/sites/${site}/reports/overview?${range}&filter=country:FR&filter=os:iOS`)
    expect(imported).toEqual({ included: true, first_day: '2024-03-01', last_day: '2024-03-02', sources: ['umami'] })
  })

  test('takes the hostname of the site, and the time zone that is named, where the file has none', async () => {
    const site = await service.makeSite({ timezone: 'Europe/Berlin', domain: 'own.example' })
    const rows = 'session_id,url_path,event_type,created_at\na,/,1,2024-03-01 23:30:00\n'
    await importFile(service, site, 'source=umami&timezone=America/New_York', rows)
    const { points } = await service.report(site, 'timeseries', `${range}&metrics=visitors`)
    expect(points.map(({ visitors }) => visitors)).toEqual([0, 1, 0])
    expect(await values(site, 'hostname')).toEqual([['own.example', 1, 1]])
  })
})

test('the log of visits of Matomo is imported with its events and orders, and what it has beside is told', async () => {
  const site = await service.makeSite()
  const done = await importFile(service, site, 'source=matomo&name=visits.json', await fixture('matomo-visits.json'))
  expect(done).toMatchObject({ state: 'done', rows: 2, left_out: { 'action of the type goal': 1 }, faults: [] })
  expect(await service.report(site, 'overview', range)).toMatchObject({ visitors: 2, visits: 2, pageviews: 2, events: 3, revenue: 59.8 })
  const { products } = await service.report(site, 'ecommerce', range)
  expect(products.rows).toMatchObject([{ value: 'L1', name: 'Lamp', quantity: 2, revenue: 59.8 }])
  expect(await values(site, 'source')).toEqual([['Direct', 1, 1], ['DuckDuckGo', 1, 1]])
  expect(await values(site, 'city')).toEqual([['', 1, 1], ['Berlin', 1, 1]])
  expect(await values(site, 'device')).toEqual([['desktop', 1, 1], ['mobile', 1, 1]])
})

describe('an import of items', () => {
  const reports: [ReportName, string][] = [
    ['overview', ''], ['timeseries', '&metrics=visitors,events,revenue'], ['breakdown', '&by=page'], ['breakdown', '&by=source'],
    ['events', ''], ['ecommerce', ''], ['goals', ''],
  ]
  const all = (site: string) => Promise.all(reports.map(([name, query]) => service.report(site, name, `${range}${query}`)))

  test('is undone to what was before, from roll-ups and from rows', async () => {
    const site = await service.makeSite()
    await service.admin(`/api/sites/${site}/goals`, { name: 'Joined', type: 'event', pattern: 'signup' })
    const buy = { type: 'event', name: 'purchase', props: { transaction_id: 'A-1', value: 10 } }
    await service.sendFromServer(site, [serverView(1, '2024-03-03T10:00:00Z'), serverView(1, '2024-03-03T10:01:00Z', '/', buy)])
    const before = await all(site)
    const done = await importFile(service, site, 'source=matomo&name=visits.json', await fixture('matomo-visits.json'))
    await service.assembly.roller.idle()
    expect((await service.report(site, 'overview', range)).visitors).toBe(3)
    // The order of the import came first under the same number.
    expect((await service.report(site, 'ecommerce', range)).revenue).toBe(59.8)
    await undoImport(service, site, done)
    expect(await all(site)).toEqual(before)
    await service.assembly.roller.idle()
    expect(await all(site)).toEqual(before)
    expect(await service.assembly.sql`select from items where site_id = ${site} and import_id is not null`).toHaveLength(0)
  })

  test('gives up a day when an item of the site itself comes late: both are never added up', async () => {
    const site = await service.makeSite({ timezone: 'Europe/Berlin' })
    await importFile(service, site, 'source=umami', await fixture('umami-website_event.csv'))
    await service.assembly.roller.idle()
    await service.sendFromServer(site, [serverView(1, '2024-03-02T12:00:00Z', '/late')])
    const points = async () => (await service.report(site, 'timeseries', `${range}&metrics=visitors`)).points.map(({ visitors }) => visitors)
    expect(await points()).toEqual([2, 1, 0])
    await service.assembly.roller.idle()
    expect(await points()).toEqual([2, 1, 0])
    expect((await service.report(site, 'overview', range)).visits).toBe(3)
  })

  test('and one of sums leave each other their days, whichever came first', async () => {
    const [items, sums] = [await fixture('umami-website_event.csv'), await plausibleZip()]
    const site = await service.makeSite()
    await importFile(service, site, 'source=plausible', sums)
    expect(await importFile(service, site, 'source=umami', items)).toMatchObject({ rows: 0, left_out: { taken: 6 } })
    expect((await service.report(site, 'overview', range)).visitors).toBe(20)
    const other = await service.makeSite()
    await importFile(service, other, 'source=umami', items)
    // The third of March is nobody's yet.
    expect(await importFile(service, other, 'source=plausible', sums)).toMatchObject({ state: 'done', first_day: '2024-03-03', last_day: '2024-03-03' })
    const { points } = await service.report(other, 'timeseries', `${range}&metrics=visitors`)
    expect(points.map(({ visitors }) => visitors)).toEqual([2, 2, 3])
  })

  test('makes nobody present, and shows no visit as new', async () => {
    const site = await service.makeSite()
    await importFile(service, site, 'source=umami', await fixture('umami-website_event.csv'))
    expect((await service.report(site, 'live')).visitors).toBe(0)
  })

  test('tells of rows that it cannot read, and takes the others', async () => {
    const site = await service.makeSite()
    const rows = [
      'session_id,url_path,event_type,created_at',
      'a,/,1,yesterday',
      'a,/,1,1999-01-01 00:00:00',
      'a,/,1,2199-01-01 00:00:00',
      ',/,1,2024-03-01 10:00:00',
      'a,/,1',
      'a,/,7,2024-03-01 10:00:00',
      'a,/ok,1,2024-03-01 10:00:00',
    ]
    const done = await importFile(service, site, 'source=umami&name=mine.csv', rows.join('\n'))
    expect(done).toMatchObject({ state: 'done', rows: 1, left_out: { malformed: 5, 'no pageview or event': 1 } })
    expect(done.faults).toEqual([
      'mine.csv, line 2: "created_at" is "yesterday", which is no time as 2026-11-22 09:30:00.',
      'mine.csv, line 3: "created_at" is 1999-01-01 00:00:00, which is not between 2000 and now.',
      'mine.csv, line 4: "created_at" is 2199-01-01 00:00:00, which is not between 2000 and now.',
      'mine.csv, line 5: "session_id" is empty.',
      'mine.csv, line 6: 3 columns where 4 are named.',
    ])
  })

  test('of a table that is another is refused, with the columns that are expected', async () => {
    const site = await service.makeSite()
    const response = await sendImport(service, site, 'source=umami', 'date,visitors\n2024-03-01,1\n')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'bad_request',
      parameter: 'body',
      detail: 'upload.csv is no table website_event of Umami. Expected are the columns session_id, url_path, event_type, created_at, and it has the columns date, visitors.',
    })
    expect((await service.report(site, 'imports')).total).toBe(0)
  })
})
