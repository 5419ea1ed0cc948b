import type { TrackerOptions } from './options.ts'
import { startParts } from './parts.ts'
import { startTracker, type Tracker } from './tracker.ts'
import { names, offer, offered } from './window.ts'

export { addToCart, type Basket, beginCheckout, type Product, purchase, type Purchase, refund, type Refund, viewItem } from './commerce.ts'
export type { AutoName, TrackerOptions } from './options.ts'
export { optOut } from './privacy.ts'
export type { Tracker } from './tracker.ts'

const trackers = new Map<string, Tracker>()

/**
 * Counts the page that it runs in, and the events that it is told of, for a site: the npm form of `hk.js`.
 *
 * It sets no cookie, keeps no id of the visitor, does nothing against the visitor's wish (see `ignoreDnt`),
 * and never throws into the page. Starting it twice for a site, or beside `hk.js` for that site, whichever comes
 * first, gives the tracker that runs already; where there is no document (a server, a worker) it does nothing.
 */
export function createTracker(options: TrackerOptions): Tracker {
  const known = trackers.get(options.site)
  if (known) return known
  if (typeof document === 'undefined') return { event() {}, close() {} }
  const before = offered()
  if (before?.on?.includes(options.site)) return { event: before, close() {} }
  const { engagement, auto = false, vitals, hash, localhost, ignoreDnt } = options
  const running = startTracker({
    ...options,
    hash: hash || undefined,
    localhost: localhost || undefined,
    ignoreDnt: ignoreDnt || undefined,
    rescue: () => import('./rescue.ts'),
  })
  // A part that can't be loaded is missed, and no more.
  startParts(running, {
    engagement: engagement === false ? 'off' : '',
    auto: auto === true ? '' : auto === false ? undefined : auto.join(),
    vitals: vitals ? '' : undefined,
    hash: hash ? '' : undefined,
  }).catch(() => {})
  offer(options.site, running.event)
  const own = offered()
  const tracker: Tracker = {
    event: running.event,
    close() {
      if (trackers.get(options.site) !== tracker) return
      trackers.delete(options.site)
      const on = offered()?.on?.filter((site) => site !== options.site)
      for (const name of names) if (before && window[name] === own) window[name] = before
      const rest = offered()
      if (rest) rest.on = on
      running.leave()
      running.until.abort()
    },
  }
  trackers.set(options.site, tracker)
  return tracker
}
