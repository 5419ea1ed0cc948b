import { expect, fixture, html } from '@open-wc/testing'
import '../../components/define.ts'
import type { HkFunnel } from '../../components/index.ts'
import { find, heard, inBothSchemes, paints, part, reaches, textOf } from './page.ts'
import { nothing } from './reports.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

async function funnel(name?: string, compare?: 'previous'): Promise<HkFunnel> {
  const element = await fixture<HkFunnel>(html`<hk-funnel
    lang="en"
    endpoint=${service.endpoint}
    share="token"
    .funnel=${name}
    .compare=${compare}
  ></hk-funnel>`)
  return element
}

function steps(element: HkFunnel): HTMLElement[] {
  return [...(element.shadowRoot?.querySelectorAll<HTMLElement>('li') ?? [])]
}

function asked(): URLSearchParams {
  return service.reports.at(-1)?.searchParams ?? new URLSearchParams()
}

describe('hk-funnel', () => {
  it('shows the first funnel: who did each step, who went on, who left, and how long it took', async () => {
    const element = await funnel()
    await paints(element, 'Checkout')
    expect(asked().get('limit')).to.equal('1')
    expect(textOf(element)).to.contain('3,850 of 12,040')
    const second = steps(element)[1]?.textContent?.replaceAll(/\s+/g, ' ').trim()
    expect(second).to.equal('61.8% went on 4,600 left median 1m 35s Checkout 7,440 61.8%')
    expect(find(element, 'ol').getAttribute('aria-label')).to.equal('Checkout')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('has bars as long as their part of the first step', async () => {
    const element = await funnel()
    await paints(element, 'Bought')
    const widths = [...(element.shadowRoot?.querySelectorAll('[part=bar]') ?? [])].map(
      (bar) => bar.getBoundingClientRect().width,
    )
    const [first = 0] = widths
    const parts = widths.map((width) => width / first)
    for (const [index, count] of [12_040, 7440, 4212, 3850].entries()) {
      expect(parts[index]).to.be.closeTo(count / 12_040, 0.01)
    }
  })

  it('finds a funnel by its id or by its name', async () => {
    const byId = await funnel('k3v9x2m7qa')
    await paints(byId, 'Newsletter')
    expect(asked().get('funnel')).to.equal('k3v9x2m7qa')
    const byName = await funnel('NEWSLETTER')
    await paints(byName, 'Newsletter')
    expect(steps(byName)).to.have.length(2)
  })

  it('takes for a name what looks like an id and is none', async () => {
    const known = 'newsletter'
    service.refuse = (url) => (url.searchParams.has('funnel') ? { code: 'bad_request', parameter: 'funnel' } : undefined)
    const element = await funnel(known)
    let told = 0
    element.addEventListener('hk-error', () => (told += 1))
    await paints(element, 'Newsletter')
    expect(asked().get('search')).to.equal(known)
    expect(told).to.equal(0)
  })

  it('compares where that is asked', async () => {
    const element = await funnel(undefined, 'previous')
    await paints(element, 'Bought')
    expect(part(element, 'delta').textContent).to.match(/pt.*from the period before/s)
    const mark = find(element, 'li:nth-child(2) .before').getBoundingClientRect()
    const bar = find(element, 'li:nth-child(2) .bar').getBoundingClientRect()
    expect(mark.width).to.be.below(bar.width)
    expect(steps(element)[1]?.textContent).to.contain('55.0% before')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('marks only the step that moved', async () => {
    const element = await funnel()
    await paints(element, '12,040')
    service.extra = 3
    const changed = heard(element, 'hk-change')
    service.change()
    expect([...(await changed).changed]).to.deep.equal(['Checkout'])
    await paints(element, '12,043')
    expect(element.shadowRoot?.querySelectorAll('.changed')).to.have.length(1)
    expect(element.matches(':state(changed)')).to.equal(true)
  })

  it('is as high while it loads, and says how to make one where there is none', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const element = await funnel()
    await reaches(element, 'loading')
    const { height } = element.getBoundingClientRect()
    open()
    await paints(element, 'Bought')
    expect(element.getBoundingClientRect().height).to.equal(height)
    service.data.set('funnels', nothing['funnels'])
    element.range = '7d'
    await reaches(element, 'empty')
    expect(textOf(element)).to.contain('Make one of 2 to 20 steps')
    expect(element.getBoundingClientRect().height).to.equal(height)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('names a funnel that is not there, and an attribute that it cannot use', async () => {
    const element = await funnel('Nowhere')
    await paints(element, 'There is no funnel “Nowhere”.')
    element.steps = 1
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('steps has to be from 2 to 20')
  })

  it('begins its bars and names at the right where text does', async () => {
    const box = await fixture<HTMLElement>(html`<div dir="rtl" lang="ar">
      <hk-funnel endpoint=${service.endpoint} share="token"></hk-funnel>
    </div>`)
    const element = box.querySelector('hk-funnel')
    if (!element) throw new Error('no element')
    await paints(element, 'غادر')
    const edge = (selector: string) => find(element, selector).getBoundingClientRect().right
    expect(edge('li:nth-child(4) .bar')).to.equal(edge('li:first-child .bar'))
    expect(edge('li:nth-child(4) bdi')).to.be.closeTo(edge('li:nth-child(4) .bar'), 9)
    await expect(element).to.be.accessible()
  })
})
