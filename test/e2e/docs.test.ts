import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'puppeteer-core'
import { describeElements, elementsOf } from '../../components/pack/manifest.ts'
import { kinds } from '../../demo/docs/embed/kinds.ts'
import { tokens } from '../../demo/docs/theme/theme.ts'
import { openBrowser, present, until } from '../support/browser.ts'
import { type Running, spawn } from '../support/process.ts'

const axe = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'))
const elements = elementsOf(await describeElements())

let dir: string
let demo: Running
let docs: string
let browser: Browser
/** A page on another origin, empty but for what a test has put into it. */
let stranger: Bun.Server<undefined>
let body = ''

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hk-docs-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(dir, 0o755)
  demo = spawn(['bun', 'demo/main.ts'], { HK_DATA_DIR: dir, HK_HOST: '127.0.0.1', HK_PORT: '0', HK_DEMO_PORT: '0', HK_DEMO_DAYS: '3' })
  await demo.line(/^Ctrl-C stops everything/, 90_000)
  docs = /Documentation\s+(http\S+)/.exec(demo.output())?.[1] ?? ''
  browser = await openBrowser()
  const origin = new URL(docs).origin
  const clipboard = ['clipboard-read', 'clipboard-write'].map((name) => ({ permission: { name }, state: 'granted' as const }))
  await browser.defaultBrowserContext().setPermission(origin, ...clipboard)
  stranger = Bun.serve({ port: 0, fetch: () => new Response(`<!doctype html><html lang="en"><title>Stranger</title><body>${body}`, { headers: { 'content-type': 'text/html; charset=utf-8' } }) })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await stranger?.stop(true)
  await demo?.kill('SIGINT')
  await rm(dir, { recursive: true, force: true })
})

/** Opens a page, so high that all of it is in view, and keeps what goes wrong on it and what its policy refuses. */
async function open(path: string, { width = 1440, height = 6_000, script = true } = {}): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage()
  await page.setViewport({ width, height })
  await page.setJavaScriptEnabled(script)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(path.startsWith('http') ? path : docs + path)
  return { page, errors }
}

