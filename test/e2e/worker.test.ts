import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'puppeteer-core'
import { hide, openBrowser, show, until } from '../support/browser.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type Running, spawnService } from '../support/process.ts'
import { serverView } from '../support/service.ts'

const token = 'admin-token-of-the-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

let service: Running & { url: string }
let settings: Record<string, string>
let server: Bun.Server<undefined>
let browser: Browser
let page: Page
let site: string
let visitor = 0

const ask = async <T>(path: string, body: unknown = {}): Promise<T> =>
  (await fetch(`${service.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()

async function streams(): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text()
  return Number(/^hk_streams (\d+)/m.exec(text)?.[1])
}

async function visit(): Promise<void> {
  visitor += 1
  await ask(`/api/sites/${site}/ingest`, { items: [serverView(visitor, Date.now())] })
}

/** A program that hands on what it watches, whatever it runs in. */
const program = (share: string) => `
import { createClient, receivePageEvents } from '@hk-live/sdk'
const page = location.search === '?told' && !('document' in globalThis) ? receivePageEvents() : undefined
const client = createClient({ endpoint: '${service.url}', share: '${share}', page })
const overview = client.watch('overview', { range: '7d' })
const ports = new Set()
const tell = () => {
  const news = { visitors: overview.data.get()?.visitors, state: client.status.get().state }
  for (const port of ports) port.postMessage(news)
}
overview.on('update', tell)
client.on('status', tell)
if ('onconnect' in globalThis) globalThis.onconnect = ({ ports: [port] }) => { ports.add(port); tell() }
else if ('document' in globalThis) ports.add({ postMessage: (news) => { globalThis.news.page = news } })
else ports.add(globalThis)
tell()
`

/** The places that the program can run in, as the page starts them. Of workers, `told` are told of their page. */
const places = {
  classic: `new Worker('/classic.js?told')`,
  module: `new Worker('/module.js?told', { type: 'module' })`,
  shared: `new SharedWorker('/classic.js?told').port`,
  untold: `new Worker('/classic.js')`,
  page: `import('/module.js')`,
}

type Place = keyof typeof places

/** Starts the program in some places of a new page. */
async function start(names: Place[]): Promise<void> {
  page = await browser.newPage()
  await page.goto(server.url.href)
  await page.evaluate(`globalThis.news = {}; globalThis.running = []
    import('/forward.js').then(({ forwardPageEvents }) => { globalThis.forward = forwardPageEvents })`)
  for (const name of names) {
    // Held, as a worker that nobody refers to may end.
    await page.evaluate(`{
      const place = ${places[name]}
      place.onmessage = ({ data }) => { news.${name} = data }
      if (${name !== 'page' && name !== 'untold'}) forward(place)
      running.push(place)
    }`)
  }
}

/** Closes the page: one that is only left may be kept by the browser, with its workers. */
async function close(): Promise<void> {
  await page.close()
  await until(streams, (count) => count === 0)
}

/** Waits until each place has shown the newest number over a live connection. */
function follow(names: Place[]): Promise<Record<string, unknown>> {
  const news = () => page.evaluate('news') as Promise<Record<string, unknown>>
  const wanted = JSON.stringify({ visitors: visitor, state: 'live' })
  return until(news, (told) => names.every((name) => JSON.stringify(told[name]) === wanted), 30_000)
}

async function build(code: string, format: 'esm' | 'iife'): Promise<string> {
  const files = { 'program.ts': code }
  const { outputs } = await Bun.build({ entrypoints: ['program.ts'], files, format, target: 'browser' })
  return (await outputs[0]?.text()) ?? ''
}

beforeAll(async () => {
  settings = { DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: token }
  service = await spawnService(settings)
  // The same port after a restart, as a real service has.
  settings.HK_PORT = new URL(service.url).port
  site = (await ask<{ id: string }>('/api/sites', { domain: 'shop.example' })).id
  const share = (await ask<{ token: string }>(`/api/sites/${site}/shares`)).token
  const scripts = new Map([
    ['/classic.js', await build(program(share), 'iife')],
    ['/module.js', await build(program(share), 'esm')],
    ['/forward.js', await build(`export { forwardPageEvents } from '@hk-live/sdk'`, 'esm')],
  ])
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const script = scripts.get(new URL(request.url).pathname)
      if (script) return new Response(script, { headers: { 'content-type': 'text/javascript' } })
      return new Response('<!doctype html><title>Workers</title>', {
        headers: { 'content-type': 'text/html' },
      })
    },
  })
  // A headless shell keeps no page for the way back unless told to.
  browser = await openBrowser('--enable-bfcache')
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop(true)
  await service?.kill('SIGINT')
})

describe('the SDK follows a commit', () => {
  test.each([
    ['a dedicated worker', 'classic'],
    ['a module worker', 'module'],
    ['a shared worker', 'shared'],
  ] as const)(
    'in %s',
    async (_, name) => {
      await visit()
      await start([name])
      await follow([name])
      expect(await streams()).toBe(1)
      await visit()
      await follow([name])
      await close()
    },
    60_000,
  )

  test('in a page and its workers, over one stream for all of them, also when the first is gone', async () => {
    const names: Place[] = ['classic', 'module', 'shared', 'page']
    await visit()
    await start(names)
    await follow(names)
    expect(await streams()).toBe(1)
    await visit()
    await follow(names)
    await page.evaluate('running[0].terminate()')
    await visit()
    await follow(names.slice(1))
    await until(streams, (count) => count === 1)
    await close()
  }, 90_000)
})

test('workers that are told of their page ask for nothing while it is hidden, and follow when it is shown', async () => {
  await visit()
  await start(['classic', 'shared'])
  await follow(['classic', 'shared'])
  const session = await page.createCDPSession()
  await hide(session)
  await until(streams, (count) => count === 0)
  await visit()
  await Bun.sleep(1_000)
  expect(await streams()).toBe(0)
  await show(session)
  await follow(['classic', 'shared'])
  expect(await streams()).toBe(1)
  await close()
}, 90_000)

/**
 * Such a page and its workers stand still, mostly before a worker hears of it. Its stream stays open then, and is
 * taken up, or opened anew, when the page comes back.
 */
describe('a page that the browser keeps for the way back', () => {
  const leave = async () => {
    await page.evaluate('globalThis.kept = true')
    await page.goto(`${server.url}other`)
  }
  const comeBack = async () => {
    await page.goBack()
    expect(await page.evaluate('globalThis.kept')).toBe(true)
  }

  test.each([
    // One at a time: where another of its workers waits for the lock, the browser may drop the page.
    ['a worker that is told of it', 'classic'],
    ['a worker that is not', 'untold'],
  ] as const)('has %s follow when it comes back, over one stream at most all the time', async (_, name) => {
    await visit()
    await start([name])
    await follow([name])
    await leave()
    await visit()
    await Bun.sleep(1_000)
    expect(await streams()).toBeLessThanOrEqual(1)
    await comeBack()
    await follow([name])
    await until(streams, (count) => count === 1)
    await close()
  }, 90_000)

  test('has a worker follow whose stream ended meanwhile', async () => {
    await start(['untold'])
    await follow(['untold'])
    await leave()
    await service.kill('SIGKILL')
    service = await spawnService(settings)
    await visit()
    await comeBack()
    await follow(['untold'])
    await close()
  }, 90_000)

  test('is dropped, with the stream of its worker, where the next page waits for the lock: that leads at once', async () => {
    await start(['untold'])
    await follow(['untold'])
    const left = page
    await leave()
    await start(['page'])
    await visit()
    await follow(['page'])
    expect(await streams()).toBe(1)
    await left.close()
    await close()
  }, 90_000)
})
