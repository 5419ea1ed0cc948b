/// <reference types="bun-types/test-globals" />
/** How the tracker delivers: at the end of a page, and when the service can't be reached. */
import { aTimeout, expect, waitUntil } from '@open-wc/testing'
import { optOut } from '../../sdk/tracker/index.ts'
import { createQueue } from '../../sdk/tracker/queue.ts'
import type { Rescue } from '../../sdk/tracker/rescue.ts'
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

/** Refuses what is over 64 KiB, as the service does, and as browsers do as a page goes. */
const overLimit = (body: string) => (new Blob([body]).size > 65_536 ? status(413)() : undefined)

/** Properties of so many texts of 1,900 letters. */
const texts = (count: number, letter = 'x') => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, letter.repeat(1_900)]))

describe('what is much', () => {
  it('goes in requests that the service takes, in bytes too', async () => {
    page().refuses = overLimit
    const { event } = page().start()
    await aTimeout(pause)
    for (let n = 0; n < 6; n++) event(`Big ${n}`, texts(7))
    for (let n = 0; n < 6; n++) event(`Wide ${n}`, texts(7, '日'))
    for (let n = 0; n < 18; n++) history.pushState(null, '', `/v/${n}?state=${'y'.repeat(3_000)}`)
    await waitUntil(() => page().ids().size === 31)
    expect(page().events().every(({ props }) => Object.keys(props ?? {}).length === 7)).to.equal(true)
    expect(page().sent.every(({ init }) => init?.keepalive)).to.equal(true)
    expect(page().sent.every(({ batch }) => overLimit(JSON.stringify(batch)) === undefined)).to.equal(true)
  })

  it('goes in halves where less is taken at once', async () => {
    page().refuses = (_, { items }) => (items.length > 3 ? status(413)() : undefined)
    const { event } = page().start()
    for (let n = 0; n < 12; n++) event(`event ${n}`)
    const taken = () => page().sent.filter(({ batch }) => batch.items.length <= 3).flatMap(({ batch }) => batch.items.map(({ id }) => id))
    await waitUntil(() => taken().length === 13)
    expect(new Set(taken()).size).to.equal(13)
    expect(page().stored()).to.equal(null)
  })

  it('for a single item loses its longest properties, and not itself', async () => {
    page().refuses = (body) => (body.length > 3_000 ? status(413)() : undefined)
    const { event } = page().start()
    event('Long', { short: 1, ...texts(2), of: 'y'.repeat(1_200) })
    history.pushState(null, '', `/after?state=${'z'.repeat(1_900)}`)
    event('After')
    const taken = () => page().sent.filter(({ batch }) => JSON.stringify(batch).length <= 3_000).flatMap(({ batch }) => batch.items)
    await waitUntil(() => taken().length === 4, '', { timeout: 4_000 })
    expect(taken().find(({ name }) => name === 'Long')?.props).to.eql({ short: 1, of: 'y'.repeat(1_200) })
    expect(taken().map(({ url }) => url.replace(/\?.*/, '').slice(location.origin.length))).to.include('/after')
  })

  /** Delivers an item that the service refuses as too large, where what shortens it is loaded by a test. */
  async function refuse(): Promise<PromiseWithResolvers<Rescue>> {
    const loading = Promise.withResolvers<Rescue>()
    const options = { endpoint: '', site: page().site, localhost: '', rescue: () => loading.promise }
    const { add, leave } = createQueue('https://stats.example/ingest', options, options.rescue)
    page().answers = [status(413)]
    add(JSON.stringify({ id: 'too-large', type: 'event', at: new Date(), url: location.href, props: { long: 'x'.repeat(100) } }))
    await waitUntil(() => page().stored() !== null)
    leave()
    expect(page().stored()).to.contain('too-large').and.to.contain('xxx')
    return loading
  }

  it('for a single item is kept until it is shorter, and has arrived', async () => {
    const loading = await refuse()
    loading.resolve(await import('../../sdk/tracker/rescue.ts'))
    await waitUntil(() => page().sent.length === 2)
    await waitUntil(() => page().stored() === null)
    expect(page().items().map(({ id, props }) => [id, props])).to.eql([['too-large', { long: 'x'.repeat(100) }], ['too-large', {}]])
  })

  it("for a single item stays kept for the next page where what shortens it can't be loaded", async () => {
    const loading = await refuse()
    loading.reject(new TypeError('Failed to fetch dynamically imported module'))
    await aTimeout(pause)
    expect(page().sent).to.have.length(1)
    expect(page().stored()).to.contain('too-large')
  })

  it('for a single item is left out of it where the service would refuse it for that', async () => {
    const { event } = page().start()
    event('Long', { short: 1, text: 'x'.repeat(70_000), ...texts(9) })
    history.pushState(null, '', `/${'p'.repeat(9_000)}?q=1`)
    await waitUntil(() => page().items().length === 3)
    const [long] = page().events()
    expect(long?.props).to.include({ short: 1 }).and.not.to.have.property('text')
    expect(JSON.stringify(long?.props).length).to.be.within(14_000, 16_384)
    expect(page().views()[1]?.url.length).to.be.at.most(8_192)
  })

  it('is handed over as the page goes in as few pieces as the browser takes', async () => {
    page().refuses = overLimit
    const { event } = page().start()
    event('Loads what long ones need', texts(1))
    await waitUntil(() => page().items().length === 2)
    page().sent = []
    for (let n = 0; n < 40; n++) event(`Big ${n}`, texts(1))
    for (let n = 0; n < 60; n++) event(`Small ${n}`)
    await Promise.resolve()
    await aTimeout(0)
    dispatchEvent(new PageTransitionEvent('pagehide'))
    const beacons = page().sent.filter(({ isTaken }) => isTaken)
    expect(new Set(beacons.flatMap(({ batch }) => batch.items.map(({ id }) => id))).size).to.equal(100)
    expect(Math.max(...beacons.map(({ batch }) => batch.items.length))).to.be.at.most(50)
    expect(page().stored()).to.equal(null)
  })

  it('is kept as far as storage has room', async () => {
    const room = 5_000
    const storage: Record<string, string> = {}
    page().pretend(window, 'localStorage', new Proxy(storage, {
      set(target, key: string, value: string) {
        if (value.length > room) throw new DOMException('full', 'QuotaExceededError')
        return Reflect.set(target, key, value)
      },
    }))
    page().answers = [offline]
    page().random = 1
    const { event } = page().start()
    for (let n = 0; n < 9; n++) event(`event ${n}`, { text: 'x'.repeat(900) })
    await waitUntil(() => storage[`hk:${page().site}`] !== undefined)
    const kept = storage[`hk:${page().site}`]?.split('\n') ?? []
    expect(kept.length).to.be.within(3, 5)
    expect(kept.at(-1)).to.contain('event 8')
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

  it('keeps what came meanwhile while it is tried again, as that does not outlive the page', async () => {
    page().answers = [status(503), () => new Promise<Response>(() => undefined)]
    page().random = 0.1
    const { event } = page().start()
    await waitUntil(() => page().sent.length === 1)
    event('meanwhile')
    await waitUntil(() => page().sent.length === 2)
    dispatchEvent(new PageTransitionEvent('pagehide'))
    expect(page().stored()).to.contain('meanwhile')
  })

  it('of a first post by fetch is kept while it goes by a request that does not outlive the page', async () => {
    const started: string[] = []
    page().pretend(window, 'XMLHttpRequest', class {
      open(_: string, url: string) {
        started.push(url)
      }
      send() {}
    })
    page().answers = [offline]
    page().start()
    await waitUntil(() => started.length === 1)
    const [first] = page().items()
    dispatchEvent(new PageTransitionEvent('pagehide'))
    expect(page().stored()).to.contain(first?.id)
  })

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

  it('that ends after an opt-out leaves nothing on the disk', async () => {
    const failure = Promise.withResolvers<Response>()
    page().answers = [() => failure.promise]
    page().random = 1
    page().start()
    await waitUntil(() => page().sent.length === 1)
    optOut()
    failure.resolve(status(503)())
    await aTimeout(pause)
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
