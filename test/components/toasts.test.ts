import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { emulateMedia, resetMouse, sendKeys, sendMouse } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkToasts } from '../../components/index.ts'
import { Stack } from '../../components/toasts/stack.ts'
import { visit } from './answers.ts'
import { after, find, inBothSchemes, paints, reaches, textOf } from './page.ts'
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

async function toasts(more: { lang?: string; duration?: number; position?: string; announce?: boolean } = {}): Promise<HkToasts> {
  const { lang = 'en', duration = 60, position = 'block-end inline-end', announce = false } = more
  const element = await fixture<HkToasts>(html`<hk-toasts
    lang=${lang}
    endpoint=${service.endpoint}
    share="token"
    duration=${duration}
    position=${position}
    ?announce=${announce}
  ></hk-toasts>`)
  return element
}

async function ready(element: HkToasts): Promise<HkToasts> {
  await waitUntil(() => element.client?.status.get().state === 'live', 'live', { timeout: 3000 })
  await waitUntil(() => service.reports.length > 0, 'asked', { timeout: 3000 })
  await after(20)
  return element
}

function titles(element: HkToasts): string[] {
  const shown = element.shadowRoot?.querySelectorAll('.toast:not(.leaving) .first') ?? []
  return [...shown].map((title) => title.textContent?.trim() ?? '')
}

/** Waits until toasts stand, as those that fade in are judged by the colours that they have meanwhile. */
async function stands(element: HkToasts): Promise<void> {
  await Promise.all(find(element, '.toast').getAnimations().map(({ finished }) => finished))
}

const from = (city: string, country = 'DE') => told(visit(Math.random() / 100, { city, country }))

