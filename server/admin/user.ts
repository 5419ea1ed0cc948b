import { protocol } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'
import { permissionsOf } from '../access/index.ts'
import { headOf } from '../changes/index.ts'
import { answerOf } from '../openapi/index.ts'
import { reportNames } from '../reports/index.ts'
import { listSites, readVersions } from '../store/index.ts'
import type { AdminParts } from './parts.ts'

const example = {
  protocol,
  server_time: '2026-11-22T09:30:00.000Z',
  client: { id: 'v6b3q9n5tc', label: 'Dashboard', permissions: ['reports:read'], expires_at: null },
  sites: [
    {
      id: 'x7k2m9qf4a',
      name: 'Shop',
      domain: 'shop.example.com',
      timezone: 'Europe/Berlin',
      currency: 'EUR',
      position: '7f3kq2.184',
    },
  ],
  features: { reports: ['overview'], streams: ['live', 'visits'] },
}

/** What a dashboard needs before it draws anything, in one request. */
export function userRoutes({ sql, access, now }: Pick<AdminParts, 'sql' | 'access' | 'now'>) {
  return new Elysia().get(
    '/api/user/bootstrap',
    async ({ request, set }) => {
      const client = await access.client(request)
      const sites = await listSites(sql, client.tenant_id, client.site_ids)
      const ids = sites.map((site) => site.site_id)
      const heads = new Map(
        (await readVersions(sql, ids)).map((version) => [version.site_id, headOf(version)]),
      )
      set.headers['cache-control'] = 'no-store'
      return {
        protocol,
        server_time: new Date(now()).toISOString(),
        client: {
          id: client.client_id,
          label: client.label,
          permissions: permissionsOf(client),
          expires_at: client.expires_at?.toISOString() ?? null,
        },
        // A site that was deleted between the two reads has no head.
        sites: sites.flatMap(({ site_id, name, domain, timezone, currency }) => {
          const position = heads.get(site_id)
          return position === undefined ? [] : [{ id: site_id, name, domain, timezone, currency, position }]
        }),
        features: { reports: reportNames, streams: ['live', 'visits'] },
      }
    },
    {
      detail: {
        tags: ['internal'],
        'x-internal': true,
        summary: 'Sites, permissions and features',
        description: 'What a dashboard needs before it draws anything.',
        responses: answerOf(200, example),
      } as { tags: string[] },
    },
  )
}
