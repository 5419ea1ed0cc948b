import { expect, fixture, html, waitUntil } from '@open-wc/testing'
import { emulateMedia, sendKeys, sendMouse } from '@web/test-runner-commands'
import '../../components/define.ts'
import type { HkGlobe } from '../../components/index.ts'
import { isLand } from '../../components/globe/land.ts'
import { facing, fromMap, onGlobe, onMap } from '../../components/globe/project.ts'
import { Spin } from '../../components/globe/spin.ts'
import { places } from './answers.ts'
import { after, find, heard, inBothSchemes, paints, part, reaches, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

afterEach(() => emulateMedia({ reducedMotion: 'no-preference', colorScheme: 'light' }))

function globe(more: { lang?: string; view?: string; limit?: number } = {}): Promise<HkGlobe> {
  const { lang = 'en', view = 'globe', limit = 5 } = more
  return fixture<HkGlobe>(html`<hk-globe lang=${lang} endpoint=${service.endpoint} share="token" view=${view} limit=${limit}></hk-globe>`)
}

async function turning(): Promise<HkGlobe> {
  const element = await globe()
  await paints(element, 'Berlin')
  await waitUntil(() => element.shadowRoot?.querySelector('canvas'), 'a canvas', { timeout: 4000 })
  return element
}

function rows(element: HkGlobe): string[] {
  return [...(element.shadowRoot?.querySelectorAll('li') ?? [])].map((row) => row.textContent?.trim().replaceAll(/\s+/g, ' ') ?? '')
}

function pins(element: HkGlobe): HTMLElement[] {
  return [...(element.shadowRoot?.querySelectorAll<HTMLElement>('.pin') ?? [])]
}

const withPlaces = (some: typeof places) => ({
  visitors: some.reduce((sum, { visitors }) => sum + visitors, 0),
  pages: [],
  sources: [],
  countries: [],
  devices: [],
  places: some,
  minutes: [],
})

describe('a globe that is held', () => {
  for (const style of ['', 'zoom: 2', 'zoom: 0.5', 'scale: 2']) {
    it(`turns by its radius with a pointer, ${style || 'as it is'}`, async () => {
      const box = await fixture<HTMLElement>(html`<div style="position: fixed; inset: 0 auto auto 0; inline-size: 200px; block-size: 200px; transform-origin: 0 0; ${style}"></div>`)
      const spin = new Spin({ phi: 0, theta: 0 }, () => {})
      box.addEventListener('pointerdown', (event) => spin.grab(event))
      box.addEventListener('pointermove', (event) => spin.drag(event))
      const radius = box.getBoundingClientRect().width / 2
      await sendMouse({ type: 'move', position: [radius, radius] })
      await sendMouse({ type: 'down' })
      await sendMouse({ type: 'move', position: [radius * 1.5, radius] })
      await sendMouse({ type: 'up' })
      expect(spin.turn.phi).to.be.closeTo(0.5, 0.02)
    })
  }
})

describe('hk-globe', () => {
  it('shows visitors now on a globe, and the same as a list', async () => {
    const element = await turning()
    expect(rows(element)).to.deep.equal([
      'Berlin, Germany 7',
      'Paris, France 5',
      'London, United Kingdom 4',
      'Tokyo, Japan 3',
      'Elsewhere or unknown 18',
    ])
    expect(pins(element).length).to.equal(places.length)
    await inBothSchemes(() => expect(element).to.be.accessible())
  })

  it('draws the land where the pins are', async () => {
    const [mali, ocean] = [{ lat: 16, lon: 1 }, { lat: -16, lon: -8 }]
    service.data.set('live', withPlaces([mali, ocean].map((at) => ({ ...at, country: 'ML', city: '', visitors: 1 }))))
    const element = await globe()
    const canvas = await waitUntil(() => element.shadowRoot?.querySelector('canvas'), 'a canvas', { timeout: 4000 }).then(() => find(element, 'canvas'))
    await waitUntil(() => pins(element).length === 2)
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error('no canvas')
    const gl = canvas.getContext('webgl2')
    if (!gl) throw new Error('no WebGL')
    // What is drawn can be read in the same turn only.
    find(element, '.world').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))
    const { width, height } = canvas
    const pixels = new Uint8Array(width * height * 4)
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels)
    const near = 9
    const lit = pins(element).map(({ style }) => {
      const x = Math.round((Number.parseFloat(style.left) / 100) * width)
      const y = Math.round((1 - Number.parseFloat(style.top) / 100) * height)
      let count = 0
      for (let dy = -near; dy <= near; dy += 1) {
        for (let dx = -near; dx <= near; dx += 1) {
          if ((pixels[((y + dy) * width + x + dx) * 4] ?? 0) > 80) count += 1
        }
      }
      return count
    })
    expect(lit[0]).to.be.greaterThan(8)
    expect(lit[1]).to.equal(0)
  })

  it('turns by itself until somebody turns it, by keys or by dragging', async () => {
    const element = await turning()
    const [pin] = pins(element)
    const left = () => pin?.style.left
    const first = left()
    await waitUntil(() => left() !== first, 'turns', { timeout: 3000 })
    const world = find(element, '.world')
    world.focus()
    await sendKeys({ press: 'ArrowLeft' })
    await element.updateComplete
    const turned = left()
    await after(150)
    expect(left()).to.equal(turned)
    const { x, y, width } = world.getBoundingClientRect()
    await sendMouse({ type: 'move', position: [Math.round(x + width / 2), Math.round(y + width / 2)] })
    await sendMouse({ type: 'down' })
    await sendMouse({ type: 'move', position: [Math.round(x + width / 2 - 30), Math.round(y + width / 2)] })
    await sendMouse({ type: 'up' })
    expect(left()).not.to.equal(turned)
    expect(find(element, '.still').getAttribute('aria-pressed')).to.equal('true')
    const dropped = left()
    find(element, '.still').click()
    await waitUntil(() => left() !== dropped, 'turns again', { timeout: 3000 })
  })

  it('lets pins appear, and fade where nobody is any more', async () => {
    const element = await globe({ view: 'map' })
    await paints(element, 'Berlin')
    expect(getComputedStyle(find(element, '.pin i')).animationName).to.equal('appear')
    service.data.set('live', withPlaces(places.slice(1)))
    service.change()
    await waitUntil(() => pins(element).some((pin) => pin.classList.contains('gone')), 'fades', { interval: 10, timeout: 3000 })
    expect(pins(element).length).to.equal(places.length)
    await waitUntil(() => pins(element).length === places.length - 1, 'gone', { timeout: 3000 })
  })

  it('marks only the lines that moved', async () => {
    const element = await globe({ view: 'list', limit: 20 })
    await paints(element, 'Berlin')
    const changed = heard(element, 'hk-change')
    const [berlin, ...others] = places
    if (!berlin) throw new Error('no place')
    service.data.set('live', withPlaces([{ ...berlin, visitors: 8 }, ...others]))
    service.change()
    expect([...(await changed).changed]).to.deep.equal(['DE\nBerlin'])
    await reaches(element, 'changed')
    expect(element.shadowRoot?.querySelectorAll('.changed').length).to.equal(1)
  })

  it('lists all places by a button', async () => {
    const element = await globe({ view: 'list' })
    await paints(element, '3 more places')
    find(element, '.more').click()
    await paints(element, 'Cairo, Egypt')
    expect(rows(element).length).to.equal(8)
    expect(find(element, '.more').getAttribute('aria-expanded')).to.equal('true')
  })

  it('lists countries where no place is known', async () => {
    service.data.set('live', { ...withPlaces([]), visitors: 3, countries: [{ value: 'JP', visitors: 2 }] })
    const element = await globe()
    await paints(element, 'Japan')
    expect(rows(element)).to.deep.equal(['Japan 2', 'Elsewhere or unknown 1'])
  })

  it('is a flat map where that is asked for, or motion is not wanted', async () => {
    const flat = await globe({ view: 'map' })
    await paints(flat, 'Berlin')
    expect(find(flat, '.land path').getAttribute('d')?.length).to.be.greaterThan(1000)
    await emulateMedia({ reducedMotion: 'reduce' })
    const calm = await globe()
    await paints(calm, 'Berlin')
    expect(find(calm, '.land').localName).to.equal('svg')
    expect(calm.shadowRoot?.querySelector('canvas')).to.equal(null)
    expect(getComputedStyle(find(calm, '.pin i')).animationName).to.equal('none')
    await emulateMedia({ reducedMotion: 'no-preference' })
    await waitUntil(() => calm.shadowRoot?.querySelector('canvas'), 'a globe', { timeout: 3000 })
    await expect(flat).to.be.accessible()
  })

  it('is a flat map where there is no WebGL', async () => {
    const own = HTMLCanvasElement.prototype.getContext
    Object.assign(HTMLCanvasElement.prototype, { getContext: () => null })
    try {
      const element = await globe()
      await paints(element, 'Berlin')
      await waitUntil(() => element.shadowRoot?.querySelector('.land'), 'a map', { timeout: 3000 })
    } finally {
      Object.assign(HTMLCanvasElement.prototype, { getContext: own })
    }
  })

  it('takes its colours from the page, and anew in another scheme', async () => {
    const element = await turning()
    const canvas = find(element, 'canvas')
    expect(canvas.className).to.equal('dark')
    await emulateMedia({ colorScheme: 'dark' })
    element.style.color = '#fff'
    await waitUntil(() => canvas.className === '', 'light dots', { timeout: 3000 })
  })

  it('is as high before its places are known as with them, with nobody there, and at fault', async () => {
    let open = () => {}
    service.gate = new Promise((resolve) => (open = resolve))
    const element = await globe()
    await reaches(element, 'loading')
    const before = element.offsetHeight
    open()
    await paints(element, 'Berlin')
    expect(element.offsetHeight).to.equal(before)
    service.data.set('live', withPlaces([]))
    await element.refresh()
    await reaches(element, 'empty')
    await paints(element, 'Nobody is here')
    expect(element.offsetHeight).to.equal(before)
    service.failure = 403
    await element.refresh()
    await reaches(element, 'denied')
    await paints(element, 'does not give access')
    expect(element.offsetHeight).to.equal(before)
  })

  it('names a view that it does not know', async () => {
    const element = await globe({ view: 'cube' })
    await reaches(element, 'error')
    expect(textOf(element)).to.contain('view="cube" is not known. Use one of: globe, map, list.')
  })

  it('speaks the language of the closest lang', async () => {
    const element = await globe({ lang: 'de', view: 'map' })
    await paints(element, 'Besucher jetzt')
    await paints(element, 'Tokyo, Japan')
    expect(part(element, 'label').textContent).to.equal('Besucher jetzt')
  })

  it('leaves no picture behind after many connects and disconnects', async () => {
    const element = await turning()
    const contexts = new Set<WebGL2RenderingContext>()
    const note = () => {
      const gl = element.shadowRoot?.querySelector('canvas')?.getContext('webgl2')
      if (gl) contexts.add(gl)
    }
    const parent = element.parentElement
    for (let turn = 0; turn < 200; turn += 1) {
      note()
      element.remove()
      await Promise.resolve()
      parent?.append(element)
      if (turn % 80 === 0) await waitUntil(() => element.shadowRoot?.querySelector('canvas'), 'a canvas', { interval: 5, timeout: 3000 })
    }
    note()
    element.remove()
    expect(contexts.size).to.be.greaterThan(2)
    await waitUntil(() => [...contexts].every((gl) => gl.isContextLost()), 'contexts are lost', { timeout: 3000 })
    expect(element.shadowRoot?.querySelector('canvas')).to.equal(null)
  })
})

