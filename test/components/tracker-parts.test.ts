/// <reference types="bun-types/test-globals" />
/** What the tracker counts by itself beside pageviews: reading, clicks, forms, missing pages. */
import { aTimeout, expect, fixture, html, waitUntil } from '@open-wc/testing'
import type { TrackerOptions } from '../../sdk/tracker/index.ts'
import { addToCart, beginCheckout, createTracker, purchase, refund, viewItem } from '../../sdk/tracker/index.ts'
import { openPages, page, pause } from './tracker-page.ts'

openPages()

/** Keeps clicks and forms of the test from leading away, after the tracker has seen them. */
const stay = (event: Event) => {
  if (!event.composedPath().some((one) => one instanceof HTMLButtonElement && one.form)) event.preventDefault()
  if (event.type === 'submit') event.preventDefault()
}
beforeEach(() => ['click', 'auxclick', 'submit'].forEach((type) => document.addEventListener(type, stay)))
afterEach(() => ['click', 'auxclick', 'submit'].forEach((type) => document.removeEventListener(type, stay)))

/** Starts a tracker with parts, which have been loaded before. */
async function start(options: Partial<TrackerOptions>): Promise<void> {
  await import('../../sdk/tracker/auto.ts')
  page().start(options)
  await aTimeout(20)
}

const told = () => page().events().map(({ name, props }) => [name, props])

