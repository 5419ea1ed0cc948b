import { HkError } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { mintToken } from '../access/index.ts'
import {
  advance,
  type ApiClient,
  createClient,
  deleteClient,
  listClients,
  listSites,
  lockSites,
  newId,
  scopes,
} from '../store/index.ts'
import { type AdminParts, parseBody } from './parts.ts'
import { checkExpiry, checkText } from './settings.ts'

const clientBody = t.Object({
  label: t.String({ minLength: 1, maxLength: 200 }),
  scopes: t.Array(t.String(), { minItems: 1, maxItems: 20, examples: [['reports:read']] }),
  sites: t.Optional(t.Union([t.Array(t.String(), { minItems: 1, maxItems: 1_000 }), t.Null()])),
  expires_at: t.Optional(t.Union([t.String(), t.Null()])),
})

/** API clients of the tenant: made, listed and revoked by one with the scope `admin`. */
export function clientRoutes({ sql, access, publish, now }: AdminParts) {
  return new Elysia({ prefix: '/api/clients', detail: { tags: ['clients'] } })
    .get(
      '/',
      async ({ request }) => {
        const { tenant_id } = await access.clientWith(request, 'admin')
        return { clients: (await listClients(sql, tenant_id)).map(shown) }
      },
      { detail: { summary: 'The API clients' } },
    )
    .post(
      '/',
      async ({ request, body, status }) => {
        const { tenant_id } = await access.clientWith(request, 'admin')
        const unknown = body.scopes.find((name) => !scopes.some((scope) => scope === name))
        if (unknown !== undefined) {
          throw new HkError(
            'bad_request',
            `There is no scope "${unknown}". There are ${scopes.join(', ')}.`,
            {
              parameter: 'scopes',
            },
          )
        }
        const sites = body.sites ?? null
        if (sites !== null && (await listSites(sql, tenant_id, sites)).length < new Set(sites).size) {
          throw new HkError('bad_request', '"sites" names a site that does not exist.', {
            parameter: 'sites',
          })
        }
        const { token, ...hashes } = mintToken('hkc')
        const client = await createClient(sql, {
          ...hashes,
          client_id: newId(),
          tenant_id,
          label: checkText('label', body.label, 200),
          scopes: scopes.filter((scope) => body.scopes.includes(scope)),
          site_ids: sites,
          expires_at: body.expires_at == null ? null : checkExpiry(body.expires_at, now()),
        })
        return status(201, { ...shown(client), token })
      },
      {
        parse: parseBody,
        body: clientBody,
        detail: { summary: 'Make an API client; its token is shown once' },
      },
    )
    .delete(
      '/:client',
      async ({ request, params }) => {
        const { tenant_id } = await access.clientWith(request, 'admin')
        const versions = await sql.begin(async (tx) => {
          if (!(await deleteClient(tx, tenant_id, params.client))) {
            throw new HkError('not_found', 'There is no such API client.')
          }
          // Streams of the client, on whatever node, are looked at again when settings change.
          const sites = (await listSites(sql, tenant_id, null)).map((site) => site.site_id)
          const locked = await lockSites(tx, sites)
          return advance(
            tx,
            [...locked.keys()].map((site_id) => ({ site_id, kinds: { settings: 1 } })),
          )
        })
        publish(versions)
        return new Response(null, { status: 204 })
      },
      { detail: { summary: 'Revoke an API client' } },
    )
}

/** An API client as the API shows it: never its hash. */
function shown({ client_id, tenant_id: _, token_hash: __, site_ids, ...client }: ApiClient) {
  return { id: client_id, ...client, sites: site_ids }
}
