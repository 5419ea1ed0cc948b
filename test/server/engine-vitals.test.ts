/** Vitals as the engine counts them: exact also where the tables have sketches of days. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type ReportData, type Vital, vitals } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { type Counting, openCounting } from '../support/counting.ts'
import { instants, madeItems, madeView, makeSiteOf } from '../support/made-items.ts'
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

type Data = ReportData['web_vitals']

/** Filters that a vital has for itself, and filters of the visit that had begun. */
const filters = [
  'page:/a*', '!page:/c', 'hostname:shop.example', 'country:DE', '!device:mobile', 'language:de', 'city:Berlin',
  'source:Google', '!source:Direct', 'utm_source:letter', 'utm_source:', 'ai_source:', 'entry_page:/a*', '!entry_page:/', 'exit_page:/c', 'entry_page:', 'referrer:*',
]

/** Filters of a link that hides items, and such as it may have beside: of what a vital has, and of where its visit came from. */
const hiding = ['page:/a*', 'page:/', 'hostname:shop.example', '!hostname:shop.example', '!page:/c']
const beside = ['country:DE', 'language:de', 'device:mobile', '!source:Direct', 'source:Google', 'utm_source:letter', 'entry_page:/a*']

const days = 'from=2026-10-24&to=2026-10-26'
const day = 'from=2026-10-25&to=2026-10-25'

/** Questions over days, which the tables answer by sketches, and within one, where lists are also sorted by p75. */
const queries = [
  `${days}&by=page&limit=1000`, `${days}&by=device&interval=week`, `${days}&by=country&sort=value&interval=hour`, `${days}&by=page&limit=2&offset=1&search=A`,
  `${day}&by=browser&sort=-samples&limit=1`, `${day}&by=page&sort=LCP`, `${day}&by=device&sort=-CLS&limit=1`, `${day}&by=country&sort=INP&limit=2&offset=1`,
  'from=2026-10-24T22:10:00Z&to=2026-10-25T15:20:00Z&interval=day&by=page', 'range=all',
]

/** Two visits with a vital each, the first of which begins on a page of its own, and a vital without a visit. */
const [abroad, here] = [{ country: 'FR', source: 'letter' }, { country: 'DE', source: 'Google' }]
const minutesAgo = (minutes: number) => now - minutes * 60_000
const lcp = { type: 'vital', name: 'LCP', value: 900, page: '/a' } as const
const examples = [
  madeView({ visitor: 1, at: minutesAgo(9), page: '/secret', context: abroad }),
  madeView({ visitor: 1, at: minutesAgo(8), page: '/a', context: here }),
  madeView({ visitor: 1, at: minutesAgo(7), page: '/a/b', context: here }),
  madeView({ visitor: 1, at: minutesAgo(6), context: here, ...lcp }),
  madeView({ visitor: 2, at: minutesAgo(9), page: '/a', context: abroad }),
  madeView({ visitor: 2, at: minutesAgo(6), context: here, ...lcp }),
  madeView({ visitor: 3, at: minutesAgo(6), context: here, ...lcp }),
]

/** An answer without what may be off, and that: each p75. */
function split({ relative_error: _, vitals: summaries, points, rows, ...rest }: Data) {
  const p75s: (number | null)[] = []
  const take = <T extends { p75: number | null }>({ p75, ...score }: T) => {
    p75s.push(p75)
    return score
  }
  const each = <T>(of: (vital: Vital) => T) => vitals.map(of)
  const exact = {
    ...rest,
    vitals: each((vital) => take(summaries[vital])),
    points: points.map(({ at, partial, ...own }) => {
      p75s.push(...each((vital) => own[vital]))
      return { at, partial }
    }),
    rows: rows.map((row) => ({ value: row.value, samples: row.samples, scores: each((vital) => take(row[vital])) })),
  }
  return { exact, p75s }
}

/** Expects the same answer; where that of the tables is off by 1 % at most, it may be so far from ours. */
function expectAlike(question: readonly unknown[], byEngine: Data, byTables: Data): void {
  expect([question, byEngine.relative_error]).toEqual([question, 0])
  if (byTables.relative_error === 0) return expect([question, byEngine]).toEqual([question, byTables])
  const [ours, theirs] = [split(byEngine), split(byTables)]
  expect([question, ours.exact]).toEqual([question, theirs.exact])
  const far = ours.p75s.flatMap((p75, index) => {
    const other = theirs.p75s[index] ?? null
    const isNear = p75 === null || other === null ? p75 === other : Math.abs(p75 - other) <= p75 * 0.01 + 1e-9
    return isNear ? [] : [[p75, other]]
  })
  expect([question, far]).toEqual([question, []])
}

