/// <reference types="bun-types/test-globals" />
/** The script `hk.js`: its attributes, its stub, and a second copy. */
import { aTimeout, expect } from '@open-wc/testing'
import type { Hk } from '../../sdk/tracker/window.ts'
import { openPages, page, pause } from './tracker-page.ts'

openPages()

/** Runs the script as if a `<script>` of these attributes stood on the page. */
async function load(attributes: Record<string, string>): Promise<void> {
  const script = document.createElement('script')
  script.type = 'text/plain'
  for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value)
  page().pretend(document, 'currentScript', script)
  await import(`../../sdk/tracker/hk.ts?copy=${crypto.randomUUID()}`)
}

describe('the script hk.js', () => {
  const src = 'https://stats.example/hk.js?v=3'

  afterEach(async () => {
    dispatchEvent(new PageTransitionEvent('pagehide'))
    Reflect.deleteProperty(window, 'hk')
  })

  it('does nothing without a site, and does not throw', async () => {
    await load({ src, 'data-localhost': '' })
    await aTimeout(pause)
    expect(page().sent).to.have.length(0)
  })

  it('sends to where it came from, and keeps calls from before it was there', async () => {
    const calls: Parameters<Hk>[] = []
    const stub: Hk = (...call) => calls.push(call)
    window.hk = Object.assign(stub, { q: calls })
    window.hk('Early', { from: 'stub' })
    await load({ src, 'data-site': page().site, 'data-localhost': '' })
    window.hk?.('Late')
    await aTimeout(pause)
    expect(page().sent[0]?.url).to.equal('https://stats.example/ingest')
    expect(page().items().map(({ name }) => name)).to.eql([undefined, 'Early', 'Late'])
    expect(page().items()[1]?.props).to.eql({ from: 'stub' })
  })

  it('counts once when it is loaded twice, and reads its attributes', async () => {
    const attributes = {
      src,
      'data-site': page().site,
      'data-endpoint': 'https://other.example/stats/',
      'data-exclude': '/private/*, /draft',
      'data-localhost': '',
    }
    await load(attributes)
    await load(attributes)
    history.pushState(null, '', '/private/a')
    history.pushState(null, '', '/draft')
    window.hk?.('Hidden')
    history.pushState(null, '', '/public')
    await aTimeout(pause)
    expect(page().sent).to.have.length(1)
    expect(page().sent[0]?.url).to.equal('https://other.example/stats/ingest')
    expect(page().paths().slice(1)).to.eql(['/public'])
    expect(page().items()).to.have.length(2)
  })

  it('counts for each of two sites, events too', async () => {
    await load({ src, 'data-site': page().site, 'data-localhost': '' })
    await load({ src, 'data-site': 'other', 'data-localhost': '' })
    window.hk?.('Both')
    await aTimeout(pause)
    expect(page().items().map(({ type }) => type)).to.eql(['pageview', 'event'])
    expect(window.hk?.on).to.eql(['other', page().site])
    expect(page().others).to.eql(['pageview', 'event'])
  })

  it('beside the npm form for the same site counts once', async () => {
    await load({ src, 'data-site': page().site, 'data-localhost': '' })
    page().start().event('Once')
    await aTimeout(pause)
    expect(page().items().map(({ type }) => type)).to.eql(['pageview', 'event'])
  })

  it('after the npm form for the same site counts once, and by itself when that is closed', async () => {
    const attributes = { src, 'data-site': page().site, 'data-localhost': '' }
    const tracker = page().start()
    await load(attributes)
    window.hk?.('Once')
    await aTimeout(pause)
    expect(page().items().map(({ type }) => type)).to.eql(['pageview', 'event'])
    tracker.close()
    expect(window.hk?.on).to.eql([])
    await load(attributes)
    window.hk?.('Again')
    await aTimeout(pause)
    expect(page().items().slice(2).map(({ type }) => type)).to.eql(['pageview', 'event'])
  })
})
