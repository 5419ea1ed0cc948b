import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'puppeteer-core'
import { frameworks } from '../../demo/frameworks/frameworks.ts'
import { serveShop } from '../../demo/origin.ts'
import { openBrowser, present, until } from '../support/browser.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type Running, spawnService } from '../support/process.ts'
import { serverView } from '../support/service.ts'

const token = 'admin-token-of-the-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

let service: Running & { url: string }
let browser: Browser
let shop: Bun.Server<undefined>
let visitor = 0
const places = { service: '', shop: '', blog: '', site: '', share: '', full: '' }

const ask = async <T>(path: string, body: unknown = {}): Promise<T> =>
  (await fetch(`${places.service}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()

async function visit(path = '/'): Promise<void> {
  visitor += 1
  await ask(`/api/sites/${places.site}/ingest`, { items: [serverView(visitor, Date.now(), path)] })
}

/** How many streams the service has open. */
async function streams(): Promise<number> {
  const text = await (await fetch(`${places.service}/metrics`)).text()
  return Number(/^hk_streams (\d+)/m.exec(text)?.[1])
}

beforeAll(async () => {
  service = await spawnService({ DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: token })
  places.service = service.url
  places.site = (await ask<{ id: string }>('/api/sites', { domain: 'shop.example' })).id
  places.share = (await ask<{ token: string }>(`/api/sites/${places.site}/shares`)).token
  for (const path of ['/', '/', '/', '/lamps', '/lamps', '/repair', '/journal']) await visit(path)
  const traffic = { on: false, [Symbol.asyncDispose]: async () => undefined }
  shop = serveShop(0, () => places, () => traffic)
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await shop?.stop(true)
  await service?.kill('SIGINT')
})

/** Opens the page of a framework, and keeps what goes wrong in it; `defined` has the elements there from the start. */
async function open(name: string, defined = true): Promise<{ page: Page; errors: string[]; asked: string[] }> {
  const page = await browser.newPage()
  await page.setViewport({ width: 1000, height: 2000 })
  const errors: string[] = []
  const asked: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) errors.push(message.text())
  })
  page.on('request', (request) => asked.push(request.url()))
  if (!defined) {
    await page.setRequestInterception(true)
    let blocked = false
    page.on('request', (request) => {
      const first = !blocked && request.url().endsWith('/embed/define.js')
      blocked ||= first
      void (first ? request.abort() : request.continue())
    })
  }
  await page.goto(`http://localhost:${shop.port}/frameworks/${name}`)
  await page.waitForSelector('hk-site')
  return { page, errors, asked }
}

/** What an element of a metric shows. */
const figure = (page: Page, metric: string) =>
  page.evaluate((wanted) => {
    const kpi = [...document.querySelectorAll('hk-kpi')].find((element) => Reflect.get(element, 'metric') === wanted)
    return (kpi?.shadowRoot?.querySelector('[part=value]')?.textContent ?? '').trim()
  }, metric)
const shows = (page: Page, visitors: number) => until(() => figure(page, 'visitors'), (text) => text === String(visitors))
const heading = (page: Page) => page.$eval('h2', (element) => element.textContent)
const log = (page: Page) => page.$$eval('ol li', (lines) => lines.map((line) => line.textContent ?? ''))
const rowsOf = (page: Page) =>
  page.$eval('hk-table', ({ shadowRoot }) =>
    [...(shadowRoot?.querySelectorAll<HTMLElement>('[part=row]') ?? [])].map(({ dataset }) => dataset['value']),
  )

/** What the elements were given. */
const given = (page: Page) =>
  page.evaluate(() => {
    // A list of Vue is a proxy, of which the browser tells nothing.
    const plain = (value: unknown) => (Array.isArray(value) ? [...value] : value)
    const of = (selector: string, ...names: string[]) => {
      const element = document.querySelector(selector) ?? {}
      return Object.fromEntries(names.map((name) => [name, plain(Reflect.get(element, name))]))
    }
    return {
      ...of('hk-site', 'range', 'compare', 'filters'),
      ...of('hk-kpi', 'metric', 'spark'),
      ...of('hk-chart', 'height'),
      ...of('hk-table', 'limit', 'search'),
    }
  })

async function setRows(page: Page, count: number): Promise<void> {
  await page.click('[name=rows]', { count: 3 })
  await page.keyboard.type(String(count))
}

test('the pages are found from one that names a property and an event of each', async () => {
  const text = await (await fetch(`http://localhost:${shop.port}/frameworks`)).text()
  for (const [name, { title }] of Object.entries(frameworks)) expect(text).toContain(`<th scope="row"><a href="/frameworks/${name}">${title}</a></th>`)
  const source = await (await fetch(`http://localhost:${shop.port}/frameworks/react`)).text()
  expect(source).toContain('onhk-range-change={takePeriod}')
  expect((await fetch(`http://localhost:${shop.port}/frameworks/toString`)).status).toBe(404)
})

describe.each(Object.keys(frameworks))('a page in %s', (name) => {
  let page: Page
  let errors: string[]
  let asked: string[]

  beforeAll(async () => {
    ;({ page, errors, asked } = await open(name))
  }, 60_000)
  afterAll(() => page?.close())

  test('shows figures that a visit moves, and hears of it', async () => {
    await shows(page, visitor)
    await until(() => rowsOf(page), (rows) => rows[0] === '/')
    await until(streams, (count) => count === 1)
    await visit()
    await shows(page, visitor)
    await until(() => log(page), (lines) => lines.includes(`hk-change of hk-kpi: ${visitor}`))
  }, 30_000)

  test('gives texts, numbers, switches and lists as properties, at first and when they change', async () => {
    const first = { range: '30d', compare: 'previous', filters: [], metric: 'visitors', spark: true, height: 200, limit: 5, search: false }
    expect(await given(page)).toEqual(first)
    await page.select('[name=range]', '7d')
    await page.click('[name=phones]')
    await page.click('[name=search]')
    await setRows(page, 3)
    const wanted = { ...first, range: '7d', filters: ['device:mobile'], limit: 3, search: true }
    await until(async () => Bun.deepEquals(await given(page), wanted), Boolean)
    await shows(page, 0)
    await until(() => page.evaluate(() => document.querySelector('hk-table')?.shadowRoot?.querySelector('input') !== null), Boolean)
    await page.click('[name=phones]')
    await shows(page, visitor)
    await until(() => rowsOf(page), (rows) => rows.length === 3)
    await page.click('[name=search]')
    await until(() => page.evaluate(() => document.querySelector('hk-table')?.shadowRoot?.querySelector('input') === null), Boolean)
  }, 30_000)

  test('renders what stands inside of elements, and renders it anew', async () => {
    expect(await heading(page)).toBe('7d, 0 filters')
    const fallbacks = await page.$$eval('hk-kpi', (all) => all.map((kpi) => kpi.textContent))
    expect(fallbacks).toEqual(['visitors', 'pageviews', 'bounce_rate', 'visit_duration'])
    await page.select('[name=range]', 'today')
    await until(() => heading(page), (text) => text === 'today, 0 filters')
  }, 30_000)

  test('hears what a reader chooses in the elements, and has it', async () => {
    await until(() => rowsOf(page), (rows) => rows.includes('/lamps'))
    await (await present(page, 'hk-table >>> [data-value="/lamps"] button')).click()
    await until(() => heading(page), (text) => text === 'today, 1 filters')
    const lines = await log(page)
    expect(lines).toContain('hk-select of hk-table: /lamps')
    expect(lines).toContain('hk-filter-change of hk-site: page:/lamps')
    expect((await given(page)).filters).toEqual(['page:/lamps'])
    await shows(page, 2)
    await (await present(page, 'hk-filters >>> li button')).click()
    await until(() => heading(page), (text) => text === 'today, 0 filters')
    await shows(page, visitor)
    await (await present(page, 'hk-range >>> #range-button')).click()
    await (await present(page, 'hk-range >>> [data-value="30d"]')).click()
    await until(() => log(page), (all) => all.includes('hk-range-change of hk-site: 30d'))
    await until(() => page.$eval('[name=range]', (field) => Reflect.get(field, 'value')), (value) => value === '30d')
    expect((await given(page)).range).toBe('30d')
  }, 30_000)

  test('moves elements with their keys, which keep what they show and ask for nothing', async () => {
    await shows(page, visitor)
    await page.$$eval('hk-kpi', (all) => all.forEach((kpi, index) => Object.assign(kpi, { place: index })))
    const before = asked.filter((url) => url.includes('/overview')).length
    await page.click('[name=turn]')
    await until(() => page.$$eval('hk-kpi', (all) => all.map((kpi) => Reflect.get(kpi, 'place'))), (all) => all.join() === '3,2,1,0')
    expect(await figure(page, 'visitors')).toBe(String(visitor))
    await until(() => page.$eval('hk-chart', (chart) => Reflect.get(chart, 'metric')), (metric) => metric === 'visit_duration')
    await page.click('[name=turn]')
    await until(() => page.$$eval('hk-kpi', (all) => all.map((kpi) => Reflect.get(kpi, 'place'))), (all) => all.join() === '0,1,2,3')
    expect(asked.filter((url) => url.includes('/overview')).length).toBe(before)
  }, 30_000)

  test('takes an element away and brings it back as it was', async () => {
    await page.click('[name=table]')
    await until(() => page.$('hk-table'), (table) => table === null)
    await page.click('[name=table]')
    await page.waitForSelector('hk-table')
    await until(() => rowsOf(page), (rows) => rows.length === 3)
    expect((await given(page)).limit).toBe(3)
  }, 30_000)

  test('leaves no stream behind without elements, and is live again with them', async () => {
    await page.click('[name=shown]')
    await until(() => page.$('hk-site'), (site) => site === null)
    await until(streams, (count) => count === 0)
    await page.click('[name=shown]')
    await shows(page, visitor)
    await until(streams, (count) => count === 1)
    await visit()
    await shows(page, visitor)
    expect(errors).toEqual([])
  }, 30_000)

  test('works as well where elements are defined after it has rendered', async () => {
    await page.close()
    const late = await open(name, false)
    page = late.page
    await page.select('[name=range]', '7d')
    await page.click('[name=phones]')
    await setRows(page, 3)
    await until(() => heading(page), (text) => text === '7d, 1 filters')
    expect(await page.evaluate(() => document.querySelector('hk-site')?.matches(':defined'))).toBe(false)
    await page.addScriptTag({ type: 'module', url: `${places.service}/embed/define.js?late` })
    await shows(page, 0)
    const wanted = { range: '7d', compare: 'previous', filters: ['device:mobile'], metric: 'visitors', spark: true, height: 200, limit: 3, search: false }
    expect(await given(page)).toEqual(wanted)
    await page.click('[name=phones]')
    await page.click('[name=search]')
    await shows(page, visitor)
    expect(await given(page)).toEqual({ ...wanted, filters: [], search: true })
    await visit()
    await until(() => log(page), (lines) => lines.includes(`hk-change of hk-kpi: ${visitor}`))
    expect(late.errors.filter((text) => !text.includes('net::ERR_FAILED'))).toEqual([])
  }, 30_000)
})
