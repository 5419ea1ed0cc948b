import { Elysia } from 'elysia'
import { type Access, demandReport, type Grant } from '../access/index.ts'
import { codingOf } from '../coding.ts'
import type { Desk } from './desk.ts'
import { readQuestion } from './question.ts'
import { detail } from './detail.ts'
import { demandName, registry } from './registry.ts'

const usual = { 'cache-control': 'private, no-cache', vary: 'accept-encoding' }

/** Reports of a site, by API client and by share link. */
export function reportRoutes({ access, desk }: { access: Access; desk: Desk }) {
  async function answer(request: Request, grant: Grant, report: string): Promise<Response> {
    const name = demandName(report)
    const url = new URL(request.url)
    demandReport(grant, name, url.searchParams)
    const question = readQuestion(url, registry[name], grant.share?.filters ?? [], grant.site.domain)
    const { site, version } = grant
    const ticket = await desk.ask(site, version, name, question)
    const known = request.headers.get('if-none-match')
    const unchanged = (etag: string) => new Response(null, { status: 304, headers: { etag, ...usual } })
    if (matches(known, ticket.etag)) return unchanged(ticket.etag)
    const { body, etag, final } = await ticket.answer()
    if (matches(known, etag)) return unchanged(etag)
    // An answer that depends on more than its URL is nobody else's to keep, nor is one that ends with its link.
    const { share } = grant
    const open =
      share !== undefined && share.password_hash === null && share.allowed_origins === null && share.expires_at === null
    const immutable = open && final.includes(question.version ?? '')
    const coding = codingOf(request, ['gzip'])
    return new Response(body[coding], {
      headers: {
        ...usual,
        etag,
        'content-type': 'application/json',
        ...(immutable && { 'cache-control': 'public, max-age=31536000, immutable' }),
        ...(coding !== 'identity' && { 'content-encoding': coding }),
      },
    })
  }

  return new Elysia()
    .get(
      '/api/sites/:id/reports/:report',
      async ({ request, params }) => answer(request, await access.grant(request, params.id), params.report),
      { detail: { ...detail, summary: 'A report of a site' } },
    )
    .get(
      '/api/share/:token/sites/:id/reports/:report',
      async ({ request, params }) =>
        answer(request, await access.share(request, params.token, params.id), params.report),
      { detail: { ...detail, summary: 'A report of a shared site' } },
    )
}

/** Whether `If-None-Match` names a tag (RFC 9110, section 13.1.2): compared weakly, `*` is any. */
function matches(header: string | null, etag: string): boolean {
  if (header === null) return false
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)
}
