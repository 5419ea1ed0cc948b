import type { Item } from '../protocol.ts'
import { watchNavigation } from './navigation.ts'
import type { TrackerOptions } from './options.ts'
import { watchPage, whenShown } from './page.ts'
import { mayTrack } from './privacy.ts'
import { createQueue } from './queue.ts'

/** A running tracker. */
export interface Tracker {
  /** Counts an event of the page, with properties of plain values. */
  event(name: string, props?: Item['props']): void
  /** Stops counting; what is waiting is handed over first. */
  close(): void
}

/**
 * Counts this page's views, at once (a prerendered page at its activation) and with each navigation inside
 * the page and each return from the back-forward cache, and the events that it is told of.
 */
export function startTracker(options: TrackerOptions): Tracker {
  if (!mayTrack(options)) return { event() {}, close() {} }
  const { site, endpoint, hash, exclude } = options
  const queue = createQueue(`${endpoint.replace(/\/$/, '')}/ingest`, site)
  // Itself the options of each listener: it has the `signal` that they end by.
  const until = new AbortController()
  let { referrer } = document
  let url = ''

  const add = (type: 'pageview' | 'event', name?: string, props?: Item['props']) => {
    if (until.signal.aborted || exclude?.some((pattern) => matches(pattern, location.pathname))) return
    try {
      queue.add({
        // 128 random bits; `crypto.randomUUID` would do, but is missing on pages without https.
        id: crypto.getRandomValues(new Uint32Array(4)).join('-'),
        type,
        at: new Date().toISOString(),
        url,
        referrer,
        language: navigator.language,
        name,
        props,
      })
    } catch {
      // Properties that JSON can't write: the page goes on without this event.
    }
  }
  const view = () => add('pageview')
  const changed = () => {
    const next = hash ? location.href : location.href.replace(/#.*/, '')
    if (next === url) return
    referrer = url || referrer
    url = next
    view()
  }

  whenShown(() => {
    changed()
    watchNavigation(changed, until)
    watchPage(view, queue.leave, until)
  }, until)
  return {
    event: (name, props) => whenShown(() => add('event', name, props), until),
    close() {
      queue.leave()
      until.abort()
    },
  }
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.trim().replace(/[^\w*]/g, '\\$&').replace(/\*/g, '.*')}$`).test(path)
}
