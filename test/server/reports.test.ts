import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Answer } from '@hk-live/sdk/protocol'
import { createDesk } from '../../server/reports/index.ts'
import { readQuestion } from '../../server/reports/question.ts'
import { findSite } from '../../server/store/index.ts'
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

interface Made {
  visitor: number
  at: number
  type: 'pageview' | 'event'
  page: string
  source: string
}

/** Local date of an instant, by the runtime's own zone data: not how the service computes it. */
function localDay(at: number, timeZone: string): string {
  return new Date(at).toLocaleDateString('sv-SE', { timeZone })
}

/** The definitions of the design over raw items, as plainly as they can be written. */
function bruteForce(items: readonly Made[], timeZone: string, from: number, to: number, fits: (item: Made, first: Made) => boolean) {
  const byVisitor = Map.groupBy([...items].sort((a, b) => a.at - b.at), (item) => `${item.visitor} ${localDay(item.at, timeZone)}`)
  const visits: { key: string; items: Made[] }[] = []
  for (const [key, own] of byVisitor) {
    let open: Made[] = []
    for (const item of own) {
      const last = open.at(-1)
      if (last === undefined || item.at - last.at >= 30 * 60_000) {
        open = []
        visits.push({ key, items: open })
      }
      open.push(item)
    }
  }
  const inRange = (at: number | undefined) => at !== undefined && at >= from && at < to
  const fitting = visits.flatMap(({ key, items: all }) =>
    all.filter((item) => inRange(item.at) && fits(item, all[0] ?? item)).map((item) => ({ key, item })),
  )
  const started = visits.filter(({ items: all }) => inRange(all[0]?.at) && all.some((item) => fits(item, all[0] ?? item)))
  const bounced = started.filter(({ items: all }) => all.length === 1 && all[0]?.type === 'pageview').length
  const seconds = started.reduce((sum, { items: all }) => sum + ((all.at(-1)?.at ?? 0) - (all[0]?.at ?? 0)) / 1000, 0)
  const pageviews = fitting.filter(({ item }) => item.type === 'pageview').length
  return {
    visitors: new Set(fitting.map(({ key }) => key)).size,
    visits: started.length,
    pageviews,
    views_per_visit: started.length === 0 ? null : pageviews / started.length,
    bounce_rate: started.length === 0 ? null : bounced / started.length,
    visit_duration: started.length === 0 ? null : seconds / started.length,
    events: fitting.length - pageviews,
  }
}

function close(actual: object, expected: object) {
  for (const [key, value] of Object.entries(expected)) {
    const seen = (actual as Record<string, unknown>)[key]
    if (typeof value === 'number') expect(seen, key).toBeCloseTo(value, 5)
    else expect(seen, key).toBe(value)
  }
}

const made = fc.array(
  fc.record({
    visitor: fc.integer({ min: 0, max: 5 }),
    // Around both ends of the day on which Berlin's clock went back, and some days on.
    at: fc.integer({ min: 0, max: 6 * 24 * 12 }).map((step) => Date.UTC(2026, 9, 24, 12) + step * 5 * 60_000),
    type: fc.constantFrom('pageview' as const, 'pageview' as const, 'event' as const),
    page: fc.constantFrom('/', '/a', '/a/b', '/c'),
    source: fc.constantFrom('google', 'bing', 'letter'),
  }),
  { minLength: 1, maxLength: 60 },
)

async function store(items: readonly Made[], timezone: string): Promise<string> {
  const site = await service.makeSite({ timezone })
  await service.sendFromServer(
    site,
    items.map(({ visitor, at, type, page, source }) =>
      serverView(visitor, at, page, { type, url: `https://shop.example${page}?utm_source=${source}`, ...(type === 'event' ? { name: 'e' } : {}) }),
    ),
  )
  return site
}

