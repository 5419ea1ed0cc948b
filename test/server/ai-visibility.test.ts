/**
 * Fetches of AI agents and the visits that assistants refer, against a computation over what was sent, and the
 * definitions by example.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Answer, aiGroups, type AiNumbers } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { openService, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService

beforeAll(async () => {
  service = await openService({ now: () => now })
})
afterAll(() => service[Symbol.asyncDispose]())

const agents = {
  GPTBot: { family: 'OpenAI', category: 'training' },
  'ChatGPT-User': { family: 'OpenAI', category: 'assistant' },
  'Claude-SearchBot': { family: 'Anthropic', category: 'search' },
} as const

interface Fetch {
  readonly at: number
  readonly agent: keyof typeof agents
  readonly path: string
  readonly status: number
  readonly ms: number | undefined
  readonly bytes: number | undefined
}

interface Visit {
  readonly at: number
  readonly visitor: number
  readonly page: string
  readonly referrer: string
}

const resources: Readonly<Record<string, string>> = {
  '/': 'page',
  '/a': 'page',
  '/b.html': 'page',
  '/robots.txt': 'robots',
  '/x.png': 'image',
  '/feed.xml': 'data',
}

async function sendFetches(site: string, fetches: readonly (Fetch & { id: string })[]): Promise<void> {
  await service.admin(
    `/api/sites/${site}/ingest/ai-fetch`,
    fetches.map(({ id, at, agent, path, status, ms, bytes }) => ({
      id,
      at: new Date(at).toISOString(),
      path,
      user_agent: `Mozilla/5.0 (compatible; ${agent}/1.0)`,
      status_code: status,
      response_ms: ms,
      bytes_served: bytes,
    })),
  )
}

function numbers(fetches: readonly Fetch[]): AiNumbers {
  const part = (fits: (status: number) => boolean) =>
    fetches.length === 0 ? null : fetches.filter(({ status }) => fits(status)).length / fetches.length
  const times = fetches.flatMap(({ ms }) => (ms === undefined ? [] : [ms])).toSorted((a, b) => a - b)
  const middle = (times.length - 1) / 2
  const [low, high] = [times[Math.floor(middle)], times[Math.ceil(middle)]]
  return {
    fetches: fetches.length,
    paths: new Set(fetches.map(({ path }) => path)).size,
    client_error_rate: part((status) => status >= 400 && status < 500),
    server_error_rate: part((status) => status >= 500),
    median_ms: low === undefined || high === undefined ? null : (low + high) / 2,
    bytes: fetches.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
  }
}

/** Runs of one visitor with gaps under 30 minutes, within a day of the zone. */
function sessions(views: readonly Visit[], timeZone: string): Visit[] {
  const day = (at: number) => new Date(at).toLocaleDateString('sv-SE', { timeZone })
  const last = new Map<string, number>()
  return views
    .toSorted((a, b) => a.at - b.at)
    .filter(({ at, visitor }) => {
      const key = `${visitor} ${day(at)}`
      const before = last.get(key)
      last.set(key, at)
      return before === undefined || at - before >= 30 * 60_000
    })
}

const at = fc.integer({ min: 0, max: 4 * 24 * 12 }).map((step) => Date.UTC(2026, 9, 24, 12) + step * 5 * 60_000)
const fetched = fc.record({
  id: fc.uuid(),
  at,
  agent: fc.constantFrom(...(Object.keys(agents) as (keyof typeof agents)[])),
  path: fc.constantFrom(...Object.keys(resources)),
  status: fc.constantFrom(200, 200, 304, 404, 410, 500),
  ms: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
  bytes: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined }),
})
const viewed = fc.record({
  at,
  visitor: fc.integer({ min: 0, max: 4 }),
  page: fc.constantFrom('/', '/a', '/c'),
  referrer: fc.constantFrom('', 'https://chatgpt.com/', 'https://www.google.com/'),
})

