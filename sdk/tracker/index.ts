import type { TrackerOptions } from './options.ts'
import { startTracker } from './tracker.ts'
import type { Tracker } from './tracker.ts'

export type { TrackerOptions } from './options.ts'
export type { Tracker } from './tracker.ts'

const running = new Map<string, Tracker>()

/**
 * Counts the page that it runs in, and the events that it is told of, for a site: the npm form of `hk.js`.
 *
 * It sets no cookie, keeps no id of the visitor, does nothing against the visitor's wish (see `ignoreDnt`),
 * and never throws into the page. Starting it twice for a site gives the tracker that runs already; where
 * there is no document (a server, a worker) it does nothing.
 */
export function createTracker(options: TrackerOptions): Tracker {
  const known = running.get(options.site)
  if (known) return known
  if (typeof document === 'undefined') return { event() {}, close() {} }
  const { event, close } = startTracker(options)
  const tracker: Tracker = {
    event,
    close() {
      running.delete(options.site)
      close()
    },
  }
  running.set(options.site, tracker)
  return tracker
}
