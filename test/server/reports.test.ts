import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer } from '@hk-live/sdk/protocol'
import { createDesk } from '../../server/reports/index.ts'
import { readQuestion } from '../../server/reports/question.ts'
import { planOf } from '../../server/reports/plan.ts'
import { registry } from '../../server/reports/registry.ts'
import { createLookups } from '../../server/store/index.ts'
import { type Made, storeMade } from '../support/made.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

const hour = 3_600_000
const day = 24 * hour

/** A time at which the tests take place: after the change to winter time in Berlin and New York. */
const now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService

beforeAll(async () => {
  service = await openService({ now: () => now })
})
afterAll(() => service[Symbol.asyncDispose]())

describe('ranges', () => {
  const range = async (query: string, timezone = 'Europe/Berlin') => {
    const site = await service.makeSite({ timezone })
    return service.admin<Answer<'timeseries'>>(`/api/sites/${site}/reports/timeseries?${query}`)
  }

  test.each([
    ['today', '2026-11-02T23:00:00.000Z', '2026-11-03T23:00:00.000Z', 'hour'],
    ['yesterday', '2026-11-01T23:00:00.000Z', '2026-11-02T23:00:00.000Z', 'hour'],
    ['24h', '2026-11-02T16:00:00.000Z', '2026-11-03T16:00:00.000Z', 'hour'],
    ['7d', '2026-10-27T23:00:00.000Z', '2026-11-03T23:00:00.000Z', 'day'],
    ['30d', '2026-10-04T22:00:00.000Z', '2026-11-03T23:00:00.000Z', 'day'],
    ['month', '2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z', 'day'],
    ['last_month', '2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z', 'day'],
    ['12m', '2025-11-30T23:00:00.000Z', '2026-11-30T23:00:00.000Z', 'month'],
    ['year', '2025-12-31T23:00:00.000Z', '2026-12-31T23:00:00.000Z', 'month'],
  ])('%s is that of the time zone of the site', async (name, from, to, interval) => {
    expect((await range(`range=${name}`)).range).toEqual({
      from,
      to,
      interval: interval as never,
      timezone: 'Europe/Berlin',
    })
  })

  test('days of 25 and 23 hours have as many buckets', async () => {
    expect((await range('from=2026-10-25&to=2026-10-25')).data.points.length).toBe(25)
    expect((await range('from=2026-03-29&to=2026-03-29')).data.points.length).toBe(23)
  })

  test('buckets that have not begun are left out, and the running one is partial', async () => {
    const { points } = (await range('range=today')).data
    expect(points.length).toBe(17)
    expect(points.map((point) => point.partial).lastIndexOf(undefined)).toBe(15)
    expect(points.at(-1)).toEqual({
      at: '2026-11-03T15:00:00.000Z',
      visitors: 0,
      pageviews: 0,
      partial: true,
    })
  })

  test('compare with the same length before, in months for months, and a year ago', async () => {
    const compared = async (query: string) => (await range(query)).compare?.range
    expect(await compared('range=7d&compare=previous')).toMatchObject({
      from: '2026-10-20T22:00:00.000Z',
      to: '2026-10-27T23:00:00.000Z',
    })
    expect(await compared('range=last_month&compare=previous')).toMatchObject({
      from: '2026-08-31T22:00:00.000Z',
      to: '2026-09-30T22:00:00.000Z',
    })
    expect(await compared('range=7d&compare=year')).toMatchObject({
      from: '2025-10-27T23:00:00.000Z',
      to: '2025-11-03T23:00:00.000Z',
    })
  })

  test('all begins on the day of the first item', async () => {
    const site = await storeMade(
      service,
      [{ visitor: 1, at: Date.UTC(2026, 9, 28, 5), type: 'pageview', page: '/', source: 'x' }],
      'UTC',
    )
    const answer = await service.admin<Answer<'overview'>>(`/api/sites/${site}/reports/overview?range=all`)
    expect(answer.range.from).toBe('2026-10-28T00:00:00.000Z')
    expect(answer.data.pageviews).toBe(1)
  })
})