describe('the report and brute force over what was sent agree', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu'])(
    'in %s, by every group and interval',
    async (timezone) => {
      const things = [fc.array(fetched, { maxLength: 60 }), fc.array(viewed, { maxLength: 30 })] as const
      await fc.assert(
        fc.asyncProperty(...things, fc.boolean(), async (fetches, views, again) => {
          const site = await service.makeSite({ timezone })
          const unique = [...new Map(views.map((view) => [`${view.visitor} ${view.at}`, view])).values()]
          const known = [...new Map(fetches.map((one) => [one.id, one])).values()]
          const items = unique.map(({ visitor, at: time, page, referrer }) =>
            serverView(visitor, time, page, { referrer }),
          )
          if (items.length > 0) await service.sendFromServer(site, items.toReversed())
          if (known.length > 0) await sendFetches(site, known)
          if (again && known.length > 0) await sendFetches(site, known.toReversed())
          const visits = sessions(unique, timezone)
          for (const by of aiGroups) {
            const query = `from=2026-10-24&to=2026-10-27&by=${by}&limit=1000&interval=${by === 'page' ? 'hour' : 'day'}`
            const { data, range } = await service.admin<Answer<'ai_visibility'>>(
              `/api/sites/${site}/reports/ai_visibility?${query}`,
            )
            const [from, to] = [Date.parse(range.from), Date.parse(range.to)]
            const inside = <T extends { at: number }>(list: readonly T[], start = from, end = to) =>
              list.filter((one) => one.at >= start && one.at < end)
            const [some, referred] = [
              inside(known),
              inside(visits).filter(({ referrer }) => referrer.includes('chatgpt')),
            ]
            expect(data).toMatchObject(numbers(some))
            expect(data.agents).toBe(new Set(some.map(({ agent }) => agent)).size)
            expect(data.families).toBe(new Set(some.map(({ agent }) => agents[agent].family)).size)
            expect(data.referred_visits).toBe(referred.length)
            const pages = some.filter(({ path }) => resources[path] === 'page')
            const crawled = new Set(pages.filter(({ status }) => status < 400).map(({ path }) => path))
            const begun = new Set(referred.map(({ page }) => page))
            expect(data.pages).toEqual({
              crawled: crawled.size,
              referred: begun.size,
              both: crawled.intersection(begun).size,
            })
            const valueOf = (one: Fetch): string => {
              if (by === 'agent') return one.agent
              if (by === 'status') return String(one.status)
              if (by === 'page') return one.path
              return by === 'resource' ? (resources[one.path] ?? '') : agents[one.agent][by]
            }
            const groups = Map.groupBy(by === 'page' ? pages : some, valueOf)
            if (by === 'page') for (const page of begun) if (!groups.has(page)) groups.set(page, [])
            expect(data.total).toBe(groups.size)
            expect(new Set(data.rows.map(({ value }) => value))).toEqual(new Set(groups.keys()))
            for (const row of data.rows) {
              const own = groups.get(row.value) ?? []
              expect(row).toMatchObject(numbers(own))
              expect(row.share).toBeCloseTo(some.length === 0 ? 0 : own.length / some.length, 9)
              if (by !== 'page') expect(row.referred_visits).toBeUndefined()
              else expect(row.referred_visits).toBe(referred.filter(({ page }) => page === row.value).length)
            }
            const bounds = [...data.points.map((point) => Date.parse(point.at)), to]
            for (const [index, point] of data.points.entries()) {
              const stretch = [bounds[index] ?? 0, bounds[index + 1] ?? 0] as const
              for (const category of ['training', 'search', 'assistant'] as const) {
                const count = inside(known, ...stretch).filter(({ agent }) => agents[agent].category === category)
                expect(point[category]).toBe(count.length)
              }
              expect(point.referred_visits).toBe(inside(referred, ...stretch).length)
            }
          }
        }),
        { numRuns: 8 },
      )
    },
    120_000,
  )
})

