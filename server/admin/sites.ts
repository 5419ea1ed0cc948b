import { HkError } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { headOf } from '../changes/index.ts'
import {
  advance,
  createSite,
  deleteSite,
  families,
  listSites,
  renewEpoch,
  type Site,
  unroll,
  updateSite,
} from '../store/index.ts'
import { type AdminParts, parseBody } from './parts.ts'
import { checkSite } from './settings.ts'

const settings = {
  name: t.Optional(t.String({ maxLength: 200 })),
  timezone: t.Optional(t.String({ maxLength: 80, examples: ['Europe/Berlin'] })),
  currency: t.Optional(t.String({ maxLength: 3, examples: ['EUR'] })),
  retention_days: t.Optional(t.Union([t.Number(), t.Null()])),
}
const domain = t.String({ minLength: 1, maxLength: 300, examples: ['shop.example.com'] })

/** Sites of the tenant: made, listed, changed and deleted. */
export function siteRoutes({ sql, access, publish, roll }: AdminParts) {
  return new Elysia({ prefix: '/api/sites', detail: { tags: ['sites'] } })
    .get(
      '/',
      async ({ request }) => {
        const client = await access.client(request)
        return { sites: (await listSites(sql, client.tenant_id, client.site_ids)).map(shown) }
      },
      { detail: { summary: 'The sites that the token may see' } },
    )
    .post(
      '/',
      async ({ request, body, status }) => {
        const client = await access.clientWith(request, 'manage')
        const {
          domain = '',
          name = domain,
          timezone = 'UTC',
          currency = 'EUR',
          retention_days = null,
        } = checkSite(body)
        const site = await createSite(sql, client.tenant_id, {
          domain,
          name,
          timezone,
          currency,
          retention_days,
        })
        return status(201, shown(site))
      },
      { parse: parseBody, body: t.Object({ domain, ...settings }), detail: { summary: 'Make a site' } },
    )
    .get('/:id', async ({ request, params }) => shown((await access.grant(request, params.id)).site), {
      detail: { summary: 'A site' },
    })
    .patch(
      '/:id',
      async ({ request, params, body }) => {
        const site = await access.site(request, params.id, 'manage')
        const changes = checkSite(body)
        if (Object.keys(changes).length === 0) return shown(site)
        const [updated, versions] = await sql.begin(async (tx) => {
          const moved = await advance(tx, [{ site_id: site.site_id, kinds: { settings: 1 } }])
          // In another time zone days are others.
          if (changes.timezone !== undefined && changes.timezone !== site.timezone) {
            await unroll(tx, site.site_id, families)
          }
          return [await updateSite(tx, site.site_id, changes), moved]
        })
        roll()
        if (updated === undefined) throw new HkError('not_found', 'There is no such site.')
        publish(versions)
        return shown(updated)
      },
      {
        parse: parseBody,
        body: t.Object({ domain: t.Optional(domain), ...settings }),
        detail: { summary: 'Change a site' },
      },
    )
    .post(
      '/:id/stream/new-epoch',
      async ({ request, params }) => {
        const { site_id } = await access.site(request, params.id, 'admin')
        const versions = await sql.begin((tx) => renewEpoch(tx, [site_id]))
        publish(versions)
        return { position: versions.map(headOf)[0] }
      },
      { parse: 'none', detail: { summary: 'After a restored backup: make every reader load anew' } },
    )
    .delete(
      '/:id',
      async ({ request, params }) => {
        const site = await access.site(request, params.id, 'admin')
        await deleteSite(sql, site.site_id)
        publish([], [site.site_id])
        return new Response(null, { status: 204 })
      },
      { detail: { summary: 'Delete a site with all its data' } },
    )
}

/** A site as the API shows it. */
function shown({ site_id, tenant_id: _, ...site }: Site) {
  return { id: site_id, ...site }
}
