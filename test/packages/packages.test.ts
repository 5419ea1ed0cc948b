import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { serveElements } from '../support/elements.ts'
import { openProject, type Project, root } from '../support/packages.ts'

let project: Project
beforeAll(async () => {
  project = await openProject()
}, 60_000)
afterAll(() => project?.[Symbol.asyncDispose]())

const packages = ['sdk', 'components'] as const

const installed = (name: string, path = '') => join(project.path, 'node_modules/@hk-live', name, path)
const tarball = (name: string) => Bun.file(project.tarballs.find((path) => path.includes(`hk-live-${name}-`)) ?? '')
const read = async (name: string, path: string) => JSON.parse(await readFile(installed(name, path), 'utf8'))

/** Runs a command in the project; what it prints, where it fails. */
async function run(...command: string[]): Promise<string> {
  const child = Bun.spawn([process.execPath, ...command], { cwd: project.path, stdout: 'pipe', stderr: 'pipe' })
  const [out, error, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  return code === 0 ? out : `${out}${error}failed with ${code}`
}

/** Checks types of the project's files as a consumer would, libraries included. */
async function complaints(files: readonly string[], options: object): Promise<string> {
  const lib = ['es2023', 'dom', 'dom.iterable']
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', lib, types: [], ...options }
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
  return run('--bun', join(root, 'node_modules/.bin/tsc'), '-p', '.')
}

describe('the packages', () => {
  test.each(packages)('publint finds nothing to say of %s', async (name) => {
    const { messages } = await publint({ pack: { tarball: await tarball(name).arrayBuffer() }, strict: true })
    expect(messages).toEqual([])
  })

  test.each(packages)('types of %s are found wherever its modules are', async (name) => {
    const found = await checkPackage(createPackageFromTarballData(await tarball(name).bytes()), { excludeEntrypoints: [/\.json$/] })
    if (found.types === false) throw new Error('There are no types.')
    expect(Object.keys(found.entrypoints).length).toBeGreaterThan(2)
    // There are modules only: what requires them does so by a runtime that can.
    const old = ['node10', 'node16-cjs']
    const problems = found.problems.filter((problem) => !('resolutionKind' in problem && old.includes(problem.resolutionKind)))
    expect(problems).toEqual([])
  })

  test('hold what is needed, and nothing of how they were made', async () => {
    for (const name of packages) {
      const all = (await readdir(installed(name), { recursive: true })).filter((path) => path.includes('.'))
      const files = all.filter((path) => !path.startsWith('embed/'))
      expect(files).toEqual(expect.arrayContaining(['README.md', 'package.json', 'index.js', 'index.d.ts']))
      expect(files.filter((path) => !/\.(js|d\.ts|json|md)$/.test(path))).toEqual([])
      expect(files.filter((path) => /(^|\/)(build|pack|frame|tsconfig)\b/.test(path))).toEqual([])
      expect(await Bun.file(installed(name, 'LICENSE')).text()).toStartWith('MIT License')
      const modules = await Promise.all(files.filter((path) => /\.(js|d\.ts)$/.test(path)).map((path) => Bun.file(installed(name, path)).text()))
      expect(modules.filter((text) => /['"]\.[^'"\n]*\.ts['"]/.test(text))).toEqual([])
    }
  })

  test('bring what browsers load built, as the service hands it out', async () => {
    const embed = await readdir(installed('components', 'embed'), { recursive: true })
    expect(embed).toEqual(expect.arrayContaining(['hk.js', 'hk.css', 'define.js', 'frame.js', 'hk.integrity.json', 'tracker/hk.js', 'tracker/parts.js', 'tracker/rescue.js']))
    const { integrity } = await read('components', 'embed/hk.integrity.json')
    for (const [path, hash] of Object.entries(integrity)) {
      const bytes = await Bun.file(installed('components', `embed/${path}`)).bytes()
      expect(`sha384-${new Bun.CryptoHasher('sha384').update(bytes).digest('base64')}`).toBe(String(hash))
    }
  })

  test('leave Lit, the signal library and the SDK to whoever installs them, in ranges', async () => {
    const { dependencies, peerDependencies, peerDependenciesMeta, sideEffects, customElements, private: kept } = await read('components', 'package.json')
    expect(Object.keys(dependencies).sort()).toEqual(['@hk-live/sdk', '@lit-labs/signals', 'd3-array', 'lit'])
    expect(Object.values(dependencies).every((range) => /^\^\d/.test(String(range)))).toBe(true)
    expect(Object.keys(peerDependenciesMeta)).toEqual(Object.keys(peerDependencies))
    expect(sideEffects).toEqual(['./define.js', './hk.js', './embed/**'])
    expect(kept).toBeUndefined()
    const { modules } = await read('components', customElements)
    const missing = await Promise.all(
      modules.map(async ({ path }: { path: string }) => ((await Bun.file(installed('components', path)).exists()) ? [] : [path])),
    )
    expect(missing.flat()).toEqual([])
    expect(Object.keys((await read('sdk', 'package.json')).dependencies).sort()).toEqual(['eventsource-parser', 'mitt', 'signal-polyfill', 'web-vitals'])
  })

  test('bring the library of the globe without what a strict policy refuses, and with its licence', async () => {
    const cobe = await Bun.file(installed('components', 'globe/cobe.js')).text()
    expect(cobe).toStartWith('/*!\nMIT License')
    expect(cobe).not.toContain('data:')
    expect(await Bun.file(installed('components', 'globe/sphere.js')).text()).toContain(`from './cobe.js'`)
  })

  test('each export can be imported where there is no document, as servers that render pages do', async () => {
    const exports = await Promise.all(
      packages.map(async (name) =>
        Object.keys((await read(name, 'package.json')).exports)
          .filter((path) => !path.endsWith('.json') && path !== './auto' && path !== './embed/*')
          .map((path) => `@hk-live/${name}${path.slice(1)}`),
      ),
    )
    await project.write('imports.js', `${exports.flat().map((path) => `import '${path}'`).join('\n')}\nconsole.log('all')`)
    expect(await run('imports.js')).toBe('all\n')
  })
})

describe('what their READMEs say', () => {
  const readme = (name: string) => readFile(installed(name, 'README.md'), 'utf8')

  test.each(packages)('of %s names exports that there are', async (name) => {
    const text = await readme(name)
    const { exports, name: own } = await read(name, 'package.json')
    const named = Array.from(text.matchAll(/['`](@hk-live\/\w+)(\/[\w-]+)?/g)).filter(([, of]) => of === own)
    expect(named.map(([, , path = '']) => `.${path}`).filter((path) => !(path in exports))).toEqual([])
    expect(named.length).toBeGreaterThan(3)
  })

  test('of the SDK works', async () => {
    await using stack = new AsyncDisposableStack()
    const server = serveElements(project.path, '')
    stack.defer(() => server.stop(true))
    const [, code = ''] = /```js\n(.*?)```/s.exec(await readme('sdk')) ?? []
    const own = code.replace('https://stats.example.com', server.url.origin)
    await project.write('readme.js', `${own}\noverview.on('update', () => hk.close())`)
    expect(await run('readme.js')).toMatch(/^\d+\n$/)
  })
})

describe('types', () => {
  const plain = `
    import { createClient, type Answer } from '@hk-live/sdk'
    import { metrics } from '@hk-live/sdk/protocol'
    import { createTracker } from '@hk-live/sdk/tracker'
    import { define, HkKpi, type HkChangeEvent } from '@hk-live/components'
    import { HkChart } from '@hk-live/components/chart'
    import '@hk-live/components/define'

    define('hk-kpi', HkKpi)
    const kpi = document.createElement('hk-kpi')
    kpi.range = '7d'
    kpi.metric = metrics[0]
    // @ts-expect-error: there is no such range.
    kpi.range = 'now'
    kpi.addEventListener('hk-change', (event: HkChangeEvent) => event.changed.has('visitors'))
    const height: number = new HkChart().height
    const client = createClient({ endpoint: 'https://stats.example.com', share: 'token' })
    client.watch('overview', { range: '7d' }).on('update', ({ data }) => data.visitors?.toFixed(height))
    export const answer: Answer<'overview'> | undefined = client.watch('overview').answer.get()
    createTracker({ endpoint: 'https://stats.example.com', site: 'id' }).event('signup')
  `

  test.each([
    ['a bundler', { module: 'esnext', moduleResolution: 'bundler' }],
    ['Node', { module: 'nodenext', moduleResolution: 'nodenext' }],
  ])('hold in a project by the rules of %s, with all that they refer to', async (_, options) => {
    await project.write('plain.ts', plain)
    expect(await complaints(['plain.ts'], options)).toBe('')
  })

  const card = (on: string) => `
    export const card = (
      <hk-site share="token" range="30d" filters={['country:DE']}>
        <hk-kpi title="All" metric="visitors" spark ${on}hk-change={(event) => event.changed.has(String(event.value?.toFixed()))}>many</hk-kpi>
        <hk-chart height={200} ${on}hk-select={(event) => event.preventDefault()} />
        <hk-table by="page" limit={5} id="pages" />
        {/* @ts-expect-error: it is a number. */}
        <hk-chart height="tall" />
        {/* @ts-expect-error: it cannot be broken down so. */}
        <hk-table by="weather" />
        {/* @ts-expect-error: it has no such input. */}
        <hk-live metrics="visitors" />
      </hk-site>
    )
  `

  test.each([
    ['react', 'react', 'react-jsx', 'on'],
    ['preact', 'preact', 'react-jsx', 'on'],
    ['solid', 'solid-js', 'preserve', 'on:'],
  ])('are known to %s', async (framework, library, jsx, on) => {
    await project.add(library === 'react' ? '@types/react' : library)
    await project.write(`${framework}.tsx`, `import type {} from '@hk-live/components/${framework}'\n${card(on)}`)
    const options = { module: 'esnext', moduleResolution: 'bundler', jsx, jsxImportSource: library, skipLibCheck: true }
    expect(await complaints([`${framework}.tsx`], options)).toBe('')
  })

  test('are known to Vue and Svelte', async () => {
    await project.add('vue', 'svelte')
    await project.write(
      'templates.ts',
      `import type { GlobalComponents } from 'vue'
       import type { SvelteHTMLElements } from 'svelte/elements'
       import type {} from '@hk-live/components/vue'
       import type {} from '@hk-live/components/svelte'

       declare const vue: InstanceType<GlobalComponents['hk-kpi']>
       export const range: '7d' extends typeof vue.$props.range ? true : false = true
       vue.$emit satisfies (name: 'hk-error', event: never) => void
       export const kpi: SvelteHTMLElements['hk-kpi'] = { metric: 'visits', spark: true, 'onhk-change': ({ value }) => value?.toFixed() }
       // @ts-expect-error: it is a number.
       export const chart: SvelteHTMLElements['hk-chart'] = { height: 'tall' }`,
    )
    expect(await complaints(['templates.ts'], { module: 'esnext', moduleResolution: 'bundler', skipLibCheck: true })).toBe('')
  })
})
