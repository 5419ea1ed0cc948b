/**
 * The report of funnels against a plain computation over the items that were sent.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer, FunnelRow } from '@hk-live/sdk/protocol'
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
  id: fc.uuid({ version: 4 }),
  visitor: fc.integer({ min: 0, max: 2 }),
  // Two evenings and mornings around the end of Berlin's summer time; many items of one time.
  at: fc.integer({ min: 0, max: 60 }).map((step) => Date.UTC(2026, 9, 24, 20) + step * 25 * 60_000),
  type: fc.constantFrom('pageview' as const, 'pageview' as const, 'pageview' as const, 'event' as const),
  page: fc.constantFrom('/', '/a', '/a/b', '/c'),
  name: fc.constantFrom('signup', 'pay'),
  plan: fc.constantFrom('pro', 'free'),
  referrer: fc.constantFrom('', 'https://www.google.com/'),
})

type Made = ReturnType<typeof item.generate>['value']

const sent = ({ id, visitor, at, type, page, name, plan, referrer }: Made) =>
  serverView(visitor, at, page, { id, type, referrer, ...(type === 'event' ? { name, props: { plan } } : {}) })

interface Step {
  readonly body: object
  readonly hit: (item: Made) => boolean
}

const page = (pattern: string, fits: (path: string) => boolean): Step => ({
  body: { type: 'page', pattern },
  hit: (one) => one.type === 'pageview' && fits(one.page),
})

const steps: readonly Step[] = [
  page('/', (path) => path === '/'),
  page('/a*', (path) => path.startsWith('/a')),
  page('*', () => true),
  page('*/b', (path) => path === '/a/b'),
  {
    body: { type: 'event', pattern: 'signup', conditions: [{ property: 'plan', value: 'pro' }] },
    hit: ({ type, name, plan }) => type === 'event' && name === 'signup' && plan === 'pro',
  },
  { body: { goal: 'Paid' }, hit: ({ type, name }) => type === 'event' && name === 'pay' },
]

const localDay = (at: number, timeZone: string) => new Date(at).toLocaleDateString('sv-SE', { timeZone })

/** When each visitor-day did each step: the earliest item after that of the step before, in the order that items have. */
function timesOf(items: readonly Made[], zone: string, funnel: readonly Step[]): number[][] {
  const days = Map.groupBy(items, ({ visitor, at }) => `${visitor} ${localDay(at, zone)}`)
  return [...days.values()].map((own) => {
    const times: number[] = []
    let next = 0
    for (const { hit } of funnel) {
      const found = own.findIndex((one, index) => index >= next && hit(one))
      if (found === -1) break
      times.push(own[found]?.at ?? 0)
      next = found + 1
    }
    return times
  })
}

function medianOf(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? 0
  if (sorted.length === 0) return null
  return (at(Math.floor((sorted.length - 1) / 2)) + at(Math.ceil((sorted.length - 1) / 2))) / 2
}

/** Whether a row says of a funnel what plain code says. */
function expectFunnel(row: FunnelRow, { from, to }: Answer['range'], items: readonly Made[], zone: string, funnel: readonly Step[]) {
  const [begin, end] = [Date.parse(from), Date.parse(to)]
  const times = timesOf(
    items.filter(({ at }) => at >= begin && at < end),
    zone,
    funnel,
  )
  const counts = funnel.map((_, index) => times.filter((own) => own.length > index).length)
  const [entries = 0, completions = 0] = [counts[0], counts.at(-1)]
  expect(row).toMatchObject({ entries, completions, rate: entries === 0 ? null : completions / entries })
  for (const [index, visitors] of counts.entries()) {
    const before = counts[Math.max(0, index - 1)] ?? 0
    const seconds = times.flatMap((own) => {
      const [earlier, time] = [own[index - 1], own[index]]
      return earlier === undefined || time === undefined ? [] : [(time - earlier) / 1_000]
    })
    expect(row.steps[index]).toMatchObject({
      visitors,
      drop_off: before - visitors,
      step_rate: before === 0 ? null : visitors / before,
      total_rate: entries === 0 ? null : visitors / entries,
      median_seconds: medianOf(seconds),
    })
  }
  const starts = [...row.points.map(({ at }) => Date.parse(at)), end]
  for (const [index, { at: _, ...point }] of row.points.entries()) {
    const within = (at: number | undefined) =>
      at !== undefined && at >= (starts[index] ?? 0) && at < (starts[index + 1] ?? 0)
    expect(point).toEqual({
      entries: times.filter((own) => within(own[0])).length,
      completions: times.filter((own) => within(own[funnel.length - 1])).length,
    })
  }
}

