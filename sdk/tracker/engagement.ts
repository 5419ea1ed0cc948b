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

/**
 * Measures while the page is visible and its visitor does something now and then: scrolling, typing, moving the
 * pointer. Told when the page is left, hidden, changes its address, and every four minutes.
 */
export function measureEngagement(running: Running): void {
  const { until } = running
  let since = performance.now()
  let seen = !document.hidden
  let last = since
  let over = ''
  let engaged = 0
  let deepest = 0

  const look = () => {
    const { scrollHeight } = document.documentElement
    const depth = Math.min(1, (scrollY + innerHeight) / Math.max(1, scrollHeight))
    deepest = Math.max(deepest, Math.round(100 * depth))
  }
  /** Adds the time since the last sign, if the page was seen. */
  const settle = () => {
    const now = performance.now()
    if (seen) engaged += Math.min(idleMs, now - since)
    since = now
    seen = !document.hidden
  }
  const tell = () => {
    settle()
    look()
    // Else a page that was forgotten in a tab would begin a visit without a pageview.
    if (since - last > visitMs) over = location.href
    if (engaged >= 1_000 && over !== location.href) {
      running.add('engagement', { value: Math.round(engaged / 1_000), props: { scroll: deepest } })
    }
    last = since
    engaged = deepest = 0
  }

  running.leaving = tell
  for (const sign of signs) addEventListener(sign, settle, { passive: true, capture: true, signal: until.signal })
  addEventListener('scroll', look, { passive: true, signal: until.signal })
  addEventListener('visibilitychange', settle, until)
  const timer = setInterval(() => {
    settle()
    if (engaged >= 1_000) tell()
  }, everyMs)
  until.signal.addEventListener('abort', () => clearInterval(timer))
}
