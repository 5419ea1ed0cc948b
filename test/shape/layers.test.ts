import { describe, expect, test } from 'bun:test'
import { type SourceFile, sourceFiles } from './tree.ts'

const server = sourceFiles('server')
const sdk = sourceFiles('sdk')
const components = sourceFiles('components')
const demo = sourceFiles('demo')
const product = [...server, ...sdk, ...components, ...demo]

/** Imports of files that break a rule, as `file → import`. */
function breaches(
  files: readonly SourceFile[],
  isBreach: (name: string, file: SourceFile) => boolean,
): string[] {
  return files.flatMap((file) =>
    file.imports.filter((name) => isBreach(name, file)).map((name) => `${file.path} → ${name}`),
  )
}

const isOwn = (name: string) =>
  name.startsWith('@hk-live/') || /^(server|sdk|components|demo|test)\//.test(name)

describe('directions', () => {
  test('the protocol imports nothing', () => {
    expect(sdk.find((file) => file.path === 'sdk/protocol.ts')?.imports).toEqual([])
  })

  test('the server knows nothing of the SDK but the protocol', () => {
    expect(
      breaches(
        server,
        (name) => isOwn(name) && !name.startsWith('server/') && name !== '@hk-live/sdk/protocol',
      ),
    ).toEqual([])
  })

  test('the SDK knows nobody', () => {
    expect(breaches(sdk, (name) => isOwn(name) && !name.startsWith('sdk/'))).toEqual([])
  })

  test('the elements know the SDK only', () => {
    expect(
      breaches(components, (name) => isOwn(name) && !/^(components\/|@hk-live\/sdk)/.test(name)),
    ).toEqual([])
  })

  test('nobody knows the demo or the tests', () => {
    expect(
      breaches(product, (name, file) => /^(demo|test)\//.test(name) && !file.path.startsWith('demo/')),
    ).toEqual([])
  })

  test('a folder of the server is entered through its index', () => {
    const folderOf = (path: string) => /^server\/([^/]+)\//.exec(path)?.[1]
    expect(
      breaches(server, (name, file) => {
        const folder = folderOf(name)
        return folder !== undefined && folder !== folderOf(file.path) && !name.endsWith('/index.ts')
      }),
    ).toEqual([])
  })

  test('the store imports no sibling', () => {
    const store = server.filter((file) => file.path.startsWith('server/store/'))
    expect(
      breaches(store, (name) => name.startsWith('server/') && !name.startsWith('server/store/')),
    ).toEqual([])
  })
})

describe('one place for each', () => {
  test.each([
    'signal-polyfill',
    'mitt',
    'eventsource-parser',
    'bowser',
    'isbot',
    'crawler-user-agents',
    'mmdb-lib',
    '@elysiajs/openapi',
    'csv-stringify',
    'csv-parse',
    'yauzl',
    'fflate',
    'hucre',
    'd3-array',
    '@lit-labs/signals',
    'cobe',
  ])('%s has one importing file', (library) => {
    const importers = product.filter((file) =>
      file.values.some((name) => name === library || name.startsWith(`${library}/`)),
    )
    expect(importers.map((file) => file.path).length).toBe(1)
  })

  test('what only Bun has is used in the adapter of the runtime only', () => {
    const users = [...server, ...sdk].filter((file) => /\bBun\.|from 'bun/.test(file.text))
    expect(users.map((file) => file.path)).toEqual(['server/runtime.ts'])
  })

  test('the environment is read by the entry points and handed to the configuration', () => {
    const readers = [...server, ...sdk, ...components].filter(
      (file) => /process\.env/.test(file.text) && !file.path.endsWith('build.ts'),
    )
    expect(readers.map((file) => file.path).sort()).toEqual(['server/cli.ts', 'server/main.ts'])
  })
})

describe('size and names', () => {
  const lines = (file: SourceFile) => file.text.split('\n').length - 1

  test('no file is longer than 300 lines but the wire, which is one file by design, and most are short', () => {
    const long = product.filter((file) => file.path !== 'sdk/protocol.ts' && lines(file) > 300)
    expect(long.map((file) => `${file.path}: ${lines(file)}`)).toEqual([])
    const sorted = product.map(lines).sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(100)
  })

  test('no folder is named after nothing', () => {
    expect(
      product.filter((file) => /(^|\/)(utils?|helpers?|lib|common|misc)(\/|\.ts$)/.test(file.path)),
    ).toEqual([])
  })

  test('no left-over marks, machine paths, any or non-null assertions', () => {
    const found = product.flatMap((file) =>
      file.text
        .split('\n')
        .filter((line) =>
          /\b(TODO|FIXME|XXX|HACK)\b|(^|[\s'"`(])\/(root|home|work|Users)\/|: any(\[\])*\s*[,;)=]|\bas any\b|\w!\.\w/.test(
            line,
          ),
        )
        .map((line) => `${file.path}: ${line.trim()}`),
    )
    expect(found).toEqual([])
  })
})
