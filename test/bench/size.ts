/**
 * Bytes that a page's visitor downloads, compressed.
 *
 * Sizes are those of gzip at level 9 of each file by itself, as a server would send it, of a build made for
 * the measurement by `components/build.ts`. What an element loads is worked out from the modules: the
 * autoloader, the chunk that it imports for the element, and all that this one imports at once. Words of
 * other languages than English are fetched on top, when a page is in one of them.
 *
 * Check: one page with each element by itself is opened in Chromium, and what that requests is compared with
 * what was worked out. Not with `--quick`.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'bun'
import { build } from '../../components/build.ts'
import type { Benchmark, Options } from './benchmark.ts'
import { html, openBrowser, openSite } from './browser.ts'
import { reach, readModule } from './modules.ts'

const tracker = 'tracker/hk.js'
const parts = 'tracker/parts.js'
const autoloader = 'hk.js'
/** In the order in which they are added up. */
const elements = ['hk-kpi', 'hk-chart', 'hk-table', 'hk-live', 'hk-status', 'hk-site', 'hk-funnel', 'hk-goals', 'hk-vitals', 'hk-events', 'hk-opportunities', 'hk-ai', 'hk-globe', 'hk-feed', 'hk-toasts', 'hk-range', 'hk-filters', 'hk-dashboard']

interface Part {
  readonly part: string
  readonly files: readonly string[]
  readonly bytes: number
  readonly gz: number
}

/** What scripts weigh on the wire. */
export const size: Benchmark = {
  name: 'size',
  question: 'compressed bytes of the tracker, the autoloader and the elements',
  async run(options) {
    const { quick, bed } = options
    const folder = await bed.open(openFolder)
    await build(folder.path)
    const loader = await readModule(folder.path, autoloader)
    const entryOf = (element: string) => {
      const name = `chunks/${element.replace('hk-', '')}-`
      const entry = loader.later.find((path) => path.startsWith(name))
      if (entry === undefined) throw new Error(`The autoloader imports nothing for ${element}.`)
      return entry
    }
    const weigh = async (part: string, entries: readonly string[]): Promise<Part> => {
      const modules = (await reach(folder.path, entries)).toSorted((a, b) => (a.path < b.path ? -1 : 1))
      const total = (sizes: readonly number[]) => sizes.reduce((sum, bytes) => sum + bytes, 0)
      return {
        part,
        files: modules.map(({ path }) => path),
        bytes: total(modules.map(({ bytes }) => bytes.length)),
        gz: total(modules.map(({ bytes }) => gzipSync(bytes, { level: 9 }).length)),
      }
    }
    const alone = await Promise.all(elements.map((one) => weigh(one, [autoloader, entryOf(one)])))
    const together = await Promise.all(
      elements.map((one, last) =>
        weigh(last === 0 ? one : `… and ${one}`, [autoloader, ...elements.slice(0, last + 1).map(entryOf)]),
      ),
    )
    const scripts = [await weigh('tracker', [tracker]), await weigh('its parts', [parts]), await weigh('autoloader', [autoloader])]
    const differing = quick ? undefined : await findDifferences(folder.path, alone, options)
    const rows = (weighed: readonly Part[]) =>
      weighed.map(({ part, files, bytes, gz }) => [part, files.length, bytes, gz])
    const columns = ['', 'files', 'bytes', 'gz']
    return {
      tables: [
        { title: 'Scripts', columns, rows: rows(scripts) },
        { title: 'A page with one element, autoloader included', columns, rows: rows(alone) },
        { title: 'A page with several', columns, rows: rows(together) },
      ],
      notes: [
        differing === undefined
          ? 'Worked out from the modules; not compared with a browser.'
          : differing.length === 0
            ? 'Chromium requests these files and no others.'
            : `Chromium requests others: ${differing.join('; ')}`,
      ],
      figures: { scripts, alone, together, differing: differing ?? null },
    }
  },
}

async function openFolder() {
  const path = await mkdtemp(join(tmpdir(), 'hk-size-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Elements for which Chromium requests other files than worked out, with those files. */
async function findDifferences(
  folder: string,
  parts: readonly Part[],
  { bed, tell }: Options,
): Promise<string[] | undefined> {
  const browser = await bed.open(openBrowser).catch((error: unknown) => tell(String(error)))
  if (browser === undefined) return undefined
  const site = await bed.open(async () =>
    openSite((path) => {
      const element = path.slice(1)
      if (path.startsWith('/api/')) return new Response('{}', { status: 404 })
      if (path.endsWith('.js')) return new Response(Bun.file(join(folder, path)))
      const script = `<script type="module" src="/${autoloader}"></script>`
      return html(`${script}<${element} share="x" by="page"></${element}>`)
    }),
  )
  const differing: string[] = []
  for (const { part, files } of parts) {
    const page = await browser.newPage()
    const requested = new Set<string>()
    page.on('request', (request) => {
      const path = new URL(request.url()).pathname.slice(1)
      if (path.endsWith('.js')) requested.add(path)
    })
    await page.goto(`${site.url}/${part}`, { waitUntil: 'networkidle0' })
    await page.waitForFunction((name: string) => customElements.get(name) !== undefined, {}, part)
    await page.close()
    const unlike = requested.symmetricDifference(new Set(files))
    if (unlike.size > 0) differing.push(`${part}: ${[...unlike].join(', ')}`)
  }
  return differing
}
