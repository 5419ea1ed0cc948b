import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { freeze, hidesTabs, show } from '../support/browser.ts'
import { cover, latency, openTabStage, recordedBy, type TabStage, toastsOf } from '../support/tabs.ts'

const hides = await hidesTabs()
const reason = hides ? '' : ' (left out: to a headless shell, each tab counts as visible)'
let stage: TabStage
beforeAll(async () => void (stage = await openTabStage()), 60_000)
afterEach(() => stage.closePages())
afterAll(() => stage?.[Symbol.asyncDispose]())

describe.skipIf(!hides)(`a tab behind another${reason}`, () => {
  test('asks for nothing, and has the right numbers within a second of being shown', async () => {
    const page = await stage.open()
    let asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const ms = await latency(page, async () => {
      await cover(stage, page)
      await stage.hasStreams(0)
      asked = []
      for (let count = 0; count < 10; count += 1) await stage.visit(10)
      await Bun.sleep(1_500)
      expect(asked).toEqual([])
      await page.bringToFront()
      await stage.follows(page)
    })
    expect(ms).toBeLessThan(1_000)
  }, 60_000)

  test('plays nothing back: a hundred visits are one move of the feed and one toast', async () => {
    const page = await stage.open()
    await cover(stage, page)
    await stage.hasStreams(0)
    const before = await recordedBy(page)
    for (let count = 0; count < 100; count += 1) await stage.visit(1)
    await page.bringToFront()
    await stage.follows(page)
    await Bun.sleep(1_500)
    const { animations } = await recordedBy(page)
    // A row each.
    expect(animations - before.animations).toBeLessThanOrEqual(6)
    expect(await toastsOf(page)).toEqual(['100 new visitors'])
  }, 60_000)

  test('tells of each visit once, whether it came before, while or after it was hidden', async () => {
    const page = await stage.open()
    await stage.visit(2)
    await stage.follows(page)
    await cover(stage, page)
    await stage.visit(5)
    await page.bringToFront()
    await stage.visit(3)
    await stage.follows(page)
    await stage.visit(1)
    await stage.follows(page)
    await Bun.sleep(1_500)
    expect((await recordedBy(page)).told).toEqual({ 'hk-feed': 11, 'hk-toasts': 11 })
  }, 60_000)

  test('lets a window beside it lead', async () => {
    const [page, beside] = [await stage.open(), await stage.open()]
    expect(await stage.streams()).toBe(1)
    await cover(stage, page)
    await stage.visit(1)
    await stage.follows(beside)
    await stage.hasStreams(1)
    await page.bringToFront()
    await stage.follows(page)
    expect(await stage.streams()).toBe(1)
  }, 60_000)
})

test('a page that was frozen tells of each visit once, and plays nothing back', async () => {
  const page = await stage.open()
  const session = await page.createCDPSession()
  await freeze(session)
  await stage.hasStreams(0)
  const before = await recordedBy(page)
  for (let count = 0; count < 15; count += 1) await stage.visit(1)
  await show(session)
  await stage.follows(page)
  await stage.visit(1)
  await stage.follows(page)
  await Bun.sleep(1_500)
  const { told, animations } = await recordedBy(page)
  expect(told).toEqual({ 'hk-feed': 16, 'hk-toasts': 16 })
  expect(animations - before.animations).toBeLessThanOrEqual(12)
}, 60_000)

test('two windows are both fresh over one stream, and the other goes on when the leader is closed', async () => {
  const [leader, follower] = [await stage.open(), await stage.open()]
  await stage.visit(4)
  await Promise.all([leader, follower].map(stage.follows))
  expect(await stage.streams()).toBe(1)
  await leader.close()
  await stage.visit(3)
  await stage.follows(follower)
  await stage.hasStreams(1)
  await Bun.sleep(1_500)
  expect((await recordedBy(follower)).told).toEqual({ 'hk-feed': 7, 'hk-toasts': 7 })
}, 60_000)
