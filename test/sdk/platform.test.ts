import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createPause } from '../../sdk/pause.ts'
import { createPlatform } from '../../sdk/platform.ts'
import type { PageEvent } from '../../sdk/index.ts'
import { FakePage } from './page.ts'

/** What a browser's document and window are to the SDK. */
class FakeDocument extends EventTarget {
  visibilityState = 'visible'
}

describe('the page of a browser', () => {
  const given = Object.getOwnPropertyDescriptor(globalThis, 'document')
  let document = new FakeDocument()

  beforeEach(() => {
    document = new FakeDocument()
    Object.defineProperty(globalThis, 'document', { value: document, configurable: true })
  })
  afterEach(() => {
    if (given) Object.defineProperty(globalThis, 'document', given)
    else Reflect.deleteProperty(globalThis, 'document')
  })

  test('is hidden and shown, frozen and thawed, left and restored', () => {
    const { page } = createPlatform({})
    const heard: PageEvent[] = []
    const close = page.listen((event) => heard.push(event))
    const visibility = (state: string) => {
      document.visibilityState = state
      document.dispatchEvent(new Event('visibilitychange'))
    }
    visibility('hidden')
    expect(page.hidden()).toBe(true)
    document.dispatchEvent(new Event('freeze'))
    document.dispatchEvent(new Event('resume'))
    visibility('visible')
    expect(heard).toEqual(['hidden', 'hidden', 'hidden', 'visible'])
    close()
    visibility('hidden')
    expect(heard).toHaveLength(4)
  })

  test('closes when it is left, and is back when the browser restores it', () => {
    const { page } = createPlatform({})
    const heard: PageEvent[] = []
    const close = page.listen((event) => heard.push(event))
    for (const type of ['pagehide', 'pageshow', 'offline', 'online']) {
      globalThis.dispatchEvent(new Event(type))
    }
    close()
    expect(heard).toEqual(['hidden', 'visible', 'offline', 'online'])
  })
})

test('without a document, the page is always visible', () => {
  const { page } = createPlatform({})
  expect(page.hidden()).toBe(false)
  page.listen(() => {})()
})

test('pausing is a set of reasons: it ends with the last of them, and every `online` is told', () => {
  const page = new FakePage()
  const heard: unknown[] = []
  const pause = createPause(page, (reason) => heard.push(reason))
  const events: PageEvent[] = ['offline', 'hidden', 'online', 'visible', 'visible', 'online']
  for (const event of events) page.tell(event)
  expect(heard).toEqual(['offline', 'hidden', 'hidden', undefined, undefined])
  pause.close()
  page.tell('hidden')
  expect(heard).toHaveLength(5)
})
