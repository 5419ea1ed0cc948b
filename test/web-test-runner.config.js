/**
 * Element tests in a real Chromium:
 * `bun --bun node_modules/.bin/wtr --config test/web-test-runner.config.js`, with `--files` for some only.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defaultReporter } from '@web/test-runner'
import { esbuildPlugin } from '@web/dev-server-esbuild'
import { chromeLauncher } from '@web/test-runner-chrome'
import { a11ySnapshotPlugin } from '@web/test-runner-commands/plugins'
import { strictCobe } from '../components/cobe.ts'
import { watchBrowser } from './support/browser.ts'
import { findChromium } from './support/chromium.ts'
import { describeFailure } from './support/report.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Counts tests into the file that `HK_TEST_REPORT` names; a file that does not load is a failure. */
function countReporter(file) {
  return {
    onTestRunFinished({ sessions }) {
      const outcomes = sessions.map((session) => {
        const tests = session.testResults ? testsOf(session.testResults, []) : []
        const failed = tests.filter(({ test }) => !test.passed && !test.skipped)
        const path = session.testFile.replace(root, '')
        const failures = failed.map(({ test, names }) => describeFailure(path, names.join(' > '), test.error?.message ?? ''))
        if (!session.passed && failed.length === 0) {
          failures.push(describeFailure(path, 'does not load', session.errors.map((error) => error.message).join('\n')))
        }
        return { passed: tests.filter(({ test }) => test.passed).length, failures }
      })
      const failures = outcomes.flatMap((one) => one.failures)
      const passed = outcomes.reduce((sum, one) => sum + one.passed, 0)
      writeFileSync(file, JSON.stringify({ passed, failed: failures.length, failures }))
    },
  }
}

function testsOf({ tests, suites, name }, above) {
  const names = name ? [...above, name] : above
  return [...tests.map((test) => ({ test, names: [...names, test.name] })), ...suites.flatMap((suite) => testsOf(suite, names))]
}

const report = process.env.HK_TEST_REPORT

export default {
  reporters: [defaultReporter(), ...(report ? [countReporter(report)] : [])],
  rootDir: root,
  files: `${root}test/components/**/*.test.ts`,
  nodeResolve: { exportConditions: ['production'], extensions: ['.ts', '.mjs', '.js'] },
  concurrency: 1,
  // So that a busy machine fails nothing: tests that look at time do so themselves.
  testFramework: { config: { timeout: 20_000 } },
  browsers: [
    chromeLauncher({
      launchOptions: await findChromium(),
      createBrowserContext({ browser }) {
        watchBrowser(browser)
        return browser.defaultBrowserContext()
      },
    }),
  ],
  plugins: [
    a11ySnapshotPlugin(),
    { name: 'cobe', transform: ({ path, body }) => (path.includes('/cobe/dist/') ? strictCobe(body) : undefined) },
    esbuildPlugin({ ts: true, target: 'es2022', tsconfig: `${root}components/tsconfig.json` }),
  ],
}
