import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build as bundleByEsbuild } from 'esbuild'
import type { Browser, Page } from 'puppeteer-core'
import { openBrowser, shownBy, until } from '../support/browser.ts'
import { serveElements } from '../support/elements.ts'
import { openProject, type Project, root } from '../support/packages.ts'

/** The page's own script: it has elements, a client, and a Lit element and signals of its own. */
const script = `
import '@hk-live/components/define'
import { createClient } from '@hk-live/sdk'
import { html, LitElement } from 'lit'
import { Signal } from 'signal-polyfill'

customElements.define('own-card', class extends LitElement {
  render() { return html\`<slot></slot>\` }
})
const endpoint = location.origin
const site = Object.assign(document.createElement('hk-site'), { endpoint, share: 'token', range: '30d' })
const card = document.createElement('own-card')
card.append(document.createElement('hk-kpi'), document.createElement('hk-chart'))
site.append(card)
document.body.append(site)
const client = createClient({ endpoint, share: 'token' })
client.watch('overview', { range: '7d' }).on('update', ({ data }) => (document.title = String(data.visitors)))
const range = new Signal.Computed(() => site.scope.get()?.range)
const watcher = new Signal.subtle.Watcher(() => (window.noticed = true))
watcher.watch(range)
Object.assign(window, { rangeOf: () => range.get() })
`

const page = (head: string) => `<!doctype html><html lang="en"><head><title></title>${head}</head><body></body></html>`

/** Where a page without a bundler finds each module. */
const imports = {
  '@hk-live/components/define': '@hk-live/components/define.js',
  '@hk-live/sdk': '@hk-live/sdk/index.js',
  '@hk-live/sdk/protocol': '@hk-live/sdk/protocol.js',
  '@lit-labs/signals': '@lit-labs/signals/index.js',
  '@lit/reactive-element': '@lit/reactive-element/reactive-element.js',
  'd3-array': 'd3-array/dist/d3-array.mjs',
  'eventsource-parser': 'eventsource-parser/dist/index.js',
  internmap: 'internmap/src/index.js',
  lit: 'lit/index.js',
  'lit/': 'lit/',
  'lit-element/': 'lit-element/',
  'lit-html': 'lit-html/lit-html.js',
  'lit-html/': 'lit-html/',
  mitt: 'mitt/dist/mitt.mjs',
  'signal-polyfill': 'signal-polyfill/dist/index.js',
}

let project: Project
let browser: Browser

beforeAll(async () => {
  project = await openProject()
  await project.write('main.js', script)
  browser = await openBrowser()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await project?.[Symbol.asyncDispose]()
})

/** Opens a page with files of the project behind it; faults are what it throws or logs as errors. */
async function open(folder: string, body: string): Promise<{ tab: Page; faults: string[] } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const server = serveElements(folder, body)
  stack.defer(() => server.stop(true))
  const tab = await browser.newPage()
  stack.defer(() => tab.close())
  const faults: string[] = []
  tab.on('pageerror', (error) => faults.push(String(error)))
  tab.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) faults.push(message.text())
  })
  await tab.goto(server.url.href)
  const all = stack.move()
  return { tab, faults, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** Bundles a file of the project into a folder, and says which. */
async function bundle(file: string): Promise<string> {
  const outdir = join(project.path, `bundle-of-${file}`)
  const how = { bundle: true, splitting: true, minify: true, format: 'esm' } as const
  await bundleByEsbuild({ ...how, absWorkingDir: project.path, entryPoints: [file], outdir })
  return outdir
}

const makers: Record<string, () => Promise<{ folder: string; body: string }>> = {
  async Vite() {
    await project.write('index.html', page('<script type="module" src="/main.js"></script>'))
    const folder = join(project.path, 'vite')
    const words = ['build', project.path, '--base', '/embed/', '--outDir', folder, '--logLevel', 'error']
    // By its command, as it looks at the mode of the process around.
    const env = { ...process.env, NODE_ENV: 'production' }
    const child = Bun.spawn([process.execPath, '--bun', join(root, 'node_modules/.bin/vite'), ...words], { env, stderr: 'inherit' })
    expect(await child.exited).toBe(0)
    return { folder, body: await readFile(join(folder, 'index.html'), 'utf8') }
  },
  async esbuild() {
    return { folder: await bundle('main.js'), body: page('<script type="module" src="/embed/main.js"></script>') }
  },
  async 'an import map'() {
    const modules = Object.fromEntries(Object.entries(imports).map(([name, path]) => [name, `/embed/node_modules/${path}`]))
    const map = `<script type="importmap">${JSON.stringify({ imports: modules })}</script>`
    return { folder: project.path, body: page(`${map}<script type="module" src="/embed/main.js"></script>`) }
  },
}

describe('a page that has the packages by', () => {
  test.each(Object.keys(makers))('%s shows what the service answers, with one copy of Lit and of signals', async (name) => {
    const made = await makers[name]?.()
    if (!made) throw new Error(`Nothing is made by ${name}.`)
    await using opened = await open(made.folder, made.body)
    const { tab, faults } = opened
    await until(() => shownBy(tab, 'hk-kpi'), (text) => /\d,\d{3}/.test(text))
    await until(() => tab.$eval('hk-chart', (chart) => chart.shadowRoot?.querySelectorAll('svg path').length ?? 0), (lines) => lines > 0)
    expect(Number(await until(() => tab.title(), (title) => title !== ''))).toBeGreaterThan(1_000)
    const copies = await tab.evaluate(() => ['litElementVersions', 'litHtmlVersions', 'reactiveElementVersions'].map((of) => Reflect.get(globalThis, of).length))
    expect(copies).toEqual([1, 1, 1])
    // A signal of the page follows one of an element only where both are of one library.
    expect(await tab.evaluate(() => Reflect.get(window, 'rangeOf')())).toBe('30d')
    await tab.$eval('hk-site', (site) => Object.assign(site, { range: '7d' }))
    await until(() => tab.evaluate(() => Reflect.get(window, 'noticed')), (noticed) => noticed === true)
    expect(await tab.evaluate(() => Reflect.get(window, 'rangeOf')())).toBe('7d')
    expect(faults).toEqual([])
  }, 60_000)

  test('the lines of README shows a number', async () => {
    const readme = await readFile(join(project.path, 'node_modules/@hk-live/components/README.md'), 'utf8')
    const [code, body] = ['js', 'html'].map((language) => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(readme)?.[1] ?? '')
    await project.write('readme.js', code ?? '')
    const folder = await bundle('readme.js')
    // The page is at the address that README calls the service.
    const own = (body ?? '').replace(/ endpoint="https:[^"]*"/, '')
    await using opened = await open(folder, page('<script type="module" src="/embed/readme.js"></script>').replace('<body>', `<body>${own}`))
    await until(() => shownBy(opened.tab, 'hk-kpi').catch(() => ''), (text) => /\d/.test(text))
    expect(opened.faults).toEqual([])
  })

  test('the autoloader loads no more than it has elements of', async () => {
    await project.write('auto.js', `import '@hk-live/components/auto'`)
    const body = page('<script type="module" src="/embed/auto.js"></script>').replace('<body>', '<body><hk-kpi share="token">many</hk-kpi>')
    await using opened = await open(await bundle('auto.js'), body)
    await until(() => shownBy(opened.tab, 'hk-kpi').catch(() => ''), (text) => /\d/.test(text))
    expect(await opened.tab.evaluate(() => ['hk-kpi', 'hk-chart'].map((tag) => customElements.get(tag) !== undefined))).toEqual([true, false])
    expect(opened.faults).toEqual([])
  })
})
