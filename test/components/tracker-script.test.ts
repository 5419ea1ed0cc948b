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
    Reflect.deleteProperty(window, 'hkLive')
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

  for (const [address, endpoint, ingest] of [
    ['https://stats.example/hk.js?v=2026/11', undefined, 'https://stats.example/ingest'],
    ['https://stats.example/hk.js#a/b', undefined, 'https://stats.example/ingest'],
    ['https://stats.example/stats/hk.js', undefined, 'https://stats.example/stats/ingest'],
    ['https://me:secret@stats.example/a@b/hk.js', undefined, 'https://stats.example/a@b/ingest'],
    ['https://shop.example/js/script.js', 'https://stats.example///', 'https://stats.example/ingest'],
    ['https://shop.example/js/script.js', 'https://me:secret@stats.example', 'https://stats.example/ingest'],
    ['https://shop.example/js/script.js', '//stats.example/x', `${location.protocol}//stats.example/x/ingest`],
    ['https://shop.example/js/script.js', '/stats', `${location.origin}/stats/ingest`],
    ['', '/stats', `${location.origin}/stats/ingest`],
  ] as const) {
    it(`from "${address}" with the endpoint "${endpoint}" sends to ${ingest}`, async () => {
      const attributes = { 'data-site': page().site, 'data-localhost': '', 'data-engagement': 'off' }
      await load({ ...attributes, ...(address && { src: address }), ...(endpoint && { 'data-endpoint': endpoint }) })
      history.pushState(null, '', '/another/folder/page')
      await aTimeout(pause)
      expect(page().sent.map(({ url }) => url)).to.eql([ingest])
      expect(page().items()).to.have.length(2)
    })
  }

  it('leaves a variable of the page alone, and is there under another name', async () => {
    for (const own of [{ on() {}, go() {} }, () => 'own', 7]) {
      Reflect.deleteProperty(window, 'hkLive')
      Reflect.set(window, 'hk', own)
      await load({ src, 'data-site': page().site, 'data-localhost': '' })
      await load({ src, 'data-site': page().site, 'data-localhost': '' })
      window.hkLive?.('Sent')
      await aTimeout(pause)
      expect(window.hk).to.equal(own)
      expect(page().items().map(({ type }) => type)).to.eql(['pageview', 'event'])
      page().sent = []
    }
  })

  it('takes the place of a stub that has not been called yet, and of an element of that id', async () => {
    const stub = new Function('hk.q = hk.q || []; hk.q.push(arguments)')
    Reflect.set(window, 'hk', stub)
    await load({ src, 'data-site': page().site, 'data-localhost': '' })
    expect(window.hk).to.equal(window.hkLive)
    Reflect.deleteProperty(window, 'hk')
    Reflect.deleteProperty(window, 'hkLive')
    const element = Object.assign(document.createElement('div'), { id: 'hk' })
    document.body.append(element)
    page().atEnd(() => element.remove())
    await load({ src, 'data-site': 'element', 'data-localhost': '' })
    expect(window.hk?.on).to.eql(['element'])
  })

  it('as a module takes the script that is like it', async () => {
    const script = Object.assign(document.createElement('script'), { type: 'module' })
    script.dataset.site = page().site
    script.dataset.localhost = ''
    script.dataset.endpoint = 'https://stats.example'
    document.head.append(script)
    page().atEnd(() => script.remove())
    page().pretend(document, 'currentScript', null)
    await import(`../../sdk/tracker/hk.ts?copy=${crypto.randomUUID()}`)
    await aTimeout(pause)
    expect(page().views()).to.have.length(1)
  })

  it('as a module for each of two sites counts for both, and for a third that comes later by another address', async () => {
    const place = (site: string) => {
      const script = Object.assign(document.createElement('script'), { type: 'module' })
      Object.assign(script.dataset, { site, localhost: '', endpoint: 'https://stats.example' })
      document.head.append(script)
      page().atEnd(() => script.remove())
      return import(`../../sdk/tracker/hk.ts?copy=${crypto.randomUUID()}`)
    }
    page().pretend(document, 'currentScript', null)
    await Promise.all([place(page().site), place('second')])
    await place('third')
    await aTimeout(pause)
    expect(window.hk?.on).to.eql(['third', 'second', page().site])
    expect(page().views()).to.have.length(1)
  })

  it('as a module takes no script that waits for consent', async () => {
    const attributes = { type: 'text/plain', src, 'data-site': page().site, 'data-localhost': '' }
    const script = document.createElement('script')
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value)
    document.head.append(script)
    page().atEnd(() => script.remove())
    page().pretend(document, 'currentScript', null)
    await import(`../../sdk/tracker/hk.ts?copy=${crypto.randomUUID()}`)
    await aTimeout(pause)
    expect(page().sent).to.have.length(0)
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