describe('reports and brute force over the raw items agree', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Marquesas', 'Africa/Casablanca', 'UTC']

  test.each(zones)('in %s, with any filter, and by day and hour', async (timezone) => {
    await fc.assert(
      fc.asyncProperty(made, async (items) => {
        const unique = [...new Map(items.map((item) => [`${item.visitor} ${item.at}`, item])).values()]
        const site = await store(unique, timezone)
        const [from, to] = ['2026-10-24', '2026-10-30']
        const query = `from=${from}&to=${to}`
        const answer = await service.admin<Answer<'overview'>>(`/api/sites/${site}/reports/overview?${query}`)
        const start = Date.parse(answer.range.from)
        const end = Date.parse(answer.range.to)
        expect([localDay(start, timezone), localDay(start - 1, timezone)]).toEqual([from, '2026-10-23'])
        expect([localDay(end, timezone), localDay(end - 1, timezone)]).toEqual(['2026-10-31', to])
        close(answer.data, bruteForce(unique, timezone, start, end, () => true))

        const filters: [string, (item: Made, first: Made) => boolean][] = [
          ['filter=page:/a', (item) => item.page === '/a'],
          ['filter=page:/a*', (item) => item.page.startsWith('/a')],
          ['filter=!page:/a*', (item) => !item.page.startsWith('/a')],
          ['filter=utm_source:google', (_, first) => first.source === 'google'],
          ['filter=utm_source:google&filter=utm_source:bing', (_, first) => first.source !== 'letter'],
          ['filter=!utm_source:google&filter=page:/', (item, first) => first.source !== 'google' && item.page === '/'],
        ]
        for (const [filter, fits] of filters) {
          close(await service.report(site, 'overview', `${query}&${filter}`), bruteForce(unique, timezone, start, end, fits))
        }

        for (const interval of ['day', 'hour', 'week'] as const) {
          const all = 'visitors,visits,pageviews,bounce_rate,visit_duration,events'
          const { points } = await service.report(site, 'timeseries', `${query}&interval=${interval}&metrics=${all}`)
          const bounds = [...points.map((point) => Date.parse(point.at)), end]
          for (const [index, point] of points.entries()) {
            const { views_per_visit: _, ...expected } = bruteForce(
              unique, timezone, Math.max(bounds[index] ?? 0, start), bounds[index + 1] ?? 0, () => true)
            close(point, expected)
          }
        }

        const { rows } = await service.report(site, 'breakdown', `${query}&by=utm_source`)
        for (const row of rows) {
          const { views_per_visit: _, events: __, ...expected } = bruteForce(
            unique, timezone, start, end, (_item, first) => first.source === row.value)
          close(row, expected)
        }
        const pages = await service.report(site, 'breakdown', `${query}&by=page`)
        for (const row of pages.rows) {
          const { visitors, visits, pageviews } = bruteForce(unique, timezone, start, end, (item) => item.page === row.value)
          expect(row).toMatchObject({ visitors, visits, pageviews })
        }
      }),
      { numRuns: 6 },
    )
  }, 60_000)
})

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
    expect((await range(`range=${name}`)).range).toEqual({ from, to, interval: interval as never, timezone: 'Europe/Berlin' })
  })

  test('days of 25 and 23 hours have as many buckets', async () => {
    expect((await range('from=2026-10-25&to=2026-10-25')).data.points.length).toBe(25)
    expect((await range('from=2026-03-29&to=2026-03-29')).data.points.length).toBe(23)
  })

  test('buckets that have not begun are left out, and the running one is partial', async () => {
    const { points } = (await range('range=today')).data
    expect(points.length).toBe(17)
    expect(points.map((point) => point.partial).lastIndexOf(undefined)).toBe(15)
    expect(points.at(-1)).toEqual({ at: '2026-11-03T15:00:00.000Z', visitors: 0, pageviews: 0, partial: true })
  })

  test('compare with the same length before, in months for months, and a year ago', async () => {
    const compared = async (query: string) => (await range(query)).compare?.range
    expect(await compared('range=7d&compare=previous')).toMatchObject({ from: '2026-10-20T22:00:00.000Z', to: '2026-10-27T23:00:00.000Z' })
    expect(await compared('range=last_month&compare=previous')).toMatchObject({ from: '2026-08-31T22:00:00.000Z', to: '2026-09-30T22:00:00.000Z' })
    expect(await compared('range=7d&compare=year')).toMatchObject({ from: '2025-10-27T23:00:00.000Z', to: '2025-11-03T23:00:00.000Z' })
  })

  test('all begins on the day of the first item', async () => {
    const site = await store([{ visitor: 1, at: Date.UTC(2026, 9, 28, 5), type: 'pageview', page: '/', source: 'x' }], 'UTC')
    const answer = await service.admin<Answer<'overview'>>(`/api/sites/${site}/reports/overview?range=all`)
    expect(answer.range.from).toBe('2026-10-28T00:00:00.000Z')
    expect(answer.data.pageviews).toBe(1)
  })
})

