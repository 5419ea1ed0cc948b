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
    expect(textOf(element)).to.not.contain('since')
  })
})
