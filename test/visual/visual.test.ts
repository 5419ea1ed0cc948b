/**
 * How all elements look, against pictures that somebody has looked at (`test/visual/baselines`).
 *
 * Letters are drawn otherwise with other fonts: the browser is given those of one family, DejaVu, where it is installed,
 * whatever else is. Where letters still are not as in the pictures, sheets are only held to what holds everywhere: nothing
 * sticks out, nothing fails. `HK_UPDATE=1 bun test test/visual` makes the pictures anew; what differs is left in the
 * temporary folder, and the failure says where.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'
import type { Browser, MediaFeature, Page } from 'puppeteer-core'
import { strictCobe } from '../../components/cobe.ts'
import { openBrowserWith } from '../support/browser.ts'

const folder = join(import.meta.dir, 'baselines')
const update = process.env.HK_UPDATE === '1'
/** Part of the pixels that may differ: what rounding moves from one run to another. */
const mostDiffering = 0.0005
/** The day of the made figures. */
const now = Date.UTC(2026, 10, 21, 15, 4, 5)

interface Sheet {
  readonly name: string
  readonly query?: string
  readonly width?: number
  readonly features?: readonly MediaFeature[]
}

const forced = [{ name: 'forced-colors', value: 'active' }]
const sheets: readonly Sheet[] = [
  { name: 'light' },
  { name: 'dark', query: 'theme=dark' },
  { name: 'forced', features: forced },
  { name: 'narrow', width: 320 },
  { name: 'narrow-dark', query: 'theme=dark', width: 320 },
  { name: 'narrow-german', query: 'lang=de', width: 320 },
  { name: 'right-to-left', query: 'lang=ar&dir=rtl' },
  { name: 'narrow-right-to-left', query: 'lang=ar&dir=rtl', width: 320 },
  { name: 'japanese', query: 'lang=ja' },
  { name: 'zero', query: 'figures=zero' },
  { name: 'one', query: 'figures=one' },
  { name: 'billion', query: 'figures=billion' },
  { name: 'narrow-billion', query: 'figures=billion', width: 320 },
  { name: 'falling', query: 'figures=falling' },
  { name: 'loading', query: 'state=loading' },
  { name: 'error', query: 'state=error' },
  { name: 'denied', query: 'state=denied&lang=de' },
  { name: 'stale', query: 'state=stale' },
  { name: 'charts', query: 'sheet=charts&point' },
  { name: 'charts-dark', query: 'sheet=charts&theme=dark&point' },
  { name: 'charts-narrow', query: 'sheet=charts', width: 320 },
  { name: 'charts-forced', query: 'sheet=charts&point', features: forced },
  { name: 'dashboard', query: 'sheet=dashboard&toasts' },
  { name: 'dashboard-dark', query: 'sheet=dashboard&theme=dark' },
  { name: 'dashboard-narrow', query: 'sheet=dashboard', width: 390 },
]

/** Where Debian and others keep the fonts that the pictures were made with. */
const fonts = ['/usr/share/fonts/truetype/dejavu', '/usr/share/fonts/dejavu', '/usr/share/fonts/TTF']

let browser: Browser
let fontSettings: string
let server: Bun.Server<undefined>
let alike: boolean

beforeAll(async () => {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, 'page.ts')],
    target: 'browser',
    conditions: 'production',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      {
        name: 'cobe',
        setup: ({ onLoad }) => {
          onLoad({ filter: /cobe\/dist\/index\.esm\.js$/ }, async ({ path }) => ({ loader: 'js', contents: strictCobe(await Bun.file(path).text()) }))
        },
      },
    ],
  })
  const script = await outputs[0]?.text()
  const sheet = await Bun.file(join(import.meta.dir, 'page.css')).text()
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname.endsWith('.js')) return new Response(script, { headers: { 'content-type': 'text/javascript' } })
      if (pathname.endsWith('.css')) return new Response(sheet, { headers: { 'content-type': 'text/css' } })
      const page = '<!doctype html><meta charset="utf-8"><title>Sheet</title><link rel="stylesheet" href="page.css">'
      return new Response(`${page}<body><script type="module" src="page.js"></script>`, { headers: { 'content-type': 'text/html' } })
    },
  })
  fontSettings = await mkdtemp(join(tmpdir(), 'hk-fonts-'))
  browser = await openBrowserWith(onlyDejaVu(fontSettings))
  alike = await sameLetters()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop(true)
  await rm(fontSettings, { recursive: true, force: true })
})