describe('an empty site', () => {
  test('has zeros, and nothing where a rate is over nothing', async () => {
    const site = await service.makeSite()
    expect(await service.report(site, 'overview')).toEqual({
      visitors: 0, visits: 0, pageviews: 0, views_per_visit: null, bounce_rate: null, visit_duration: null, events: 0,
    })
    expect(await service.report(site, 'breakdown', 'by=source')).toEqual({ by: 'source', rows: [], total: 0 })
    expect((await service.report(site, 'timeseries')).points.length).toBe(30)
    expect(await service.report(site, 'live')).toMatchObject({ visitors: 0, pages: [], places: [] })
  })
})

describe('breakdown', () => {
  test('pages, searches and sorts, ties by value', async () => {
    const at = now - day
    const items = ['/b', '/a', '/c', '/c', '/x%', '/xy'].map((page, index): Made => ({ visitor: index, at: at + index, type: 'pageview', page, source: 's' }))
    const site = await store(items, 'UTC')
    const values = async (query: string) => (await service.report(site, 'breakdown', `by=page&${query}`)).rows.map((row) => row.value)
    expect(await values('')).toEqual(['/c', '/a', '/b', '/x%', '/xy'])
    expect(await values('sort=-value')).toEqual(['/a', '/b', '/c', '/x%', '/xy'])
    expect(await values('limit=2&offset=1')).toEqual(['/a', '/b'])
    expect((await service.report(site, 'breakdown', 'by=page&limit=2')).total).toBe(5)
    expect(await values('search=X%25')).toEqual(['/x%'])
    const [top] = (await service.report(site, 'breakdown', 'by=page')).rows
    expect(top?.share).toBeCloseTo(2 / 6)
  })
})

describe('live', () => {
  test('counts visitors of the last five minutes by the clock of the server', async () => {
    const site = await store(
      [1, 2, 3].map((visitor): Made => ({ visitor, at: now - visitor * 2 * 60_000, type: 'pageview', page: `/${visitor}`, source: 's' })),
      'UTC',
    )
    const data = await service.report(site, 'live')
    expect(data.visitors).toBe(2)
    expect(data.pages).toEqual([{ value: '/1', visitors: 1 }, { value: '/2', visitors: 1 }])
    expect(data.minutes.length).toBe(30)
    expect(data.minutes.reduce((sum, minute) => sum + minute.pageviews, 0)).toBe(3)
    expect((await service.report(site, 'live', 'filter=page:/2')).visitors).toBe(1)
  })
})

