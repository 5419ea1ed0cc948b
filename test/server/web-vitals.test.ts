/**
 * Vitals against a computation over the items as they were sent, and the definitions by example.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Answer, type Vital, vitalBounds, vitals } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { unroll } from '../../server/store/index.ts'
import { browserAgent, openService, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

/** After the change to winter time in Berlin. */
const now = Date.UTC(2026, 10, 3, 15, 20)
const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'

let service: TestService

beforeAll(async () => {
  service = await openService({ now: () => now })
})
afterAll(() => service[Symbol.asyncDispose]())

interface Sample {
  readonly at: number
  readonly vital: Vital
  readonly measured: number
  readonly page: string
  readonly mobile: boolean
}

function sent({ at, vital, measured, page, mobile }: Sample) {
  const user_agent = mobile ? phone : browserAgent
  return serverView(1, at, page, { type: 'vital', name: vital, value: measured, user_agent })
}

/** Nearest rank, and parts by rating. */
function score(samples: readonly Sample[], vital: Vital) {
  const values = samples.filter((one) => one.vital === vital).map(({ measured }) => measured)
  const sorted = values.toSorted((a, b) => a - b)
  const [good, poor] = vitalBounds[vital]
  const part = (fits: (value: number) => boolean) =>
    values.length === 0 ? null : values.filter(fits).length / values.length
  const p75 = sorted[Math.ceil(0.75 * sorted.length) - 1] ?? null
  return {
    p75,
    rating: p75 === null ? null : p75 <= good ? 'good' : p75 <= poor ? 'needs_improvement' : 'poor',
    samples: values.length,
    good: part((value) => value <= good),
    needs_improvement: part((value) => value > good && value <= poor),
    poor: part((value) => value > poor),
  }
}

function near(actual: number | null | undefined, expected: number | null, error: number) {
  if (expected === null || actual === null || actual === undefined) return expect(actual ?? null).toBe(expected)
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(expected * error + 1e-9)
}

const sample: fc.Arbitrary<Sample> = fc
  .record({
    // From before the end of Berlin's summer time to after it.
    at: fc.integer({ min: 0, max: 6 * 24 * 12 }).map((step) => Date.UTC(2026, 9, 24, 12) + step * 5 * 60_000),
    vital: fc.constantFrom(...vitals),
    factor: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0.001, max: 40, noNaN: true })),
    page: fc.constantFrom('/', '/a', '/a/b', '/c'),
    mobile: fc.boolean(),
  })
  .chain(({ factor, ...rest }) =>
    fc.constantFrom(0, 1).map((bound) => ({ ...rest, measured: factor * (vitalBounds[rest.vital][bound] ?? 0) })),
  )

const batches = fc.array(fc.array(sample, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 })

