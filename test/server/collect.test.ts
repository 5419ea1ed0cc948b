import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { browserAgent, openService, pageview, serverView, type TestService } from '../support/service.ts'

let service: TestService
let site: string

beforeAll(async () => {
  service = await openService()
  site = await service.makeSite()
})
afterAll(() => service[Symbol.asyncDispose]())

const overview = (of = site) => service.report(of, 'overview', 'range=today')

function post(body: BodyInit, headers: Record<string, string> = {}) {
  return service.fetch('/ingest', {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/plain', 'user-agent': browserAgent, ...headers },
  })
}

describe('POST /ingest', () => {
  test('answers 202 after the item can be read', async () => {
    const own = await service.makeSite()
    expect(await service.send(own, [pageview('/a')])).toEqual({ accepted: 1, rejected: [] })
    expect(await overview(own)).toMatchObject({ visitors: 1, visits: 1, pageviews: 1, bounce_rate: 1 })
  })

  test('stores an item of one id once, however often and wherever in a batch it comes', async () => {
    const own = await service.makeSite()
    const item = pageview('/a')
    await Promise.all(Array.from({ length: 20 }, () => service.send(own, [item, item])))
    expect((await overview(own)).pageviews).toBe(1)
  })

  test('rejects a bad item by index, code and field, and stores its neighbours', async () => {
    const own = await service.makeSite()
    const bad = [
      [null, 'bad_item'],
      [{ ...pageview(), id: 'short' }, 'bad_id'],
      [{ ...pageview(), type: 'click' }, 'bad_type'],
      [{ ...pageview(), url: 'javascript:alert(1)' }, 'bad_url'],
      [{ ...pageview(), url: `https://a.example/${'x'.repeat(9_000)}` }, 'bad_url'],
      [{ ...pageview(), at: 'soon' }, 'bad_at'],
      [{ ...pageview(), at: 12 }, 'bad_at'],
      [{ ...pageview(), type: 'event' }, 'bad_name'],
      [{ ...pageview(), type: 'event', name: '\0\u0001' }, 'bad_name'],
      [{ ...pageview(), type: 'vital', name: 'LCP', value: -1 }, 'bad_value'],
      [{ ...pageview(), type: 'event', name: 'e', props: [] }, 'bad_props'],
      [{ ...pageview(), type: 'event', name: 'e', props: { a: { b: { c: { d: 1 } } } } }, 'bad_props'],
      [
        JSON.parse(
          `{"id":"${crypto.randomUUID()}","type":"event","name":"e","url":"https://a.example/","props":{"__proto__":{"x":1}}}`,
        ),
        'bad_props',
      ],
    ] as const
    const receipt = await service.send(own, [
      pageview('/first'),
      ...bad.map(([item]) => item as object),
      pageview('/last'),
    ])
    expect(receipt.accepted).toBe(2)
    expect(receipt.rejected.map(({ code }) => code)).toEqual(bad.map(([, code]) => code))
    expect(receipt.rejected.map(({ index }) => index)).toEqual(bad.map((_, index) => index + 1))
    expect((await overview(own)).pageviews).toBe(2)
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  test('keeps text with NUL bytes and lone surrogates as text that a database can hold', async () => {
    const own = await service.makeSite()
    const props = { text: 'a\0b\ud800c', line: 'one\ntwo' }
    const receipt = await service.send(own, [
      { ...pageview('/%00%ud800\ud800'), type: 'event', name: 'no\0te\ud800', props },
      pageview('/next'),
    ])
    expect(receipt).toEqual({ accepted: 2, rejected: [] })
    const [row] = await service.assembly
      .sql`select name, props from items where site_id = ${own} and type = 'event'`
    expect(row).toEqual({ name: 'note\ufffd', props: { text: 'ab\ufffdc', line: 'one\ntwo' } })
  })

  test.each([
    ['malformed JSON', '{"site":', 400, 'bad_request'],
    ['an empty body', '', 400, 'bad_request'],
    ['JSON that is no object', '[]', 400, 'bad_request'],
    ['items that are no list', JSON.stringify({ site: 'x', items: {} }), 400, 'bad_request'],
    ['a site that is no text', JSON.stringify({ site: 7, items: [] }), 400, 'bad_request'],
    ['51 items', JSON.stringify({ site: 'x', items: Array(51).fill(0) }), 413, 'too_large'],
    ['10,000 items', JSON.stringify({ site: 'x', items: Array(10_000).fill(0) }), 413, 'too_large'],
    ['1 MiB', JSON.stringify({ site: 'x', items: ['x'.repeat(1 << 20)] }), 413, 'too_large'],
  ])('answers %s with a problem that says what to do', async (_name, body, status, code) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status, code, detail: expect.stringMatching(/\w/) })
  })

  test('refuses a body that is not UTF-8', async () => {
    expect((await post(new Uint8Array([0x7b, 0xff, 0x7d]))).status).toBe(400)
  })

  test('stores whatever fits the checks, also where an index or an amount is at its end', async () => {
    const site = await service.makeSite()
    const random = Array.from({ length: 1_023 }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000))).join('')
    const items = [
      pageview(`/${random}`, { type: 'vital', name: 'LCP', value: 900 }),
      pageview(`/${random}`),
      pageview('/', { type: 'event', name: 'purchase', props: { value: '999999999999.99999' } }),
      pageview('/', { type: 'event', name: 'purchase', props: { items: [{ id: 'a', price: 999_999_999_999.9999, quantity: 2 }] } }),
    ]
    expect(await service.send(site, items)).toEqual({ accepted: 4, rejected: [] })
    const [row] = await service.assembly.sql`select count(*)::int as stored from items where site_id = ${site}`
    expect(row?.stored).toBe(4)
  })

  test('tells an unknown site, a bot and a prefetch no more than anyone', async () => {
    const own = await service.makeSite()
    const known = await service.send(own, [pageview()])
    expect(await service.send('nosuchsite', [pageview()])).toEqual(known)
    expect(
      await service.send(own, [pageview()], { agent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' }),
    ).toEqual(known)
    expect(await service.send(own, [pageview()], { agent: '' })).toEqual(known)
    await post(JSON.stringify({ site: own, items: [pageview()] }), { 'sec-purpose': 'prefetch;prerender' })
    expect((await overview(own)).pageviews).toBe(1)
    const metrics = await (await service.fetch('/metrics')).text()
    for (const outcome of ['unknown_site', 'bot', 'prefetch']) {
      expect(metrics).toMatch(new RegExp(`outcome="${outcome}"} [1-9]`))
    }
  })

  test("takes the tracker's time within 48 hours, else the time of arrival", async () => {
    const own = await service.makeSite()
    const hour = 3_600_000
    const times = [-1, -47, -49, -24 * 400, 24].map((hours) =>
      new Date(Date.now() + hours * hour).toISOString(),
    )
    await service.send(
      own,
      times.map((at) => pageview('/', { at })),
    )
    const rows = await service.assembly.sql<
      { at: Date }[]
    >`select at from items where site_id = ${own} order by at`
    const ages = rows.map(({ at }) => Math.round((Date.now() - at.getTime()) / hour))
    expect(ages).toEqual([47, 1, 0, 0, 0])
  })

  test('never answers 500, and never loses a neighbour, whatever an item looks like', async () => {
    const own = await service.makeSite()
    let sent = 0
    const wild = fc.record(
      {
        id: fc.oneof(fc.string({ unit: 'binary' }), fc.uuid()),
        type: fc.constantFrom('pageview', 'event', 'vital', 'engagement', 'x'),
        url: fc.oneof(
          fc.webUrl(),
          fc.string({ unit: 'binary' }),
          fc.constant('https://shop.example/\ud800\0'),
        ),
        name: fc.string({ unit: 'binary' }),
        at: fc.oneof(
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
          fc.anything(),
        ),
        value: fc.oneof(fc.double(), fc.anything()),
        referrer: fc.string({ unit: 'binary' }),
        language: fc.string({ unit: 'binary' }),
        props: fc.oneof(fc.dictionary(fc.string({ unit: 'binary' }), fc.anything()), fc.anything()),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(wild, fc.anything()), { maxLength: 20 }), async (items) => {
        sent += 2
        const body = JSON.stringify(
          { site: own, items: [pageview('/before'), ...items, pageview('/after')] },
          (_key, value) => (typeof value === 'bigint' ? String(value) : value),
        )
        const response = await post(body)
        expect(response.status).toBe(202)
      }),
      { numRuns: 60 },
    )
    const { rows } = await service.report(own, 'breakdown', 'range=today&limit=1000')
    const views = rows.filter(({ value }) => value === '/before' || value === '/after')
    expect(views.reduce((sum, row) => sum + row.pageviews, 0)).toBe(sent)
    expect(service.errors).toEqual([])
  })
})

