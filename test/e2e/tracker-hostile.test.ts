/**
 * The tracker on pages that have their own ideas of the browser, from a real service, in a real browser: what is counted
 * is what has arrived in Postgres, and the page goes on.
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
let body = ''
const faults: string[] = []

const itemsOf = (of = site) =>
  service.sql<{ type: string; name: string; page: string; props: object | null }[]>`
    select type, name, page, props from items where site_id = ${of} and type <> 'engagement' order by at, type desc, name`
/** The paths of which it is told how long they were read. */
const readPaths = async () => {
  const rows = await service.sql<{ page: string }[]>`select page from items where site_id = ${site} and type = 'engagement' order by at`
  return rows.map((row) => row.page)
}
/** Reads the page for as long as counts, then leaves it for another one of the shop. */
const readAndLeave = async () => {
  await Bun.sleep(1_500)
  await open('/left')
}
const named = async () => (await itemsOf()).map(({ type, name, page: path }) => [type, name, path].filter((text) => text !== '').join(' '))
const script = (attributes = '', address = `${service.url}/hk.js`) =>
  `<script defer src="${address}" data-site="${site}" data-localhost ${attributes}></script>`

beforeAll(async () => {
  service = await openTracked()
  shop = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname } = new URL(request.url)
      // A proxy of the shop's own, as people put before trackers: the script renamed, and nothing but what it needs.
      if (pathname === '/js/script.js') {
        return new Response(await (await fetch(`${service.url}/hk.js`)).text(), { headers: { 'content-type': 'text/javascript' } })
      }
      // One that passes on what is counted, and none of the parts that are loaded apart.
      if (pathname === '/js/ingest') {
        const { headers } = request
        return fetch(`${service.url}/ingest`, { method: 'POST', headers, body: await request.text() })
      }
      if (pathname === '/favicon.ico') return new Response(null, { status: 204 })
      return new Response(`<!doctype html><html lang="en"><title>Shop</title>${body}`, { headers: { 'content-type': 'text/html; charset=utf-8' } })
    },
  })
}, 60_000)

afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
  await shop?.stop(true)
})

beforeEach(async () => {
  site = await service.makeSite()
  await page?.close()
  page = await service.browser.newPage()
  faults.length = 0
  page.on('pageerror', (error) => faults.push(String(error)))
})

const open = (path = '/') => page.goto(new URL(path, shop.url).href)
const untilNamed = (names: readonly string[]) => until(named, (rows) => names.every((name) => rows.includes(name)), 30_000)

/** Pages by what they do before the script runs. */
const pages: Record<string, string> = {
  'a variable hk of its own': 'window.hk = { on() {}, go() {} }',
  'a function hk of its own': 'function hk() { throw new Error("not yours") }; hk.on = () => {}',
  'a frozen hk': 'Object.defineProperty(window, "hk", { value: Object.freeze({ q: 1 }) })',
  'a Date that writes itself twice': `Date.prototype.toJSON = function () { return '"' + this.toISOString() + '"' }`,
  'toJSON on arrays, objects and texts, as old libraries have it':
    'for (const of of [Array, Object, String, Number, Date]) of.prototype.toJSON = function () { return "[" + this + "]" }',
  'no JSON': 'window.JSON = undefined',
  'a JSON that writes otherwise': 'window.JSON = { stringify: () => "{}", parse: () => ({}) }',
  'a fetch that throws': 'window.fetch = () => { throw new Error("no") }',
  'a fetch that answers with what it has read': 'const send = fetch; window.fetch = async (...all) => (await send(...all)).json()',
  'a fetch that answers nothing': 'window.fetch = () => undefined',
  'a function fetch of its own': 'function fetch(id) { return id }',
  'a fetch that adds headers which need a preflight':
    'const send = fetch; window.fetch = (url, init) => send(url, { ...init, headers: { "x-own": "1", authorization: "Bearer x" } })',
  'no fetch': 'window.fetch = undefined',
  'names of the browser for its own': 'const URL = "/api", Blob = 1; var performance = 0, navigation = document.createElement("nav"), crypto = 7',
  'a frozen history': 'Object.freeze(history); Object.freeze(History.prototype)',
  'history wrapped twice': `for (let n = 0; n < 2; n++) for (const name of ['pushState', 'replaceState']) {
    const original = history[name]
    history[name] = function () { return original.apply(this, arguments) }
  }`,
  'objects that all have more': 'for (const name of ["headers", "signal", "hash", "exclude", "q"]) Object.prototype[name] = () => {}',
  'lists that all have more': 'Array.prototype.each = function () {}; Array.prototype.last = function () {}; String.prototype.strip = () => ""',
  'no randomUUID': 'delete Crypto.prototype.randomUUID',
  'no beacon': 'navigator.sendBeacon = undefined',
  'a beacon that throws': 'navigator.sendBeacon = () => { throw new Error("no") }',
  'no storage': 'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError") } })',
  'no performance': 'Object.defineProperty(window, "performance", { value: undefined })',
}

