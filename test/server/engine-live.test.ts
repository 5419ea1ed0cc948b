/** Who is there, the latest visits, and what AI agents fetched, as the engine counts them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { aiGroups, type ReportData, type ReportName } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { type Counting, openCounting } from '../support/counting.ts'
import { instants, madeFetches, madeItems, madeView, makeSiteOf } from '../support/made-items.ts'
import { openService, type TestService } from '../support/service.ts'

const now = Date.UTC(2026, 10, 3, 15, 20, 30)
const minute = 60_000

/** The same each time, so that what has to be among the made is among them. */
const seed = Number(process.env.HK_SEED ?? 4_711)

let service: TestService
let counting: Counting
beforeAll(async () => {
  service = await openService({ now: () => now })
  counting = await openCounting(service.assembly.sql, () => now)
})
afterAll(async () => {
  await counting[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
})

const filters = [
  'page:/a*', '!page:/c', 'hostname:shop.example', 'event:*', '!event:pay', 'goal:Paid', 'source:Google', '!source:Direct', 'utm_source:letter', 'ai_source:ChatGPT', '!ai_source:', 'country:DE',
  '!country:FR', 'device:mobile', 'entry_page:/a*', '!entry_page:/', 'exit_page:/c', 'city:M*',
]
const some = fc.subarray(filters, { minLength: 1, maxLength: 2 })
const link = fc.option(fc.oneof(some, fc.tuple(fc.constantFrom('page:/a*', '!page:/', 'hostname:shop.example', 'event:*'), fc.constantFrom(...filters))), { nil: [] })

/** A question with its filters, and those of a link; some ask again for what the link is locked to. */
const asked = <T>(query: fc.Arbitrary<T>) => fc.record({ query, own: fc.option(some, { nil: [] }), link, again: fc.boolean() })

async function expectEqual<N extends ReportName>(site: string, report: N, query: string, locked: readonly string[], form: (data: ReportData[N]) => unknown = (data) => data) {
  const byEngine = await counting.byEngine(site, report, query, locked)
  expect([query, locked, form(byEngine)]).toEqual([query, locked, form(await counting.byTables(site, report, query, locked))])
  return byEngine
}

const questionOf = (query: string, own: readonly string[]) => [query, ...own.map((filter) => `filter=${encodeURIComponent(filter)}`)].join('&')

async function makeSite(timezone: string, ...rest: [Parameters<typeof makeSiteOf>[2], Parameters<typeof makeSiteOf>[3]?]): Promise<string> {
  const site = await makeSiteOf(service, timezone, ...rest)
  await service.admin(`/api/sites/${site}/goals`, { name: 'Paid', type: 'event', pattern: 'pay' })
  return site
}

test('who is there is the same by the engine and by the tables', async () => {
  const seen = { visitors: 0, places: 0, shown: 0, pageviews: 0 }
  // The last steps are of now and a little later, and items of the fifth minute are at its bound.
  const at = instants(now - 32 * minute, 34 * 4, 0.25)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('Europe/Berlin', 'Pacific/Kiritimati'), madeItems({ at, maxLength: 60 }), fc.array(asked(fc.constant('')), { minLength: 6, maxLength: 6 }), async (timezone, items, questions) => {
      const site = await makeSite(timezone, items)
      for (const { own, link: locked, again } of questions) {
        const { visitors, places, minutes } = await expectEqual(site, 'live', questionOf('', again ? [...own, ...locked] : own), locked)
        seen.visitors += visitors
        seen.places += places.length
        seen.shown += locked.length > 0 ? visitors : 0
        seen.pageviews += minutes.reduce((sum, { pageviews }) => sum + pageviews, 0)
      }
    }),
    { numRuns: 25, endOnFailure: true, seed },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
}, 120_000)

