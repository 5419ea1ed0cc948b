/**
 * Makes the packages for npm: `bun components/pack.ts [--out DIR]`, default `dist`.
 *
 *     sdk/, components/    what is in each: a module and its types for each source file
 *     components/embed/    what the service hands out to browsers, built: for a host of files, or a CDN of packages
 *     *.tgz                the same as tarballs, for `npm publish`
 *
 * Modules are not bundled, and Lit, the signal library and the SDK stay dependencies: so a bundler has one copy of
 * each, whoever else imports them. The service is no package: it is started from a checkout, by Bun or Deno, which
 * both run its sources as they are.
 *
 * @module
 */
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import { strictCobe } from './cobe.ts'
import { cssData, htmlData, webTypes } from './pack/editors.ts'
import { elementTypes, frameworks } from './pack/frameworks.ts'
import { describeElements } from './pack/manifest.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What is read of a workspace's `package.json`. */
interface Workspace {
  name: string
  version: string
  description: string
  license: string
  type: string
  exports: Record<string, string>
  dependencies: Record<string, string>
}

/** Makes both packages in a folder, and returns the paths of their tarballs. */
export async function pack(out: string): Promise<string[]> {
  await mkdir(out, { recursive: true })
  return Promise.all([packSdk(out), packComponents(out)])
}

async function packSdk(out: string): Promise<string> {
  const workspace = await readWorkspace('sdk')
  const folder = join(out, 'sdk')
  await compile('sdk', workspace, folder)
  const keywords = ['analytics', 'realtime', 'web-analytics', 'server-sent-events', 'signals', 'tracker']
  await describe(folder, workspace, { keywords, sideEffects: false })
  return seal(folder, out)
}

async function packComponents(out: string): Promise<string> {
  const workspace = await readWorkspace('components')
  const { name, version } = workspace
  const folder = join(out, 'components')
  await compile('components', workspace, folder)
  await takeCobe(join(folder, 'globe'))
  await takeBuild(join(folder, 'embed'))
  const manifest = await describeElements()
  const files = {
    'custom-elements.json': manifest,
    'web-types.json': webTypes(manifest, name, version),
    'vscode.html-custom-data.json': htmlData(manifest),
    'vscode.css-custom-data.json': cssData(manifest),
  }
  for (const [file, content] of Object.entries(files)) await writeJson(join(folder, file), content)
  await mkdir(join(folder, 'types'))
  await writeFile(join(folder, 'types/elements.d.ts'), elementTypes(manifest))
  for (const [framework, { types }] of Object.entries(frameworks)) {
    await writeFile(join(folder, `types/${framework}.d.ts`), types)
    // So that it can be imported as a module, too.
    await writeFile(join(folder, `types/${framework}.js`), 'export {}\n')
  }
  const typed = Object.keys(frameworks).map((framework) => [`./${framework}`, entry(`./types/${framework}`)])
  const peers = Object.values(frameworks).map(({ peer }) => peer)
  await describe(folder, workspace, {
    keywords: ['web-components', 'custom-elements', 'lit', 'analytics', 'dashboard', 'charts', 'realtime'],
    sideEffects: ['./define.js', './hk.js', './embed/**'],
    customElements: './custom-elements.json',
    'web-types': './web-types.json',
    peerDependencies: Object.fromEntries(peers),
    peerDependenciesMeta: Object.fromEntries(peers.map(([library]) => [library, { optional: true }])),
    exports: Object.fromEntries([...typed, ...Object.keys(files).map((file) => [`./${file}`, `./${file}`]), ['./embed/*', './embed/*']]),
  })
  return seal(folder, out)
}

/** Compiles what the exports of a workspace reach. */
async function compile(part: string, { exports }: Workspace, folder: string): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const made = await mkdtemp(join(tmpdir(), 'hk-pack-'))
  stack.defer(() => rm(made, { recursive: true, force: true }))
  const settings = {
    extends: join(root, part, 'tsconfig.json'),
    compilerOptions: { noEmit: false, declaration: true, rewriteRelativeImportExtensions: true, rootDir: root, outDir: made },
    files: Object.values(exports).map((path) => join(root, part, path)),
    include: [],
  }
  await writeJson(join(made, 'tsconfig.json'), settings)
  await run([process.execPath, '--bun', join(root, 'node_modules/.bin/tsc'), '-p', made], root)
  await rm(folder, { recursive: true, force: true })
  await cp(join(made, part), folder, { recursive: true })
  for (const path of await readdir(folder, { recursive: true })) {
    if (path.endsWith('.d.ts')) await nameModules(join(folder, path))
  }
}

