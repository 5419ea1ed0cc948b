import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkFilters, HkSite } from '../../components/index.ts'
import { inBothSchemes, paints, reaches, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

async function filtersOf(filters: string, lang = 'en'): Promise<{ site: HkSite; element: HkFilters }> {
  const site = await fixture<HkSite>(html`<hk-site lang=${lang} endpoint=${service.endpoint} share="token" filters=${filters}>
    <hk-filters></hk-filters>
  </hk-site>`)
  const element = site.querySelector('hk-filters')
  if (!element) throw new Error('no element')
  await waitUntil(() => element.shadowRoot?.querySelector('ul'))
  return { site, element }
}

const chips = (element: HkFilters) => [...(element.shadowRoot?.querySelectorAll<HTMLElement>('li button') ?? [])]

describe('hk-filters', () => {
  it('names filters as the rows do', async () => {
    const { element } = await filtersOf('country:DE; !page:/a\\*b; device:mobile; browser:')
    await waitUntil(() => chips(element).length === 5)
    expect(chips(element).map(({ title }) => title)).to.deep.equal([
      'Countries: Germany',
      'Pages not: /a*b',
      'Devices: Mobile',
      'Browsers: (unknown)',
      '',
    ])
    expect(chips(element)[0]?.ariaLabel).to.equal('Remove the filter Countries: Germany')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('takes one away, and the next has the focus', async () => {
    const { site, element } = await filtersOf('country:DE; device:mobile; os:iOS')
    await waitUntil(() => chips(element).length === 4)
    chips(element)[1]?.focus()
    await sendKeys({ press: 'Enter' })
    await waitUntil(() => site.filters?.join() === 'country:DE,os:iOS')
    await waitUntil(() => element.shadowRoot?.activeElement?.getAttribute('title') === 'Operating systems: iOS')
  })

  it('takes all away, and keeps the focus and its height', async () => {
    const { site, element } = await filtersOf('country:DE; device:mobile')
    await waitUntil(() => chips(element).length === 3)
    const { height } = element.getBoundingClientRect()
    chips(element).at(-1)?.click()
    await reaches(element, 'empty')
    expect(site.filters).to.deep.equal([])
    expect(element.getBoundingClientRect().height).to.equal(height)
    await waitUntil(() => element.shadowRoot?.activeElement?.localName === 'ul')
  })

  it('leaves a filter that the page wants to keep', async () => {
    const { site, element } = await filtersOf('country:DE')
    site.addEventListener('hk-filter-change', (event) => event.preventDefault())
    await waitUntil(() => chips(element).length === 1)
    chips(element)[0]?.click()
    await element.updateComplete
    expect(textOf(element)).to.contain('Germany')
  })

  it('follows what a row of a list chooses', async () => {
    const { site, element } = await filtersOf('')
    site.toggleFilter('country:FR')
    await paints(element, 'France')
    site.toggleFilter('country:FR')
    await reaches(element, 'empty')
  })

  it('shows what is no filter as the text that it is', async () => {
    const { element } = await filtersOf('<img src=x onerror=alert(1)>')
    await paints(element, '<img src=x onerror=alert(1)>')
    expect(element.shadowRoot?.querySelector('img')).to.equal(null)
  })

  it('speaks the language of the page', async () => {
    const { element } = await filtersOf('country:DE', 'de')
    await paints(element, 'Deutschland')
    await waitUntil(() => chips(element)[0]?.ariaLabel?.includes('entfernen'), 'German', { timeout: 3000 })
  })

  it('shows what a share link sets, first and without a way to remove it', async () => {
    service.allows = { filters: ['country:DE', '!page:/jobs'] }
    const { element } = await filtersOf('device:mobile')
    await waitUntil(() => element.shadowRoot?.querySelectorAll('li').length === 3, 'chips', { timeout: 3000 })
    expect([...(element.shadowRoot?.querySelectorAll<HTMLElement>('.chip') ?? [])].map(({ title }) => title)).to.deep.equal([
      'Countries: Germany',
      'Pages not: /jobs',
      'Devices: Mobile',
    ])
    expect(chips(element)).to.have.length(1)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })
})
