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

test('the SDK is at most 11.7 kB gz, of which at most 7.25 kB are its own', async () => {
  const [all, own] = await Promise.all([size([]), size(['signal-polyfill', 'eventsource-parser', 'mitt'])])
  console.log(`SDK: ${all} bytes gz, its own part ${own}`)
  expect(all).toBeLessThanOrEqual(11_700)
  expect(own).toBeLessThanOrEqual(7_250)
})
