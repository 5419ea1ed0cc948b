/** Events, their properties and those of chatbots as the engine counts them, beside what is counted from the tables. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ReportName } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { type Counting, openCounting } from '../support/counting.ts'
import { openService, serverView, type TestService } from '../support/service.ts'
import { itemsOf, sent } from '../support/shop.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)

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

/** Asserts that the engine answers a question as the tables do. */
async function expectSame(site: string, report: ReportName, query: string, locked: readonly string[] = []): Promise<void> {
  const answer = async (data: Promise<unknown>) => ({ report, query, locked, data: await data })
  const expected = await answer(counting.byTables(site, report, query, locked))
  expect(await answer(counting.byEngine(site, report, query, locked))).toEqual(expected)
}

const eventNames = ['signup', 'a/b', '~0', '$.x', 'it"s', "o'clock", 'ünï 👍', '*star*', 'a\\b', '100%', 'null', 'purchase'] as const
const keys = ['plan', 'plan/a', '/', '~', '~1', '$', '$.plan', 'a.b', 'a"b', "it's", 'ünï 👍', '0', '*', '[0]', 'a\\b', 'Plan', 'null'] as const
const value = fc.oneof(
  fc.constantFrom<unknown>('pro', '', 'a "b" \\', 'ünï 👍', '\n', '7', 'true', 'null', '1e-7', '{}', '[', 'a'.repeat(300)),
  fc.constantFrom<unknown>(7, 0, -1, 1.5, 1e-7, -1.234e-9, 1.5e-6, 5e-324, 1e21, -1.5e300, 2 ** 53, 1e16 + 2, 12_345_678_901_234_567_000, 0.1 + 0.2),
  fc.constantFrom<unknown>(true, false, null, [], ['x', 1], {}, { a: 1, b: [null] }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
)
const some = fc.uniqueArray(fc.tuple(fc.constantFrom<string>(...keys), value), { selector: ([key]) => key, maxLength: 6 })
const props = some.map((entries) => Object.fromEntries(entries))

const text = fc.constantFrom<unknown>('guide', 'clerk', '', 7, true, null, undefined)
const told = fc.record({
  bot: text,
  bot_id: text,
  provider: text,
  model: text,
  surface: text,
  response_ms: fc.oneof(
    fc.constantFrom<unknown>(100, '250', ' 7.5 ', 301.000_049, 'slow', -5, '-5', '-0', -0.000_01, 1e12, null, undefined, [], true),
    fc.double({ min: 0, max: 10_000, noNaN: true }),
  ),
})
const assistant = [
  'chat_started', 'message_sent', 'response_received', 'response_received', 'response_rendered', 'citation_clicked', 'handoff', 'handoff_requested', 'other',
].map((name) => `assistant.${name}`)
const event = <T extends object>(names: readonly string[], of: fc.Arbitrary<T>) =>
  fc.record({ type: fc.constant('event' as const), name: fc.constantFrom(...names), props: of })
const deed = fc.oneof(
  fc.record({ type: fc.constantFrom('pageview' as const, 'pageview' as const, 'engagement' as const), name: fc.constant(''), props: fc.constant({}) }),
  { weight: 2, arbitrary: event(eventNames, props) },
  event(['signup'], props),
  event(assistant, told),
)

const filter = fc.constantFrom(
  'page:/a', '!page:/a*', 'utm_source:letter', '!source:letter', 'event:signup', '!event:a/b', 'event:\\*star\\*', 'event:*', 'event:assistant.*',
  'goal:Small', 'goal:*', '!goal:A page', 'entry_page:/', 'exit_page:/a*', 'browser:Chrome', 'hostname:shop.example',
)
const ranges = fc.constantFrom(
  'from=2026-10-22&to=2026-10-29&interval=day', 'from=2026-10-24&to=2026-10-25&interval=hour', 'range=12m', 'range=all',
  'from=2026-10-24T07:15:00Z&to=2026-10-25T03:40:00Z&interval=hour', 'range=7d', 'from=2026-10-25T00:30:00Z&to=2026-10-25T01:40:00Z&interval=minute',
)
const page = fc.constantFrom('', 'limit=100', 'limit=2&offset=1', 'offset=40')
const pick = <T extends string>(name: string, values: readonly T[]) => fc.constantFrom(...values.map((one) => new URLSearchParams({ [name]: one }).toString()))
const search = fc.oneof({ weight: 3, arbitrary: fc.constant('') }, pick('search', ['a', 'P', '_', '%', '\\', '"', '1', 'ün']))
const rowsOf = (sorts: readonly string[]) => fc.tuple(fc.oneof(fc.constant(''), pick('sort', sorts)), search, page)
const byCount = rowsOf(['count', '-count', 'visitors', 'value', '-value'])
const question = fc.oneof(
  fc.tuple(fc.constant('events' as const), byCount),
  fc.tuple(fc.constant('events' as const), fc.tuple(pick('name', eventNames))),
  fc.tuple(fc.constant('events' as const), fc.tuple(fc.constant('name=signup'), pick('property', keys), byCount)),
  fc.tuple(fc.constant('ai_chatbots' as const), fc.tuple(pick('by', ['bot', 'provider', 'model', 'surface']), rowsOf(['chats', '-messages', 'response_ms', '-response_ms', 'goals_assisted', 'value']))),
  fc.tuple(fc.constantFrom('goals' as const, 'overview' as const), fc.constant([])),
)

const goals = [
  { name: 'Small', type: 'event', pattern: '*', conditions: [{ property: 'plan', value: '0.0000001' }] },
  { name: 'Large', type: 'event', pattern: '*', conditions: [{ property: '~1', value: '1*00000000000000' }] },
  { name: 'Not small', type: 'event', pattern: 'signup', conditions: [{ property: '$', value: '*e*' }] },
  { name: 'Both', type: 'event', pattern: 'sign*', conditions: [{ property: 'a"b', value: 'true' }, { property: '/', value: '*' }] },
  { name: 'A page', type: 'page', pattern: '/a*' },
]

describe('the engine counts as the tables do', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu', 'America/Los_Angeles'])('in %s: any events, whatever is asked', async (timezone) => {
    const asked = fc.record({
      question,
      range: ranges,
      filters: fc.array(filter, { maxLength: 2 }),
      locked: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(filter, { maxLength: 2 })),
    })
    await fc.assert(
      fc.asyncProperty(itemsOf(deed), fc.boolean(), fc.array(asked, { minLength: 8, maxLength: 8 }), async (items, compacted, questions) => {
        const site = await service.makeSite({ timezone })
        for (const goal of goals) await service.admin(`/api/sites/${site}/goals`, goal)
        expect((await service.sendFromServer(site, items.map(sent))).rejected).toEqual([])
        if (compacted) await counting.compact(site)
        for (const { question: [report, parameters], range, filters, locked } of questions) {
          const own = new URLSearchParams(filters.map((one) => ['filter', one])).toString()
          await expectSame(site, report, [range, own, ...parameters.flat(2)].filter((part) => part !== '').join('&'), locked)
        }
      }),
      { numRuns: 12 },
    )
    expect(service.errors).toEqual([])
  }, 300_000)

  test('nothing of an empty site', async () => {
    const site = await service.makeSite()
    for (const query of ['', '&name=x', '&name=x&property=y']) await expectSame(site, 'events', `range=30d${query}`)
    await expectSame(site, 'ai_chatbots', 'range=30d')
  })

  test('and refuses what they refuse', async () => {
    const site = await service.makeSite()
    const refused = async (report: 'events' | 'ai_chatbots', query: string) =>
      counting.byEngine(site, report, query).then(() => undefined, ({ code, parameter }) => `${code} ${parameter}`)
    expect(await refused('events', 'property=plan')).toBe('bad_request property')
    expect(await refused('events', 'sort=revenue')).toBe('bad_request sort')
    expect(await refused('ai_chatbots', 'by=page')).toBe('bad_request by')
    expect(await refused('ai_chatbots', 'sort=count')).toBe('bad_request sort')
  })
})

