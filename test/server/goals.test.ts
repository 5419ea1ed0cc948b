/**
 * The report of goals against a plain computation over the items that were sent.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer, ReportData } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { openService, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService

beforeAll(async () => {
  service = await openService({ now: () => now })
})
afterAll(() => service[Symbol.asyncDispose]())

const item = fc.record({
  visitor: fc.integer({ min: 0, max: 4 }),
  // Around the end of Berlin's summer time, in steps that cross the gap between visits.
  at: fc.integer({ min: 0, max: 4 * 24 * 8 }).map((step) => Date.UTC(2026, 9, 23, 20) + step * 7.5 * 60_000),
  type: fc.constantFrom('pageview' as const, 'pageview' as const, 'event' as const),
  page: fc.constantFrom('/', '/a', '/a/b', '/c', `/${'long'.repeat(20)}`, `/${'long'.repeat(20)}/x`),
  name: fc.constantFrom('signup', 'sign_up', 'pay'),
  plan: fc.constantFrom('pro', 'pro-team', 7, true, null, { of: 'pro' }),
  referrer: fc.constantFrom('', 'https://www.google.com/'),
})

type Made = ReturnType<typeof item.generate>['value']

const sent = ({ visitor, at, type, page, name, plan, referrer }: Made) =>
  serverView(visitor, at, page, { type, referrer, ...(type === 'event' ? { name, props: { plan } } : {}) })

interface Aim {
  readonly body: {
    readonly name: string
    readonly type: string
    readonly pattern: string
    readonly conditions?: object[]
    readonly value?: number
  }
  readonly hit: (item: Made) => boolean
}

/** Goals as they are set, each with what reaches it as plain code. */
const aims: readonly Aim[] = [
  { body: { name: 'Section a', type: 'page', pattern: '/a*', value: 1.1 }, hit: ({ type, page }) => type === 'pageview' && page.startsWith('/a') },
  { body: { name: 'Deep', type: 'page', pattern: '*/b' }, hit: ({ type, page }) => type === 'pageview' && page === '/a/b' },
  { body: { name: 'Long', type: 'page', pattern: `/${'long'.repeat(20)}` }, hit: ({ type, page }) => type === 'pageview' && page === `/${'long'.repeat(20)}` },
  { body: { name: 'Longer', type: 'page', pattern: `/${'long'.repeat(20)}/*` }, hit: ({ type, page }) => type === 'pageview' && page.endsWith('/x') },
  { body: { name: 'Joined', type: 'event', pattern: 'sign_up', value: 0 }, hit: ({ type, name }) => type === 'event' && name === 'sign_up' },
  {
    body: { name: 'Pro', type: 'event', pattern: 'sign*', conditions: [{ property: 'plan', value: 'pro*' }], value: 20 },
    hit: ({ type, name, plan }) => type === 'event' && name !== 'pay' && String(plan).startsWith('pro'),
  },
  {
    body: { name: 'Any plan', type: 'event', pattern: '*', conditions: [{ property: 'plan', value: '*' }] },
    hit: ({ type, plan }) => type === 'event' && typeof plan !== 'object',
  },
]

const localDay = (at: number, timeZone: string) => new Date(at).toLocaleDateString('sv-SE', { timeZone })

/** Conversions and visitors of a goal in a stretch, and all visitors. */
function bruteForce(items: readonly Made[], zone: string, hit: (item: Made) => boolean, from: number, to: number) {
  const reaching = items.filter((one) => one.at >= from && one.at < to && hit(one))
  const visitors = new Set(reaching.map(({ visitor, at }) => `${visitor} ${localDay(at, zone)}`))
  return { conversions: reaching.length, visitors: visitors.size }
}