/** Elements within a part of a page that show nothing yet, or cannot. */
const unready = (page: Page, within: string) =>
  page.$$eval(`${within} :is(${elements.map(({ tagName }) => tagName).join(', ')})`, (all) =>
    all
      .filter((element) => {
        // What is out of view asks for nothing.
        if (element.getBoundingClientRect().top > innerHeight) return false
        // These show nothing by themselves, or only as long as there is something.
        if (/^hk-(site|toasts)$/.test(element.localName)) return !element.matches(':defined')
        const shown = element.shadowRoot?.textContent?.trim()
        return !shown || element.matches(':is(:state(loading), :state(error), :state(denied))')
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  )

const codeOf = (page: Page, selector: string) => page.$eval(`${selector} code`, ({ textContent }) => textContent ?? '')

async function faults(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe })
  const { violations } = await page.evaluate((): Promise<AxeResults> => Reflect.get(window, 'axe').run({ resultTypes: ['violations'] }))
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${JSON.stringify(target)} ${failureSummary}`))
}

describe('the documentation', () => {
  test('leads to a page for each element of the manifest', async () => {
    const { page, errors } = await open('')
    const links = await page.$$eval('#nav a', (all) => all.map(({ pathname }) => pathname))
    expect(links).toEqual(expect.arrayContaining(elements.map(({ tagName }) => `/docs/${tagName}`)))
    expect(links.filter((link) => link.startsWith('/docs/hk-')).length).toBe(elements.length)
    await until(() => unready(page, '.live'), (waiting) => waiting.length === 0)
    expect(errors).toEqual([])
    await page.close()
  }, 60_000)

  test.each(elements.map(({ tagName }) => tagName))('shows %s with live examples and all that the manifest says of it', async (tag) => {
    const element = elements.find(({ tagName }) => tagName === tag)
    const { page, errors } = await open(`/${tag}`)
    expect(await page.$$eval(`.example .live ${tag}`, (all) => all.length)).toBeGreaterThan(0)
    await until(() => unready(page, '.live'), (waiting) => waiting.length === 0, 30_000)
    const text = await page.$eval('main', ({ textContent }) => textContent?.replace(/\s+/g, ' ') ?? '')
    const { attributes = [], events = [], cssParts = [], cssProperties = [], cssStates = [] } = element ?? {}
    const said = [...attributes, ...events, ...cssParts, ...cssProperties, ...cssStates]
    const plain = (sentence = '') => sentence.replaceAll('`', '').replace(/\s+/g, ' ').trim()
    expect(said.filter(({ name, description }) => !text.includes(name) || !text.includes(plain(description))).map(({ name }) => name)).toEqual([])
    expect(errors).toEqual([])
    await page.close()
  }, 60_000)

  test('copies what is shown', async () => {
    const { page } = await open('')
    for (const sample of ['#collect ~ .source', '.example .source']) {
      await page.click(`${sample} [data-copy]`)
      await until(() => page.$eval(`${sample} [data-copy]`, ({ textContent }) => textContent), (text) => text === 'Copied')
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await codeOf(page, sample))
    }
    expect(await codeOf(page, '.example .source')).toContain(await page.$eval('.example .live hk-site', (site) => site.outerHTML.slice(0, 80)))
    await page.close()
  }, 60_000)

  test('finds pages by what is typed, with the keyboard alone, and the history leads back', async () => {
    const { page } = await open('')
    await page.keyboard.press('/')
    await page.keyboard.type('position')
    expect(await page.$$eval('#nav li:not([hidden])', (all) => all.map(({ textContent }) => textContent))).toEqual(['hk-toasts'])
    await page.keyboard.type(' nothing')
    expect(await page.$eval('[data-count]', ({ textContent }) => textContent)).toBe('Nothing has that name.')
    await page.keyboard.press('Escape')
    await page.keyboard.type('hk-kpi')
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    expect(page.url()).toBe(`${docs}/hk-kpi`)
    await page.click('[data-contents] a[href="#states"]')
    expect(page.url()).toBe(`${docs}/hk-kpi#states`)
    await page.goBack()
    await page.goBack()
    expect(page.url()).toBe(docs)
    await page.close()
  }, 60_000)

  test('keeps the colour scheme that was chosen, from the first paint of the next page on', async () => {
    const { page } = await open('')
    const ground = () => page.$eval('body', (element) => getComputedStyle(element).backgroundColor)
    const light = await ground()
    await page.click('[data-schemes] [data-scheme="dark"]')
    const dark = await ground()
    expect(dark).not.toBe(light)
    await page.goto(`${docs}/basics`, { waitUntil: 'domcontentloaded' })
    expect(await ground()).toBe(dark)
    await page.click('[data-schemes] [data-scheme="auto"]')
    expect(await ground()).toBe(light)
    await page.close()
  }, 60_000)

  test.each(['light', 'dark'])('has no fault that axe finds, in a %s scheme', async (scheme) => {
    const found: string[] = []
    for (const path of ['', '/basics', '/theme', '/embed', '/hk-table']) {
      const { page } = await open(path)
      await page.setBypassCSP(true)
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      await page.reload()
      await until(() => unready(page, 'main'), (waiting) => waiting.length === 0)
      found.push(...(await faults(page)).map((fault) => `${path}: ${fault}`))
      await page.close()
    }
    expect(found).toEqual([])
  }, 120_000)

  test.each([1440, 390])('moves nothing while it comes, at %d px, and nothing is wider than the window', async (width) => {
    const { page } = await open('', { width, height: 900 })
    await page.evaluateOnNewDocument(() => {
      Object.assign(window, { shifts: [] })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const sources: { node: Element | null }[] = Reflect.get(entry, 'sources')
          Reflect.get(window, 'shifts').push(sources.map(({ node }) => `${node?.nodeName} ${node?.className}`))
        }
      }).observe({ type: 'layout-shift', buffered: true })
    })
    for (const path of ['', '/hk-chart', '/theme', '/embed']) {
      await page.goto(docs + path)
      await until(() => unready(page, 'main'), (waiting) => waiting.length === 0)
      await Bun.sleep(300)
      expect({ path, shifts: await page.evaluate(() => Reflect.get(window, 'shifts')) }).toEqual({ path, shifts: [] })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    }
    await page.close()
  }, 60_000)

  test('reads without JavaScript: reference, samples, and the text that stands for the numbers', async () => {
    const { page } = await open('/hk-kpi', { script: false })
    const content = await page.content()
    expect(content).toContain('::part(value)')
    expect(content).toContain('Read by')
    const embed = await open(`/embed?element=table&by=country&limit=3`, { script: false })
    const snippet = /hk-table<\/span>[\s\S]*?<\/code>/.exec(await embed.page.content())?.[0].replace(/<[^>]*>/g, '')
    expect(snippet).toContain('by="country"')
    await page.close()
    await embed.page.close()
  }, 60_000)
})

