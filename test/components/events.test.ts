import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkEvents } from '../../components/index.ts'
import { find, heard, inBothSchemes, paints, reaches, textOf } from './page.ts'
import { nothing } from './reports.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

function events(name?: string): Promise<HkEvents> {
  return fixture<HkEvents>(html`<hk-events
    lang="en"
    endpoint=${service.endpoint}
    share="token"
    limit="8"
    .name=${name}
  ></hk-events>`)
}

function focused(element: HkEvents): string | undefined {
  return element.shadowRoot?.activeElement?.textContent?.trim()
}

describe('hk-events', () => {
  it('lists events by name, with how often each happened and to how many', async () => {
    const element = await events()
    await paints(element, 'add_to_cart')
    const row = find(element, 'tbody tr').innerText.replaceAll(/\s+/g, ' ').trim()
    expect(row).to.equal('add_to_cart 2,104 1,730')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('opens an event by a row, and goes back to it, by keyboard alone', async () => {
    const element = await events()
    await paints(element, 'signup')
    find(element, 'tr[data-value=signup] button').focus()
    await sendKeys({ press: 'Enter' })
    await paints(element, '312 events')
    expect(focused(element)).to.equal('All events')
    await paints(element, 'pro')
    await inBothSchemes(() => expect(element).to.be.accessible())
    await sendKeys({ press: 'Enter' })
    await paints(element, 'add_to_cart')
    expect(focused(element)).to.equal('signup')
  })

  it('opens nothing where the page cancels the choice', async () => {
    const element = await events()
    await paints(element, 'signup')
    element.addEventListener('hk-select', (event) => event.preventDefault())
    find(element, 'tbody button').click()
    await element.updateComplete
    expect(element.shadowRoot?.querySelector('.course')).to.equal(null)
  })

  it('shows one event directly: course, values of a property, visitors by what they are', async () => {
    const element = await events('signup')
    await paints(element, 'pro')
    expect(element.shadowRoot?.querySelector('.back')).to.equal(null)
    expect(textOf(element)).to.contain('298 visitors')
    expect(service.reports.at(-1)?.searchParams.get('property')).to.equal('plan')
    const choices = [...(element.shadowRoot?.querySelectorAll<HTMLElement>('.choices button') ?? [])]
    expect(choices.map((choice) => choice.textContent)).to.deep.equal(['plan', 'source', 'Countries', 'Devices', 'Sources', 'Browsers'])
    choices[2]?.click()
    await paints(element, 'Germany')
    choices[1]?.click()
    await waitUntil(() => service.reports.at(-1)?.searchParams.get('property') === 'source')
  })

  it('offers no properties where the link does not give their values', async () => {
    service.refuse = (url) => (url.searchParams.has('property') ? { code: 'forbidden' } : undefined)
    const element = await events('signup')
    await paints(element, 'Germany')
    const choices = [...(element.shadowRoot?.querySelectorAll<HTMLElement>('.choices button') ?? [])]
    expect(choices.map((choice) => choice.textContent)).to.deep.equal(['Countries', 'Devices', 'Sources', 'Browsers'])
    expect(element.matches(':state(denied)')).to.equal(false)
    const asked = service.reports.length
    await element.updateComplete
    expect(service.reports).to.have.length(asked)
  })

  it('tells its course point by point, and has the same figures as a table', async () => {
    const element = await events('signup')
    await paints(element, 'pro')
    const track = find(element, '[role=slider]')
    track.focus()
    await sendKeys({ press: 'Home' })
    await waitUntil(() => track.getAttribute('aria-valuenow') === '0')
    expect(track.getAttribute('aria-valuetext')).to.equal('Fri, Oct 23: 10')
    expect(find(element, '.told').textContent).to.equal('Fri, Oct 23: 10')
    await sendKeys({ press: 'Escape' })
    await waitUntil(() => find(element, '.told').textContent === '')
    expect(element.shadowRoot?.querySelectorAll('figure tbody tr')).to.have.length(30)
    expect(find(element, 'figcaption .hidden').textContent).to.match(/^Events: 10 on Fri, Oct 23, .* overall\.$/)
  })

  it('marks only what moved', async () => {
    const element = await events()
    await paints(element, '2,104')
    service.extra = 3
    const changed = heard(element, 'hk-change')
    service.change(['events'])
    expect((await changed).changed.has('add_to_cart')).to.equal(true)
    await paints(element, '2,107')
    expect(element.shadowRoot?.querySelectorAll('.changed')).to.have.length(1)
  })

  it('keeps its height from loading to data, and says what would fill it', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const element = await events()
    await reaches(element, 'loading')
    const { height } = element.getBoundingClientRect()
    open()
    await paints(element, 'signup')
    expect(element.getBoundingClientRect().height).to.equal(height)
    service.data.set('events', nothing['events'])
    element.range = '7d'
    await reaches(element, 'empty')
    expect(textOf(element)).to.contain("Send one: hk('signup', { plan: 'pro' })")
    expect(element.getBoundingClientRect().height).to.equal(height)
    element.name = 'gone'
    await paints(element, 'No event “gone” in this range yet.')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('is as high alone while it loads as with its course and values', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const element = await events('signup')
    element.style.width = '284px'
    await reaches(element, 'loading')
    const { height } = element.getBoundingClientRect()
    open()
    await paints(element, 'pro')
    expect(element.getBoundingClientRect().height).to.equal(height)
  })
})
