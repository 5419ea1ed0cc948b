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

/** The part of the Web Locks API that the SDK uses. */
export interface Locks {
  /** Resolves once `run`, called with the lock, has ended; rejects where the lock was not had or is lost. */
  request(
    name: string,
    options: { signal?: AbortSignal; steal?: boolean },
    run: () => Promise<void>,
  ): Promise<unknown>
}

/** What tabs of one origin tell each other over; nobody hears what they say themselves. */
export interface Channel {
  /** Sends something that can be cloned. */
  send(data: unknown): void
  close(): void
}

/** Opens the channel of a name; `receive` is called with what others send. */
export type OpenChannel = (name: string, receive: (data: unknown) => void) => Channel

/** Replacements for parts of the surroundings; each has a default. */
export interface PlatformOptions {
  fetch?: Fetch
  /** Milliseconds since 1970. */
  now?: () => number
  /** From 0 up to 1. */
  random?: () => number
  timers?: Timers
  page?: Page
  /** What tabs of one origin agree by on who holds the stream. */
  locks?: Locks
  channel?: OpenChannel
}

/** The surroundings, complete. */
export interface Platform {
  fetch: Fetch
  now(): number
  random(): number
  /** Runs something once, later; returns what cancels it. */
  after(ms: number, run: () => void): () => void
  page: Page
  /** Missing where the surroundings have none, as outside secure contexts. */
  locks: Locks | undefined
  channel: OpenChannel | undefined
}

/** Timers take no more than this; longer ones would be over at once. Of less than nothing some runtimes warn. */
const longestMs = 2 ** 31 - 1

const hidden = () => globalThis.document?.visibilityState === 'hidden'

/**
 * The browser's page. A page that is left (`pagehide`) or frozen counts as hidden until the browser
 * brings it back, as a restored page is told nothing about streams that died meanwhile.
 */
export const browserPage: Page = {
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

function openChannel(name: string, receive: (data: unknown) => void): Channel {
  const channel = new BroadcastChannel(name)
  channel.addEventListener('message', ({ data }) => receive(data))
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it has one origin
    send: (data) => channel.postMessage(data),
    close: () => channel.close(),
  }
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
      const handle = timers.setTimeout(run, Math.max(0, Math.min(ms, longestMs)))
      return () => timers.clearTimeout(handle)
    },
    page: options.page ?? browserPage,
    locks: options.locks ?? globalThis.navigator?.locks,
    channel: options.channel ?? (globalThis.BroadcastChannel && openChannel),
  }
}
