import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkFilters, HkRange, HkSite } from '../../components/index.ts'
import { find, heard, inBothSchemes, paints, reaches, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService
const address = location.href

beforeEach(() => {
  service = new FakeService()
  service.install()
})

afterEach(() => history.replaceState(null, '', address))

async function opened(content = html`<hk-range></hk-range>`, lang = 'en'): Promise<{ site: HkSite; range: HkRange }> {
  const { endpoint } = service
  const site = await fixture<HkSite>(
    html`<hk-site lang=${lang} dir=${lang === 'ar' ? 'rtl' : 'ltr'} endpoint=${endpoint} share="token">${content}</hk-site>`,
  )
  const range = site.querySelector('hk-range')
  if (!range) throw new Error('no element')
  await waitUntil(() => textOf(range) !== '')
  return { site, range }
}

const button = (range: HkRange, name = 'range') => find(range, `#${name}-button`)
const menu = (range: HkRange, name = 'range') => find(range, `#${name}`)
const focused = (range: HkRange) => range.shadowRoot?.activeElement
const query = () => new URLSearchParams(location.search)

/** Opens a menu and waits until its list has the focus. */
async function open(range: HkRange, name = 'range'): Promise<HTMLElement> {
  button(range, name).click()
  await waitUntil(() => focused(range)?.getAttribute('role') === 'option')
  return menu(range, name)
}

describe('hk-range', () => {
  it('says what is chosen, and chooses another by a click', async () => {
    const { site, range } = await opened()
    expect(button(range).textContent?.trim()).to.equal('Last 30 days')
    const list = await open(range)
    expect(list.matches(':popover-open')).to.equal(true)
    const told = heard(site, 'hk-range-change')
    list.querySelector<HTMLElement>('[data-value="7d"]')?.click()
    expect((await told).range).to.equal('7d')
    expect(site.range).to.equal('7d')
    expect(list.matches(':popover-open')).to.equal(false)
    await waitUntil(() => button(range).textContent?.trim() === 'Last 7 days')
    expect(focused(range)?.id).to.equal('range-button')
  })

  it('is driven by the keyboard alone', async () => {
    const { site, range } = await opened()
    button(range).focus()
    await sendKeys({ press: 'ArrowDown' })
    await waitUntil(() => focused(range)?.getAttribute('data-value') === '30d')
    expect(button(range).getAttribute('aria-expanded')).to.equal('true')
    const at = async (key: string) => {
      await sendKeys({ press: key })
      return focused(range)?.getAttribute('data-value')
    }
    expect(await at('ArrowDown')).to.equal('90d')
    expect(await at('Home')).to.equal('today')
    expect(await at('ArrowUp')).to.equal('today')
    expect(await at('End')).to.equal('all')
    expect(await at('y')).to.equal('yesterday')
    await sendKeys({ press: 'Escape' })
    await waitUntil(() => !menu(range).matches(':popover-open'))
    expect(site.range).to.equal(undefined)
    expect(focused(range)?.id).to.equal('range-button')
    await sendKeys({ press: 'ArrowUp' })
    await waitUntil(() => focused(range)?.getAttribute('data-value') === '30d')
    await sendKeys({ press: 'End' })
    await sendKeys({ press: 'Enter' })
    expect(site.range).to.equal('all')
  })

  it('closes where the focus goes on past it', async () => {
    const { range } = await opened(html`<hk-range></hk-range><button type="button">More</button>`)
    await open(range)
    for (let stop = 0; stop < 20 && menu(range).matches(':popover-open'); stop += 1) await sendKeys({ press: 'Tab' })
    expect(menu(range).matches(':popover-open')).to.equal(false)
  })

  it('chooses own dates, whichever comes first', async () => {
    const { site, range } = await opened()
    const list = await open(range)
    const [from, to] = list.querySelectorAll('input')
    if (!from || !to) throw new Error('no fields')
    from.value = '2026-02-28'
    to.value = '2026-02-01'
    list.querySelector<HTMLElement>('form button')?.click()
    await waitUntil(() => site.from === '2026-02-01')
    expect(site.to).to.equal('2026-02-28')
    expect(site.range).to.equal(undefined)
    await waitUntil(() => button(range).textContent?.includes('Feb 1, 2026 – Feb 28, 2026'))
    expect((await open(range)).querySelector('[aria-selected=true]')).to.equal(null)
  })

  it('does not take dates that are missing', async () => {
    const { site, range } = await opened()
    const list = await open(range)
    list.querySelector<HTMLElement>('form button')?.click()
    expect(list.matches(':popover-open')).to.equal(true)
    expect(site.from).to.equal(undefined)
  })

  it('chooses a comparison, and a page may take that over', async () => {
    const { site, range } = await opened()
    expect(button(range, 'comparison').textContent?.trim()).to.equal('No comparison')
    const pick = async (value: string) =>
      (await open(range, 'comparison')).querySelector<HTMLElement>(`[data-value="${value}"]`)?.click()
    await pick('year')
    expect(site.compare).to.equal('year')
    await waitUntil(() => button(range, 'comparison').textContent?.includes('Year before'))
    site.addEventListener('hk-compare-change', (event) => event.preventDefault())
    await pick('previous')
    expect(site.compare).to.equal('year')
  })

  it('offers one of the two alone', async () => {
    const { range } = await opened(html`<hk-range offer="range"></hk-range>`)
    expect(range.shadowRoot?.querySelectorAll('.button')).to.have.length(1)
  })

  it('says where it has to stand', async () => {
    const range = await fixture<HkRange>(html`<hk-range lang="en" endpoint=${service.endpoint} share="t"></hk-range>`)
    await reaches(range, 'error')
    expect(textOf(range)).to.contain('Put it into an <hk-site>')
  })

  it('is accessible, closed and open', async () => {
    const { range } = await opened()
    await inBothSchemes(() => expect(range).to.be.accessible())
    await open(range)
    await inBothSchemes(() => expect(range).to.be.accessible())
  })

  it('moves nothing on the page, and opens within the window', async () => {
    const { range } = await opened()
    const before = range.getBoundingClientRect().height
    const list = await open(range)
    const box = list.getBoundingClientRect()
    expect(range.getBoundingClientRect().height).to.equal(before)
    expect(box.left).to.be.at.least(0)
    expect(box.right).to.be.at.most(innerWidth)
    expect(box.top).to.be.greaterThan(button(range).getBoundingClientRect().bottom)
  })

  it('speaks other languages', async () => {
    const { range } = await opened(undefined, 'de')
    await paints(range, 'Letzte 30 Tage')
    const { range: arabic } = await opened(undefined, 'ar')
    await paints(arabic, 'آخر 30 يومًا')
    const list = await open(arabic)
    expect(list.getBoundingClientRect().right).to.be.at.most(innerWidth)
    expect(list.getBoundingClientRect().left).to.be.at.most(button(arabic).getBoundingClientRect().left)
  })
})

describe('state in the address', () => {
  const both = html`<hk-range sync="url"></hk-range><hk-filters sync="url"></hk-filters>`
  const filtersOf = (site: HkSite): HkFilters => {
    const filters = site.querySelector('hk-filters')
    if (!filters) throw new Error('no element')
    return filters
  }

  it('is read when the page opens', async () => {
    history.replaceState(null, '', '?range=90d&compare=year&filter=country:DE&filter=!page:/a&mine=1')
    const { site } = await opened(both)
    await waitUntil(() => site.range === '90d')
    expect(site.compare).to.equal('year')
    expect(site.filters).to.deep.equal(['country:DE', '!page:/a'])
    await paints(filtersOf(site), 'Germany')
    expect(location.search).to.equal('?range=90d&compare=year&filter=country:DE&filter=!page:/a&mine=1')
  })

  it('is written as it is chosen, without what is as usual, and without touching others', async () => {
    history.replaceState({ mine: 1 }, '', '?mine=1')
    const length = history.length
    const { site } = await opened(both)
    await site.updateComplete
    expect(location.search).to.equal('?mine=1')
    site.chooseRange(undefined, '2026-01-01', '2026-01-31')
    site.toggleFilter('country:DE')
    await waitUntil(() => query().get('filter') === 'country:DE' && query().get('to') === '2026-01-31')
    expect(query().get('mine')).to.equal('1')
    expect(history.state).to.deep.equal({ mine: 1 })
    expect(history.length).to.equal(length)
    site.chooseRange('30d')
    site.chooseFilters([])
    await waitUntil(() => location.search === '?mine=1')
  })

  it('follows the reader through the history', async () => {
    const { site } = await opened(both)
    site.chooseRange('7d')
    await waitUntil(() => query().get('range') === '7d')
    history.pushState(null, '', '?range=90d&filter=device:mobile')
    window.dispatchEvent(new PopStateEvent('popstate'))
    await waitUntil(() => site.range === '90d' && site.filters?.[0] === 'device:mobile', 'forth')
    history.back()
    await waitUntil(() => query().get('range') === '7d', 'back')
    await waitUntil(() => site.range === '7d' && site.filters?.length === 0)
  })

  it('is not taken from what is no range, comparison or filter', async () => {
    const hostile = ['range=<b>', 'from=2026-99-99&to=2026-01-01', 'from=2026-02-01&to=2026-01-01', 'compare=constructor', 'filter=constructor:x', 'filter=javascript:alert(1)', `filter=page:${'x'.repeat(2000)}`]
    history.replaceState(null, '', `?${hostile.join('&')}`)
    const { site } = await opened(both)
    await site.updateComplete
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([site.range, site.from, site.to, site.compare, site.filters]).to.deep.equal([undefined, undefined, undefined, undefined, undefined])
  })

  it('says of filters that the page has by itself that they were taken away', async () => {
    const { site } = await opened(both)
    site.filters = undefined
    const own = await fixture<HkSite>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token" filters="country:DE">
      <hk-filters sync="url"></hk-filters></hk-site>`)
    await paints(filtersOf(own), 'Germany')
    own.chooseFilters([])
    await waitUntil(() => location.search.includes('filter='))
    expect(query().getAll('filter')).to.deep.equal([''])
  })
})