describe('a page with', () => {
  test.each(Object.entries(pages))('%s is counted, with its events and its navigation', async (_, own) => {
    body = `<script>${own}</script>${script('data-auto')}`
    await open()
    await page.waitForFunction('window.hkLive')
    await page.evaluate('hkLive("Sent", { list: [{ n: 1 }], day: new Date(0), text: "\\"" })')
    await page.evaluate('history.pushState(null, "", "/next?q=1")')
    await untilNamed(['pageview /', 'event Sent /', 'pageview /next'])
    const [sent] = (await itemsOf()).filter(({ name }) => name === 'Sent')
    expect(sent?.props).toEqual({ list: [{ n: 1 }], day: '1970-01-01T00:00:00.000Z', text: '"' })
    expect(await named()).toHaveLength(3)
    await readAndLeave()
    await until(readPaths, (paths) => paths.includes('/next'), 30_000)
    expect(faults).toEqual([])
  }, 60_000)

  test('a variable hk of its own keeps it, whole', async () => {
    body = `<script>window.hk = { on() {}, go: () => 'gone' }</script>${script()}`
    await open()
    await untilNamed(['pageview /'])
    expect(await page.evaluate('hk.go() + Object.keys(hk)')).toBe('goneon,go')
  }, 60_000)

  test('another script that wraps history and takes it out again is counted on', async () => {
    body = `<script>
      delete window.navigation
      window.navigation = undefined
      const { pushState } = history
      addEventListener('load', () => { history.pushState = pushState })
    </script>${script()}`
    await open()
    await untilNamed(['pageview /'])
    await page.evaluate('history.pushState(null, "", "/later")')
    await untilNamed(['pageview /later'])
    expect(faults).toEqual([])
  }, 60_000)
})

describe('a page that is left', () => {
  test.each([
    ['with a path in several spellings beside exclusions', 'data-exclude="/admin/*"', '/café'],
    ['with exclusions in several spellings', 'data-exclude="/über/*"', '/plain'],
  ])('%s has its last event and how long it was read', async (_, attributes, path) => {
    body = `${script(attributes)}<script>addEventListener('pagehide', () => hk('Last'))</script>`
    await open(path)
    await untilNamed([`pageview ${path}`])
    await readAndLeave()
    await until(readPaths, (paths) => paths.includes(path), 30_000)
    await untilNamed([`event Last ${path}`])
  }, 60_000)

  test('by closing its tab has it too', async () => {
    body = script('data-exclude="/admin/*"')
    const tab = await service.browser.newPage()
    await tab.goto(new URL('/café', shop.url).href)
    await untilNamed(['pageview /café'])
    await Bun.sleep(1_500)
    await tab.close({ runBeforeUnload: true })
    await until(readPaths, (paths) => paths.includes('/café'), 30_000)
  }, 60_000)
})

describe('a change of the query', () => {
  test('that replaces it is no view', async () => {
    body = `${script()}<script>addEventListener('load', async () => { for (const q of ['l','la','lam','lamp','lamps']) { history.replaceState(null, '', '?q=' + q); await new Promise(r => setTimeout(r, 80)) } hk('Done') })</script>`
    await open('/search')
    await untilNamed(['event Done /search'])
    expect(await named()).toEqual(['pageview /search', 'event Done /search'])
  }, 60_000)

  test('that cleans it of a campaign leaves a bounce, and the campaign', async () => {
    body = `${script('data-engagement="off"')}<script>addEventListener('load', () => setTimeout(() => { history.replaceState(null, '', location.pathname); document.title = 'clean' }, 50))</script>`
    await open('/?utm_source=nl')
    await page.waitForFunction('document.title === "clean"')
    await page.goto('about:blank')
    await untilNamed(['pageview /'])
    const visits = await service.sql`select pageviews, utm_source from visits where site_id = ${site}`
    expect([...visits]).toEqual([{ pageviews: 1, utm_source: 'nl' }])
  }, 60_000)
})

describe('much at once', () => {
  test('arrives, in requests that the service takes', async () => {
    body = `${script()}<script>addEventListener('load', () => setTimeout(() => {
      for (let i = 0; i < 6; i++) hk('Big' + i, Object.fromEntries(Array.from({ length: 7 }, (_, k) => ['k' + k, 'x'.repeat(1900)])))
      hk('Huge', { kept: 1, long: 'x'.repeat(70000) })
      history.pushState(null, '', '/after')
      for (let i = 0; i < 18; i++) history.pushState(null, '', '/v/' + i + '?state=' + 'y'.repeat(3000))
    }, 500))</script>`
    await open()
    await until(named, (rows) => rows.length === 27, 30_000)
    const rows = await itemsOf()
    expect(rows.filter(({ type }) => type === 'pageview')).toHaveLength(20)
    expect(rows.find(({ name }) => name === 'Huge')?.props).toEqual({ kept: 1 })
  }, 60_000)
})

