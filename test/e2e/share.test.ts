import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'puppeteer-core'
import { openBrowser, present, until } from '../support/browser.ts'
import { type OperatedService, openOperated } from '../support/operated.ts'
import { serverView } from '../support/service.ts'

let service: OperatedService
let browser: Browser
let partner: Bun.Server<undefined>
let site: string
/** What the page of the partner has in it. */
let framed = ''

const share = async (settings: object = {}) => (await service.admin<{ token: string }>(`/api/sites/${site}/shares`, settings)).token
const visit = (visitor: number, path = '/') => service.admin(`/api/sites/${site}/ingest`, { items: [serverView(visitor, Date.now(), path)] })

beforeAll(async () => {
  service = await openOperated()
  site = (await service.admin<{ id: string }>('/api/sites', { domain: 'shop.example' })).id
  for (let visitor = 0; visitor < 5; visitor++) await visit(visitor, visitor % 2 ? '/lamps' : '/')
  partner = Bun.serve({
    port: 0,
    fetch: () =>
      new Response(
        `<!doctype html><title>Partner</title><script>heights = []; addEventListener('message', (event) => heights.push([event.origin, event.data]))</script>${framed}`,
        { headers: { 'content-type': 'text/html' } },
      ),
  })
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await partner?.stop(true)
  await service?.[Symbol.asyncDispose]()
})

/** Opens a page, and keeps what its policy refuses and what goes wrong in it. */
async function open(url: string): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage()
  await page.setViewport({ width: 1280, height: 2000 })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(url)
  return { page, errors }
}

/** The text of an element within the dashboard. */
const inside = (page: Page, selector: string) =>
  page.evaluate(
    (wanted) =>
      (document.querySelector('hk-dashboard')?.shadowRoot?.querySelector(wanted)?.shadowRoot?.textContent ?? '')
        .replace(/\s+/g, ' ')
        .trim(),
    selector,
  )

describe('the page of a share link', () => {
  test('is live: a visit moves the numbers, under its own strict policy', async () => {
    const { page, errors } = await open(`${service.url}/share/${await share()}`)
    await until(() => inside(page, 'hk-kpi[metric="visitors"]'), (text) => text.startsWith('Visitors 5'))
    await until(() => inside(page, 'hk-table[by="page"]'), (text) => text.includes('/lamps'))
    await until(() => inside(page, 'hk-status'), (text) => text.startsWith('Live'))
    await visit(99, '/new')
    await until(() => inside(page, 'hk-kpi[metric="visitors"]'), (text) => text.startsWith('Visitors 6'))
    await until(() => inside(page, 'hk-table[by="page"]'), (text) => text.includes('/new'))
    expect(errors).toEqual([])
    await page.close()
  }, 60_000)

  test.each([1280, 390])('moves nothing that is in sight while it comes, at %d px', async (width) => {
    const page = await browser.newPage()
    await page.setViewport({ width, height: 800 })
    await page.evaluateOnNewDocument(() => {
      Object.assign(window, { shifts: [] })
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const sources: { node: Element | null; previousRect: DOMRect; currentRect: DOMRect }[] = Reflect.get(entry, 'sources')
          const moves = sources.map(({ node, previousRect, currentRect }) => {
            const rects = [previousRect, currentRect].map(({ x, y, width, height }) => `${width}×${height} at ${x}, ${y}`)
            return `${node?.nodeName} ${node?.className}: ${rects.join(' → ')}`
          })
          Reflect.get(window, 'shifts').push(moves)
        }
      })
      observer.observe({ type: 'layout-shift', buffered: true })
    })
    await page.goto(`${service.url}/share/${await share()}`)
    await until(() => inside(page, 'hk-chart'), (text) => text.includes('by day'))
    await until(() => inside(page, 'hk-status'), (text) => text.startsWith('Live'))
    await Bun.sleep(300)
    expect(await page.evaluate(() => Reflect.get(window, 'shifts'))).toEqual([])
    await page.close()
  }, 60_000)

  test('keeps range and filters in its address, also over a reload', async () => {
    const { page } = await open(`${service.url}/share/${await share()}?range=7d&lang=en`)
    await until(() => inside(page, 'hk-range'), (text) => text.includes('Last 7 days'))
    await until(() => inside(page, 'hk-table[by="page"]'), (text) => text.includes('/lamps'))
    await page.evaluate(() =>
      document
        .querySelector('hk-dashboard')
        ?.shadowRoot?.querySelector('hk-table[by="page"]')
        ?.shadowRoot?.querySelector<HTMLElement>('[data-value="/lamps"] button')
        ?.click(),
    )
    await until(() => page.evaluate(() => location.search), (query) => query.includes('filter=page%3A%2Flamps'))
    await page.reload()
    await until(() => inside(page, 'hk-filters'), (text) => text.includes('/lamps'))
    expect(await page.evaluate(() => new URLSearchParams(location.search).get('lang'))).toBe('en')
    await page.close()
  }, 60_000)

  test('asks for the password of the link, which is not in the address', async () => {
    const { page } = await open(`${service.url}/share/${await share({ password: 'correct horse' })}`)
    const field = 'hk-dashboard >>> input'
    const send = async (password: string) => {
      await present(page, field)
      await page.$eval(field, (input) => (Reflect.set(input, 'value', '')))
      await page.type(field, password)
      await page.keyboard.press('Enter')
    }
    await send('wrong')
    await present(page, 'hk-dashboard >>> .wrong')
    await send('correct horse')
    await until(() => inside(page, 'hk-kpi[metric="visitors"]'), (text) => /\d/.test(text))
    expect(page.url()).not.toContain('horse')
    await page.close()
  }, 60_000)
})

describe('a page of another origin', () => {
  const home = () => `http://partner.example:${partner.port}`

  test('hears how high an element in a frame is', async () => {
    framed = `<iframe src="${service.url}/embed/${await share()}/chart?range=7d" width="600" height="500"></iframe>`
    const { page, errors } = await open(home())
    const heights = () => page.evaluate(() => Reflect.get(window, 'heights') as [string, { type: string; height: number }][])
    await until(heights, (all) => all.some(([, { height }]) => height > 250))
    const [origin, data] = (await heights()).at(-1) ?? []
    expect(origin).toBe(service.url)
    expect(data?.type).toBe('hk-height')
    expect(errors).toEqual([])
    await page.close()
  }, 60_000)

  test('may frame it only where the link allows its origin', async () => {
    const frame = async (origins: string[]) => {
      const link = await share({ allowed_origins: origins })
      framed = `<iframe src="${service.url}/embed/${link}/kpi" width="300" height="200"></iframe>`
      const { page, errors } = await open(home())
      const shown = async () => page.frames()[1]?.evaluate(() => document.querySelector('hk-kpi')?.shadowRoot?.textContent ?? '').catch(() => '')
      return { page, errors, shown }
    }
    const allowed = await frame([home()])
    await until(allowed.shown, (text) => /\d/.test(text ?? ''))
    await allowed.page.close()
    const refused = await frame(['https://somebody.example'])
    await until(async () => refused.errors.join(), (text) => text.includes('frame-ancestors'))
    expect(await refused.shown()).not.toMatch(/Visitors/)
    await refused.page.close()
  }, 60_000)
})