const ask = (site: string, query: string) =>
  service.admin<Answer<'funnels'>>(`/api/sites/${site}/reports/funnels?${query}`)

const makeFunnel = (site: string, name: string, funnel: readonly object[]) =>
  service.admin<{ id: string }>(`/api/sites/${site}/funnels`, { name, steps: funnel })

const makeGoal = (site: string, goal: object) => service.admin<{ id: string }>(`/api/sites/${site}/goals`, goal)

describe('funnels and brute force over the items agree', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'])(
    'in %s, by any interval, in parts of days, under filters, while items arrive in any order',
    async (timezone) => {
      const batches = fc.array(fc.array(item, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 3 })
      const funnel = fc.array(fc.constantFrom(...steps), { minLength: 2, maxLength: 5 })
      await fc.assert(
        fc.asyncProperty(batches, funnel, fc.constantFrom(...steps), async (made, chosen, other) => {
          const site = await service.makeSite({ timezone })
          await makeGoal(site, { name: 'Paid', type: 'event', pattern: 'pay' })
          const { id } = await makeFunnel(site, 'F', [other.body, other.body])
          await makeFunnel(site, 'G', steps.map(({ body }) => body))
          await Promise.all([
            ...made.map((batch) => service.sendFromServer(site, batch.map(sent))),
            service.admin(`/api/sites/${site}/funnels/${id}`, { steps: chosen.map(({ body }) => body) }, 'PATCH'),
          ])
          const stored = await service.assembly.sql<{ id: string }[]>`
            select id::text as id from items where site_id = ${site} order by at, received_at, id`
          const places = new Map(stored.map((row, index) => [row.id, index]))
          const items = made.flat().toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0))
          const check = async (query: string, fits: (item: Made) => boolean = () => true) => {
            const { data, range } = await ask(site, query)
            const own = items.filter(fits)
            const [first, second] = data.rows
            expect([first?.name, second?.name, data.total]).toEqual(['F', 'G', 2])
            if (first !== undefined) expectFunnel(first, range, own, timezone, chosen)
            if (second !== undefined) expectFunnel(second, range, own, timezone, steps)
          }
          const days = 'from=2026-10-24&to=2026-10-26'
          await check(days)
          await check(`${days}&interval=hour`)
          await check(`${days}&interval=week`)
          await check('from=2026-10-24T22:10:00Z&to=2026-10-25T15:20:00Z')
          await check(`${days}&filter=page:/a*`, ({ page: path }) => path.startsWith('/a'))
          await check(`${days}&filter=!event:pay`, ({ type, name }) => type !== 'event' || name !== 'pay')
        }),
        { numRuns: 10 },
      )
    },
    180_000,
  )
})

/** Steps over the pages that are named. */
const pages = (...patterns: string[]) => patterns.map((pattern) => ({ type: 'page', pattern }))
const at = (time: string) => `2026-11-02T${time}Z`

async function stepsOf(site: string, query = 'from=2026-11-01&to=2026-11-03') {
  const { rows } = await service.report(site, 'funnels', query)
  return rows[0]?.steps.map(({ visitors, median_seconds }) => [visitors, median_seconds])
}

