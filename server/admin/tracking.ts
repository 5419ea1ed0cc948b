import type { TrackingStatus } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'
import { answerOf } from '../openapi/index.ts'
import { type Database, latestSeen, listRefusals, ownTimes, refusalDays, type Site } from '../store/index.ts'
import type { AdminParts } from './parts.ts'

/**
 * Milliseconds without an item after which a site is dormant: a day, as that has the busy hours of any site. Less would
 * call most of them dormant each night.
 */
const dormantMs = 86_400_000

const mostHosts = 20

const example: TrackingStatus = {
  status: 'live',
  first_at: '2026-11-01T08:12:40.000Z',
  last_at: '2026-11-22T09:30:00.000Z',
  last_hostname: 'shop.example.com',
  last_event: { name: 'signup', at: '2026-11-22T09:21:07.000Z' },
  hostnames: [{ hostname: 'shop.example.com', items: 980, last_at: '2026-11-22T09:30:00.000Z', own: true }],
  rejected: [{ reason: 'bot', count: 41, last_at: '2026-11-22T09:28:00.000Z', example: 'Googlebot' }],
  since: '2026-10-23T00:00:00.000Z',
}

/** Whether a site is being tracked, and what of it was not taken. For those who run the site: no link shows it. */
export function trackingRoutes({ sql, access, now }: AdminParts) {
  return new Elysia({ detail: { tags: ['sites'] } }).get(
    '/api/sites/:id/tracking',
    async ({ request, params }) => trackingOf(sql, await access.site(request, params.id, 'reports:read'), now()),
    {
      detail: {
        summary: 'Whether a site is being tracked',
        description:
          'With the scope `reports:read`. `waiting`: nothing has ever arrived but imports. `live`: an item of the last 24 hours. ' +
          '`dormant`: none. `domain_mismatch`: the latest items, 1,000 at most, are all of other hosts than the domain of ' +
          'the site and its subdomains. `rejected` is by reason, of the last 30 days on all nodes, some seconds late.',
        responses: answerOf(200, example),
      },
    },
  )
}

async function trackingOf(sql: Database, site: Site, now: number): Promise<TrackingStatus> {
  const { site_id, domain, created_at } = site
  const today = new Date(now).setUTCHours(0, 0, 0, 0)
  const since = Math.max(today - (refusalDays - 1) * 86_400_000, created_at.getTime())
  const times = await ownTimes(sql, site_id)
  const [{ hosts, event }, refusals] = await Promise.all([
    latestSeen(sql, site_id, times?.first ?? now),
    listRefusals(sql, site_id, since),
  ])
  const isDormant = times !== undefined && times.last < now - dormantMs
  const hasOwn = hosts.some(({ hostname }) => belongsTo(hostname, domain))
  return {
    status: times === undefined ? 'waiting' : isDormant ? 'dormant' : hasOwn ? 'live' : 'domain_mismatch',
    first_at: textOf(times?.first),
    last_at: textOf(times?.last),
    last_hostname: hosts[0]?.hostname ?? null,
    last_event: event === undefined ? null : { name: event.name, at: event.at.toISOString() },
    hostnames: hosts.slice(0, mostHosts).map(({ hostname, items, last_at }) => ({
      hostname,
      items,
      last_at: last_at.toISOString(),
      own: belongsTo(hostname, domain),
    })),
    rejected: refusals.map(({ reason, count, last_at, example }) => ({
      reason,
      count,
      last_at: new Date(last_at).toISOString(),
      ...(example === '' ? {} : { example }),
    })),
    since: new Date(since).toISOString(),
  }
}

function belongsTo(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`)
}

function textOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString()
}
