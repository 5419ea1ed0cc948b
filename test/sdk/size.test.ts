import { expect, test } from 'bun:test'

/** Size of a program that uses all of the SDK, minified, in bytes after gzip. */
async function size(external: string[]): Promise<number> {
  const built = await Bun.build({
    entrypoints: ['program.ts'],
    files: { 'program.ts': `export { createClient, effect, HkError } from '@hk-live/sdk'` },
    minify: true,
    target: 'browser',
    external,
  })
  const code = await built.outputs[0]?.text()
  return Bun.gzipSync(code ?? '', { level: 9 }).length
}

// Of its own part, one stream for all tabs is 1.7 kB, and that a password is asked once for all widgets 0.05 kB.
test('the SDK is at most 14 kB gz, of which at most 9.62 kB are its own', async () => {
  const [all, own] = await Promise.all([size([]), size(['signal-polyfill', 'eventsource-parser', 'mitt'])])
  console.log(`SDK: ${all} bytes gz, its own part ${own}`)
  expect(all).toBeLessThanOrEqual(14_000)
  expect(own).toBeLessThanOrEqual(9_620)
})
