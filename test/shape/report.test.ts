import { describe, expect, test } from 'bun:test'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readJunit } from '../support/report.ts'

const source = `
import { describe, expect, test } from 'bun:test'
describe('a "suite" <here>', () => {
  test('fails & says so', () => expect('<b>').toBe('x'))
  test('passes', () => {})
  test.skip('is left out', () => {})
})
test('throws', () => { throw new Error('no such thing') })
test('waits too long', async () => { await Bun.sleep(2_000) }, 50)
`

describe('the report of a test run', () => {
  test('names each failed test with its file, line and message', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hk-report-test-'))
    try {
      const report = join(folder, 'report.xml')
      await writeFile(join(folder, 'sample.test.ts'), source)
      const child = Bun.spawn([process.execPath, 'test', './sample.test.ts', '--reporter=junit', `--reporter-outfile=${report}`], {
        cwd: folder,
        stdout: 'ignore',
        stderr: 'ignore',
      })
      const outcome = readJunit(await child.exited.then(() => readFile(report, 'utf8')), child.exitCode ?? 0)
      expect(outcome).toMatchObject({ passed: 1, failed: 3 })
      expect(outcome.failures).toHaveLength(3)
      expect(outcome.failures[0]).toStartWith('sample.test.ts:4: a "suite" <here> > fails & says so\n    expect(received).toBe(expected)')
      expect(outcome.failures[0]).toContain('Received: "<b>"')
      expect(outcome.failures[1]).toBe('sample.test.ts:8: throws\n    no such thing')
      expect(outcome.failures[2]).toContain('waits too long')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('counts a run that ended without one as failed', () => {
    expect(readJunit('', 0)).toEqual({ passed: 0, failed: 1, failures: [] })
    expect(readJunit('<testsuites name="bun test" tests="2" failures="0" skipped="0">', 1)).toMatchObject({ passed: 2, failed: 1 })
  })
})
