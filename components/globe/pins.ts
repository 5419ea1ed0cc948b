import type { Place } from '@hk-live/sdk'

/** A place on the picture. */
export interface Pin extends Place {
  readonly key: string
  /** Nobody is there any more. */
  readonly gone: boolean
}

/** Milliseconds in which a pin appears, and in which it fades. */
export const fadeMs = 400

/** Pins of the places where somebody is, and of those that somebody left just now. */
export class Pins {
  #pins: readonly Pin[] = []
  #changed: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param changed called when pins have faded */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  get all(): readonly Pin[] {
    return this.#pins
  }

  set(places: readonly Place[]): void {
    const there = places.map((place): Pin => ({ ...place, key: keyOf(place), gone: false }))
    const keys = new Set(there.map(({ key }) => key))
    const leaving = this.#pins.filter(({ key }) => !keys.has(key)).map((pin) => ({ ...pin, gone: true }))
    this.#pins = [...there, ...leaving]
    if (leaving.length === 0) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#pins = this.#pins.filter(({ gone }) => !gone)
      this.#changed()
    }, fadeMs)
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#pins = []
  }
}

function keyOf({ lat, lon, country, city }: Place): string {
  return [lat, lon, country, city].join(' ')
}

/** Diameter of a pin's halo in pixels: its area grows with the visitors, up to a limit. */
export function sizeOf({ visitors }: Place): number {
  return Math.round(Math.min(36, 11 + 5 * Math.sqrt(visitors)))
}
