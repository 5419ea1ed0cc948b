import type { Turn } from './project.ts'

/** Radians per second, a round in a minute and a half. */
const speed = (2 * Math.PI) / 90
/** Milliseconds from picture to picture: smooth enough for what moves so slowly. */
const frameMs = 30
/** Radians by a key, and the most that a pole is turned towards who looks. */
const keyed = Math.PI / 18
const steepest = 1.2

const keys: Record<string, [number, number]> = {
  ArrowLeft: [-keyed, 0],
  ArrowRight: [keyed, 0],
  ArrowUp: [0, -keyed],
  ArrowDown: [0, keyed],
}

/**
 * How a globe is turned: automatically and slowly until somebody turns it, then by drags and keys. A page that is
 * hidden gets no frames, so nothing moves there.
 */
export class Spin {
  readonly turn: Turn
  #draw: () => void
  #frame = 0
  #last = 0
  #from: { x: number; y: number } | undefined

  /** @param draw called with each turn */
  constructor(turn: Turn, draw: () => void) {
    this.turn = turn
    this.#draw = draw
  }

  get running(): boolean {
    return this.#frame !== 0
  }

  start(): void {
    if (this.running) return
    this.#last = performance.now()
    this.#frame = requestAnimationFrame(this.#step)
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
  }

  /** Takes hold of the globe. */
  grab(event: PointerEvent): void {
    if (event.button !== 0 || !(event.currentTarget instanceof Element)) return
    event.currentTarget.setPointerCapture(event.pointerId)
    this.#from = event
  }

  /** Moves what is held; says whether anything was. */
  drag(event: PointerEvent): boolean {
    const from = this.#from
    if (!from || !(event.currentTarget instanceof Element)) return false
    const radius = event.currentTarget.getBoundingClientRect().height / 2 || 1
    this.#by((event.x - from.x) / radius, (event.y - from.y) / radius)
    this.#from = event
    return true
  }

  drop(): void {
    this.#from = undefined
  }

  /** Turns by an arrow key; says whether it was one. */
  key(name: string): boolean {
    const by = keys[name]
    if (by) this.#by(...by)
    return by !== undefined
  }

  #by(phi: number, theta: number): void {
    this.turn.phi += phi
    this.turn.theta = Math.min(steepest, Math.max(-steepest, this.turn.theta + theta))
    this.#draw()
  }

  #step = (now: number): void => {
    this.#frame = requestAnimationFrame(this.#step)
    const passed = now - this.#last
    if (passed < frameMs) return
    this.#last = now
    // After a pause it goes on from where it stood.
    this.turn.phi += (Math.min(passed, 100) / 1000) * speed
    this.#draw()
  }
}