describe('a step of a funnel', () => {
  test('counts only after the one before, and the earliest that does decides', async () => {
    const site = await service.makeSite()
    await makeFunnel(site, 'Buy', pages('/cart', '/pay', '/thanks'))
    await service.sendFromServer(site, [
      // Pays before the cart: only what comes after it counts.
      serverView(1, at('10:00:00'), '/pay'),
      serverView(1, at('10:01:00'), '/cart'),
      serverView(1, at('10:03:00'), '/cart'),
      serverView(1, at('10:04:00'), '/pay'),
      serverView(1, at('10:09:00'), '/pay'),
      serverView(1, at('10:10:00'), '/thanks'),
      // Skips a step.
      serverView(2, at('10:00:00'), '/cart'),
      serverView(2, at('10:01:00'), '/thanks'),
    ])
    expect(await stepsOf(site)).toEqual([[2, null], [1, 180], [1, 360]])
  })

  test('is another item than the one before, also of the same instant', async () => {
    const site = await service.makeSite()
    await makeFunnel(site, 'Twice', pages('/a*', '/a'))
    await service.sendFromServer(site, [
      serverView(1, at('10:00:00'), '/a'),
      serverView(2, at('10:00:00'), '/a'),
      serverView(2, at('10:00:00'), '/a'),
      serverView(3, at('10:00:00'), '/a'),
      serverView(3, at('10:00:00.001'), '/a'),
    ])
    expect(await stepsOf(site)).toEqual([[3, null], [2, 0.0005]])
  })

  test('of one instant is in the order in which items arrived, as in a log of whole seconds', async () => {
    const site = await service.makeSite()
    await makeFunnel(site, 'Buy', pages('/cart', '/checkout'))
    const requests = [[1, '/cart'], [1, '/checkout'], [2, '/checkout'], [2, '/cart'], [3, '/checkout'], [3, '/cart'], [3, '/checkout']] as const
    await service.sendFromServer(site, requests.map(([visitor, path]) => serverView(visitor, at('13:55:36'), path)))
    expect(await stepsOf(site)).toEqual([[3, null], [2, 0]])
    // In requests of their own, too.
    await service.sendFromServer(site, [serverView(4, at('13:55:36'), '/cart')])
    await service.sendFromServer(site, [serverView(4, at('13:55:36'), '/checkout')])
    expect(await stepsOf(site)).toEqual([[4, null], [3, 0]])
  })

  test('belongs to the day of its visitor: nobody is followed over midnight', async () => {
    const site = await service.makeSite({ timezone: 'Asia/Kathmandu' })
    await makeFunnel(site, 'Night', pages('/a', '/b'))
    await service.sendFromServer(site, [
      serverView(1, '2026-11-02T18:10:00Z', '/a'),
      serverView(1, '2026-11-02T18:20:00Z', '/b'),
      serverView(2, '2026-11-02T18:14:00Z', '/a'),
      serverView(2, '2026-11-02T18:15:00Z', '/b'),
      serverView(3, '2026-11-02T18:13:00Z', '/a'),
      serverView(3, '2026-11-02T18:14:00Z', '/b'),
    ])
    expect(await stepsOf(site)).toEqual([[3, null], [1, 60]])
  })

  test('may come late', async () => {
    const site = await service.makeSite()
    await makeFunnel(site, 'Late', pages('/a', '/b'))
    await service.sendFromServer(site, [serverView(1, at('10:05:00'), '/b')])
    expect(await stepsOf(site)).toEqual([[0, null], [0, null]])
    await service.sendFromServer(site, [serverView(1, at('10:00:00'), '/a')])
    expect(await stepsOf(site)).toEqual([[1, null], [1, 300]])
  })

  test('that is a goal follows the goal, by its name and by what reaches it', async () => {
    const site = await service.makeSite()
    const { id } = await makeGoal(site, { name: 'Paid', type: 'page', pattern: '/pay' })
    await makeFunnel(site, 'Buy', [...pages('/cart'), { goal: 'Paid' }])
    await service.sendFromServer(site, [
      serverView(1, at('10:00:00'), '/cart'),
      serverView(1, at('10:01:00'), '/pay'),
      serverView(1, at('10:02:00'), '/thanks'),
    ])
    expect(await stepsOf(site)).toEqual([[1, null], [1, 60]])
    await service.admin(`/api/sites/${site}/goals/${id}`, { name: 'Thanked', pattern: '/thanks' }, 'PATCH')
    expect(await stepsOf(site)).toEqual([[1, null], [1, 120]])
    const { rows } = await service.report(site, 'funnels')
    expect(rows[0]?.steps.map(({ name }) => name)).toEqual(['/cart', 'Thanked'])
  })

  test('is one of at most twenty', async () => {
    const site = await service.makeSite()
    await makeFunnel(site, 'Long', pages(...Array.from({ length: 20 }, (_, index) => `/${index}`)))
    await service.sendFromServer(
      site,
      Array.from({ length: 20 }, (_, index) => serverView(1, Date.UTC(2026, 10, 2, 10, index), `/${index}`)),
    )
    expect(await stepsOf(site)).toEqual(Array.from({ length: 20 }, (_, index) => [1, index === 0 ? null : 60]))
  })
})