test('of two things that a visitor did in one instant, what arrived last is where they are', async () => {
  const view = (page: string, id: string) => madeView({ visitor: 1, at: now - minute, page, id: `${id}0000000-0000-4000-8000-000000000000` })
  const site = await makeSiteOf(service, 'UTC', [[view('/1', '5'), view('/2', '4')], [view('/3', '3')]])
  expect((await counting.byEngine(site, 'live', '')).pages).toEqual([{ value: '/3', visitors: 1 }])
})

test('lists have ten values at most, the most seen first', async () => {
  const wien = { country: 'AT', city: 'Wien', lat: 48.2, lon: 16.3721 }
  const views = Array.from({ length: 30 }, (_, index) => madeView({ visitor: index + 1, page: `/${index % 14}`, at: now - index * 1_000, ...(index % 3 === 0 && { context: wien }) }))
  const site = await makeSiteOf(service, 'UTC', [views])
  const { pages, places } = await expectEqual(site, 'live', '', [])
  expect(pages.map(({ value }) => value)).toEqual(['/0', '/1', '/10', '/11', '/12', '/13', '/2', '/3', '/4', '/5'])
  expect(places.map(({ city, lon, visitors }) => [city, lon, visitors])).toEqual([['Berlin', 13.5, 20], ['Wien', 16.4, 10]])
})

/** Visits, those that began in one instant in an order of their own: the ids that order them are not what they were. */
function inOrder({ visits }: ReportData['visits']) {
  return visits.toSorted((a, b) => (a.at === b.at ? (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) : a.at < b.at ? 1 : -1))
}

test('the latest visits are the same by the engine and by the tables, in their order', async () => {
  const seen = { visits: 0, shown: 0, live: 0 }
  const lately = fc.oneof(instants(now - 100 * 14 * minute, 100, 14), instants(now - 6 * minute, 8, 1))
  const queries = fc.constantFrom('range=today', 'range=7d&limit=50', 'from=2026-11-02T22:10:00Z&to=2026-11-03T15:20:00Z', 'range=all&limit=50')
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('Asia/Kathmandu', 'America/St_Johns'), madeItems({ at: lately, ties: true, maxLength: 40 }), fc.array(asked(queries), { minLength: 6, maxLength: 6 }), async (timezone, items, questions) => {
      const site = await makeSite(timezone, items)
      for (const { query, own, link: locked, again } of questions) {
        const { visits } = await expectEqual(site, 'visits', questionOf(query.includes('limit') ? query : `${query}&limit=50`, again ? [...own, ...locked] : own), locked, inOrder)
        expect(visits.map(({ at }) => at)).toEqual(visits.map(({ at }) => at).toSorted().toReversed())
        seen.visits += visits.length
        seen.shown += locked.length > 0 ? visits.length : 0
        seen.live += visits.filter(({ live }) => live).length
      }
      const { visits: all } = await counting.byEngine(site, 'visits', 'range=all&limit=50')
      expect((await counting.byEngine(site, 'visits', 'range=all&limit=3')).visits).toEqual(all.slice(0, 3))
    }),
    { numRuns: 20, endOnFailure: true, seed },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
  expect(await counting.byEngine(await service.makeSite(), 'visits', 'limit=51').catch((error) => error.parameter)).toBe('limit')
}, 120_000)

test('a visit is live for five minutes, and fits by any of its items, also one past the range', async () => {
  const ago = (visitor: number, ms: number, page: string) => madeView({ visitor, at: now - ms, page })
  const site = await makeSiteOf(service, 'UTC', [[ago(1, 20 * minute, '/1'), ago(1, 5 * minute, '/'), ago(2, 8 * minute, '/2'), ago(2, 5 * minute - 1, '/'), ago(3, 2 * minute, '/3'), ago(3, 0, '/late')]])
  const { visits } = await expectEqual(site, 'visits', 'range=today', [])
  expect(visits.map(({ entry_page, live }) => [entry_page, live])).toEqual([['/3', true], ['/2', true], ['/1', false]])
  const until = `from=2026-11-03T00:00:00Z&to=${new Date(now - minute).toISOString()}`
  expect((await expectEqual(site, 'visits', `${until}&filter=page:/late`, [])).visits).toHaveLength(1)
})

