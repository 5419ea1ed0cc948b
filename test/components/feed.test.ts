import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { emulateMedia, resetMouse, sendKeys, sendMouse } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkFeed } from '../../components/index.ts'
import { visit } from './answers.ts'
import { after, find, heard, inBothSchemes, paints, reaches, textOf } from './page.ts'
import { FakeService, told } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

afterEach(async () => {
  await resetMouse()
  await emulateMedia({ reducedMotion: 'no-preference' })
})

function feed(more: { lang?: string; limit?: number; filters?: string } = {}): Promise<HkFeed> {
  const { lang = 'en', limit = 6, filters = '' } = more
  return fixture<HkFeed>(html`<hk-feed lang=${lang} endpoint=${service.endpoint} share="token" limit=${limit} filters=${filters}></hk-feed>`)
}

function places(element: HkFeed): string[] {
  return [...(element.shadowRoot?.querySelectorAll('.place') ?? [])].map((place) => place.textContent ?? '')
}

async function live(element: HkFeed): Promise<void> {
  await waitUntil(() => element.client?.status.get().state === 'live', 'live', { timeout: 3000 })
}

describe('hk-feed', () => {
  it('shows where visits came from, by what, to which page and how long ago', async () => {
    const element = await feed()
    await paints(element, 'Berlin, Germany')
    expect(places(element)).to.deep.equal([
      'Berlin, Germany',
      'Paris, France',
      'London, United Kingdom',
      'Japan',
      '(unknown)',
      'New York, United States',
    ])
    expect(textOf(element)).to.contain('/pricing · Mobile · ChatGPT')
    expect(textOf(element)).to.contain('4 min. ago')
    await live(element)
    expect(service.streams).to.equal(1)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('shows a visit that the stream tells of, and marks it', async () => {
    const element = await feed()
    await paints(element, 'Berlin')
    await live(element)
    const came = heard(element, 'hk-visit')
    service.visit([told(visit(0, { country: 'NO', city: 'Bergen' }))], 2)
    const { visits, more } = await came
    expect([visits.length, more]).to.deep.equal([1, 2])
    await paints(element, 'Bergen, Norway')
    expect(places(element)[0]).to.equal('Bergen, Norway')
    expect(places(element).length).to.equal(6)
    expect(element.shadowRoot?.querySelectorAll('li.changed').length).to.equal(1)
    await reaches(element, 'changed')
  })

  it('tells of a visit once, whether stream or report is the first to know', async () => {
    const element = await feed()
    await paints(element, 'Berlin')
    await live(element)
    let count = 0
    element.addEventListener('hk-visit', ({ visits, more }) => (count += visits.length + more))
    const [one, two] = [visit(0.02, { city: 'Bonn' }), visit(0.01, { city: 'Ulm' })]
    service.visit([told(one)], 1)
    service.data.set('visits', { visits: [two, one] })
    service.change()
    await paints(element, 'Ulm')
    service.data.set('visits', { visits: [visit(0, { city: 'Trier' }), two, one] })
    service.change()
    await paints(element, 'Trier')
    // Bonn by the stream, Ulm as the one more that it did not name, Trier by the report.
    expect(count).to.equal(3)
    expect(places(element)).to.deep.equal(['Trier, Germany', 'Ulm, Germany', 'Bonn, Germany'])
  })

  it('asks the report only where it is filtered, as the stream is not', async () => {
    const element = await feed({ filters: 'country:DE' })
    await paints(element, 'Berlin')
    await live(element)
    service.visit([told(visit(0, { country: 'NO', city: 'Bergen' }))])
    await after(100)
    expect(textOf(element)).not.to.contain('Bergen')
  })

  it('stands still under the pointer, and says how many came meanwhile', async () => {
    const element = await feed()
    await paints(element, 'Berlin')
    await live(element)
    const { x, y } = element.getBoundingClientRect()
    await sendMouse({ type: 'move', position: [Math.round(x + 40), Math.round(y + 80)] })
    service.visit([told(visit(0, { city: 'Bonn' })), told(visit(0, { city: 'Ulm' }))])
    await paints(element, '2 new visits')
    expect(places(element)[0]).to.equal('Berlin, Germany')
    await resetMouse()
    await paints(element, 'Ulm')
    expect(textOf(element)).not.to.contain('new visits')
    expect(element.shadowRoot?.querySelectorAll('li.changed').length).to.equal(2)
  })

  it('stands still with the focus in it, and shows what came by a button', async () => {
    const element = await feed()
    await paints(element, 'Berlin')
    await live(element)
    find(element, 'ol').focus()
    service.visit([told(visit(0, { city: 'Bonn' }))])
    await paints(element, '1 new visit')
    expect(places(element)[0]).to.equal('Berlin, Germany')
    await expect(element).to.be.accessible()
    find(element, '.waiting').focus()
    await sendKeys({ press: 'Enter' })
    await paints(element, 'Bonn')
    expect(element.shadowRoot?.activeElement?.localName).to.equal('ol')
  })

  it('makes room for what is new by sliding, and not under reduced motion', async () => {
    for (const reducedMotion of ['no-preference', 'reduce'] as const) {
      await emulateMedia({ reducedMotion })
      const element = await feed()
      await paints(element, 'Berlin')
      await live(element)
      service.visit([told(visit(0, { city: reducedMotion }))])
      await paints(element, reducedMotion)
      const moving = element.shadowRoot?.querySelector('li')?.getAnimations().some(({ effect }) => effect instanceof KeyframeEffect && effect.getKeyframes().some((frame) => 'transform' in frame))
      expect(moving).to.equal(reducedMotion === 'no-preference')
    }
  })

  it('is as high before its visits are known as with them, and without any', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const element = await feed()
    await reaches(element, 'loading')
    const before = element.offsetHeight
    open()
    await paints(element, 'Berlin')
    expect(element.offsetHeight).to.equal(before)
    service.data.set('visits', { visits: [] })
    await element.refresh()
    await reaches(element, 'empty')
    await paints(element, 'No visits in the last 7 days')
    expect(element.offsetHeight).to.equal(before)
  })

  it('says that a link does not let single visits be seen', async () => {
    service.failure = 403
    const element = await feed()
    await reaches(element, 'denied')
    await paints(element, 'does not give access')
    await expect(element).to.be.accessible()
  })

  it('names a limit that will not do', async () => {
    const element = await feed({ limit: 90 })
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('limit has to be from 1 to 50')
  })

  it('speaks German, and Arabic from right to left', async () => {
    const german = await feed({ lang: 'de' })
    await paints(german, 'Letzte Besuche')
    await paints(german, 'vor 4 Min.')
    const arabic = await fixture<HkFeed>(html`<hk-feed dir="rtl" lang="ar" endpoint=${service.endpoint} share="token"></hk-feed>`)
    await paints(arabic, 'Berlin، ألمانيا')
    await expect(arabic).to.be.accessible()
  })

  it('leaves nothing behind after many connects and disconnects', async () => {
    const element = await feed()
    await paints(element, 'Berlin')
    const parent = element.parentElement
    for (let turn = 0; turn < 200; turn += 1) {
      element.remove()
      await Promise.resolve()
      parent?.append(element)
      if (turn % 20 === 0) await element.updateComplete
    }
    await paints(element, 'Berlin')
    await waitUntil(() => service.streams === 1, 'one stream', { timeout: 3000 })
    element.remove()
    await waitUntil(() => service.streams === 0, 'no stream', { timeout: 5000 })
  })
})
