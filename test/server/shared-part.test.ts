/**
 * What the filters of a share link hide stays hidden. Each text of what does not fit says that it is secret, as do the
 * names of goals and funnels that nothing reaches of what fits, and all annotations: no answer and no event has one.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { dimensions, parsePosition } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { createDesk, readQuestion, registry, reportNames } from '../../server/reports/index.ts'
import { createLookups } from '../../server/store/index.ts'
import { openService, serverView, type TestService } from '../support/service.ts'
import { readStream } from '../support/sse.ts'

const day = 86_400_000
const noon = Math.floor(Date.now() / day) * day - day / 2

let service: TestService
beforeAll(async () => {
  service = await openService()
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

/** An item as it is sent. `shows`: whether its page, its host and its name may be seen. */
interface Made {
  readonly visitor: number
  readonly minute: number
  readonly type: 'pageview' | 'event'
  readonly page: boolean
  readonly host: boolean
  readonly name: boolean
  readonly purchase: boolean
}

/** Filters of a link, and whether an item fits them. */
const links: readonly { readonly filters: readonly string[]; readonly fits: (item: Made) => boolean }[] = [
  { filters: ['page:/open*'], fits: ({ page }) => page },
  { filters: ['!page:/secret*'], fits: ({ page }) => page },
  { filters: ['hostname:open.example'], fits: ({ host }) => host },
  { filters: ['event:open*', 'event:purchase'], fits: ({ type, name, purchase }) => type === 'event' && (name || purchase) },
  { filters: ['goal:Open page'], fits: ({ type, page }) => type === 'pageview' && page },
  { filters: ['page:/open*', 'hostname:open.example'], fits: ({ page, host }) => page && host },
  { filters: ['page:/open*', '!source:Bing'], fits: ({ page }) => page },
]

const made: fc.Arbitrary<Made> = fc.record({
  visitor: fc.nat(3),
  minute: fc.nat(200),
  type: fc.constantFrom('pageview', 'pageview', 'event'),
  page: fc.boolean(),
  host: fc.boolean(),
  name: fc.boolean(),
  purchase: fc.boolean(),
})

/** The item as a server sends it: each of its texts is open, or secret. */
function send(item: Made, index: number, fits: boolean): object {
  const word = (open: boolean) => (open ? 'open' : fits ? 'other' : 'secret')
  // What a link looks at is by the item; all else of an item that does not fit is secret.
  const rest = fits ? 'open' : `secret${index}`
  const path = `/${word(item.page)}-${rest}?utm_campaign=${rest}&utm_source=${rest}&utm_medium=${rest}&utm_term=${rest}&utm_content=${rest}`
  const event = item.purchase ? 'purchase' : `${word(item.name)}-${rest}`
  const props = { text: rest, [`key-${rest}`]: 1, value: 10, currency: fits ? 'EUR' : 'SEC', items: [{ id: rest, name: rest, price: 10 }] }
  return serverView(item.visitor, noon + item.minute * 60_000, '/', {
    id: crypto.randomUUID(),
    type: item.type,
    url: `https://${word(item.host)}.example${path}`,
    referrer: `https://${rest}.example.org/`,
    ...(item.type === 'event' && { name: event, props }),
  })
}

async function makeSite(): Promise<string> {
  const site = await service.makeSite({ domain: 'open.example' })
  const make = (kind: string, body: object) => service.admin(`/api/sites/${site}/${kind}`, body)
  const open = { type: 'page', pattern: '/open*' }
  const secret = { type: 'page', pattern: '/secret*' }
  await make('goals', { name: 'Open page', ...open })
  await make('goals', { name: 'Secret page', ...secret })
  await make('goals', { name: 'Secret event', type: 'event', pattern: 'secret*' })
  await make('goals', { name: 'Secret of nothing', type: 'page', pattern: '/never' })
  await make('funnels', { name: 'Secret steps', steps: [{ name: 'A', ...open }, { name: 'Secret', ...secret }] })
  await make('funnels', { name: 'Secret in vain', steps: [{ name: 'Secret', type: 'page', pattern: '/never' }, { name: 'B', ...open }] })
  await make('annotations', { at: new Date(noon).toISOString(), text: 'Secret launch' })
  return site
}

