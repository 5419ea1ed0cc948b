import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { families, unroll } from '../../server/store/index.ts'
import { type Made, storeMade } from '../support/made.ts'
import { openService, type TestService } from '../support/service.ts'
import { bruteVisits, localDay } from '../support/visits.ts'

/** A time at which the tests take place: after the change to winter time in Berlin and New York. */
const now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService

beforeAll(async () => {
  service = await openService({ now: () => now })
})
afterAll(() => service[Symbol.asyncDispose]())

/** The definitions of the design over raw items, as plainly as they can be written. */
function bruteForce(
  items: readonly Made[],
  timeZone: string,
  from: number,
  to: number,
  fits: (item: Made, first: Made) => boolean,
) {
  const visits = bruteVisits(items, timeZone)
  const inRange = (at: number | undefined) => at !== undefined && at >= from && at < to
  const fitting = visits.flatMap(({ visitor: key, items: all }) =>
    all.filter((item) => inRange(item.at) && fits(item, all[0] ?? item)).map((item) => ({ key, item })),
  )
  const started = visits.filter(
    ({ items: all }) => inRange(all[0]?.at) && all.some((item) => fits(item, all[0] ?? item)),
  )
  const bounced = started.filter(({ items: all }) => all.length === 1 && all[0]?.type === 'pageview').length
  const seconds = started.reduce(
    (sum, { items: all }) => sum + ((all.at(-1)?.at ?? 0) - (all[0]?.at ?? 0)) / 1000,
    0,
  )
  const pageviews = fitting.filter(({ item }) => item.type === 'pageview').length
  const visitors = new Set(fitting.map(({ key }) => key)).size
  const converting = fitting.filter(({ item }) => item.type === 'event' || item.page === '/a')
  return {
    visitors,
    visits: started.length,
    pageviews,
    views_per_visit: started.length === 0 ? null : pageviews / started.length,
    bounce_rate: started.length === 0 ? null : bounced / started.length,
    visit_duration: started.length === 0 ? null : seconds / started.length,
    events: fitting.length - pageviews,
    conversions: converting.length,
    conversion_rate: visitors === 0 ? null : new Set(converting.map(({ key }) => key)).size / visitors,
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

/** A stretch of that time. */
const part = fc
  .tuple(fc.integer({ min: 0, max: 6 * 24 * 6 }), fc.integer({ min: 1, max: 3 * 24 * 6 }))
  .map(([step, length]): [number, number] => {
    const from = Date.UTC(2026, 9, 24, 12) + step * 10 * 60_000
    return [from, from + length * 10 * 60_000]
  })

/** Makes reports read raw rows, and roll-ups again as they are computed. */
async function giveUpRollups(site: string): Promise<void> {
  await service.assembly.sql.begin((tx) => unroll(tx, site, families))
  service.assembly.roller.wake()
}

describe('reports and brute force over the raw items agree', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Pacific/Marquesas',
    'Africa/Casablanca',
    'UTC',
  ]

  test.each(zones)(
    'in %s, with any filter, and by day and hour',
    async (timezone) => {
      await fc.assert(
        fc.asyncProperty(made, part, fc.boolean(), async (items, [begin, finish], anew) => {
          const unique = [...new Map(items.map((item) => [`${item.visitor} ${item.at}`, item])).values()]
          const site = await storeMade(service, unique, timezone)
          await service.admin(`/api/sites/${site}/goals`, { name: 'A', type: 'page', pattern: '/a' })
          await service.admin(`/api/sites/${site}/goals`, { name: 'E', type: 'event', pattern: 'e' })
          if (anew) await giveUpRollups(site)
          else await service.assembly.roller.idle()
          const [from, to] = ['2026-10-24', '2026-10-30']
          const query = `from=${from}&to=${to}`
          const answer = await service.admin<Answer<'overview'>>(
            `/api/sites/${site}/reports/overview?${query}`,
          )
          const start = Date.parse(answer.range.from)
          const end = Date.parse(answer.range.to)
          expect([localDay(start, timezone), localDay(start - 1, timezone)]).toEqual([from, '2026-10-23'])
          expect([localDay(end, timezone), localDay(end - 1, timezone)]).toEqual(['2026-10-31', to])
          close(
            answer.data,
            bruteForce(unique, timezone, start, end, () => true),
          )

          // A part that begins and ends within days is partly rolled up.
          const times = `from=${new Date(begin).toISOString()}&to=${new Date(finish).toISOString()}`
          const partly = await service.report(site, 'overview', times)
          close(
            partly,
            bruteForce(unique, timezone, begin, finish, () => true),
          )
          const sources = await service.report(site, 'breakdown', `${times}&by=utm_source`)
          for (const source of ['google', 'bing', 'letter']) {
            const { visitors, visits, pageviews } = bruteForce(
              unique,
              timezone,
              begin,
              finish,
              (_item, first) => first.source === source,
            )
            const found = sources.rows.find((row) => row.value === source)
            expect(found ?? { visitors: 0, visits: 0, pageviews: 0 }).toMatchObject({
              visitors,
              visits,
              pageviews,
            })
          }

          const filters: [string, (item: Made, first: Made) => boolean][] = [
            ['filter=page:/a', (item) => item.page === '/a'],
            ['filter=page:/a*', (item) => item.page.startsWith('/a')],
            ['filter=!page:/a*', (item) => !item.page.startsWith('/a')],
            ['filter=utm_source:google', (_, first) => first.source === 'google'],
            ['filter=event:e', (item) => item.type === 'event'],
            ['filter=!event:e', (item) => item.type !== 'event'],
            ['filter=goal:A', (item) => item.type === 'pageview' && item.page === '/a'],
            ['filter=utm_source:google&filter=utm_source:bing', (_, first) => first.source !== 'letter'],
            [
              'filter=!utm_source:google&filter=page:/',
              (item, first) => first.source !== 'google' && item.page === '/',
            ],
          ]
          for (const [filter, fits] of filters) {
            close(
              await service.report(site, 'overview', `${query}&${filter}`),
              bruteForce(unique, timezone, start, end, fits),
            )
          }

          for (const interval of ['day', 'hour', 'week'] as const) {
            const all = 'visitors,visits,pageviews,bounce_rate,visit_duration,events,conversions,conversion_rate'
            const { points } = await service.report(
              site,
              'timeseries',
              `${query}&interval=${interval}&metrics=${all}`,
            )
            const bounds = [...points.map((point) => Date.parse(point.at)), end]
            for (const [index, point] of points.entries()) {
              const { views_per_visit: _, ...expected } = bruteForce(
                unique,
                timezone,
                Math.max(bounds[index] ?? 0, start),
                bounds[index + 1] ?? 0,
                () => true,
              )
              close(point, expected)
            }
          }

          const { rows } = await service.report(site, 'breakdown', `${query}&by=utm_source`)
          for (const row of rows) {
            const {
              views_per_visit: _,
              events: __,
              conversions: ___,
              conversion_rate: ____,
              ...expected
            } = bruteForce(unique, timezone, start, end, (_item, first) => first.source === row.value)
            close(row, expected)
          }
          const pages = await service.report(site, 'breakdown', `${query}&by=page`)
          for (const row of pages.rows) {
            const { visitors, visits, pageviews } = bruteForce(
              unique,
              timezone,
              start,
              end,
              (item) => item.page === row.value,
            )
            expect(row).toMatchObject({ visitors, visits, pageviews })
          }
        }),
        { numRuns: 6 },
      )
    },
    60_000,
  )
})
