/**
 * All tests, as README and CI run them: builds what browsers load, then the service and the SDK under
 * `bun test`, then the elements in a real Chromium. Ends with one line that counts them.
 *
 * @module
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findChromium } from './support/chromium.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Count {
  passed: number
  failed: number
}

async function run(command: string[], env: Record<string, string> = {}): Promise<number> {
  return Bun.spawn(command, {
    cwd: root,
    env: { ...process.env, ...env },
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
  }).exited
}

/** Tests of `bun test`, counted from its JUnit report. */
async function testUnderBun(report: string): Promise<Count> {
  const folders = ['test/shape', 'test/sdk', 'test/server', 'test/faults', 'test/packages', 'test/e2e', 'test/visual']
  const code = await run([
    process.execPath,
    'test',
    ...folders,
    // By itself, so that a busy machine fails nothing: tests that wait long say so themselves.
    '--timeout=30000',
    '--reporter=junit',
    `--reporter-outfile=${report}`,
  ])
  const head = (await readFile(report, 'utf8').catch(() => '')).match(/<testsuites [^>]*>/)?.[0] ?? ''
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0)
  const failed = number('failures') + number('errors')
  return {
    passed: number('tests') - failed - number('skipped'),
    failed: failed === 0 && code !== 0 ? 1 : failed,
  }
}

/** Tests in the browser, counted from the report of the runner's configuration. */
async function testInBrowser(report: string): Promise<Count> {
  const runner = [
    process.execPath,
    '--bun',
    'node_modules/.bin/wtr',
    '--config',
    'test/web-test-runner.config.js',
  ]
  const code = await run(runner, { HK_TEST_REPORT: report })
  const count: Count = JSON.parse(await readFile(report, 'utf8').catch(() => '{"passed":0,"failed":0}'))
  return { ...count, failed: count.failed === 0 && code !== 0 ? 1 : count.failed }
}

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hk-report-'))
  try {
    const browser = await findChromium()
    process.env.CHROME_PATH = browser.executablePath
    if (browser.env.LD_LIBRARY_PATH !== undefined) process.env.LD_LIBRARY_PATH = browser.env.LD_LIBRARY_PATH
    if ((await run([process.execPath, 'components/build.ts'])) !== 0) return 1
    const counts = [
      await testUnderBun(join(folder, 'bun.xml')),
      await testInBrowser(join(folder, 'wtr.json')),
    ]
    const passed = counts.reduce((sum, count) => sum + count.passed, 0)
    const failed = counts.reduce((sum, count) => sum + count.failed, 0)
    console.log(`\n${passed} passed, ${failed} failed`)
    return failed === 0 && passed > 0 ? 0 : 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

process.exit(await main())
