/**
 * Made-up items of a site as the store takes them, with all that can differ between items of one visit.
 *
 * @module
 */
import fc from 'fast-check'
import { type Context, findSite, type NewFetch, type NewItem, slotOf, type Sql, write } from '../../server/store/index.ts'
import type { TestService } from './service.ts'

/** An item that a visitor causes. `at`: milliseconds since 1970; a visitor is another one each day. */
export interface MadeItem extends Pick<NewItem, 'id' | 'type' | 'page' | 'name' | 'value' | 'props'> {
  readonly at: number
  readonly visitor: number
  readonly context: Context
}

/** A fetch of an AI agent. */
export type MadeFetch = Omit<NewFetch, 'site_id' | 'received_at'>

const places = [
  { country: 'DE', region: 'BE', city: 'Berlin', lat: 52.5244, lon: 13.45 },
  { country: 'DE', region: 'BY', city: 'München', lat: 48.1374, lon: 11.5755 },
  { country: 'FR', region: '', city: '', lat: -0.04, lon: -122.25 },
  { country: '', region: '', city: '', lat: null, lon: null },
] as const

const origins = [
  { referrer: '', source: 'Direct', channel: 'Direct', ai_source: '', utm_source: '' },
  { referrer: 'https://www.google.com/', source: 'Google', channel: 'Organic Search', ai_source: '', utm_source: '' },
  { referrer: 'https://chatgpt.com/', source: 'ChatGPT', channel: 'AI Assistant', ai_source: 'ChatGPT', utm_source: '' },
  { referrer: '', source: 'letter', channel: 'Email', ai_source: '', utm_source: 'letter' },
] as const

const context = fc
  .record({
    hostname: fc.constantFrom('shop.example', 'blog.example'),
    place: fc.constantFrom(...places),
    origin: fc.constantFrom(...origins),
    device: fc.constantFrom('desktop', 'mobile'),
    browser: fc.constantFrom('Chrome', 'Safari'),
    language: fc.constantFrom('de', 'fr', ''),
  })
  .map(({ place, origin, ...own }): Context => ({
    ...own, ...place, ...origin, os: '', utm_medium: '', utm_campaign: '', utm_term: '', utm_content: '',
  }))

const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('pageview' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('event' as const), name: fc.constantFrom('signup', 'pay'), props: fc.constantFrom({ plan: 'pro' }, { plan: 'free', n: 1.5 }, null) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('engagement' as const), value: fc.constantFrom(1, 30.5) }) },
)

/** Vitals in the order of the bounds of their ratings. */
const vital = fc
  .record({
    bounds: fc.constantFrom(['LCP', 2_500, 4_000] as const, ['CLS', 0.1, 0.25] as const, ['INP', 200, 500] as const),
    bound: fc.constantFrom(1 as const, 2 as const),
    factor: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0.001, max: 40, noNaN: true })),
  })
  .map(({ bounds, bound, factor }) => ({ type: 'vital' as const, name: bounds[0], value: factor * bounds[bound] }))

/** Which items are made. */
interface Made {
  /** Instants that they are of, in milliseconds since 1970. */
  readonly at: fc.Arbitrary<number>
  /** Of items, how many are vitals. */
  readonly vitals?: 'none' | 'some' | 'most'
  /** Whether items of one visitor may be of one instant. */
  readonly ties?: boolean
  readonly visitors?: number
  readonly maxLength?: number
}

/** A pageview of which all is said. */
export const madeView = ({ context: own, ...view }: Pick<MadeItem, 'visitor' | 'at' | 'page'> & Partial<Omit<MadeItem, 'context'>> & { context?: Partial<Context> }): MadeItem => ({
  id: crypto.randomUUID(), type: 'pageview', name: '', value: null, props: null,
  context: {
    ...places[0], ...origins[1], hostname: 'shop.example', device: 'desktop', browser: 'Chrome', os: '', language: 'de', utm_medium: '', utm_campaign: '',
    utm_term: '', utm_content: '', ...own,
  },
  ...view,
})