/** Whether an answer says of each goal what plain code says. */
function expectGoals(
  { data, range }: Answer<'goals'>,
  items: readonly Made[],
  zone: string,
  set: typeof aims,
): void {
  const [from, to] = [Date.parse(range.from), Date.parse(range.to)]
  const all = bruteForce(items, zone, () => true, from, to).visitors
  expect([data.visitors, data.total, data.currency]).toEqual([all, set.length, 'EUR'])
  for (const { body, hit } of set) {
    const row = data.rows.find(({ name }) => name === body.name)
    const numbers = bruteForce(items, zone, hit, from, to)
    expect(row).toMatchObject({ ...numbers, rate: all === 0 ? null : numbers.visitors / all })
    if (body.value === undefined) expect(row?.value).toBeNull()
    else expect(row?.value).toBeCloseTo(numbers.conversions * body.value, 8)
    const bounds = [...(row?.points ?? []).map((point) => Date.parse(point.at)), to]
    for (const [index, { at: _, ...point }] of (row?.points ?? []).entries()) {
      const begin = Math.max(bounds[index] ?? 0, from)
      expect(point).toEqual(bruteForce(items, zone, hit, begin, bounds[index + 1] ?? 0))
    }
  }
}

const days = 'from=2026-10-24&to=2026-10-27'

const ask = (site: string, query: string) =>
  service.admin<Answer<'goals'>>(`/api/sites/${site}/reports/goals?limit=100&${query}`)

/** Items by their keys, as one is sent once. */
const distinct = (items: readonly Made[]) => [...new Map(items.map((one) => [`${one.visitor} ${one.at}`, one])).values()]

describe('goals and brute force over the items agree', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu', 'America/New_York'])(
    'in %s, by any interval, under filters, also for goals that come later or change, while items arrive',
    async (timezone) => {
      const parts = fc.array(fc.array(item, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 4 })
      await fc.assert(
        fc.asyncProperty(parts, async (made) => {
          const batches = made.map(distinct)
          const items = batches.flat()
          const site = await service.makeSite({ timezone })
          const path = `/api/sites/${site}/goals`
          const make = (list: typeof aims) => Promise.all(list.map(({ body }) => service.admin<{ id: string }>(path, body)))
          const [first = [], ...others] = batches
          await make(aims.slice(0, 3))
          // One that means something else at first.
          const { id } = await service.admin<{ id: string }>(path, { name: 'Joined', type: 'page', pattern: '/c', value: 0 })
          await service.sendFromServer(site, first.map(sent))
          await Promise.all([
            ...others.map((batch) => service.sendFromServer(site, batch.map(sent))),
            make([...aims.slice(3, 4), ...aims.slice(5)]),
            service.admin(`${path}/${id}`, { type: 'event', pattern: 'sign_up' }, 'PATCH'),
          ])
          const all = () => true
          for (const settled of [false, true]) {
            if (settled) await service.assembly.roller.idle()
            for (const query of [days, `${days}&interval=hour`, `${days}&interval=week`, 'from=2026-10-24T07:10:00Z&to=2026-10-26T13:20:00Z']) {
              expectGoals(await ask(site, query), items, timezone, aims)
            }
          }
          const filters: [string, (item: Made) => boolean][] = [
            ['filter=page:/a*', ({ page }) => page.startsWith('/a')],
            ['filter=!page:/a*', ({ page }) => !page.startsWith('/a')],
            ['filter=goal:Joined', aims.find(({ body }) => body.name === 'Joined')?.hit ?? all],
            ['filter=event:pay', ({ type, name }) => type === 'event' && name === 'pay'],
          ]
          for (const [filter, fits] of filters) {
            const answer = await ask(site, `${days}&${filter}`)
            expectGoals(answer, items.filter(fits), timezone, aims)
            const overview = await service.report(site, 'overview', `${days}&${filter}`)
            expect(overview.conversions).toBe(answer.data.rows.reduce((sum, row) => sum + row.conversions, 0))
          }
        }),
        { numRuns: 5 },
      )
    },
    180_000,
  )
})

