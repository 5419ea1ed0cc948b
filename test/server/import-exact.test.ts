/** Reports over imported days and the site's own, for random data: as plain sums say, whatever comes first. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { importFile, undoImport, zipOf } from '../support/imports.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await openService()
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

const days = Array.from({ length: 8 }, (_, index) => `2024-03-${String(index + 8).padStart(2, '0')}`)
const number = fc.nat({ max: 50 })
const sums = fc.record({ day: fc.constantFrom(...days), value: fc.constantFrom('Chrome', 'Firefox', ''), visitors: fc.integer({ min: 1, max: 50 }), visits: number, bounces: number, seconds: number, pageviews: number })
const own = fc.array(fc.record({ day: fc.constantFrom(...days), late: fc.boolean() }), { maxLength: 4 })

type Sums = typeof sums extends fc.Arbitrary<infer T> ? T : never
type Own = typeof own extends fc.Arbitrary<(infer T)[]> ? T : never

const csv = (head: string, rows: readonly (string | number)[][]) => [head, ...rows.map((row) => row.join(','))].join('\n')

/** The days of an import that are shown: before the first that the site had of its own, and without those it has by now. */
function shownDays(items: readonly Own[]): Set<string> {
  const first = items.filter(({ late }) => !late).map(({ day }) => day).toSorted()[0] ?? '9999'
  return new Set(days.filter((day) => day < first && !items.some((item) => item.day === day)))
}

describe.each(['UTC', 'America/New_York', 'Asia/Kathmandu'])('in %s', (timezone) => {
  test('overview, series and breakdown are the plain sums of imported days and own ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sums, { minLength: 1, maxLength: 30 }), own, fc.nat({ max: 7 }), fc.nat({ max: 7 }), async (rows, items, a, b) => {
        const site = await service.makeSite({ timezone })
        // One visitor, who is another on each day, at noon.
        const send = (some: readonly Own[]) => service.sendFromServer(site, some.map(({ day }) => serverView(1, noonOf(day, timezone))))
        await send(items.filter(({ late }) => !late))
        const tables = {
          'total.csv': csv('date,visitors,pageviews,bounces,visits,visit_duration', rows.map((row) => [row.day, row.visitors, row.pageviews, row.bounces, row.visits, row.seconds])),
          'browsers.csv': csv('date,browser,visitors,visits,visit_duration,bounces,pageviews', rows.map((row) => [row.day, row.value, row.visitors, row.visits, row.seconds, row.bounces, row.pageviews])),
        }
        const done = await importFile(service, site, 'source=plausible', await zipOf(tables))
        expect(done.state).toBe('done')
        await send(items.filter(({ late }) => late))
        const [from = '', to = ''] = [days[Math.min(a, b)], days[Math.max(a, b)]]
        const within = (day: string) => day >= from && day <= to
        const shown = shownDays(items)
        const imported = rows.filter(({ day }) => within(day) && shown.has(day))
        const own = new Set(items.map(({ day }) => day).filter(within))
        const query = `from=${from}&to=${to}`
        const check = async (counted: readonly Sums[]) => {
          const add = (pick: (row: Sums) => number, of: readonly Sums[] = counted) => of.reduce((sum, row) => sum + pick(row), 0)
          const visits = add((row) => row.visits) + own.size
          const part = (count: number) => (visits === 0 ? null : expect.closeTo(count / visits, 9))
          expect(await service.report(site, 'overview', query)).toMatchObject({
            visitors: add((row) => row.visitors) + own.size,
            visits,
            pageviews: add((row) => row.pageviews) + items.filter(({ day }) => within(day)).length,
            bounce_rate: part(add((row) => row.bounces) + [...own].filter((day) => items.filter((item) => item.day === day).length === 1).length),
            visit_duration: part(add((row) => row.seconds)),
          })
          const { points } = await service.report(site, 'timeseries', `${query}&metrics=visitors&interval=day`)
          expect(points.map(({ visitors }) => visitors)).toEqual(
            days.filter(within).map((day) => add((row) => row.visitors, counted.filter((row) => row.day === day)) + (own.has(day) ? 1 : 0)),
          )
          const { rows: found } = await service.report(site, 'breakdown', `${query}&by=browser&limit=100`)
          const expected = Map.groupBy(counted, ({ value }) => value)
          const all = new Map([...expected].map(([value, some]) => [value, add((row) => row.visitors, some)]))
          if (own.size > 0) all.set('Chrome', (all.get('Chrome') ?? 0) + own.size)
          expect(new Map(found.map(({ value, visitors }) => [value, visitors]))).toEqual(all)
        }
        await check(imported)
        await undoImport(service, site, done)
        await check([])
      }),
      { numRuns: 12 },
    )
  }, 120_000)
})

function noonOf(day: string, timezone: string): number {
  return Temporal.PlainDateTime.from(`${day}T12:00`).toZonedDateTime(timezone).epochMilliseconds
}
