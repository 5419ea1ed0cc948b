/** Funnels as the engine counts them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ReportData } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { type Counting, openCounting } from '../support/counting.ts'
import { instants, madeItems, makeSiteOf } from '../support/made-items.ts'
import { openService, serverView, type TestService } from '../support/service.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)

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

const steps = [
  { type: 'page', pattern: '/' },
  { type: 'page', pattern: '/a*' },
  { type: 'page', pattern: '*' },
  { type: 'page', pattern: '*/b' },
  { type: 'event', pattern: 'signup', conditions: [{ property: 'plan', value: 'p*' }] },
  { type: 'event', pattern: 'pay', conditions: [{ property: 'n', value: '1.5' }] },
  { goal: 'Paid' },
]

const makeFunnel = (site: string, name: string, funnel: readonly object[]) =>
  service.admin<{ id: string }>(`/api/sites/${site}/funnels`, { name, steps: funnel })

const filters = ['page:/a*', '!page:/c', 'hostname:shop.example', '!event:pay', 'event:*', 'goal:Paid', 'source:Google', '!ai_source:ChatGPT', 'country:DE', 'entry_page:/a*', 'exit_page:/', 'device:mobile']
const queries = [
  'from=2026-10-24&to=2026-10-26',
  'from=2026-10-24&to=2026-10-26&interval=hour&search=f',
  'from=2026-10-01&to=2026-10-31&interval=week&limit=1&offset=1',
  'from=2026-10-24T22:10:00Z&to=2026-10-25T15:20:00Z',
  'range=all&interval=month',
]

/** Medians to the nanosecond: the mean of two is rounded in seconds by one, in microseconds by the other. */
function rounded({ rows, total }: ReportData['funnels']): ReportData['funnels'] {
  const nano = (seconds: number | null) => (seconds === null ? null : Math.round(seconds * 1e9) / 1e9)
  return { total, rows: rows.map((row) => ({ ...row, steps: row.steps.map((step) => ({ ...step, median_seconds: nano(step.median_seconds) })) })) }
}

