import type { optOut } from './privacy.ts'
import type { Tracker } from './tracker.ts'

type EventCall = Parameters<Tracker['event']>

/** `window.hk`: the page's function for events, or before the script has loaded the stub that keeps them. */
export interface Hk {
  (...call: EventCall): void
  /** Calls from before the script has loaded. */
  q?: EventCall[]
  /** Sites that are counted: a second copy of the script for one of them does nothing. */
  on?: readonly string[]
  /** The visitor does not want to be counted; `optOut(false)`: wants to be again. */
  optOut?: typeof optOut
}

declare global {
  interface Window {
    hk?: Hk
  }
}
