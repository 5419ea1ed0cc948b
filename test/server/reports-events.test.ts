import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer, EventRow } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { families, unroll } from '../../server/store/index.ts'
import { openService, serverView, type TestService } from '../support/service.ts'
import { itemsOf, sent, type ShopItem } from '../support/shop.ts'
import { type BruteVisit, bruteVisits } from '../support/visits.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)
const day = 24 * 3_600_000

let service: TestService

beforeAll(async () => {
  service = await openService({ now: () => now })
})
afterAll(() => service[Symbol.asyncDispose]())

type Fits = (item: ShopItem, first: ShopItem) => boolean

const filters: [string, Fits][] = [
  ['', () => true],
  ['', () => true],
  ['&filter=page:/a', (item) => item.page === '/a'],
  ['&filter=utm_source:letter', (_, first) => first.source === 'letter'],
  ['&filter=event:signup', (item) => item.name === 'signup'],
  ['&filter=!event:signup&filter=page:/a*', (item) => item.name !== 'signup' && item.page.startsWith('/a')],
]

const plain = fc.constantFrom<unknown>('pro', 'free', '', 7, 1.5, true, null, ['x'], { a: 1 }, undefined)
const told = fc.record({
  bot: fc.constantFrom<unknown>('guide', 'clerk', '', undefined),
  bot_id: fc.constantFrom<unknown>('guide', undefined),
  model: fc.constantFrom<unknown>('m1', 'm2', undefined),
  response_ms: fc.constantFrom<unknown>(100, '250', 301.5, 'slow', -5, undefined),
})
const assistant = [
  'assistant.chat_started',
  'assistant.message_sent',
  'assistant.response_received',
  'assistant.response_rendered',
  'assistant.citation_clicked',
  'assistant.handoff',
  'assistant.handoff_requested',
  'assistant.other',
]
const event = <T extends object>(names: string[], props: fc.Arbitrary<T>) =>
  fc.record({ type: fc.constant('event' as const), name: fc.constantFrom(...names), props })

const deed = fc.oneof(
  fc.record({
    type: fc.constantFrom('pageview' as const, 'pageview' as const, 'pageview' as const, 'engagement' as const),
    name: fc.constant(''),
    props: fc.constant({}),
  }),
  event(['signup', 'login'], fc.record({ plan: plain, team: plain })),
  event(assistant, told),
)

const part = fc
  .tuple(fc.noBias(fc.integer({ min: 0, max: 2 * 24 * 6 })), fc.noBias(fc.integer({ min: 1, max: 3 * 24 * 6 })))
  .map(([step, length]) => {
    const from = Date.UTC(2026, 9, 23, 20) + step * 10 * 60_000
    return `from=${new Date(from).toISOString()}&to=${new Date(from + length * 10 * 60_000).toISOString()}`
  })

/** An item with its visit. */
interface Deed {
  readonly item: ShopItem
  readonly visit: BruteVisit<ShopItem>
}

/** Items of a time that fit. */
function deedsOf(items: readonly ShopItem[], timeZone: string, fits: Fits, [from, to]: [number, number]): Deed[] {
  return bruteVisits(items, timeZone).flatMap((visit) =>
    visit.items
      .filter((item) => item.at >= from && item.at < to && fits(item, visit.items[0] ?? item))
      .map((item) => ({ item, visit })),
  )
}

const visitorsOf = (deeds: readonly Deed[]) => new Set(deeds.map(({ visit }) => visit.visitor)).size

/** Deeds by a text of them, the most frequent first; those without one are left out. */
function rowsOf(deeds: readonly Deed[], textOf: (item: ShopItem) => string | undefined): EventRow[] {
  const groups = [...Map.groupBy(deeds, ({ item }) => textOf(item))]
  return groups
    .flatMap(([value, own]) => (value === undefined ? [] : [{ value, count: own.length, visitors: visitorsOf(own) }]))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}

