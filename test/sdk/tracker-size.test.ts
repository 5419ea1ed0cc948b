import { expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

test('hk.js is at most 1,600 bytes after gzip', async () => {
  const entry = fileURLToPath(new URL('../../sdk/tracker/hk.ts', import.meta.url))
  const built = await Bun.build({ entrypoints: [entry], minify: true, format: 'iife', target: 'browser' })
  const script = (await built.outputs[0]?.text()) ?? ''
  expect(script).toContain('data')
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(1_600)
})