describe('vitals by the engine', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns'])('are those of the tables, in %s', async (timezone) => {
    const seen = { all: 0, hidden: 0, both: 0 }
    const made = madeItems({ at: instants(Date.UTC(2026, 9, 24, 8), 250, 13), vitals: 'most', ties: true, maxLength: 80 })
    const none: string[] = []
    const some = (from: readonly string[]) => fc.subarray([...from], { minLength: 1, maxLength: 2 })
    const links = fc.oneof(some(filters), fc.tuple(fc.constantFrom(...hiding), fc.constantFrom(...beside)))
    const asked = fc.record({ query: fc.constantFrom(...queries), own: fc.option(fc.oneof(some(filters), some(beside)), { nil: none }), link: fc.option(links, { nil: none }) })
    await fc.assert(
      fc.asyncProperty(made, fc.array(asked, { minLength: 15, maxLength: 15 }), async (items, questions) => {
        const site = await makeSiteOf(service, timezone, items)
        for (const { query, own, link } of questions) {
          const question = [query, ...own.map((filter) => `filter=${filter}`)].join('&')
          const byEngine = await counting.byEngine(site, 'web_vitals', question, link)
          expectAlike([question, link], byEngine, await counting.byTables(site, 'web_vitals', question, link))
          const { samples } = byEngine.vitals.LCP
          seen.all += samples
          if (link.some((filter) => hiding.includes(filter))) seen.hidden += samples
          if (own.length > 0 && link.length > 0) seen.both += samples
        }
      }),
      { numRuns: 12, endOnFailure: true, seed },
    )
    expect(Math.min(seen.all, seen.hidden, seen.both)).toBeGreaterThan(0)
  }, 180_000)

  test.each([
    // What a vital has for itself.
    [[], 'country:DE', 3], [[], 'country:FR', 0], [[], 'source:letter', 2], [[], 'source:', 1], [['country:DE'], 'source:letter', 2],
    // The visit that begins on a page that is hidden: entry, exit and source are those of what is shown, the source unless it is the link's own.
    [['page:/a*'], 'entry_page:/secret', 0], [['page:/a*'], 'entry_page:/a', 2], [['page:/a*'], 'entry_page:/a/b', 0], [['page:/a*'], 'exit_page:/a/b', 1], [['page:/a*'], 'exit_page:/a', 1],
    [['page:/a*'], 'source:letter', 1], [['page:/a*'], 'source:', 2], [['page:/a*', 'source:letter'], 'source:letter', 2],
    [['page:/a*', 'entry_page:/secret'], 'entry_page:/secret', 1], [['page:/a*', '!source:x'], 'source:letter', 1],
    // Visits that a link does not show, as they began in another country.
    [['page:/a*', 'country:DE'], 'source:letter', 0], [['page:/a*', 'country:DE'], 'source:', 3], [['page:/a*', 'country:DE'], 'entry_page:/a', 0], [['page:/a*', 'source:letter', 'country:DE'], 'source:letter', 0],
    [['page:/a*', 'country:DE'], 'browser:Chrome', 3],
  ] as const)('under the link %j and the filter %s are %d', async (link, filter, samples) => {
    const site = await makeSiteOf(service, 'UTC', [examples])
    const question = `range=today&filter=${filter}`
    const data = await counting.byEngine(site, 'web_vitals', question, link)
    expect(data.vitals.LCP.samples).toBe(samples)
    expectAlike([link, filter], data, await counting.byTables(site, 'web_vitals', question, link))
  })

  test('without a value, or of another name, as an import may bring them, are none', async () => {
    const odd = [{ value: null }, { name: 'XYZ' }].map((more) => madeView({ visitor: 1, at: now - 1_000, page: '/', type: 'vital', name: 'LCP', value: 5, ...more }))
    const data = await counting.byEngine(await makeSiteOf(service, 'UTC', [odd]), 'web_vitals', 'range=today')
    expect([data.vitals.LCP.samples, data.rows]).toEqual([0, []])
  })

  test('have the p75 of nearest rank over any range, to the last digit', async () => {
    const values = fc.array(fc.double({ min: 0, max: 10_000, noNaN: true }), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(values, async (measured) => {
        const site = await service.makeSite()
        await service.sendFromServer(site, measured.map((value, index) => serverView(1, now - index * 7_200_000, '/', { type: 'vital', name: 'INP', value })))
        const { vitals: { INP }, relative_error } = await counting.byEngine(site, 'web_vitals', 'range=7d')
        const sorted = measured.toSorted((a, b) => a - b)
        expect([INP.p75, INP.samples, relative_error]).toEqual([sorted[Math.ceil(sorted.length * 0.75) - 1] ?? null, measured.length, 0])
      }),
      { numRuns: 30, endOnFailure: true, seed },
    )
  }, 60_000)

  test('of an empty site are undefined', async () => {
    const site = await service.makeSite()
    for (const query of ['range=today', 'range=30d&by=device&filter=source:x']) {
      expectAlike([query], await counting.byEngine(site, 'web_vitals', query), await counting.byTables(site, 'web_vitals', query))
    }
  })

  test.each([['by=source', 'by'], ['sort=visitors', 'sort'], ['filter=event:e', 'filter'], ['filter=!goal:g', 'filter']])('%s is refused', async (query, parameter) => {
    const refused = await counting.byEngine(await service.makeSite(), 'web_vitals', query).catch((error) => error)
    expect([refused.code, refused.parameter]).toEqual(['bad_request', parameter])
  })
})