/** A property as text, where it is one value. */
function textOf({ props }: ShopItem, property: string): string | undefined {
  const value = props[property]
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value)
}

/** Start and end of each bucket of an answer. */
function boundsOf(points: readonly { at: string }[], from: number, to: number): [number, number][] {
  const starts = points.map((point) => Date.parse(point.at))
  return starts.map((start, index) => [Math.max(start, from), Math.min(starts[index + 1] ?? to, to)])
}

/** Makes a site of items that came in two parts, the later one first; its roll-ups are given up where said so. */
async function makeSite(items: readonly ShopItem[], timezone: string, anew = false): Promise<string> {
  const site = await service.makeSite({ timezone })
  const half = Math.ceil(items.length / 2)
  for (const some of [items.slice(half), items.slice(0, half)]) {
    if (some.length > 0) await service.sendFromServer(site, some.map(sent))
  }
  if (anew) await service.assembly.sql.begin((tx) => unroll(tx, site, families))
  return site
}

describe('events and brute force over the raw items agree', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu'])(
    'in %s: by name, by bucket, by property, and who made them, with any filter',
    async (timezone) => {
      await fc.assert(
        fc.asyncProperty(itemsOf(deed), part, fc.constantFrom(...filters), fc.boolean(), async (items, times, [filter, fits], anew) => {
          const site = await makeSite(items, timezone, anew)
          for (const range of ['from=2026-10-22&to=2026-10-29&interval=day', times, `${times}&interval=hour`]) {
            const ask = (more: string) =>
              service.admin<Answer<'events'>>(`/api/sites/${site}/reports/events?${range}${filter}${more}&limit=100`)
            const { data: all, range: found } = await ask('')
            const [from, to] = [Date.parse(found.from), Date.parse(found.to)]
            const deedsIn = (bounds: [number, number]) =>
              deedsOf(items, timezone, fits, bounds).filter(({ item }) => item.type === 'event')
            const deeds = deedsIn([from, to])
            const rows = rowsOf(deeds, ({ name }) => name)
            const expectedPoints = boundsOf(all.points, from, to).map((bounds) => deedsIn(bounds))
            expect(all).toEqual({
              count: deeds.length,
              points: all.points.map(({ at }, index) => ({ at, count: expectedPoints[index]?.length ?? 0 })),
              rows,
              total: rows.length,
            })

            const { data } = await ask('&name=signup&property=plan')
            const isSignup = ({ item }: Deed) => item.name === 'signup'
            const own = deeds.filter(isSignup)
            const values = rowsOf(own, (item) => textOf(item, 'plan'))
            const properties = ['plan', 'team'].flatMap((property) => {
              const count = own.filter(({ item }) => (item.props[property] ?? null) !== null).length
              return count === 0 ? [] : [{ property, count, values: rowsOf(own, (item) => textOf(item, property)).length }]
            })
            const bySource = Map.groupBy(own, ({ visit }) => visit.items[0]?.source ?? '')
            const audience = (value: string) => (own.length === 0 ? [] : [{ value, visitors: visitorsOf(own) }])
            expect(data).toEqual({
              count: own.length,
              visitors: visitorsOf(own),
              points: all.points.map(({ at }, index) => {
                const some = expectedPoints[index]?.filter(isSignup) ?? []
                return { at, count: some.length, visitors: visitorsOf(some) }
              }),
              rows: values,
              total: values.length,
              properties: properties.toSorted((a, b) => b.count - a.count),
              audience: {
                country: audience(''),
                device: audience('desktop'),
                browser: audience('Chrome'),
                source: [...bySource]
                  .map(([value, some]) => ({ value, visitors: visitorsOf(some) }))
                  .toSorted((a, b) => b.visitors - a.visitors || (a.value < b.value ? -1 : 1)),
              },
            })
          }
        }),
        { numRuns: 8 },
      )
      expect(service.errors).toEqual([])
    },
    120_000,
  )
})

/** Whether a goal of the tests is reached. */
const reaches = (item: ShopItem) => item.type === 'pageview' && item.page.startsWith('/a')