describe('hk-toasts', () => {
  it('tells of a new visitor over whatever is there, on the stream of the others', async () => {
    const element = await ready(await toasts())
    expect(element.matches(':state(empty)')).to.equal(true)
    service.visit([from('Berlin')])
    await paints(element, 'New visitor from Berlin, Germany')
    await paints(element, 'Desktop · came to /guides/first-steps')
    expect(find(element, '.stack').matches(':popover-open')).to.equal(true)
    expect(service.streams).to.equal(1)
    expect(element.offsetHeight).to.equal(0)
    await stands(element)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('merges those of a rush into one that counts them all', async () => {
    const element = await ready(await toasts())
    service.visit([from('Berlin'), from('Berlin'), from('Berlin')])
    await paints(element, '3 new visitors from Berlin, Germany')
    service.visit([from('Berlin')])
    await paints(element, '4 new visitors from Berlin, Germany')
    await reaches(element, 'changed')
    service.visit([from('Paris', 'FR')], 30)
    await paints(element, '35 new visitors')
    await paints(element, 'Berlin · Paris · +30')
    expect(titles(element).length).to.equal(1)
  })

  it('tells nothing of the visits that were there before', async () => {
    const element = await ready(await toasts())
    service.change()
    await after(500)
    expect(titles(element)).to.deep.equal([])
  })

  it('tells of what only the report knows, as while there was no stream', async () => {
    const before = visit(9)
    service.data.set('visits', { visits: [before] })
    const element = await ready(await toasts())
    service.data.set('visits', { visits: [visit(0, { city: 'Ulm' }), visit(0.1, { city: 'Ulm' }), before] })
    service.change()
    await paints(element, '2 new visitors from Ulm, Germany')
  })

  it('goes by a button, and gives the focus back', async () => {
    const element = await ready(await toasts())
    const field = document.createElement('input')
    element.parentElement?.append(field)
    field.focus()
    service.visit([from('Berlin')])
    await paints(element, 'Berlin')
    expect(document.activeElement).to.equal(field)
    find(element, '.close').focus()
    await sendKeys({ press: 'Enter' })
    await waitUntil(() => document.activeElement === field)
    await waitUntil(() => !find(element, '.stack').matches(':popover-open'), 'closed', { timeout: 3000 })
    expect(titles(element)).to.deep.equal([])
  })

  it('goes by Escape under the pointer or with the focus, and only then', async () => {
    const element = await ready(await toasts())
    service.visit([from('Berlin')])
    await paints(element, 'Berlin')
    await sendKeys({ press: 'Escape' })
    expect(titles(element).length).to.equal(1)
    const { x, y } = find(element, '.toast').getBoundingClientRect()
    await sendMouse({ type: 'move', position: [Math.round(x + 60), Math.round(y + 20)] })
    await sendKeys({ press: 'Escape' })
    await waitUntil(() => titles(element).length === 0)
  })

  it('goes by itself, but not while somebody points at it', async function (this: { timeout(ms: number): void }) {
    this.timeout(20_000)
    const element = await ready(await toasts({ duration: 0.6 }))
    service.visit([from('Berlin')])
    await paints(element, 'Berlin')
    const { x, y } = find(element, '.toast').getBoundingClientRect()
    await sendMouse({ type: 'move', position: [Math.round(x + 60), Math.round(y + 20)] })
    await after(1200)
    expect(titles(element).length).to.equal(1)
    await sendMouse({ type: 'move', position: [2, 2] })
    await waitUntil(() => titles(element).length === 0, 'gone', { timeout: 15_000 })
  })

  it('stands in the corner that is asked for, also from right to left', async () => {
    const element = await ready(await toasts({ position: 'block-start inline-start' }))
    service.visit([from('Berlin')])
    await paints(element, 'Berlin')
    const stack = find(element, '.stack')
    const { left, top } = stack.getBoundingClientRect()
    expect([left, top]).to.deep.equal([0, 0])
    element.dir = 'rtl'
    expect(stack.getBoundingClientRect().right).to.equal(document.documentElement.clientWidth)
  })

  it('floats over a dialog that was opened after it', async () => {
    const element = await ready(await toasts())
    service.visit([from('Berlin')])
    await paints(element, 'Berlin')
    const dialog = await fixture<HTMLDialogElement>(html`<dialog>One moment</dialog>`)
    dialog.showModal()
    // What was shown last is on top: it has to be shown once more, and only once.
    const shown: string[] = []
    find(element, '.stack').addEventListener('beforetoggle', (event) => shown.push(`${Reflect.get(event, 'newState')}`))
    service.visit([from('Paris', 'FR')])
    await paints(element, '2 new visitors')
    await waitUntil(() => find(element, '.stack').matches(':popover-open'))
    service.visit([from('Paris', 'FR')])
    await paints(element, '3 new visitors')
    expect(shown).to.deep.equal(['closed', 'open'])
    dialog.close()
  })

  it('is silent while the page is hidden, and tells of all at once when it is shown again', async () => {
    const before = visit(9)
    service.data.set('visits', { visits: [before] })
    const element = await ready(await toasts())
    const hide = (hidden: boolean) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
      Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }
    try {
      hide(true)
      service.data.set('visits', { visits: [visit(0, { city: 'Ulm' }), visit(0.1, { city: 'Bonn' }), visit(0.2, { city: 'Kiel' }), before] })
      service.change()
      await after(600)
      expect(titles(element)).to.deep.equal([])
      hide(false)
      await paints(element, '3 new visitors')
      expect(titles(element)).to.deep.equal(['3 new visitors'])
    } finally {
      Reflect.deleteProperty(document, 'hidden')
      Reflect.deleteProperty(document, 'visibilityState')
    }
  })

  it('slides in, and not under reduced motion', async () => {
    const element = await ready(await toasts())
    service.visit([from('Berlin')])
    await paints(element, 'Berlin')
    expect(getComputedStyle(find(element, '.toast')).animationName).to.equal('rise')
    await emulateMedia({ reducedMotion: 'reduce' })
    expect(getComputedStyle(find(element, '.toast')).animationName).to.equal('none')
  })

  it('is silent for screen readers, unless it is asked to announce', async () => {
    const region = () => document.querySelector('.hk-announcements')
    const quiet = await ready(await toasts())
    service.visit([from('Berlin')])
    await paints(quiet, 'Berlin')
    expect(quiet.shadowRoot?.querySelector('[aria-live], [role=status], [role=alert]')).to.equal(null)
    expect(region()).to.equal(null)
    const loud = await ready(await toasts({ announce: true }))
    service.visit([from('Bonn')])
    await paints(loud, 'Bonn')
    expect(region()?.textContent).to.equal('New visitor from Bonn, Germany')
    service.visit([from('Ulm')])
    await paints(loud, '2 new visitors')
    // At most each half a minute.
    expect(region()?.textContent).to.equal('New visitor from Bonn, Germany')
  })

  it('says once why there can be none', async () => {
    service.failure = 403
    const element = await toasts()
    await reaches(element, 'denied')
    await paints(element, 'does not give access')
    await stands(element)
    await expect(element).to.be.accessible()
    find(element, '.close').click()
    await waitUntil(() => !find(element, '.stack').matches(':popover-open'))
  })

  it('keeps to itself what passes by itself', async () => {
    service.failure = 'network'
    const element = await toasts()
    await reaches(element, 'error')
    expect(textOf(element)).to.equal('')
  })

  it('names a corner that it does not know', async () => {
    const element = await toasts({ position: 'bottom' })
    await reaches(element, 'error')
    await paints(element, 'position="bottom" is not known')
  })

  it('counts by the plural of its language', async () => {
    const element = await ready(await toasts({ lang: 'ar' }))
    service.visit([from('Berlin'), from('Berlin')])
    await paints(element, 'زائران جديدان من Berlin، ألمانيا')
  })

  it('leaves nothing behind after many connects and disconnects', async () => {
    const element = await ready(await toasts())
    service.visit([from('Berlin')])
    await paints(element, 'Berlin')
    const parent = element.parentElement
    for (let turn = 0; turn < 200; turn += 1) {
      element.remove()
      await Promise.resolve()
      parent?.append(element)
      if (turn % 20 === 0) await element.updateComplete
    }
    await ready(element)
    await waitUntil(() => service.streams === 1, 'one stream', { timeout: 3000 })
    expect(titles(element)).to.deep.equal([])
    element.remove()
    await waitUntil(() => service.streams === 0, 'no stream', { timeout: 5000 })
  })
})

describe('the toasts on screen', () => {
  /** A stack whose time is ours, with timers that come some milliseconds early. */
  function made({ early = 0 } = {}) {
    let time = 0
    const calls = new Map<number, { at: number; call: () => void }>()
    let ids = 0
    const timing = {
      now: () => time,
      after(ms: number, call: () => void) {
        const id = (ids += 1)
        calls.set(id, { at: time + Math.max(0, ms - early), call })
        return () => void calls.delete(id)
      },
    }
    const pass = (ms: number) => {
      time += ms
      for (const [id, { at, call }] of new Map(calls)) {
        if (at > time) continue
        calls.delete(id)
        call()
      }
    }
    const stack = new Stack(() => {}, timing)
    const counts = () => stack.toasts.filter(({ leaving }) => !leaving).map(({ visits, more }) => visits.length + more)
    const come = (city: string, more = 0) => stack.add({ visits: [from(city)], more, open: false }, 10_000)
    return { stack, pass, counts, come }
  }

  it('are at most three, and all that come are counted', () => {
    const { pass, counts, come } = made()
    for (const city of ['Berlin', 'Bonn', 'Ulm', 'Trier', 'Mainz']) {
      come(city)
      pass(1600)
    }
    expect(counts()).to.deep.equal([1, 1, 3])
    come('Kiel', 200)
    expect(counts()).to.deep.equal([1, 1, 204])
  })

  it('go also where the timer comes a little early', () => {
    const { pass, counts, come } = made({ early: 0.7 })
    come('Berlin')
    pass(9999.3)
    expect(counts()).to.deep.equal([1])
    pass(0.7)
    expect(counts()).to.deep.equal([])
  })

  it('merge what comes from the same place, however late', () => {
    const { pass, counts, come } = made()
    come('Berlin')
    pass(5000)
    come('Berlin')
    pass(5000)
    expect(counts()).to.deep.equal([2])
    come('Bonn')
    expect(counts()).to.deep.equal([2, 1])
  })

  it('go in their turn, and wait while they are read', () => {
    const { stack, pass, counts, come } = made()
    come('Berlin')
    pass(4000)
    come('Bonn')
    pass(5000)
    stack.pause()
    pass(60_000)
    expect(counts()).to.deep.equal([1, 1])
    stack.resume()
    pass(1000)
    expect(counts()).to.deep.equal([1])
    pass(4000)
    expect(counts()).to.deep.equal([])
    pass(200)
    expect(stack.toasts).to.deep.equal([])
  })
})
