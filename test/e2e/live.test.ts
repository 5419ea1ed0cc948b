import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'puppeteer-core'
import { serveBlog, serveShop } from '../../demo/origin.ts'
import { openBrowser, shownBy, until } from '../support/browser.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type Running, spawnService } from '../support/process.ts'
import { browserAgent, serverView } from '../support/service.ts'

const token = 'admin-token-of-the-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

let service: Running & { url: string }
let browser: Browser
let article: Page
let settings: Record<string, string>
const servers: Bun.Server<undefined>[] = []
const places = { service: '', shop: '', blog: '', site: '', share: '', full: '' }

const ask = async <T>(path: string, body: unknown = {}): Promise<T> =>
  (await fetch(`${places.service}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()

/** Reports that the article has asked for since the last look, without the one that moves with the clock. */
let reports: string[] = []
let streams: string[] = []
function takeReports(): string[] {
  const taken = reports
  reports = []
  return taken
}

beforeAll(async () => {
  settings = { DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: token, HK_HOST: '127.0.0.1' }
  service = await spawnService(settings)
  // The same port after a restart, as a real service has.
  settings.HK_PORT = new URL(service.url).port
  places.service = `http://localhost:${settings.HK_PORT}`
  places.site = (await ask<{ id: string }>('/api/sites', { domain: 'lumenandoak.example' })).id
  places.share = (await ask<{ token: string }>(`/api/sites/${places.site}/shares`)).token
  const traffic = { on: false, [Symbol.asyncDispose]: async () => undefined }
  const shop = serveShop(
    0,
    () => places,
    () => traffic,
  )
  const blog = serveBlog(0, () => places)
  servers.push(shop, blog)
  places.shop = `http://localhost:${shop.port}`
  places.blog = `http://localhost:${blog.port}`
  const yesterday = Date.now() - 86_400_000
  const past = Array.from({ length: 40 }, (_, index) =>
    serverView(index, yesterday + index * 1_000, index % 2 ? '/lamps' : '/'),
  )
  await ask(`/api/sites/${places.site}/ingest`, { items: past })
  browser = await openBrowser()
  article = await browser.newPage({ type: 'window' })
  await article.setViewport({ width: 1200, height: 2400 })
  article.on('request', (request) => {
    const url = request.url()
    if (/\/reports\/(?!live)/.test(url)) reports.push(url.replace(/^.*\/reports\//, ''))
    if (url.includes('/realtime')) streams.push(url)
  })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  for (const server of servers) await server.stop(true)
  await service?.kill('SIGINT')
})

const kpi = (metric: string) => `hk-kpi[metric="${metric}"]`
const visitors = () => shownBy(article, kpi('visitors'))
const live = () => shownBy(article, 'hk-live')
/** The lines that the chart has drawn. */
const chart = () =>
  article.$eval('hk-chart', (element) =>
    [...(element.shadowRoot?.querySelectorAll('path') ?? [])].map((path) => path.getAttribute('d')).join(' '),
  )
const pages = () => shownBy(article, 'hk-table[by="page"]')
const connected = () =>
  until(
    () => shownBy(article, 'hk-status'),
    (text) => text.includes('Live'),
  )

/** A visitor's page, in a window beside the article. Headless Chromium names itself in its agent and would count as a bot. */
async function visit(path: string): Promise<Page> {
  const shop = await browser.newPage({ type: 'window' })
  await shop.setUserAgent({ userAgent: browserAgent })
  await shop.goto(`${places.shop}${path}`)
  return shop
}

/** Writes down everything that the elements show from now on, frame by frame. */
async function watchFrames(): Promise<void> {
  await article.evaluate(() => {
    const seen: Record<string, string[]> = {}
    Object.assign(window, { seen, unreloaded: true })
    const look = () => {
      for (const element of document.querySelectorAll('hk-kpi, hk-live, hk-chart, hk-table')) {
        const name =
          `${element.localName} ${element.getAttribute('metric') ?? element.getAttribute('by') ?? ''}`.trim()
        const text = (element.shadowRoot?.textContent ?? '').replace(/\s+/g, ' ').trim()
        const list = (seen[name] ??= [])
        if (list.at(-1) !== text) list.push(text)
      }
      requestAnimationFrame(look)
    }
    look()
  })
}

const frames = () => article.evaluate(() => (window as unknown as { seen: Record<string, string[]> }).seen)

describe('a visit on one site moves a number on a page of another origin', () => {
  test('the article shows the numbers as they are', async () => {
    await article.goto(places.blog)
    await until(visitors, (text) => text === '40')
    await until(live, (text) => text.startsWith('0'))
    await until(pages, (text) => text.includes('/lamps') && text.includes('20'))
    await until(chart, (lines) => lines.includes('L'))
    await connected()
  }, 30_000)

  test('number, chart, list and live count change without a reload, and the old value never leaves before', async () => {
    await watchFrames()
    takeReports()
    const drawn = await chart()
    const shop = await visit('/repair')
    await until(visitors, (text) => text === '41')
    await until(live, (text) => text.startsWith('1'))
    await until(pages, (text) => text.includes('/repair'))
    await until(chart, (lines) => lines !== drawn && lines.includes('L'))
    await shop.close()
    const seen = await frames()
    // Each moved from one figure to the next: at no frame was there nothing, a placeholder or an error.
    expect(seen['hk-kpi visitors']).toEqual(['40', '41'])
    expect(seen['hk-kpi pageviews']).toEqual(['40', '41'])
    expect(seen['hk-live']?.map((text) => text.slice(0, 1))).toEqual(['0', '1'])
    for (const texts of Object.values(seen)) expect(texts.filter((text) => text === '')).toEqual([])
    expect(seen['hk-table page']?.every((text) => text.includes('/lamps'))).toBe(true)
    expect(await article.evaluate(() => 'unreloaded' in window)).toBe(true)
  }, 30_000)

  test('a page that the shop shows without loading it anew counts as well', async () => {
    const shop = await visit('/lamps/arc')
    await until(
      () => shownBy(article, kpi('pageviews')),
      (text) => text === '42',
    )
    await shop.evaluate(() => history.pushState({}, '', '/lamps/beam'))
    await until(
      () => shownBy(article, kpi('pageviews')),
      (text) => text === '43',
    )
    await until(pages, (text) => text.includes('/lamps/beam'))
    await shop.close()
  }, 30_000)
})

describe('when the service is killed and comes back', () => {
  test('the numbers stay, the stream goes on from its position, and nothing is loaded anew for nothing', async () => {
    await Bun.sleep(1_500)
    await watchFrames()
    streams = []
    await service.kill('SIGKILL')
    await until(
      () => shownBy(article, 'hk-status'),
      (text) => !text.includes('Live'),
    )
    expect(await visitors()).toBe('41')
    takeReports()
    service = await spawnService(settings)
    await until(
      () => shownBy(article, 'hk-status'),
      (text) => text.includes('Live'),
      45_000,
    )
    await Bun.sleep(1_500)
    expect(streams.at(-1)).toMatch(/last_event_id=[0-9a-z]{8}\.\d+/)
    expect(takeReports()).toEqual([])
    for (const [name, texts] of Object.entries(await frames())) {
      if (!name.startsWith('hk-live')) expect([name, texts.length]).toEqual([name, 1])
    }
  }, 90_000)

  test('what was missed meanwhile is replayed: only what changed is asked for, once', async () => {
    await service.kill('SIGKILL')
    await until(
      () => shownBy(article, 'hk-status'),
      (text) => !text.includes('Live'),
    )
    // Another node on the same database takes the visit while the first is away.
    const other = await spawnService({ ...settings, HK_PORT: '0' })
    const response = await fetch(`${other.url}/ingest`, {
      method: 'POST',
      headers: { 'user-agent': `${browserAgent} of the replay` },
      body: JSON.stringify({
        site: places.site,
        items: [
          {
            id: crypto.randomUUID(),
            type: 'pageview',
            url: 'https://lumenandoak.example/journal/warm-light',
          },
        ],
      }),
    })
    expect(response.status).toBe(202)
    await other.kill('SIGINT')
    expect(await visitors()).toBe('41')
    takeReports()
    service = await spawnService(settings)
    await until(visitors, (text) => text === '42', 45_000)
    await until(pages, (text) => text.includes('/journal/warm-light'))
    await Bun.sleep(1_500)
    const asked = takeReports()
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.length).toBe(new Set(asked).size)
    expect(await article.evaluate(() => 'unreloaded' in window)).toBe(true)
  }, 90_000)

  test('with a new epoch everything is loaded anew, once', async () => {
    await connected()
    await Bun.sleep(1_500)
    takeReports()
    await ask(`/api/sites/${places.site}/stream/new-epoch`)
    const asked = await until(
      async () => reports,
      (list) => new Set(list).size >= 4,
    )
    await Bun.sleep(2_000)
    expect(asked.length).toBe(new Set(reports).size)
    expect(reports.length).toBe(new Set(reports).size)
    expect(await visitors()).toBe('42')
    for (const texts of Object.values(await frames())) expect(texts).not.toContain('')
  }, 60_000)
})