/** Items in batches, in the order in which they arrive. */
export function madeItems({ at, vitals = 'some', ties = false, visitors = 3, maxLength = 30 }: Made): fc.Arbitrary<MadeItem[][]> {
  const weight = { none: 0, some: 1, most: 8 }[vitals]
  const item = fc
    .record({
      id: fc.uuid({ version: 4 }),
      visitor: fc.integer({ min: 1, max: visitors }),
      at,
      page: fc.constantFrom('/', '/a', '/a/b', '/c'),
      context,
      deed: fc.oneof({ weight: 2, arbitrary: deed }, { weight, arbitrary: vital }),
    })
    .map(({ deed: own, ...rest }): MadeItem => ({ name: '', value: null, props: null, ...rest, ...own }))
  const unique = ties ? { selector: ({ id }: MadeItem) => id } : { selector: ({ visitor, at }: MadeItem) => `${visitor} ${at}` }
  return fc.uniqueArray(item, { ...unique, maxLength, size: 'max' }).chain((items) =>
    fc.array(fc.nat(items.length), { maxLength: 2 }).map((cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), items.length]
      return ends.map((end, index) => items.slice(ends[index - 1] ?? 0, end))
    }),
  )
}

/** Fetches of AI agents. */
export function madeFetches(at: fc.Arbitrary<number>, maxLength = 30): fc.Arbitrary<MadeFetch[]> {
  const agents = [['GPTBot', 'OpenAI', 'training'], ['ChatGPT-User', 'OpenAI', 'assistant'], ['ClaudeBot', 'Anthropic', 'search']] as const
  const fetched = fc.record({
    id: fc.uuid({ version: 4 }),
    at,
    agent: fc.constantFrom(...agents),
    hostname: fc.constantFrom('shop.example', 'blog.example'),
    path: fc.constantFrom('/', '/a', '/a/b', '/b.HTML', '/Robots.txt', '/sitemap-1.xml.gz', '/x.png', '/v1.2/docs', '/feed.xml', '/a.zip', '/x.\n', '/A'),
    content_type: fc.constantFrom('', '', 'text/html; charset=utf-8', 'IMAGE/png', 'application/ld+json', 'application/x', 'font/woff2'),
    status: fc.constantFrom(200, 200, 304, 399, 400, 404, 499, 500, 503),
    response_ms: fc.option(fc.integer({ min: 0, max: 5_000 })),
    bytes_served: fc.option(fc.integer({ min: 0, max: 2 ** 45 })),
  })
  return fc.uniqueArray(fetched, { selector: ({ id }) => id, maxLength, size: 'max' }).map((all) =>
    all.map(({ agent: [agent, family, category], ...own }) => ({ ...own, agent, family, category })),
  )
}

/** Instants in steps of some minutes. */
export function instants(from: number, steps: number, minutes: number): fc.Arbitrary<number> {
  return fc.noBias(fc.integer({ min: 0, max: steps - 1 })).map((step) => from + step * minutes * 60_000)
}

/** Makes a site and stores items of it, a batch a commit, and then fetches. */
export async function makeSiteOf(service: TestService, timezone: string, batches: readonly (readonly MadeItem[])[], fetches: readonly MadeFetch[] = []): Promise<string> {
  const site = await service.makeSite({ timezone })
  for (const batch of batches) await storeItems(service.assembly.sql, site, batch)
  await write(service.assembly.sql, { items: [], fetches: fetches.map((one) => ({ ...one, site_id: site, received_at: one.at })) })
  return site
}

let arrivals = 0

/** Stores items in one commit, in the order in which they arrive. */
async function storeItems(sql: Sql, siteId: string, items: readonly MadeItem[]): Promise<void> {
  const site = await findSite(sql, siteId)
  const { timezone = 'UTC' } = site ?? {}
  const rows = items.map(({ visitor, ...item }): NewItem => {
    const day = Date.parse(slotOf(item.at, timezone).day) / 86_400_000
    return { ...item, site_id: siteId, visitor_id: String(visitor * 1_000_000 + day), received_at: Date.UTC(2026, 0) + ++arrivals / 1_000 }
  })
  await write(sql, { items: rows, fetches: [] })
}
