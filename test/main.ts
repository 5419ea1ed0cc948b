/**
 * All tests, as README and CI run them: builds what browsers load, then the service and the SDK under
 * `bun test`, then the elements in a real Chromium. Ends with the failed tests and one line that counts.
 *
 *     bun run test                 all suites, in the browser that `support/chromium.ts` finds
 *     bun run test --browser-only  only those suites that start a browser
 *
 * `HK_TEST_BROWSER` chooses the browser: `installed`, `shell` (the one from npm), or `both`: all suites in the
 * installed one, and those that start a browser in the shell as well.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Chromium, findChromium, findInstalled, hasShell } from './support/chromium.ts'
import { type Outcome, readJunit } from './support/report.ts'
import { watchOver } from './support/watchdog.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['test/shape', 'test/sdk', 'test/server', 'test/faults', 'test/packages', 'test/e2e', 'test/visual']

/** The suites that one browser runs. */
interface Pass {
  readonly browser: Chromium
  /** Files or folders of `bun test`. */
  readonly paths: readonly string[]
}

async function run(command: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const child = Bun.spawn(command, { cwd: root, env, stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' })
  const letGo = watchOver({ pid: child.pid })
  const code = await child.exited
  letGo()
  return code
}

/** Runs tests of `bun test`. */
async function testUnderBun(paths: readonly string[], env: NodeJS.ProcessEnv, report: string): Promise<Outcome> {
  const command = [
    process.execPath,
    'test',
    ...paths,
    // The default, long enough that a busy machine fails nothing; tests that wait longer say so.
    '--timeout=30000',
    '--reporter=junit',
    `--reporter-outfile=${report}`,
  ]
  const code = await run(command, env)
  return readJunit(await readFile(report, 'utf8').catch(() => ''), code)
}

/** Runs tests in the browser, counted by the reporter of the runner's configuration. */
async function testInBrowser(env: NodeJS.ProcessEnv, report: string): Promise<Outcome> {
  const runner = [
    process.execPath,
    '--bun',
    'node_modules/.bin/wtr',
    '--config',
    'test/web-test-runner.config.js',
  ]
  const code = await run(runner, { ...env, HK_TEST_REPORT: report })
  const outcome: Outcome = JSON.parse(await readFile(report, 'utf8').catch(() => '{"passed":0,"failed":1,"failures":[]}'))
  return { ...outcome, failed: outcome.failed === 0 && code !== 0 ? 1 : outcome.failed }
}

/** Test files that start a browser, apart from those of the elements. */
async function browserFiles(): Promise<string[]> {
  const files = await Array.fromAsync(new Bun.Glob('test/{server,sdk,faults,packages,e2e,visual}/**/*.test.ts').scan({ cwd: root }))
  const uses = await Promise.all(files.map(async (file) => /\b(openBrowser\w*|openTabStage|openTracked|findChromium)\b/.test(await readFile(join(root, file), 'utf8'))))
  return files.filter((_, index) => uses[index]).toSorted()
}

async function plan(): Promise<Pass[]> {
  const [option, ...more] = process.argv.slice(2)
  if (more.length > 0 || (option !== undefined && option !== '--browser-only')) {
    throw new Error(`${[option, ...more].join(' ')} is not an option of the tests; --browser-only is. For one file: bun test --timeout 30000 FILE.`)
  }
  const narrow = option === undefined ? undefined : await browserFiles()
  const find = (kind: string) => findChromium({ ...process.env, HK_TEST_BROWSER: kind })
  const wish = process.env.HK_TEST_BROWSER ?? ''
  if (wish !== 'both') return [{ browser: await findChromium(), paths: narrow ?? folders }]
  const kinds = [...(findInstalled() === undefined ? [] : ['installed']), ...(hasShell ? ['shell'] : [])]
  if (kinds.length < 2) {
    console.log(`HK_TEST_BROWSER is both, but there is only one here: ${kinds[0] ?? 'none'}.`)
    return [{ browser: await find(kinds[0] ?? 'installed'), paths: narrow ?? folders }]
  }
  return [
    { browser: await find('installed'), paths: narrow ?? folders },
    { browser: await find('shell'), paths: narrow ?? (await browserFiles()) },
  ]
}

async function runPass({ browser, paths }: Pass, folder: string): Promise<Outcome[]> {
  const { executablePath, env, kind } = browser
  const version = spawnSync(executablePath, ['--version'], { env }).stdout?.toString().trim()
  const suites = paths === folders ? 'all suites' : 'the suites that start a browser'
  console.log(`\nBrowser: ${executablePath} (${kind}, ${version || 'of unknown version'}), ${suites}`)
  const settings = { ...process.env, CHROME_PATH: executablePath, HK_TEST_BROWSER: kind }
  const outcomes = [
    await testUnderBun(paths, settings, join(folder, 'bun.xml')),
    await testInBrowser(settings, join(folder, 'wtr.json')),
  ]
  return outcomes.map((outcome) => ({ ...outcome, failures: outcome.failures.map((failure) => `[${kind}] ${failure}`) }))
}

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hk-report-'))
  try {
    const passes = await plan()
    if ((await run([process.execPath, 'components/build.ts'])) !== 0) return 1
    const outcomes: Outcome[] = []
    for (const [index, pass] of passes.entries()) {
      outcomes.push(...(await runPass(pass, await mkdtemp(join(folder, `${index}-`)))))
    }
    const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
    const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
    // Said again at the end, as it is thousands of lines above by now.
    const failures = outcomes.flatMap((outcome) => outcome.failures)
    if (failures.length > 0) console.log(`\nFailed:\n\n${failures.join('\n\n')}`)
    console.log(`\n${passed} passed, ${failed} failed`)
    return failed === 0 && passed > 0 ? 0 : 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
process.exit()