describe('the report and brute force over the samples agree', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'UTC'])(
    'in %s, over days, parts of days, filters and lists',
    async (timezone) => {
      await fc.assert(
        fc.asyncProperty(batches, fc.boolean(), fc.boolean(), async (parts, again, anew) => {
          const site = await service.makeSite({ timezone })
          for (const part of parts) {
            const items = part.map(sent)
            await service.sendFromServer(site, items)
            if (again) await service.sendFromServer(site, items.toReversed())
          }
          if (anew) {
            await service.assembly.sql.begin((tx) => unroll(tx, site, ['traffic']))
            service.assembly.roller.wake()
            if (again) await service.assembly.roller.idle()
          }
          const all = parts.flat()
          const check = async (query: string, fits: (one: Sample) => boolean) => {
            const answer = await service.admin<Answer<'web_vitals'>>(`/api/sites/${site}/reports/web_vitals?${query}`)
            const { data, range } = answer
            const [from, to] = [Date.parse(range.from), Date.parse(range.to)]
            const within = (start: number, end: number) =>
              all.filter((one) => fits(one) && one.at >= Math.max(start, from) && one.at < Math.min(end, to))
            for (const vital of vitals) {
              const { p75, ...expected } = score(within(from, to), vital)
              const { p75: seen, ...rest } = data.vitals[vital]
              expect(rest, `${query} ${vital}`).toEqual(expected as never)
              near(seen, p75, data.relative_error)
            }
            const bounds = [...data.points.map(({ at }) => Date.parse(at)), Math.min(to, now)]
            for (const [index, point] of data.points.entries()) {
              const inside = within(bounds[index] ?? 0, bounds[index + 1] ?? 0)
              for (const vital of vitals) near(point[vital], score(inside, vital).p75, data.relative_error)
            }
            const values = Map.groupBy(within(from, to), (one) =>
              data.by === 'device' ? (one.mobile ? 'mobile' : 'desktop') : one.page,
            )
            expect(data.total).toBe(values.size)
            expect(new Set(data.rows.map(({ value }) => value))).toEqual(new Set(values.keys()))
            for (const row of data.rows) {
              const inside = values.get(row.value) ?? []
              expect(row.samples).toBe(inside.length)
              for (const vital of vitals) {
                const { p75, rating, samples } = score(inside, vital)
                expect(row[vital], `${query} ${row.value} ${vital}`).toMatchObject({ rating, samples } as never)
                near(row[vital].p75, p75, data.relative_error)
              }
            }
            return data.relative_error
          }
          const days = 'from=2026-10-23&to=2026-10-31&limit=1000'
          await check(days, () => true)
          await check(`${days}&interval=week&by=device`, () => true)
          await check(`${days}&interval=hour&by=page&filter=page:/a*`, ({ page }) => page.startsWith('/a'))
          await check('from=2026-10-25&to=2026-10-25&by=device&filter=page:/a*', ({ page }) => page.startsWith('/a'))
          await check(`${days}&filter=page:/a`, ({ page }) => page === '/a')
          await check(`${days}&by=device&filter=!device:mobile`, ({ mobile }) => !mobile)
          await check(`${days}&by=page&filter=device:mobile&filter=page:/`, ({ mobile, page }) => mobile && page === '/')
          await check('from=2026-10-24T18:10:00Z&to=2026-10-29T05:40:00Z&interval=day', () => true)
          expect(await check('from=2026-10-25&to=2026-10-25', () => true)).toBe(0)
        }),
        { numRuns: 6 },
      )
    },
    120_000,
  )
})

