import { stepOf } from '../element/steps.ts'

/** First and last index of the buckets that are chosen. */
export type Stretch = readonly [first: number, last: number]

/** Pixels that a pointer may move between being pressed and lifted for a click. */
const slack = 4

/** Where a reader is in a series: at which bucket, and from which one a stretch is being drawn. */
export class Cursor {
  #active: number | undefined
  #anchor: number | undefined
  /** Where a pointer was pressed, in pixels, until it has left the place. */
  #pressed: number | undefined
  /** Whether the click that is to come ends a stretch. */
  #spent = false
  #moved: () => void

  /** @param moved called when it stands elsewhere */
  constructor(moved: () => void) {
    this.#moved = moved
  }

  get active(): number | undefined {
    return this.#active
  }

  /** The stretch that is being chosen; one bucket is none. */
  get stretch(): Stretch | undefined {
    const { active, anchor } = { active: this.#active, anchor: this.#anchor }
    if (active === undefined || anchor === undefined || active === anchor) return undefined
    return active < anchor ? [active, anchor] : [anchor, active]
  }

  /**
   * Goes to a bucket, or away.
   *
   * @param last index of the last bucket
   */
  move(index: number | undefined, last: number): void {
    const active = index === undefined || last < 0 ? undefined : Math.min(last, Math.max(0, index))
    if (active === undefined) this.#anchor = this.#pressed = undefined
    if (active === this.#active) return
    this.#active = active
    this.#moved()
  }

  /** A pointer was pressed: begins a stretch where it stands. */
  press(at: number): void {
    this.#anchor = this.#active
    this.#pressed = at
  }

  /** Whether a pointer is about where it was pressed, so that it may come to a click. */
  rests(at: number): boolean {
    if (this.#pressed !== undefined && Math.abs(at - this.#pressed) < slack) return true
    this.#pressed = undefined
    return false
  }

  /** Ends the stretch; returns what was chosen. */
  end(): Stretch | undefined {
    const { stretch } = this
    this.#anchor = this.#pressed = undefined
    if (stretch) this.#moved()
    return stretch
  }

  /** A pointer was lifted. @param drew whether that ended a stretch */
  lift(drew: boolean): void {
    this.#spent = drew
  }

  /** The bucket that a click chooses: none where it only ends a stretch. */
  click(): number | undefined {
    const chosen = this.#spent ? undefined : this.#active
    this.#spent = false
    return chosen
  }

  /**
   * Goes where a key leads; Shift draws a stretch on the way, where that is wanted. Escape first puts a stretch away.
   *
   * @returns whether the key means something
   */
  key({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>, last: number, draws: boolean): boolean {
    if (key === 'Escape' && this.end()) return true
    const step = stepOf(key, this.#active, last)
    if (!step) return false
    if (!shiftKey || !draws) this.#anchor = undefined
    else if (this.#active === undefined) this.#anchor = Math.min(last, Math.max(0, step.to ?? 0))
    else this.#anchor ??= this.#active
    this.move(step.to, last)
    return true
  }
}
