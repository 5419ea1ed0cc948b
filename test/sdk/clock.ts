import type { Timers } from '../../sdk/index.ts'

interface Timer {
  due: number
  run: () => void
}

/** A clock that moves only when a test moves it, with the timers that hang on it. */
export class Clock implements Timers {
  #now = Date.parse('2026-11-22T12:00:00Z')
  readonly #timers = new Set<Timer>()

  readonly now = (): number => this.#now

  setTimeout(run: () => void, ms: number): unknown {
    const timer = { due: this.#now + Math.max(0, ms), run }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(handle: unknown): void {
    for (const timer of this.#timers) if (timer === handle) this.#timers.delete(timer)
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets everything run that is not waiting for a timer. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Moves time on, and runs what falls due in its order. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    for (;;) {
      await this.settle()
      const [next] = [...this.#timers].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)
      if (!next) break
      this.#now = Math.max(this.#now, next.due)
      this.#timers.delete(next)
      next.run()
    }
    this.#now = until
  }

  /** Moves time on without running anything, as when the machine sleeps; what fell due runs late. */
  async sleep(ms: number): Promise<void> {
    await this.settle()
    this.#now += ms
    await this.advance(0)
  }

  /** Is set forth or back by somebody; timers go by the time that has passed. */
  set(ms: number): void {
    this.#now += ms
    for (const timer of this.#timers) timer.due += ms
  }

  /** Resolves once that much time has passed. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.setTimeout(resolve, ms))
  }
}
