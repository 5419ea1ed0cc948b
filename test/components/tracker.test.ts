/// <reference types="bun-types/test-globals" />
/** What the tracker counts, in a real browser. */
import { aTimeout, expect, waitUntil } from '@open-wc/testing'
import { optOut } from '../../sdk/tracker/index.ts'
import { openPages, page, pause } from './tracker-page.ts'

openPages()

describe('pageviews', () => {
  it('are sent once on load, without cookie, as text that needs no preflight', async () => {
    page().start({ endpoint: 'https://stats.example/' })
    await aTimeout(pause)
    expect(page().sent).to.have.length(1)
    const [request] = page().sent
    expect(request?.url).to.equal('https://stats.example/ingest')
    expect(request?.batch.site).to.equal(page().site)
    expect(request?.init).to.include({ method: 'POST', keepalive: true, credentials: 'omit' })
    expect(new Headers(request?.init?.headers).get('content-type')).to.equal(null)
    const [item] = page().items()
    expect(item).to.include({ type: 'pageview', url: location.href, referrer: document.referrer })
    expect(item?.id).to.match(/^[A-Za-z0-9_-]{8,64}$/)
    expect(Math.abs(Date.parse(item?.at ?? '') - Date.now())).to.be.below(2_000)
    expect(document.cookie).to.equal('')
  })

  it('are sent at each change of the address, with the page before as referrer', async () => {
    const first = location.href
    page().start()
    history.pushState(null, '', '/a?b=1')
    history.pushState(null, '', '/c')
    await aTimeout(pause)
    expect(page().paths().slice(1)).to.eql(['/a?b=1', '/c'])
    expect(page().views()[1]?.referrer).to.equal(first)
    expect(page().views()[2]?.referrer).to.equal(`${location.origin}/a?b=1`)
    expect(page().ids().size).to.equal(3)
  })

  it('are sent on going back', async () => {
    history.replaceState(null, '', '/one')
    page().start()
    history.pushState(null, '', '/two')
    history.back()
    await waitUntil(() => page().views().length === 3)
    expect(page().paths()).to.eql(['/one', '/two', '/one'])
  })

  it('are not sent for the same address again, nor for a change of the fragment', async () => {
    page().start()
    history.replaceState({ scroll: 1 }, '')
    history.pushState(null, '', location.href)
    history.pushState(null, '', '#chapter')
    location.hash = 'other'
    await aTimeout(pause)
    expect(page().views()).to.have.length(1)
    expect(page().views()[0]?.url).not.to.contain('#')
  })

  it('are sent for the fragment where the site routes by it', async () => {
    history.replaceState(null, '', '/app')
    page().start({ hash: true })
    location.hash = '/inbox'
    await waitUntil(() => page().views().length === 2)
    expect(page().paths()).to.eql(['/app', '/app#/inbox'])
  })

  it('are sent on the return from the back-forward cache, not on a plain show', async () => {
    page().start()
    await aTimeout(pause)
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    await aTimeout(pause)
    expect(page().views()).to.have.length(2)
  })

  it('wait for a prerendered page to be shown, and so do its events', async () => {
    page().pretend(document, 'prerendering', true)
    page().start().event('early')
    await aTimeout(pause)
    expect(page().sent).to.have.length(0)
    page().pretend(document, 'prerendering', false)
    document.dispatchEvent(new Event('prerenderingchange'))
    await aTimeout(pause)
    expect(page().items().map(({ type }) => type)).to.eql(['pageview', 'event'])
  })

  it('are followed by patched history methods where there is no Navigation API', async () => {
    const { pushState, replaceState } = history
    page().atEnd(() => Object.assign(history, { pushState, replaceState }))
    page().pretend(window, 'navigation', undefined)
    history.replaceState(null, '', '/one')
    page().start()
    history.pushState({ kept: true }, '', '/two')
    expect(history.state).to.eql({ kept: true })
    history.replaceState(null, '', '/two')
    history.replaceState(null, '', '/three')
    history.back()
    await waitUntil(() => page().views().length === 4)
    expect(page().paths()).to.eql(['/one', '/two', '/three', '/one'])
  })

  it('leave the history methods alone where there is a Navigation API', () => {
    const { pushState } = history
    page().start()
    expect(history.pushState).to.equal(pushState)
  })
})

