import { HkError } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'
import { type Access, demandReport, type Grant } from '../access/index.ts'
import type { Desk } from './desk.ts'
import { readQuestion } from './question.ts'
import { isReportName, reportNames } from './registry.ts'

/** Reports of a site, by API client and by share link. */
export function reportRoutes({ access, desk }: { access: Access; desk: Desk }) {
  async function answer(request: Request, grant: Grant, name: string): Promise<Response> {
    if (!isReportName(name)) {
      throw new HkError('not_found', `There is no report "${name}". There are ${reportNames.join(', ')}.`)
    }
    demandReport(grant, name)
    const question = readQuestion(new URL(request.url), grant.share?.filters ?? [])
    const ticket = await desk.ask(grant.site, name, question)
    // An answer that depends on more than its URL is nobody else's to keep.
    const open =
      grant.share !== undefined && grant.share.password_hash === null && grant.share.allowed_origins === null
    const immutable = open && ticket.closed && ticket.versions.includes(question.version ?? '')
    const headers = {
      etag: ticket.etag,
      'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'private, no-cache',
    }
    if (matches(request.headers.get('if-none-match'), ticket.etag))
      return new Response(null, { status: 304, headers })
    return new Response(await ticket.answer(), {
      headers: { ...headers, 'content-type': 'application/json' },
    })
  }

  return new Elysia()
    .get(
      '/api/sites/:id/reports/:report',
      async ({ request, params }) => answer(request, await access.grant(request, params.id), params.report),
      { detail: { tags: ['reports'], summary: 'A report of a site' } },
    )
    .get(
      '/api/share/:token/sites/:id/reports/:report',
      async ({ request, params }) =>
        answer(request, await access.share(request, params.token, params.id), params.report),
      { detail: { tags: ['reports'], summary: 'A report of a shared site' } },
    )
}

/** Whether `If-None-Match` names a tag (RFC 9110, section 13.1.2): compared weakly, `*` is any. */
function matches(header: string | null, etag: string): boolean {
  if (header === null) return false
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)
}
