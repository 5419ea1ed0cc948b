/**
 * The tracker as pages load it, from a real service, in a real browser under a strict policy: what is counted is what
 * has arrived in Postgres.
 *
 * @module
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Page } from 'puppeteer-core'
import { until } from '../support/browser.ts'
import { openTracked, type Tracked } from '../support/tracked.ts'

let service: Tracked
let shop: Bun.Server<undefined>
let page: Page
let site: string

interface Arrived {
  readonly type: string
  readonly name: string
  readonly page: string
  readonly value: number | null
  readonly props: Record<string, unknown> | null
}

const arrived = () => service.sql<Arrived[]>`select type, name, page, value, props from items where site_id = ${site} order by at, page`
const named = (rows: readonly Arrived[]) => rows.map(({ type, name, page: path }) => [type, name, path].filter((text) => text !== '').join(' '))

/** Pages of the shop, by path: the body, and attributes of the script. */
const pages: Record<string, { body?: string; attributes?: string; scripts?: number; status?: number }> = {
  '/': { body: '<p style="height: 3000px"></p><a href="/next">Next</a>' },
  '/next': { body: '<a href="/">Back</a>' },
  '/auto': {
    attributes: 'data-auto',
    body: `<button data-hk-event="Signup" data-hk-plan="pro">Sign up</button>
      <a id="file" href="/report.pdf" download>Report</a>
      <form action="/next"><button id="send">Send</button></form>`,
  },
  '/vitals': { attributes: 'data-vitals data-engagement="off"', body: '<h1>A heading to paint</h1><button>Press</button>' },
  '/app': { attributes: 'data-hash' },
  '/twice': { scripts: 3 },
  '/none': { attributes: 'data-auto="404"', status: 404 },
  '/leave': { attributes: 'data-auto="outbound"', body: '<a href="{other}/away?secret=1">Away</a>' },
}

beforeAll(async () => {
  service = await openTracked()
  shop = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const path = new URL(request.url).pathname
      if (path === '/away') return new Response('Another site.')
      const found = pages[path]
      if (found === undefined) return new Response('', { status: 204 })
      const { body = '', attributes = '', scripts = 1, status = 200 } = found
      const script = `<script defer src="${service.url}/hk.js" data-site="${site}" data-localhost ${attributes}></script>`
      const policy = [
        "default-src 'none'",
        `script-src ${service.url}`,
        `connect-src ${service.url}`,
        "style-src-attr 'unsafe-inline'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
      ]
      const other = `http://localhost:${shop.port}`
      return new Response(
        `<!doctype html><html lang="en"><title>Shop</title>${script.repeat(scripts)}${body.replace('{other}', other)}`,
        { status, headers: { 'content-type': 'text/html', 'content-security-policy': policy.join('; ') } },
      )
    },
  })
}, 60_000)

afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
  await shop?.stop(true)
})

const faults: string[] = []

beforeEach(async () => {
  site = await service.makeSite()
  await page?.close()
  page = await service.browser.newPage()
  faults.length = 0
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (/policy|trusted/i.test(message.text())) faults.push(message.text())
  })
})

const open = (path: string) => page.goto(new URL(path, shop.url).href)
/** Opens a page, and waits until what listens to clicks has been loaded, which comes after the script. */
const openListening = async (path: string) => {
  await open(path)
  await page.waitForFunction('performance.getEntriesByType("resource").some(({ name }) => /\\/tracker\\/.*auto/.test(name))')
  // It has come; a moment on it has run.
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))')
}
/** Waits until items of these names have arrived, whatever else has. */
const untilArrived = (names: readonly string[]) =>
  until(arrived, (rows) => names.every((name) => named(rows).includes(name)), 30_000)

