/** What the engine counts is what the tables say, and what the definitions say of the items that were sent. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { dimensions, type Interval, intervals, type ReportData, type ReportName } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { comparedSpan, understand } from '../../server/reports/asked.ts'
import { readQuestion } from '../../server/reports/question.ts'
import { registry } from '../../server/reports/registry.ts'
import type { Asked } from '../../server/reports/report.ts'
import { families, findSite, listGoals, type NewItem, type StoredGoal, unroll } from '../../server/store/index.ts'
import { type Brute, brute } from '../support/brute.ts'
import { type Counting, openCounting } from '../support/counting.ts'
import { commitAll, filterOf, instantsAround, literally, rowsOf, sentItems } from '../support/sent.ts'
import { openService, type TestService } from '../support/service.ts'

/** After all that is sent. */
const now = Date.UTC(2026, 11, 1, 15, 20)
const hour = 3_600_000
const allMetrics = 'visitors,visits,pageviews,views_per_visit,bounce_rate,visit_duration,events,conversions,conversion_rate'

/** Zones, each with a change of its clocks, and another zone, in which the visitors of some items had their days. */
const zones = [
  ['Europe/Berlin', Date.UTC(2026, 9, 25, 1), 'UTC'],
  ['America/New_York', Date.UTC(2026, 10, 1, 6), 'Asia/Tokyo'],
  ['Australia/Lord_Howe', Date.UTC(2026, 9, 3, 15, 30), 'Europe/Berlin'],
  ['Africa/Cairo', Date.UTC(2026, 3, 23, 22), 'Pacific/Marquesas'],
  ['Pacific/Apia', Date.UTC(2011, 11, 30, 10), 'UTC'],
] as const

let service: TestService
let counting: Counting

beforeAll(async () => {
  service = await openService({ now: () => now })
  counting = await openCounting(service.assembly.sql, () => now)
}, 60_000)
afterAll(async () => {
  await counting[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
})

async function makeSite(timezone: string): Promise<string> {
  const site = await service.makeSite({ timezone })
  const plan = [{ property: 'plan', value: 'plain*' }]
  for (const goal of [
    { name: 'A', type: 'page', pattern: '/a*', value: 0.1 },
    { name: 'Signed up', type: 'event', pattern: 'sign*', value: 7 },
    { name: 'Plan', type: 'event', pattern: '*', conditions: plan },
    { name: 'Small', type: 'event', pattern: '*', conditions: [{ property: '$', value: '0.*' }, { property: 'a/b~c', value: '*' }] },
  ]) await service.admin(`/api/sites/${site}/goals`, goal)
  return site
}

/** Durations are sums, and rates of them, that both sides round in their own way; all else is the same to the last bit. */
function exactly(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data, (key, value: unknown) => (key === 'visit_duration' && typeof value === 'number' ? Number(value.toPrecision(12)) : value)))
}

/** A question to one of the reports. */
interface Question {
  readonly report: 'overview' | 'timeseries' | 'breakdown' | 'goals'
  readonly query: string
  readonly locked: readonly string[]
}

const anyFilter = fc.constantFrom(...dimensions).chain(filterOf)
const filters = fc.oneof(
  fc.array(anyFilter, { maxLength: 3 }),
  // Several of one dimension.
  fc.constantFrom(...dimensions).chain((dimension) => fc.array(filterOf(dimension), { minLength: 2, maxLength: 4 })),
)
const locks = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: filters })

/** A time, of whole days or not, and where it is compared with an earlier one that time instead. */
const times = fc.record({ day: fc.nat(4), days: fc.integer({ min: 1, max: 5 }), shift: fc.constantFrom(0, 0, -90, 30, 61), cut: fc.constantFrom(0, 0, 45, 600), compared: fc.constantFrom(undefined, undefined, 'previous' as const) })

const asks = fc.record({
  report: fc.constantFrom<Question['report'][]>('overview', 'timeseries', 'breakdown', 'goals'),
  by: fc.constantFrom(...dimensions),
  interval: fc.constantFrom<Interval[]>(...intervals),
  times, filters, locks,
  sort: fc.constantFrom('', 'visitors', '-visits', 'value', '-pageviews'),
  search: fc.constantFrom('', '', '', 'a', '"', '\\', '%'),
  limit: fc.constantFrom(1_000, 1_000, 2),
})

