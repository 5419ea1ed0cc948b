import type { Receipt } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'
import type { Access } from '../access/index.ts'
import { readJson } from '../body.ts'
import { collectBatch, collectFromServer, type CollectorParts } from './collector.ts'
import { fetchDetail, serverDetail, trackerDetail } from './detail.ts'
import { collectFetches } from './fetches.ts'
import { inTime } from './patience.ts'

const trackerBytes = 64 * 1024
const serverBytes = 1024 * 1024

/** Routes that take items: from the tracker, from a server, and requests of AI agents from a log. */
export function ingestRoutes(
  parts: CollectorParts & { readonly access: Access; readonly addressOf: (request: Request) => string },
) {
  const { access, addressOf, counters } = parts
  return new Elysia()
    .post(
      '/ingest',
      async ({ request }) => {
        const body = await readJson(request, trackerBytes)
        if (/prefetch|prerender/.test(request.headers.get('sec-purpose') ?? '')) {
          counters.add('prefetch', 1)
          return receipt({ accepted: 0, rejected: [] })
        }
        const userAgent = request.headers.get('user-agent') ?? ''
        return receipt(await collectBatch(parts, body, { address: addressOf(request), userAgent }))
      },
      { parse: 'none', detail: trackerDetail },
    )
    .post(
      '/api/sites/:id/ingest',
      async ({ request, params }) => {
        const site = await inTime(access.site(request, params.id, 'ingest'))
        return receipt(await collectFromServer(parts, site, await readJson(request, serverBytes)))
      },
      { parse: 'none', detail: serverDetail },
    )
    .post(
      '/api/sites/:id/ingest/ai-fetch',
      async ({ request, params }) => {
        const site = await inTime(access.site(request, params.id, 'ingest'))
        return receipt(await collectFetches(parts, site, await readJson(request, serverBytes)))
      },
      { parse: 'none', detail: fetchDetail },
    )
}

function receipt(answer: Receipt): Response {
  return Response.json(answer, { status: 202, headers: { 'cache-control': 'no-store' } })
}
