import type { Visit } from '@hk-live/sdk'
import type { Arrived } from '../element/arrivals.ts'

/** Visits that are told of together. */
export interface Toast extends Readonly<Arrived> {
  readonly id: number
  /** On its way out. */
  readonly leaving: boolean
}

/** A toast with its time. */
interface Timed extends Toast {
  /** When it last grew, and when it goes, in milliseconds of the clock. */
  grown: number
  until: number
}

/** Time, in milliseconds; replaced by tests. */
export interface Timing {
  now(): number
  after(ms: number, call: () => void): () => void
}

/** How many are on screen at once. */
export const most = 3
/** Visits that come this soon after one another are a rush. */
export const rushMs = 1500
/** Visits of a toast that are named at most; the others are counted. */
const named = 50
export const leaveMs = 200

const page: Timing = {
  now: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}

/** How many visits are told of. */
export function countOf({ visits, more }: Arrived): number {
  return visits.length + more
}

/** Tells of two lots as one; of visits that have no name any more, the number is kept. */
export function join(earlier: Arrived | undefined, later: Arrived): Arrived {
  if (!earlier) return later
  const all = [...earlier.visits, ...later.visits]
  const over = Math.max(0, all.length - named)
  return { visits: all.slice(over), more: earlier.more + later.more + over, open: earlier.open || later.open }
}

/** The place of a visit, to see whether two are from the same. */
export function spotOf({ country, city }: Visit): string {
  return country && `${country}\n${city ?? ''}`
}

/** The one place that all visits of a toast are from, where it is known. */
export function commonSpot({ visits, more, open }: Arrived): string {
  const [first] = visits
  const spot = first && more === 0 && !open ? spotOf(first) : ''
  return visits.every((visit) => spotOf(visit) === spot) ? spot : ''
}

/**
 * The toasts on screen. What comes in a rush, from the same place as the newest, or while there are three
 * already, is merged into the newest: each visit is counted in one of them.
 */
export class Stack {
  #toasts: Timed[] = []
  #changed: () => void
  #timing: Timing
  #ids = 0
  #cancel = () => {}
  #pausedAt: number | undefined

  constructor(changed: () => void, timing: Timing = page) {
    this.#changed = changed
    this.#timing = timing
  }

  /** The oldest first. */
  get toasts(): readonly Toast[] {
    return this.#toasts
  }

  /** Tells of visits. Returns the toast that does. */
  add(arrived: Arrived, durationMs: number): Toast {
    const now = this.#timing.now()
    const newest = this.#shown.at(-1)
    const merged = newest && this.#belongs(arrived, newest, now) ? newest : undefined
    const id = merged?.id ?? (this.#ids += 1)
    const made = { ...join(merged, arrived), id, leaving: false, grown: now, until: now + durationMs }
    this.#toasts = [...this.#toasts.filter((toast) => toast !== merged), made]
    this.#turn()
    return made
  }

  dismiss(id: number): void {
    this.#leave((toast) => toast.id === id)
  }

  /** Stops their time, for as long as somebody reads them. */
  pause(): void {
    this.#pausedAt ??= this.#timing.now()
    this.#cancel()
  }

  resume(): void {
    if (this.#pausedAt === undefined) return
    const rested = this.#timing.now() - this.#pausedAt
    this.#pausedAt = undefined
    this.#toasts = this.#toasts.map((toast) => ({ ...toast, until: toast.until + rested }))
    this.#turn()
  }

  clear(): void {
    this.#toasts = []
    this.#pausedAt = undefined
    this.#cancel()
  }

  get #shown(): Timed[] {
    return this.#toasts.filter(({ leaving }) => !leaving)
  }

  #belongs(arrived: Arrived, newest: Timed, now: number): boolean {
    if (this.#shown.length >= most || now - newest.grown < rushMs) return true
    const spot = commonSpot(newest)
    return spot !== '' && spot === commonSpot(arrived)
  }

  #leave(goes: (toast: Timed) => boolean): void {
    const ids = new Set(this.#shown.filter(goes).map(({ id }) => id))
    if (ids.size === 0) return
    this.#toasts = this.#toasts.map((toast) => (ids.has(toast.id) ? { ...toast, leaving: true } : toast))
    this.#timing.after(leaveMs, () => {
      this.#toasts = this.#toasts.filter(({ id }) => !ids.has(id))
      this.#changed()
    })
    this.#turn()
  }

  /** Says that something changed, and waits for the next that goes. */
  #turn(): void {
    this.#changed()
    this.#wait()
  }

  #wait(): void {
    this.#cancel()
    const next = Math.min(...this.#shown.map(({ until }) => until))
    if (next === Infinity || this.#pausedAt !== undefined) return
    const { now, after } = this.#timing
    this.#cancel = after(Math.max(0, next - now()), () => {
      // A timer counts whole milliseconds, and can be a fraction of one early.
      if (now() < next) this.#wait()
      else this.#leave(({ until }) => until <= now())
    })
  }
}
