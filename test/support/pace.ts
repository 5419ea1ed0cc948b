import type { Timers } from '../../sdk/index.ts'

interface Timer {
  /** By the clock. */
  readonly due: number
  readonly run: () => void
  handle: ReturnType<typeof setTimeout> | undefined
}

/**
 * A clock that runs faster than the real one, with its timers, so that what takes the SDK minutes takes
 * a test seconds while sockets and the database stay as they are.
 */
export class Pace implements Timers {
  readonly #speed: number
  readonly #began = Date.now()
  readonly #timers = new Set<Timer>()
  #slept = 0

  constructor(speed: number) {
    this.#speed = speed
  }

  /** Milliseconds since 1970; begins with the real time. */
  readonly now = (): number => this.#began + this.#slept + (Date.now() - this.#began) * this.#speed

  readonly setTimeout = (run: () => void, ms: number): unknown => {
    const timer: Timer = { due: this.now() + ms, run, handle: undefined }
    this.#timers.add(timer)
    this.#arm(timer)
    return timer
  }

  readonly clearTimeout = (handle: unknown): void => {
    for (const timer of this.#timers) if (timer === handle) this.#drop(timer)
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size
  }

  /** Moves time on without anything running meanwhile; what fell due runs now, late. */
  sleep(ms: number): void {
    this.#slept += ms
    for (const timer of this.#timers) {
      clearTimeout(timer.handle)
      this.#arm(timer)
    }
  }

  #arm(timer: Timer): void {
    const left = Math.max(0, timer.due - this.now()) / this.#speed
    timer.handle = setTimeout(() => {
      this.#timers.delete(timer)
      timer.run()
    }, left)
  }

  #drop(timer: Timer): void {
    clearTimeout(timer.handle)
    this.#timers.delete(timer)
  }
}