describe('the report of goals', () => {
  test('has nothing to say of a site without goals, and zeros of one without items', async () => {
    const site = await service.makeSite()
    expect((await ask(site, '')).data).toEqual({ rows: [], total: 0, visitors: 0, currency: 'EUR' })
    await service.admin(`/api/sites/${site}/goals`, { name: 'Home', type: 'page', pattern: '/', value: 2 })
    const [row] = (await ask(site, 'range=7d')).data.rows
    expect(row).toMatchObject({ name: 'Home', type: 'page', conversions: 0, visitors: 0, rate: null, value: 0 })
    expect(row?.points).toHaveLength(7)
    expect(row?.points.at(-1)).toEqual({ at: '2026-11-03T00:00:00.000Z', conversions: 0, visitors: 0, partial: true })
  })

  test('counts each conversion, each visitor of a day once, and money in the currency of the site', async () => {
    const site = await service.makeSite({ currency: 'JPY' })
    await service.admin(`/api/sites/${site}/goals`, { name: 'Thanks', type: 'page', pattern: '/thanks', value: 0.1 })
    await service.sendFromServer(site, [
      serverView(1, '2026-11-02T10:00:00Z', '/thanks'),
      serverView(1, '2026-11-02T12:00:00Z', '/thanks'),
      serverView(1, '2026-11-03T10:00:00Z', '/thanks'),
      serverView(2, '2026-11-03T10:00:00Z', '/'),
    ])
    const { data } = await ask(site, 'range=7d')
    expect(data.currency).toBe('JPY')
    expect(data.rows[0]).toMatchObject({ conversions: 3, visitors: 2, rate: 2 / 3, value: 0.3 })
  })

  test('is paged, searched and sorted', async () => {
    const site = await service.makeSite()
    const goal = (name: string, pattern: string, value?: number) =>
      service.admin(`/api/sites/${site}/goals`, { name, type: 'page', pattern, value })
    await goal('Blue', '/blue', 1)
    await goal('Red', '/red')
    await goal('Green', '/green', 5)
    await service.sendFromServer(site, [
      serverView(1, '2026-11-02T10:00:00Z', '/blue'),
      serverView(2, '2026-11-02T10:00:00Z', '/blue'),
      serverView(3, '2026-11-02T10:00:00Z', '/red'),
      serverView(3, '2026-11-02T10:01:00Z', '/green'),
    ])
    const names = async (query: string) => {
      const { rows, total }: ReportData['goals'] = await service.report(site, 'goals', query)
      return [...rows.map(({ name }) => name), total]
    }
    expect(await names('')).toEqual(['Blue', 'Green', 'Red', 3])
    expect(await names('sort=-conversions')).toEqual(['Green', 'Red', 'Blue', 3])
    expect(await names('sort=value')).toEqual(['Green', 'Blue', 'Red', 3])
    expect(await names('sort=-value')).toEqual(['Blue', 'Green', 'Red', 3])
    expect(await names('sort=name')).toEqual(['Red', 'Green', 'Blue', 3])
    expect(await names('limit=1&offset=1')).toEqual(['Green', 3])
    expect(await names('search=RE')).toEqual(['Green', 'Red', 2])
  })

  test('refuses what it cannot sort by, and series that are too long', async () => {
    const site = await service.makeSite()
    for (const name of 'abcdefghijkl') {
      await service.admin(`/api/sites/${site}/goals`, { name, type: 'page', pattern: `/${name}` })
    }
    const refused = async (query: string) => {
      const response = await createClient(service, 'admin').get(`/api/sites/${site}/reports/goals?${query}`)
      return [response.status, (await response.json()).parameter]
    }
    expect(await refused('sort=bounce_rate')).toEqual([400, 'sort'])
    expect(await refused('from=2026-11-01T00:00:00Z&to=2026-11-07T22:00:00Z&interval=minute&limit=12')).toEqual([400, 'interval'])
    expect(await refused('from=2026-11-01T00:00:00Z&to=2026-11-07T22:00:00Z&interval=minute')).toEqual([200, undefined])
  })

  test('compares with the time before', async () => {
    const site = await service.makeSite()
    await service.admin(`/api/sites/${site}/goals`, { name: 'Home', type: 'page', pattern: '/' })
    await service.sendFromServer(site, [serverView(1, '2026-11-01T10:00:00Z'), serverView(1, '2026-11-02T10:00:00Z')])
    const { compare } = await ask(site, 'range=yesterday&compare=previous')
    expect(compare?.data.rows[0]).toMatchObject({ conversions: 1, visitors: 1, rate: 1 })
  })
})