describe('funnels by the engine', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'])('are those of the tables, in %s', async (timezone) => {
    let completions = 0
    let hidden = 0
    const made = madeItems({ at: instants(Date.UTC(2026, 9, 24, 20), 60, 25), ties: true, maxLength: 60 })
    const chosen = fc.array(fc.constantFrom(...steps), { minLength: 2, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(made, chosen, fc.subarray(filters, { maxLength: 2 }), fc.subarray(filters, { maxLength: 2 }), async (items, funnel, asked, locked) => {
        const site = await makeSiteOf(service, timezone, items)
        await service.admin(`/api/sites/${site}/goals`, { name: 'Paid', type: 'event', pattern: 'pay' })
        await makeFunnel(site, 'F', funnel)
        await makeFunnel(site, 'Go', steps.slice(0, 2))
        await makeFunnel(site, 'Never', [...steps.slice(0, 1), { type: 'page', pattern: '/never' }])
        for (const query of queries) {
          for (const [own, link] of [[[], []], [asked, []], [[], locked], [asked, locked]] as const) {
            const question = [query, ...own.map((filter) => `filter=${filter}`)].join('&')
            const [byEngine, byTables] = [await counting.byEngine(site, 'funnels', question, link), await counting.byTables(site, 'funnels', question, link)]
            expect([question, link, rounded(byEngine)]).toEqual([question, link, rounded(byTables)])
            completions += byEngine.rows.reduce((sum, row) => sum + row.completions, 0)
            if (link.length > 0 && byEngine.total < 2) hidden++
          }
        }
      }),
      { numRuns: 12, endOnFailure: true, seed },
    )
    expect([completions > 0, hidden > 0]).toEqual([true, true])
  }, 180_000)

  test('take what happened in one instant in the order in which it arrived, in one commit and in several', async () => {
    const site = await service.makeSite()
    await makeFunnel(site, 'Buy', [{ type: 'page', pattern: '/cart' }, { type: 'page', pattern: '/checkout' }])
    const at = Date.UTC(2026, 10, 2, 13, 55, 36)
    // Ids that would order them the other way.
    const view = (visitor: number, path: string, id: string) => serverView(visitor, at, path, { id: `${id}0000000-0000-4000-8000-000000000000` })
    await service.sendFromServer(site, [view(1, '/cart', '9'), view(1, '/checkout', '8'), view(2, '/checkout', '7'), view(2, '/cart', '6')])
    await service.sendFromServer(site, [view(3, '/cart', '5')])
    await service.sendFromServer(site, [view(3, '/checkout', '4'), view(4, '/checkout', '3')])
    await service.sendFromServer(site, [view(4, '/cart', '2'), view(5, '/cart', 'b')])
    await service.sendFromServer(site, [view(5, '/checkout', 'a')])
    const { rows } = await counting.byEngine(site, 'funnels', 'from=2026-11-01&to=2026-11-03')
    expect(rows[0]?.steps.map(({ visitors, median_seconds }) => [visitors, median_seconds])).toEqual([[5, null], [3, 0]])
    expect({ rows, total: 1 }).toEqual(await counting.byTables(site, 'funnels', 'from=2026-11-01&to=2026-11-03'))
  })

  test('are shown by a link where it shows something of each step, whatever else is asked', async () => {
    const site = await service.makeSite()
    await makeFunnel(site, 'Go', [{ type: 'page', pattern: '/' }, { type: 'page', pattern: '/a' }])
    await service.sendFromServer(site, [serverView(1, now - 90_000, '/'), serverView(2, now - 60_000, '/a'), serverView(2, now - 60_000, '/b')])
    for (const [link, filter, total] of [[['!page:/b'], 'page:/b', 1], [['!page:/b'], '!page:/', 1], [['page:/a'], 'page:/a', 0], [['source:x'], '', 0]] as const) {
      const query = `range=today${filter === '' ? '' : `&filter=${filter}`}`
      const found = await counting.byEngine(site, 'funnels', query, link)
      expect([link, filter, found.total]).toEqual([link, filter, total])
      expect(found).toEqual(await counting.byTables(site, 'funnels', query, link))
    }
  })

  test('may have twenty steps, and the median is to the microsecond', async () => {
    const site = await service.makeSite()
    await makeFunnel(site, 'Long', Array.from({ length: 20 }, (_, index) => ({ type: 'page', pattern: `/${index}` })))
    const views = Array.from({ length: 20 }, (_, index) => [
      serverView(1, Date.UTC(2026, 10, 2, 10, index), `/${index}`),
      serverView(2, Date.UTC(2026, 10, 2, 10, index, 0, index), `/${index}`),
    ])
    await service.sendFromServer(site, views.flat())
    const { rows } = await counting.byEngine(site, 'funnels', 'from=2026-11-01&to=2026-11-03')
    expect(rows[0]?.steps.map(({ visitors, median_seconds }) => [visitors, median_seconds])).toEqual(
      Array.from({ length: 20 }, (_, index) => [2, index === 0 ? null : 60.0005]),
    )
  })

  test('are one where one is asked for, none where there is none, and refused where it does not exist', async () => {
    const site = await service.makeSite()
    expect(await counting.byEngine(site, 'funnels', '', ['page:/a'])).toEqual({ rows: [], total: 0 })
    const { id } = await makeFunnel(site, 'One', steps.slice(0, 2))
    await makeFunnel(site, 'Two', steps.slice(0, 2))
    const query = `funnel=${id}&range=today&interval=day`
    const found = await counting.byEngine(site, 'funnels', query)
    expect(found).toEqual(await counting.byTables(site, 'funnels', query))
    expect(found).toMatchObject({ total: 1, rows: [{ name: 'One', entries: 0, rate: null }] })
    expect(await counting.byEngine(site, 'funnels', query.replace(id, 'none')).catch((error) => error.parameter)).toBe('funnel')
  })
})
