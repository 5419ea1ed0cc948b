/**
 * What the SDK takes from its surroundings, so that it runs unchanged in a page, a worker, Bun,
 * Deno and Node, and under a test's own clock.
 *
 * @module
 */

/** The part of `fetch` that the SDK uses. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/** The part of the global timers that the SDK uses. */
export interface Timers {
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

/** What can happen to the page. `hidden` also stands for being frozen or left. */
export type PageEvent = 'hidden' | 'visible' | 'offline' | 'online'

/** The page that the client lives in; without a document it is always visible. */
export interface Page {
  hidden(): boolean
  /** Calls back on each event; returns what stops it. */
  listen(handler: (event: PageEvent) => void): () => void
}

/** Replacements for parts of the surroundings; each has a default. */
export interface PlatformOptions {
  fetch?: Fetch
  /** Milliseconds since 1970. */
  now?: () => number
  /** From 0 up to 1. */
  random?: () => number
  timers?: Timers
  page?: Page
}

/** The surroundings, complete. */
export interface Platform {
  fetch: Fetch
  now(): number
  random(): number
  /** Runs something once, later; returns what cancels it. */
  after(ms: number, run: () => void): () => void
  page: Page
}

const hidden = () => globalThis.document?.visibilityState === 'hidden'

/**
 * The browser's page. A page that is left (`pagehide`) or frozen counts as hidden until the browser
 * brings it back, as a restored page is told nothing about streams that died meanwhile.
 */
const browserPage: Page = {
  hidden,
  listen(handler) {
    const controller = new AbortController()
    const { signal } = controller
    const on = (target: EventTarget | undefined, types: string, run: () => void) => {
      for (const type of types.split(' ')) target?.addEventListener?.(type, run, { signal })
    }
    const look = () => handler(hidden() ? 'hidden' : 'visible')
    on(globalThis.document, 'visibilitychange resume', look)
    on(globalThis.document, 'freeze', () => handler('hidden'))
    on(globalThis, 'pageshow', look)
    on(globalThis, 'pagehide', () => handler('hidden'))
    on(globalThis, 'offline', () => handler('offline'))
    on(globalThis, 'online', () => handler('online'))
    return () => controller.abort()
  },
}

/** Completes the surroundings with those that the SDK finds itself in. */
export function createPlatform(options: PlatformOptions): Platform {
  const timers: Timers = options.timers ?? globalThis
  return {
    // Called late and unbound: a page may replace fetch, and browsers refuse another `this`.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    after(ms, run) {
      const handle = timers.setTimeout(run, ms)
      return () => timers.clearTimeout(handle)
    },
    page: options.page ?? browserPage,
  }
}
