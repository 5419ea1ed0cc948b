/**
 * Builds what the service hands out: `bun components/build.ts [--if-stale] [--out DIR]`, by default into
 * `components/dist`; with `--if-stale` only where that is missing or older than its sources.
 *
 *     hk.js                the one script of an embed: a short cache, as its name stays
 *     hk.css               room for elements before the script is there, for pages that want it
 *     define.js            all elements as one module
 *     frame.js             tells the page around a frame how high it is
 *     chunks/*-HASH.js     what they load: immutable
 *     tracker/hk.js        the tracker, a classic script
 *     tracker/parts.js     what it can do beside counting, and chunks/*-HASH.js of that
 *     tracker/rescue.js    what it rarely needs to have an item stored after all
 *     manifest.json        file → { integrity, size, gz }, sizes in bytes
 *     hk.integrity.json    an import map's `integrity` section, by paths from the folder
 *     custom-elements.json what there is to know of each element, for tools and documentation; by the command only
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'bun'
import type { BunPlugin } from 'bun'
import { minify } from 'terser'
import { strictCobe } from './cobe.ts'
import { rules } from './element/boxes.ts'
import { isStale } from './stale.ts'

/** What is known of a built file. */
export interface Built {
  integrity: string
  size: number
  gz: number
}

const here = fileURLToPath(new URL('.', import.meta.url))
const tracker = join(here, '../sdk/tracker')

