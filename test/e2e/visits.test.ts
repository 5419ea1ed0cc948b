import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'puppeteer-core'
import { openBrowser, shownBy, until } from '../support/browser.ts'
import { buildElements } from '../support/elements.ts'
import { type OperatedService, openOperated } from '../support/operated.ts'
import { serverView } from '../support/service.ts'

let service: OperatedService
let browser: Browser
let built: Awaited<ReturnType<typeof buildElements>>
let server: Bun.Server<undefined>
let site = ''
const shares = { whole: '', bare: '' }


/** Has as many visitors come as are asked for, whom nobody has seen before. */
async function visit(first: number, count: number): Promise<void> {
  const items = Array.from({ length: count }, (_, index) => serverView(first + index, Date.now(), '/pricing'))
  await service.admin(`/api/sites/${site}/ingest`, { items })
}

async function open(share: string): Promise<{ page: Page; streams: string[] }> {
  const page = await browser.newPage()
  await page.setViewport({ width: 1200, height: 900 })
  const streams: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/realtime')) streams.push(request.url())
  })
  await page.goto(`http://localhost:${server.port}/?${share}`)
  return { page, streams }
}

beforeAll(async () => {
  built = await buildElements()
  service = await openOperated()
  site = (await service.admin<{ id: string }>('/api/sites', { domain: 'shop.example' })).id
  shares.whole = (await service.admin<{ token: string }>(`/api/sites/${site}/shares`, { visits: true })).token
  shares.bare = (await service.admin<{ token: string }>(`/api/sites/${site}/shares`, { live: false })).token
  await visit(0, 2)
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname, search } = new URL(request.url)
      if (pathname.startsWith('/embed/')) return new Response(Bun.file(`${built.path}/${pathname.slice(7)}`))
      const body = `<!doctype html><html lang="en"><title>Visits</title><script type="module" src="/embed/hk.js"></script>
        <hk-site endpoint="${service.url}" share="${search.slice(1)}">
          <hk-kpi metric="visitors" range="7d"></hk-kpi> <hk-live></hk-live>
          <hk-globe view="list"></hk-globe> <hk-feed limit="4"></hk-feed> <hk-toasts duration="600"></hk-toasts>
        </hk-site>`
      return new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8' } })
    },
  })
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop(true)
  await service?.[Symbol.asyncDispose]()
  await built?.[Symbol.asyncDispose]()
})

describe('a page that shows visits as they come', () => {
  test('tells of each of them once, over one stream, also in a rush', async () => {
    const { page, streams } = await open(shares.whole)
    const state = () => page.$eval('hk-toasts', (element) => Reflect.get(element, 'client')?.status.get().state)
    await until(() => shownBy(page, 'hk-feed'), (text) => text.includes('/pricing'))
    await until(state, (now) => now === 'live')
    await until(async () => streams.at(-1) ?? '', (url) => url.includes('visits=1'))
    await visit(10, 1)
    await until(() => shownBy(page, 'hk-toasts'), (text) => text.startsWith('New visitor'))
    await visit(100, 43)
    const toasts = await until(
      () => page.$eval('hk-toasts', ({ shadowRoot }) => [...(shadowRoot?.querySelectorAll('.first') ?? [])].map((title) => title.textContent?.trim() ?? '')),
      (titles) => titles.reduce((sum, title) => sum + (Number.parseInt(title) || 1), 0) >= 44,
    )
    expect(toasts.reduce((sum, title) => sum + (Number.parseInt(title) || 1), 0)).toBe(44)
    await until(() => shownBy(page, 'hk-live'), (text) => text.includes('46 visitors'))
    await until(() => shownBy(page, 'hk-globe'), (text) => text.includes('46'))
    // The first may have been opened before anybody asked for visits; it was ended then.
    expect(streams.filter((url) => url.includes('visits=1')).length).toBe(1)
    expect(streams.length).toBeLessThanOrEqual(2)
    await page.close()
  }, 60_000)

  test('says in each place what a link does not allow', async () => {
    const { page } = await open(shares.bare)
    for (const element of ['hk-live', 'hk-globe', 'hk-feed', 'hk-toasts']) {
      await until(() => shownBy(page, element), (text) => text.includes('does not give access'))
    }
    await until(() => shownBy(page, 'hk-kpi'), (text) => text.includes('46'))
    await page.close()
  }, 60_000)
})
