/**
 * What charts cost a page: twenty of them, made and then given other values, beside Chart.js, uPlot and ECharts.
 *
 * Each library has its own page in one Chromium (software drawing), which is opened anew for each size. Milliseconds are
 * of the main thread, by the browser's own metrics (`TaskDuration`): script, style, layout and painting, up to two
 * frames after. `hk-chart` is measured as it stands on a page: as an element that asks by `fetch`, which is answered in
 * the page, and reads the JSON; the others are given arrays. All draw one filled line with axes, without animation, the
 * libraries with what they need for that and for a tooltip. Heap: bytes after a garbage collection, less those before the
 * charts were made. After each update it is made sure that every chart shows something else than before.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'bun'
import type { Browser, Page } from 'puppeteer-core'
import type { Benchmark, Options } from './benchmark.ts'
import { html, openBrowser, openSite } from './browser.ts'
import { quantile, round } from './stats.ts'

const libraries = ['ours', 'uplot', 'chartjs', 'echarts'] as const
const names: Readonly<Record<(typeof libraries)[number], string>> = {
  ours: 'hk-chart',
  uplot: 'uPlot',
  chartjs: 'Chart.js',
  echarts: 'ECharts',
}
/** Charts on a page. */
const many = 20

interface Cell {
  readonly library: string
  readonly points: number
  /** Of making all charts, in milliseconds; the median of the rounds. */
  readonly create: number
  /** Of giving all charts other values. */
  readonly update_p50: number
  readonly update_p99: number
  /** Bytes of all charts. */
  readonly heap: number
}

/** What charts cost a page. */
export const render: Benchmark = {
  name: 'render',
  question: 'twenty charts made and updated in Chromium, beside Chart.js, uPlot and ECharts',
  async run(options) {
    const { quick, bed, tell } = options
    const scripts = await bundle(options)
    const browser = await bed.open(openBrowser)
    const site = await bed.open(async () =>
      openSite((path) => {
        const script = scripts.get(path.slice(1, -3))
        if (script !== undefined) return new Response(script, { headers: { 'content-type': 'text/javascript' } })
        return html(`<body style="width:640px">${'<div></div>'.repeat(many)}<script type="module" src="${path}.js"></script>`)
      }),
    )
    const cells: Cell[] = []
    for (const points of [365, 5_000]) {
      for (const library of libraries) {
        tell(`${names[library]}, ${points} points`)
        const rounds: Awaited<ReturnType<typeof measure>>[] = []
        for (let round = 0; round < (quick ? 1 : 3); round++) {
          rounds.push(await measure(browser, `${site.url}/${library}`, points, quick ? 3 : 15))
        }
        const of = (field: 'create' | 'heap') => quantile(rounds.map((one) => one[field]), 0.5)
        const updates = rounds.flatMap((one) => one.updates)
        cells.push({
          library: names[library],
          points,
          create: round(of('create'), 1),
          update_p50: round(quantile(updates, 0.5), 1),
          update_p99: round(quantile(updates, 0.99), 1),
          heap: of('heap'),
        })
      }
    }
    const sizes = libraries.map((library) => [names[library], gzipSync(scripts.get(library) ?? '', { level: 9 }).length])
    const columns = ['points', '', 'create 20 (ms)', 'update 20 (ms, p50)', 'p99', 'times hk-chart', 'heap (MB)']
    return {
      tables: [
        {
          title: `${many} charts: milliseconds of the main thread`,
          columns,
          rows: cells.map(({ library, points, create, update_p50, update_p99, heap }) => {
            const base = cells.find((cell) => cell.points === points)?.update_p50 ?? Number.NaN
            return [points, library, create, update_p50, update_p99, round(update_p50 / base, 1), round(heap / 1e6, 1)]
          }),
        },
        { title: 'Bytes of each page, gz (all elements with hk-chart)', columns: ['', 'gz'], rows: sizes },
      ],
      notes: ['hk-chart asks, reads JSON and keeps its table and its words for screen readers in step; the others draw.'],
      figures: { cells, sizes: Object.fromEntries(sizes) },
    }
  },
}

/** The script of each library's page. */
async function bundle({ bed }: Options): Promise<Map<string, string>> {
  const folder = await bed.open(async () => {
    const path = await mkdtemp(join(tmpdir(), 'hk-render-'))
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
  })
  const scripts = new Map<string, string>()
  for (const library of libraries) {
    const { outputs } = await Bun.build({
      entrypoints: [join(import.meta.dir, 'render', `${library}.ts`)],
      outdir: folder.path,
      target: 'browser',
      minify: true,
      conditions: 'production',
      define: { 'process.env.NODE_ENV': '"production"' },
    })
    scripts.set(library, (await outputs[0]?.text()) ?? '')
  }
  return scripts
}

async function measure(browser: Browser, url: string, points: number, rounds: number) {
  const page = await browser.newPage()
  try {
    page.on('pageerror', (error) => {
      throw error
    })
    // All charts are in view: what is not asks for nothing, and paints nothing.
    await page.setViewport({ width: 660, height: many * 260 })
    await page.goto(url)
    await page.waitForFunction(() => window.charts !== undefined)
    const empty = await heapOf(page)
    await page.evaluate((first) => {
      window.next = first
    }, series(points, 0))
    const create = await timed(page, () => page.evaluate(() => window.charts.create([...document.querySelectorAll('div')], window.next)))
    const updates: number[] = []
    for (let turn = 1; turn <= rounds; turn++) {
      const before = await page.evaluate(() => window.charts.drawn())
      await page.evaluate((next) => {
        window.next = next
        window.charts.prepare?.(next)
      }, series(points, turn))
      updates.push(await timed(page, () => page.evaluate(() => window.charts.update(window.next))))
      const after = await page.evaluate(() => window.charts.drawn())
      const same = after.findIndex((drawn, index) => !drawn || drawn === before[index])
      if (same >= 0 || after.length !== many) throw new Error(`${url}: chart ${same} of ${after.length} did not change.`)
    }
    return { create, updates, heap: (await heapOf(page)) - empty }
  } finally {
    await page.close()
  }
}

/** Milliseconds that the main thread was busy from before something until two frames after it. */
async function timed(page: Page, run: () => Promise<unknown>): Promise<number> {
  const busy = async () => (await page.metrics()).TaskDuration ?? Number.NaN
  const before = await busy()
  await run()
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  return ((await busy()) - before) * 1_000
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.createCDPSession()
  await session.send('HeapProfiler.collectGarbage')
  await session.detach()
  return (await page.metrics()).JSHeapUsedSize ?? Number.NaN
}

/** A year of days, or hours; another one each turn. */
function series(points: number, turn: number) {
  const step = points > 1_000 ? 3_600_000 : 86_400_000
  const at = Array.from({ length: points }, (_, index) => Date.UTC(2025, 10, 1) + index * step)
  const amounts = at.map((_, index) => Math.round(900 + 300 * Math.sin(index / 9 + turn) + ((index * 7919 + turn * 104_729) % 211)))
  return { at, amounts }
}
