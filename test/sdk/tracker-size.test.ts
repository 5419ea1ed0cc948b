import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { buildTracker } from '../../components/build.ts'

test('hk.js is at most 1,600 bytes after gzip', async () => {
  const script = await buildTracker()
  expect(script).toContain('data')
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(1_600)
})
