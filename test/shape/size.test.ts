import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { reach } from '../bench/modules.ts'
import { buildElements } from '../support/elements.ts'

let built: Awaited<ReturnType<typeof buildElements>>
beforeAll(async () => {
  built = await buildElements()
}, 60_000)
afterAll(() => built?.[Symbol.asyncDispose]())

const words = /chunks\/(ar|de|es|fr|ja)-/
const sizes = (holds: (path: string) => boolean) =>
  Object.entries(built.files).flatMap(([path, { gz }]) => (holds(path) ? [gz] : [])).toSorted((a, b) => b - a)
const sum = (parts: readonly number[]) => parts.reduce((total, gz) => total + gz, 0)

const core = ['site', 'kpi', 'chart', 'table', 'live', 'status']

/** Paths of all that pages with some elements load. */
async function loaded(...names: readonly string[]): Promise<Set<string>> {
  const entries = names.map((name) => Object.keys(built.files).find((path) => path.startsWith(`chunks/${name}-`)) ?? name)
  return new Set((await reach(built.path, ['hk.js', ...entries])).map(({ path }) => path))
}

/** What all elements load that show something. */
async function base(): Promise<Set<string>> {
  const [kpi, table, status] = [await loaded('kpi'), await loaded('table'), await loaded('status')]
  return kpi.intersection(table).intersection(status)
}

/** What an element adds to that, with what it shares with some others. */
async function added(name: string): Promise<number> {
  const more = (await loaded(name)).difference(await base())
  return sum(sizes((path) => more.has(path)))
}

describe('what browsers load, in bytes after gzip, is at most', () => {
  test('1,480 for the autoloader', () => {
    expect(sum(sizes((path) => path === 'hk.js'))).toBeLessThanOrEqual(1_480)
  })

  test('24,500 for Lit, signals, the SDK and English, 29,350 with the autoloader and all else that each element needs', async () => {
    const all = await base()
    const parts = sizes((path) => all.has(path))
    console.log(`base ${parts}`)
    expect(parts[0]).toBeLessThanOrEqual(24_500)
    expect(sum(parts)).toBeLessThanOrEqual(29_350)
  })

  test('nothing for what of @lit-labs/signals is not used', async () => {
    const code = await Promise.all(Object.keys(built.files).map((path) => Bun.file(`${built.path}/${path}`).text()))
    expect(code.filter((text) => /FinalizationRegistry|SignalWatcher|WatchDirective/.test(text))).toEqual([])
  })

  test('one request for each element and what it shares: no module that only hands on another', () => {
    expect(Object.entries(built.files).flatMap(([path, { size }]) => (path.startsWith('chunks/') && size < 400 ? [path] : []))).toEqual([])
  })

  test.each([
    ['kpi', 5_250],
    ['live', 3_950],
    ['chart', 13_700],
    ['table', 8_150],
    ['status', 1_150],
    ['funnel', 6_200],
    ['goals', 8_350],
    ['vitals', 8_950],
    ['events', 10_750],
    ['opportunities', 8_450],
    ['ai', 11_950],
    ['globe', 8_150],
    ['feed', 6_950],
    ['toasts', 8_450],
    ['range', 4_400],
    ['filters', 2_450],
    ['dashboard', 5_350],
  ] as const)('for hk-%s, with what it shares with others, %d', async (name, most) => {
    const bytes = await added(name)
    console.log(`${name} ${bytes}`)
    expect(bytes).toBeLessThanOrEqual(most)
  })

  test('54,350 for the elements of a page of figures, charts and tables', async () => {
    const all = await loaded(...core)
    const bytes = sum(sizes((path) => all.has(path)))
    console.log(`core ${bytes}`)
    expect(bytes).toBeLessThanOrEqual(54_350)
  })

  test('106,000 for everything but the words of other languages', () => {
    const all = sum(sizes((path) => path === 'hk.js' || (path.startsWith('chunks/') && !words.test(path)) || path === 'define.js'))
    console.log(`everything ${all}`)
    expect(all).toBeLessThanOrEqual(106_000)
  })
})
