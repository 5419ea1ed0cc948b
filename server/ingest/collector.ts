import { HkError, type Receipt } from '@hk-live/sdk/protocol'
import type { Limit } from '../limit.ts'
import { isId, type NewItem, type Site } from '../store/index.ts'
import { judgeAgent } from './bots.ts'
import type { Counters } from './counters.ts'
import { importRule } from './detail.ts'
import type { GroupCommit } from './group.ts'
import {
  ahead,
  checkItem,
  earliest,
  isRecord,
  isRejection,
  type Rejection,
  timeRule,
} from './item.ts'
import { networkOf } from './network.ts'
import { createRows, isRefused, type RowParts, type Taken, tooMany } from './row.ts'
import type { Rules } from './rules.ts'
import type { Sender } from './screen.ts'

/** What the collector works with. */
export interface CollectorParts extends RowParts {
  readonly findSite: (siteId: string) => Promise<Site | undefined>
  /** The exclusions of a site. */
  readonly rules: (siteId: string) => Promise<Rules>
  /** Items that an address, and a site, may send. */
  readonly limits: { readonly address: Limit; readonly site: Limit }
  readonly group: GroupCommit
  readonly counters: Counters
}

const trackerPast = 48 * 60 * 60 * 1000

/**
 * Stores a batch of the tracker. Its `at` counts only within the last 48 hours, else the time of
 * arrival. Unknown sites, bots and what the site excludes get the answer that all get, and are counted.
 *
 * @throws {HkError} `bad_request`, `too_large`, `rate_limited` or `unavailable`: nothing of the batch is stored then
 */
export async function collectBatch(parts: CollectorParts, body: unknown, sender: Sender): Promise<Receipt> {
  if (!isRecord(body)) throw new HkError('bad_request', 'The body must be an object with "site" and "items".')
  const inputs = itemsOf(body, 50)
  if (typeof body.site !== 'string') {
    throw new HkError('bad_request', '"site" must be the id of a site.', { parameter: 'site' })
  }
  demandAddress(parts, sender.address, siteNamed(body), inputs.length)
  const now = parts.now()
  const checked = inputs.map((input): Taken | Rejection => {
    // The tracker leaves the fragment out, but where the site routes by it.
    const item = checkItem(input, { hash: true })
    if (isRejection(item)) return item
    const { at = now } = item
    return { item, sender, at: at < now - trackerPast || at > now + ahead ? now : Math.min(at, now) }
  })
  const site = await counted(parts, siteNamed(body), inputs.length, parts.findSite(body.site))
  if (site !== undefined) demandRate(parts, site, inputs.length)
  return store(parts, site, checked)
}

/**
 * Counts a batch that a browser made ahead of a visit that may never be. Nothing of it is stored.
 *
 * @throws {HkError} `rate_limited`
 */
export function skipPrefetch(parts: CollectorParts, body: unknown, address: string): Receipt {
  const siteId = siteNamed(body)
  demandAddress(parts, address, siteId, 1)
  parts.counters.refuse(siteId, 'prefetch', 1)
  return { accepted: 0, rejected: [] }
}

/** The id of the site that the body of a batch names, where it can be one. */
function siteNamed(body: unknown): string | undefined {
  const site = isRecord(body) ? body.site : undefined
  return typeof site === 'string' && isId(site) ? site : undefined
}

/**
 * Stores items that a server sends for its visitors: each names `visitor_ip` and `user_agent`, and any
 * time from 2000 to five minutes ahead.
 *
 * @param logId the import of an access log that they come from: pageviews alone are taken then
 * @throws {HkError} as {@link collectBatch}
 */