describe('web_vitals', () => {
  const measure = (vital: Vital, measured: number, more: Partial<Sample> = {}) =>
    sent({ at: now - 3_600_000, vital, measured, page: '/', mobile: false, ...more })
  const ask = (site: string, query = 'range=today') => service.report(site, 'web_vitals', query)

  test('of an empty site are undefined, with no sample', async () => {
    const data = await ask(await service.makeSite())
    const nothing = { p75: null, rating: null, samples: 0, good: null, needs_improvement: null, poor: null }
    expect(data.vitals).toEqual({ LCP: nothing, INP: nothing, CLS: nothing, FCP: nothing, TTFB: nothing })
    expect(data).toMatchObject({ rows: [], total: 0, relative_error: 0 })
    expect(data.points.at(-1)).toMatchObject({ LCP: null, partial: true })
  })

  test('count a value at a bound as the better rating', async () => {
    const site = await service.makeSite()
    await service.sendFromServer(site, [2_500, 2_500.1, 4_000, 4_000.1].map((value) => measure('LCP', value)))
    const { LCP } = (await ask(site)).vitals
    expect(LCP).toEqual({
      p75: 4_000,
      rating: 'needs_improvement',
      samples: 4,
      good: 0.25,
      needs_improvement: 0.5,
      poor: 0.25,
    })
  })

  test('are measured where their own request came from, and under filters of visits in the visit that had begun', async () => {
    const site = await service.makeSite()
    const at = now - 3_600_000
    await service.sendFromServer(site, [
      serverView(1, at - 5_000, '/?utm_source=letter', { user_agent: browserAgent }),
      measure('LCP', 900),
      measure('LCP', 5_000, { mobile: true }),
    ])
    const p75 = async (filter: string) => (await ask(site, `range=today&filter=${filter}`)).vitals.LCP.p75
    expect(await p75('device:mobile')).toBe(5_000)
    expect(await p75('utm_source:letter')).toBe(900)
    expect(await p75('utm_source:')).toBe(5_000)
    expect((await ask(site, 'range=today&by=browser&sort=-LCP')).rows.map(({ value }) => value)).toEqual([
      'Chrome',
      'Safari',
    ])
  })

  test('are listed by page: sorted, searched and paged', async () => {
    const site = await service.makeSite()
    const pages = ['/a', '/b', '/c_x', '/d']
    const items = pages.flatMap((page, index) =>
      Array.from({ length: index + 1 }, () => measure('LCP', 1_000 * (4 - index), { page })),
    )
    await service.sendFromServer(site, [...items, measure('CLS', 0.3, { page: '/e' })])
    const list = async (query: string) => (await ask(site, `range=today&${query}`)).rows.map(({ value }) => value)
    expect(await list('')).toEqual(['/d', '/c_x', '/b', '/a', '/e'])
    expect(await list('sort=LCP')).toEqual(['/a', '/b', '/c_x', '/d', '/e'])
    expect(await list('sort=-LCP&limit=2&offset=1')).toEqual(['/c_x', '/b'])
    expect(await list('search=_X')).toEqual(['/c_x'])
    expect((await ask(site, 'range=today&limit=1')).total).toBe(5)
  })

  test('may be absurd and harm neither their neighbours nor the report', async () => {
    const site = await service.makeSite()
    const at = now - 5 * 86_400_000
    const values = [0, Number.MIN_VALUE, 0.1, 1e308, Number.MAX_VALUE]
    await service.sendFromServer(site, values.map((value) => measure('CLS', value, { at })))
    const { vitals, rows } = await ask(site, 'range=7d')
    expect(vitals.CLS).toMatchObject({ samples: 5, good: 0.6, poor: 0.4, rating: 'poor' })
    expect(rows.map((row) => row.samples)).toEqual([5])
  })

  test('have a tag that a pageview leaves alone, but for filters, which ask for what visits say', async () => {
    const site = await service.makeSite()
    const at = now - 3_600_000
    await service.sendFromServer(site, [measure('LCP', 900)])
    const tagOf = async (query: string) =>
      (await createClient(service, 'admin').get(`/api/sites/${site}/reports/web_vitals?${query}`)).headers.get('etag')
    const filtered = 'filter=utm_source:letter'
    const before = [await tagOf(''), await tagOf(filtered)]
    expect((await ask(site, filtered)).vitals.LCP.samples).toBe(0)
    await service.sendFromServer(site, [
      serverView(1, at - 5_000, '/?utm_source=letter', { user_agent: browserAgent }),
    ])
    expect(await tagOf('')).toBe(before[0] ?? '')
    expect(await tagOf(filtered)).not.toBe(before[1] ?? '')
    expect((await ask(site, filtered)).vitals.LCP.samples).toBe(1)
    await service.sendFromServer(site, [measure('LCP', 800)])
    expect(await tagOf('')).not.toBe(before[0] ?? '')
  })

  test('compare with the days before', async () => {
    const site = await service.makeSite()
    await service.sendFromServer(site, [measure('INP', 100), measure('INP', 400, { at: now - 86_400_000 })])
    const path = `/api/sites/${site}/reports/web_vitals?range=today&compare=previous`
    const { data, compare } = await service.admin<Answer<'web_vitals'>>(path)
    expect([data.vitals.INP.p75, compare?.data.vitals.INP.p75]).toEqual([100, 400])
  })

  test.each([
    ['by=source', 'by'],
    ['sort=visitors', 'sort'],
    ['filter=event:e', 'filter'],
    ['filter=goal:g', 'filter'],
  ])('%s is refused and names its parameter', async (query, parameter) => {
    const path = `/api/sites/${await service.makeSite()}/reports/web_vitals?${query}`
    const response = await createClient(service, 'admin').get(path)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', parameter })
  })
})
