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

  it('are not sent for a query that replaces another, and what follows is of that address', async () => {
    history.replaceState(null, '', '/search?utm_source=nl')
    const { event } = page().start()
    await aTimeout(pause)
    for (const query of ['?q=l', '?q=la', '', '?q=lamp#top']) history.replaceState(null, '', `/search${query}`)
    event('Found')
    history.pushState(null, '', '/search?q=lamp')
    await aTimeout(pause)
    expect(page().paths()).to.eql(['/search?utm_source=nl'])
    expect(page().events().map(({ url }) => url)).to.eql([`${location.origin}/search?q=lamp`])
  })

  it('are sent for a query that comes by a navigation of its own: pushState, a link, the way back', async () => {
    history.replaceState(null, '', '/list?page=1')
    page().start()
    history.pushState(null, '', '/list?page=2')
    history.back()
    await waitUntil(() => page().views().length === 3)
    expect(page().paths()).to.eql(['/list?page=1', '/list?page=2', '/list?page=1'])
  })

  it('are sent for a path that replaces another, but not for one that a router leads on from at once', async () => {
    history.replaceState(null, '', '/start')
    page().pretend(document, 'referrer', 'https://other.example/')
    page().start()
    history.replaceState(null, '', '/home')
    await aTimeout(pause)
    history.replaceState(null, '', '/tab/2')
    await aTimeout(pause)
    expect(page().views().map(({ url, referrer }) => [url, referrer])).to.eql([
      [`${location.origin}/home`, 'https://other.example/'],
      [`${location.origin}/tab/2`, `${location.origin}/home`],
    ])
  })

  it('are sent once where a router leads on at once from a path in several spellings, which need a part that is loaded apart', async () => {
    history.replaceState(null, '', '/größe')
    page().pretend(document, 'referrer', 'https://other.example/')
    page().start({ exclude: ['/über/*'] })
    history.replaceState(null, '', '/länge')
    history.replaceState(null, '', '/breite')
    await waitUntil(() => page().sent.length > 0)
    expect(page().views().map(({ url, referrer }) => [url, referrer])).to.eql([[`${location.origin}/breite`, 'https://other.example/']])
  })

  it('of a site that routes by the fragment are not sent for a query within it that replaces another', async () => {
    history.replaceState(null, '', '/app#/search')
    page().start({ hash: true })
    await aTimeout(pause)
    history.replaceState(null, '', '/app#/search?q=l')
    history.replaceState(null, '', '/app#/search?q=la')
    history.pushState(null, '', '/app#/other')
    await aTimeout(pause)
    expect(page().paths()).to.eql(['/app#/search', '/app#/other'])
  })

  it('are followed without a Navigation API where history is frozen, or the patches are taken out again', async () => {
    const { pushState, replaceState } = history
    page().atEnd(() => Object.assign(history, { pushState, replaceState }))
    page().pretend(window, 'navigation', document.createElement('nav'))
    history.replaceState(null, '', '/one')
    page().start()
    Object.assign(history, { pushState, replaceState })
    history.pushState(null, '', '/two')
    await waitUntil(() => page().views().length === 2)
    page().tracker?.close()
    page().pretend(history, 'pushState', pushState)
    page().start()
    history.pushState(null, '', '/three')
    await waitUntil(() => page().paths().includes('/three'))
    expect(page().paths()).to.eql(['/one', '/two', '/two', '/three'])
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
    await aTimeout(pause)
    history.replaceState(null, '', '/two')
    history.replaceState(null, '', '/two?q=1')
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
    Reflect.apply(event, null, ['Big', { n: 1n, day: new Date(0), at: new URL('https://a.example/') }])
    event('Fine')
    await waitUntil(() => page().items().length === 3)
    expect(page().events().find(({ name }) => name === 'Big')?.props).to.eql({ n: 1, day: '1970-01-01T00:00:00.000Z', at: 'https://a.example/' })
    expect(page().items().map(({ name }) => name)).to.have.members([undefined, 'Fine', 'Big'])
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

  it('excluded paths are not counted in any spelling', async () => {
    history.replaceState(null, '', '/m%c3%bcnchen/x')
    page().start({ exclude: ['/münchen/*', '/sa le', 'admin/*', '/a%2fb', '/x(y', '/st\\*r', ' /caf%C3%A9'] })
    for (const path of ['/sa%20le', '/admin/x', '/a%2Fb', '/x(y', '/st*r', '/cafe%CC%81', '/café']) history.pushState(null, '', path)
    for (const path of ['/munchen/x', '/sale', '/a/b', '/stxr']) history.pushState(null, '', path)
    await waitUntil(() => page().views().length === 4)
    expect(page().paths()).to.eql(['/munchen/x', '/sale', '/a/b', '/stxr'])
  })

  it('a closed tracker is silent, also about what waited for a part that is loaded apart', async () => {
    page().start({ exclude: ['/über/*'] }).event('Waits')
    page().tracker?.close()
    await import('../../sdk/tracker/rescue.ts')
    await aTimeout(pause)
    expect(page().sent).to.have.length(0)
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
