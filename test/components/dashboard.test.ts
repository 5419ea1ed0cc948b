import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { sendKeys, setViewport } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkDashboard } from '../../components/index.ts'
import { after, find, inBothSchemes, paints, reaches, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(async () => {
  service = new FakeService()
  service.install()
  await setViewport({ width: 1280, height: 1600 })
})

afterEach(() => setViewport({ width: 800, height: 600 }))

async function dashboard(attributes: Partial<HkDashboard> = {}, width = 1200): Promise<HkDashboard> {
  const page = await fixture<HTMLElement>(html`<main lang="en" style="inline-size: ${width}px">
    <hk-dashboard endpoint=${service.endpoint} share="token">before</hk-dashboard>
  </main>`)
  const element = page.querySelector('hk-dashboard')
  if (!element) throw new Error('no element')
  Object.assign(element, attributes)
  return element
}

async function ready(attributes: Partial<HkDashboard> = {}, width = 1200): Promise<HkDashboard> {
  const element = await dashboard(attributes, width)
  await waitUntil(() => element.shadowRoot?.querySelector('.grid'), 'it should be there')
  return element
}

function type(element: HkDashboard, password: string): void {
  const field = find(element, 'input')
  if (field instanceof HTMLInputElement) field.value = password
}

/** Types a password and sends it. */
async function send(element: HkDashboard, password: string): Promise<void> {
  await waitUntil(() => element.shadowRoot?.querySelector('input[type=password]'))
  type(element, password)
  find(element, 'form button').click()
}

/** A dashboard of a link with the password `secret`, where too many were tried, and what it says once one is given. */
async function held(seconds: number, password: string, says: string): Promise<HkDashboard> {
  service.password = 'secret'
  service.heldSeconds = seconds
  const element = await dashboard()
  await send(element, password)
  await paints(element, says)
  return element
}

/** Waits until it goes on without anybody. */
const opens = (element: HkDashboard) => waitUntil(() => element.shadowRoot?.querySelector('.grid'), 'it should open', { timeout: 4000 })

function typed(element: HkDashboard): string | undefined {
  return element.shadowRoot?.querySelector('input')?.value
}

const all = (element: HkDashboard, selector: string) => [...(element.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])]
const cards = (element: HkDashboard) =>
  all(element, '.card').map((card) => card.querySelector('h3')?.textContent ?? card.querySelector('hk-kpi, hk-chart, hk-live, hk-globe')?.localName)

