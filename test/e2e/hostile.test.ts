/**
 * Elements on pages that were not made for them: with style sheets that mean all of the page, zoomed, scaled and turned,
 * and rebuilt by scripts. `HK_SCREENSHOTS` names a folder for a picture of each page.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { until } from '../support/browser.ts'
import { openElementPages, type ElementPages } from '../support/element-pages.ts'
import { scaledPages, styledPages } from './hostile-pages.ts'
import { scripts } from './hostile-scripts.ts'

let pages: ElementPages
let body = ''

beforeAll(async () => {
  pages = await openElementPages(() => body)
}, 60_000)

afterAll(() => pages?.[Symbol.asyncDispose]())

interface Opened extends AsyncDisposable {
  readonly page: Page
  readonly errors: string[]
}

async function open(name: string, head: string, content: string): Promise<Opened> {
  body = `<!doctype html><html lang="en"><title>${name}</title><link rel="icon" href="data:,">${head}<body>${content}<script type="module" src="/embed/hk.js"></script>`
  const page = await pages.browser.newPage()
  await page.setViewport({ width: 1000, height: 1500 })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(pages.server.url.href)
  return { page, errors, [Symbol.asyncDispose]: () => page.close() }
}

async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env['HK_SCREENSHOTS']
  if (folder) await page.screenshot({ path: join(folder, `${name.replace(/\W+/g, '-')}.png`) })
}

/** Box, path and style of what is the first of its kind in an element. */
const drawn = (page: Page, host: string, selector: string) =>
  page.evaluate(
    (outer, inner) => {
      const element = document.querySelector(outer)?.shadowRoot?.querySelector(inner)
      if (!element) return { width: 0, height: 0, points: 0, fill: '', stroke: '' }
      const { width, height } = element.getBoundingClientRect()
      const style = getComputedStyle(element)
      const points = element.getAttribute('d')?.match(/[ML]/g)?.length ?? 0
      return { width, height, points, fill: style.getPropertyValue('-webkit-text-fill-color'), stroke: style.strokeWidth }
    },
    host,
    selector,
  )

const content = `<main><hk-site share="token" range="7d">
  <hk-kpi metric="visitors" label="Visitors" compare="previous" spark></hk-kpi>
  <hk-chart metric="pageviews"></hk-chart><hk-goals limit="3"></hk-goals><hk-table limit="3"></hk-table>
</hk-site></main><p>Read by <hk-kpi share="token"></hk-kpi> people.</p>`

describe('elements are drawn on a page with', () => {
  test.each(styledPages.map((page) => [page.name, page] as const))('%s', async (name, { head }) => {
    await using opened = await open(name, head, content)
    const { page } = opened
    for (const path of ['.line', '.area']) {
      // The first drawing may stand in a box that grows with what is in it.
      await until(() => drawn(page, 'hk-chart', path), ({ points, width, height }) => points > 20 && width > 50 && height > 50)
    }
    const { stroke } = await until(() => drawn(page, 'hk-kpi', '.spark path'), ({ points, width }) => points > 20 && width > 30)
    expect(stroke).toBe('1.5px')
    const value = await drawn(page, 'hk-kpi', '[part=value]')
    expect(value.width).toBeGreaterThan(30)
    expect(value.height).toBeWithin(15, 60)
    const tick = await drawn(page, 'hk-chart', '.grid text')
    expect({ shown: tick.width > 4, low: tick.height < 20 }).toEqual({ shown: true, low: true })
    expect((await drawn(page, 'hk-chart', '.grid line')).stroke).toBe('1px')
    const title = await drawn(page, 'hk-chart', '.title')
    expect(title.height).toBeWithin(12, 40)
    expect(title.fill).not.toBe('rgba(0, 0, 0, 0)')
    for (const list of ['hk-goals', 'hk-table']) {
      const row = await until(() => drawn(page, list, 'tbody tr'), (found) => found.height > 0)
      expect(row.height, list).toBeWithin(20, 62)
      expect(row.width, list).toBeGreaterThan(200)
    }
    expect(await page.$eval('p hk-kpi', ({ shadowRoot }) => shadowRoot?.textContent?.trim())).toMatch(/^31[,.]/)
    await keep(page, name)
    expect(opened.errors).toEqual([])
  }, 30_000)
})

describe('a dashboard fits into its column on a page with', () => {
  const displays = ['block', 'inline', 'contents', 'flex', 'grid']
  test.each(['all: unset; display: revert', ...displays.map((display) => `display: ${display}`)])('%s', async (css) => {
    await using opened = await open('dashboard', `<style>main { width: 400px } main * { ${css} }</style>`, '<main><hk-dashboard share="token"></hk-dashboard></main>')
    const { page } = opened
    const tops = () =>
      page.$eval('hk-dashboard', ({ shadowRoot }) =>
        [...(shadowRoot?.querySelectorAll('.figure') ?? [])].map((figure) => Math.round(figure.getBoundingClientRect().top)),
      )
    const [first, second, third] = await until(tops, ({ length }) => length === 5)
    expect({ beside: second === first, below: (third ?? 0) > (first ?? 0) }).toEqual({ beside: true, below: true })
    const right = await page.$eval('hk-dashboard', ({ shadowRoot }) => Math.max(...[...(shadowRoot?.querySelectorAll('.card') ?? [])].map((card) => card.getBoundingClientRect().right)))
    expect(right).toBeLessThanOrEqual(408)
    expect(opened.errors).toEqual([])
  }, 30_000)
})

