import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { buildElements } from '../support/elements.ts'

let built: Awaited<ReturnType<typeof buildElements>>
beforeAll(async () => {
  built = await buildElements()
}, 60_000)
afterAll(() => built?.[Symbol.asyncDispose]())

const words = /chunks\/(ar|de|es|fr|ja)-/
const isShared = (path: string) => path.startsWith('chunks/hk-')
const sizes = (holds: (path: string) => boolean) =>
  Object.entries(built.files).flatMap(([path, { gz }]) => (holds(path) ? [gz] : [])).toSorted((a, b) => b - a)
const own = (name: string) => {
  const [gz = Infinity] = sizes((path) => path.startsWith(`chunks/${name}-`))
  return gz
}
const sum = (parts: readonly number[]) => parts.reduce((total, gz) => total + gz, 0)

describe('what browsers load, in bytes after gzip, is at most', () => {
  test('1,000 for the autoloader', () => {
    expect(sum(sizes((path) => path === 'hk.js'))).toBeLessThanOrEqual(1_000)
  })

  test('23,500 for Lit, signals, the SDK and English, 29,000 with all else that elements share', () => {
    console.log(`shared ${sizes(isShared)}`)
    expect(sizes(isShared)[0]).toBeLessThanOrEqual(23_500)
    expect(sum(sizes(isShared))).toBeLessThanOrEqual(29_000)
  })

  test('nothing for what of @lit-labs/signals is not used', async () => {
    const code = await Promise.all(Object.keys(built.files).map((path) => Bun.file(`${built.path}/${path}`).text()))
    expect(code.filter((text) => /FinalizationRegistry|SignalWatcher|WatchDirective/.test(text))).toEqual([])
  })

  test('one request for each element and what it shares: no module that only hands on another', () => {
    expect(Object.entries(built.files).flatMap(([path, { size }]) => (path.startsWith('chunks/') && size < 400 ? [path] : []))).toEqual([])
  })

  test('2,800 for hk-kpi with what it shares with hk-live, 1,550 for hk-live so', () => {
    const number = sizes(isShared).at(-1) ?? Infinity
    console.log(`kpi ${own('kpi')}, live ${own('live')}, number ${number}`)
    expect(own('kpi') + number).toBeLessThanOrEqual(2_800)
    expect(own('live') + number).toBeLessThanOrEqual(1_550)
  })

  test.each([['chart', 8_000], ['table', 3_200], ['status', 1_300], ['site', 700]] as const)('for hk-%s %d', (name, most) => {
    expect(own(name)).toBeLessThanOrEqual(most)
  })

  test('45,000 for everything but the words of other languages', () => {
    const all = sum(sizes((path) => path === 'hk.js' || (path.startsWith('chunks/') && !words.test(path)) || path === 'define.js'))
    console.log(`everything ${all}`)
    expect(all).toBeLessThanOrEqual(45_000)
  })
})