describe('events by the engine', () => {
  const made = (visitor: number, minutesAgo: number, name: string, own: object = {}, path = '/') =>
    serverView(visitor, now - minutesAgo * 60_000, path, { type: 'event', name, props: own })

  test('have the hundred most frequent properties, and the ten most frequent values of an audience', async () => {
    const site = await service.makeSite()
    const keysOf = (from: number, count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${from + n}`, n]))
    const events = Array.from({ length: 12 }, (_, n) => [
      made(n, 60, 'signup', keysOf(n * 10, 10), `/?utm_source=s${n}`),
      made(n + 12, 60, 'signup', keysOf(n * 10, 5), `/?utm_source=s${n === 3 ? 3 : n + 12}`),
    ])
    await service.sendFromServer(site, events.flat())
    const { properties, audience } = await counting.byEngine(site, 'events', 'range=30d&name=signup')
    expect(properties).toHaveLength(100)
    expect(properties?.[0]).toEqual({ property: 'k0', count: 2, values: 1 })
    expect(audience?.source.slice(0, 2)).toEqual([{ value: 's3', visitors: 2 }, { value: 's0', visitors: 1 }])
    expect(audience?.source).toHaveLength(10)
    await expectSame(site, 'events', 'range=30d&name=signup')
  })

  test('have numbers as they were written, without an exponent', async () => {
    const site = await service.makeSite()
    const numbers = [1e-7, -1.25e-9, 1e21, 1.5, -0.5]
    await service.sendFromServer(site, [...numbers, '1e-7'].map((plan, n) => made(n, 60, 'signup', { plan })))
    const { rows } = await counting.byEngine(site, 'events', 'range=30d&name=signup&property=plan&sort=-value')
    expect(rows.map((row) => row.value)).toEqual(['-0.00000000125', '-0.5', '0.0000001', '1.5', '1000000000000000000000', '1e-7'])
  })
})
