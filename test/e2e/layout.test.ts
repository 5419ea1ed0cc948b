import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { shownBy, until } from '../support/browser.ts'
import { openElementPages, type ElementPages } from '../support/element-pages.ts'

/** A page of elements that each push down what follows, if their box grows. */
const body = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<style>body { margin: 16px; font: 15px/1.45 sans-serif } .grid { display: grid; grid-template-columns: 1fr 1fr; gap: 16px }</style>
<hk-site share="token" compare="previous">
  <div class="grid"><hk-kpi spark></hk-kpi><hk-kpi metric="bounce_rate" spark></hk-kpi></div><hr>
  <hk-live></hk-live><hr>
  <hk-filters></hk-filters><hk-range></hk-range><hr>
  <hk-chart height="200"></hk-chart><hr>
  <hk-table by="page" limit="4"></hk-table><hr>
  <hk-table by="source" limit="3" search></hk-table><hr>
  <hk-funnel></hk-funnel><hr>
  <hk-goals limit="4"></hk-goals><hr>
  <hk-vitals></hk-vitals><hr>
  <hk-events limit="4"></hk-events><hr>
  <hk-opportunities></hk-opportunities><hr>
  <hk-ai></hk-ai><hr>
  <hk-globe></hk-globe><hr>
  <hk-globe view="map"></hk-globe><hr>
  <hk-globe view="list"></hk-globe><hr>
  <hk-feed limit="3"></hk-feed><hr>
  <hk-toasts></hk-toasts><hr>
</hk-site>
<script type="module" src="/embed/hk.js"></script>`

let pages: ElementPages

beforeAll(async () => {
  pages = await openElementPages(body, 150)
}, 60_000)

afterAll(() => pages?.[Symbol.asyncDispose]())

describe('a page with elements', () => {
  test.each([1280, 390])('has each box as high before its element is defined as with its data, at %d px', async (width) => {
    const page = await pages.browser.newPage()
    // All of it in view: what is out of view asks nothing.
    await page.setViewport({ width, height: 9000 })
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    await page.setRequestInterception(true)
    page.on('request', (request) => void (request.url().includes('/chunks/') ? held : Promise.resolve()).then(() => request.continue()))
    await page.goto(pages.server.url.href, { waitUntil: 'domcontentloaded' })
    const rules = () => page.$$eval('hr', (all) => all.map((rule) => rule.getBoundingClientRect().top))
    await until(() => page.evaluate(() => document.adoptedStyleSheets.length), (count) => count === 1)
    // Painted as well: what moved when the script came is told of later, and is none of this.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    const before = await rules()
    await page.evaluate(() => {
      Object.assign(window, { shifts: [] })
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const sources: { previousRect: DOMRect; currentRect: DOMRect }[] = Reflect.get(entry, 'sources')
          const moves = sources.map((source) => [source.previousRect, source.currentRect].map(({ x, y, width, height }) => `${width}×${height} at ${x}, ${y}`))
          Reflect.get(window, 'shifts').push(moves)
        }
      })
      observer.observe({ type: 'layout-shift' })
    })
    release()
    await until(() => shownBy(page, 'hk-chart'), (text) => text.includes('by day'))
    await until(() => shownBy(page, 'hk-table[search]'), (text) => text.includes('Google'))
    await until(() => shownBy(page, 'hk-ai'), (text) => text.includes('GPTBot'))
    await until(() => shownBy(page, 'hk-globe[view=list]'), (text) => text.includes('Berlin'))
    await until(() => shownBy(page, 'hk-feed'), (text) => text.includes('Berlin'))
    await until(() => page.$eval('hk-globe', ({ shadowRoot }) => !!shadowRoot?.querySelector('canvas')), Boolean)
    await Bun.sleep(300)
    expect(await rules()).toEqual(before)
    expect(await page.evaluate(() => Reflect.get(window, 'shifts'))).toEqual([])
    await page.close()
  }, 30_000)
})
