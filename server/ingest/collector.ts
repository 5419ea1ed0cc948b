import { HkError, type Receipt } from '@hk-live/sdk/protocol'
import type { Context, NewItem, Site } from '../store/index.ts'
import { parseAgent } from './agent.ts'
import { judgeAgent } from './bots.ts'
import type { Counters } from './counters.ts'
import { dayOf } from './day.ts'
import type { GroupCommit } from './group.ts'
import { type CheckedItem, checkItem, isRecord, isRejection } from './item.ts'
import type { Places } from './place.ts'
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

const hour = 60 * 60 * 1000
const ahead = 5 * 60 * 1000
const trackerPast = 48 * hour
const earliest = Date.UTC(2000, 0, 1)

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
  const site = await parts.findSite(body.site)
  const judged = judgeAgent(sender.userAgent)
  if (site === undefined || judged.kind !== 'person') {
    parts.counters.add(site === undefined ? 'unknown_site' : 'bot', inputs.length)
    return { accepted: inputs.length, rejected: [] }
  }
  const now = parts.now()
  const timed = (at: number | undefined): number =>
    at === undefined || at < now - trackerPast || at > now + ahead ? now : Math.min(at, now)
  return store(parts, site, inputs, () => sender, (item) => timed(item.at))
}

/**
 * Stores items that a server sends for its visitors: each names `visitor_ip` and `user_agent`, and any
 * time from 2000 to five minutes ahead.
 *
 * @throws {HkError} as {@link collectBatch}
 */
export async function collectFromServer(parts: CollectorParts, site: Site, body: unknown): Promise<Receipt> {
  if (!isRecord(body)) throw new HkError('bad_request', 'The body must be an object with "items".')
  const inputs = itemsOf(body, 1_000)
  const now = parts.now()
  return store(parts, site, inputs, senderOf, ({ at = now }) => (at < earliest || at > now + ahead ? undefined : at))
}

function itemsOf(body: Record<string, unknown>, most: number): unknown[] {
  const { items } = body
  if (!Array.isArray(items)) throw new HkError('bad_request', '"items" must be a list.', { parameter: 'items' })
  if (items.length <= most) return items
  throw new HkError('too_large', `"items" has ${items.length} entries. Send at most ${most} at once.`, {
    parameter: 'items',
  })
}

function senderOf(input: unknown): Sender | string {
  const { visitor_ip, user_agent } = isRecord(input) ? input : {}
  if (typeof visitor_ip !== 'string' || visitor_ip.length > 64) return '"visitor_ip" must be an address.'
  if (typeof user_agent !== 'string' || user_agent.length > 2_000) return '"user_agent" must be a text.'
  return { address: visitor_ip, userAgent: user_agent }
}

async function store(
  parts: CollectorParts,
  site: Site,
  inputs: readonly unknown[],
  senderOf: (input: unknown) => Sender | string,
  timeOf: (item: CheckedItem) => number | undefined,
): Promise<Receipt> {
  const { counters, now } = parts
  const rejected: Receipt['rejected'] = []
  const items: NewItem[] = []
  for (const [index, input] of inputs.entries()) {
    const item = checkItem(input)
    const sender = senderOf(input)
    const at = isRejection(item) ? undefined : timeOf(item)
    if (isRejection(item)) rejected.push({ index, ...item })
    else if (typeof sender === 'string') rejected.push({ index, code: 'bad_sender', message: sender })
    else if (at === undefined) {
      rejected.push({ index, code: 'bad_at', message: '"at" must lie between 2000 and five minutes from now.' })
    } else if (judgeAgent(sender.userAgent).kind !== 'person') {
      counters.add('bot', 1)
    } else items.push(await rowOf(parts, site, item, sender, at, now()))
  }
  counters.add('invalid', rejected.length)
  try {
    const missing = await parts.group.add({ items, fetches: [] })
    counters.add(missing.size === 0 ? 'accepted' : 'unknown_site', items.length)
  } catch (error) {
    counters.add('unavailable', items.length)
    throw error
  }
  return { accepted: inputs.length - rejected.length, rejected }
}

async function rowOf(
  { visitors, places }: CollectorParts,
  site: Site,
  item: CheckedItem,
  { address, userAgent }: Sender,
  at: number,
  received_at: number,
): Promise<NewItem> {
  const { site_id, timezone } = site
  const context: Context = {
    ...attribute(item.referrer, item.page),
    ...places.find(address),
    ...parseAgent(userAgent),
    hostname: item.page.hostname,
    language: item.language,
  }
  return {
    site_id,
    id: item.id,
    type: item.type,
    at,
    received_at,
    visitor_id: await visitors.idOf(site_id, dayOf(at, timezone), address, userAgent),
    page: item.page.path,
    name: item.name,
    value: item.value,
    props: item.props,
    context,
  }
}