describe('a sentence', () => {
  test('has its number in its own letters, color and fill', async () => {
    const css = '<style>p { letter-spacing: 3px; -webkit-text-fill-color: transparent; word-spacing: 9px; line-height: 3; text-transform: uppercase }</style>'
    await using opened = await open('sentence', css, '<p>Read by <hk-kpi share="token"></hk-kpi> people.</p>')
    await until(() => drawn(opened.page, 'hk-kpi', '[part=value]'), ({ width }) => width > 0)
    const styles = await opened.page.evaluate(() => {
      const names = ['letter-spacing', 'line-height', '-webkit-text-fill-color', 'word-spacing', 'text-transform', 'font-size']
      const sentence = document.querySelector('p')
      const value = document.querySelector('hk-kpi')?.shadowRoot?.querySelector('[part=value]')
      return [sentence, value].map((element) => element && names.map((name) => getComputedStyle(element).getPropertyValue(name)))
    })
    expect(styles[1]).toEqual(styles[0] ?? [])
  }, 30_000)
})

/** Where the dot of a bucket stands in the window, asked by the keyboard. */
async function dotOf(page: Page, host: string, index: number): Promise<{ x: number; y: number }> {
  await page.$eval(host, ({ shadowRoot }) => shadowRoot?.querySelector<HTMLElement>('.track')?.focus())
  await page.keyboard.press('Home')
  for (let step = 0; step < index; step += 1) await page.keyboard.press('ArrowRight')
  await until(() => chosen(page, host), (now) => now === String(index))
  const place = await page.$eval(host, ({ shadowRoot }) => {
    const { left, top, width, height } = shadowRoot?.querySelector('.point')?.getBoundingClientRect() ?? new DOMRect()
    return { x: left + width / 2, y: top + height / 2 }
  })
  await page.$eval(host, ({ shadowRoot }) => shadowRoot?.querySelector<HTMLElement>('.track')?.blur())
  return place
}

const chosen = (page: Page, host: string) =>
  page.$eval(host, ({ shadowRoot }) => shadowRoot?.querySelector('.track')?.getAttribute('aria-valuenow'))

/** Points at buckets, and says which are chosen. */
async function pointAt(page: Page, host: string, indexes: readonly number[]): Promise<(string | null | undefined)[]> {
  const found = []
  for (const index of indexes) {
    const { x, y } = await dotOf(page, host, index)
    await page.mouse.move(x, y)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    found.push(await chosen(page, host))
  }
  return found
}

const buckets = [1, 7, 14, 22]

describe('a pointer chooses the day below it on a page with', () => {
  test.each(scaledPages.map((page) => [page.name, page] as const))('%s', async (name, { head }) => {
    await using opened = await open(name, head, '<main><hk-chart share="token" metric="pageviews"></hk-chart></main>')
    const { page } = opened
    await until(() => drawn(page, 'hk-chart', '.line'), ({ points }) => points > 20)
    expect(await pointAt(page, 'hk-chart', buckets)).toEqual(buckets.map(String))
    await keep(page, name)
  }, 30_000)

  test.each(['zoom: 1.5', 'zoom: 0.5', 'scale: 0.7', 'rotate: 180deg'])('small charts and %s', async (css) => {
    await using opened = await open('small', `<style>main { width: 500px; ${css} }</style>`, '<main><hk-ai share="token"></hk-ai></main>')
    await until(() => drawn(opened.page, 'hk-ai', '.course .line'), ({ points }) => points > 20)
    expect(await pointAt(opened.page, 'hk-ai', buckets)).toEqual(buckets.map(String))
  }, 30_000)
})

describe('a menu opens below its button on a page with', () => {
  test.each(['html { zoom: 2 }', 'body { zoom: 0.5 }', 'body { zoom: 1.5 } main { zoom: 1.5 }', 'main { scale: 1.5; width: 500px; transform-origin: 0 0 }'])('%s', async (css) => {
    await using opened = await open('menu', `<style>body { height: 4000px } main { padding-top: 300px } ${css}</style>`, '<main><hk-site share="token"><hk-range></hk-range></hk-site></main>')
    const { page } = opened
    await until(() => drawn(page, 'hk-range', '#range-button'), ({ width }) => width > 0)
    await page.evaluate(() => scrollTo(0, 100))
    const [button, menu] = await page.$eval('hk-range', async ({ shadowRoot }) => {
      const [opener, list] = ['#range-button', '#range'].map((selector) => shadowRoot?.querySelector<HTMLElement>(selector))
      opener?.click()
      await new Promise((resolve) => requestAnimationFrame(resolve))
      return [opener, list].map((element) => {
        const { left, right, top, bottom } = element?.getBoundingClientRect() ?? new DOMRect()
        return { left, right, top, bottom }
      })
    })
    expect((menu?.top ?? 0) - (button?.bottom ?? 0)).toBeCloseTo(6, 0)
    // As far to the right as the button, unless that would be outside of the window.
    expect(menu?.right).toBeCloseTo(Math.max(button?.right ?? 0, 6 + (menu?.right ?? 0) - (menu?.left ?? 0)), 0)
  }, 30_000)
})

describe('an element comes to life on a page where', () => {
  test.each(Object.entries(scripts))('%s', async (_, script) => {
    await using opened = await open('scripts', '', '<p>Before.</p>')
    const { page } = opened
    await until(() => page.evaluate(() => document.adoptedStyleSheets.length), (count) => count === 1)
    await page.evaluate(script)
    const shown = () =>
      page.evaluate(() => {
        const find = (root: Document | ShadowRoot): Element | undefined => {
          for (const element of root.querySelectorAll('*')) {
            if (element.localName === 'hk-kpi') return element
            const found = element.shadowRoot && find(element.shadowRoot)
            if (found) return found
          }
        }
        return find(document)?.shadowRoot?.textContent?.trim() ?? ''
      })
    await until(shown, (text) => text.includes('118,904'))
    expect(opened.errors).toEqual([])
  }, 30_000)
})
