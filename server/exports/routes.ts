import { Elysia } from 'elysia'
import { type Access, demandReport, type Grant } from '../access/index.ts'
import { demandName, registry } from '../reports/index.ts'
import { detail } from './detail.ts'
import { attachment } from './disposition.ts'
import type { Exports } from './exports.ts'
import { readExport } from './question.ts'

/** What the routes work with. */
export interface ExportParts {
  readonly access: Access
  readonly exports: Exports
  /** Keeps a connection open as long as something can be written to it so often. */
  readonly keepOpen: (request: Request, silenceMs: number) => void
  /** Told of errors that are ours. */
  readonly onError: (error: unknown, request: Request) => void
}

/** Milliseconds that the next rows may take to read. */
const silenceMs = 120_000

/** Reports as files, by API client and by share link: whoever may read a report may export it. */
export function exportRoutes({ access, exports, keepOpen, onError }: ExportParts) {
  async function answer(request: Request, grant: Grant, report: string): Promise<Response> {
    const name = demandName(report)
    const url = new URL(request.url)
    demandReport(grant, name, url.searchParams)
    const wanted = readExport(url, registry[name], grant.share?.filters ?? [], grant.site.domain)
    // Some files are written whole before their first byte is sent.
    keepOpen(request, silenceMs)
    const file = await exports.open(grant.site, grant.version, name, wanted, (error) => onError(error, request))
    return new Response(file.body, {
      headers: {
        'content-type': file.type,
        'content-disposition': attachment(file.name),
        'cache-control': 'no-store',
      },
    })
  }

  return new Elysia()
    .get(
      '/api/sites/:id/reports/:report/export',
      async ({ request, params }) => answer(request, await access.grant(request, params.id), params.report),
      { detail: { ...detail, summary: 'A report of a site as a file' } },
    )
    .get(
      '/api/share/:token/sites/:id/reports/:report/export',
      async ({ request, params }) =>
        answer(request, await access.share(request, params.token, params.id), params.report),
      { detail: { ...detail, summary: 'A report of a shared site as a file' } },
    )
}
