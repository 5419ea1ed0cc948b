import { HkError, type Receipt } from '@hk-live/sdk/protocol'
import { type Context, type NewItem, type Site, slotOf } from '../store/index.ts'
import { type Agent, parseAgent } from './agent.ts'
import { judgeAgent } from './bots.ts'
import type { Counters } from './counters.ts'
import type { GroupCommit } from './group.ts'
import {
  ahead,
  type CheckedItem,
  checkItem,
  earliest,
  isRecord,
  isRejection,
  type Rejection,
  timeRule,
} from './item.ts'
import type { Place, Places } from './place.ts'
import { attribute } from './referrer.ts'
import type { Visitors } from './visitor.ts'

/** What the collector works with. */
export interface CollectorParts {
  readonly findSite: (siteId: string) => Promise<Site | undefined>
  readonly group: GroupCommit
  readonly visitors: Visitors
  readonly places: Places
  readonly counters: Counters
  readonly now: () => number
}

/** Who sent an item. */
export interface Sender {
  readonly address: string
  readonly userAgent: string
}

const trackerPast = 48 * 60 * 60 * 1000

/** An item that can be stored, who sent it, and when it happened. */
interface Taken {
  readonly item: CheckedItem
  readonly sender: Sender
  readonly at: number
}

/**
 * Stores a batch of the tracker. Its `at` counts only within the last 48 hours, else the time of
 * arrival. Unknown sites and bots get the answer that all get, and are counted.
 *
 * @throws {HkError} `bad_request`, `too_large` or `unavailable`: nothing of the batch is stored then
 */
export async function collectBatch(parts: CollectorParts, body: unknown, sender: Sender): Promise<Receipt> {
  if (!isRecord(body)) throw new HkError('bad_request', 'The body must be an object with "site" and "items".')
  const inputs = itemsOf(body, 50)
  if (typeof body.site !== 'string') {
    throw new HkError('bad_request', '"site" must be the id of a site.', { parameter: 'site' })
  }
  const now = parts.now()
  const checked = inputs.map((input): Taken | Rejection => {
    const item = checkItem(input)
    if (isRejection(item)) return item
    const { at = now } = item
    return { item, sender, at: at < now - trackerPast || at > now + ahead ? now : Math.min(at, now) }
  })
  const site = await parts.findSite(body.site)
  return store(parts, site, checked)
}

/**
 * Stores items that a server sends for its visitors: each names `visitor_ip` and `user_agent`, and any
 * time from 2000 to five minutes ahead.
 *
 * @throws {HkError} as {@link collectBatch}
 */
export async function collectFromServer(parts: CollectorParts, site: Site, body: unknown): Promise<Receipt> {
  if (!isRecord(body)) throw new HkError('bad_request', 'The body must be an object with "items".')
  const now = parts.now()
  const checked = itemsOf(body, 1_000).map((input): Taken | Rejection => {
    const item = checkItem(input)
    if (isRejection(item)) return item
    const { visitor_ip, user_agent } = isRecord(input) ? input : {}
    if (typeof visitor_ip !== 'string' || typeof user_agent !== 'string') {
      return { code: 'bad_sender', message: '"visitor_ip" and "user_agent" must be texts.' }
    }
    const { at = now } = item
    if (at < earliest || at > now + ahead) return { code: 'bad_at', message: timeRule }
    return { item, sender: { address: visitor_ip.slice(0, 255), userAgent: user_agent.slice(0, 2_000) }, at }
  })
  return store(parts, site, checked)
}

function itemsOf(body: Record<string, unknown>, most: number): unknown[] {
  const { items } = body
  if (!Array.isArray(items))
    throw new HkError('bad_request', '"items" must be a list.', { parameter: 'items' })
  if (items.length <= most) return items
  throw new HkError('too_large', `"items" has ${items.length} entries. Send at most ${most} at once.`, {
    parameter: 'items',
  })
}

/** Stores what was taken and answers by index what was not. Who is no person is counted, not stored. */
async function store(
  parts: CollectorParts,
  site: Site | undefined,
  checked: readonly (Taken | Rejection)[],
): Promise<Receipt> {
  const { counters, group, now } = parts
  const rejected: Receipt['rejected'] = []
  const items: NewItem[] = []
  const derive = site === undefined ? undefined : once(parts, site)
  for (const [index, one] of checked.entries()) {
    if (isRejection(one)) {
      rejected.push({ index, ...one })
      continue
    }
    const person = judgeAgent(one.sender.userAgent).kind === 'person'
    const derived = person ? await derive?.(one.sender, one.at) : undefined
    if (site !== undefined && derived !== undefined) items.push(rowOf(site, one, derived, now()))
    else counters.add(person ? 'unknown_site' : 'bot', 1)
  }
  counters.add('invalid', rejected.length)
  try {
    const missing = await group.add({ items, fetches: [] })
    counters.add(missing.size === 0 ? 'accepted' : 'unknown_site', items.length)
  } catch (error) {
    counters.add('unavailable', items.length)
    throw error
  }
  return { accepted: checked.length - rejected.length, rejected }
}

/** What a sender is on one day: the same for all its items of a batch. */
interface Derived {
  readonly visitor_id: string
  readonly place: Place
  readonly agent: Agent
}

/** Works out what a sender is, once for all its items of a batch on one day; nothing of a site that is gone. */
function once({ visitors, places }: CollectorParts, { site_id, timezone }: Site) {
  const known = new Map<string, Promise<Derived | undefined>>()
  return ({ address, userAgent }: Sender, at: number): Promise<Derived | undefined> => {
    const { day } = slotOf(at, timezone)
    const key = `${day} ${address} ${userAgent}`
    const found = known.get(key)
    if (found !== undefined) return found
    const derived = visitors
      .idOf(site_id, day, address, userAgent)
      .then((visitor_id) =>
        visitor_id === undefined
          ? undefined
          : { visitor_id, place: places.find(address), agent: parseAgent(userAgent) },
      )
    known.set(key, derived)
    return derived
  }
}

function rowOf(
  { site_id }: Site,
  { item, at }: Taken,
  { visitor_id, place, agent }: Derived,
  received_at: number,
): NewItem {
  const { id, type, page, referrer, language, name, value, props } = item
  const context: Context = {
    ...attribute(referrer, page),
    ...place,
    ...agent,
    hostname: page.hostname,
    language,
  }
  return { site_id, id, type, at, received_at, visitor_id, page: page.path, name, value, props, context }
}