describe('a range of two hundred years', () => {
  test('has the numbers of the days that have any, and no others are walked', async () => {
    const made = [-40, -3].map((days) => ({ at: now + days * day, type: 'pageview' as const, page: '/', source: 'x' }))
    const site = await storeMade(service, made.map((one, visitor) => ({ visitor, ...one })), 'Europe/Berlin')
    const query = 'from=1970-01-01&to=2199-12-31'
    expect((await service.report(site, 'overview', query)).pageviews).toBe(2)
    expect((await service.report(site, 'breakdown', query)).rows).toMatchObject([{ value: '/', pageviews: 2 }])
    const span = { from: 0, to: Date.UTC(2200, 0), interval: 'month' as const, timezone: 'Europe/Berlin' }
    const plan = await planOf(service.assembly.sql, { siteId: site, span, filters: [] }, 'traffic')
    expect([plan.days.length, plan.rest]).toEqual([38, []])
  })
})

describe('an empty site', () => {
  test('has zeros, and nothing where a rate is over nothing', async () => {
    const site = await service.makeSite()
    expect(await service.report(site, 'overview')).toEqual({
      visitors: 0,
      visits: 0,
      pageviews: 0,
      views_per_visit: null,
      bounce_rate: null,
      visit_duration: null,
      events: 0,
      conversions: 0,
      conversion_rate: null,
      revenue: 0,
    })
    expect(await service.report(site, 'breakdown', 'by=source')).toEqual({ by: 'source', rows: [], total: 0 })
    expect((await service.report(site, 'timeseries')).points.length).toBe(30)
    expect(await service.report(site, 'live')).toMatchObject({ visitors: 0, pages: [], places: [] })
  })
})

describe('breakdown', () => {
  test('pages, searches and sorts, ties by value', async () => {
    const at = now - day
    const items = ['/b', '/a', '/c', '/c', '/x%', '/xy'].map(
      (page, index): Made => ({ visitor: index, at: at + index, type: 'pageview', page, source: 's' }),
    )
    const site = await storeMade(service, items, 'UTC')
    const values = async (query: string) =>
      (await service.report(site, 'breakdown', `by=page&${query}`)).rows.map((row) => row.value)
    expect(await values('')).toEqual(['/c', '/a', '/b', '/x%', '/xy'])
    expect(await values('sort=-value')).toEqual(['/a', '/b', '/c', '/x%', '/xy'])
    expect(await values('limit=2&offset=1')).toEqual(['/a', '/b'])
    expect((await service.report(site, 'breakdown', 'by=page&limit=2')).total).toBe(5)
    expect(await values('search=X%25')).toEqual(['/x%'])
    const [top] = (await service.report(site, 'breakdown', 'by=page')).rows
    expect(top?.share).toBeCloseTo(2 / 6)
  })
})

describe('filters', () => {
  test('take a star as any text, and an escaped one as itself', async () => {
    const items = ['/a*b', '/axb', '/a%b', '/a\\b'].map((page, visitor) =>
      serverView(visitor, now - day, page),
    )
    const site = await service.makeSite({ timezone: 'UTC' })
    await service.sendFromServer(site, items)
    const views = async (value: string) =>
      (await service.report(site, 'overview', `filter=${encodeURIComponent(`page:${value}`)}`)).pageviews
    expect(await views('/a*b')).toBe(4)
    expect(await views('/a\\*b')).toBe(1)
    expect(await views('/a%b')).toBe(1)
    expect(await views('/a_b')).toBe(0)
  })
})

