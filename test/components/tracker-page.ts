/// <reference types="bun-types/test-globals" />
/** A page on which the tracker runs, with what it sends counted at a stubbed `fetch` and `sendBeacon`. */
import type { Batch, Item } from '../../sdk/protocol.ts'
import { createTracker } from '../../sdk/tracker/index.ts'
import type { Tracker, TrackerOptions } from '../../sdk/tracker/index.ts'

/** One request of the tracker. */
export interface Sent {
  by: 'fetch' | 'beacon'
  url: string
  batch: Batch
  init?: RequestInit
  isTaken?: boolean
}

/** Milliseconds after which a batch has gone for certain. */
export const pause = 120

/** Makes a failed `fetch`, as without network. */
export const offline = () => Promise.reject(new TypeError('Failed to fetch'))

/** Makes an answer of a status. */
export const status = (code: number, headers?: HeadersInit) => () =>
  new Response(null, { status: code, headers })

/** What one test sees of its page. Each test has a site of its own, so that late retries don't mix. */
class TestPage {
  readonly site: string
  sent: Sent[] = []
  /** Types of what was sent for the site `other`. */
  others: string[] = []
  /** Answers to come, one a request; then all is stored. */
  answers: (() => Promise<Response> | Response)[] = []
  takesBeacons = true
  /** What else a body is answered with, where it is not to be stored. */
  refuses: (body: string, batch: Batch) => Response | undefined = () => undefined
  random = 0.01
  tracker: Tracker | undefined
  #undo: (() => void)[] = []

  constructor(site: string) {
    this.site = site
    const address = location.href
    this.#undo.push(() => history.replaceState(null, '', address))
    this.pretend(Math, 'random', () => this.random)
    this.pretend(window, 'fetch', async (url: string, init?: RequestInit) => {
      const batch: Batch = JSON.parse(String(init?.body))
      if (batch.site === site) this.sent.push({ by: 'fetch', url, batch, init })
      if (batch.site === 'other') this.others.push(...batch.items.map(({ type }) => type))
      const answer = batch.site === site ? this.answers.shift() : undefined
      return this.refuses(String(init?.body), batch) ?? (answer ?? status(202))()
    })
    this.pretend(navigator, 'sendBeacon', (url: string, body: string) => {
      const batch: Batch = JSON.parse(body)
      const isTaken = this.takesBeacons && this.refuses(body, batch) === undefined
      if (batch.site === site) this.sent.push({ by: 'beacon', url, batch, isTaken })
      return isTaken
    })
  }

  start(options: Partial<TrackerOptions> = {}): Tracker {
    const fixed = { endpoint: 'https://stats.example', site: this.site, localhost: true, engagement: false }
    this.tracker = createTracker({ ...fixed, ...options })
    return this.tracker
  }

  items(): Item[] {
    return this.sent.flatMap(({ batch }) => batch.items)
  }

  events(): Item[] {
    return this.items().filter(({ type }) => type === 'event')
  }

  views(): Item[] {
    return this.items().filter(({ type }) => type === 'pageview')
  }

  /** Addresses of the pageviews, without the origin. */
  paths(): string[] {
    return this.views().map(({ url }) => url.slice(location.origin.length))
  }

  ids(): Set<string> {
    return new Set(this.items().map(({ id }) => id))
  }

  stored(): string | null {
    return localStorage.getItem(`hk:${this.site}`)
  }

  /** Puts a value in place of a property of the browser until the end of the test. */
  pretend(target: object, name: string, value: unknown): void {
    const own = Object.getOwnPropertyDescriptor(target, name)
    Object.defineProperty(target, name, { configurable: true, get: () => value })
    this.#undo.unshift(() => {
      if (own) Object.defineProperty(target, name, own)
      else Reflect.deleteProperty(target, name)
    })
  }

  atEnd(run: () => void): void {
    this.#undo.unshift(run)
  }

  close(): void {
    this.tracker?.close()
    for (const undo of this.#undo) undo()
    localStorage.clear()
  }
}

let number = 0
let current: TestPage | undefined

/** The page of the running test. */
export function page(): TestPage {
  if (!current) throw new Error('A page is open only while a test runs.')
  return current
}

/** Opens a page before each test of a file and closes it after. */
export function openPages(): void {
  beforeEach(() => {
    current = new TestPage(`site-${++number}`)
  })
  afterEach(() => {
    current?.close()
    current = undefined
  })
}
