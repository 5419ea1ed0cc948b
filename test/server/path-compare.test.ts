/** Whatever is compared with the path of a page is in the form in which pages are kept: over HTTP, in a real Postgres. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { normalizePatterns } from '../../server/store/path-patterns.ts'
import { importFile, zipOf } from '../support/imports.ts'
import { openService, pageview, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

let service: TestService
let site: string
let clock: { ahead: number }

beforeAll(async () => {
  clock = { ahead: 0 }
  service = await openService({ now: () => Date.now() + clock.ahead })
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

const pagesOf = async (of: string, query = '') => {
  const { rows } = await service.report(of, 'breakdown', `by=page&limit=100${query}`)
  return rows.map(({ value, pageviews }) => [value, pageviews]).toSorted(([, a], [, b]) => Number(b) - Number(a))
}

const conversionsOf = async (of: string) => {
  const { rows } = await service.report(of, 'goals')
  return Object.fromEntries(rows.map(({ name, conversions }) => [name, conversions]))
}

const post = async (path: string, body: object) => {
  const response = await createClient(service, 'admin').post(path, body)
  return { status: response.status, body: await response.json() }
}

describe('spellings of a page', () => {
  test('are one row, whoever tells of them', async () => {
    site = await service.makeSite()
    await service.send(site, ['/caf%C3%A9', '/caf%c3%a9', '/café', '/cafe%CC%81', '/x/../café'].map((path) => pageview(path)))
    await service.send(site, ['/a%2Fb', '/a%2fb', '/sale//', '/sale/'].map((path) => pageview(path)))
    await service.sendFromServer(site, [serverView(1, Date.now() - 1_000, '/a%2fb')])
    expect(await pagesOf(site)).toEqual([['/café', 5], ['/a%2Fb', 3], ['/sale/', 2]])
  })

  test('are one page for agents that fetch it', async () => {
    const fetch = (path: string) => ({ path, user_agent: 'GPTBot/1.2', status_code: 200 })
    await service.admin(`/api/sites/${site}/ingest/ai-fetch`, ['/caf%C3%A9?x=1', '/x/../caf%c3%a9', '/café'].map(fetch))
    const rows = await service.assembly.sql`select distinct path from ai_fetches where site_id = ${site}`
    expect([...rows]).toEqual([{ path: '/café' }])
  })

  test('find it by filters, and a filter that fits no page is refused with the reason', async () => {
    for (const value of ['/caf%25C3%25A9', '/caf%C3%A9', 'https://www.shop.example/caf%25c3%25a9', 'café', '/caf%25c3*']) {
      const found = value === '/caf%25c3*' ? [] : [['/café', 5]]
      expect(await pagesOf(site, `&filter=page:${value}`)).toEqual(found)
    }
    for (const [value, reason] of [['/a?b=1', 'has a query'], ['https://other.example/a', 'names the host']] as const) {
      const response = await createClient(service, 'admin').get(
        `/api/sites/${site}/reports/overview?filter=${encodeURIComponent(`!entry_page:${value}`)}`,
      )
      const problem = await response.json()
      expect([response.status, problem.parameter]).toEqual([400, 'filter'])
      expect(problem.detail).toContain(reason)
    }
    const shared = await post(`/api/sites/${site}/shares`, { filters: ['page:/a?b'] })
    expect([shared.status, shared.body.parameter]).toEqual([400, 'filter'])
  })

  test('a link that was locked before to what fits nothing shows nothing', async () => {
    const { id, token } = await service.makeShare(site, { filters: ['page:/café'] })
    await service.assembly.sql`update shares set filters = array['page:/a?b'] where site_id = ${site} and share_id = ${id}`
    const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/overview`)
    const answer = await response.json()
    expect([answer, response.status]).toMatchObject([{ data: { pageviews: 0 } }, 200])
  })
})

describe('goals', () => {
  test('of any spelling count exactly the views of the page', async () => {
    const pages = ['/sa le', '/café', '/a%2Fb', '/a/b', '/100%', '/%2541', '/a*b', '/日本', '/%FF', '/a_b', '/aXb', '/A/b']
    const spelled = (path: string, way: number) => {
      const url = new URL('https://shop.example')
      url.pathname = path
      if (way === 0) return path.replaceAll('*', '\\*')
      if (way === 1) return url.pathname.replaceAll('*', '\\*')
      if (way === 2) return `/x/..${url.pathname.toLowerCase().replaceAll('*', '%2a').replace('/a%', '/a%')}`
      return `${url.origin}${url.pathname.replaceAll('*', '%2A')}`
    }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...pages.slice(0, -1)), fc.nat(3)), { minLength: 1, maxLength: 6 }), async (goals) => {
        const of = await service.makeSite()
        const unique = [...new Map(goals).entries()]
        for (const [page, way] of unique) {
          await service.admin(`/api/sites/${of}/goals`, { name: page, type: 'page', pattern: spelled(page, way === 2 && /[A-Z]/.test(page) ? 1 : way) })
        }
        const views = pages.map((page, index) => serverView(index, Date.now() - 5_000, new URL(`https://x.example${page}`).pathname))
        await service.sendFromServer(of, views)
        expect(await conversionsOf(of)).toEqual(Object.fromEntries(unique.map(([page]) => [page, 1])))
      }),
      { numRuns: 15 },
    )
  }, 60_000)

  test.each([
    ['/search?q=lamp', 'query'],
    ['/thanks#top', 'fragment'],
    ['https://other.example/thanks', 'host'],
  ])('of %p are refused with the reason, and so are steps of funnels and exclusions', async (pattern, reason) => {
    const of = await service.makeSite()
    const goal = await post(`/api/sites/${of}/goals`, { name: 'g', type: 'page', pattern })
    expect([goal.status, goal.body.parameter]).toEqual([400, 'pattern'])
    expect(goal.body.detail).toContain(reason)
    const steps = [{ type: 'page', pattern: '/a' }, { type: 'page', pattern }]
    const funnel = await post(`/api/sites/${of}/funnels`, { name: 'f', steps })
    expect([funnel.status, funnel.body.parameter]).toEqual([400, 'steps.1.pattern'])
    const exclusion = await post(`/api/sites/${of}/exclusions`, { type: 'path', value: pattern })
    expect([exclusion.status, exclusion.body.parameter]).toEqual([400, 'value'])
    expect(exclusion.body.detail).toContain(reason)
  })

  test('keep what was clearly meant', async () => {
    const of = await service.makeSite()
    const made = await post(`/api/sites/${of}/goals`, { name: 'g', type: 'page', pattern: 'https://shop.example/sa%20le//' })
    expect([made.status, made.body.pattern]).toEqual([201, '/sa le/'])
    const event = await post(`/api/sites/${of}/goals`, { name: 'e', type: 'event', pattern: 'a?b%20c' })
    expect(event.body.pattern).toBe('a?b%20c')
  })

  test('as steps of funnels find their pages', async () => {
    const of = await service.makeSite()
    const steps = [{ type: 'page', pattern: '/sa%20le' }, { type: 'page', pattern: 'danke%21' }]
    const funnel = await service.admin<{ id: string; steps: { name: string }[] }>(`/api/sites/${of}/funnels`, { name: 'f', steps })
    await service.sendFromServer(of, [serverView(1, Date.now() - 9_000, '/sa%20le'), serverView(1, Date.now() - 5_000, '/danke!')])
    const report = await service.report(of, 'funnels', `funnel=${funnel.id}`)
    expect(JSON.stringify(report)).toContain('"visitors":1')
    expect(funnel.steps.map(({ name }) => name)).toEqual(['/sa le', '/danke!'])
  })
})

test('exclusions of any spelling hold', async () => {
  for (const value of ['/m%C3%BCnchen/*', 'münchen/*', '/m%c3%bcnchen/*', 'https://shop.example/münchen/*']) {
    const of = await service.makeSite()
    const { value: kept } = await service.admin<{ value: string }>(`/api/sites/${of}/exclusions`, { type: 'path', value })
    expect(kept).toBe('/münchen/*')
    clock.ahead += 2_100
    await service.send(of, [pageview('/m%c3%bcnchen/x'), pageview('/münchen/y'), pageview('/munchen/x')])
    expect(await pagesOf(of)).toEqual([['/munchen/x', 1]])
    const again = await post(`/api/sites/${of}/exclusions`, { type: 'path', value: '/münchen/*' })
    expect(again.status).toBe(409)
  }
})

describe('imports', () => {
  const imported = async (query: string, file: BodyInit) => {
    const of = await service.makeSite({ timezone: 'UTC' })
    await importFile(service, of, query, file)
    await service.send(of, [pageview('/caf%C3%A9'), pageview('/sale/')])
    return Object.fromEntries(await pagesOf(of, '&from=2024-10-01&to=2027-01-01'))
  }

  const ga4 =
    '# t\nDate,Total users,Sessions,Views\n20241001,9,9,9\n\n# p\nDate,Page path,Total users,Sessions,Views\n' +
    '20241001,/caf%C3%A9?x=1,2,2,5\n20241001,https://shop.example/cafe%CC%81,1,1,1\n20241001,/sale//,1,1,3\n'
  const plausible = {
    'imported_visitors.csv': 'date,visitors,pageviews,bounces,visits,visit_duration\n2024-10-01,3,9,0,3,9\n',
    'imported_pages.csv':
      'date,hostname,page,visits,visitors,pageviews\n2024-10-01,shop.example,/caf%C3%A9,2,2,5\n' +
      '2024-10-01,shop.example,/café?x,1,1,1\n2024-10-01,shop.example,/sale//,1,1,3\n',
  }
  const matomo = {
    'VisitsSummary.get.csv': 'date,nb_visits,nb_uniq_visitors,nb_actions\n2024-10-01,3,3,9\n',
    'Actions.getPageUrls.csv':
      'date,label,url,nb_visits,nb_hits\n2024-10-01,caf%C3%A9,https://shop.example/caf%C3%A9,2,6\n2024-10-01,/sale/,,1,3\n',
  }

  test.each([
    ['ga4', () => ga4],
    ['plausible', () => zipOf(plausible)],
    ['matomo', () => zipOf(matomo)],
  ])('of %s and items of the site are one row', async (source, file) => {
    expect(await imported(`source=${source}`, await file())).toEqual({ '/café': 7, '/sale/': 4 })
  })

  test('of umami, by items, too', async () => {
    const row = (id: string, path: string) => `${id},w,s-${id},2024-10-01 09:00:0${id},${path},1`
    const file = `event_id,website_id,session_id,created_at,url_path,event_type\n${[row('1', '/caf%c3%a9'), row('2', 'café'), row('3', '/sale//')].join('\n')}\n`
    expect(await imported('source=umami', file)).toEqual({ '/café': 3, '/sale/': 2 })
  })
})

test('patterns that were set before are brought into the form, and count', async () => {
  const { sql } = service.assembly
  const of = await service.makeSite()
  await service.sendFromServer(of, [serverView(1, Date.now() - 9_000, '/sa%20le'), serverView(1, Date.now() - 5_000, '/a%2fb')])
  await service.admin(`/api/sites/${of}/goals`, { name: 'sale', type: 'page', pattern: '/x' })
  await service.admin(`/api/sites/${of}/goals`, { name: 'never', type: 'page', pattern: '/y' })
  await service.admin(`/api/sites/${of}/funnels`, { name: 'f', steps: [{ type: 'page', pattern: '/p' }, { goal: 'sale' }] })
  for (const value of ['/m', '/n', '/o']) await service.admin(`/api/sites/${of}/exclusions`, { type: 'path', value })
  await sql`update goals set pattern = '/sa%20le', pattern_like = '/sa\\%20le' where site_id = ${of} and name = 'sale'`
  await sql`update goals set pattern = '/a?b', pattern_like = '/a?b' where site_id = ${of} and name = 'never'`
  await sql`update funnels set steps = jsonb_set(steps, '{0,pattern}', '"/a%2fb"') where site_id = ${of}`
  await sql`update exclusions set value = replace(replace(value, '/m', '/caf%C3%A9'), '/n', '/caf%c3%a9') where site_id = ${of}`
  await sql.begin(normalizePatterns)
  await sql.begin(normalizePatterns)
  const goals = await sql`select pattern, pattern_like from goals where site_id = ${of} order by pattern`
  expect([...goals]).toEqual([{ pattern: '/a?b', pattern_like: '/a?b' }, { pattern: '/sa le', pattern_like: '/sa le' }])
  const [funnel] = await sql`select steps -> 0 ->> 'pattern' as first from funnels where site_id = ${of}`
  expect(funnel?.first).toBe('/a%2Fb')
  const exclusions = await sql`select value from exclusions where site_id = ${of} order by value`
  expect(exclusions.map(({ value }) => value)).toEqual(['/café', '/o'])
  expect(await conversionsOf(of)).toEqual({ sale: 1, never: 0 })
})

describe('hosts', () => {
  test.each([
    ['münchen.example', 'xn--mnchen-3ya.example'],
    ['WWW.MÜNCHEN.example.', 'xn--mnchen-3ya.example'],
    ['https://user-shop.Example:8443/path?x#y', 'user-shop.example'],
    ['//shop.example/', 'shop.example'],
    ['shop.example:3000', 'shop.example'],
    ['m%C3%BCnchen.example', 'xn--mnchen-3ya.example'],
    ['localhost', 'localhost'],
    ['192.0.2.7', '192.0.2.7'],
  ])('%p is taken for the domain %p', async (domain, kept) => {
    const made = await post('/api/sites', { domain })
    expect([made.status, made.body.domain]).toEqual([201, kept])
  })

  test.each([
    'ftp://shop.example', 'mailto:me@shop.example', 'me@shop.example', '*.shop.example', 'shop_1.example', '1.2', '/shop.example',
    'https:///shop.example', 'shop..example', '-shop.example', '[::1]', 'a b.example', 'shop.example:x', `${'a'.repeat(64)}.example`,
  ])('%p is refused with what is allowed', async (domain) => {
    const made = await post('/api/sites', { domain })
    expect([made.status, made.body.parameter]).toEqual([400, 'domain'])
    expect(made.body.detail).toContain('shop.example.com')
  })

  test('of origins are written as browsers write them', async () => {
    const of = await service.makeSite()
    const stated = ['https://Münster.example/', 'http://blog.example:8080/post?x=1', 'https://[::1]:3000', 'HTTPS://a.example:443']
    const { id } = await service.makeShare(of, { allowed_origins: stated })
    const { shares } = await service.admin<{ shares: { id: string; allowed_origins: string[] }[] }>(`/api/sites/${of}/shares`)
    expect(shares.find((share) => share.id === id)?.allowed_origins).toEqual([
      'https://xn--mnster-3ya.example', 'http://blog.example:8080', 'https://[::1]:3000', 'https://a.example',
    ])
    for (const origin of ['shop.example', 'https://*.shop.example', 'https://me@shop.example', 'ftp://shop.example', 'null', '*']) {
      const { status, body } = await post(`/api/sites/${of}/shares`, { allowed_origins: [origin] })
      expect([origin, status, body.parameter]).toEqual([origin, 400, 'allowed_origins'])
    }
  })

  test('in filters and of agents are compared in their form', async () => {
    const of = await service.makeSite()
    await service.send(of, [{ ...pageview(), url: 'https://münchen.example/' }])
    for (const value of ['münchen.example', 'XN--MNCHEN-3YA.example', 'https://münchen.example:8080/x', '*.EXAMPLE']) {
      const { pageviews } = await service.report(of, 'overview', `filter=${encodeURIComponent(`hostname:${value}`)}`)
      expect([value, pageviews]).toEqual([value, 1])
    }
  })
})