describe('visitors', () => {
  test('are told apart by address and agent, and are others on another site and day', async () => {
    const [one, two] = [await service.makeSite(), await service.makeSite()]
    const noon = Date.UTC(2026, 4, 4, 12)
    const day = 86_400_000
    await service.sendFromServer(one, [
      serverView(1, noon),
      serverView(1, noon + 1),
      serverView(2, noon),
      serverView(1, noon + day),
    ])
    await service.sendFromServer(two, [serverView(1, noon)])
    const rows = await service.assembly
      .sql`select distinct site_id, visitor_id::text from items where site_id in (${one}, ${two})`
    expect(rows.length).toBe(4)
    expect(await service.report(one, 'overview', 'from=2026-05-04&to=2026-05-05')).toMatchObject({
      visitors: 3,
      pageviews: 4,
    })
  })

  test('leave nothing that identifies them in the store', async () => {
    const own = await service.makeSite()
    await service.send(own, [pageview('/?email=a@b.example')], { address: '198.51.100.99' })
    const dump = JSON.stringify(
      await service.assembly.sql`select * from items, visits where items.site_id = ${own}`,
    )
    expect(dump).not.toContain('198.51.100.99')
    expect(dump).not.toContain('Mozilla')
    expect(dump).not.toContain('a@b.example')
  })
})