/** Settings under which a browser sees one family of fonts; none where that is not installed. */
function onlyDejaVu(folder: string): Record<string, string> {
  const found = fonts.find((path) => existsSync(join(path, 'DejaVuSans.ttf')))
  if (found === undefined) return {}
  const file = join(folder, 'fonts.conf')
  const files = `<selectfont><acceptfont><glob>${found}/DejaVu*</glob></acceptfont><rejectfont><glob>*</glob></rejectfont></selectfont>`
  const parts = [`<dir>${found}</dir>`, `<cachedir>${folder}</cachedir>`, files, '<include ignore_missing="yes">/etc/fonts/conf.d</include>']
  writeFileSync(file, `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>${parts.join('')}</fontconfig>\n`)
  return { FONTCONFIG_FILE: file }
}

describe('all elements look as they did', () => {
  test.each(sheets)('$name', async (sheet) => {
    const page = await browser.newPage()
    try {
      const failures: string[] = []
      page.on('pageerror', (error) => failures.push(String(error)))
      const picture = await take(page, sheet)
      expect(failures).toEqual([])
      expect(await stickingOut(page)).toEqual([])
      if (update || alike) compare(sheet.name, picture)
    } finally {
      await page.close()
    }
  }, 60_000)
})

async function take(page: Page, { query = '', width = 1440, features = [] }: Sheet): Promise<PNG> {
  // So high that all of it is in view: what is not asks for nothing.
  await page.setViewport({ width, height: 7_000 })
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }, ...features])
  await page.emulateTimezone('UTC')
  // Each begins in the same minute, so that what is said of the time is the same.
  await page.evaluateOnNewDocument((at: number) => {
    const Real = Date
    globalThis.Date = class extends Real {
      constructor(...given: unknown[]) {
        super(...((given.length === 0 ? [Date.now()] : given) as [number]))
      }
      static override now() {
        return at + Math.round(performance.now())
      }
    } as DateConstructor
  }, now)
  await page.goto(`http://127.0.0.1:${server.port}/?${query}`)
  await page.waitForSelector('[data-ready]', { timeout: 30_000 })
  const height = await page.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height))
  // What floats does so over the page, and not far below it.
  if (query.includes('toasts')) await page.setViewport({ width, height })
  // The viewport stays as it is: what comes into view again asks again.
  const bytes = await page.screenshot({ type: 'png', clip: { x: 0, y: 0, width, height }, captureBeyondViewport: false })
  return PNG.sync.read(Buffer.from(bytes))
}

/** Elements that are wider than the box that they stand in, by more than what a row or a button reaches out under the pointer. */
function stickingOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const page = document.documentElement
    const wide = [...document.querySelectorAll<HTMLElement>('section > *')].filter((one) => one.scrollWidth > one.clientWidth + 9 && one.clientWidth > 0)
    return [...(page.scrollWidth > page.clientWidth ? ['page'] : []), ...wide.map(({ localName, scrollWidth, clientWidth }) => `${localName} ${scrollWidth} > ${clientWidth}`)]
  })
}

function compare(name: string, picture: PNG): void {
  const path = join(folder, `${name}.png`)
  if (update) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, PNG.sync.write(picture, { colorType: 2, deflateLevel: 9 }))
    return
  }
  if (!existsSync(path)) throw new Error(`There is no picture of "${name}". Make it: HK_UPDATE=1 bun test test/visual`)
  const known = PNG.sync.read(readFileSync(path))
  const { width, height } = known
  expect({ width: picture.width, height: picture.height }).toEqual({ width, height })
  const marked = new PNG({ width, height })
  const differing = pixelmatch(known.data, picture.data, marked.data, width, height, { threshold: 0.15 })
  if (differing <= width * height * mostDiffering) return
  const left = join(tmpdir(), `hk-visual-${name}`)
  writeFileSync(`${left}.png`, PNG.sync.write(picture))
  writeFileSync(`${left}-marked.png`, PNG.sync.write(marked))
  throw new Error(`${differing} pixels of "${name}" differ: see ${left}-marked.png. If they should, HK_UPDATE=1 bun test test/visual`)
}

/** Whether letters are drawn here as they were where the pictures were made. */
async function sameLetters(): Promise<boolean> {
  const page = await browser.newPage()
  try {
    await page.setContent('<meta charset="utf-8"><p style="font: 40px sans-serif; margin: 0; inline-size: 900px">Rag 0123 Größe ملخص 訪問者 ↗</p>')
    const picture = await page.screenshot({ type: 'png' })
    const key = createHash('sha256').update(PNG.sync.read(Buffer.from(picture)).data).digest('hex')
    const kept = join(folder, 'letters.txt')
    if (update) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(kept, `${key}\n`)
    }
    const same = existsSync(kept) && readFileSync(kept, 'utf8').trim() === key
    if (!same) console.log('Letters are drawn otherwise here than in the pictures: these are not compared.')
    return same
  } finally {
    await page.close()
  }
}