describe('live', () => {
  test('counts visitors of the last five minutes by the clock of the server', async () => {
    const site = await storeMade(
      service,
      [1, 2, 3].map(
        (visitor): Made => ({
          visitor,
          at: now - visitor * 2 * 60_000,
          type: 'pageview',
          page: `/${visitor}`,
          source: 's',
        }),
      ),
      'UTC',
    )
    const data = await service.report(site, 'live')
    expect(data.visitors).toBe(2)
    expect(data.pages).toEqual([
      { value: '/1', visitors: 1 },
      { value: '/2', visitors: 1 },
    ])
    expect(data.minutes.length).toBe(30)
    expect(data.minutes.reduce((sum, minute) => sum + minute.pageviews, 0)).toBe(3)
    expect((await service.report(site, 'live', 'filter=page:/2')).visitors).toBe(1)
  })
})

describe('caching', () => {
  test('a tag stays while none of the kinds of a report changes, and 304 has no body', async () => {
    const site = await storeMade(
      service,
      [{ visitor: 1, at: now - day, type: 'pageview', page: '/', source: 's' }],
      'UTC',
    )
    const { token } = await service.makeShare(site)
    const ask = (headers: Record<string, string> = {}, query = '') =>
      service.fetch(`/api/share/${token}/sites/${site}/reports/overview${query}`, { headers })
    const first = await ask()
    const etag = first.headers.get('etag') ?? ''
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    await service.sendFromServer(site, [
      serverView(1, now - day, '/', { type: 'vital', name: 'LCP', value: 900 }),
    ])
    const again = await ask({ 'if-none-match': `"other", W/${etag}` })
    expect([again.status, await again.text()]).toEqual([304, ''])
    await service.sendFromServer(site, [serverView(1, now - day, '/x')])
    const changed = await ask({ 'if-none-match': etag })
    expect(changed.status).toBe(200)
    expect((await changed.json()).data.pageviews).toBe(2)
    expect((await ask({}, '?range=7d')).headers.get('etag')).not.toBe(changed.headers.get('etag'))
  })

  test('a closed range asked for by its version may be kept by anyone', async () => {
    const site = await storeMade(
      service,
      [{ visitor: 1, at: now - day, type: 'pageview', page: '/', source: 's' }],
      'UTC',
    )
    const { token } = await service.makeShare(site)
    const ask = (query: string) =>
      service.fetch(`/api/share/${token}/sites/${site}/reports/overview?${query}`)
    const version = ((await (await ask('range=yesterday')).json()) as { version: string }).version
    expect((await ask(`range=yesterday&v=${version}`)).headers.get('cache-control')).toContain('immutable')
    expect((await ask(`range=today&v=${version}`)).headers.get('cache-control')).toBe('private, no-cache')
  })

  test('nothing may be kept by anyone that ends with its link', async () => {
    const site = await storeMade(service, [{ visitor: 1, at: now - day, type: 'pageview', page: '/', source: 's' }], 'UTC')
    const expires_at = new Date(now + day).toISOString()
    for (const settings of [{ expires_at }, { allowed_origins: ['https://a.example'] }, { password: 'long enough' }]) {
      const { token } = await service.makeShare(site, settings)
      const ask = (query: string) =>
        service.fetch(`/api/share/${token}/sites/${site}/reports/overview?range=yesterday${query}`, { headers: { 'x-hk-password': 'long enough' } })
      const { version } = (await (await ask('')).json()) as { version: string }
      expect((await ask(`&v=${version}`)).headers.get('cache-control')).toBe('private, no-cache')
    }
  })

  test('a hundred who ask at once are answered by one computation', async () => {
    const id = await service.makeSite()
    const { sql, sites } = service.assembly
    const found = await createLookups(sql).site(id)
    if (found === undefined) throw new Error('The site is not there')
    let computed = 0
    const counted: typeof sites = {
      ask(...asked) {
        computed++
        return sites.ask(...asked)
      },
    }
    const desk = createDesk({ sql, sites: counted, now: () => now })
    const question = readQuestion(new URL('http://test/?filter=page:/a'), registry.overview, [])
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => (await desk.ask(found.site, found.version, 'overview', question)).answer()),
    )
    expect(computed).toBe(1)
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
  })
})
