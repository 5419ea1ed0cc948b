import type { Item, ItemType } from '../protocol.ts'
import { watchNavigation } from './navigation.ts'
import type { CoreOptions } from './options.ts'
import { watchPage, whenShown } from './page.ts'
import { createQueue } from './queue.ts'

/** A running tracker. */
export interface Tracker {
  /** Counts an event of the page, with properties of plain values. */
  event(name: string, props?: Item['props']): void
  /** Stops counting; what is waiting is handed over first. */
  close(): void
}

/** A tracker, and what parts that are loaded apart work with; see `parts.ts`. */
export interface Running {
  event: Tracker['event']
  /** Counts an item of the page, or of the address that it had. */
  add(type: ItemType, fields?: Partial<Item>): void
  /** Hands over what waits, as the page may be about to end. */
  leave(): void
  /** Called when the page is about to end or to have another address, before what waits is handed over. */
  leaving?: () => void
  /** Itself the options of each listener: it has the `signal` that they end by. */
  readonly until: AbortController
}

/**
 * Counts this page's views, at once (a prerendered page at its activation) and with each navigation inside
 * the page and each return from the back-forward cache, and the events that it is told of.
 */
export function startTracker(options: CoreOptions): Running {
  const { endpoint, hash, exclude } = options
  const queue = createQueue(endpoint.replace(/\/?$/, '/ingest'), options)
  const until = new AbortController()
  let { referrer } = document
  let url = ''

  const add = (type: ItemType, fields?: Partial<Item>) => {
    try {
      const item = {
        // 128 random bits; `crypto.randomUUID` would do, but is missing on pages without https.
        id: crypto.getRandomValues(new Uint32Array(4)).join('-'),
        type,
        at: new Date().toJSON(),
        url,
        referrer,
        language: navigator.language,
        ...fields,
      }
      // What is told as a page is left is of that page, wherever the address leads by now.
      const { pathname } = new URL(item.url)
      if (!until.signal.aborted && !exclude?.some((pattern) => matches(pattern, pathname))) queue.add(item)
    } catch {
      // Properties that JSON can't write: the page goes on without this event.
    }
  }
  const view = () => add('pageview')
  const changed = () => {
    const next = location.href.replace(hash === undefined ? /#.*/ : '', '')
    if (next === url) return
    running.leaving?.()
    referrer = url || referrer
    url = next
    view()
  }
  const running: Running = {
    add,
    until,
    event: (name, props) => whenShown(() => add('event', { name, props }), until),
    leave() {
      running.leaving?.()
      queue.leave()
    },
  }

  whenShown(() => {
    changed()
    watchNavigation(changed, until)
    watchPage(view, running.leave, until)
  }, until)
  return running
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.trim().replace(/[^\w*]/g, '\\$&').replace(/\*/g, '.*')}$`).test(path)
}
