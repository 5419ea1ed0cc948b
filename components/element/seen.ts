import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Distance to the viewport within which an element asks for its data. */
export const margin = '200px'

const calls = new WeakMap<Element, (seen: boolean) => void>()
let observer: IntersectionObserver | undefined

/** One observer for all elements of the page, made when the first is connected. */
function shared(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        // Where the page leaves out the box of an element, nobody can tell where it is.
        calls.get(target)?.(isIntersecting || getComputedStyle(target).display === 'contents')
      }
    },
    { rootMargin: margin },
  )
  return observer
}

/** Tells whether its element is within 200 px of the viewport, and has it updated when that turns. */
export class Seen implements ReactiveController {
  #host: ReactiveControllerHost & Element
  #seen = false

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host
    host.addController(this)
  }

  get value(): boolean {
    return this.#seen
  }

  hostConnected(): void {
    calls.set(this.#host, (seen) => {
      if (seen === this.#seen) return
      this.#seen = seen
      this.#host.requestUpdate()
    })
    shared().observe(this.#host)
  }

  hostDisconnected(): void {
    shared().unobserve(this.#host)
    calls.delete(this.#host)
  }
}
