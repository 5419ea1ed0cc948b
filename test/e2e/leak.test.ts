import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'puppeteer-core'
import { openBrowser, until } from '../support/browser.ts'
import { buildElements, serveElements } from '../support/elements.ts'

let built: Awaited<ReturnType<typeof buildElements>>
let server: Bun.Server<undefined>
let browser: Browser
let page: Page

beforeAll(async () => {
  built = await buildElements()
  server = serveElements(built.path, '<!doctype html><html lang="en"><body><script type="module" src="/embed/define.js"></script>')
  browser = await openBrowser()
  page = await browser.newPage()
  await page.goto(server.url.href)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop(true)
  await built?.[Symbol.asyncDispose]()
})

/** How many instances of an element are alive after the garbage was collected. */
async function alive(tag: string): Promise<number> {
  const session = await page.createCDPSession()
  await session.send('HeapProfiler.enable')
  await session.send('HeapProfiler.collectGarbage')
  await session.detach()
  const prototype = await page.evaluateHandle((name) => customElements.get(name)?.prototype ?? {}, tag)
  const instances = await page.queryObjects(prototype)
  const count = await instances.evaluate((list) => (Array.isArray(list) ? list.length : -1))
  await Promise.all([prototype.dispose(), instances.dispose()])
  return count
}

describe('an element that was removed', () => {
  test.each(['hk-kpi', 'hk-chart', 'hk-table', 'hk-live', 'hk-status', 'hk-site', 'hk-funnel', 'hk-goals', 'hk-vitals', 'hk-events', 'hk-opportunities', 'hk-ai', 'hk-globe', 'hk-feed', 'hk-toasts'])('%s is freed', async (tag) => {
    await page.evaluate(async (name) => {
      for (let round = 0; round < 20; round += 1) {
        const host = document.createElement('hk-site')
        host.setAttribute('share', 'token')
        const element = document.createElement(name)
        for (const attribute of ['spark', 'search']) element.setAttribute(attribute, '')
        host.append(element)
        document.body.prepend(host)
        // Some are removed while they load, some when they show something.
        await new Promise((resolve) => setTimeout(resolve, round % 2 ? 60 : 0))
        if (round < 19) host.remove()
      }
    }, tag)
    expect(await alive(tag)).toBeGreaterThanOrEqual(1)
    await page.evaluate(() => document.querySelector('hk-site')?.remove())
    // What leaves the page last is still marked or has its client for a second or two.
    expect(await until(() => alive(tag), (count) => count === 0, 6_000).catch(() => alive(tag))).toBe(0)
  }, 20_000)
})