/** A question in words of the API, about a time around an instant. */
function questionOf({ report, by, interval, times: { day, days, shift, cut, compared }, filters: asked, locks: locked, sort, search, limit }: (typeof asks) extends fc.Arbitrary<infer T> ? T : never, change: number, timezone: string): Question {
  const [, midnight = 0] = instantsAround(change, timezone)
  const date = Temporal.Instant.fromEpochMilliseconds(midnight).toZonedDateTimeISO(timezone).toPlainDate()
  const at = (add: number, minutes: number) => date.add({ days: add }).toZonedDateTime(timezone).epochMilliseconds + minutes * 60_000
  const from = at(day - 2, shift)
  const span = { from, to: Math.max(at(day - 2 + days, shift - cut), from + hour), interval: 'day' as const, timezone }
  const earlier = comparedSpan(span, compared)
  // Apia left out the day before that.
  const { from: start, to: end } = earlier !== undefined && earlier.from < earlier.to ? earlier : span
  const query = new URLSearchParams({ from: new Date(start).toISOString(), to: new Date(end).toISOString(), interval })
  for (const filter of asked) query.append('filter', filter)
  if (report === 'timeseries') query.set('metrics', allMetrics)
  if (report === 'breakdown') {
    query.set('by', by)
    query.set('limit', String(limit))
    query.set('search', search)
    if (sort !== '') query.set('sort', sort)
  }
  if (report === 'goals') query.set('search', search)
  return { report, query: query.toString(), locked }
}

async function askedOf(siteId: string, { report, query, locked }: Question): Promise<Asked> {
  const site = await findSite(service.assembly.sql, siteId)
  if (site === undefined) throw new Error(`There is no site ${siteId}.`)
  return understand(service.assembly.sql, site, readQuestion(new URL(`?${query}`, 'http://localhost'), registry[report], locked, site.domain), now)
}

/** Compares what a report says with plain counting. */
function compare(plain: Brute, { span, filters: by, by: dimension }: Asked, goals: readonly StoredGoal[], name: ReportName, data: unknown): void {
  if (name === 'overview') {
    const { revenue: _, ...found } = data as ReportData['overview']
    expect(exactly(found)).toEqual(exactly(plain.overview(goals, span, by)))
  }
  if (name === 'timeseries') {
    const { points } = data as ReportData['timeseries']
    for (const [index, { at, ...found }] of points.entries()) {
      const bounds = { from: Math.max(Date.parse(at), span.from), to: Date.parse(points[index + 1]?.at ?? new Date(span.to).toISOString()) }
      expect([at, exactly(found)]).toEqual([at, exactly(plain.overview(goals, bounds, by))])
    }
  }
  if (name === 'breakdown') {
    const { rows } = data as ReportData['breakdown']
    const known = dimensions.find((one) => one === dimension) ?? 'page'
    const { visitors } = plain.overview(goals, span, by)
    const expected = [...plain.values(known, goals, span, by)].map(([value, numbers]) => ({ value, ...numbers, share: numbers.visitors / visitors }))
    const byValue = (list: readonly { value: string }[]) => list.toSorted((a, b) => (a.value < b.value ? -1 : 1))
    expect(exactly(byValue(rows))).toEqual(exactly(byValue(expected)))
  }
  if (name === 'goals') {
    for (const row of (data as ReportData['goals']).rows) {
      const goal = goals.find(({ goal_id }) => goal_id === row.id)
      expect(goal && plain.reached(goal, goals, span, by)).toEqual({ conversions: row.conversions, visitors: row.visitors })
    }
  }
}

describe.each(zones)('in %s', (timezone, change, otherZone) => {
  const instants = instantsAround(change, timezone)

  test('the engine counts what the tables say, and what the definitions say', async () => {
    await fc.assert(
      fc.asyncProperty(sentItems, fc.array(asks, { minLength: 12, maxLength: 12 }), fc.boolean(), async (sent, questions, anew) => {
        const site = await makeSite(timezone)
        const items = await commitAll(service.assembly.sql, rowsOf(site, sent, instants, timezone))
        if (anew) await giveUpRollups(site)
        else await service.assembly.roller.idle()
        await check(site, items, questions.map((one) => questionOf(one, change, timezone)))
      }),
      { numRuns: 5 },
    )
  }, 180_000)

  test('the engine counts what the definitions say where visitors had their days in another zone', async () => {
    await fc.assert(
      fc.asyncProperty(sentItems, fc.array(asks, { minLength: 6, maxLength: 6 }), async (sent, questions) => {
        const site = await makeSite(timezone)
        const items = await commitAll(service.assembly.sql, rowsOf(site, sent, instants, otherZone))
        await check(site, items, questions.map((one) => questionOf(one, change, timezone)), false)
      }),
      { numRuns: 4 },
    )
  }, 180_000)
})

