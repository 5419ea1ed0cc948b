/**
 * How long a page is read and how far: items `engagement` of seconds, with `scroll` in percent.
 *
 * @module
 */
import type { Running } from './tracker.ts'

/** Without a sign of the visitor for longer than this, in milliseconds, nobody reads. */
const idleMs = 60_000

/** Milliseconds between two reports of a page that is being read: its visitor stays among those of now. */
const everyMs = 240_000

/** A visit ends after 30 minutes without an item: what follows at the same address is of none. */
const visitMs = 29 * 60_000

const signs = ['scroll', 'pointerdown', 'pointermove', 'keydown'] as const

/** Milliseconds of a clock that goes on as the visitor's does, where the page has left it there. */
const clock = () => window.performance?.now?.() ?? Date.now()

/**
 * Measures while the page is visible and its visitor does something now and then: scrolling, typing, moving the
 * pointer. Told when the page is left, hidden, changes its address, and every four minutes.
 */
export function measureEngagement(running: Running): void {
  const { until } = running
  let since = clock()
  let awake = since + idleMs
  let seen = !document.hidden
  let last = since
  /** Whether the visit that saw the page has ended. */
  let over = false
  let engaged = 0
  let deepest = 0

  const look = () => {
    const { scrollHeight } = document.documentElement
    const depth = Math.min(1, (scrollY + innerHeight) / Math.max(1, scrollHeight))
    deepest = Math.max(deepest, Math.round(100 * depth))
  }
  /** Adds the time since the last look, as far as the page was seen and its visitor awake. */
  const settle = () => {
    const now = clock()
    if (seen) engaged += Math.max(0, Math.min(now, awake) - since)
    since = now
    seen = !document.hidden
  }
  const signed = () => {
    settle()
    awake = since + idleMs
  }
  const tell = (isNavigation = false) => {
    settle()
    look()
    // Else a page that was forgotten in a tab would begin a visit without a pageview.
    over ||= since - last > visitMs
    if (engaged >= 1_000 && !over) {
      running.add('engagement', { value: Math.round(engaged / 1_000), props: { scroll: deepest } })
    }
    last = since
    engaged = deepest = 0
    if (isNavigation) viewed()
  }
  /** Begins anew, with what is counted as a view. */
  const viewed = () => {
    signed()
    last = since
    engaged = deepest = 0
    over = false
  }

  running.leaving = (isNavigation) => {
    try {
      tell(isNavigation)
    } catch {
      // A page may have no element left to measure: what waits is handed over all the same.
    }
  }
  for (const sign of signs) addEventListener(sign, signed, { passive: true, capture: true, signal: until.signal })
  addEventListener('scroll', look, { passive: true, signal: until.signal })
  addEventListener('visibilitychange', signed, until)
  window.addEventListener('pageshow', ({ persisted }) => persisted && viewed(), until)
  const timer = setInterval(() => {
    settle()
    if (engaged >= 1_000) tell()
  }, everyMs)
  until.signal.addEventListener('abort', () => clearInterval(timer))
}