describe('events', () => {
  it('of one moment go in one request, with their properties', async () => {
    const { event } = page().start()
    event('Signup', { plan: 'pro', seats: 3 })
    event('Download')
    await aTimeout(pause)
    expect(page().sent).to.have.length(1)
    expect(page().items().map(({ type, name, props }) => ({ type, name, props }))).to.eql([
      { type: 'pageview', name: undefined, props: undefined },
      { type: 'event', name: 'Signup', props: { plan: 'pro', seats: 3 } },
      { type: 'event', name: 'Download', props: undefined },
    ])
  })

  it('that JSON cannot write are left out without an error and without harm to the others', async () => {
    const { event } = page().start()
    const circle: Record<string, unknown> = {}
    circle.self = circle
    Reflect.apply(event, null, ['Circle', circle])
    Reflect.apply(event, null, ['Big', { n: 1n }])
    event('Fine')
    await aTimeout(pause)
    expect(page().items().map(({ name }) => name)).to.eql([undefined, 'Fine'])
  })

  it('in great number go in requests of bounded size', async () => {
    const { event } = page().start()
    for (let n = 0; n < 49; n++) event(`event ${n}`)
    await waitUntil(() => page().items().length === 50)
    expect(Math.max(...page().sent.map(({ batch }) => batch.items.length))).to.be.at.most(20)
    expect(page().ids().size).to.equal(50)
  })
})

describe("the visitor's and the owner's wishes", () => {
  it('Global Privacy Control keeps the page uncounted', async () => {
    page().pretend(navigator, 'globalPrivacyControl', true)
    page().start().event('Signup')
    await aTimeout(pause)
    expect(page().sent).to.have.length(0)
  })

  it('Do Not Track keeps the page uncounted, unless the site overrides it', async () => {
    page().pretend(navigator, 'doNotTrack', '1')
    page().start()
    await aTimeout(pause)
    expect(page().sent).to.have.length(0)
    page().tracker?.close()
    page().start({ ignoreDnt: true })
    await aTimeout(pause)
    expect(page().sent).to.have.length(1)
  })

  it('who opts out is not counted from then on, in any page of the site, until they opt in', async () => {
    const { event } = page().start()
    await aTimeout(pause)
    optOut()
    event('Hidden')
    history.pushState(null, '', '/hidden')
    page().tracker?.close()
    page().start().event('Hidden too')
    await aTimeout(pause)
    expect(page().items()).to.have.length(1)
    optOut(false)
    history.pushState(null, '', '/seen')
    await aTimeout(pause)
    expect(page().paths().slice(1)).to.eql(['/seen'])
    expect(localStorage).to.have.length(0)
  })

  it('localhost is not counted unless asked for', async () => {
    expect(location.hostname).to.equal('localhost')
    page().start({ localhost: false })
    await aTimeout(pause)
    expect(page().sent).to.have.length(0)
  })

  it('excluded paths are not counted', async () => {
    history.replaceState(null, '', '/admin/users')
    const { event } = page().start({ exclude: ['/admin/*', ' /preview.html'] })
    event('Hidden')
    history.pushState(null, '', '/preview.html')
    history.pushState(null, '', '/previewXhtml')
    history.pushState(null, '', '/administration')
    await aTimeout(pause)
    expect(page().paths()).to.eql(['/previewXhtml', '/administration'])
  })

  it('a tracker is started once for a site, and a closed one is silent', async () => {
    const first = page().start()
    expect(page().start()).to.equal(first)
    await aTimeout(pause)
    first.close()
    first.event('late')
    history.pushState(null, '', '/later')
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    await aTimeout(pause)
    expect(page().sent).to.have.length(1)
  })
})
