/** Segments: what they hold, that no figure depends on them, and what becomes of a compaction that is cut short. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ReportName } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { type Counting, openCounting } from '../support/counting.ts'
import { type Made, storeMade } from '../support/made.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

let now = Date.UTC(2026, 10, 3, 15, 20)
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

const made = fc.array(
  fc.record({
    visitor: fc.integer({ min: 0, max: 5 }),
    at: fc.integer({ min: 0, max: 9 * 24 * 12 }).map((step) => Date.UTC(2026, 9, 24, 12) + step * 5 * 60_000),
    type: fc.constantFrom('pageview' as const, 'pageview' as const, 'event' as const),
    page: fc.constantFrom('/', '/a', '/a/b', '/c'),
    source: fc.constantFrom('google', 'bing', 'letter'),
  }),
  { minLength: 1, maxLength: 60 },
)

const questions: [ReportName, string][] = [
  ['overview', 'from=2026-10-20&to=2026-11-04'],
  ['overview', 'from=2026-10-25T10:10:00Z&to=2026-10-28T23:10:00Z&filter=page:/a*'],
  ['timeseries', 'from=2026-10-20&to=2026-11-04&interval=day&metrics=visitors,visits,pageviews,bounce_rate,visit_duration,conversions'],
  ['breakdown', 'from=2026-10-24&to=2026-10-31&by=utm_source&filter=!page:/c'],
  ['breakdown', 'from=2026-10-24&to=2026-11-02&by=entry_page&filter=entry_page:/&filter=entry_page:/a'],
  ['breakdown', 'from=2026-10-24&to=2026-11-02&by=page'],
  ['goals', 'from=2026-10-24&to=2026-11-02'],
]

async function sameAsTables(site: string, when: string) {
  for (const [report, query] of questions) {
    for (const locked of [[], ['page:/a*']]) {
      const answer = await counting.byEngine(site, report, query, locked)
      expect(answer, `${when}: ${report}?${query} ${locked}`).toEqual(await counting.byTables(site, report, query, locked))
    }
  }
}

const send = (site: string, items: readonly Made[]) =>
  service.sendFromServer(
    site,
    items.map(({ visitor, at, type, page, source }) =>
      serverView(visitor, at, page, { type, url: `https://shop.example${page}?utm_source=${source}`, ...(type === 'event' ? { name: 'e' } : {}) }),
    ),
  )

describe('figures do not depend on segments', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu', 'America/New_York'])(
    'in %s, with items that come late, in any order',
    async (timezone) => {
      await fc.assert(
        fc.asyncProperty(made, made, made, async (first, second, third) => {
          now = Date.UTC(2026, 10, 3, 15, 20)
          const site = await storeMade(service, first, timezone)
          await service.admin(`/api/sites/${site}/goals`, { name: 'A', type: 'page', pattern: '/a' })
          await sameAsTables(site, 'in the journal')
          const { sql } = service.assembly
          const rows = async () => Number((await sql`select count(*) as n from journal where site_id = ${site}`)[0]?.n)
          const before = await rows()
          expect(await counting.compact(site)).toBe(before - (await rows()))
          await sameAsTables(site, 'in segments')
          await send(site, second)
          await sameAsTables(site, 'with late items')
          await counting.compact(site)
          await sameAsTables(site, 'with late items in segments')
          await send(site, third)
          // Two days on all are over.
          now += 2 * 86_400_000
          await counting.compact(site)
          expect(await rows()).toBe(0)
          expect((await sql`select from contexts where site_id = ${site}`).count).toBe(0)
          await sameAsTables(site, 'all in segments')
          expect(await counting.compact(site)).toBe(0)
        }),
        { numRuns: 3 },
      )
    },
    120_000,
  )

  test('nor do orders, of which the earliest counts wherever it is, and refunds of them', async () => {
    const sale = fc.record({
      transaction: fc.integer({ min: 0, max: 4 }).map((number) => `T-${number}`),
      at: fc.integer({ min: 0, max: 9 * 24 }).map((hour) => Date.UTC(2026, 9, 24, 12) + hour * 3_600_000),
      visitor: fc.integer({ min: 0, max: 3 }),
      value: fc.option(fc.integer({ min: 1, max: 9_999 }).map((cents) => cents / 100), { nil: undefined }),
      name: fc.constantFrom('purchase', 'purchase', 'refund'),
      currency: fc.constantFrom('EUR', 'USD', undefined),
    })
    const sales = fc.array(sale, { minLength: 1, maxLength: 12 })
    const range = 'from=2026-10-20&to=2026-11-05'
    await fc.assert(
      fc.asyncProperty(sales, sales, async (first, second) => {
        now = Date.UTC(2026, 10, 3, 15, 20)
        const site = await service.makeSite()
        for (const some of [first, second]) {
          const items = some.map(({ transaction: transaction_id, at, visitor, value, name, currency }) =>
            serverView(visitor, at, '/thanks', { type: 'event', name, props: { transaction_id, ...(value && { value }), ...(currency && { currency }) } }),
          )
          await service.sendFromServer(site, items)
          for (let round = 0; round < 2; round++) {
            for (const report of ['ecommerce', 'overview'] as const) {
              for (const query of [range, 'from=2026-10-28&to=2026-10-30', `${range}&currency=USD&filter=page:/thanks`]) {
                expect(await counting.byEngine(site, report, query), `${report}?${query}`).toEqual(await counting.byTables(site, report, query))
              }
            }
            await counting.compact(site)
          }
        }
      }),
      { numRuns: 4 },
    )
  }, 120_000)
})
