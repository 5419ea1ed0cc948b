/** Tabs that the browser has discarded for their memory: really, which only a full Chromium does. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { hidesTabs, openBrowserForExtensions } from '../support/browser.ts'
import { type Discarder, installDiscarder } from '../support/discard.ts'
import { cover, openTabStage, type TabStage, toastsOf } from '../support/tabs.ts'

const hides = await hidesTabs()
const reason = hides ? '' : ' (left out: a headless shell discards none)'

describe.skipIf(!hides)(`a tab that was discarded${reason}`, () => {
  let stage: TabStage
  let discarder: Discarder
  beforeAll(async () => {
    stage = await openTabStage(openBrowserForExtensions)
    discarder = await installDiscarder(stage.browser)
  }, 60_000)
  afterEach(() => stage.closePages())
  afterAll(() => stage?.[Symbol.asyncDispose]())

  test('has the right numbers when it is shown again, and tells of no visit that came before', async () => {
    const page = await stage.open()
    await cover(stage, page)
    await discarder.discard(stage.url)
    await stage.hasStreams(0)
    await stage.visit(4)
    const again = await discarder.show()
    await stage.follows(again)
    await Bun.sleep(1_000)
    expect(await toastsOf(again)).toEqual([])
    await stage.visit(1)
    await stage.follows(again)
    expect(await stage.streams()).toBe(1)
  }, 60_000)

  test('holds up no window beside it, whose stream it then shares', async () => {
    const page = await stage.open()
    await cover(stage, page)
    const beside = await stage.open()
    await discarder.discard(stage.url)
    await stage.visit(2)
    await stage.follows(beside)
    await stage.hasStreams(1)
    const again = await discarder.show()
    await stage.visit(1)
    await Promise.all([again, beside].map(stage.follows))
    expect(await stage.streams()).toBe(1)
  }, 60_000)
})