describe('the report of funnels', () => {
  test('is empty without funnels, and says nothing of rates where nobody entered', async () => {
    const site = await service.makeSite()
    expect((await ask(site, '')).data).toEqual({ rows: [], total: 0 })
    const { id } = await makeFunnel(site, 'Buy', pages('/cart', '/pay'))
    const nobody = { visitors: 0, drop_off: 0, step_rate: null, total_rate: null, median_seconds: null }
    const point = { entries: 0, completions: 0 }
    expect((await ask(site, 'range=today&interval=day')).data.rows).toEqual([
      {
        id,
        name: 'Buy',
        entries: 0,
        completions: 0,
        rate: null,
        steps: [{ name: '/cart', ...nobody }, { name: '/pay', ...nobody }],
        points: [{ at: '2026-11-03T00:00:00.000Z', ...point, partial: true }],
      },
    ])
  })

  test('is of one funnel, or of all, paged and searched by name', async () => {
    const site = await service.makeSite()
    const { id } = await makeFunnel(site, 'Buy', pages('/cart', '/pay'))
    await makeFunnel(site, 'Join', pages('/join', '/welcome'))
    await makeFunnel(site, 'Ask', pages('/help', '/asked'))
    const names = async (query: string) => {
      const { rows, total } = await service.report(site, 'funnels', query)
      return [...rows.map(({ name }) => name), total]
    }
    expect(await names('')).toEqual(['Ask', 'Buy', 'Join', 3])
    expect(await names('limit=1&offset=1')).toEqual(['Buy', 3])
    expect(await names('search=J')).toEqual(['Join', 1])
    expect(await names(`funnel=${id}`)).toEqual(['Buy', 1])
    const other = await service.makeSite()
    for (const query of [`funnel=${id}`, 'funnel=none']) {
      const response = await createClient(service, 'admin').get(`/api/sites/${other}/reports/funnels?${query}`)
      expect([response.status, (await response.json()).parameter]).toEqual([400, 'funnel'])
    }
  })

  test('is another answer once a funnel, or a goal in it, is another', async () => {
    const site = await service.makeSite()
    const tag = async () =>
      (await createClient(service, 'admin').get(`/api/sites/${site}/reports/funnels`)).headers.get('etag')
    const seen = [await tag()]
    const { id: goal } = await makeGoal(site, { name: 'Paid', type: 'page', pattern: '/pay' })
    seen.push(await tag())
    const { id } = await makeFunnel(site, 'Buy', [...pages('/cart'), { goal: 'Paid' }])
    seen.push(await tag())
    await service.admin(`/api/sites/${site}/goals/${goal}`, { pattern: '/paid' }, 'PATCH')
    seen.push(await tag())
    await service.admin(`/api/sites/${site}/funnels/${id}`, undefined, 'DELETE')
    seen.push(await tag())
    expect(new Set(seen).size).toBe(seen.length)
  })
})
