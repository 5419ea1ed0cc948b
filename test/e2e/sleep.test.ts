import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, CDPSession, Page } from 'puppeteer-core'
import { freeze, openBrowser, show, shownBy, until } from '../support/browser.ts'
import { buildElements } from '../support/elements.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type Running, spawnService } from '../support/process.ts'
import { operatorToken, reach, type Remote, type Shared } from '../support/remote.ts'
import { browserAgent, pageview } from '../support/service.ts'

let built: Awaited<ReturnType<typeof buildElements>>
let settings: Record<string, string>
let service: Running & { url: string }
let remote: Remote
let shared: Shared
let server: Bun.Server<undefined>
let browser: Browser
let page: Page
let session: CDPSession
let visitor = 0
/**
 * What the page was answered: streams, and reports of the number that it shows. A browser may say that it
 * is online just before it is, so that what is asked at once fails and is asked again.
 */
let answered: string[] = []
/** How often it has asked. */
let requests = 0

async function streams(): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text()
  return Number(/^hk_streams (\d+)/m.exec(text)?.[1])
}

/** Somebody visits the site for the first time. */
async function visit(): Promise<void> {
  visitor += 1
  expect(await remote.send(shared.site, [pageview()], `${browserAgent} v${visitor}`)).toBe(202)
}

const restart = async () => {
  await service.kill('SIGKILL')
  service = await spawnService(settings)
}

const visitors = () => shownBy(page, 'hk-kpi')
const follows = () => until(visitors, (text) => text === String(visitor), 30_000)
const isLive = () =>
  until(
    () => shownBy(page, 'hk-status'),
    (text) => text.includes('Live'),
    30_000,
  )

/** Waits until the page shows all visits over a stream, and for what it might ask in vain. */
async function hasCaughtUp(): Promise<void> {
  await follows()
  await isLive()
  await Bun.sleep(1_500)
  expect(answered.toSorted()).toEqual(['/realtime', '/reports/overview'])
}

const noStreams = () => until(streams, (count) => count === 0)

beforeAll(async () => {
  built = await buildElements()
  settings = { DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: operatorToken }
  service = await spawnService(settings)
  // The same port after a restart, as a real service has.
  settings.HK_PORT = new URL(service.url).port
  remote = reach(service.url)
  shared = await remote.makeSite()
  await visit()
  const body = `<!doctype html><html lang="en"><title>Sleep</title><script type="module" src="/embed/define.js"></script>
    <hk-site endpoint="${service.url}" share="${shared.share}">
      <hk-kpi metric="visitors" range="7d" variant="inline"></hk-kpi> <hk-status></hk-status>
    </hk-site>`
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith('/embed/')) return new Response(Bun.file(`${built.path}/${pathname.slice(7)}`))
      return new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8' } })
    },
  })
  browser = await openBrowser()
  page = await browser.newPage()
  session = await page.createCDPSession()
  page.on('request', () => (requests += 1))
  page.on('response', (response) => {
    const [part] = /\/(realtime|reports\/overview)\b/.exec(response.url()) ?? []
    if (part !== undefined) answered.push(part)
  })
  await page.goto(server.url.href)
  await isLive()
  await follows()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop(true)
  await service?.kill('SIGINT')
  await built?.[Symbol.asyncDispose]()
})

describe('a page', () => {
  test('that was frozen shows what a fresh load shows once it runs again, by one stream and one report', async () => {
    await freeze(session)
    await noStreams()
    answered = []
    for (let count = 0; count < 3; count += 1) await visit()
    await restart()
    await visit()
    await show(session)
    await hasCaughtUp()
  }, 60_000)

  test('that was offline does so once it is online', async () => {
    await page.setOfflineMode(true)
    await until(
      () => shownBy(page, 'hk-status'),
      (text) => !text.includes('Live'),
    )
    await noStreams()
    answered = []
    const before = requests
    for (let count = 0; count < 3; count += 1) await visit()
    await Bun.sleep(1_500)
    expect(requests).toBe(before)
    await page.setOfflineMode(false)
    await hasCaughtUp()
  }, 60_000)

  test('that was frozen, and is offline when it runs again, does so once it is online', async () => {
    await freeze(session)
    await noStreams()
    await page.setOfflineMode(true)
    await restart()
    for (let count = 0; count < 3; count += 1) await visit()
    await show(session)
    await page.setOfflineMode(false)
    await follows()
    await isLive()
    expect(await streams()).toBe(1)
  }, 60_000)
})
