import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { openService, serverView, type TestService } from '../support/service.ts'
import { deed, itemsOf, sent, type ShopItem } from '../support/shop.ts'
import { bruteVisits } from '../support/visits.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService

beforeAll(async () => {
  service = await openService({ now: () => now })
})
afterAll(() => service[Symbol.asyncDispose]())

type Fits = (item: ShopItem, first: ShopItem) => boolean

const filters: [string, Fits][] = [
  ['', () => true],
  ['&filter=page:/a', (item) => item.page === '/a'],
  ['&filter=utm_source:letter', (_, first) => first.source === 'letter'],
]

describe('the feed of visits', () => {
  test('and brute force over the raw items agree', async () => {
    await fc.assert(
      fc.asyncProperty(itemsOf(deed), fc.constantFrom(...filters), async (items, [filter, fits]) => {
        const site = await service.makeSite({ timezone: 'Europe/Berlin' })
        await service.sendFromServer(site, items.toReversed().map(sent))
        const answer = await service.admin<Answer<'visits'>>(
          `/api/sites/${site}/reports/visits?from=2026-10-24&to=2026-10-26&limit=50${filter}`,
        )
        const [from, to] = [Date.parse(answer.range.from), Date.parse(answer.range.to)]
        const expected = bruteVisits(items, 'Europe/Berlin').flatMap(({ items: own }) => {
          const [first] = own
          if (first === undefined || first.at < from || first.at >= to) return []
          if (!own.some((item) => fits(item, first))) return []
          const views = own.filter(({ type }) => type === 'pageview')
          return [
            {
              at: new Date(first.at).toISOString(),
              source: first.source,
              entry_page: views[0]?.page ?? '',
              exit_page: views.at(-1)?.page ?? '',
              pageviews: views.length,
              events: own.filter(({ type }) => type === 'event').length,
              duration: ((own.at(-1)?.at ?? 0) - first.at) / 1_000,
              live: false,
            },
          ]
        })
        const key = (visit: object) => JSON.stringify(visit)
        const shown = answer.data.visits.map(
          ({ at, source, entry_page, exit_page, pageviews, events, duration, live }) =>
            ({ at, source, entry_page, exit_page, pageviews, events, duration, live }),
        )
        expect(shown.map(key).sort()).toEqual(expected.map(key).sort())
        expect(shown.map(({ at }) => at)).toEqual(shown.map(({ at }) => at).toSorted().toReversed())
      }),
      { numRuns: 15 },
    )
    expect(service.errors).toEqual([])
  }, 120_000)

  test('shows the newest first, who is there, and nothing that identifies a person', async () => {
    const site = await service.makeSite()
    const minute = 60_000
    await service.sendFromServer(site, [
      serverView(1, now - 50 * minute, '/old'),
      serverView(2, now - 9 * minute, '/in'),
      serverView(2, now - 4 * minute, '/out'),
    ])
    await service.assembly.sql`
      update visits set country = 'DE', region = 'Berlin', city = 'Berlin', lat = 52.5244, lon = 13.4105
      where site_id = ${site} and entry_page = '/in'`
    const { visits } = await service.report(site, 'visits')
    expect(visits).toEqual([
      {
        at: new Date(now - 9 * minute).toISOString(),
        country: 'DE',
        region: 'Berlin',
        city: 'Berlin',
        lat: 52.5,
        lon: 13.4,
        device: 'desktop',
        browser: 'Chrome',
        os: 'Linux',
        source: 'Direct',
        referrer_source: 'Direct',
        entry_page: '/in',
        exit_page: '/out',
        pageviews: 2,
        events: 0,
        duration: 300,
        live: true,
      },
      expect.objectContaining({ entry_page: '/old', live: false }),
    ])
    expect((await service.report(site, 'visits', 'limit=1')).visits.length).toBe(1)
  })

  test('is refused to a share link that does not show visits', async () => {
    const site = await service.makeSite()
    const ask = async (settings: object, query = '') => {
      const { token } = await service.makeShare(site, settings)
      return (await service.fetch(`/api/share/${token}/sites/${site}/reports/visits${query}`)).status
    }
    expect(await ask({})).toBe(403)
    expect(await ask({ reports: ['visits'] })).toBe(403)
    expect(await ask({ visits: true, reports: ['overview'] })).toBe(403)
    expect(await ask({ visits: true })).toBe(200)
    expect(await ask({ visits: true, filters: ['page:/a'] })).toBe(403)
    expect(await ask({ visits: true }, '?limit=51')).toBe(400)
  })
})