const median = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const at = (index: number) => sorted[index] ?? 0
  return sorted.length === 0 ? null : (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2
}

/** Numbers of events of chatbots. */
function chatbotNumbers(items: readonly ShopItem[], timeZone: string, deeds: readonly Deed[], [from, to]: [number, number]) {
  const named = (...names: string[]) => deeds.filter(({ item }) => names.includes(item.name.replace('assistant.', '')))
  const responses = named('response_received', 'response_rendered')
  const times = responses.map(({ item: { props } }) => Number(props['response_ms'] ?? 'none')).filter((ms) => ms >= 0)
  const first = new Map<string, number>()
  for (const { item, visit } of deeds) {
    if (item.name === 'assistant.other') continue
    first.set(visit.visitor, Math.min(item.at, first.get(visit.visitor) ?? Infinity))
  }
  const later = deedsOf(items, timeZone, reaches, [from, to])
  return {
    chats: named('chat_started').length,
    messages: named('message_sent').length,
    responses: responses.length,
    citations_clicked: named('citation_clicked').length,
    handoffs: named('handoff', 'handoff_requested').length,
    goals_assisted: later.filter(({ item, visit }) => item.at > (first.get(visit.visitor) ?? Infinity)).length,
    response_ms: median(times),
  }
}

describe('chatbots and brute force over the raw items agree', () => {
  test('in all, by bucket, by bot and model, with any filter', async () => {
    const timezone = 'Europe/Berlin'
    await fc.assert(
      fc.asyncProperty(itemsOf(deed), part, fc.constantFrom(...filters), async (items, times, [filter, fits]) => {
        const site = await makeSite(items, timezone)
        await service.assembly.sql`
          insert into goals (site_id, goal_id, name, type, pattern, pattern_like)
          values (${site}, 'a', 'A', 'page', '/a*', '/a%')`
        const asked = [[times, 'bot'], ['from=2026-10-22&to=2026-10-29', 'model']] as const
        for (const [range, by] of asked) {
          const answer = await service.admin<Answer<'ai_chatbots'>>(
            `/api/sites/${site}/reports/ai_chatbots?${range}${filter}&interval=hour&by=${by}`,
          )
          const { points, rows, total, ...data } = answer.data
          const bounds: [number, number] = [Date.parse(answer.range.from), Date.parse(answer.range.to)]
          const deeds = deedsOf(items, timezone, fits, bounds).filter(
            ({ item }) => item.name.startsWith('assistant.') && item.name !== 'assistant.other',
          )
          const numbers = (some: readonly Deed[]) => chatbotNumbers(items, timezone, some, bounds)
          expect(data).toEqual({ ...numbers(deeds), by })
          for (const [index, [from, to]] of boundsOf(points, ...bounds).entries()) {
            const { goals_assisted: _, response_ms: __, ...counts } = numbers(
              deeds.filter(({ item }) => item.at >= from && item.at < to),
            )
            expect(points[index]).toEqual({ at: points[index]?.at ?? '', ...counts })
          }
          const groups = Map.groupBy(deeds, ({ item: { props } }) =>
            String((by === 'bot' ? props['bot'] || props['bot_id'] : props['model']) ?? ''),
          )
          const expected = [...groups].map(([value, some]) => ({ value, ...numbers(some) }))
          expect(rows).toEqual(expected.toSorted((a, b) => b.chats - a.chats || (a.value < b.value ? -1 : 1)))
          expect(total).toBe(groups.size)
        }
      }),
      { numRuns: 15 },
    )
    expect(service.errors).toEqual([])
  }, 120_000)

  test('a goal is assisted after the first event of a chatbot, on the day of it', async () => {
    const site = await service.makeSite({ timezone: 'UTC' })
    await service.assembly.sql`
      insert into goals (site_id, goal_id, name, type, pattern, pattern_like) values (${site}, 'b', 'B', 'page', '/b', '/b')`
    const at = now - 2 * day
    await service.sendFromServer(site, [
      serverView(1, at - 60_000, '/b'),
      serverView(1, at, '/', { type: 'event', name: 'assistant.chat_started', props: { bot: 'guide' } }),
      serverView(1, at + 60_000, '/b'),
      serverView(1, at + 120_000, '/', { type: 'event', name: 'assistant.message_sent', props: { bot: 'clerk' } }),
      serverView(1, at + 180_000, '/b'),
      serverView(1, at + day, '/b'),
    ])
    const { goals_assisted, rows } = await service.report(site, 'ai_chatbots')
    expect(goals_assisted).toBe(2)
    expect(rows.map((row) => [row.value, row.goals_assisted])).toEqual([
      ['guide', 2],
      ['clerk', 1],
    ])
  })

  test('a share link that sees a part of the site sees assisted goals of that part', async () => {
    const site = await service.makeSite({ timezone: 'UTC' })
    await service.assembly.sql`
      insert into goals (site_id, goal_id, name, type, pattern, pattern_like) values
        (${site}, 'b', 'B', 'page', '/b', '/b'), (${site}, 'c', 'C', 'page', '/c', '/c')`
    const at = now - day
    await service.sendFromServer(site, [
      serverView(1, at, '/b', { type: 'event', name: 'assistant.chat_started' }),
      serverView(1, at + 60_000, '/b'),
      serverView(1, at + 120_000, '/c'),
      serverView(2, at + 120_000, '/b'),
    ])
    expect((await service.report(site, 'ai_chatbots')).goals_assisted).toBe(2)
    expect((await service.report(site, 'ai_chatbots', 'filter=page:/b')).goals_assisted).toBe(2)
    const { token } = await service.makeShare(site, { filters: ['page:/b'] })
    const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/ai_chatbots`)
    expect((await response.json()).data).toMatchObject({ chats: 1, goals_assisted: 1 })
  })
})

describe('events', () => {
  test('of an empty site are none', async () => {
    const site = await service.makeSite()
    expect(await service.report(site, 'events')).toMatchObject({ count: 0, rows: [], total: 0 })
    expect(await service.report(site, 'events', 'name=x')).toMatchObject({ count: 0, visitors: 0, properties: [] })
    expect(await service.report(site, 'ai_chatbots')).toMatchObject({ chats: 0, response_ms: null, rows: [], total: 0 })
  })

  test('are listed by page, search and column', async () => {
    const site = await service.makeSite()
    const names = ['alpha', 'alpha', 'beta', 'gamma', 'outbound_click']
    await service.sendFromServer(
      site,
      names.map((name, index) => serverView(index > 1 ? 9 : index, now - day + index, '/', { type: 'event', name, props: { name } })),
    )
    const values = async (query: string) => {
      const { rows, total } = await service.report(site, 'events', query)
      return [rows.map(({ value }) => value).join(' '), total]
    }
    expect(await values('')).toEqual(['alpha beta gamma outbound_click', 4])
    expect(await values('sort=-value&limit=2&offset=1')).toEqual(['beta gamma', 4])
    expect(await values('sort=visitors&limit=1')).toEqual(['alpha', 4])
    expect(await values('search=A_')).toEqual(['', 0])
    expect(await values('search=MM')).toEqual(['gamma', 1])
    expect(await values('name=alpha&property=name&search=lp')).toEqual(['alpha', 1])
  })

  test.each([
    ['events', 'property=plan', 'property'],
    ['events', `name=${'x'.repeat(121)}`, 'name'],
    ['events', 'name=a%00', 'name'],
    ['events', `name=x&property=${'x'.repeat(65)}`, 'property'],
    ['events', 'sort=revenue', 'sort'],
    ['ai_chatbots', 'by=page', 'by'],
    ['ai_chatbots', 'sort=count', 'sort'],
  ])('of %s?%s are refused', async (report, query, parameter) => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site, { reports: [report] })
    const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/${report}?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', parameter })
  })
})
