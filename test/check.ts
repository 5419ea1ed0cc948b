/**
 * Types, lint and shape of the whole project: `bun run check`.
 *
 * @module
 */
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

// By our own runtime, as there may be no other.
const bun = (...words: string[]) => [process.execPath, '--bun', ...words]

const checks: Record<string, string[]> = {
  ...Object.fromEntries(
    ['server', 'sdk', 'components', 'demo', 'test'].map((part) => [
      `types of ${part}`,
      bun('node_modules/.bin/tsc', '-p', `${part}/tsconfig.json`),
    ]),
  ),
  lint: bun('node_modules/.bin/oxlint', '--deny-warnings', '--quiet', '.'),
  shape: [process.execPath, 'test', 'test/shape'],
}

let failed = 0
for (const [name, command] of Object.entries(checks)) {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: root })
  console.log(`${exitCode === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  if (exitCode === 0) continue
  failed++
  console.log(`${stdout.toString()}${stderr.toString()}`.trim())
}
process.exit(failed === 0 ? 0 : 1)
