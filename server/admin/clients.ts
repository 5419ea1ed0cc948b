import { HkError } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { mintToken } from '../access/index.ts'
import { answerOf, emptyAnswer } from '../openapi/index.ts'
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
import { defineBody } from './body.ts'
import type { AdminParts } from './parts.ts'
import { checkExpiry, checkText } from './settings.ts'

const creation = defineBody(
  t.Object(
    {
      label: t.String({ minLength: 1, maxLength: 200, description: 'To tell it by.' }),
      scopes: t.Array(t.String(), { minItems: 1, maxItems: 20, description: `What it may do: ${scopes.join(', ')}.` }),
      sites: t.Optional(
        t.Union([t.Array(t.String(), { minItems: 1, maxItems: 1_000 }), t.Null()], {
          description: 'Ids of the sites that it is limited to; null is all.',
        }),
      ),
      expires_at: t.Optional(t.Union([t.String(), t.Null()], { description: 'RFC 3339; null is never.' })),
    },
    { examples: [{ label: 'Nightly report', scopes: ['reports:read'], expires_at: '2099-01-31T00:00:00Z' }] },
  ),
)
const example = {
  id: 'v6b3q9n5tc',
  label: 'Nightly report',
  token_hint: 'x2Zf',
  scopes: ['reports:read'],
  expires_at: '2099-01-31T00:00:00.000Z',
  created_at: '2026-11-22T09:30:00.000Z',
  sites: null,
}

/** API clients of the tenant: made, listed and revoked by one with the scope `admin`. */
export function clientRoutes({ sql, access, publish, now }: AdminParts) {
  return new Elysia({ prefix: '/api/clients', detail: { tags: ['clients'] } })
    .get(
      '/',
      async ({ request }) => {
        const { tenant_id } = await access.clientWith(request, 'admin')
        return { clients: (await listClients(sql, tenant_id)).map(shown) }
      },
      {
        detail: {
          summary: 'The API clients',
          description: 'Of their tokens only the last characters are known.',
          responses: answerOf(200, { clients: [example] }),
        },
      },
    )
    .post(
      '/',
      async ({ request, status }) => {
        const { tenant_id } = await access.clientWith(request, 'admin')
        const body = await creation.read(request)
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
        parse: 'none',
        detail: {
          requestBody: creation.requestBody,
          summary: 'Make an API client',
          description: 'Its token is shown this once.',
          responses: answerOf(201, { ...example, token: 'hkc_8sLw2…x2Zf' }),
        },
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
          const sites = (await listSites(tx, tenant_id, null)).map((site) => site.site_id)
          const locked = await lockSites(tx, sites)
          return advance(
            tx,
            [...locked.keys()].map((site_id) => ({ site_id, kinds: { settings: 1 } })),
          )
        })
        publish(versions)
        return new Response(null, { status: 204 })
      },
      {
        detail: {
          summary: 'Revoke an API client',
          description: 'At once, open streams too.',
          responses: emptyAnswer(204, 'It is revoked.'),
        },
      },
    )
}

/** An API client as the API shows it: never its hash. */
function shown({ client_id, tenant_id: _, token_hash: __, site_ids, ...client }: ApiClient) {
  return { id: client_id, ...client, sites: site_ids }
}
