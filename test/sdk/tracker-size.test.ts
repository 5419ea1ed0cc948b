import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { buildTracker } from '../../components/build.ts'

// Of these some 800 bytes are for pages that are in its way, for what is more than a request takes, and for addresses.
test('hk.js is at most 2,460 bytes after gzip', async () => {
  const script = await buildTracker()
  expect(script).toContain('data')
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(2_460)
})
