import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'puppeteer-core'
import { openBrowser, shownBy, until } from '../support/browser.ts'
import { buildElements } from '../support/elements.ts'
import { type OperatedService, openOperated } from '../support/operated.ts'
import { serverView } from '../support/service.ts'

let built: Awaited<ReturnType<typeof buildElements>>
let service: OperatedService
let server: Bun.Server<undefined>
let browser: Browser
let site: string
let visitor = 0
/** Pages that have opened a stream, the newest last. */
const openers: Page[] = []

/** How many streams the service has open. */
const streams = () => service.metric('hk_streams')

/** Somebody visits the site. */
async function visit(): Promise<void> {
  visitor += 1
  await service.admin(`/api/sites/${site}/ingest`, { items: [serverView(visitor, Date.now())] })
}

const visitors = (page: Page) => shownBy(page, 'hk-kpi')
const follows = (page: Page) =>
  until(
    () => visitors(page),
    (text) => text === String(visitor),
    30_000,
  )

/** Opens the page in a window of its own: a tab behind another is hidden, and asks for nothing. */
async function open(host = 'localhost'): Promise<Page> {
  const page = await browser.newPage({ type: 'window' })
  page.on('request', (request) => {
    if (request.url().includes('/realtime')) openers.push(page)
  })
  await page.goto(`http://${host}:${server.port}/`)
  await follows(page)
  await until(
    () => shownBy(page, 'hk-status'),
    (text) => text.includes('Live'),
  )
  return page
}

beforeAll(async () => {
  built = await buildElements()
  service = await openOperated()
  site = (await service.admin<{ id: string }>('/api/sites', { domain: 'shop.example' })).id
  const share = (await service.admin<{ token: string }>(`/api/sites/${site}/shares`, {})).token
  await visit()
  const body = `<!doctype html><html lang="en"><title>Tab</title><script type="module" src="/embed/define.js"></script>
    <hk-site endpoint="${service.url}" share="${share}">
      <hk-kpi metric="visitors" range="7d" variant="inline"></hk-kpi> <hk-live></hk-live> <hk-status></hk-status>
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
  // Without a window, Chromium keeps no page for the way back unless told to.
  browser = await openBrowser('--enable-bfcache')
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop(true)
  await service?.[Symbol.asyncDispose]()
  await built?.[Symbol.asyncDispose]()
})

describe('ten tabs of one origin, over HTTP/1.1, of which a browser opens six connections to a host', () => {
  const tabs: Page[] = []

  test('show one number and hold one stream', async () => {
    while (tabs.length < 10) tabs.push(await open())
    expect(await tabs[0]?.evaluate(() => isSecureContext)).toBe(true)
    expect(await streams()).toBe(1)
    expect(openers.map((page) => tabs.indexOf(page))).toEqual([0])
  }, 120_000)

  test('all follow a visit', async () => {
    await visit()
    await Promise.all(tabs.map(follows))
    expect(await streams()).toBe(1)
  }, 60_000)

  test('go on over the stream of another when the leader is closed', async () => {
    for (let closed = 0; closed < 2; closed += 1) {
      const leader = openers.at(-1)
      tabs.splice(0, tabs.length, ...tabs.filter((tab) => tab !== leader))
      await leader?.close()
      await until(
        async () => openers.at(-1) !== leader && (await streams()),
        (count) => count === 1,
      )
      await visit()
      await Promise.all(tabs.map(follows))
    }
    expect([openers.length, tabs.length]).toEqual([3, 8])
  }, 60_000)

  test('go on when the leader goes to another page, and it follows when the browser brings it back as it was', async () => {
    const leader = openers.at(-1)
    await leader?.evaluate('globalThis.kept = true')
    await leader?.goto('about:blank')
    await until(streams, (count) => count === 1)
    await until(
      async () => openers.length,
      (count) => count === 4,
    )
    await visit()
    await Promise.all(tabs.filter((tab) => tab !== leader).map(follows))
    await leader?.goBack()
    expect(await leader?.evaluate('globalThis.kept')).toBe(true)
    await Promise.all(tabs.map(follows))
    expect(openers).toHaveLength(4)
    expect(await streams()).toBe(1)
  }, 60_000)

  test('go on when the leader is hidden and frozen', async () => {
    const leader = openers.at(-1)
    const session = await leader?.createCDPSession()
    await session?.send('Page.setWebLifecycleState', { state: 'frozen' })
    await until(
      async () => openers.length,
      (count) => count === 5,
    )
    await visit()
    await Promise.all(tabs.filter((tab) => tab !== leader).map(follows))
    await until(streams, (count) => count === 1)
    await session?.detach()
  }, 60_000)

  test('leave nothing behind', async () => {
    await Promise.all(tabs.map((tab) => tab.close()))
    await until(streams, (count) => count === 0)
  }, 30_000)
})

test('a leader whose event loop stands still is robbed, and follows when it goes on', async () => {
  const [leader, follower] = [await open(), await open()]
  const before = openers.length
  const session = await leader.createCDPSession()
  await session.send('Debugger.enable')
  await session.send('Debugger.pause')
  await visit()
  await until(
    async () => openers.slice(before).includes(follower),
    (taken) => taken,
    60_000,
  )
  await follows(follower)
  await session.send('Debugger.resume')
  await session.detach()
  await visit()
  await Promise.all([leader, follower].map(follows))
  await until(streams, (count) => count === 1)
  await Promise.all([leader.close(), follower.close()])
  await until(streams, (count) => count === 0)
}, 120_000)

test('outside secure contexts there are no locks: each tab has its own stream, and follows', async () => {
  const tabs = [await open('blog.example'), await open('blog.example')]
  expect(await tabs[0]?.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false])
  expect(await streams()).toBe(2)
  await visit()
  await Promise.all(tabs.map(follows))
  await Promise.all(tabs.map((tab) => tab.close()))
  await until(streams, (count) => count === 0)
}, 60_000)
