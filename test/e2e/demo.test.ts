import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import { openBrowser, present, shownBy, until } from '../support/browser.ts'
import { processesIn, type Running, spawn } from '../support/process.ts'

let dir: string
let browser: Browser
let settings: Record<string, string>

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hk-demo-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(dir, 0o755)
  settings = { HK_DATA_DIR: dir, HK_HOST: '127.0.0.1', HK_PORT: '0', HK_DEMO_PORT: '0', HK_DEMO_DAYS: '3' }
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await rm(dir, { recursive: true, force: true })
})

async function startDemo(more: Record<string, string> = {}): Promise<Running> {
  const demo = spawn(['bun', 'demo/main.ts'], { ...settings, ...more })
  await demo.line(/^Ctrl-C stops everything/)
  return demo
}

const address = (demo: Running, name: string) =>
  new RegExp(`${name}\\s+(http\\S+)`).exec(demo.output())?.[1]?.replace(/\/$/, '') ?? ''

describe('the demo', () => {
  test('shows a shop, an article, a dashboard and an SDK page, alive, without an error in the browser', async () => {
    const demo = await startDemo()
    const errors: string[] = []
    const look = async (name: string, path = '') => {
      const page = await browser.newPage()
      // High enough for all elements to be in view, as they ask only then.
      await page.setViewport({ width: 1280, height: 2400 })
      page.on('pageerror', (error) => errors.push(`${name}: ${String(error)}`))
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(`${name}: ${message.text()}`)
      })
      await page.goto(address(demo, name) + path)
      return page
    }
    const number = /^[1-9][\d,]*$/
    const article = await look('Article with widgets')
    await until(
      () => shownBy(article, 'hk-kpi[metric="visitors"]'),
      (text) => number.test(text),
    )
    const before = await shownBy(article, 'hk-kpi[metric="pageviews"]')
    await until(
      () => shownBy(article, 'hk-kpi[metric="pageviews"]'),
      (text) => text !== before,
      60_000,
    )
    await article.close()

    const dashboard = await look('Dashboard')
    const row = 'hk-dashboard >>> hk-table[by="page"] >>> [part="row"] button'
    await (await present(dashboard, row)).click()
    await present(dashboard, 'hk-dashboard >>> hk-filters >>> li button')
    expect(dashboard.url()).toContain('?filter=page')
    await dashboard.close()

    const shared = await look('Share page')
    await present(shared, 'hk-dashboard >>> hk-kpi >>> data')
    await shared.close()

    const wall = await look('Page on the SDK alone')
    await until(
      () => wall.$eval('[data-pageviews]', (element) => element.textContent ?? ''),
      (text) => number.test(text),
    )
    await wall.close()

    const shop = await look('Shop with the tracker', '/lamps/arc')
    await shop.click('[data-add]')
    await shop.goto(`${address(demo, 'Shop with the tracker')}/cart`)
    expect(await shop.$eval('[data-basket]', (element) => element.textContent)).toContain('€ 184')
    await shop.close()
    expect(errors).toEqual([])
    expect(await demo.kill('SIGINT')).toBe(0)
  }, 120_000)

  test('keeps its data over a second start, can be quiet, and leaves nothing running', async () => {
    const demo = await startDemo({ HK_DEMO_TRAFFIC: 'off' })
    expect(demo.output()).not.toContain('Making up')
    const service = address(demo, 'Service')
    const share = /share="([^"]+)"/.exec(demo.output())?.[1]
    const site = /data-site="([^"]+)"/.exec(demo.output())?.[1]
    const views = async () =>
      (await (await fetch(`${service}/api/share/${share}/sites/${site}/reports/overview`)).json()).data
        .pageviews
    const before = await views()
    expect(before).toBeGreaterThan(500)
    await Bun.sleep(3_000)
    expect(await views()).toBe(before)
    expect(await demo.kill('SIGINT')).toBe(0)
    expect(processesIn(dir)).toEqual([])
    expect(existsSync(join(dir, 'hk.lock.pid'))).toBe(false)
  }, 60_000)

  test('says in one sentence which port is taken, and leaves nothing running', async () => {
    const server = createServer().listen(0, 'localhost')
    await Bun.sleep(50)
    const taken = server.address()
    const port = typeof taken === 'object' ? String(taken?.port) : ''
    const demo = spawn(['bun', 'demo/main.ts'], { ...settings, HK_DEMO_PORT: port })
    expect(await demo.exited).toBe(1)
    expect(demo.output()).toContain(
      `Port ${port} is taken by another program. Stop it, or set HK_DEMO_PORT to another port.`,
    )
    server.close()
    expect(processesIn(dir)).toEqual([])
  }, 60_000)
})
