import type { Browser, Page } from 'puppeteer-core'
import type { Bed } from './benchmark.ts'
import { html, openBrowser, openSite } from './browser.ts'
import type { Target } from './stage.ts'

declare global {
  interface Window {
    /** Instants, milliseconds since 1970, that the page has noted. */
    noted: { at: number; text: string }[]
  }
}

// Headless Chromium says that it is one, and would be taken for a bot.
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/**
 * Measures milliseconds from the 202 of a visit on page A to the change of the DOM on page B that shows it.
 *
 * Two pages of one Chromium, on two origins, neither of them the service's: A has the tracker, B has one
 * `<hk-kpi metric="pageviews">` of a share link. A visit is a navigation within A, 1.3 to 2 s after the last
 * one was seen. Both instants are noted inside of the pages, by the browser's clock: A when `fetch` of the
 * tracker has its answer, B in a MutationObserver on the shadow root. What the tracker waits before it sends
 * (50 ms) lies before the 202.
 */
export async function measurePages(
  bed: Bed,
  { url, site, share }: Target,
  rounds: number,
  tell: (text: string) => void,
): Promise<number[]> {
  const tracker = `<script defer src="${url}/hk.js" data-site="${site}" data-localhost></script>`
  const attributes = `endpoint="${url}" share="${share}" metric="pageviews" range="7d"`
  const element = `<script type="module" src="${url}/embed/hk.js"></script><hk-kpi ${attributes}></hk-kpi>`
  const visited = await bed.open(async () => openSite(() => html(tracker)))
  const shown = await bed.open(async () => openSite(() => html(element), 'localhost'))
  const browser = await bed.open(openBrowser)
  const reader = await openReader(browser, shown.url)
  const visitor = await openVisitor(browser, visited.url)
  const times: number[] = []
  tell(`${rounds} visits in a browser`)
  for (let round = 1; round <= rounds; round++) {
    await Bun.sleep(1_300 + Math.random() * 700)
    const before = await lastOf(reader)
    await visitor.evaluate((path: string) => history.pushState(null, '', path), `/visit-${round}`)
    const answered = await next(visitor, round + 1)
    const after = await changeOf(reader, before.text)
    times.push(after - answered)
  }
  return times
}

async function openVisitor(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage()
  await page.setUserAgent({ userAgent })
  await page.evaluateOnNewDocument(() => {
    window.noted = []
    const original = window.fetch
    const noting = async (...call: Parameters<typeof fetch>) => {
      const response = await original(...call)
      window.noted.push({ at: performance.timeOrigin + performance.now(), text: String(response.status) })
      return response
    }
    window.fetch = Object.assign(noting, original)
  })
  await page.goto(url)
  await next(page, 1)
  return page
}

async function openReader(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(url)
  await page.waitForFunction(() => /\d/.test(document.querySelector('hk-kpi')?.shadowRoot?.textContent ?? ''))
  await page.evaluate(() => {
    const root = document.querySelector('hk-kpi')?.shadowRoot
    if (!root) throw new Error('The element has no shadow root')
    const note = () => window.noted.push({ at: performance.timeOrigin + performance.now(), text: numberOf() })
    const numberOf = () => /[\d,]+/.exec(root.textContent ?? '')?.[0] ?? ''
    window.noted = []
    note()
    new MutationObserver(note).observe(root, { subtree: true, childList: true, characterData: true })
  })
  return page
}

/** The instant of the page's answer number `count`. */
async function next(page: Page, count: number): Promise<number> {
  const found = await page.waitForFunction((many: number) => window.noted[many - 1], { polling: 20 }, count)
  const noted = await found.jsonValue()
  if (noted?.text !== '202') throw new Error(`The service answered ${noted?.text}`)
  return noted.at
}

async function lastOf(page: Page): Promise<{ text: string }> {
  return { text: await page.evaluate(() => window.noted.at(-1)?.text ?? '') }
}

/** The instant at which the page showed something else than `before`. */
async function changeOf(page: Page, before: string): Promise<number> {
  const find = (old: string) => {
    const last = window.noted.findLastIndex(({ text }) => text === old)
    return window.noted[last + 1]
  }
  const found = await page.waitForFunction(find, { polling: 20 }, before)
  return (await found.jsonValue())?.at ?? Number.NaN
}
