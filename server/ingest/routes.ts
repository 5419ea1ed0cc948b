import { HkError, type Receipt } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'
import type { Access } from '../access/index.ts'
import { readJson } from '../body.ts'
import { isId } from '../store/index.ts'
import { collectBatch, collectFromServer, type CollectorParts, skipPrefetch } from './collector.ts'
import { fetchDetail, serverDetail, trackerDetail } from './detail.ts'
import { collectFetches } from './fetches.ts'
import { inTime } from './patience.ts'
import type { Place } from './place.ts'

const trackerBytes = 64 * 1024
const serverBytes = 1024 * 1024

/** What the routes work with beside the collector. */
export interface IngestParts extends CollectorParts {
  readonly access: Access
  /** The address a request came from, behind trusted proxies. */
  readonly addressOf: (request: Request) => string
  /** Where a trusted proxy says that the sender of a request is. */
  readonly placeOf: (request: Request) => Place | undefined
  /** Whether a site has an import of access logs of an id, which is not undone. */
  readonly isLogImport: (siteId: string, id: string) => Promise<boolean>
}

/** Routes that take items: from the tracker, from a server, and requests of AI agents from a log. */
export function ingestRoutes(parts: IngestParts) {
  const { access, addressOf, placeOf, isLogImport } = parts

  /** The import of an access log that a batch comes from, where the request names one. */
  async function logOf(request: Request, siteId: string): Promise<string | undefined> {
    const id = new URL(request.url).searchParams.get('import')
    if (id === null) return undefined
    if (isId(id) && (await inTime(isLogImport(siteId, id)))) return id
    throw new HkError('conflict', '"import" must be the id of an import of access logs of this site that is not undone.', { parameter: 'import' })
  }

  return new Elysia()
    .post(
      '/ingest',
      async ({ request }) => {
        const body = await readJson(request, trackerBytes)
        const address = addressOf(request)
        if (isPrefetch(request.headers)) return receipt(skipPrefetch(parts, body, address))
        const userAgent = request.headers.get('user-agent') ?? ''
        const sender = { address, userAgent, place: placeOf(request) }
        return receipt(await collectBatch(parts, body, sender))
      },
      { parse: 'none', detail: trackerDetail },
    )
    .post(
      '/api/sites/:id/ingest',
      async ({ request, params }) => {
        const site = await inTime(access.site(request, params.id, 'ingest'))
        const logId = await logOf(request, site.site_id)
        return receipt(await collectFromServer(parts, site, await readJson(request, serverBytes), logId))
      },
      { parse: 'none', detail: serverDetail },
    )
    .post(
      '/api/sites/:id/ingest/ai-fetch',
      async ({ request, params }) => {
        const site = await inTime(access.site(request, params.id, 'ingest'))
        const logId = await logOf(request, site.site_id)
        return receipt(await collectFetches(parts, site, await readJson(request, serverBytes), logId))
      },
      { parse: 'none', detail: fetchDetail },
    )
}

/** Whether a browser fetches ahead of a visit that may never be: as the standard says it, and as browsers did before. */
function isPrefetch(headers: Headers): boolean {
  return ['sec-purpose', 'purpose', 'x-moz'].some((name) => /prefetch|prerender/i.test(headers.get(name) ?? ''))
}

function receipt(answer: Receipt): Response {
  return Response.json(answer, { status: 202, headers: { 'cache-control': 'no-store' } })
}
