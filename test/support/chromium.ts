/**
 * Finds a Chromium for tests, in this order: the one that `CHROME_PATH` names, an installed one, and on
 * Linux the one that the npm package `@sparticuz/chromium` ships, unpacked once into the temporary folder.
 * `HK_TEST_BROWSER` narrows the choice: `installed` to the first two, `shell` to the last.
 *
 * The packaged one is a headless shell: to it, every tab counts as visible. An installed one is what people
 * have: a tab behind another is hidden, and a page that is left may be kept for the way back.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** What a launcher (puppeteer-core, web-test-runner) needs to start the browser. */
export interface Chromium {
  kind: BrowserKind
  executablePath: string
  args: string[]
  /** Without `LANG`, headless Chromium reports a locale at which every `Intl` constructor throws. */
  env: Record<string, string>
}

const installed: Record<string, readonly string[]> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  linux: ['/usr/bin/google-chrome', '/usr/bin/chromium', '/usr/bin/chromium-browser'],
}

/** Whether the packaged browser runs on this platform. */
export const hasShell = process.platform === 'linux'

/** Kinds of browser, as `HK_TEST_BROWSER` names them. */
export const browserKinds = ['installed', 'shell'] as const
export type BrowserKind = (typeof browserKinds)[number]

/**
 * Finds the browser and what it needs to run.
 *
 * @throws Error where there is none: it says how to name one.
 */
export async function findChromium(environment: NodeJS.ProcessEnv = process.env): Promise<Chromium> {
  const kind = readKind(environment.HK_TEST_BROWSER)
  const found = kind === 'shell' ? undefined : findInstalled(environment)
  if (found !== undefined) return launch('installed', found, environment)
  if (kind === 'shell' && !hasShell) throw new Error('HK_TEST_BROWSER is shell, which there is for Linux only.')
  if (kind === 'installed' || !hasShell) {
    throw new Error('No Chrome or Chromium found. Install one, or name it by CHROME_PATH.')
  }
  const folder = await unpack(environment)
  const executablePath = join(folder, 'chromium')
  const libraries = join(folder, 'al2023', 'lib')
  const starts = spawnSync(executablePath, ['--version'], { env: environment }).status === 0
  return launch('shell', executablePath, starts ? environment : { ...environment, LD_LIBRARY_PATH: libraries })
}

function readKind(value: string | undefined): BrowserKind | undefined {
  if (value === undefined || value === '') return undefined
  const kind = browserKinds.find((name) => name === value)
  if (kind === undefined) throw new Error(`HK_TEST_BROWSER is ${value}; it has to be ${browserKinds.join(' or ')}, or for all tests both.`)
  return kind
}

/** The path of the browser that `CHROME_PATH` names, or of an installed one. */
export function findInstalled(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment.CHROME_PATH
  if (named === undefined || named === '') return installed[process.platform]?.find((path) => existsSync(path))
  if (existsSync(named)) return named
  throw new Error(`CHROME_PATH names ${named}, which does not exist.`)
}

function launch(kind: BrowserKind, executablePath: string, environment: NodeJS.ProcessEnv): Chromium {
  const env: Record<string, string> = { LANG: 'en_US.UTF-8' }
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && name !== 'LANG') env[name] = value
  }
  const args = ['--no-sandbox', '--lang=en-US', '--font-render-hinting=none', '--hide-scrollbars']
  return { kind, executablePath, args, env }
}

/** Unpacks the packaged browser; two processes that do so at once do not see each other's half. */
async function unpack(environment: NodeJS.ProcessEnv): Promise<string> {
  const main = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const root = join(dirname(main), '..')
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // Of this user alone: another's could be closed to us, or not what it says.
  const folder = join(tmpdir(), `hk-chromium-${version}-${process.getuid?.() ?? 'user'}`)
  if (existsSync(join(folder, 'chromium'))) return folder

  const { inflate } = await import('@sparticuz/chromium')
  const draft = await mkdtemp(`${folder}-`)
  const before = environment.TMPDIR
  process.env.TMPDIR = draft // the package unpacks into os.tmpdir(), without a choice
  try {
    const files = ['chromium.br', 'swiftshader.tar.br', 'al2023.tar.br']
    await Promise.all(files.map((file) => inflate(join(root, 'bin', file))))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  try {
    await rename(draft, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    await rm(draft, { recursive: true })
  }
  return folder
}
