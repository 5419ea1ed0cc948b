import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import '../../components/define.ts'
import type { HkAi, HkSite } from '../../components/index.ts'
import { find, heard, inBothSchemes, paints, reaches, textOf } from './page.ts'
import { nothing } from './reports.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

function ai(by = 'agent'): Promise<HkAi> {
  return fixture<HkAi>(html`<hk-ai lang="en" endpoint=${service.endpoint} share="token" by=${by}></hk-ai>`)
}

function row(element: HkAi, index: number): string {
  return find(element, `.body table[part] tbody tr:nth-child(${index})`).innerText.replaceAll(/\s+/g, ' ').trim()
}

describe('hk-ai', () => {
  it('shows what agents fetched and what for, and the visits that assistants referred', async () => {
    const element = await ai()
    await paints(element, 'GPTBot')
    const figures = find(element, 'dl').innerText.replaceAll(/\s+/g, ' ').trim()
    expect(figures).to.equal('Fetches 2,140 Referred visits 96 Errors 3.4% Median response 84ms')
    expect(find(element, '.shares').getAttribute('aria-label')).to.match(/^Training 6\d\.\d%, Search 2\d\.\d%, Assistants 1\d\.\d%$/)
    expect(textOf(element)).to.contain('Pages: 104 read by agents, 21 referred to by assistants, 14 both.')
    expect(row(element, 1)).to.equal('GPTBot 980 3.0% 45.8%')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('sets crawled against referred by page, and tells pages that are answered by errors', async () => {
    const element = await ai('page')
    await paints(element, '/pricing')
    expect(row(element, 2)).to.equal('/pricing 490 3.0% 30')
    expect(row(element, 4)).to.equal('/old 245 100.0% 10')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('lists by what is chosen, in words', async () => {
    const element = await ai()
    await paints(element, 'GPTBot')
    find(element, '.by .choices button:nth-child(3)').click()
    await paints(element, 'Training 980')
    expect(service.reports.at(-1)?.searchParams.get('by')).to.equal('category')
    expect(find(element, '.by [aria-pressed=true]').textContent).to.equal('Purposes')
  })

  it('draws fetches, or referred visits', async () => {
    const element = await ai()
    await paints(element, 'GPTBot')
    const track = find(element, '[role=slider]')
    expect(track.getAttribute('aria-label')).to.equal('Fetches')
    const before = find(element, '.line').getAttribute('d')
    find(element, '.choices button:nth-child(2)').click()
    await waitUntil(() => track.getAttribute('aria-label') === 'Referred visits')
    expect(find(element, '.line').getAttribute('d')).to.not.equal(before)
  })

  it('filters the site around by a page, and by nothing else', async () => {
    const site = await fixture<HkSite>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token">
      <hk-ai></hk-ai>
    </hk-site>`)
    const element = site.querySelector('hk-ai')
    if (!element) throw new Error('no element')
    await paints(element, 'GPTBot')
    expect(element.shadowRoot?.querySelector('tbody button')).to.equal(null)
    element.by = 'page'
    await paints(element, '/pricing')
    find(element, 'tbody tr[data-value="/pricing"] button').click()
    expect(site.filters).to.deep.equal(['page:/pricing'])
  })

  it('marks what moved', async () => {
    const element = await ai()
    await paints(element, '2,140')
    service.extra = 3
    const changed = heard(element, 'hk-change')
    service.change(['ai_fetch'])
    expect([...(await changed).changed]).to.deep.equal(['fetches', 'GPTBot'])
    await paints(element, '2,143')
    expect(element.shadowRoot?.querySelectorAll('.changed')).to.have.length(2)
  })

  for (const width of [284, 700]) {
    it(`keeps its height from loading to data and where no agent came, ${width} pixels wide`, async () => {
      let open = () => {}
      service.gate = new Promise((resolve) => (open = resolve))
      const element = await ai()
      element.style.width = `${width}px`
      await reaches(element, 'loading')
      const { height } = element.getBoundingClientRect()
      open()
      await paints(element, 'GPTBot')
      expect(element.getBoundingClientRect().height).to.equal(height)
      service.data.set('ai_visibility', nothing['ai_visibility'])
      element.range = '7d'
      await reaches(element, 'empty')
      expect(textOf(element)).to.contain('send it on with “hk forward”')
      expect(element.getBoundingClientRect().height).to.equal(height)
      await inBothSchemes(() => expect(element).to.be.accessible())
    })
  }

  it('names what it cannot list by', async () => {
    const element = await ai('colour')
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('by="colour" is not known')
  })

  it('leaves out filters that mean nothing for fetches, and says so', async () => {
    const site = await fixture<HkSite>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token"
      filters="country:DE; page:/pricing; !device:mobile"><hk-ai></hk-ai></hk-site>`)
    const element = site.querySelector('hk-ai')
    if (!element) throw new Error('no element')
    await paints(element, 'Not filtered by Countries, Devices')
    await paints(element, 'GPTBot')
    expect(service.reports.at(-1)?.searchParams.getAll('filter')).to.deep.equal(['page:/pricing'])
    await inBothSchemes(() => expect(element).to.be.accessible())
  })
})
