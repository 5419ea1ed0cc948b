import { comparisons, dimensions, ranges } from '@hk-live/sdk/protocol'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { untracked } from './signals.ts'

/** Query parameters of the page in the order in which they are written. */
export type Parameters = readonly (readonly [name: string, value: string])[]

/** What an element has in common with the page's address. */
export interface AddressPart {
  /** Whether it has anything to do with the address. */
  readonly on: () => boolean
  /** What it shows now; `undefined` while it is not known. */
  readonly now: () => Parameters | undefined
  /** What an address says of it; `undefined` where it says nothing, or nothing that will do. */
  readonly read: (query: URLSearchParams) => Parameters | undefined
  /** Shows what an address says. */
  readonly show: (parameters: Parameters) => void
  /** Every parameter that may be its own. */
  readonly names: readonly string[]
}

const connected = new Set<InAddress>()

/** All of them at once: what one shows has others update, and these would write what the reader has left. */
function followAll(): void {
  for (const one of connected) one.follow()
}

/**
 * Keeps what a reader chose in the page's address, so that a link or a reload shows it again. The address is read
 * once, and when the reader goes through the history; it is written in place, and leaves out
 * defaults.
 */
export class InAddress implements ReactiveController {
  #host: ReactiveControllerHost
  #part: AddressPart
  #usual: Parameters | undefined
  constructor(host: ReactiveControllerHost, part: AddressPart) {
    this.#host = host
    this.#part = part
  }

  hostConnected(): void {
    connected.add(this)
    // The same function is added once only.
    addEventListener('popstate', followAll)
  }

  hostDisconnected(): void {
    connected.delete(this)
    if (connected.size === 0) removeEventListener('popstate', followAll)
  }

  /** Shows what the address says now. */
  follow(): void {
    if (this.#usual) this.#part.show(this.#part.read(new URLSearchParams(location.search)) ?? this.#usual)
  }

  hostUpdated(): void {
    const { on, now, read, show } = this.#part
    const shown = untracked(() => (on() ? now() : undefined))
    if (!shown) return
    const said = read(new URLSearchParams(location.search))
    if (!this.#usual) {
      this.#usual = shown
      // Not within the update, as what it shows changes by this.
      if (said && !alike(said, shown)) void this.#host.updateComplete.then(() => show(said))
    } else if (!alike(said ?? this.#usual, shown)) this.#write(alike(shown, this.#usual) ? [] : shown)
  }

  #write(parameters: Parameters): void {
    const url = new URL(location.href)
    for (const name of this.#part.names) url.searchParams.delete(name)
    for (const [name, value] of parameters) url.searchParams.append(name, value)
    history.replaceState(history.state, '', url)
  }
}

function alike(a: Parameters, b: Parameters): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Whether a text is a day, as `2026-11-22`. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
}

/** The range that an address names: by its name, or first and last day. */
export function readRange(query: URLSearchParams): Parameters | undefined {
  const [from = '', to = ''] = [query.get('from') ?? '', query.get('to') ?? '']
  if (isDay(from) && isDay(to) && from <= to) return [['from', from], ['to', to]]
  const range = ranges.find((name) => name === query.get('range'))
  return range && [['range', range]]
}

/** The comparison that an address names. */
export function readComparison(query: URLSearchParams): Parameters | undefined {
  const compare = [...comparisons, 'none'].find((name) => name === query.get('compare'))
  return compare ? [['compare', compare]] : undefined
}

/** Filters that an address may set, and letters of one: as many as the service takes. */
const most = 20
const longest = 1_000

/** The filters that an address names; an empty one says that there are none. */
export function readFilters(query: URLSearchParams): Parameters | undefined {
  const given = query.getAll('filter')
  const filters = given.filter(isFilter).slice(0, most)
  if (filters.length === 0 && !given.includes('')) return undefined
  return filters.length === 0 ? [['filter', '']] : filters.map((filter) => ['filter', filter])
}

function isFilter(text: string): boolean {
  const [dimension = '', ...rest] = text.replace(/^!/, '').split(':')
  return rest.length > 0 && text.length <= longest && dimensions.some((known) => known === dimension)
}