/** Values of a dimension that a site has most of. */
async function valuesOf(site: string, by: string): Promise<string[]> {
  const { rows } = await counting.byEngine(site, 'breakdown', `range=all&by=${by}&limit=5`)
  return rows.map(({ value }) => value).filter(({ length }) => length < 1_000)
}

const query = (report: Question['report'], asked: readonly string[], by: string, interval = 'day') => {
  const own: Record<string, string> = report === 'breakdown' ? { by, limit: '1000' } : report === 'timeseries' ? { metrics: allMetrics } : {}
  const parameters = new URLSearchParams({ from: '2026-10-24', to: '2026-10-27', interval, ...own })
  for (const filter of asked) parameters.append('filter', filter)
  return parameters.toString()
}

describe('every dimension', () => {
  const [[timezone, change]] = zones
  let site: string
  let items: NewItem[]
  beforeAll(async () => {
    site = await makeSite(timezone)
    const sent = fc.sample(sentItems, { seed: 7, numRuns: 8 }).flat()
    items = await commitAll(service.assembly.sql, rowsOf(site, sent, instantsAround(change, timezone), timezone))
    await service.assembly.roller.idle()
  }, 60_000)

  test.each([...dimensions])('%s is a filter of each report: taken in, left out, wild, several; asked for, and locked', async (dimension) => {
    const [first = '', second = '', third = ''] = await valuesOf(site, dimension)
    const named = (...patterns: string[]) => patterns.map((pattern) => `${dimension}:${pattern}`)
    const kinds = [named(literally(first)), named(`${literally(first.slice(0, 2))}*`), named(literally(second), literally(third)), named('*')]
    const questions = kinds.flatMap((taken) => [taken, taken.map((one) => `!${one}`)]).flatMap((asked, index) => {
      const by = dimensions[(dimensions.indexOf(dimension) + index * 5) % dimensions.length] ?? 'page'
      const reports = ['overview', index % 2 === 0 ? 'breakdown' : 'timeseries', index % 4 === 1 ? 'goals' : 'breakdown'] as const
      return reports.flatMap((report, turn) => {
        const own = turn === 2 ? dimension : by
        return [
          { report, query: query(report, asked, own), locked: [] },
          { report, query: query(report, [], own), locked: asked },
          { report, query: query(report, asked.slice(0, 1), own, 'hour'), locked: named('*') },
        ]
      })
    })
    const seen = await check(site, items, questions)
    expect(seen).toBeGreaterThan(questions.length / 4)
  }, 60_000)

  test('all at once are filters of an item of one visit', async () => {
    const { visitor_id, context, page } = items.find(({ type, page: path }) => type === 'pageview' && path === '/a') ?? items[0] ?? {}
    if (context === undefined || page === undefined) throw new Error('Nothing was sent.')
    const ends = brute(items.filter((item) => item.visitor_id === visitor_id))
    const ever = { from: 0, to: now }
    const own = dimensions.filter((name) => name !== 'event' && name !== 'goal').map((dimension) => {
      const values = [...ends.values(dimension, [], ever, []).keys()].filter(({ length }) => length < 1_000)
      return values.map((value) => `${dimension}:${literally(value)}`)
    })
    const one = own.flatMap((list) => list.slice(0, 1))
    const questions = (['overview', 'timeseries', 'breakdown', 'goals'] as const).flatMap((report) => [
      { report, query: query(report, one, 'page'), locked: [] },
      { report, query: query(report, one.slice(0, 10), 'page'), locked: one.slice(10) },
    ])
    await check(site, items, questions)
  }, 60_000)
})

async function giveUpRollups(site: string): Promise<void> {
  await service.assembly.sql.begin((tx) => unroll(tx, site, families))
}

/**
 * Asks, and compares what is answered.
 *
 * @param tables whether they are asked, too
 * @returns how many questions were answered by more than nothing
 */
async function check(site: string, items: readonly NewItem[], questions: readonly Question[], tables = true): Promise<number> {
  const plain = brute(items)
  const goals = await listGoals(service.assembly.sql, site)
  let seen = 0
  for (const question of questions) {
    const { report, query, locked } = question
    const data = await counting.byEngine(site, report, query, locked)
    if (tables) expect([question, exactly(data)]).toEqual([question, exactly(await counting.byTables(site, report, query, locked))])
    if (/"(?:visitors|conversions)":[1-9]/.test(JSON.stringify(data))) seen++
    if (locked.length === 0 && !query.includes('search=%') && !query.includes('search=a') && !query.includes('limit=2')) compare(plain, await askedOf(site, question), goals, report, data)
  }
  return seen
}
