import { HkError } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'
import { openToPages, preflight } from './access/index.ts'
import {
  type AdminParts,
  annotationRoutes,
  clientRoutes,
  exclusionRoutes,
  funnelRoutes,
  goalRoutes,
  opportunityRoutes,
  shareRoutes,
  siteRoutes,
  trackingRoutes,
  userRoutes,
} from './admin/index.ts'
import { type Assets, assetRoutes, homeRoutes, iconRoutes, pageRoutes } from './embed/index.ts'
import { type Exports, exportRoutes } from './exports/index.ts'
import { type Imports, importRoutes } from './imports/index.ts'
import { inTime, type IngestParts, ingestRoutes, type Overflow, overflowText } from './ingest/index.ts'
import { answerOf, contentOf, describeApi, problemsOf } from './openapi/index.ts'
import { problemResponse, statusOf } from './problem.ts'
import { type Desk, reportRoutes } from './reports/index.ts'
import { isTransient } from './store/index.ts'
import { type Hub, streamRoutes } from './stream/index.ts'
import { type Takeouts, takeoutRoutes } from './takeout/index.ts'

/** What the HTTP surface is made of. */
export interface AppParts extends AdminParts, IngestParts {
  readonly hub: Hub
  readonly desk: Desk
  readonly exports: Exports
  readonly imports: Imports
  readonly takeouts: Takeouts
  readonly assets: Assets
  /** The spool and its drain, where there is one. */
  readonly overflow: Overflow | undefined
  /** Keeps a connection open as long as something can be written to it so often. */
  readonly keepOpen: (request: Request, silenceMs: number) => void
  /** Told of errors that are ours. */
  readonly onError: (error: unknown, request: Request) => void
}

/** The HTTP surface, without any I/O of its own: a test calls `handle`. */
export interface App {
  handle(request: Request): Promise<Response>
}

/** Milliseconds for the database to answer `/readyz`. */
const readyMs = 2_000

const health = { tags: ['service'], responses: answerOf(200, { ok: true }) }

/** Mounts the routes and turns errors into problems. */
export function createApp(parts: AppParts): App {
  let described: string | undefined
  const describe = (): string => (described ??= JSON.stringify(describeApi(elysia)))
  const elysia = new Elysia({ normalize: false, handler: { standardHostname: false } })
    .onError({ as: 'global' }, ({ error, code, request }) =>
      problemResponse(toHkError(error, String(code), request, parts.onError)),
    )
    .get('/healthz', () => ({ ok: true }), {
      detail: { ...health, summary: 'Whether the process lives', description: 'Says nothing of the database.' },
    })
    .get(
      '/readyz',
      async () => {
        await inTime(parts.sql`select 1`, readyMs)
        return { ok: true }
      },
      {
        detail: {
          ...health,
          summary: 'Whether the database answers',
          description: 'For load balancers: within two seconds.',
          responses: { ...health.responses, ...problemsOf('unavailable') },
        },
      },
    )
    .get(
      '/metrics',
      () => new Response(metrics(parts), { headers: { 'content-type': 'text/plain; version=0.0.4' } }),
      {
        detail: {
          tags: ['service'],
          summary: 'Counters for Prometheus',
          description: 'Items by what became of them, what waits in the spool on disk, and streams that are open.',
          responses: contentOf('text/plain', 'In the text format of Prometheus.', '# TYPE hk_streams gauge\nhk_streams 12\n'),
        },
      },
    )
    .use(ingestRoutes(parts))
    .use(streamRoutes(parts))
    .use(reportRoutes(parts))
    .use(exportRoutes(parts))
    .use(importRoutes(parts))
    .use(takeoutRoutes(parts))
    .use(siteRoutes(parts))
    .use(goalRoutes(parts))
    .use(funnelRoutes(parts))
    .use(annotationRoutes(parts))
    .use(exclusionRoutes(parts))
    .use(trackingRoutes(parts))
    .use(shareRoutes(parts))
    .use(opportunityRoutes(parts))
    .use(clientRoutes(parts))
    .use(userRoutes(parts))
    .use(pageRoutes(parts))
    .use(assetRoutes(parts.assets))
    .use(iconRoutes())
    .use(homeRoutes())
    .get('/openapi/json', () => new Response(describe(), { headers: { 'content-type': 'application/json' } }), {
      detail: {
        tags: ['service'],
        summary: 'This document',
        description: 'The description of the HTTP API, in OpenAPI 3.1.',
        responses: answerOf(200, { openapi: '3.1.2' }),
      },
    })

  return {
    async handle(request) {
      // A Host header can make of any path an invalid address.
      const path = URL.parse(request.url)?.pathname
      if (path === undefined) return problemResponse(new HkError('bad_request', 'The header "Host" must be a host name.'))
      if (!isDecodable(path)) {
        return problemResponse(new HkError('bad_request', 'The path has a percent escape that is not UTF-8: write "%" as "%25".'))
      }
      const shared = /^\/(api|ingest|embed|hk\.js)/.test(path)
      const response = shared && request.method === 'OPTIONS' ? preflight() : await elysia.handle(request)
      if (shared && request.method !== 'OPTIONS') openToPages(response.headers)
      response.headers.set('x-content-type-options', 'nosniff')
      response.headers.set('referrer-policy', 'no-referrer')
      return response
    },
  }
}

function metrics({ counters, hub, overflow, now }: AppParts): string {
  return `${counters.toText()}${overflow === undefined ? '' : overflowText(overflow, now())}# HELP hk_streams Realtime streams open now.\n# TYPE hk_streams gauge\nhk_streams ${hub.size}\n`
}

/** What an error means to the caller. What is ours is reported and told without its details. */
function toHkError(error: unknown, code: string, request: Request, report: AppParts['onError']): HkError {
  if (error instanceof HkError) {
    if (statusOf(error.code) >= 500) report(error.cause ?? error, request)
    return error
  }
  if (code === 'NOT_FOUND') return new HkError('not_found', 'There is nothing at this address.')
  report(error, request)
  if (error instanceof Error && 'code' in error && error.code === '57014') {
    return new HkError('timeout', 'This takes too long to answer. Ask for a shorter range or fewer filters.')
  }
  if (isTransient(error)) {
    return new HkError('unavailable', 'The database is away. Try again soon.', { retryAfterMs: 5_000 })
  }
  return new HkError('internal', 'Something went wrong here. The log of the service says what.')
}

/** Whether each percent escape of a path is one, as the router decodes them. */
function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
