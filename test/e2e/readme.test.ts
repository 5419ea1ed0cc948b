import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'puppeteer-core'
import { openBrowser, shownBy, until } from '../support/browser.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type Running, spawn, spawnService } from '../support/process.ts'
import { browserAgent, serverView } from '../support/service.ts'

const token = 'admin-token-of-the-tests'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
const readme = await readFile(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')

let service: Running & { url: string }
let browser: Browser
let dir: string
let site: string
let share: string
let page: Bun.Server<undefined>
let body = ''

const post = async (path: string, content: unknown) =>
  (await fetch(`${service.url}${path}`, { method: 'POST', headers, body: JSON.stringify(content) })).json()

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hk-readme-'))
  service = await spawnService({ DATABASE_URL: await freshDatabase(), HK_ADMIN_TOKEN: token })
  site = (await post('/api/sites', { domain: 'shop.example' })).id
  share = (await post(`/api/sites/${site}/shares`, {})).token
  const items = Array.from({ length: 12 }, (_, index) =>
    serverView(index, Date.now() - 86_400_000, `/page-${index % 3}`),
  )
  await post(`/api/sites/${site}/ingest`, { items })
  browser = await openBrowser()
  page = Bun.serve({
    port: 0,
    fetch: () =>
      new Response(`<!doctype html><html lang="en"><body>${body}`, {
        headers: { 'content-type': 'text/html; charset=utf-8' },
      }),
  })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await page?.stop(true)
  await service?.kill('SIGINT')
  await rm(dir, { recursive: true, force: true })
})

/** Code blocks of README in a language that hold a text, with its placeholders filled in. */
function snippet(language: string, text: string): string {
  const blocks = [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(
    ([, code]) => code ?? '',
  )
  const found = blocks.find((code) => code.includes(text))
  if (found === undefined) throw new Error(`README has no ${language} block with ${text}`)
  return found
    .replaceAll('https://stats.example.com', service.url)
    .replaceAll('SHARE_TOKEN', share)
    .replaceAll('SITE_ID', site)
}

async function open(html: string) {
  body = html
  const tab = await browser.newPage()
  await tab.setUserAgent({ userAgent: browserAgent })
  await tab.goto(`http://shop.example:${page.port}/`)
  return tab
}

describe('what README shows, does what README says', () => {
  test('the shortest embed', async () => {
    const tab = await open(snippet('html', 'Read by'))
    await until(
      () => shownBy(tab, 'hk-kpi'),
      (text) => text === '12',
    )
    await tab.close()
  }, 30_000)

  test('a whole page of elements', async () => {
    const tab = await open(snippet('html', '<hk-site'))
    await until(
      () => shownBy(tab, 'hk-kpi'),
      (text) => text.includes('12'),
    )
    await until(
      () => shownBy(tab, 'hk-chart'),
      (text) => text.includes('Visitors'),
    )
    await until(
      () => shownBy(tab, 'hk-table'),
      (text) => text.includes('/page-0'),
    )
    await tab.close()
  }, 30_000)

  test('the tracker and an event', async () => {
    const event = snippet('html', "hk('Signup'")
      .replace('hk(', 'addEventListener("load", () => hk(')
      .replace('})<', '}))<')
    const tab = await open(snippet('html', '/hk.js" data-site') + event)
    const events = async () => {
      const path = `/api/share/${share}/sites/${site}/reports/overview?range=today`
      const { data } = await (await fetch(service.url + path)).json()
      return [data.pageviews, data.events]
    }
    await until(events, ([views, sent]) => views === 1 && sent === 1)
    await tab.close()
  }, 30_000)

  test('the SDK', async () => {
    const program = spawn(['bun', '-e', snippet('ts', 'createClient')])
    await program.line(/^[34]$/)
    await program.line(/^1[23] \[\]$/)
    await program.kill('SIGTERM')
  }, 30_000)

  test('the command line', async () => {
    const log = join(dir, 'access.log')
    await writeFile(
      log,
      `203.0.113.9 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 99 "-" "${browserAgent}"\n`,
    )
    const lines = snippet('sh', 'hk sites add').replaceAll('access.log', log).trim().split('\n')
    const outputs: string[] = []
    for (const line of lines) {
      const run = spawn(['sh', '-c', line], { HK_URL: service.url, HK_TOKEN: token })
      expect([line, await run.exited, run.output()]).toEqual([line, 0, expect.any(String)])
      outputs.push(run.output())
    }
    expect(outputs[0]).toContain('data-site="')
    expect(outputs[1]).toContain('1 line: 1 pageview of people')
    expect(outputs[2]).toContain('<hk-kpi share="hks_')
  }, 30_000)
})
