import { HkError, type Receipt } from '@hk-live/sdk/protocol'
import { type NewFetch, normalizePath, readHost, type Site } from '../store/index.ts'
import { judgeAgent } from './bots.ts'
import { clean } from './clean.ts'
import { type CollectorParts, counted, demandRate } from './collector.ts'
import {
  ahead,
  earliest,
  idRule,
  isItemId,
  isRecord,
  isRejection,
  itemUuid,
  type Rejection,
  timeRule,
} from './item.ts'

const most = 1_000

/**
 * Stores requests of AI agents that a server or an edge saw: one, or a list of at most 1,000. Requests
 * of other agents are counted as bots and left out, and so is what the site excludes by agent or path.
 *
 * @param logId the import of an access log that they come from
 * @throws {HkError} `bad_request`, `too_large`, `rate_limited` or `unavailable`: nothing of the list is stored then
 */
export async function collectFetches(parts: CollectorParts, site: Site, body: unknown, logId?: string): Promise<Receipt> {
  const inputs: unknown[] = Array.isArray(body) ? body : [body]
  if (inputs.length > most) {
    throw new HkError('too_large', `The list has ${inputs.length} entries. Send at most ${most} at once.`)
  }
  demandRate(parts, site, inputs.length)
  const { counters, group } = parts
  const { site_id } = site
  const rules = await counted(parts, site_id, inputs.length, parts.rules(site_id))
  const now = parts.now()
  const rejected: Receipt['rejected'] = []
  const fetches: NewFetch[] = []
  for (const [index, input] of inputs.entries()) {
    const row = checkFetch(input, site, now)
    if (row === 'other') counters.refuse(site_id, 'bot', 1)
    else if (isRejection(row)) {
      rejected.push({ index, ...row })
      counters.refuse(site_id, 'invalid', 1, row.code)
    } else if (rules.excludesPath(row.path)) counters.refuse(site_id, 'excluded', 1, `path ${row.path}`)
    else if (rules.excludesAgent(userAgentOf(input))) counters.refuse(site_id, 'excluded', 1, 'agent')
    else fetches.push(logId === undefined ? row : { ...row, log_id: logId })
  }
  await counted(parts, site_id, fetches.length, group.add({ items: [], fetches }))
  counters.add('accepted', fetches.length)
  return { accepted: inputs.length - rejected.length, rejected }
}

/** The agent as it was sent: what is stored of it is a name. */
function userAgentOf(input: unknown): string {
  return isRecord(input) ? String(input.user_agent) : ''
}

function checkFetch(input: unknown, site: Site, now: number): NewFetch | Rejection | 'other' {
  if (!isRecord(input)) return { code: 'bad_item', message: 'A fetch must be an object.' }
  const { id, path, user_agent, status_code, hostname, content_type, response_ms, bytes_served, at } = input
  if (id !== undefined && !isItemId(id)) return { code: 'bad_id', message: idRule }
  if (typeof path !== 'string' || !path.startsWith('/')) {
    return { code: 'bad_path', message: '"path" must be a text that begins with /.' }
  }
  if (typeof user_agent !== 'string')
    return { code: 'bad_user_agent', message: '"user_agent" must be a text.' }
  const status = within(status_code, 100, 599)
  if (status === undefined) return { code: 'bad_status', message: '"status_code" must be from 100 to 599.' }
  const time = at === undefined ? now : typeof at === 'string' ? Date.parse(at) : Number.NaN
  if (!(time >= earliest && time <= now + ahead)) return { code: 'bad_at', message: timeRule }
  const judged = judgeAgent(user_agent)
  if (judged.kind !== 'ai') return 'other'
  return {
    site_id: site.site_id,
    id: id === undefined ? crypto.randomUUID() : itemUuid(id),
    at: time,
    received_at: now,
    agent: judged.agent,
    family: judged.family,
    category: judged.category,
    hostname: typeof hostname === 'string' ? (readHost(hostname) ?? clean(hostname.toLowerCase(), 253)) : site.domain,
    path: normalizePath(path),
    status,
    content_type: typeof content_type === 'string' ? clean(content_type, 120) : '',
    response_ms: within(response_ms, 0, 2 ** 31 - 1) ?? null,
    bytes_served: within(bytes_served, 0, Number.MAX_SAFE_INTEGER) ?? null,
  }
}

function within(value: unknown, from: number, to: number): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < from || value > to) return undefined
  return Math.round(value)
}