describe('where a place is', () => {
  it('comes back from the flat map as it went', () => {
    for (const [lat, lon] of [[52.5, 13.4], [-33.9, 151.2], [0, -179]] as const) {
      const { x, y } = onMap(lat, lon)
      const [north, east] = fromMap(x, y)
      expect(north).to.be.closeTo(lat, 0.001)
      expect(east).to.be.closeTo(lon, 0.001)
    }
  })

  it('is in the middle of a globe that faces it, and not seen from the other side', () => {
    const turn = { phi: facing(13.4), theta: 0 }
    const { x, y, seen } = onGlobe(0, 13.4, turn)
    expect([x, y]).to.satisfy(([a, b]: number[]) => Math.abs((a ?? 0) - 0.5) < 1e-9 && Math.abs((b ?? 0) - 0.5) < 1e-9)
    expect(seen).to.equal(true)
    expect(onGlobe(0, 13.4 + 180, turn).seen).to.equal(false)
    expect(onGlobe(0, 43.4, turn).x).to.be.greaterThan(0.5)
    expect(onGlobe(40, 13.4, turn).y).to.be.lessThan(0.5)
  })

  it('is on land or at sea', () => {
    const land = [[50, 10], [40, -100], [-25, 135], [0, 20], [65, 100]] as const
    const sea = [[0, -30], [30, -50], [-40, 80], [0, 180], [50, -30]] as const
    expect(land.map(([lat, lon]) => isLand(lat, lon))).to.deep.equal(land.map(() => true))
    expect(sea.map(([lat, lon]) => isLand(lat, lon))).to.deep.equal(sea.map(() => false))
  })
})