describe('what AI agents fetched', () => {
  const ofFetches = ['page:/a*', 'page:/', '!page:/a', 'hostname:shop.example', '!hostname:blog*', 'page:*b*']
  const sorts = ['', '&sort=-fetches', '&sort=paths&limit=2&offset=1', '&sort=server_error_rate', '&sort=-median_ms&limit=3', '&sort=bytes&search=A', '&sort=value&search=.']
  const ranges = ['from=2026-10-24&to=2026-10-27', 'from=2026-10-24&to=2026-10-27&interval=hour', 'from=2026-10-01&to=2026-11-03&interval=week', 'from=2026-10-24T22:10:00Z&to=2026-10-26T05:40:00Z&interval=day', 'range=all']
  const query = fc.tuple(fc.constantFrom(...ranges), fc.constantFrom(...aiGroups), fc.constantFrom(...sorts)).map(([range, by, sort]) => `${range}&by=${by}${sort}`)
  const few = fc.option(fc.subarray(ofFetches, { minLength: 1, maxLength: 3 }), { nil: [] })

  test.each(['Europe/Berlin', 'Asia/Kathmandu'])('is the same by the engine and by the tables, in %s', async (timezone) => {
    const seen = { fetches: 0, referred: 0, shown: 0, both: 0 }
    const at = instants(Date.UTC(2026, 9, 24, 12), 400, 9)
    const questions = fc.array(fc.record({ text: query, own: few, locked: few }), { minLength: 8, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(madeItems({ at, ties: true, vitals: 'none', maxLength: 60 }), madeFetches(at, 60), questions, async (items, fetches, all) => {
        const site = await makeSite(timezone, items, fetches)
        for (const { text, own, locked } of all) {
          const data = await expectEqual(site, 'ai_visibility', questionOf(text, own), locked)
          seen.fetches += data.fetches
          seen.referred += data.referred_visits
          seen.shown += locked.length > 0 ? data.referred_visits : 0
          seen.both += data.pages.both
        }
      }),
      { numRuns: 15, endOnFailure: true, seed },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
  }, 120_000)

  test('is listed beside the pages that visits by assistants began on, of those that fit and are shown', async () => {
    const assistant = { source: 'ChatGPT', ai_source: 'ChatGPT' }
    const view = (visitor: number, ago: number, page: string, context = {}) => madeView({ visitor, at: now - ago * minute, page, context })
    const site = await makeSiteOf(service, 'UTC', [[view(1, 9, '/internal', assistant), view(1, 8, '/blog/a'), view(2, 9, '/blog/b', assistant)]])
    const rowsOf = async (query: string, link: readonly string[] = []) => {
      const { rows, referred_visits, pages } = await expectEqual(site, 'ai_visibility', `range=today&by=page${query}`, link)
      return [referred_visits, pages.referred, rows.map(({ value }) => value)]
    }
    expect(await rowsOf('&sort=-value')).toEqual([2, 2, ['/blog/b', '/internal']])
    expect(await rowsOf('&filter=page:/blog*')).toEqual([2, 1, ['/blog/b']])
    expect(await rowsOf('', ['page:/blog*'])).toEqual([1, 1, ['/blog/b']])
  })

  test('is nothing on an empty site, and refused where it is asked wrongly', async () => {
    const site = await service.makeSite()
    for (const by of aiGroups) await expectEqual(site, 'ai_visibility', `range=today&by=${by}`, [])
    for (const [wrong, parameter] of [['by=country', 'by'], ['by=agent&sort=referred_visits', 'sort'], ['filter=country:DE', 'filter']] as const) {
      expect(await counting.byEngine(site, 'ai_visibility', wrong).catch((error) => error.parameter)).toBe(parameter)
    }
  })
})
