import type { Tracker } from './tracker.ts'

type EventCall = Parameters<Tracker['event']>

/** `window.hk`: the page's function for events, or before the script has loaded the stub that keeps them. */
export interface Hk {
  (...call: EventCall): void
  /** Calls from before the script has loaded. */
  q?: EventCall[]
  /** Set once the script runs: a second copy does nothing. */
  on?: boolean
}

declare global {
  interface Window {
    hk?: Hk
  }
}