describe('with auto', () => {
  it('clicks that lead to another site are counted, without query and fragment, in shadow roots too', async () => {
    await start({ auto: true })
    const area = await fixture<HTMLElement>(html`<div><a href="https://other.example/a?b=c#d"><b>x</b></a></div>`)
    const host = document.createElement('div')
    area.append(host)
    host.attachShadow({ mode: 'open' }).innerHTML = '<a href="http://third.example/">y</a>'
    area.querySelector('b')?.click()
    host.shadowRoot?.querySelector('a')?.click()
    await aTimeout(pause)
    expect(told()).to.eql([
      ['outbound_click', { url: 'https://other.example/a' }],
      ['outbound_click', { url: 'http://third.example/' }],
    ])
  })

  it('links in drawings and in maps of images count as well', async () => {
    await start({ auto: true })
    const area = await fixture<HTMLElement>(html`
      <div>
        <svg><a href="https://other.example/new"><circle r="9" /></a><a xlink:href="https://other.example/old"><circle r="9" /></a></svg>
        <map name="m"><area href="https://user:secret@other.example/map" /></map>
        <svg data-hk-event="Logo" data-hk-place="top"><rect width="9" height="9" /></svg>
      </div>`)
    area.querySelectorAll('circle, area, rect').forEach((one) => one.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true })))
    await aTimeout(pause)
    expect(told()).to.eql([
      ['outbound_click', { url: 'https://other.example/new' }],
      ['outbound_click', { url: 'https://other.example/old' }],
      ['outbound_click', { url: 'https://other.example/map' }],
      ['Logo', { place: 'top' }],
    ])
  })

  it('a marked label counts once, though the browser clicks its field after it', async () => {
    await start({ auto: true })
    document.removeEventListener('click', stay)
    const label = await fixture<HTMLElement>(html`<label data-hk-event="Consent"><i>Yes</i><input type="checkbox" /></label>`)
    label.querySelector('i')?.click()
    expect(label.querySelector('input')?.checked).to.equal(true)
    await aTimeout(0)
    label.querySelector('input')?.click()
    await aTimeout(pause)
    expect(told()).to.eql([['Consent', {}], ['Consent', {}]])
  })

  it('a middle click counts, a right click does not', async () => {
    await start({ auto: true })
    const link = await fixture<HTMLElement>(html`<a href="https://other.example/">x</a>`)
    link.dispatchEvent(new MouseEvent('auxclick', { bubbles: true, composed: true, button: 1 }))
    link.dispatchEvent(new MouseEvent('auxclick', { bubbles: true, composed: true, button: 2 }))
    await aTimeout(pause)
    expect(told()).to.have.length(1)
  })

  it('files are counted, and links with download; plain links inside the site, mail and anchors are not', async () => {
    await start({ auto: true })
    const area = await fixture<HTMLElement>(html`
      <div>
        <a href="/report.PDF?for=me">1</a><a href="/export" download>2</a><a href="/about">3</a>
        <a href="mailto:a@b.example">4</a><a href="#top">5</a><a>6</a><a href="javascript:void 0">7</a>
      </div>`)
    area.querySelectorAll('a').forEach((link) => link.click())
    await aTimeout(pause)
    expect(told()).to.eql([
      ['file_download', { url: `${location.origin}/report.PDF`, extension: 'pdf' }],
      ['file_download', { url: `${location.origin}/export`, extension: '' }],
    ])
  })

  it('forms are counted by where they go, whatever their fields are called, and nothing typed is told', async () => {
    await start({ auto: true })
    const form = await fixture<HTMLFormElement>(html`
      <form id="contact" action="/send?secret=1" method="post">
        <input name="action" value="typed" /><input name="id" value="typed" /><button>Send</button>
        <button class="other" formaction="https://other.example/x" formmethod="GET">Else</button>
      </form>`)
    form.querySelector('button')?.click()
    form.querySelector<HTMLElement>('.other')?.click()
    await aTimeout(pause)
    expect(told()).to.eql([
      ['form_submit', { action: `${location.origin}/send`, method: 'post', form: 'contact' }],
      ['form_submit', { action: 'https://other.example/x', method: 'get', form: 'contact' }],
    ])
  })

  it('marked elements are counted by their mark, and by nothing else', async () => {
    await start({ auto: true })
    const area = await fixture<HTMLElement>(html`
      <div>
        <a href="https://other.example/" data-hk-event="Partner" data-hk-plan="pro" data-hk-seat-count="3"><i>x</i></a>
        <form data-hk-event="Sign up" data-hk-step="2"><button>Go</button></form>
        <button class="bare" data-hk-event="">y</button>
      </div>`)
    area.querySelector('i')?.click()
    area.querySelector<HTMLElement>('form button')?.click()
    area.querySelector<HTMLElement>('.bare')?.click()
    await aTimeout(pause)
    expect(told()).to.eql([
      ['Partner', { plan: 'pro', seat_count: '3' }],
      ['Sign up', { step: '2' }],
    ])
  })

  it('a page that says that it is missing is counted as such', async () => {
    const meta = document.head.appendChild(document.createElement('meta'))
    page().atEnd(() => meta.remove())
    meta.name = 'hk-status'
    meta.content = '404'
    await start({ auto: ['404'] })
    await aTimeout(pause)
    expect(told()).to.eql([['404', { referrer: document.referrer.replace(/[?#].*/, '') }]])
  })

  it('older browsers, without URL.parse and PerformanceNavigationTiming, count the same', async () => {
    page().pretend(URL, 'parse', undefined)
    page().pretend(window, 'PerformanceNavigationTiming', undefined)
    page().pretend(performance, 'getEntriesByType', () => [{ responseStatus: 404 }])
    const thrown: string[] = []
    const listener = (event: ErrorEvent) => {
      thrown.push(event.message)
      event.preventDefault()
    }
    addEventListener('error', listener)
    page().atEnd(() => removeEventListener('error', listener))
    await start({ auto: true })
    const area = await fixture<HTMLElement>(html`
      <div><a href="https://other.example/a?b=c">1</a><a href="http://[">2</a><form action="/send?secret=1"><button>3</button></form></div>`)
    area.querySelectorAll<HTMLElement>('a, button').forEach((one) => one.click())
    await aTimeout(pause)
    expect(told()).to.eql([
      ['404', { referrer: document.referrer.replace(/[?#].*/, '') }],
      ['outbound_click', { url: 'https://other.example/a' }],
      ['form_submit', { action: `${location.origin}/send`, method: 'get', form: '' }],
    ])
    expect(thrown).to.eql([])
  })

  it('a form or link that has no address of the web leads nowhere, and is told as such', async () => {
    await start({ auto: true })
    const area = await fixture<HTMLElement>(html`<div><a href="http://[">1</a><form action="http://["><button>2</button></form><form action="mailto:x@y"><button>3</button></form></div>`)
    area.querySelectorAll<HTMLElement>('a, button').forEach((one) => one.click())
    await aTimeout(pause)
    const nowhere = ['form_submit', { action: '', method: 'get', form: '' }]
    expect(told()).to.eql([nowhere, nowhere])
  })

  it('only what is asked for is counted, and nothing after the end', async () => {
    await start({ auto: ['downloads'] })
    const area = await fixture<HTMLElement>(html`
      <div><a href="https://other.example/">1</a><a href="/a.zip">2</a><b data-hk-event="No">3</b></div>`)
    const click = () => area.querySelectorAll<HTMLElement>('a, b').forEach((one) => one.click())
    click()
    page().tracker?.close()
    click()
    await aTimeout(pause)
    expect(told().map(([name]) => name)).to.eql(['file_download'])
  })
})

describe('engagement', () => {
  let clock = 0
  /** What the tracker does each few minutes. */
  let every: (() => void) | undefined

  beforeEach(() => {
    clock = performance.now()
    page().pretend(performance, 'now', () => clock)
  })

  const sign = () => dispatchEvent(new Event('scroll'))
  const pass = (seconds: number) => (clock += seconds * 1_000)
  const leave = () => dispatchEvent(new PageTransitionEvent('pagehide'))
  const engaged = () =>
    page().items().filter(({ type }) => type === 'engagement').map(({ value, url }) => [value, url.replace(location.origin, '')])

  async function read(): Promise<void> {
    history.replaceState(null, '', '/read')
    await import('../../sdk/tracker/parts.ts')
    page().start({ engagement: true })
    await aTimeout(pause)
  }

  it('is the time that a page is read, told as it is left, with how far', async () => {
    await read()
    pass(20)
    leave()
    expect(engaged()).to.eql([[20, '/read']])
    expect(page().items().at(-1)?.props?.scroll).to.be.within(1, 100)
  })

  it('of a page in an app is told before the next view, for its own address', async () => {
    await read()
    pass(5)
    history.pushState(null, '', '/next')
    pass(7)
    leave()
    await waitUntil(() => engaged().length === 2)
    expect(page().items().map(({ type }) => type)).to.eql(['pageview', 'engagement', 'pageview', 'engagement'])
    expect(engaged()).to.eql([[5, '/read'], [7, '/next']])
  })

  it('counts a minute at most without a sign of the visitor', async () => {
    await read()
    pass(30)
    sign()
    pass(600)
    leave()
    expect(engaged()).to.eql([[90, '/read']])
  })

  it('counts nothing more of a page that stays in sight of nobody', async () => {
    page().pretend(window, 'setInterval', (run: () => void) => {
      every = run
      return 0
    })
    await read()
    pass(240)
    every?.()
    for (let looks = 0; looks < 10; looks++) {
      pass(240)
      every?.()
    }
    await aTimeout(pause)
    expect(engaged()).to.eql([[60, '/read']])
    sign()
    pass(5)
    leave()
    expect(engaged()).to.eql([[60, '/read']])
  })

  it('is that of a page that is counted, wherever its visitor goes from there', async () => {
    history.replaceState(null, '', '/secret/a')
    await import('../../sdk/tracker/parts.ts')
    page().start({ engagement: true, exclude: ['/secret/*'] })
    await aTimeout(pause)
    pass(5)
    history.pushState(null, '', '/open')
    pass(6)
    history.pushState(null, '', '/secret/b')
    pass(7)
    leave()
    await aTimeout(pause)
    expect(engaged()).to.eql([[6, '/open']])
  })

  it('does not count while the page is hidden', async () => {
    await read()
    pass(4)
    page().pretend(document, 'hidden', true)
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    pass(40)
    page().pretend(document, 'hidden', false)
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    pass(6)
    leave()
    expect(engaged().map(([seconds]) => seconds)).to.eql([4, 6])
  })

  it('of less than a second is not told', async () => {
    await read()
    pass(0.5)
    leave()
    expect(engaged()).to.eql([])
  })

  it('of a page that was forgotten for half an hour begins no visit', async () => {
    await read()
    pass(31 * 60)
    leave()
    pass(10)
    leave()
    expect(engaged()).to.eql([])
    history.pushState(null, '', '/again')
    pass(10)
    leave()
    expect(engaged()).to.eql([[10, '/again']])
  })

  it('after half an hour is that of the view that follows: at another address, and from the back-forward cache', async () => {
    await read()
    pass(31 * 60)
    sign()
    history.pushState(null, '', '/next')
    pass(8)
    leave()
    pass(31 * 60)
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    pass(9)
    leave()
    await waitUntil(() => engaged().length === 2)
    expect(engaged()).to.eql([[8, '/next'], [9, '/next']])
  })
})

describe('helpers of a shop', () => {
  it('send the events that revenue is counted from', async () => {
    const tracker = page().start()
    const items = [{ id: 'tea', price: '4.20', quantity: 2 }]
    viewItem(tracker, { items })
    addToCart(tracker, { items, currency: 'EUR' })
    beginCheckout(tracker, { items, value: 8.4 })
    purchase(tracker, { transaction_id: 'A-1', value: '8.40', currency: 'EUR', items })
    refund(tracker, { transaction_id: 'A-1', value: 2 })
    await aTimeout(pause)
    expect(told()).to.eql([
      ['view_item', { items }],
      ['add_to_cart', { items, currency: 'EUR' }],
      ['begin_checkout', { items, value: 8.4 }],
      ['purchase', { transaction_id: 'A-1', value: '8.40', currency: 'EUR', items }],
      ['refund', { transaction_id: 'A-1', value: 2 }],
    ])
  })
})

it('the npm form has a tracker for each site', async () => {
  const [one, two] = [page().start(), createTracker({ endpoint: 'https://stats.example', site: 'other', localhost: true })]
  page().atEnd(() => two.close())
  one.event('A')
  two.event('B')
  await aTimeout(pause)
  expect(told()).to.eql([['A', undefined]])
  expect(page().others).to.eql(['pageview', 'event'])
})
