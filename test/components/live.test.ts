import { expect, fixture, html } from '@open-wc/testing'
import { emulateMedia } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkLive } from '../../components/index.ts'
import { after, heard, inBothSchemes, paints, part, reaches, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

function live(): Promise<HkLive> {
  const { endpoint } = service
  return fixture<HkLive>(html`<hk-live lang="en" label="Now" endpoint=${endpoint} share="token"></hk-live>`)
}

describe('hk-live', () => {
  it('shows how many visitors there are now', async () => {
    const element = await live()
    await paints(element, '42 visitors')
    await paints(element, 'last 5 minutes')
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('is a bare number in a sentence', async () => {
    const sentence = await fixture<HTMLElement>(html`<p lang="en">
      <hk-live endpoint=${service.endpoint} share="token">some</hk-live> are here.
    </p>`)
    const element = sentence.querySelector('hk-live')
    if (!element) throw new Error('no element')
    await paints(element, '42')
    expect(textOf(element)).to.equal('42')
  })

  it('stands still when the same number comes again', async () => {
    const element = await live()
    await paints(element, '42')
    const events: string[] = []
    element.addEventListener('hk-change', (event) => events.push(event.type))
    service.change()
    await after(400)
    expect(element.matches(':state(changed)')).to.equal(false)
    expect(part(element, 'value').classList.contains('changed')).to.equal(false)
    expect(events).to.deep.equal([])
  })

  it('marks another number', async () => {
    const element = await live()
    await paints(element, '42')
    service.extra = -41
    const changed = heard(element, 'hk-change')
    service.change()
    const event = await changed
    expect([event.value, event.previous]).to.deep.equal([1, 42])
    await paints(element, '1 visitor')
    await reaches(element, 'changed')
  })

  it('breathes once when its number moves, and not under reduced motion', async () => {
    const element = await live()
    await paints(element, '42')
    const animations = () => getComputedStyle(part(element, 'value')).animationName
    expect(animations()).to.equal('none')
    service.extra = 1
    service.change()
    await reaches(element, 'changed')
    expect(animations()).to.equal('wash, breathe')
    await emulateMedia({ reducedMotion: 'reduce' })
    expect(animations()).to.equal('wash')
    await emulateMedia({ reducedMotion: 'no-preference' })
  })

  it('is empty when nobody is there', async () => {
    service.extra = -42
    const element = await live()
    await reaches(element, 'empty')
    expect(textOf(element)).to.contain('0 visitors')
  })
})