/** The compiler leaves the names of sources in types, which no package has. */
async function nameModules(path: string): Promise<void> {
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace(/(from |import\()(['"]\.[^'"]*)\.ts(['"])/g, '$1$2.js$3'))
}

/** What browsers load without a bundler comes along built: its modules have no types, as nothing imports them. */
async function takeBuild(folder: string): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const made = await mkdtemp(join(tmpdir(), 'hk-build-'))
  stack.defer(() => rm(made, { recursive: true, force: true }))
  const built = await build(join(made, 'dist'))
  for (const path of [...Object.keys(built), 'hk.integrity.json']) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await copyFile(join(made, 'dist', path), join(folder, path))
  }
}

/** Cobe comes along without what a strict policy refuses, as in the builds of the service. */
async function takeCobe(folder: string): Promise<void> {
  const cobe = join(root, 'node_modules/cobe')
  const license = await readFile(join(cobe, 'LICENSE'), 'utf8')
  const source = await readFile(join(cobe, 'dist/index.esm.js'), 'utf8')
  await writeFile(join(folder, 'cobe.js'), `/*!\n${license.trim()}\n*/\n${strictCobe(source)}`)
  const sphere = join(folder, 'sphere.js')
  const text = await readFile(sphere, 'utf8')
  await writeFile(sphere, text.replace(`from 'cobe'`, `from './cobe.js'`))
}

/** Writes `package.json`, by what the modules import, and puts README and LICENSE beside it. */
async function describe(folder: string, workspace: Workspace, more: Record<string, unknown> & { exports?: object }): Promise<void> {
  const { name, version, description, license, type, exports, dependencies } = workspace
  const imported = await importsOf(folder)
  const ranges = Object.entries(dependencies).filter(([library]) => imported.has(library))
  const entries = Object.entries(exports).map(([path, source]) => [path, entry(source.replace(/\.ts$/, ''))])
  await writeJson(join(folder, 'package.json'), {
    name,
    version,
    description,
    license,
    type,
    ...more,
    exports: { ...Object.fromEntries(entries), ...more.exports, './package.json': './package.json' },
    // Ranges, so that a page's own copy of a library will do.
    dependencies: Object.fromEntries(ranges.map(([library, range]) => [library, `^${range.replace('workspace:*', version)}`])),
    files: ['**/*.js', '**/*.d.ts', '*.json', 'embed/**'],
    publishConfig: { access: 'public' },
  })
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  await cp(join(root, name.replace('@hk-live/', ''), 'README.md'), join(folder, 'README.md'))
}

/** Names of the packages that the modules and types of a folder import. */
async function importsOf(folder: string): Promise<Set<string>> {
  // What is built has all that it needs in it.
  const paths = (await readdir(folder, { recursive: true })).filter((path) => /\.(js|d\.ts)$/.test(path) && !path.startsWith('embed'))
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')))
  const names = texts.flatMap((text) =>
    Array.from(text.matchAll(/(?:from |import\(|import )['"]((?:@[\w-]+\/)?[\w-]+)/g), ([, name = '']) => name),
  )
  return new Set(names)
}

function entry(path: string): Record<string, string> {
  return { types: `${path}.d.ts`, default: `${path}.js` }
}

async function seal(folder: string, out: string): Promise<string> {
  const { name, version }: Workspace = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const made = `${name.slice(1).replace('/', '-')}-${version}.tgz`
  await run([process.execPath, 'pm', 'pack', '--quiet', '--ignore-scripts'], folder)
  await rename(join(folder, made), join(out, made))
  return join(out, made)
}

async function readWorkspace(part: string): Promise<Workspace> {
  return JSON.parse(await readFile(join(root, part, 'package.json'), 'utf8'))
}

async function writeJson(path: string, content: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(content, null, 2)}\n`)
}

async function run(command: string[], cwd: string): Promise<void> {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd })
  if (exitCode !== 0) throw new Error(`${command.join(' ')} failed:\n${stdout.toString()}${stderr.toString()}`)
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist') } } })
  for (const path of await pack(values.out)) console.log(path)
}
