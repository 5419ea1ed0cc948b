import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'puppeteer-core'
import { openBrowser, until } from '../support/browser.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type Running, spawnService } from '../support/process.ts'
import { serverView } from '../support/service.ts'

const token = 'admin-token-of-the-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

let service: Running & { url: string }
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
import { createClient } from '@hk-live/sdk'
const client = createClient({ endpoint: '${service.url}', share: '${share}' })
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

/** The places that the program can run in, as the page starts them. */
const places = {
  classic: `new Worker('/classic.js')`,
  module: `new Worker('/module.js', { type: 'module' })`,
  shared: `new SharedWorker('/classic.js').port`,
  page: `import('/module.js')`,
}

type Place = keyof typeof places

/** Starts the program in some places of a page. */
async function start(names: Place[]): Promise<void> {
  await page.goto(server.url.href)
  await page.evaluate('globalThis.news = {}; globalThis.running = []')
  for (const name of names) {
    // Held, as a worker that nobody refers to may end.
    await page.evaluate(`{
      const place = ${places[name]}
      place.onmessage = ({ data }) => { news.${name} = data }
      running.push(place)
    }`)
  }
}

/** Waits until each place has shown the newest number over a live connection. */
function follow(names: Place[]): Promise<Record<string, unknown>> {
  const news = () => page.evaluate('news') as Promise<Record<string, unknown>>
  const wanted = JSON.stringify({ visitors: visitor, state: 'live' })
  return until(news, (told) => names.every((name) => JSON.stringify(told[name]) === wanted), 30_000)
}

async function build(share: string, format: 'esm' | 'iife'): Promise<string> {
  const files = { 'program.ts': program(share) }
  const { outputs } = await Bun.build({ entrypoints: ['program.ts'], files, format, target: 'browser' })
  return (await outputs[0]?.text()) ?? ''
}

beforeAll(async () => {
  service = await spawnService({ DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: token })
  site = (await ask<{ id: string }>('/api/sites', { domain: 'shop.example' })).id
  const share = (await ask<{ token: string }>(`/api/sites/${site}/shares`)).token
  const scripts = new Map([
    ['/classic.js', await build(share, 'iife')],
    ['/module.js', await build(share, 'esm')],
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
  browser = await openBrowser()
  page = await browser.newPage()
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
      await page.goto('about:blank')
      await until(streams, (count) => count === 0)
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
    await page.goto('about:blank')
    await until(streams, (count) => count === 0)
  }, 90_000)
})