describe('the script', () => {
  test.each([
    ['with a slash in its query', () => script('', `${service.url}/hk.js?v=2026/11`)],
    ['with a fragment', () => script('', `${service.url}/hk.js#a/b`)],
    ['renamed behind a proxy, with an endpoint', () => script(`data-endpoint="${service.url}//"`, '/js/script.js')],
    ['as a module', () => script().replace('defer', 'type="module"')],
    ['by import', () => `${script(`data-endpoint="${service.url}"`).replace('defer', 'type="module"').replace(/src="[^"]*"/, '')}<script type="module">import '${service.url}/hk.js'</script>`],
    ['put in by another script', () => `<script>const s = document.createElement('script'); s.src = '${service.url}/hk.js'; s.dataset.site = '${site}'; s.dataset.localhost = ''; document.head.append(s)</script>`],
    ['below a base of another folder', () => `<base href="/deep/er/">${script()}`],
    ['without its scheme', () => script('', `${service.url.replace('http:', '')}/hk.js`)],
  ])('%s counts', async (_, html) => {
    body = html()
    await open('/x/y')
    await page.waitForFunction('window.hkLive')
    await page.evaluate('history.pushState(null, "", "/next")')
    await untilNamed(['pageview /x/y', 'pageview /next'])
    expect(faults).toEqual([])
  }, 60_000)

  test('as a module for each of two sites counts for both', async () => {
    const other = await service.makeSite()
    const module = script('data-engagement="off"').replace('defer', 'type="module"')
    body = module + module.replace(site, other)
    await open()
    await page.waitForFunction('window.hkLive')
    await page.evaluate('hk("Both")')
    await untilNamed(['pageview /', 'event Both /'])
    await until(() => itemsOf(other), (rows) => rows.length === 2, 30_000)
    expect(await named()).toEqual(['pageview /', 'event Both /'])
    expect(await page.evaluate('hk.on.toSorted()')).toEqual([site, other].toSorted())
    expect(faults).toEqual([])
  }, 60_000)

  test('in frames without an address of their own does no harm', async () => {
    const inner = script().replaceAll('"', '&quot;')
    body = `<iframe srcdoc="${inner}"></iframe><iframe sandbox="allow-scripts" srcdoc="${inner}"></iframe>
      <script>addEventListener('load', () => { const f = document.createElement('iframe'); f.src = URL.createObjectURL(new Blob(['${script().replace('</', '<\\/')}'], { type: 'text/html' })); f.onload = () => document.title = 'loaded'; document.body.append(f) })</script>${script()}`
    await open()
    await page.waitForFunction('document.title === "loaded"')
    await page.evaluate('hk("Done")')
    await untilNamed(['pageview /', 'event Done /'])
    expect(await named()).toEqual(['pageview /', 'event Done /'])
    expect(faults).toEqual([])
  }, 60_000)

  test('leaves out paths in any spelling', async () => {
    body = script('data-exclude="/münchen/*,/sa le"')
    for (const path of ['/münchen/x', '/m%c3%bcnchen/y', '/sa le', '/end']) await open(path)
    await untilNamed(['pageview /end'])
    expect(await named()).toEqual(['pageview /end'])
  }, 60_000)

  test.each([
    ['from where it came', () => script('data-exclude="/admin/*"')],
    ['from its endpoint, behind a proxy', () => script(`data-exclude="/admin/*" data-endpoint="${service.url}"`, '/js/script.js')],
  ])('loads what is rarely needed %s anew when that has failed and is needed again', async (_, html) => {
    body = html()
    let down = true
    await page.setRequestInterception(true)
    page.on('request', (request) => {
      if (down && request.url().startsWith(`${service.url}/embed/tracker/`)) void request.abort('connectionrefused')
      else void request.continue()
    })
    await open('/café')
    await page.waitForNetworkIdle()
    await page.evaluate('history.pushState(null, "", "/crème")')
    await page.waitForNetworkIdle()
    down = false
    await page.evaluate('history.pushState(null, "", "/thé")')
    await untilNamed(['pageview /thé'])
    expect(await named()).toEqual(['pageview /thé'])
    expect(faults).toEqual([])
  }, 60_000)

  test('without its parts leaves out a path that may be an excluded one', async () => {
    body = script('data-exclude="/admin/*" data-endpoint="/js"', '/js/script.js')
    for (const path of ['/%61dmin/x', '/admin/y', '/end']) {
      await open(path)
      await page.waitForNetworkIdle()
    }
    await untilNamed(['pageview /end'])
    expect(await named()).toEqual(['pageview /end'])
  }, 60_000)
})
