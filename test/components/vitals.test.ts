import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { vitalValue } from '../../components/element/vital.ts'
import '../../components/define.ts'
import type { HkSite, HkVitals } from '../../components/index.ts'
import { find, heard, inBothSchemes, paints, reaches, textOf } from './page.ts'
import { nothing } from './reports.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

function vitals(by?: 'page' | 'device', metrics = 'LCP,INP,CLS'): Promise<HkVitals> {
  return fixture<HkVitals>(html`<hk-vitals
    lang="en"
    endpoint=${service.endpoint}
    share="token"
    metrics=${metrics}
    limit="5"
    .by=${by}
  ></hk-vitals>`)
}

async function inSite(filters: string[] = []): Promise<[HkSite, HkVitals]> {
  const site = await fixture<HkSite>(html`<hk-site
    lang="en"
    endpoint=${service.endpoint}
    share="token"
    .filters=${filters}
  >
    <hk-vitals by="page" limit="5"></hk-vitals>
  </hk-site>`)
  const element = site.querySelector('hk-vitals')
  if (!element) throw new Error('no element')
  await paints(element, '/pricing')
  return [site, element]
}

function asked(): URLSearchParams {
  return service.reports.at(-1)?.searchParams ?? new URLSearchParams()
}

describe('hk-vitals', () => {
  it('shows the p75 of each vital, and how it is rated, in words as well as by colour', async () => {
    const element = await vitals()
    await paints(element, '1.9s')
    const told = [...(element.shadowRoot?.querySelectorAll<HTMLElement>('.vital') ?? [])].map((vital) =>
      vital.innerText.replaceAll(/\s+/g, ' ').trim(),
    )
    expect(told).to.deep.equal([
      'LCP Good 1.9s Good: 80.2% Samples: 4,210',
      'INP Needs improvement 342ms Good: 80.2% Samples: 4,210',
      'CLS Poor 0.27 Good: 80.2% Samples: 4,210',
    ])
    const shapes = [...(element.shadowRoot?.querySelectorAll('.vital .rating path') ?? [])].map((path) => path.getAttribute('d'))
    expect(new Set(shapes).size).to.equal(3)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('has a bar of the parts by rating, and says them to those who do not see it', async () => {
    const element = await vitals()
    await paints(element, '1.9s')
    const bar = find(element, '.shares')
    expect(bar.getAttribute('aria-label')).to.equal('Good: 80.2%, Needs improvement: 13.8%, Poor: 6.0%')
    const [good = 0, fair = 0] = [...bar.children].map((part) => part.getBoundingClientRect().width)
    expect(fair / good).to.be.closeTo(0.138 / 0.802, 0.02)
  })

  it('shows those that are asked for, in their usual order', async () => {
    const element = await vitals(undefined, 'ttfb, lcp')
    await paints(element, '412ms')
    expect([...(element.shadowRoot?.querySelectorAll('abbr') ?? [])].map((one) => one.textContent)).to.deep.equal(['LCP', 'TTFB'])
  })

  it('writes milliseconds up to a second, and the shift of a layout without a unit', () => {
    expect([412, 999, 1000, 1912].map((ms) => vitalValue('en', 'LCP', ms))).to.deep.equal(['412ms', '999ms', '1.0s', '1.9s'])
    expect(vitalValue('de', 'CLS', 0.042)).to.equal('0,04')
    expect(vitalValue('en', 'INP', null)).to.equal('–')
  })

  it('breaks them down, with the rating of each for those who hear it', async () => {
    const element = await vitals('page')
    await paints(element, '/pricing')
    expect(asked().get('by')).to.equal('page')
    const row = find(element, 'tbody tr').textContent?.replaceAll(/\s+/g, ' ')
    expect(row).to.contain('Good 2.5s').and.to.contain('Poor 0.35')
    await paints(element, '1–5 of 6')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('narrows down to a device by a choice', async () => {
    const element = await vitals()
    await paints(element, '1.9s')
    find(element, '.choices button:nth-child(3)').click()
    await paints(element, '956ms')
    expect(asked().getAll('filter')).to.deep.equal(['device:desktop'])
    expect(find(element, '.choices [aria-pressed=true]').textContent).to.equal('Desktop')
  })

  it('offers no device where devices are chosen around it already', async () => {
    const [, element] = await inSite(['device:mobile'])
    expect(element.shadowRoot?.querySelector('.choices button')).to.equal(null)
    expect(asked().getAll('filter')).to.deep.equal(['device:mobile'])
  })

  it('filters the site around by a row', async () => {
    const [site, element] = await inSite()
    find(element, 'tbody tr:nth-child(3) button').click()
    expect(site.filters).to.deep.equal(['page:/pricing'])
    await waitUntil(() => asked().get('filter') === 'page:/pricing')
  })

  it('marks only the vital that moved', async () => {
    const element = await vitals()
    await paints(element, '1.9s')
    service.extra = 200
    const changed = heard(element, 'hk-change')
    service.change(['web_vitals'])
    expect([...(await changed).changed]).to.deep.equal(['LCP'])
    await paints(element, '2.1s')
    expect(element.shadowRoot?.querySelectorAll('.changed')).to.have.length(1)
  })

  it('keeps its height from loading to data and without samples, also where they stand one below another', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const element = await vitals('page')
    element.style.width = '284px'
    await reaches(element, 'loading')
    await new Promise(requestAnimationFrame)
    const { height } = element.getBoundingClientRect()
    open()
    await paints(element, '/pricing')
    expect(element.getBoundingClientRect().height).to.equal(height)
    await inBothSchemes(() => expect(element).to.be.accessible())
    service.data.set('web_vitals', nothing['web_vitals'])
    element.range = '7d'
    await reaches(element, 'empty')
    expect(textOf(element)).to.contain('No samples in this range yet')
    expect(element.getBoundingClientRect().height).to.equal(height)
  })

  it('names attributes that it cannot use', async () => {
    const element = await vitals(undefined, 'LCP,FID')
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('metrics="FID" is not known')
  })
})
