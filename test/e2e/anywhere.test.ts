import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { CDPSession, Frame, Page } from 'puppeteer-core'
import { until } from '../support/browser.ts'
import { openElementPages, type ElementPages } from '../support/element-pages.ts'

let pages: ElementPages
/** What the page has in it, and pages that are framed. */
let body = ''
let framed = ''

const loader = '<script type="module" src="/embed/hk.js"></script>'
const whole = '<script type="module" src="/embed/define.js"></script>'
const head = '<!doctype html><html lang="en"><title>Page</title><link rel="icon" href="data:,">'
const sentence = '<p>Read by <hk-kpi share="token">1,204</hk-kpi> people.</p>'
const figure = '31,482'

beforeAll(async () => {
  pages = await openElementPages((path) => head + (path === '/framed' ? framed : body))
}, 60_000)

afterAll(() => pages?.[Symbol.asyncDispose]())

interface Opened extends AsyncDisposable {
  readonly page: Page
  readonly session: CDPSession
  /** What went wrong in it. */
  readonly errors: string[]
  /** Reports and streams that it asked for. */
  readonly asked: string[]
}

/** Opens the page; `before` runs before anything of it is loaded. */
async function open(html: string, before?: (page: Page, session: CDPSession) => Promise<unknown>): Promise<Opened> {
  body = html
  const page = await pages.browser.newPage()
  const session = await page.createCDPSession()
  const errors: string[] = []
  const asked: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('request', (request) => {
    if (/\/(reports|realtime)/.test(request.url())) asked.push(request.url())
  })
  await before?.(page, session)
  await page.goto(pages.server.url.href)
  return { page, session, errors, asked, [Symbol.asyncDispose]: () => page.close() }
}

/** What an element shows, white space folded; also of one in a frame. */
const shownIn = (page: Page | Frame, selector: string) =>
  page.evaluate((wanted) => {
    const element = document.querySelector(wanted) ?? document.body
    return (element.shadowRoot?.textContent ?? '').replace(/\s+/g, ' ').trim()
  }, selector)
const shows = (page: Page | Frame, selector = 'hk-kpi', text = figure) => until(() => shownIn(page, selector), (shown) => shown.includes(text))

/** What a reader sees, as text. */
const read = (page: Page) => page.evaluate(() => document.body.innerText.replace(/\s+/g, ' ').trim())