describe('hk-dashboard', () => {
  it('is the whole by one tag, on one stream', async () => {
    const element = await ready()
    expect(find(element, 'h2').textContent).to.equal('northwind.example')
    expect(cards(element)).to.deep.equal([
      'hk-kpi', 'hk-chart', 'hk-live', 'Pages', 'Sources', 'Countries', 'Devices', 'Browsers', 'Operating systems',
    ])
    await paints(find(element, 'hk-kpi'), '31,482')
    await paints(find(element, 'hk-table[by=page]'), '/pricing')
    await waitUntil(() => service.streams > 0)
    expect(service.streams).to.equal(1)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('shows what stands in it until the site is known', async () => {
    const element = await dashboard()
    expect(element.shadowRoot?.querySelector('slot')).to.not.equal(null)
    await waitUntil(() => element.shadowRoot?.querySelector('.grid'))
    expect(element.shadowRoot?.querySelector(':scope > slot')).to.equal(null)
  })

  it('compares by default, and not where the page says so', async () => {
    const element = await ready()
    await waitUntil(() => service.reports.length > 0)
    expect(service.reports.some(({ searchParams }) => searchParams.get('compare') === 'previous')).to.equal(true)
    service.reports.length = 0
    element.compare = 'none'
    await waitUntil(() => service.reports.length > 0)
    expect(service.reports.every(({ searchParams }) => !searchParams.has('compare'))).to.equal(true)
  })

  it('has a key figure choose what the chart shows, without a request', async () => {
    const element = await ready()
    const chart = find(element, 'hk-chart')
    await paints(chart, 'Visitors by day')
    await after(100)
    service.reports.length = 0
    const [, , pageviews] = all(element, '.figure button')
    pageviews?.click()
    await paints(chart, 'Pageviews by day')
    expect(pageviews?.ariaPressed).to.equal('true')
    expect(service.reports).to.have.length(0)
  })

  it('turns the tabs of a list by arrow keys, and asks for a list when it is turned to', async () => {
    const element = await ready()
    const [first, second] = all(element, '[role=tab]')
    await paints(find(element, 'hk-table[by=page]'), '/pricing')
    first?.focus()
    const moves = service.reports.filter(({ searchParams }) => searchParams.get('by') === 'entry_page')
    expect(moves).to.have.length(0)
    await sendKeys({ press: 'ArrowRight' })
    await paints(find(element, 'hk-table[by=entry_page]'), '4,102')
    expect(element.shadowRoot?.activeElement).to.equal(second)
    expect(second?.ariaSelected).to.equal('true')
    expect(find(element, 'hk-table[by=page]').hidden).to.equal(true)
    await sendKeys({ press: 'Home' })
    expect(element.shadowRoot?.activeElement).to.equal(first)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('filters everything by a click on a row, and shows the filter', async () => {
    const element = await ready()
    const table = find(element, 'hk-table[by=country]')
    await paints(table, 'Germany')
    find(table, '[data-value=DE] button').click()
    await paints(find(element, 'hk-filters'), 'Germany')
    await waitUntil(() => service.reports.some(({ pathname, search }) => pathname.endsWith('overview') && search.includes('country%3ADE')))
  })

  it('marks what a visit moves, and redraws nothing else', async () => {
    const element = await ready()
    const kpi = find(element, 'hk-kpi')
    await paints(kpi, '31,482')
    const box = find(element, '.grid')
    service.extra = 1
    service.change()
    await paints(kpi, '31,483')
    expect(kpi.matches(':state(changed)')).to.equal(true)
    expect(find(element, '.grid')).to.equal(box)
  })

  it('shows sections by name and in order, and says which name is none', async () => {
    const element = await ready({ sections: 'sources, kpis,pages' })
    expect(cards(element)).to.deep.equal(['Sources', 'hk-kpi', 'Pages'])
    element.sections = 'kpis, nothing'
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('sections="nothing" is not known')
  })

  it('shows only what the link allows', async () => {
    service.allows = { reports: ['overview'], live: false }
    const element = await ready()
    expect(cards(element)).to.deep.equal(['hk-kpi'])
    expect(all(element, '.beside')).to.have.length(0)
  })

  it('leaves out what tells of this moment, where that is wanted', async () => {
    const element = await ready({ live: 'off' })
    expect(all(element, 'hk-status, hk-live')).to.have.length(0)
  })

  it('asks for the password of a link, says that one is wrong, and takes the right one', async () => {
    service.password = 'secret'
    const element = await dashboard()
    await send(element, 'wrong')
    await paints(element, 'This is not the password of the link.')
    expect(typed(element)).to.equal('wrong')
    await expect(element).to.be.accessible()
    await send(element, 'secret')
    await waitUntil(() => element.shadowRoot?.querySelector('.grid'))
    await paints(find(element, 'hk-kpi'), '31,482')
  })

  it('says how long a password has to wait where too many were tried, keeps it, and goes on with it then', async () => {
    const element = await held(2, 'secret', 'Too many passwords were tried. Next try in 2 seconds')
    expect(typed(element)).to.equal('secret')
    await expect(element).to.be.accessible()
    await send(element, 'secret')
    expect(service.passwords).to.deep.equal(['secret'])
    service.heldSeconds = 0
    await opens(element)
    await paints(find(element, 'hk-kpi'), '31,482')
  })

  it('goes on with the wait where it is moved in the page', async () => {
    const element = await held(2, 'secret', 'Next try in 2 seconds')
    service.heldSeconds = 0
    element.parentElement?.append(document.createElement('p'), element)
    await opens(element)
  })

  it('tries nothing that is only half typed when the wait is over', async () => {
    const element = await held(1, 'guess', 'Next try in 1 second')
    service.heldSeconds = 0
    type(element, 'secr')
    await waitUntil(() => !textOf(element).includes('Next try'), 'the wait should end', { timeout: 4000 })
    await after(300)
    expect(service.passwords).to.deep.equal(['guess'])
    expect(typed(element)).to.equal('secr')
    await send(element, 'secret')
    await opens(element)
  })

  it('tries nothing again where its field was emptied for another one', async () => {
    const element = await held(1, 'guess', 'Next try in 1 second')
    service.heldSeconds = 0
    type(element, '')
    await waitUntil(() => !textOf(element).includes('Next try'), 'the wait should end', { timeout: 4000 })
    await after(300)
    expect(service.passwords).to.deep.equal(['guess'])
  })

  it('tries what was given while it had to wait, and a wrong password once', async () => {
    const element = await held(1, 'guess', 'Next try in 1 second')
    service.heldSeconds = 0
    await send(element, 'other')
    await paints(element, 'This is not the password of the link.')
    await after(1500)
    expect(service.passwords).to.deep.equal(['guess', 'other'])
    expect(typed(element)).to.equal('other')
  })

  it('says in the language around it how long a password has to wait', async () => {
    service.password = 'secret'
    service.heldSeconds = 280
    const element = await dashboard({ lang: 'de', password: 'secret' })
    await paints(element, 'Es wurden zu viele Passwörter versucht.')
    expect(textOf(element)).to.contain('Nächster Versuch in 5 Minuten')
  })

  it('asks for the password of a link that comes from a site around it', async () => {
    service.password = 'secret'
    const site = await fixture<HTMLElement>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token">
      <hk-dashboard></hk-dashboard>
    </hk-site>`)
    const element = site.querySelector('hk-dashboard')
    if (!element) throw new Error('no element')
    await waitUntil(() => element.shadowRoot?.querySelector('input[type=password]'))
    element.password = 'secret'
    await waitUntil(() => element.shadowRoot?.querySelector('.grid'))
    await paints(find(element, 'hk-kpi'), '31,482')
  })

  it('lets a key figure that failed be tried again', async () => {
    service.failure = 500
    const element = await ready()
    const kpi = find(element, 'hk-kpi')
    await reaches(kpi, 'error')
    const cover = kpi.nextElementSibling
    expect(cover && getComputedStyle(cover).display).to.equal('none')
    service.failure = undefined
    find(kpi, '.problem button').click()
    await paints(kpi, '31,482')
    expect(cover && getComputedStyle(cover).display).to.not.equal('none')
  })

  for (const width of [320, 560, 768, 1024, 1440]) {
    it(`fits into ${width} px, and scrolls nothing sideways`, async () => {
      await setViewport({ width: Math.max(width, 320), height: 3600 })
      const element = await ready({}, width)
      await paints(find(element, 'hk-table[by=page]'), '/pricing')
      const wide = all(element, '*').filter((one) => one.getBoundingClientRect().right > element.getBoundingClientRect().right + 0.5)
      expect(wide.map(({ localName, className }) => `${localName}.${className}`)).to.deep.equal([])
      const small = all(element, 'button').filter((one) => one.getBoundingClientRect().height < 24 && one.getBoundingClientRect().height > 0)
      expect(small).to.have.length(0)
    })
  }

  it('speaks other languages', async () => {
    const element = await ready()
    element.lang = 'de'
    await waitUntil(() => find(element, '[role=tab]').textContent?.trim() === 'Alle')
    await waitUntil(() => all(element, 'h3').some(({ textContent }) => textContent === 'Betriebssysteme'))
  })

  it('shows a section of an element that the page has', async () => {
    service.allows = { reports: ['overview', 'goals'] }
    class Goals extends HTMLElement {}
    if (!customElements.get('hk-goals')) customElements.define('hk-goals', Goals)
    const element = await ready()
    expect(all(element, 'hk-goals')).to.have.length(1)
    expect(all(element, 'hk-funnel')).to.have.length(0)
  })
})
