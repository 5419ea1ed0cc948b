import { HkError } from '@hk-live/sdk/protocol'
import { openapi } from '@elysiajs/openapi'
import { Elysia } from 'elysia'
import { openToPages, preflight } from './access/index.ts'
import {
  type AdminParts,
  annotationRoutes,
  clientRoutes,
  funnelRoutes,
  goalRoutes,
  opportunityRoutes,
  shareRoutes,
  siteRoutes,
  userRoutes,
} from './admin/index.ts'
import { type Assets, assetRoutes, homeRoutes } from './embed/index.ts'
import { type CollectorParts, ingestRoutes } from './ingest/index.ts'
import { problemResponse, statusOf } from './problem.ts'
import { type Desk, reportRoutes } from './reports/index.ts'
import { isTransient } from './store/index.ts'
import { type Hub, streamRoutes } from './stream/index.ts'

/** What the HTTP surface is made of. */
export interface AppParts extends AdminParts, CollectorParts {
  readonly hub: Hub
  readonly desk: Desk
  readonly assets: Assets
  /** The address a request came from, behind trusted proxies. */
  readonly addressOf: (request: Request) => string
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

/** Mounts the routes and turns errors into problems. */
export function createApp(parts: AppParts): App {
  const elysia = new Elysia({ normalize: false })
    .onError({ as: 'global' }, ({ error, code, request }) =>
      problemResponse(toHkError(error, String(code), request, parts.onError)),
    )
    .use(
      openapi({
        path: '/openapi',
        provider: null,
        documentation: {
          info: { title: 'hk-live', version: '0.1.0', description: 'Realtime web analytics' },
        },
      }),
    )
    .get('/healthz', () => ({ ok: true }), { detail: { summary: 'Whether the process lives' } })
    .get(
      '/readyz',
      async () => {
        const late = new Promise<never>((_, reject) => {
          setTimeout(() => reject(new HkError('unavailable', 'The database does not answer.')), readyMs)
        })
        await Promise.race([parts.sql`select 1`, late])
        return { ok: true }
      },
      { detail: { summary: 'Whether the database answers' } },
    )
    .get(
      '/metrics',
      () => new Response(metrics(parts), { headers: { 'content-type': 'text/plain; version=0.0.4' } }),
      {
        detail: { summary: 'Counters for Prometheus' },
      },
    )
    .use(ingestRoutes(parts))
    .use(streamRoutes(parts))
    .use(reportRoutes(parts))
    .use(siteRoutes(parts))
    .use(goalRoutes(parts))
    .use(funnelRoutes(parts))
    .use(annotationRoutes(parts))
    .use(shareRoutes(parts))
    .use(opportunityRoutes(parts))
    .use(clientRoutes(parts))
    .use(userRoutes(parts))
    .use(assetRoutes(parts.assets))
    .use(homeRoutes())

  return {
    async handle(request) {
      // A Host header can make of any path an address that is none.
      const path = URL.parse(request.url)?.pathname
      if (path === undefined)
        return problemResponse(new HkError('bad_request', 'The Host of the request is none.'))
      const shared = /^\/(api|ingest|embed|hk\.js)/.test(path)
      const response = shared && request.method === 'OPTIONS' ? preflight() : await elysia.handle(request)
      if (shared && request.method !== 'OPTIONS') openToPages(response.headers)
      response.headers.set('x-content-type-options', 'nosniff')
      response.headers.set('referrer-policy', 'no-referrer')
      return response
    },
  }
}

function metrics({ counters, hub }: AppParts): string {
  return `${counters.toText()}# HELP hk_streams Realtime streams open now.\n# TYPE hk_streams gauge\nhk_streams ${hub.size}\n`
}

/** What an error means to the caller. What is ours is reported and told without its details. */
function toHkError(error: unknown, code: string, request: Request, report: AppParts['onError']): HkError {
  if (error instanceof HkError) {
    if (statusOf(error) >= 500) report(error.cause ?? error, request)
    return error
  }
  if (code === 'NOT_FOUND') return new HkError('not_found', 'There is nothing at this address.')
  if (code === 'PARSE' && error instanceof Error && error.cause instanceof HkError) return error.cause
  if (code === 'VALIDATION' && error instanceof Error) return fromValidation(error)
  report(error, request)
  if (error instanceof Error && 'code' in error && error.code === '57014') {
    return new HkError('timeout', 'This takes too long to answer. Ask for a shorter range or fewer filters.')
  }
  if (isTransient(error)) {
    return new HkError('unavailable', 'The database is away. Try again soon.', { retryAfterMs: 5_000 })
  }
  return new HkError('internal', 'Something went wrong here. The log of the service says what.')
}

/** Elysia's validation errors carry the first field at fault and what was expected there. */
function fromValidation(error: Error): HkError {
  const all: unknown = 'all' in error ? error.all : undefined
  const first: unknown = Array.isArray(all) ? all[0] : undefined
  const { path, message } = Object(first) as { path?: unknown; message?: unknown }
  const parameter = typeof path === 'string' ? path.replace(/^\//, '').replaceAll('/', '.') : ''
  const expected = typeof message === 'string' ? message.replace(/^E/, 'e') : 'another value is expected'
  if (parameter === '') return new HkError('bad_request', `The body is not as it must be: ${expected}.`)
  return new HkError('bad_request', `"${parameter}" is not as it must be: ${expected}.`, { parameter })
}
