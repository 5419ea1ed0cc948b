import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'puppeteer-core'
import { openBrowser, present, shownBy, until } from '../support/browser.ts'
import { type OperatedService, openOperated } from '../support/operated.ts'

let service: OperatedService
let browser: Browser
let foreign: Bun.Server<undefined>
let site: string
let body = ''

const lock = async (password: string) => (await service.admin<{ token: string }>(`/api/sites/${site}/shares`, { password })).token

beforeAll(async () => {
  service = await openOperated()
  site = (await service.admin<{ id: string }>('/api/sites', { domain: 'shop.example' })).id
  foreign = Bun.serve({
    port: 0,
    fetch: () => new Response(`<!doctype html><html lang="en"><title>Page</title>${body}`, { headers: { 'content-type': 'text/html' } }),
  })
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await foreign?.stop(true)
  await service?.[Symbol.asyncDispose]()
})

/** Opens a page of another origin that loads the elements from the service, and keeps what it asked with a password. */
async function open(content: string): Promise<{ page: Page; asked: string[] }> {
  body = `${content}<script type="module" src="${service.url}/embed/hk.js"></script>`
  const page = await browser.newPage()
  // All of it in view: what is out of view asks nothing.
  await page.setViewport({ width: 1000, height: 4000 })
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.headers()['x-hk-password'] !== undefined) asked.push(new URL(request.url()).pathname)
  })
  await page.goto(foreign.url.href)
  return { page, asked }
}

describe('a share link with a password', () => {
  test('tells who tried too many how long it takes, and opens then with the right one that was given meanwhile', async () => {
    const share = await lock('a long secret')
    const { page } = await open(`<hk-dashboard share="${share}"></hk-dashboard>`)
    const field = 'hk-dashboard >>> input[type=password]'
    const give = async (password: string) => {
      await present(page, field)
      await page.$eval(field, (input) => input instanceof HTMLInputElement && (input.value = ''))
      await page.type(field, password)
      await page.keyboard.press('Enter')
    }
    const shown = () => shownBy(page, 'hk-dashboard')
    let text = ''
    for (let guess = 0; guess < 12 && !text.includes('Too many'); guess += 1) {
      await give(`guess ${guess}`)
      // Each is answered: it is wrong, or too many were tried.
      text = await until(shown, (said) => /not the password|Too many/.test(said))
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
      text = await until(shown, (said) => /not the password|Too many/.test(said))
    }
    expect(text).toMatch(/Too many passwords were tried\. Next try in \d+ seconds?/)
    await give('a long secret')
    await until(shown, (said) => said.includes('shop.example'), 30_000)
    await page.close()
  }, 60_000)

  test('is asked once for a wrong password, whatever stands on the page', async () => {
    const share = await lock('another secret')
    const elements = ['kpi', 'chart', 'table', 'live', 'goals', 'events', 'funnel'].map((name) => `<hk-${name} id="${name}"></hk-${name}>`)
    const { page, asked } = await open(`<hk-site share="${share}">${elements.join('')}</hk-site>
      <script>document.querySelector('hk-site').password = 'a wrong guess'</script>`)
    for (const name of ['chart', 'table', 'goals']) await until(() => page.$eval(`#${name}`, (element) => element.matches(':state(denied)')), Boolean)
    for (let round = 0; round < 3; round += 1) {
      await page.$eval('hk-site', (element) => element.toggleAttribute('hidden'))
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)))
    }
    expect(asked).toEqual([`/api/share/${share}`])
    await page.close()
  }, 60_000)
})
