import { optOut } from './privacy.ts'
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

/** Has `window.hk` tell a tracker too what it is told, and what its stub has kept. Of two sites on one page, both count. */
export function offer(site: string, event: Tracker['event']): void {
  const before = window.hk
  const hk: Hk = (...call) => {
    event(...call)
    if (before?.on) before(...call)
  }
  window.hk = Object.assign(hk, { on: [site, ...(before?.on ?? [])], optOut })
  before?.q?.forEach((call) => hk(...call))
}
