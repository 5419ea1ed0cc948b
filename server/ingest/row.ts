import { type Context, type NewItem, type Site, slotOf } from '../store/index.ts'
import { parseAgent } from './agent.ts'
import type { CheckedItem, Rejection } from './item.ts'
import type { VisitorBound } from './visitor-bound.ts'
import type { Place } from './place.ts'
import { attribute } from './referrer.ts'
import type { Rules } from './rules.ts'
import { type Guards, judgeItem, judgeSender, type Refused, type Sender } from './screen.ts'
import type { Visitors } from './visitor.ts'

/** An item that can be stored, who sent it, and when it happened. */
export interface Taken {
  readonly item: CheckedItem
  readonly sender: Sender
  readonly at: number
}

/** What rows are made with. */
export interface RowParts extends Guards {
  readonly visitors: Visitors
  readonly bound: VisitorBound
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** When an item arrived, see {@link createArrivals}. */
  readonly arrivedAt: () => number
}

/** What a sender is on one day: the same for all its items of a batch. */
interface Derived {
  readonly visitor_id: string
  readonly place: Place
}

/** What is said of an item past the bound of its visitor. */
export const tooMany: Rejection = {
  code: 'limited',
  message: 'This visitor has sent more items today than are kept of one. Nothing more is stored until tomorrow.',
}

/** Tells what is refused from a row. */
export function isRefused(row: object): row is Refused {
  return 'outcome' in row
}

/**
 * Makes rows of the items of a batch for a site: works out what each sender is once for all its items of a day.
 *
 * @returns what makes a row of an item, or says why there is none; `undefined` where the site has just gone
 */
export function createRows(parts: RowParts, { site_id, timezone }: Site, rules: Rules) {
  const known = new Map<string, Promise<Derived | Refused | undefined>>()

  async function derive(sender: Sender, day: string): Promise<Derived | Refused | undefined> {
    const place = judgeSender(parts, rules, sender)
    if (isRefused(place)) return place
    const visitor_id = await parts.visitors.idOf(site_id, day, sender.address, sender.userAgent)
    return visitor_id === undefined ? undefined : { visitor_id, place }
  }

  return async ({ item, sender, at }: Taken): Promise<NewItem | Refused | Rejection | undefined> => {
    const { day } = slotOf(at, timezone)
    const key = `${day} ${sender.address} ${sender.userAgent}`
    const deriving = known.get(key) ?? derive(sender, day)
    known.set(key, deriving)
    const derived = await deriving
    if (derived === undefined || isRefused(derived)) return derived
    const refused = judgeItem(parts, rules, item)
    if (refused !== undefined) return refused
    // Vitals are not read again with the visitor: they slow nothing down.
    if (item.type !== 'vital' && !parts.bound.admit(derived.visitor_id)) return tooMany
    const { id, type, page, referrer, language, name, value, props } = item
    const context: Context = {
      ...attribute(referrer, page),
      ...derived.place,
      ...parseAgent(sender.userAgent),
      hostname: page.hostname,
      language,
    }
    const { visitor_id } = derived
    return { site_id, id, type, at, received_at: parts.arrivedAt(), visitor_id, page: page.path, name, value, props, context }
  }
}
