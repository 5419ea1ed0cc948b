import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Counts the seconds to an end, has its element written anew at each, and says when it is over. */
export class Countdown implements ReactiveController {
  #host: ReactiveControllerHost & Element
  #timer: ReturnType<typeof setInterval> | undefined
  #end = 0

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host
    host.addController(this)
  }

  /** Seconds that are left, rounded up; 0 where nothing is waited for. */
  get seconds(): number {
    return this.#timer === undefined ? 0 : Math.max(1, Math.ceil((this.#end - performance.now()) / 1_000))
  }

  /** Begins anew. @param over called at the end, unless the element is gone by then */
  start(ms: number, over: () => void): void {
    this.stop()
    this.#end = performance.now() + ms
    this.#timer = setInterval(() => {
      if (performance.now() >= this.#end) {
        this.stop()
        over()
      }
      this.#host.requestUpdate()
    }, 1_000)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  hostDisconnected(): void {
    // An element that only moves is connected again at once.
    queueMicrotask(() => {
      if (!this.#host.isConnected) this.stop()
    })
  }
}