describe('ai_visibility', () => {
  const one = (path: string, more: Partial<Fetch> & { type?: string; hostname?: string } = {}) => ({
    path,
    user_agent: `Mozilla/5.0 (compatible; ${more.agent ?? 'GPTBot'}/1.0)`,
    status_code: more.status ?? 200,
    content_type: more.type,
    hostname: more.hostname,
  })
  const send = (site: string, fetches: object[]) => service.admin(`/api/sites/${site}/ingest/ai-fetch`, fetches)
  const ask = (site: string, query = '') => service.report(site, 'ai_visibility', `range=today&${query}`)

  test('of an empty site has nothing, and rates over nothing are null', async () => {
    const data = await ask(await service.makeSite())
    expect(data).toMatchObject({
      fetches: 0,
      client_error_rate: null,
      median_ms: null,
      bytes: 0,
      referred_visits: 0,
      pages: { crawled: 0, referred: 0, both: 0 },
      rows: [],
      total: 0,
    })
    expect(data.points.at(-1)).toMatchObject({ training: 0, referred_visits: 0, partial: true })
  })

  test('takes the type of a resource from its content, else from its path', async () => {
    const site = await service.makeSite()
    await send(site, [
      one('/a.php'),
      one('/logo', { type: 'image/svg+xml' }),
      one('/x.html', { type: 'application/json; charset=utf-8' }),
      one('/v1.2/docs'),
      one('/app.mjs'),
      one('/llms.txt', { type: 'text/plain' }),
      one('/guide.md'),
      one('/archive.zip'),
      one('/any', { type: 'application/octet-stream' }),
    ])
    const rows = (await ask(site, 'by=resource')).rows.map(({ value, fetches }) => [value, fetches])
    expect(Object.fromEntries(rows)).toEqual({
      page: 2,
      image: 1,
      data: 1,
      script: 1,
      robots: 1,
      document: 1,
      other: 2,
    })
  })

  test('knows a page by the path that its visitors have, however it was encoded', async () => {
    const site = await service.makeSite()
    await send(site, [one('/caf%C3%A9?menu=1'), one('/café//')])
    await service.send(site, [{ id: crypto.randomUUID(), type: 'pageview', url: 'https://shop.example/café', referrer: 'https://chatgpt.com/' }])
    const { rows, pages } = await ask(site, 'by=page&search=CAF')
    expect(rows.map(({ value, fetches, referred_visits }) => [value, fetches, referred_visits])).toEqual([
      ['/café', 1, 1],
      ['/café/', 1, 0],
    ])
    expect(pages).toEqual({ crawled: 2, referred: 1, both: 1 })
  })

  test('is filtered by page and hostname, sorted and paged', async () => {
    const site = await service.makeSite()
    await send(site, [
      one('/a', { agent: 'GPTBot' }),
      one('/a', { agent: 'ChatGPT-User', status: 503 }),
      one('/b', { agent: 'ChatGPT-User', hostname: 'blog.example' }),
    ])
    const values = async (query: string) => (await ask(site, query)).rows.map(({ value }) => value)
    expect((await ask(site, 'filter=page:/a')).fetches).toBe(2)
    expect((await ask(site, 'filter=!hostname:blog*')).fetches).toBe(2)
    expect(await values('sort=-fetches')).toEqual(['GPTBot', 'ChatGPT-User'])
    expect(await values('sort=server_error_rate&limit=1')).toEqual(['ChatGPT-User'])
    expect(await values('sort=value&offset=1')).toEqual(['ChatGPT-User'])
  })

  test('changes with events, which begin visits too', async () => {
    const site = await service.makeSite()
    expect((await ask(site)).referred_visits).toBe(0)
    const event = { type: 'event', name: 'open', referrer: 'https://chatgpt.com/' }
    await service.sendFromServer(site, [serverView(1, now - 60_000, '/', event)])
    expect((await ask(site)).referred_visits).toBe(1)
  })

  test('of all time begins with the first item or fetch, whichever came first', async () => {
    const site = await service.makeSite({ timezone: 'UTC' })
    await service.sendFromServer(site, [serverView(1, now - 60_000)])
    await send(site, [{ ...one('/'), at: new Date(now - 86_400_000).toISOString() }])
    expect((await service.report(site, 'ai_visibility', 'range=all')).fetches).toBe(1)
  })

  test('under a filter of a share link counts no visit that began outside of it, nor lists its page', async () => {
    const site = await service.makeSite()
    const referrer = 'https://chatgpt.com/'
    await service.sendFromServer(site, [
      serverView(1, now - 120_000, '/internal', { referrer }),
      serverView(1, now - 60_000, '/blog/a'),
      serverView(2, now - 60_000, '/blog/b', { referrer }),
    ])
    const { token } = await service.makeShare(site, { filters: ['page:/blog*'] })
    const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/ai_visibility?by=page`)
    const { data } = await response.json()
    expect(data).toMatchObject({ referred_visits: 1, pages: { referred: 1 }, total: 1 })
    const owners = await service.report(site, 'ai_visibility', 'by=page&filter=page:/blog*')
    expect(owners).toMatchObject({ referred_visits: 2, pages: { referred: 1 }, total: 1 })
    expect(data.rows).toMatchObject([{ value: '/blog/b', referred_visits: 1 }])
  })

  test.each([
    ['by=country', 'by'],
    ['sort=visitors', 'sort'],
    ['by=agent&sort=referred_visits', 'sort'],
    ['filter=country:DE', 'filter'],
  ])('%s is refused and names its parameter', async (query, parameter) => {
    const path = `/api/sites/${await service.makeSite()}/reports/ai_visibility?${query}`
    const response = await createClient(service, 'admin').get(path)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', parameter })
  })
})
