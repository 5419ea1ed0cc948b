import { inventPerson, type Person, pick } from './people.ts'
import { inventVitals } from './vitals.ts'

/** Items of a made-up visit, as a server sends them. */
export interface MadeItem {
  readonly id: string
  readonly type: 'pageview' | 'event' | 'vital'
  readonly url: string
  readonly at: string
  readonly referrer: string
  readonly visitor_ip: string
  readonly user_agent: string
  readonly language: string
  readonly name?: string
  /** Of a vital. */
  readonly value?: number
  readonly props?: Record<string, string | number>
}

/** Where people go from a page; `''` is away. */
const ways: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  '': [
    [34, '/'],
    [16, '/lamps/arc'],
    [12, '/lamps/beam'],
    [9, '/lamps/pebble'],
    [16, '/journal/warm-light'],
    [8, '/repair'],
    [5, '/lamps'],
  ],
  '/': [
    [30, '/lamps'],
    [18, '/lamps/arc'],
    [8, '/journal/warm-light'],
    [6, '/repair'],
    [38, ''],
  ],
  '/lamps': [
    [26, '/lamps/arc'],
    [20, '/lamps/beam'],
    [16, '/lamps/pebble'],
    [8, '/'],
    [30, ''],
  ],
  '/lamps/arc': [
    [16, '/cart'],
    [18, '/lamps'],
    [8, '/lamps/beam'],
    [6, '/repair'],
    [52, ''],
  ],
  '/lamps/beam': [
    [12, '/cart'],
    [20, '/lamps'],
    [10, '/lamps/arc'],
    [58, ''],
  ],
  '/lamps/pebble': [
    [12, '/cart'],
    [18, '/lamps'],
    [10, '/lamps/arc'],
    [60, ''],
  ],
  '/journal/warm-light': [
    [14, '/lamps'],
    [12, '/lamps/arc'],
    [6, '/'],
    [68, ''],
  ],
  '/repair': [
    [16, '/lamps'],
    [8, '/'],
    [76, ''],
  ],
  '/cart': [
    [38, '/thanks'],
    [14, '/lamps'],
    [48, ''],
  ],
  '/thanks': [[100, '']],
}

const longestVisit = 14
/** Part of visits whose first page is measured. */
const measured = 0.12

/** Seconds on a page: most short, some long, never past the half hour that ends a visit. */
function dwell(random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.min(1_200, Math.max(3, Math.exp(3.4 + normal)))
}

/**
 * Makes up one visit to the demo shop that begins at a time, in milliseconds since 1970.
 *
 * @param origin of the shop, as `https://lumenandoak.example`
 */
export function inventVisit(origin: string, startedAt: number, random: () => number): MadeItem[] {
  const person = inventPerson(random)
  const items: MadeItem[] = []
  const vitals = random() < measured ? inventVitals(random) : []
  let [, path] = pick(ways[''] ?? [], random)
  let at = startedAt
  let referrer = person.referrer
  while (path !== '' && items.length < longestVisit) {
    const url = `${origin}${path}${items.length === 0 ? person.query : ''}`
    items.push({ ...itemOf(person, at), type: 'pageview', url, referrer })
    for (const vital of vitals.splice(0)) items.push({ ...itemOf(person, at + 2_000), ...vital, type: 'vital', url, referrer: '' })
    if (path === '/cart')
      items.push({ ...itemOf(person, at + 400), ...added, type: 'event', url, referrer: '' })
    if (path === '/thanks')
      items.push({ ...itemOf(person, at + 300), ...bought(random), type: 'event', url, referrer: '' })
    referrer = url
    at += dwell(random) * 1000
    path = pick(ways[path] ?? [[1, '']], random)[1]
  }
  return items
}

const added = { name: 'add_to_cart' }

function bought(random: () => number) {
  const value = [148, 184, 96, 244, 332][Math.floor(random() * 5)] ?? 148
  return { name: 'purchase', props: { transaction_id: crypto.randomUUID(), value, currency: 'EUR' } }
}

function itemOf({ address, agent, language }: Person, at: number) {
  return {
    id: crypto.randomUUID(),
    at: new Date(Math.round(at)).toISOString(),
    visitor_ip: address,
    user_agent: agent,
    language,
  }
}
