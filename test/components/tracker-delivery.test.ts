/// <reference types="bun-types/test-globals" />
/** How the tracker delivers: at the end of a page, and when the service can't be reached. */
import { aTimeout, expect, waitUntil } from '@open-wc/testing'
import { optOut } from '../../sdk/tracker/index.ts'
import { offline, openPages, page, pause, status } from './tracker-page.ts'

openPages()

describe('the end of a page', () => {
  it('hands what is pending to a beacon, once', async () => {
    page().start()
    dispatchEvent(new PageTransitionEvent('pagehide'))
    dispatchEvent(new PageTransitionEvent('pagehide'))
    await aTimeout(pause)
    expect(page().sent.map(({ by, batch }) => [by, batch.items.length])).to.eql([['beacon', 1]])
    expect(page().stored()).to.equal(null)
  })

  it('is also seen as the page gets hidden', async () => {
    page().start()
    page().pretend(document, 'hidden', true)
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    expect(page().sent.map(({ by }) => by)).to.eql(['beacon'])
  })

  it('sends nothing when nothing is pending', async () => {
    page().start()
    await aTimeout(pause)
    dispatchEvent(new PageTransitionEvent('pagehide'))
    expect(page().sent).to.have.length(1)
  })

  it('keeps for the next page what the browser refuses to take', async () => {
    page().takesBeacons = false
    page().start()
    dispatchEvent(new PageTransitionEvent('pagehide'))
    const [first] = page().items()
    expect(page().stored()).to.contain(first?.id)
  })
})

describe('a failed delivery', () => {
  for (const [name, failure] of [
    ['network error', offline],
    ['429', status(429)],
    ['503', status(503)],
    ['500', status(500)],
  ] as const) {
    it(`by ${name} is tried again with the same id, and then done with`, async () => {
      page().answers = [failure, failure]
      page().start()
      await waitUntil(() => page().sent.length === 3)
      await aTimeout(pause)
      expect(page().sent).to.have.length(3)
      expect(page().ids().size).to.equal(1)
      expect(page().stored()).to.equal(null)
    })
  }

  it('that a retry would not change is not tried again', async () => {
    page().answers = [status(400), status(400)]
    page().start()
    await aTimeout(3 * pause)
    expect(page().sent).to.have.length(1)
    expect(page().stored()).to.equal(null)
  })

  it('waits as long as Retry-After says, also with what comes meanwhile', async () => {
    page().answers = [status(503, { 'retry-after': '1' })]
    const { event } = page().start()
    await aTimeout(pause)
    event('meanwhile')
    await aTimeout(700)
    expect(page().sent).to.have.length(1)
    await waitUntil(() => page().sent.length === 2)
    expect(page().sent[1]?.batch.items.map(({ type }) => type)).to.eql(['pageview', 'event'])
  })

  it('tries fifty items at most again, the newest', async () => {
    page().answers = [status(503, { 'retry-after': '1' })]
    const { event } = page().start()
    for (let n = 0; n < 70; n++) event(`event ${n}`)
    await waitUntil(() => page().items().length === 20 + 50, '', { timeout: 2_000 })
    expect(page().items().at(-1)?.name).to.equal('event 69')
    expect(page().items()[20]?.name).to.equal('event 20')
  })

  it('is dropped, and on the disk too, when the visitor opts out', async () => {
    page().answers = [offline]
    page().random = 1
    const { event } = page().start()
    await waitUntil(() => page().stored() !== null)
    event('waits')
    optOut()
    dispatchEvent(new PageTransitionEvent('pagehide'))
    await aTimeout(pause)
    expect(page().sent).to.have.length(1)
    expect(page().stored()).to.equal(null)
  })

  it('from an earlier page is not delivered after an opt-out', async () => {
    localStorage.setItem(`hk:${page().site}`, JSON.stringify({ id: 'of-before', type: 'pageview', at: new Date() }))
    optOut()
    page().start()
    dispatchEvent(new PageTransitionEvent('pagehide'))
    await aTimeout(pause)
    expect(page().sent).to.have.length(0)
    expect(page().stored()).to.equal(null)
  })

  it('is kept for the next page, which delivers it with the id and time that it had', async () => {
    page().answers = [offline]
    page().random = 1
    page().start()
    await waitUntil(() => page().stored() !== null)
    const [lost] = page().items()
    page().tracker?.close()
    page().sent = []
    page().start()
    await waitUntil(() => page().sent.some(({ by }) => by === 'fetch'))
    expect(page().items()[0]).to.eql(lost)
    await waitUntil(() => page().stored() === null)
  })

  it('is kept for 24 hours at most, and never over 50 items', async () => {
    const lines = Array.from({ length: 60 }, (_, id) => {
      const at = new Date(Date.now() - (id < 5 ? 90_000_000 : 1_000)).toISOString()
      return JSON.stringify({ id: `kept-item-${id}`, type: 'event', at })
    })
    localStorage.setItem(`hk:${page().site}`, [...lines, 'not json', ''].join('\n'))
    page().start()
    await waitUntil(() => page().items().length === 51)
    expect(page().items()[0]?.id).to.equal('kept-item-10')
  })

  it('does no harm where storage is forbidden', async () => {
    page().pretend(window, 'localStorage', undefined)
    page().answers = [offline, offline]
    page().start()
    await waitUntil(() => page().sent.length === 3)
    expect(page().ids().size).to.equal(1)
  })
})