describe('a bad question', () => {
  test.each([
    ['range=8d', 'range'],
    ['from=2026-01-01', 'to'],
    ['to=2026-01-01', 'from'],
    ['from=2026-02-30&to=2026-03-01', 'from'],
    ['from=2026-03-02&to=2026-03-01', 'to'],
    ['interval=second', 'interval'],
    ['range=year&interval=minute', 'interval'],
    ['compare=then', 'compare'],
    ['filter=nonsense', 'filter'],
    ['filter=shoe:42', 'filter'],
    ['metrics=visitors,shoes', 'metrics'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['offset=-1', 'offset'],
    ['fliter=country:DE', 'fliter'],
  ])('%s is refused and names its parameter', async (query, parameter) => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site)
    const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/timeseries?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', parameter })
  })

  test('to a report that does not exist says which do', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site)
    const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/__proto__`)
    expect(response.status).toBe(404)
    expect((await response.json()).detail).toContain('overview')
  })

  test('with any parameters never ends in 500', async () => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site)
    const name = fc.constantFrom('range', 'from', 'to', 'interval', 'compare', 'filter', 'metrics', 'by', 'limit', 'offset', 'sort', 'search', 'v')
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('7d', '2026-01-01', '+275760-09-13', 'page:*%_\\', '!country:', 'visitors', '-value', 'hour', 'previous', '1e3', 'page'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 5 }), fc.constantFrom('overview', 'timeseries', 'breakdown', 'live'), async (pairs, report) => {
        const query = new URLSearchParams(pairs)
        const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/${report}?${query}`)
        expect([200, 400]).toContain(response.status)
        await response.text()
      }),
      { numRuns: 200 },
    )
    expect(service.errors).toEqual([])
  })
})

describe('caching', () => {
  test('a tag stays while none of the kinds of a report changes, and 304 has no body', async () => {
    const site = await store([{ visitor: 1, at: now - day, type: 'pageview', page: '/', source: 's' }], 'UTC')
    const { token } = await service.makeShare(site)
    const ask = (headers: Record<string, string> = {}, query = '') =>
      service.fetch(`/api/share/${token}/sites/${site}/reports/overview${query}`, { headers })
    const first = await ask()
    const etag = first.headers.get('etag') ?? ''
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    await service.sendFromServer(site, [serverView(1, now - day, '/', { type: 'vital', name: 'LCP', value: 900 })])
    const again = await ask({ 'if-none-match': `"other", W/${etag}` })
    expect([again.status, await again.text()]).toEqual([304, ''])
    await service.sendFromServer(site, [serverView(1, now - day, '/x')])
    const changed = await ask({ 'if-none-match': etag })
    expect(changed.status).toBe(200)
    expect((await changed.json()).data.pageviews).toBe(2)
    expect((await ask({}, '?range=7d')).headers.get('etag')).not.toBe(changed.headers.get('etag'))
  })

  test('a closed range asked for by its version may be kept by anyone', async () => {
    const site = await store([{ visitor: 1, at: now - day, type: 'pageview', page: '/', source: 's' }], 'UTC')
    const { token } = await service.makeShare(site)
    const ask = (query: string) => service.fetch(`/api/share/${token}/sites/${site}/reports/overview?${query}`)
    const version = ((await (await ask('range=yesterday')).json()) as { version: string }).version
    expect((await ask(`range=yesterday&v=${version}`)).headers.get('cache-control')).toContain('immutable')
    expect((await ask(`range=today&v=${version}`)).headers.get('cache-control')).toBe('private, no-cache')
  })

  test('a hundred who ask at once are answered by one computation', async () => {
    const id = await service.makeSite()
    const { sql } = service.assembly
    const site = await findSite(sql, id)
    if (site === undefined) throw new Error('The site is not there')
    let computed = 0
    const counted = new Proxy(sql, {
      apply(target, self, args) {
        if (String(args[0]).includes('select *\n      from (select')) computed++
        return Reflect.apply(target, self, args)
      },
    })
    const desk = createDesk(counted, () => now)
    const question = readQuestion(new URL('http://test/'), [])
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => (await desk.ask(site, 'overview', question)).answer()),
    )
    expect(computed).toBe(1)
    expect(new Set(answers).size).toBe(1)
  })
})
