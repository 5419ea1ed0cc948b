import { HkError, type ShareInfo } from '@hk-live/sdk/protocol'
import { Elysia, t } from 'elysia'
import { allowsReport, hashPassword, mintToken } from '../access/index.ts'
import { answerOf, emptyAnswer } from '../openapi/index.ts'
import { isReportName, parseFilters, reportNames } from '../reports/index.ts'
import { advance, createShare, deleteShare, listShares, newId, type Share } from '../store/index.ts'
import { defineBody } from './body.ts'
import type { AdminParts } from './parts.ts'
import { checkExpiry, checkOrigin, checkPassword, checkText } from './settings.ts'

const creation = defineBody(
  t.Object(
    {
      label: t.Optional(t.String({ maxLength: 200, description: 'To tell it by.' })),
      reports: t.Optional(
        t.Union([t.Array(t.String(), { maxItems: 50 }), t.Null()], {
          description:
            'What may be read; null is all but opportunities and imports, and of events no values of properties. `live` and ' +
            '`visits` depend on what is said of them beside, and with filters there are no visits, opportunities and imports.',
        }),
      ),
      filters: t.Optional(
        t.Array(t.String({ maxLength: 1_200 }), {
          maxItems: 20,
          description: 'Added to every question, so that only a part of the site is seen.',
        }),
      ),
      live: t.Optional(t.Boolean({ description: 'Whether visitors now are shown; the default is true.' })),
      visits: t.Optional(t.Boolean({ description: 'Whether single visits are shown; the default is false.' })),
      allowed_origins: t.Optional(
        t.Union([t.Array(t.String({ maxLength: 300 }), { maxItems: 100 }), t.Null()], {
          description: 'Origins whose pages may read; null is any.',
        }),
      ),
      expires_at: t.Optional(t.Union([t.String(), t.Null()], { description: 'RFC 3339; null is never.' })),
      password: t.Optional(t.String({ description: '8 to 200 characters of ASCII, sent with each request in the header X-HK-Password.' })),
    },
    {
      examples: [
        { label: 'Blog', reports: ['overview', 'breakdown'], filters: ['page:/blog*'], expires_at: '2099-01-31T00:00:00Z' },
      ],
    },
  ),
)
const example = {
  id: 'r4d8j2w6sx',
  label: 'Blog',
  token_hint: 'a9Qk',
  reports: ['overview', 'breakdown'],
  filters: ['page:/blog*'],
  live: true,
  visits: false,
  allowed_origins: null,
  expires_at: '2099-01-31T00:00:00.000Z',
  created_at: '2026-11-22T09:30:00.000Z',
  password: false,
}
const info: ShareInfo = {
  site: { id: 'x7k2m9qf4a', name: 'Shop', domain: 'shop.example.com', timezone: 'Europe/Berlin', currency: 'EUR' },
  allows: { reports: ['overview', 'breakdown'], live: true, visits: false, filters: ['page:/blog*'] },
  expires_at: '2099-01-31T00:00:00.000Z',
}

/** Share links of a site: made, listed and revoked; and what a link's holder may know of it. */
export function shareRoutes({ sql, access, publish, now }: AdminParts) {
  return new Elysia({ detail: { tags: ['shares'] } })
    .get(
      '/api/sites/:id/shares',
      async ({ request, params }) => {
        const site = await access.site(request, params.id, 'manage')
        return { shares: (await listShares(sql, site.site_id)).map(shown) }
      },
      {
        detail: {
          summary: 'The share links of a site',
          description: 'Of their tokens only the last characters are known.',
          responses: answerOf(200, { shares: [example] }),
        },
      },
    )
    .post(
      '/api/sites/:id/shares',
      async ({ request, params, status }) => {
        const site = await access.site(request, params.id, 'manage')
        const body = await creation.read(request)
        const { label = '', filters = [], live = true, visits = false, password } = body
        const unknown = body.reports?.find((name) => !isReportName(name))
        if (unknown !== undefined) {
          const message = `There is no report "${unknown}". There are ${reportNames.join(', ')}.`
          throw new HkError('bad_request', message, { parameter: 'reports' })
        }
        parseFilters(filters, { domain: site.domain })
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
        parse: 'none',
        detail: {
          requestBody: creation.requestBody,
          summary: 'Make a share link',
          description: 'Its token is shown this once.',
          responses: answerOf(201, { ...example, token: 'hks_3f8Yt0…a9Qk' }),
        },
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
      {
        detail: {
          summary: 'Revoke a share link',
          description: 'At once, open streams too.',
          responses: emptyAnswer(204, 'It is revoked.'),
        },
      },
    )
    .get(
      '/api/share/:token',
      async ({ request, params }): Promise<ShareInfo> => {
        const { site, share } = await access.share(request, params.token)
        const reports = reportNames.filter((name) => allowsReport(share, name))
        return {
          site: {
            id: site.site_id,
            name: site.name,
            domain: site.domain,
            timezone: site.timezone,
            currency: site.currency,
          },
          allows: { reports, live: share.live, visits: share.visits, filters: share.filters },
          expires_at: share.expires_at?.toISOString() ?? null,
        }
      },
      {
        detail: {
          summary: 'The site of a share link',
          description: 'And what the link allows: every report that it may ask for by its name.',
          responses: answerOf(200, info),
        },
      },
    )
}

/** A share link as the API shows it: never its hashes. */
function shown({ site_id: _, share_id, token_hash: __, password_hash, ...share }: Share) {
  return { id: share_id, ...share, password: password_hash !== null }
}
