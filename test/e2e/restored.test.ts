import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { latency, openTabStage, recordedBy, type TabStage, toastsOf } from '../support/tabs.ts'

let stage: TabStage
beforeAll(async () => void (stage = await openTabStage()), 60_000)
afterEach(() => stage.closePages())
afterAll(() => stage?.[Symbol.asyncDispose]())

test('a page that the browser kept has the right numbers within a second of coming back, and tells of each visit once', async () => {
  const page = await stage.open()
  await page.evaluate('globalThis.kept = true')
  const ms = await latency(page, async () => {
    await page.goto(stage.other)
    await stage.hasStreams(0)
    await stage.visit(4)
    await page.goBack()
    expect(await page.evaluate('globalThis.kept')).toBe(true)
    await stage.follows(page)
  })
  expect(ms).toBeLessThan(1_000)
  await stage.visit(2)
  await stage.follows(page)
  await Bun.sleep(1_500)
  expect((await recordedBy(page)).told).toEqual({ 'hk-feed': 14, 'hk-toasts': 14 })
  expect(await stage.streams()).toBe(1)
}, 60_000)

test('a page that the browser kept while another took the lead follows that', async () => {
  const [page, beside] = [await stage.open(), await stage.open()]
  await page.evaluate('globalThis.kept = true')
  await page.goto(stage.other)
  await stage.visit(1)
  await stage.follows(beside)
  await page.goBack()
  expect(await page.evaluate('globalThis.kept')).toBe(true)
  await stage.visit(1)
  await Promise.all([page, beside].map(stage.follows))
  await stage.hasStreams(1)
}, 60_000)

test('a page whose process was ended, as a browser does with a tab for want of memory, is fresh when loaded again', async () => {
  const [page, beside] = [await stage.open(), await stage.open()]
  const session = await page.createCDPSession()
  session.send('Page.crash').catch(() => undefined)
  await stage.visit(4)
  await stage.follows(beside)
  await stage.hasStreams(1)
  await page.reload()
  await stage.follows(page)
  // What came before it was loaded is no news.
  expect([await toastsOf(page), (await recordedBy(page)).told]).toEqual([[], {}])
  await stage.visit(1)
  await Promise.all([page, beside].map(stage.follows))
  expect(await stage.streams()).toBe(1)
}, 60_000)

test('a page that was closed and is opened again is fresh, and tells of no visit that came before', async () => {
  const page = await stage.open()
  await page.close()
  await stage.hasStreams(0)
  await stage.visit(5)
  const again = await stage.open()
  await Bun.sleep(1_000)
  expect([await toastsOf(again), (await recordedBy(again)).told]).toEqual([[], {}])
}, 60_000)
