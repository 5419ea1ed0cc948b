import { HkError } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { headOf } from '../changes/index.ts'
import { answerOf, emptyAnswer } from '../openapi/index.ts'
import {
  advance,
  createSite,
  deleteSite,
  families,
  findSite,
  judgeDays,
  listSites,
  renewEpoch,
  type Site,
  unroll,
  updateSite,
} from '../store/index.ts'
import { defineBody } from './body.ts'
import type { AdminParts } from './parts.ts'
import { checkSite } from './settings.ts'

const settings = {
  name: t.Optional(t.String({ maxLength: 200 })),
  timezone: t.Optional(t.String({ maxLength: 80, examples: ['Europe/Berlin'] })),
  currency: t.Optional(t.String({ maxLength: 3, examples: ['EUR'] })),
  retention_days: t.Optional(t.Union([t.Number(), t.Null()])),
}
const domain = t.String({ minLength: 1, maxLength: 300, examples: ['shop.example.com'] })
const creation = defineBody(
  t.Object(
    { domain, ...settings },
    { examples: [{ domain: 'shop.example.com', timezone: 'Europe/Berlin', currency: 'EUR' }] },
  ),
)
const change = defineBody(
  t.Object({ domain: t.Optional(domain), ...settings }, { examples: [{ name: 'Shop', retention_days: 730 }] }),
)
const example = {
  id: 'x7k2m9qf4a',
  domain: 'shop.example.com',
  name: 'Shop',
  timezone: 'Europe/Berlin',
  currency: 'EUR',
  retention_days: null,
  created_at: '2026-11-22T09:30:00.000Z',
}

/** Sites of the tenant: made, listed, changed and deleted. */
export function siteRoutes({ sql, access, publish, roll }: AdminParts) {
  return new Elysia({ prefix: '/api/sites', detail: { tags: ['sites'] } })
    .get(
      '/',
      async ({ request }) => {
        const client = await access.client(request)
        return { sites: (await listSites(sql, client.tenant_id, client.site_ids)).map(shown) }
      },
      {
        detail: {
          summary: 'The sites that the token may see',
          description: 'All of the tenant, or those that the token is limited to.',
          responses: answerOf(200, { sites: [example] }),
        },
      },
    )
    .post(
      '/',
      async ({ request, status }) => {
        const client = await access.clientWith(request, 'manage')
        const {
          domain = '',
          name = domain,
          timezone = 'UTC',
          currency = 'EUR',
          retention_days = null,
        } = checkSite(await creation.read(request))
        const site = await createSite(sql, client.tenant_id, {
          domain,
          name,
          timezone,
          currency,
          retention_days,
        })
        return status(201, shown(site))
      },
      {
        parse: 'none',
        detail: {
          requestBody: creation.requestBody,
          summary: 'Make a site',
          description: 'Its id is what the tracker is given.',
          responses: answerOf(201, example),
        },
      },
    )
    .get('/:id', async ({ request, params }) => shown((await access.grant(request, params.id)).site), {
      detail: { summary: 'A site', description: 'Its settings.', responses: answerOf(200, example) },
    })
    .patch(
      '/:id',
      async ({ request, params }) => {
        const site = await access.site(request, params.id, 'manage')
        const changes = checkSite(await change.read(request))
        if (Object.keys(changes).length === 0) return shown(site)
        const [updated, versions] = await sql.begin(async (tx) => {
          const moved = await advance(tx, [{ site_id: site.site_id, kinds: { settings: 1 } }])
          // Read again under the lock of the version: somebody else may just have changed it.
          const { timezone } = (await findSite(tx, site.site_id)) ?? site
          // In another time zone days are others.
          if (changes.timezone !== undefined && changes.timezone !== timezone) {
            await unroll(tx, site.site_id, families)
            await judgeDays(tx, site.site_id, changes.timezone)
          }
          return [await updateSite(tx, site.site_id, changes), moved]
        })
        roll()
        if (updated === undefined) throw new HkError('not_found', 'There is no such site.')
        publish(versions)
        return shown(updated)
      },
      {
        parse: 'none',
        detail: {
          requestBody: change.requestBody,
          summary: 'Change a site',
          description: 'What is left out stays. In another time zone its days are counted anew.',
          responses: answerOf(200, { ...example, retention_days: 730 }),
        },
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
      {
        parse: 'none',
        detail: {
          summary: 'Make every reader load anew',
          description: 'After a restored backup, as positions of before mean nothing any more.',
          responses: answerOf(200, { position: '7f3kq2.0' }),
        },
      },
    )
    .delete(
      '/:id',
      async ({ request, params }) => {
        const site = await access.site(request, params.id, 'admin')
        await deleteSite(sql, site.site_id)
        publish([], [site.site_id])
        return new Response(null, { status: 204 })
      },
      {
        detail: {
          summary: 'Delete a site',
          description: 'With all its data.',
          responses: emptyAnswer(204, 'It is deleted.'),
        },
      },
    )
}

/** A site as the API shows it. */
function shown({ site_id, tenant_id: _, ...site }: Site) {
  return { id: site_id, ...site }
}