describe('of a page under a strict policy', () => {
  test('views arrive once each, over links and the way back, without cookie or anything stored', async () => {
    await open('/')
    await page.evaluate('scrollTo(0, 2000)')
    await page.click('a')
    await untilArrived(['pageview /next'])
    await page.evaluate('history.back()')
    const rows = await until(arrived, (all) => all.filter(({ type }) => type === 'pageview').length >= 3, 30_000)
    expect(named(rows).filter((name) => name.startsWith('pageview'))).toEqual(['pageview /', 'pageview /next', 'pageview /'])
    expect(await page.evaluate('document.cookie + localStorage.length + sessionStorage.length')).toBe('00')
    const visits = await service.sql`select pageviews from visits where site_id = ${site}`
    expect([...visits]).toEqual([{ pageviews: 3 }])
    expect(faults).toEqual([])
  }, 60_000)

  test('how long and how far it is read arrives as it is left', async () => {
    await open('/')
    await page.evaluate('scrollTo(0, 1200)')
    await until(() => page.evaluate('performance.now()') as Promise<number>, (ms) => ms > 2_500, 30_000)
    await page.goto('about:blank')
    const rows = await untilArrived(['engagement /'])
    const [read] = rows.filter(({ type }) => type === 'engagement')
    expect(read?.value).toBeGreaterThanOrEqual(1)
    expect(read?.props?.scroll).toBeGreaterThan(20)
  }, 60_000)

  test('clicks, downloads and forms arrive, and lead where they lead', async () => {
    await openListening('/auto')
    await page.click('[data-hk-event]')
    await page.click('#file')
    await Promise.all([page.waitForNavigation(), page.click('#send')])
    expect(new URL(page.url()).pathname).toBe('/next')
    const names = ['event Signup /auto', 'event file_download /auto', 'event form_submit /auto', 'pageview /next']
    const rows = await untilArrived(names)
    expect(rows.find(({ name }) => name === 'Signup')?.props).toEqual({ plan: 'pro' })
    expect(rows.find(({ name }) => name === 'form_submit')?.props).toEqual({
      action: new URL('/next', shop.url).href,
      method: 'get',
      form: '',
    })
    expect(faults).toEqual([])
  }, 60_000)

  test('a click that leads to another site arrives, without the query', async () => {
    await openListening('/leave')
    await Promise.all([page.waitForNavigation(), page.click('a')])
    expect(new URL(page.url()).pathname).toBe('/away')
    const rows = await untilArrived(['event outbound_click /leave'])
    expect(rows.find(({ type }) => type === 'event')?.props).toEqual({ url: `http://localhost:${shop.port}/away` })
  }, 60_000)

  test('pages of a site that routes by the fragment arrive each as its own', async () => {
    await open('/app#/inbox')
    await page.evaluate('location.hash = "/sent"')
    await untilArrived(['pageview /app#/inbox', 'pageview /app#/sent'])
  }, 60_000)

  test('a missing page arrives as such, by the status of its document', async () => {
    await open('/none')
    await untilArrived(['pageview /none', 'event 404 /none'])
  }, 60_000)

  test('Web Vitals arrive where they are asked for, and only there', async () => {
    await open('/vitals#heading')
    await page.click('button')
    await page.goto('about:blank')
    const rows = await untilArrived(['vital FCP /vitals', 'vital LCP /vitals', 'vital TTFB /vitals', 'vital CLS /vitals'])
    expect(rows.filter(({ type }) => type === 'engagement')).toEqual([])
    expect(faults).toEqual([])
    await open('/')
    await page.goto('about:blank')
    await untilArrived(['pageview /'])
    expect(named(await arrived()).filter((name) => name.startsWith('vital') && name.endsWith(' /'))).toEqual([])
  }, 60_000)

  test('the script three times is one view', async () => {
    await open('/twice')
    await open('/next')
    const rows = await untilArrived(['pageview /next'])
    expect(named(rows).filter((name) => name === 'pageview /twice')).toHaveLength(1)
  }, 60_000)

  test('what could not be sent is sent by the next page, once', async () => {
    await page.setRequestInterception(true)
    let down = true
    page.on('request', (request) => {
      if (down && request.url().endsWith('/ingest')) void request.abort('connectionrefused')
      else void request.continue()
    })
    await page.goto(new URL('/', shop.url).href)
    const kept = () => page.evaluate(`localStorage['hk:${site}'] ?? ''`) as Promise<string>
    await until(kept, (text) => text.includes('"pageview"'), 30_000)
    down = false
    await open('/next')
    const rows = await untilArrived(['pageview /', 'pageview /next'])
    expect(rows.filter(({ type }) => type === 'pageview')).toHaveLength(2)
    await until(kept, (text) => text === '', 30_000)
  }, 60_000)

  test('a visitor who opts out does not arrive', async () => {
    await open('/')
    await untilArrived(['pageview /'])
    await page.evaluate('hk.optOut(); hk("Hidden")')
    await open('/next')
    await page.evaluate('hk("Hidden too"); hk.optOut(false); hk("Seen")')
    const rows = await untilArrived(['event Seen /next'])
    expect(named(rows).filter((name) => !name.startsWith('engagement'))).toEqual(['pageview /', 'event Seen /next'])
  }, 60_000)
})