/** Takes out of templates the indents, and out of style sheets all that only their readers need. */
const lessSpace: BunPlugin = {
  name: 'less-space',
  setup({ onLoad }) {
    onLoad({ filter: /components\/\w+\/\w+(\.css)?\.ts$/ }, async ({ path }) => {
      const source = (await Bun.file(path).text()).replace(/\n +/g, '\n')
      return { loader: 'ts', contents: source.replace(/css`[^`]*`/g, packSheet) }
    })
  },
}

/**
 * Leaves out of the signal library what only its own watchers need: it does not say that its modules are
 * free of side effects, so the bundler would keep them. An element that imports one of them fails to build.
 */
const lessSignals: BunPlugin = {
  name: 'less-signals',
  setup({ onLoad }) {
    onLoad({ filter: /@lit-labs\/signals\/index\.js$/ }, async ({ path }) => {
      const source = await Bun.file(path).text()
      return { loader: 'js', contents: source.replace(/export\{[^}]*\}from"\.\/lib\/[^"]*";/g, '') }
    })
  },
}

/** Leaves out of cobe what a strict policy refuses. */
const lessCobe: BunPlugin = {
  name: 'less-cobe',
  setup({ onLoad }) {
    onLoad({ filter: /cobe\/dist\/index\.esm\.js$/ }, async ({ path }) => {
      return { loader: 'js', contents: strictCobe(await Bun.file(path).text()) }
    })
  },
}

/** Has a module import the chunks that were made for elements, so that there is one copy of each. */
function fromChunks(chunks: readonly string[]): BunPlugin {
  return {
    name: 'from-chunks',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/(\w+)\/\1\.ts$/ }, ({ path }) => {
        const name = basename(path, '.ts')
        const chunk = chunks.find((file) => basename(file).startsWith(`${name}-`))
        if (chunk === undefined) throw new Error(`There is no chunk of ${path}.`)
        return { path: `./chunks/${basename(chunk)}`, external: true }
      })
    },
  }
}

function packSheet(sheet: string): string {
  const line = sheet.replace(/\/\*.*?\*\//gs, '').replace(/\s+/g, ' ')
  return line.replace(/ ?([{};,]) ?/g, '$1').replaceAll(': ', ':').replaceAll(';}', '}')
}

/**
 * Builds into a folder, which is replaced when the build is whole: a service that starts meanwhile
 * finds the old one. Returns what the manifest says.
 */
export async function build(target: string): Promise<Record<string, Built>> {
  const out = `${target}.${process.pid}`
  const manifest = await buildInto(out)
  await rm(target, { recursive: true, force: true })
  await rename(out, target)
  return manifest
}

async function buildInto(out: string): Promise<Record<string, Built>> {
  const production = { 'process.env.NODE_ENV': '"production"' }
  const common = { minify: true, target: 'browser', define: production } as const
  const modules = {
    ...common,
    root: here,
    outdir: out,
    format: 'esm',
    conditions: 'production',
    naming: { entry: '[name].js', chunk: 'chunks/[name]-[hash].js' },
  } as const
  const plugins = [lessSpace, lessSignals, lessCobe]
  // One after the other: with both as entries of one build, each element would be a chunk behind a chunk.
  const outputs = await bundle({
    ...modules,
    entrypoints: [join(here, 'hk.ts')],
    splitting: true,
    modulePreload: false,
    // Less than this is not worth a request of its own.
    minChunkSize: 16_384,
    plugins,
  })
  const all = [join(here, 'define.ts'), join(here, 'frame.ts')]
  outputs.push(...(await bundle({ ...modules, entrypoints: all, plugins: [fromChunks(outputs)] })))
  const parts = [join(tracker, 'parts.ts'), join(tracker, 'rescue.ts')]
  outputs.push(
    ...(await bundle({ ...modules, root: tracker, outdir: join(out, 'tracker'), entrypoints: parts, splitting: true, modulePreload: false })),
  )
  const script = join(out, 'tracker/hk.js')
  await Bun.write(script, await buildTracker())
  const sheet = join(out, 'hk.css')
  await Bun.write(sheet, packSheet(rules).trim())
  outputs.push(script, sheet)
  const manifest: Record<string, Built> = {}
  for (const path of outputs.sort()) {
    const bytes = await Bun.file(path).bytes()
    const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`
    const gz = gzipSync(bytes, { level: 9 }).length
    manifest[relative(out, path)] = { integrity, size: bytes.length, gz }
  }
  await Bun.write(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const checked = Object.entries(manifest).filter(([path]) => path.endsWith('.js') && !path.startsWith('tracker/'))
  const integrity = Object.fromEntries(checked.map(([path, built]) => [`./${path}`, built.integrity]))
  await Bun.write(join(out, 'hk.integrity.json'), `${JSON.stringify({ integrity }, null, 2)}\n`)
  return manifest
}

/** The tracker as one classic script; each byte of it is loaded by all visitors of all sites. */
export async function buildTracker(): Promise<string> {
  const { outputs } = await Bun.build({ entrypoints: [join(tracker, 'hk.ts')], format: 'iife', target: 'browser' })
  const source = (await outputs[0]?.text()) ?? ''
  // One letter less each, and once it is bundled nothing tells the two apart; before, so that declarations are joined.
  const short = source.replaceAll(/\bconst\b/g, 'let')
  const compress = { passes: 4, ecma: 2020, hoist_funs: true, unsafe_arrows: true, pure_getters: true } as const
  const { code = '' } = await minify(short, { compress, mangle: { toplevel: true }, module: true })
  return code
}

async function bundle(config: Bun.BuildConfig): Promise<string[]> {
  const { outputs } = await Bun.build(config)
  return outputs.map((output) => output.path)
}

/** Builds into a folder all that the service and the documentation hand out. */
async function buildAll(out: string): Promise<Record<string, Built>> {
  const manifest = await build(out)
  // Not for those who only build scripts: it brings a compiler.
  const { describeElements } = await import('./pack/manifest.ts')
  await Bun.write(join(out, 'custom-elements.json'), JSON.stringify(await describeElements()))
  return manifest
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: join(here, 'dist') }, 'if-stale': { type: 'boolean', default: false } },
  })
  if (!values['if-stale']) {
    for (const [path, { size, gz }] of Object.entries(await buildAll(values.out))) {
      console.log(`${String(gz).padStart(7)} gz ${String(size).padStart(7)} B  ${path}`)
    }
  } else if (await isStale(values.out)) {
    const began = performance.now()
    console.log('Building what browsers load: the tracker and the elements …')
    await buildAll(values.out)
    console.log(`Built in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
  }
}