/** Layout shifts of the page, from its start. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluateOnNewDocument(() => {
    Object.assign(window, { shifts: 0 })
    new PerformanceObserver((list) => Object.assign(window, { shifts: Reflect.get(window, 'shifts') + list.getEntries().length })).observe({
      type: 'layout-shift',
      buffered: true,
    })
  })
}

describe('an element is live', () => {
  test('in the shadow trees of others, one in another, also where they are closed', async () => {
    await using opened = await open(`<hk-site share="token"><x-card></x-card></hk-site>${whole}<script>
      customElements.define('x-card', class extends HTMLElement {
        connectedCallback() {
          const root = this.attachShadow({ mode: 'closed' })
          root.innerHTML = '<section></section>'
          const inner = root.firstChild.attachShadow({ mode: 'open' })
          inner.innerHTML = '<hk-kpi></hk-kpi>'
          this.kpi = inner.firstChild
        }
      })</script>`)
    const text = () => opened.page.evaluate(() => Reflect.get(document.querySelector('x-card') ?? {}, 'kpi').shadowRoot?.textContent ?? '')
    await until(text, (shown) => shown.includes(figure))
    expect(opened.errors).toEqual([])
  }, 30_000)

  test('in the cell of a table, and as wide as what it shows', async () => {
    await using opened = await open(`<table><tr>
      <td><hk-kpi share="token"></hk-kpi></td><td><hk-kpi share="token" label="Readers" compare="previous" spark></hk-kpi></td>
      <td style="width: 300px"><hk-chart share="token"></hk-chart></td></tr></table>${loader}`)
    await shows(opened.page)
    await shows(opened.page, '[label]')
    await shows(opened.page, 'hk-chart', 'Visitors')
    const cut = await opened.page.$eval('[label]', ({ shadowRoot }) => {
      const value = shadowRoot?.querySelector('.value')
      return value ? value.scrollWidth - value.clientWidth : NaN
    })
    expect(cut).toBeLessThanOrEqual(0)
    const drawn = await until(
      () => opened.page.$eval('hk-chart', ({ shadowRoot }) => shadowRoot?.querySelector('svg')?.getBoundingClientRect().width ?? 0),
      (width) => width > 0,
    )
    expect(drawn).toBeLessThanOrEqual(300)
  }, 30_000)

  test('in a frame, in one of another origin, and in one that may run scripts and nothing else', async () => {
    framed = `${sentence}${loader}`
    const other = `http://partner.example:${pages.server.port}/framed`
    await using opened = await open(
      `<iframe src="/framed"></iframe><iframe src="${other}"></iframe><iframe src="/framed" sandbox="allow-scripts"></iframe>`,
    )
    const frames = await until(async () => opened.page.frames().slice(1), (all) => all.length === 3)
    for (const frame of frames) await shows(frame)
    expect(opened.errors).toEqual([])
  }, 30_000)

  test('beside those of another version of the script', async () => {
    await using opened = await open(
      `<hk-site share="token"><hk-kpi></hk-kpi></hk-site>${whole}<script type="module" src="/old/embed/define.js"></script><script type="module" src="/older/embed/hk.js"></script>`,
    )
    await shows(opened.page)
    await opened.page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<hk-live share="token"></hk-live>'))
    await shows(opened.page, 'hk-live', '42')
    expect(opened.errors).toEqual([])
  }, 30_000)
})

describe('an element that nobody sees asks for nothing', () => {
  test.each([
    ['in a dialog', '<dialog>', '</dialog>', "document.querySelector('dialog').showModal()"],
    ['in details', '<details><summary>Figures</summary>', '</details>', "document.querySelector('details').open = true"],
    ['in what is not displayed', '<section style="display: none">', '</section>', "document.querySelector('section').style.display = ''"],
    ['in a popover', '<section popover>', '</section>', "document.querySelector('section').showPopover()"],
  ])('%s, until it opens', async (_, start, end, opens) => {
    await using opened = await open(`${start}<hk-site share="token"><hk-kpi></hk-kpi><hk-chart></hk-chart></hk-site>${end}<hk-live share="token"></hk-live>${loader}`)
    const { page, asked } = opened
    await shows(page, 'hk-live', '42')
    expect(asked.filter((url) => !/reports\/live|realtime/.test(url))).toEqual([])
    await page.evaluate(opens)
    await shows(page)
    await until(() => page.$eval('hk-chart', ({ shadowRoot }) => shadowRoot?.querySelector('path') !== null), Boolean)
    expect(opened.errors).toEqual([])
  }, 30_000)

  test('in a hidden tab, until it is shown: then once', async () => {
    const hide = (hidden: boolean) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
      Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }
    await using opened = await open(`${sentence}<hk-chart share="token"></hk-chart>${loader}`, (page) => page.evaluateOnNewDocument(hide, true))
    const { page, asked } = opened
    await until(() => page.evaluate(() => document.querySelectorAll(':not(:defined)').length), (count) => count === 0)
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)))
    expect(asked).toEqual([])
    expect(await read(page)).toContain('Read by 1,204 people.')
    await page.evaluate(hide, false)
    await shows(page)
    await shows(page, 'hk-chart', 'by day')
    await until(async () => asked.filter((url) => url.includes('/realtime')).length, (count) => count === 1)
    expect(asked.filter((url) => url.includes('/overview'))).toHaveLength(1)
    expect(asked.filter((url) => url.includes('/timeseries'))).toHaveLength(1)
  }, 30_000)
})

describe('what stands in an element is read', () => {
  const page = `${sentence}<hk-chart share="token">Visitors rose from 900 to 1,204.</hk-chart><hk-table share="token"><ol><li>/pricing</li></ol></hk-table><p>Below.</p>`
  const text = 'Read by 1,204 people. Visitors rose from 900 to 1,204. /pricing Below.'

  test('without JavaScript', async () => {
    await using opened = await open(page + loader, (tab) => tab.setJavaScriptEnabled(false))
    expect(await read(opened.page)).toBe(text)
  }, 30_000)

  test.each([
    ['is not there', '<script type="module" src="/nothing/embed/gone.js"></script>'],
    ['is refused by the policy of the page', `<meta http-equiv="Content-Security-Policy" content="script-src 'none'">${loader}`],
    ['comes from a host that does not answer', '<script type="module" src="http://localhost:1/embed/hk.js"></script>'],
  ])('where the script %s', async (_, script) => {
    await using opened = await open(script + page)
    await until(async () => opened.errors.length, (count) => count > 0)
    expect(await read(opened.page)).toBe(text)
  }, 30_000)

  test('where only a part of the script comes, in boxes of the height that is reserved', async () => {
    await using opened = await open(page + loader, async (tab) => {
      await tab.setRequestInterception(true)
      tab.on('request', (request) => void (request.url().includes('/chunks/') ? request.abort() : request.continue()))
    })
    await until(async () => opened.errors.length, (count) => count >= 3)
    expect(await read(opened.page)).toBe(text)
    const [chart, table] = await opened.page.$$eval('hk-chart, hk-table', (all) => all.map((element) => element.getBoundingClientRect().height))
    expect(chart).toBeGreaterThan(240)
    expect(table).toBeGreaterThan(360)
  }, 30_000)

  test('where the service does not answer, and the element says so where it has room', async () => {
    await using opened = await open(page + loader, async (tab) => {
      await tab.setRequestInterception(true)
      tab.on('request', (request) => void (request.url().includes('/api/') ? request.abort() : request.continue()))
    })
    await until(() => shownIn(opened.page, 'hk-chart'), (shown) => shown.includes('Try again'))
    expect(await opened.page.$eval('p', (element) => element.innerText)).toBe('Read by 1,204 people.')
  }, 60_000)
})

describe('over a slow network', () => {
  test('a page says that it loads, moves nothing, and has its figures in the end', async () => {
    const content = `<hk-site share="token"><hk-kpi compare="previous" spark></hk-kpi><hr><hk-chart></hk-chart><hr><hk-table></hk-table><hr></hk-site>`
    await using opened = await open(`<link rel="stylesheet" href="/embed/hk.css">${loader}${content}`, async (page, session) => {
      await watchShifts(page)
      await page.evaluateOnNewDocument(() => {
        const states = new Set<string>()
        Object.assign(window, { states })
        const look = () => {
          for (const element of document.querySelectorAll('hk-kpi, hk-chart, hk-table')) {
            if (element.matches(':state(loading)')) states.add(element.localName)
          }
          requestAnimationFrame(look)
        }
        look()
      })
      await session.send('Network.enable')
      await session.send('Network.emulateNetworkConditions', { offline: false, latency: 300, downloadThroughput: 60_000, uploadThroughput: 20_000 })
    })
    await shows(opened.page, 'hk-kpi', figure)
    await shows(opened.page, 'hk-chart', 'by day')
    await shows(opened.page, 'hk-table', '/pricing')
    const [states, shifts] = await opened.page.evaluate(() => [[...Reflect.get(window, 'states')].sort(), Reflect.get(window, 'shifts')])
    expect(states).toEqual(['hk-chart', 'hk-kpi', 'hk-table'])
    expect(shifts).toBe(0)
    expect(opened.errors).toEqual([])
  }, 60_000)
})

describe('on paper', () => {
  let opened: Opened
  beforeAll(async () => {
    opened = await open(`<style>:root { color-scheme: dark } body { background: #111; color: #eee; --hk-text: #eee; --hk-muted: #aaa; --hk-line: #333; --hk-surface: #222 }</style>
      ${sentence}<hk-site share="token" theme="dark" compare="previous"><hk-kpi label="Readers"></hk-kpi><hk-chart></hk-chart><hk-table></hk-table></hk-site>${loader}`)
    await shows(opened.page, 'hk-chart', 'by day')
    await shows(opened.page, 'hk-table', '/pricing')
    await opened.page.emulateMediaType('print')
  }, 60_000)
  afterAll(() => opened?.[Symbol.asyncDispose]())

  const colour = (selector: string, inside: string, name = 'color') =>
    opened.page.$eval(
      selector,
      ({ shadowRoot }, part, property) => {
        const element = shadowRoot?.querySelector(part)
        return element ? getComputedStyle(element).getPropertyValue(property) : ''
      },
      inside,
      name,
    )

  test('elements are black on white, though the page is dark', async () => {
    expect(await colour('[label]', '[part=value]')).toBe('rgb(0, 0, 0)')
    expect(await colour('hk-table', '[part=row] th')).toBe('rgb(0, 0, 0)')
    expect(await colour('hk-chart', '[part=label]')).toBe('rgb(0, 0, 0)')
    expect(await colour('hk-chart', 'text', 'fill')).toBe('rgb(85, 85, 85)')
    expect(await colour('hk-table', '[part=bar]', 'print-color-adjust')).toBe('exact')
    const papers = await opened.page.$$eval('hk-kpi, hk-chart, hk-table', (all) => all.map((element) => getComputedStyle(element).backgroundColor))
    expect([...new Set(papers)]).toEqual(['rgb(255, 255, 255)'])
  })

  test('nothing moves, and nothing is there to be pressed', async () => {
    expect(await colour('hk-chart', '.choices', 'visibility')).toBe('hidden')
    expect(await colour('hk-table', '[part=table]', 'visibility')).toBe('visible')
    const running = () => opened.page.$$eval('hk-kpi, hk-chart', (all) => all.flatMap(({ shadowRoot }) => shadowRoot?.getAnimations() ?? []).length)
    await opened.page.$$eval('hk-kpi, hk-chart', (all) => {
      for (const { shadowRoot } of all) shadowRoot?.querySelector('[part=value], [part=chart]')?.classList.add('changed')
    })
    expect(await running()).toBe(0)
    await opened.page.emulateMediaType('screen')
    expect(await running()).toBeGreaterThan(0)
    await opened.page.emulateMediaType('print')
  })

  test('a chart is as wide as the paper, not as the window', async () => {
    const box = await opened.page.$eval('hk-chart', ({ shadowRoot }) => shadowRoot?.querySelector('svg')?.getAttribute('viewBox'))
    expect(box).toMatch(/^0 0 \d+ 240$/)
    const paper = await opened.page.pdf({ format: 'a5', printBackground: false })
    expect(paper.length).toBeGreaterThan(5_000)
  }, 30_000)
})

describe('a page that rebuilds itself', () => {
  test('moves an element with moveBefore, which drops nothing and asks for nothing', async () => {
    await using opened = await open(`<div></div>${sentence}${loader}`)
    const { page, asked } = opened
    await shows(page)
    await until(async () => asked.filter((url) => url.includes('/realtime')).length, (count) => count === 1)
    const before = asked.length
    await page.evaluate(() => {
      const kpi = document.querySelector('hk-kpi')
      const home = document.querySelector('div')
      if (!kpi || !home) throw new Error('no element')
      Reflect.apply(Reflect.get(home, 'moveBefore'), home, [kpi, null])
    })
    expect(await shownIn(page, 'div > hk-kpi')).toContain(figure)
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_200)))
    expect(asked.length).toBe(before)
    expect(await shownIn(page, 'div > hk-kpi')).toContain(figure)
  }, 30_000)

  test('clones elements, and writes them anew, with one stream for all', async () => {
    await using opened = await open(`<main><hk-site share="token" range="7d"><hk-kpi metric="visitors" label="Readers"></hk-kpi></hk-site></main>${loader}`)
    const { page, asked } = opened
    await shows(page)
    await page.evaluate(() => {
      const site = document.querySelector('hk-site')
      if (site) document.body.append(Object.assign(site.cloneNode(true), { id: 'clone' }))
    })
    await shows(page, '#clone hk-kpi')
    for (let round = 0; round < 5; round += 1) {
      await page.evaluate(() => {
        const main = document.querySelector('main')
        if (main) main.innerHTML = String(main.innerHTML)
      })
    }
    await shows(page, 'main hk-kpi')
    expect(asked.filter((url) => url.includes('/realtime'))).toHaveLength(1)
    expect(opened.errors).toEqual([])
  }, 30_000)

  test('takes an element into the document of a frame and back, where it looks and works as before', async () => {
    await using opened = await open(`<iframe></iframe><main><hk-kpi share="token" label="Readers" compare="previous"></hk-kpi></main>${loader}`)
    const { page } = opened
    await shows(page)
    const look = () =>
      page.evaluate(() => {
        const kpi = [document, document.querySelector('iframe')?.contentDocument].map((other) => other?.querySelector('hk-kpi')).find(Boolean)
        const value = kpi?.shadowRoot?.querySelector('[part=value]')
        if (!kpi || !value) return undefined
        const { fontWeight, letterSpacing } = getComputedStyle(value)
        return { text: value.textContent, fontWeight, letterSpacing, display: getComputedStyle(kpi).display }
      })
    const move = (inside: boolean) =>
      page.evaluate((framed) => {
        const frame = document.querySelector('iframe')?.contentDocument
        const [from, to] = framed ? [document, frame?.body] : [frame, document.querySelector('main')]
        const kpi = from?.querySelector('hk-kpi')
        if (kpi) to?.append(kpi)
      }, inside)
    const before = await look()
    expect(before?.text).toBe(figure)
    for (const inside of [true, false]) {
      await move(inside)
      expect(await look()).toEqual(before)
    }
    await page.evaluate(() => Object.assign(document.querySelector('hk-kpi') ?? {}, { metric: 'visits' }))
    await shows(page, 'hk-kpi', '38,020')
    expect(opened.errors).toEqual([])
  }, 30_000)
})
