import type { Item, ItemType } from '../protocol.ts'
import { isExcluded } from './exclude.ts'
import { watchNavigation } from './navigation.ts'
import type { CoreOptions } from './options.ts'
import { watchPage, whenShown } from './page.ts'
import { createQueue } from './queue.ts'
import type { Rescue } from './rescue.ts'

/** A running tracker. */
export interface Tracker {
  /** Counts an event of the page, with properties of plain values. */
  event(name: string, props?: Item['props']): void
  /** Stops counting; what is waiting is handed over first, but for what waits for a part of the script that is loaded apart. */
  close(): void
}

/** A tracker, and what parts that are loaded apart work with; see `parts.ts`. */
export interface Running {
  event: Tracker['event']
  /** Counts an item of the page, or of the address that it had. */
  add(type: ItemType, fields?: Partial<Item>): void
  /** Hands over what waits, as the page may be about to end. */
  leave(): void
  /** Called when the page is about to end or to be another one, before what waits is handed over. It does not throw. */
  leaving?: (isNavigation?: boolean) => void
  /** Itself the options of each listener: it has the `signal` that they end by. */
  readonly until: AbortController
}

/** Milliseconds within which an address that replaces another was never a page of its own: a router leads on. */
const redirectMs = 50

/**
 * Counts this page's views, at once (a prerendered page at its activation) and with each navigation inside
 * the page and each return from the back-forward cache, and the events that it is told of.
 *
 * A new query is a new page where it comes by `pushState`, a link, or going back. Where it replaces another, as filters
 * and search fields do while they are used, it is not counted. A path that replaces another is a new page: some routers
 * only replace.
 */
export function startTracker(options: CoreOptions): Running {
  const { endpoint, hash, exclude, rescue } = options
  /** Kept once it is there: as a page ends, only what is done at once is done. */
  let loaded: Rescue | undefined
  // One that failed is loaded anew when it is needed next.
  const loadRescue = async () => (loaded ??= await rescue())
  const queue = createQueue(addressOf(endpoint, '/ingest'), options, loadRescue)
  const until = new AbortController()
  let { referrer } = document
  let url = ''
  let view: string | undefined
  let viewedAt = 0
  /** Ids of views that a router led on from at once: some still wait for the rescue chunk. */
  const redirected: string[] = []

  /** Counts an item, at once or when the rescue chunk is there; its id, or `undefined` where it is known not to be counted. */
  const add = (type: ItemType, fields?: Partial<Item>): string | undefined => {
    try {
      const item = {
        // 128 random bits; `crypto.randomUUID` would do, but is missing on pages without https.
        id: crypto.getRandomValues(new Uint32Array(4)).join('-'),
        type,
        at: new Date().toISOString(),
        url,
        referrer,
        language: navigator.language,
        ...fields,
      }
      // What is told as a page is left is of that page, wherever the address leads by now.
      const path = item.url.replace(/^\w+:\/\/[^/?#]*([^?#]*)(\?[^#]*)?/, '$1')
      const left = exclude ? isExcluded(exclude, path) : false
      if (left || until.signal.aborted || redirected.includes(item.id)) return
      const text = (left === false && writeShort(item)) || loaded?.prepare(item, path, exclude)
      if (text) queue.add(text)
      else if (!loaded) {
        loadRescue()
          // From the start, as the tracker may have been closed meanwhile, and the view been redirected.
          .then(() => add(type, item))
          // Where it can't be loaded, the item may be an excluded one, or can't be written: it is not counted.
          .catch(() => {})
      }
      return item.id
    } catch {
      // Properties that can't be written: the page goes on without this event.
    }
  }
  const viewed = () => {
    view = add('pageview')
    viewedAt = Date.now()
  }
  const changed = (replaced: boolean) => {
    const next = location.href.replace(hash === undefined ? /#.*/ : '', '')
    if (next !== url && !(replaced && withoutQuery(next) === withoutQuery(url))) {
      running.leaving?.(true)
      if (replaced && view && Date.now() - viewedAt < redirectMs) {
        redirected.push(view)
        queue.remove(view)
      } else referrer = url || referrer
      url = next
      viewed()
    }
    url = next
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
    changed(false)
    watchNavigation(changed, until)
    watchPage(viewed, running.leave, until)
  }, until)
  return running
}

/**
 * The address of a path of the service: absolute, as what is relative would be another after a navigation, and without
 * a user, with whom no request can be made.
 */
export function addressOf(endpoint: string, path: string): string {
  const link = document.createElement('a')
  link.href = endpoint.replace(/\/*$/, path)
  return link.href.replace(/\/\/[^/]*@/, '//')
}

/** Also within a fragment that routes. */
function withoutQuery(url: string): string {
  return url.replace(/\?[^#]*/g, '')
}

/** JSON of an item, where the page leaves JSON alone and it is short: nothing has to be left out of it. */
function writeShort(item: Item): string | undefined {
  try {
    const text = JSON.stringify(item)
    if (text.length < 2e3 && JSON.stringify([new Date(0), {}]) === '["1970-01-01T00:00:00.000Z",{}]') return text
  } catch {
    // Then neither is it.
  }
}
