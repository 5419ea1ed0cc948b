import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build as bundle } from 'esbuild'
import type { Browser, Page } from 'puppeteer-core'
import { type Built, build } from '../../components/build.ts'
import { openBrowser, shownBy, until } from '../support/browser.ts'
import { serveElements } from '../support/elements.ts'
import { root } from '../support/packages.ts'

let folder: string
let files: Record<string, Built>
let browser: Browser

/** This version as `now/`, another one as `old/`, and all elements of this one as the bundle of an app. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hk-copies-'))
  files = await build(join(folder, 'now'))
  await buildOther(join(folder, 'old'))
  await bundle({
    entryPoints: { app: join(root, 'components/define.ts') },
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    outdir: folder,
  })
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Builds a copy of the sources that marks changes for longer, so that all chunks have other names. */
async function buildOther(out: string): Promise<void> {
  const copy = join(folder, 'sources')
  const own = (path: string) => !/\/(node_modules|dist[^/]*)$/.test(path)
  for (const part of ['components', 'sdk', 'tsconfig.json']) await cp(join(root, part), join(copy, part), { recursive: true, filter: own })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  const base = join(copy, 'components/element/base.ts')
  const text = await readFile(base, 'utf8')
  await writeFile(base, text.replace('changedMs = 1200', 'changedMs = 1300'))
  const child = Bun.spawn([process.execPath, join(copy, 'components/build.ts'), '--out', out], { stdout: 'ignore', stderr: 'inherit' })
  expect(await child.exited).toBe(0)
  const names = Object.keys(JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')))
  const chunk = (all: readonly string[]) => all.find((path) => path.startsWith('chunks/kpi-'))
  expect(chunk(names)).not.toBe(chunk(Object.keys(files)))
}

const widgets = `<hk-site share="token" range="30d">
  <hk-range></hk-range><hk-filters></hk-filters>
  <hk-kpi></hk-kpi><hk-live></hk-live><hk-chart></hk-chart><hk-table by="page"></hk-table><hk-funnel></hk-funnel>
</hk-site><hk-dashboard share="token"></hk-dashboard>`

interface Opened extends AsyncDisposable {
  readonly tab: Page
  readonly faults: string[]
  readonly asked: URL[]
}

/** Opens a page of widgets; faults are what it throws or logs as errors, and `asked` its questions. */
async function open(body: string): Promise<Opened> {
  await using stack = new AsyncDisposableStack()
  const server = serveElements(folder, `<!doctype html><html lang="en">${body}`)
  stack.defer(() => server.stop(true))
  const tab = await browser.newPage()
  stack.defer(() => tab.close())
  const faults: string[] = []
  const asked: URL[] = []
  tab.on('pageerror', (error) => faults.push(String(error)))
  tab.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  tab.on('request', (request) => {
    if (request.url().includes('/reports/')) asked.push(new URL(request.url()))
  })
  await tab.setViewport({ width: 1000, height: 4000 })
  await tab.goto(server.url.href)
  const all = stack.move()
  return { tab, faults, asked, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

const scripts = (...paths: readonly string[]) => paths.map((path) => `<script type="module" src="/embed/${path}"></script>`).join('')

/** Waits until elements show figures. */
async function shows(tab: Page, ...selectors: readonly string[]): Promise<void> {
  for (const selector of selectors) await until(() => shownBy(tab, selector).catch(() => ''), (text) => /\d/.test(text))
}

/** Sets another range on the site, and waits until those inside have asked by it. */
async function follows({ tab, asked }: Opened): Promise<void> {
  asked.splice(0)
  await tab.$eval('hk-site', (site) => Object.assign(site, { range: '7d' }))
  const reports = () => Promise.resolve(asked.filter((url) => url.searchParams.get('range') === '7d').map((url) => url.pathname.replace(/.*\//, '')))
  await until(reports, (names) => ['overview', 'timeseries', 'breakdown', 'funnels'].every((name) => names.includes(name)))
}

describe('several copies of the elements on one page', () => {
  test.each([
    ['two versions of the one script', scripts('now/hk.js', 'old/hk.js')],
    ['the one script, and all elements as one module', scripts('old/hk.js', 'now/define.js')],
    ['the one script, and the bundle of an app', scripts('old/hk.js', 'app.js')],
    ['the bundle of an app, and two versions of the script', scripts('app.js', 'now/hk.js', 'old/hk.js')],
  ])('work: %s', async (_, head) => {
    await using opened = await open(head + widgets)
    const { tab, faults } = opened
    await shows(tab, 'hk-kpi', 'hk-live', 'hk-chart', 'hk-table', 'hk-funnel', 'hk-dashboard >>> hk-kpi')
    await follows(opened)
    expect(faults).toEqual([])
  }, 30_000)

  test('work where a site is of one version and all that stands in it of another', async () => {
    const chunk = (name: string) => Object.keys(files).find((path) => path.startsWith(`chunks/${name}-`))
    const first = `import { HkSite } from '/embed/now/${chunk('site')}'\ncustomElements.define('hk-site', HkSite)\nawait import('/embed/old/define.js')`
    await using opened = await open(`${widgets}<script type="module">${first}</script>`)
    const { tab, faults } = opened
    await shows(tab, 'hk-kpi', 'hk-table')
    await follows(opened)
    expect(faults).toEqual([])
  }, 30_000)
})

describe('integrity', () => {
  const { href } = new URL('/embed/now/', 'http://localhost')

  /** The import map of a page on the same origin, with the hash of one file spoilt. */
  async function mapWith(spoilt?: string): Promise<string> {
    const { integrity }: { integrity: Record<string, string> } = JSON.parse(await readFile(join(folder, 'now/hk.integrity.json'), 'utf8'))
    const hashes = Object.entries(integrity).map(([path, hash]) => {
      const wrong = path === `./${spoilt}` ? `sha384-${'A'.repeat(64)}` : hash
      return [new URL(path, href).pathname, wrong]
    })
    return `<script type="importmap">${JSON.stringify({ integrity: Object.fromEntries(hashes) })}</script>`
  }

  const body = `${scripts('now/hk.js')}<hk-site share="token"><hk-kpi>12</hk-kpi><hk-chart>a chart</hk-chart></hk-site>`

  test('of the import map that comes with a build lets everything through', async () => {
    await using opened = await open((await mapWith()) + body)
    const { tab, faults } = opened
    await shows(tab, 'hk-kpi', 'hk-chart')
    expect(faults).toEqual([])
  })

  test('keeps out a file that is not the one of the build, and no other', async () => {
    const chart = Object.keys(files).find((path) => path.startsWith('chunks/chart-'))
    await using opened = await open((await mapWith(chart)) + body)
    const { tab, faults } = opened
    await shows(tab, 'hk-kpi')
    await until(() => Promise.resolve(faults.length), (count) => count > 0)
    expect(faults.every((fault) => fault.includes('integrity') && fault.includes(chart ?? '?'))).toBe(true)
    expect(await tab.$eval('hk-chart', (element) => [element.matches(':defined'), element.textContent])).toEqual([false, 'a chart'])
  })
})
