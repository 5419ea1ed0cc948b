import type { Client, Place } from '@hk-live/sdk'
import { html } from 'lit'
import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { land } from './map.ts'
import { Pins, sizeOf } from './pins.ts'
import type { Pin } from './pins.ts'
import { facing, onGlobe, onMap } from './project.ts'
import type { Spot } from './project.ts'
import type { Sphere } from './sphere.ts'
import { Spin } from './spin.ts'
import type { GlobeWords } from './words.ts'

/** What a picture needs of its element. */
interface Host extends ReactiveControllerHost, HTMLElement {
  /** Undefined while it is out of view. */
  readonly client: Client | undefined
  readonly renderRoot: HTMLElement | DocumentFragment
}

/** What makes the flat map stand in for the globe, and the scheme, which the dots are drawn by. */
const calm = ['(prefers-reduced-motion: reduce)', '(forced-colors: active)']
const preferences = [...calm, '(prefers-color-scheme: dark)']

/** Where a globe looks at before it knows of anybody, in degrees. */
const usual = 10
const tilt = 0.35
/** Pictures from one look at the colours of the page to the next. */
const lookEach = 20

/** The globe or the flat map with its pins; it holds a WebGL context only while its element is in view. */
export class Picture implements ReactiveController {
  #host: Host
  #pins: Pins
  #preferences: readonly MediaQueryList[] = []
  #spin = new Spin({ phi: facing(usual), theta: tilt }, () => this.#draw())
  #sphere: Sphere | undefined
  #opening = false
  /** There is no WebGL. */
  #flat = false
  #globe = false
  #still = false
  #faced = false
  #drawn = 0
  #places: readonly Place[] | undefined

  constructor(host: Host) {
    this.#host = host
    this.#pins = new Pins(() => host.requestUpdate())
    host.addController(this)
  }

  hostConnected(): void {
    this.#preferences = preferences.map((query) => matchMedia(query))
    for (const preference of this.#preferences) preference.addEventListener('change', this.#turned)
  }

  hostDisconnected(): void {
    for (const preference of this.#preferences) preference.removeEventListener('change', this.#turned)
    queueMicrotask(() => {
      if (this.#host.isConnected) return
      this.#close()
      this.#pins.clear()
      this.#places = undefined
    })
  }

  hostUpdated(): void {
    const box = this.#host.client && this.#box
    if (!box) this.#close()
    else if (this.#sphere) this.#sphere.paint()
    else void this.#open(box)
    if (this.#sphere && !this.#still) this.#spin.start()
    else this.#spin.stop()
    if (this.#globe) this.#place()
  }

  /** The picture of where visitors are. */
  render(places: readonly Place[], view: string, words: GlobeWords): TemplateResult {
    if (places !== this.#places) {
      this.#places = places
      this.#pins.set(places)
    }
    this.#face(places)
    this.#globe = view === 'globe' && !this.#flat && !calm.some((query) => matchMedia(query).matches)
    return html`<div class="picture" part="chart">${this.#globe ? this.#round(words) : this.#map(view === 'map')}</div>`
  }

  #map(own: boolean): TemplateResult {
    return html`<div class="around flat ${own ? 'own' : ''}" aria-hidden="true">
      ${land()}
      ${this.#pinned(({ lat, lon }) => onMap(lat, lon))}
    </div>`
  }

  #round({ turn, pause }: GlobeWords): TemplateResult {
    const halt = () => this.#halt(true)
    return html`<div
        class="around world"
        role="group"
        tabindex="0"
        aria-label=${turn}
        @pointerdown=${(event: PointerEvent) => this.#spin.grab(event)}
        @pointermove=${(event: PointerEvent) => this.#spin.drag(event) && halt()}
        @pointerup=${() => this.#spin.drop()}
        @pointercancel=${() => this.#spin.drop()}
        @keydown=${(event: KeyboardEvent) => {
          if (!this.#spin.key(event.key)) return
          event.preventDefault()
          halt()
        }}
      >
        <div class="sphere"></div>
        ${this.#pinned(({ lat, lon }) => onGlobe(lat, lon, this.#spin.turn))}
      </div>
      <button type="button" class="still" aria-label=${pause} title=${pause} aria-pressed=${this.#still}
        @click=${() => this.#halt(!this.#still)}>
        <svg viewBox="0 0 10 10" aria-hidden="true"><path d=${this.#still ? 'M2 1l7 4-7 4z' : 'M2 1h2v8H2zM6 1h2v8H6z'} /></svg>
      </button>`
  }

  #pinned(spot: (pin: Pin) => Spot): TemplateResult {
    return html`<div class="pins" aria-hidden="true">
      ${repeat(
        this.#pins.all,
        ({ key }) => key,
        (pin) => html`<span class=${pin.gone ? 'pin gone' : 'pin'} .style=${this.#globe ? '' : styleOf(spot(pin))}
          ><i .style=${`--_size:${sizeOf(pin)}px`}></i></span>`,
      )}
    </div>`
  }

  get #box(): HTMLElement | null {
    return this.#host.renderRoot.querySelector<HTMLElement>('.sphere')
  }

  #turned = (): void => {
    this.#host.requestUpdate()
  }

  #halt(still: boolean): void {
    if (still === this.#still) return
    this.#still = still
    this.#host.requestUpdate()
  }

  /** Has most of the visitors in the middle, once they are known. */
  #face([first]: readonly Place[]): void {
    if (this.#faced || !first) return
    this.#faced = true
    this.#spin.turn.phi = facing(first.lon)
  }

  async #open(box: HTMLElement): Promise<void> {
    if (this.#opening) return
    this.#opening = true
    try {
      const { openSphere } = await import('./sphere.ts')
      if (!this.#host.isConnected || !this.#host.client || this.#box !== box) return
      this.#sphere = openSphere(box, this.#spin.turn, () => this.#lose())
      if (!this.#sphere) this.#flat = true
    } catch {
      this.#flat = true
    } finally {
      this.#opening = false
      this.#host.requestUpdate()
    }
  }

  #lose(): void {
    this.#flat = true
    this.#host.requestUpdate()
  }

  #close(): void {
    this.#spin.stop()
    this.#sphere?.close()
    this.#sphere = undefined
  }

  #draw(): void {
    // A page may have changed its colours without a word.
    this.#drawn += 1
    if (this.#drawn % lookEach === 0) this.#sphere?.paint()
    this.#sphere?.draw(this.#spin.turn)
    this.#place()
  }

  /** Moves the pins along with the globe. */
  #place(): void {
    const elements = this.#host.renderRoot.querySelectorAll<HTMLElement>('.pin')
    for (const [index, { lat, lon }] of this.#pins.all.entries()) {
      const element = elements[index]
      if (!element) continue
      const { x, y, seen } = onGlobe(lat, lon, this.#spin.turn)
      element.style.left = `${x * 100}%`
      element.style.top = `${y * 100}%`
      element.classList.toggle('behind', !seen)
    }
  }
}

function styleOf({ x, y }: Spot): string {
  return `left:${(x * 100).toFixed(2)}%;top:${(y * 100).toFixed(2)}%`
}
