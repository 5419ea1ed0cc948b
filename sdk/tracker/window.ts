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
    hkLive?: Hk
  }
}

/** Names of the function. The first may be a variable of the page's own, and is left alone then. */
export const names = ['hk', 'hkLive'] as const

/** The function, where a tracker has offered it already. */
export function offered(): Hk | undefined {
  return names.map((name) => window[name]).find((one) => Array.isArray(one?.on))
}

/** Offers a function that tells a tracker too what it is told, and what its stub has kept. Of two sites on one page, both count. */
export function offer(site: string, event: Tracker['event']): void {
  const before = offered()
  const hk: Hk = (...call) => {
    event(...call)
    before?.(...call)
  }
  hk.on = [site, ...(before?.on ?? [])]
  hk.optOut = optOut
  for (const name of names) {
    // An element of that id is no variable of the page.
    const there = Object.hasOwn(window, name) ? window[name] : undefined
    if (there && there !== before && !isStub(there)) continue
    window[name] = hk
    there?.q?.forEach((call) => hk(...call))
  }
}

function isStub(there: Hk): boolean {
  return typeof there === 'function' && !!(there.q || /\bhk\w*\.q\b/.test(`${there}`))
}
