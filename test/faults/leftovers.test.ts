import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdtemp, chmod, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../support/browser.ts'
import { processesIn, spawn } from '../support/process.ts'

let folder: string
beforeAll(async () => {
  // Temporary files of its own, so that whatever is left in there is of this run.
  folder = await mkdtemp(join(tmpdir(), 'hk-leftovers-'))
  await chmod(folder, 0o755)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.skipIf(!existsSync('/proc'))('a test process that is killed leaves no Postgres, no service, no browser and no data', async () => {
  const killed = spawn([process.execPath, 'test/support/leftovers.ts'], { TMPDIR: folder })
  const { base, pids } = JSON.parse((await killed.line(/^open /)).slice('open '.length))
  expect(processesIn(base).length).toBeGreaterThan(0)
  expect(processesIn(folder).length).toBeGreaterThan(3)
  await killed.kill('SIGKILL')
  await until(async () => processesIn(folder), (left) => left.length === 0, 45_000)
  for (const pid of pids) expect(existsSync(`/proc/${pid}`)).toBe(false)
  const left = await until(() => readdir(folder), (names) => !names.some((name) => /^(hk-(cluster|test)-|puppeteer)/.test(name)))
  // The folder that the test made around its data is all there is.
  const data = await Promise.all(left.filter((name) => name.startsWith('hk-left-')).map((name) => readdir(join(folder, name))))
  expect(data).toEqual([[]])
}, 120_000)