describe('POST /api/sites/:id/ingest', () => {
  test('takes any time from 2000 on and needs an address and an agent', async () => {
    const own = await service.makeSite()
    const receipt = await service.sendFromServer(own, [
      serverView(1, Date.UTC(2001, 0, 1)),
      serverView(1, Date.UTC(1999, 0, 1)),
      serverView(1, Date.now() + 3_600_000),
      pageview(),
      { ...pageview(), visitor_ip: '203.0.113.1', user_agent: 7 },
    ])
    expect(receipt.accepted).toBe(1)
    expect(receipt.rejected.map(({ index, code }) => [index, code])).toEqual([
      [1, 'bad_at'],
      [2, 'bad_at'],
      [3, 'bad_sender'],
      [4, 'bad_sender'],
    ])
  })

  test('is closed without a token, with a wrong one and without the scope', async () => {
    const reader = await service.admin<{ token: string }>('/api/clients', {
      label: 'r',
      scopes: ['reports:read'],
    })
    const attempt = async (path: string, authorization?: string) =>
      (
        await service.fetch(`/api/sites/${site}/${path}`, {
          method: 'POST',
          body: '{"items":[]}',
          headers: authorization === undefined ? {} : { authorization },
        })
      ).status
    for (const path of ['ingest', 'ingest/ai-fetch']) {
      expect(await attempt(path)).toBe(401)
      expect(await attempt(path, 'Bearer nonsense')).toBe(401)
      expect(await attempt(path, `Bearer ${reader.token}`)).toBe(403)
    }
  })
})

describe('POST /api/sites/:id/ingest/ai-fetch', () => {
  test('stores requests of AI agents once, and counts those of others', async () => {
    const own = await service.makeSite()
    const fetches = [
      {
        id: 'fetch-0001',
        path: '/a?x=1',
        user_agent: 'Mozilla/5.0; compatible; GPTBot/1.2; +https://openai.com/gptbot',
        status_code: 200,
        bytes_served: 10,
      },
      { path: '/b', user_agent: 'Googlebot/2.1 (+http://www.google.com/bot.html)', status_code: 200 },
      { path: 'b', user_agent: 'GPTBot/1.2', status_code: 200 },
      { path: '/b', user_agent: 'GPTBot/1.2', status_code: 9 },
    ]
    const receipt = await service.admin(`/api/sites/${own}/ingest/ai-fetch`, fetches)
    expect(receipt).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 2, code: 'bad_path' },
        { index: 3, code: 'bad_status' },
      ],
    })
    await service.admin(`/api/sites/${own}/ingest/ai-fetch`, fetches[0])
    const rows = await service.assembly
      .sql`select agent, path, status, hostname from ai_fetches where site_id = ${own}`
    expect([...rows]).toEqual([{ agent: 'GPTBot', path: '/a', status: 200, hostname: 'shop.example' }])
  })
})
