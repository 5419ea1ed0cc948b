/**
 * Element tests in a real Chromium:
 * `bun --bun node_modules/.bin/wtr --config test/web-test-runner.config.js`, with `--files` for some only.
 */
import { fileURLToPath } from 'node:url'
import { esbuildPlugin } from '@web/dev-server-esbuild'
import { chromeLauncher } from '@web/test-runner-chrome'
import { findChromium } from './support/chromium.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

export default {
  rootDir: root,
  files: `${root}test/components/**/*.test.ts`,
  nodeResolve: { exportConditions: ['production'], extensions: ['.ts', '.mjs', '.js'] },
  concurrency: 1,
  testFramework: { config: { timeout: 5000 } },
  browsers: [chromeLauncher({ launchOptions: await findChromium() })],
  plugins: [
    esbuildPlugin({ ts: true, target: 'es2022', tsconfig: `${root}components/tsconfig.json` }),
  ],
}