describe('the theme builder', () => {
  test('writes CSS that gives elements of any page the look that was chosen, and keeps it in the address', async () => {
    const { page, errors } = await open('/theme')
    const set = (selector: string, value: string) =>
      page.$eval(
        selector,
        (field, text) => {
          if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return
          field.value = text
          field.dispatchEvent(new Event('input', { bubbles: true }))
        },
        value,
      )
    await set('[data-hex="text-light"]', '#123456')
    await set('[data-hex="text-dark"]', '#abcdef')
    await set('[name="font"]', 'mono')
    await set('[name="radius"]', '13')
    const css = await codeOf(page, '[data-theme-builder] .source')
    expect(css).toContain('light-dark(#123456, #abcdef)')
    const address = page.url()
    expect(address).toContain('#text=123456-abcdef&font=mono&radius=13')
    const again = await open(address)
    expect(await codeOf(again.page, '[data-theme-builder] .source')).toBe(css)
    expect([...errors, ...again.errors]).toEqual([])
    await again.page.close()
    const snippet = await codeOf((await openEmbed('?element=table&by=page')).page, '[data-snippet="tag"]')
    body = `<style>html { color-scheme: light dark } ${css}</style>${await scriptOf()}${snippet}`
    for (const [scheme, colour] of [['light', 'rgb(18, 52, 86)'], ['dark', 'rgb(171, 205, 239)']]) {
      const other = await open(stranger.url.href)
      await other.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme ?? '' }])
      await until(() => unready(other.page, 'body'), (waiting) => waiting.length === 0)
      await present(other.page, 'hk-table >>> [part~="bar"]')
      const computed = await other.page.$eval('hk-table', (table) => {
        const { color, fontFamily } = getComputedStyle(table)
        const bar = table.shadowRoot?.querySelector('[part~="bar"]')
        return { color, fontFamily, radius: bar ? getComputedStyle(bar).borderRadius : '' }
      })
      expect(computed.color).toBe(colour ?? '')
      expect(computed.fontFamily).toStartWith('ui-monospace')
      expect(computed.radius).toBe('13px')
      await other.page.close()
    }
    await page.close()
  }, 90_000)

  test('warns of contrast that is too little, and has a field for every token of the elements', async () => {
    const { page } = await open('/theme#muted=cccccc-9a9fab')
    expect(await page.$eval('[data-check="muted-light"]', ({ textContent }) => textContent)).toBe('1.6 below 4.5')
    expect(await page.$eval('[data-contrast]', ({ textContent }) => textContent)).toStartWith('1 colour has too little contrast')
    const known = new Set(elements.flatMap(({ cssProperties = [] }) => cssProperties.map(({ name }) => name)))
    expect(Object.keys(tokens).map((name) => `--hk-${name}`).toSorted()).toEqual([...known].toSorted())
    await page.close()
  }, 60_000)
})

const openEmbed = (query: string) => open(`/embed${query}`)

async function scriptOf(): Promise<string> {
  const { page } = await openEmbed('')
  const script = await codeOf(page, '[data-snippet="script"]')
  await page.close()
  return script
}

describe('the embed builder', () => {
  test('writes a tag and a frame that show numbers on a page of somebody else', async () => {
    const { page, errors } = await openEmbed('?element=kpi&metric=pageviews&range=7d&label=Views')
    await page.select('[name="compare"]', 'previous')
    await until(() => codeOf(page, '[data-snippet="tag"]'), (text) => text.includes('compare="previous"'))
    expect(page.url()).toContain('compare=previous')
    await until(() => unready(page, '[data-stage]'), (waiting) => waiting.length === 0)
    const [script, tag, frame] = [await scriptOf(), await codeOf(page, '[data-snippet="tag"]'), await codeOf(page, '[data-snippet="frame"]')]
    expect(tag).toContain('>Views</hk-kpi>')
    body = script + tag + frame
    const other = await open(stranger.url.href)
    const number = /Views[\d,]{2,}/
    const shown = () => other.page.$eval('hk-kpi', ({ shadowRoot }) => (shadowRoot?.textContent ?? '').replace(/\s+/g, ''))
    await until(shown, (text) => number.test(text))
    const inside = await until(async () => other.page.frames().find((one) => one.url().includes('/embed/')), (one) => one !== undefined)
    await until(async () => (await inside?.$eval('hk-kpi', ({ shadowRoot }) => (shadowRoot?.textContent ?? '').replace(/\s+/g, ''))) ?? '', (text) => number.test(text))
    await until(() => other.page.$eval('iframe', ({ height }) => height), (height) => height !== '96')
    expect([...errors, ...other.errors]).toEqual([])
    await other.page.close()
    await page.close()
  }, 90_000)

  test('knows only elements that the service puts into frames', async () => {
    const { page } = await openEmbed('')
    for (const element of Object.keys(kinds)) {
      await page.select('[name="element"]', element)
      const frame = await until(() => codeOf(page, '[data-snippet="frame"]'), (text) => text.includes(`/${element}`))
      const address = /src="([^"]+)"/.exec(frame)?.[1]?.replaceAll('&amp;', '&') ?? ''
      expect([element, (await fetch(address)).status]).toEqual([element, 200])
    }
    await page.close()
  }, 60_000)

  test('warns of what the share link does not allow, and of attributes at fault', async () => {
    const { page } = await openEmbed('?element=feed')
    const warning = () => page.$eval('[data-warnings]', ({ textContent }) => textContent ?? '')
    await until(warning, (text) => text.startsWith('This share link does not allow visits'))
    await page.select('[name="link"]', 'full')
    await until(warning, (text) => text === '')
    await until(() => unready(page, '[data-stage]'), (waiting) => waiting.length === 0)
    await page.close()
  }, 60_000)
})