/** Questions to each report, by each of its ways to ask. */
function questions(): string[] {
  const range = `from=${new Date(noon - day).toISOString().slice(0, 10)}&to=${new Date().toISOString().slice(0, 10)}`
  const by: Record<string, readonly string[]> = {
    breakdown: dimensions.map((name) => `by=${name}`),
    ai_visibility: ['agent', 'page', 'resource', 'status'].map((name) => `by=${name}`),
    events: ['', 'name=open-open', 'name=purchase', 'name=purchase&property=text'],
    timeseries: ['metrics=visitors,revenue,conversions', 'compare=previous'],
  }
  return reportNames.flatMap((report) =>
    (by[report] ?? ['']).flatMap((parameters) => [`${report}?${range}&${parameters}`, `${report}?range=all&${parameters}`]),
  )
}

describe('a share link with filters', () => {
  test('shows nothing of what does not fit, whatever is asked', async () => {
    const asked = questions()
    let answers = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...links), fc.array(made, { minLength: 1, maxLength: 16 }), async ({ filters, fits }, items) => {
        const site = await makeSite()
        await service.sendFromServer(site, items.map((item, index) => send(item, index, fits(item))))
        const fetches = ['/open-open', '/secret-1'].map((path) => ({ path, user_agent: 'GPTBot/1.2', status_code: 200, hostname: path === '/open-open' ? 'open.example' : 'secret.example' }))
        await service.admin(`/api/sites/${site}/ingest/ai-fetch`, fetches)
        const reports = reportNames.filter((name) => !['visits', 'opportunities', 'imports'].includes(name))
        const { token } = await service.makeShare(site, { filters, reports })
        const base = `/api/share/${token}/sites/${site}`
        for (const question of asked) {
          const text = await (await service.fetch(`${base}/reports/${question}`)).text()
          // The filters of the link are its own, and may be named.
          if (text.includes('"code":"internal"')) throw new Error(service.errors.join('\n'))
          expect([question, /secret|"SEC"/i.exec(text.replaceAll('/secret*', ''))?.input ?? '']).toEqual([question, ''])
          answers++
        }
        for (const path of [`/api/share/${token}`, `/share/${token}`, `${base}/annotations`, `${base}/reports/goals/export?format=csv&range=all`]) {
          expect([path, (await (await service.fetch(path)).text()).replaceAll('/secret*', '')]).toEqual([path, expect.not.stringMatching(/secret/i)])
        }
      }),
      { numRuns: 20 },
    )
    expect(answers).toBeGreaterThan(500)
  }, 300_000)

  test('answers whoever guesses at what is hidden as if it were not there', async () => {
    const site = await makeSite()
    const item = { visitor: 1, minute: 0, type: 'pageview', page: false, host: true, name: true, purchase: false } as const
    const later = { ...item, minute: 5, page: true }
    await service.sendFromServer(site, [send(item, 7, false), send(later, 8, true), send({ ...item, minute: 9 }, 7, false)])
    const { token } = await service.makeShare(site, { filters: ['page:/open*'] })
    const ask = async (query: string) =>
      (await (await service.fetch(`/api/share/${token}/sites/${site}/reports/overview?range=7d&${query}`)).json()).data.visitors
    expect(await ask('')).toBe(1)
    const hidden = ['entry_page:/secret*', 'exit_page:/secret*', 'utm_campaign:secret7', 'utm_source:secret7', 'referrer:*secret7*', 'page:/secret*', 'goal:Secret page']
    for (const filter of hidden) expect([filter, await ask(`filter=${encodeURIComponent(filter)}`)]).toEqual([filter, 0])
    expect(await ask('filter=entry_page:/open*&filter=exit_page:/open*')).toBe(1)
    // The owner sees them.
    expect((await service.report(site, 'overview', 'range=7d&filter=entry_page:/secret*')).visitors).toBe(1)
  })

  test('begins "all" with the first item that fits', async () => {
    const site = await makeSite()
    const item = { visitor: 1, minute: 0, type: 'pageview', page: true, host: true, name: true, purchase: false } as const
    const old = { ...serverView(2, noon - 400 * day, '/secret-1') }
    await service.sendFromServer(site, [send(item, 1, true), old])
    const { token } = await service.makeShare(site, { filters: ['page:/open*'] })
    const { range } = await (await service.fetch(`/api/share/${token}/sites/${site}/reports/overview?range=all`)).json()
    expect(range.from.slice(0, 10)).toBe(new Date(noon).toISOString().slice(0, 10))
    // What is gone through for that is gone through once until something is committed.
    const { sql, sites } = service.assembly
    let read = 0
    const counted = new Proxy(sql, {
      apply(target, self, [strings, ...values]: [TemplateStringsArray, ...unknown[]]) {
        if (strings.raw?.join('').includes('min(at)')) read++
        return Reflect.apply(target, self, [strings, ...values])
      },
    })
    const desk = createDesk({ sql: counted, sites, now: Date.now })
    const found = await createLookups(sql).site(site)
    if (found === undefined) throw new Error('The site is not there')
    const question = readQuestion(new URL('http://test/?range=all'), registry.overview, ['page:/open*'])
    for (let asked = 0; asked < 10; asked++) await desk.ask(found.site, found.version, 'overview', question)
    // The query and its parts.
    expect(read).toBeLessThan(4)
  })

  test('is told that something was committed, and not how often, nor what', async () => {
    const site = await makeSite()
    const { token } = await service.makeShare(site, { filters: ['page:/open*'] })
    const { token: whole } = await service.makeShare(site)
    const stream = readStream(await service.fetch(`/api/share/${token}/sites/${site}/realtime`))
    const open = readStream(await service.fetch(`/api/share/${whole}/sites/${site}/realtime`))
    const hello = await stream.next('hello')
    const seqs = [hello.data.position]
    for (let count = 0; count < 5; count++) {
      await service.sendFromServer(site, [send({ visitor: 1, minute: count, type: 'event', page: false, host: false, name: false, purchase: count % 2 === 0 }, 1, false)])
      const { id, data } = await stream.next('analytics.changed')
      seqs.push(id ?? '')
      expect(data.counts).toEqual({})
      expect(data.kinds.length).toBe(11)
      expect(Date.parse(data.bucket_start)).toBeGreaterThan(Date.now() - 2 * 60_000)
    }
    // Those who see all are told what it was.
    expect((await open.next('analytics.changed')).data.kinds.length).toBeLessThan(5)
    const times = seqs.map((position) => parsePosition(position)?.seq ?? 0)
    for (const time of times) expect(Math.abs(time - Date.now())).toBeLessThan(60_000)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const base = `/api/share/${token}/sites/${site}`
    const { version } = await (await service.fetch(`${base}/reports/overview`)).json()
    expect(version).toBe(seqs.at(-1))
    expect((await service.fetch(`${base}/changes?since=${version}`)).status).toBe(204)
    expect(await (await service.fetch(`${base}/changes?since=${seqs[0]}`)).json()).toMatchObject({ position: version, kinds: expect.any(Array) })
    // A position goes on where it was, and is not one of those who see all.
    const again = readStream(await service.fetch(`${base}/realtime?last_event_id=${seqs[2]}`))
    expect((await again.next('hello')).data.recovered).toBe(true)
    expect((await again.next('analytics.changed')).id).toBe(version)
    const etag = (await service.fetch(`${base}/reports/overview`)).headers.get('etag') ?? ''
    expect(etag).toContain(String(times.at(-1)))
    expect((await service.fetch(`${base}/reports/overview`, { headers: { 'if-none-match': etag } })).status).toBe(304)
    for (const reader of [stream, open, again]) await reader.cancel()
  })
})