export async function collectFromServer(parts: CollectorParts, site: Site, body: unknown, logId?: string): Promise<Receipt> {
  if (!isRecord(body)) throw new HkError('bad_request', 'The body must be an object with "items".')
  const inputs = itemsOf(body, 1_000)
  demandRate(parts, site, inputs.length)
  const now = parts.now()
  const checked = inputs.map((input): Taken | Rejection => {
    const item = checkItem(input)
    if (isRejection(item)) return item
    if (logId !== undefined && item.type !== 'pageview') return { code: 'bad_type', message: importRule }
    const { visitor_ip, user_agent } = isRecord(input) ? input : {}
    if (typeof visitor_ip !== 'string' || typeof user_agent !== 'string') {
      return { code: 'bad_sender', message: '"visitor_ip" and "user_agent" must be texts.' }
    }
    const { at = now } = item
    if (at < earliest || at > now + ahead) return { code: 'bad_at', message: timeRule }
    return { item, sender: { address: visitor_ip.slice(0, 255), userAgent: user_agent.slice(0, 2_000) }, at }
  })
  return store(parts, site, checked, logId)
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

/**
 * Holds an address to its rate.
 *
 * @param siteId where the refusal is shown; whether there is such a site is not asked for it
 * @throws {HkError} `rate_limited`
 */
function demandAddress(
  { limits, counters }: CollectorParts,
  address: string,
  siteId: string | undefined,
  items: number,
): void {
  const waitMs = limits.address.take(networkOf(address), Math.max(1, items))
  if (waitMs === 0) return
  counters.refuse(siteId, 'limited', items, 'address')
  throw new HkError('rate_limited', 'This address sends too much. Send it again later.', { retryAfterMs: waitMs })
}

/**
 * Holds a site to its rate.
 *
 * @throws {HkError} `rate_limited`
 */
export function demandRate({ limits, counters }: CollectorParts, { site_id }: Site, items: number): void {
  const waitMs = limits.site.take(site_id, items)
  if (waitMs === 0) return
  counters.refuse(site_id, 'limited', items, 'site')
  throw new HkError('rate_limited', 'More arrives for this site than is taken. Send it again later.', {
    retryAfterMs: waitMs,
  })
}

/** Stores what was taken and answers by index what was not. What is not wanted is counted, not stored. */
async function store(
  parts: CollectorParts,
  site: Site | undefined,
  checked: readonly (Taken | Rejection)[],
  logId?: string,
): Promise<Receipt> {
  const { counters, group } = parts
  const siteId = site?.site_id
  const rejected: Receipt['rejected'] = []
  const items: NewItem[] = []
  const ready = async () => (site === undefined ? unknownSite : createRows(parts, site, await parts.rules(site.site_id)))
  const rowOf = await counted(parts, siteId, checked.length, ready())
  for (const [index, one] of checked.entries()) {
    const row = isRejection(one) ? one : await counted(parts, siteId, checked.length, rowOf(one))
    if (row === undefined) counters.add('unknown_site', 1)
    else if (isRefused(row)) counters.refuse(siteId, row.outcome, 1, row.example)
    else if (isRejection(row)) {
      rejected.push({ index, ...row })
      if (row === tooMany) counters.refuse(siteId, 'limited', 1, 'visitor')
      else counters.refuse(siteId, 'invalid', 1, row.code)
    } else {
      if (!isRejection(one) && one.item.unread !== undefined) counters.tell(row.site_id, 'amount', one.item.unread)
      items.push(logId === undefined ? row : { ...row, log_id: logId })
    }
  }
  const missing = await counted(parts, siteId, items.length, group.add({ items, fetches: [] }))
  counters.add(missing.size === 0 ? 'accepted' : 'unknown_site', items.length)
  return { accepted: checked.length - rejected.length, rejected }
}

/** Waits for a step, and where it can't be done counts its items as not stored: the sender keeps them. */
export async function counted<T>(
  { counters }: Pick<CollectorParts, 'counters'>,
  siteId: string | undefined,
  items: number,
  step: T | Promise<T>,
): Promise<T> {
  try {
    return await step
  } catch (error) {
    counters.refuse(siteId, 'unavailable', items)
    throw error
  }
}

/** What becomes of an item of a site that is not there. */
function unknownSite({ sender }: Taken) {
  const isPerson = judgeAgent(sender.userAgent).kind === 'person'
  return isPerson ? undefined : ({ outcome: 'bot', example: '' } as const)
}
