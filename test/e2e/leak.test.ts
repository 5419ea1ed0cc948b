import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, CDPSession, Page } from 'puppeteer-core'
import { openBrowser, until } from '../support/browser.ts'
import { buildElements, serveElements } from '../support/elements.ts'

let built: Awaited<ReturnType<typeof buildElements>>
let server: Bun.Server<undefined>
let browser: Browser
let page: Page
let session: CDPSession

const tags = ['hk-kpi', 'hk-chart', 'hk-table', 'hk-live', 'hk-status', 'hk-site', 'hk-funnel', 'hk-goals', 'hk-vitals', 'hk-events', 'hk-opportunities', 'hk-ai', 'hk-globe', 'hk-feed', 'hk-toasts', 'hk-range', 'hk-filters', 'hk-dashboard']

beforeAll(async () => {
  built = await buildElements()
  server = serveElements(built.path, '<!doctype html><html lang="en"><body><script type="module" src="/embed/define.js"></script>')
  browser = await openBrowser()
  page = await browser.newPage()
  await page.goto(server.url.href)
  session = await page.createCDPSession()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop(true)
  await built?.[Symbol.asyncDispose]()
})

/** How many instances of an element are alive after the garbage was collected. */
async function alive(tag: string): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const prototype = await page.evaluateHandle((name) => customElements.get(name)?.prototype ?? {}, tag)
  const instances = await page.queryObjects(prototype)
  const count = await instances.evaluate((list) => (Array.isArray(list) ? list.length : -1))
  await Promise.all([prototype.dispose(), instances.dispose()])
  return count
}

describe('an element that was removed', () => {
  test.each(tags)('%s is freed', async (tag) => {
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

/** What is in the page after the garbage was collected. */
async function held(): Promise<{ bytes: number; nodes: number; listeners: number }> {
  await session.send('HeapProfiler.collectGarbage')
  const [{ usedSize }, { nodes, jsEventListeners }] = await Promise.all([
    session.send('Runtime.getHeapUsage'),
    session.send('Memory.getDOMCounters'),
  ])
  return { bytes: usedSize, nodes, listeners: jsEventListeners }
}

/** Connects and disconnects a thousand elements, as many of each: some while they load, some when they show something. */
async function churn(): Promise<void> {
  // A globe takes a tenth of a second to draw without a graphics card; what it leaves behind is counted above.
  const names = tags.filter((tag) => tag !== 'hk-globe')
  await page.evaluate(async (each) => {
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
    for (let connected = 0; connected < 1_000; connected += each.length) {
      const host = document.createElement('hk-site')
      host.setAttribute('share', 'token')
      host.append(...each.map((name) => document.createElement(name)))
      document.body.prepend(host)
      await wait(connected % 5 ? 0 : 120)
      host.remove()
    }
    // The last of them are marked, or have their client, for a little longer.
    await wait(2_000)
  }, names)
}

describe('a page on which elements come and go', () => {
  test('has after three thousand of them what it had after two thousand', async () => {
    // All of them in view: what is out of view asks nothing.
    await page.setViewport({ width: 1000, height: 9000 })
    // The first fill what is kept on purpose: style sheets, templates, formats, what the engine learns of the code.
    await churn()
    await churn()
    const before = await held()
    await churn()
    const grown = async () => {
      const { bytes, nodes, listeners } = await held()
      return [(bytes - before.bytes) / 256, nodes - before.nodes, listeners - before.listeners]
    }
    // For each element less than a quarter of a kilobyte, a node and a listener: none of them is still there.
    const flat = (all: readonly number[]) => all.every((count) => count < 1_000)
    expect(await until(grown, flat)).toSatisfy(flat)
  }, 60_000)
})
