import { expect, fixture, html } from '@open-wc/testing'
import '../../components/define.ts'
import type { HkSite, HkStatus } from '../../components/index.ts'
import { after, find, inBothSchemes, paints, reaches, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

async function status(): Promise<HkStatus> {
  const site = await fixture<HkSite>(html`<hk-site lang="en" endpoint=${service.endpoint} share="token">
    <hk-status></hk-status><hk-kpi></hk-kpi>
  </hk-site>`)
  const element = site.querySelector('hk-status')
  if (!element) throw new Error('no element')
  return element
}

describe('hk-status', () => {
  it('says that the figures are live', async () => {
    const states: string[] = []
    const hear = (event: HTMLElementEventMap['hk-status']) => states.push(event.status.state)
    document.addEventListener('hk-status', hear)
    const element = await status()
    await paints(element, 'Live')
    document.removeEventListener('hk-status', hear)
    expect(states.at(-1)).to.equal('live')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('tells since when, also to those who cannot point at it', async () => {
    const element = await status()
    await paints(element, 'Live')
    expect(find(element, '.hidden').textContent).to.match(/ since \d/)
    expect(find(element, '.status').title).to.match(/^since \d/)
  })

  it('says that it connects until it has', async () => {
    const seen = new Set<string>()
    const element = document.createElement('hk-status')
    Object.assign(element, { endpoint: service.endpoint, share: 'token', lang: 'en' })
    const see = () => seen.add(element.shadowRoot ? (textOf(element).split(' since')[0] ?? '') : '')
    const look = setInterval(see, 5)
    const page = await fixture<HTMLElement>(html`<div lang="en">${element}<hk-kpi
      label="Readers" endpoint=${service.endpoint} share="token"></hk-kpi></div>`)
    await paints(element, 'Live')
    page.querySelector('hk-kpi')?.remove()
    await after(1300)
    clearInterval(look)
    expect([...seen].filter((text) => !['', 'Connecting', 'Live'].includes(text))).to.deep.equal([])
    expect(textOf(element)).to.contain('Live')
  })

  it('knows of the connection when it comes into view after the others left', async () => {
    const page = await fixture<HTMLElement>(html`<div lang="en">
      <hk-kpi label="Readers" endpoint=${service.endpoint} share="token"></hk-kpi>
      <div style="block-size: 4000px"></div>
      <hk-status endpoint=${service.endpoint} share="token"></hk-status>
    </div>`)
    const [kpi, element] = [page.querySelector('hk-kpi'), page.querySelector('hk-status')]
    if (!kpi || !element) throw new Error('no element')
    await paints(kpi, '31,482')
    await paints(element, 'Live')
    element.scrollIntoView()
    await after(1400)
    expect(textOf(element)).to.contain('Live')
    window.scrollTo(0, 0)
  })

  it('stands in a sentence as a word of it', async () => {
    const style = 'font: 20px serif; color: rgb(90, 50, 20)'
    const sentence = await fixture<HTMLElement>(html`<p lang="en" style=${style}>
      The numbers are <b>x</b><hk-status endpoint=${service.endpoint} share="token"></hk-status>
    </p>`)
    const element = sentence.querySelector('hk-status')
    if (!element) throw new Error('no element')
    const word = find(element, '.status')
    const { color, fontSize } = getComputedStyle(word)
    expect([color, fontSize]).to.deep.equal(['rgb(90, 50, 20)', '20px'])
    const bottom = sentence.querySelector('b')?.getBoundingClientRect().bottom ?? 0
    expect(word.getBoundingClientRect().bottom).to.be.closeTo(bottom, 1)
  })

  it('has its dot answer only when something just happened', async () => {
    const element = await status()
    await paints(element, 'Live')
    expect(find(element, '.status').classList.contains('pulse')).to.equal(false)
    service.change()
    await after(50)
    expect(find(element, '.status').classList.contains('pulse')).to.equal(true)
    await after(700)
    expect(find(element, '.status').classList.contains('pulse')).to.equal(false)
  })

  it('says since when there is no network', async () => {
    const element = await status()
    await paints(element, 'Live')
    window.dispatchEvent(new Event('offline'))
    await paints(element, 'Offline since ')
    await reaches(element, 'offline')
    window.dispatchEvent(new Event('online'))
    await paints(element, 'Live')
    expect(element.shadowRoot?.querySelector('.since')).to.equal(null)
  })
})
