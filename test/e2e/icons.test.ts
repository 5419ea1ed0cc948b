import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'puppeteer-core'
import { serveBlog, serveShop } from '../../demo/origin.ts'
import { openBrowser } from '../support/browser.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type Running, spawnService } from '../support/process.ts'
import { operatorToken, reach } from '../support/remote.ts'

let service: Running & { url: string }
let browser: Browser
const places = { service: '', shop: '', blog: '', site: '', share: '', full: '' }
const servers: Bun.Server<undefined>[] = []

beforeAll(async () => {
  service = await spawnService({ DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: operatorToken })
  const made = await reach(service.url).makeSite()
  Object.assign(places, { service: service.url, site: made.site, share: made.share, full: made.share })
  const traffic = { on: false, [Symbol.asyncDispose]: async () => undefined }
  const shop = serveShop(0, () => places, () => traffic)
  const blog = serveBlog(0, () => places)
  servers.push(shop, blog)
  places.shop = `http://localhost:${shop.port}`
  places.blog = `http://localhost:${blog.port}`
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  for (const server of servers) await server.stop(true)
  await service?.kill('SIGINT')
})

/** Pages by what they are, and the status of each. */
const pages: readonly (readonly [what: string, path: (given: typeof places) => string, status?: number])[] = [
  ['the home page of the service', ({ service }) => service],
  ['the description of the API', ({ service }) => `${service}/openapi/json`],
  ['a share page', ({ service, share }) => `${service}/share/${share}`],
  ['a share page for a frame', ({ service, share }) => `${service}/share/${share}?embed=1`],
  ['the page of an element', ({ service, share }) => `${service}/embed/${share}/kpi?metric=visitors`],
  ['a share page that is gone', ({ service }) => `${service}/share/hks_gone`, 404],
  ['the page of an element that is gone', ({ service }) => `${service}/embed/hks_gone/kpi`, 404],
  ['the article of the demo', ({ blog }) => blog],
  ['the shop of the demo', ({ shop }) => shop],
  ['the dashboard of the demo', ({ shop }) => `${shop}/dashboard`],
  ['the page on the SDK alone', ({ shop }) => `${shop}/custom`],
  ['its source', ({ shop }) => `${shop}/custom.ts`],
  ['the frameworks of the demo', ({ shop }) => `${shop}/frameworks`],
  ['the documentation', ({ shop }) => `${shop}/docs`],
]

describe('nothing fails to load on', () => {
  test.each(pages)('%s', async (_, path, status = 200) => {
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url ?? ''}`)
    })
    page.on('pageerror', (error) => errors.push(String(error)))
    const address = path(places)
    const answer = await page.goto(address)
    expect(answer?.status()).toBe(status)
    // Elements are loaded after the page, and so is the icon.
    await Bun.sleep(1_000)
    // What the document itself was answered is logged as well.
    expect(errors.filter((error) => status === 200 || !error.endsWith(address))).toEqual([])

    // A browser asks for the icon at a time of its own, and a headless shell never.
    const named = await page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href)
    const icon = await fetch(named ?? new URL('/favicon.ico', address))
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
    expect(await page.$eval('html', (root) => root.ownerDocument.contentType === 'text/html')).toBe(named !== undefined)
    await page.close()
  }, 30_000)
})
