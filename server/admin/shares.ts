import { HkError, type ShareInfo } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { hashPassword, mintToken } from '../access/index.ts'
import { isReportName, parseFilters, reportNames } from '../reports/index.ts'
import { advance, createShare, deleteShare, listShares, newId, type Share } from '../store/index.ts'
import { type AdminParts, parseBody } from './parts.ts'
import { checkExpiry, checkOrigin, checkPassword, checkText } from './settings.ts'

const shareBody = t.Object({
  label: t.Optional(t.String({ maxLength: 200 })),
  reports: t.Optional(t.Union([t.Array(t.String(), { maxItems: 50 }), t.Null()])),
  filters: t.Optional(t.Array(t.String({ maxLength: 1_200 }), { maxItems: 20 })),
  live: t.Optional(t.Boolean()),
  visits: t.Optional(t.Boolean()),
  allowed_origins: t.Optional(t.Union([t.Array(t.String({ maxLength: 300 }), { maxItems: 100 }), t.Null()])),
  expires_at: t.Optional(t.Union([t.String(), t.Null()])),
  password: t.Optional(t.String()),
})

/** Share links of a site: made, listed and revoked; and what a link's holder may know of it. */
export function shareRoutes({ sql, access, publish, now }: AdminParts) {
  return new Elysia({ detail: { tags: ['shares'] } })
    .get(
      '/api/sites/:id/shares',
      async ({ request, params }) => {
        const site = await access.site(request, params.id, 'manage')
        return { shares: (await listShares(sql, site.site_id)).map(shown) }
      },
      { detail: { summary: 'The share links of a site' } },
    )
    .post(
      '/api/sites/:id/shares',
      async ({ request, params, body, status }) => {
        const site = await access.site(request, params.id, 'manage')
        const { label = '', filters = [], live = true, visits = false, password } = body
        const unknown = body.reports?.find((name) => !isReportName(name))
        if (unknown !== undefined) {
          const message = `There is no report "${unknown}". There are ${reportNames.join(', ')}.`
          throw new HkError('bad_request', message, { parameter: 'reports' })
        }
        parseFilters(filters)
        const { token, ...hashes } = mintToken('hks')
        const share = await sql.begin(async (tx) =>
          createShare(tx, {
            ...hashes,
            site_id: site.site_id,
            share_id: newId(),
            label: label === '' ? '' : checkText('label', label, 200),
            reports: body.reports?.filter(isReportName) ?? null,
            filters,
            live,
            visits,
            allowed_origins: body.allowed_origins?.map(checkOrigin) ?? null,
            password_hash: password === undefined ? null : await hashPassword(checkPassword(password)),
            expires_at: body.expires_at == null ? null : checkExpiry(body.expires_at, now()),
          }),
        )
        return status(201, { ...shown(share), token })
      },
      {
        parse: parseBody,
        body: shareBody,
        detail: { summary: 'Make a share link; its token is shown once' },
      },
    )
    .delete(
      '/api/sites/:id/shares/:share',
      async ({ request, params }) => {
        const { site_id } = await access.site(request, params.id, 'manage')
        const versions = await sql.begin(async (tx) => {
          if (!(await deleteShare(tx, site_id, params.share))) {
            throw new HkError('not_found', 'There is no such share link.')
          }
          return advance(tx, [{ site_id, kinds: { settings: 1 } }])
        })
        publish(versions)
        return new Response(null, { status: 204 })
      },
      { detail: { summary: 'Revoke a share link' } },
    )
    .get(
      '/api/share/:token',
      async ({ request, params }): Promise<ShareInfo> => {
        const { site, share } = await access.share(request, params.token)
        return {
          site: {
            id: site.site_id,
            name: site.name,
            domain: site.domain,
            timezone: site.timezone,
            currency: site.currency,
          },
          allows: { reports: share.reports, live: share.live, visits: share.visits, filters: share.filters },
          expires_at: share.expires_at?.toISOString() ?? null,
        }
      },
      { detail: { summary: 'The site of a share link and what the link allows' } },
    )
}

/** A share link as the API shows it: never its hashes. */
function shown({ site_id: _, share_id, token_hash: __, password_hash, ...share }: Share) {
  return { id: share_id, ...share, password: password_hash !== null }
}
