import { type Changes, HkError, kinds } from '@hk-live/sdk/protocol'
import { Elysia } from 'elysia'
import type { Access, Grant } from '../access/index.ts'
import { headOf, missedSince } from '../changes/index.ts'
import { answerOf, contentOf, emptyAnswer, type Parameter, problemsOf } from '../openapi/index.ts'
import type { Hub } from './hub.ts'

/** What the routes work with. */
export interface StreamParts {
  readonly access: Access
  readonly hub: Hub
  /** The address a request came from, behind trusted proxies. */
  readonly addressOf: (request: Request) => string
  /** Keeps a connection open as long as something can be written to it so often. */
  readonly keepOpen: (request: Request, silenceMs: number) => void
}

const text = { type: 'string' }
const streamParameters: Parameter[] = [
  { name: 'last_event_id', in: 'query', description: 'A position to go on from.', schema: text, example: '7f3kq2.184' },
  { name: 'live', in: 'query', description: '`1`: visitors now, too.', schema: text, example: '1' },
  { name: 'visits', in: 'query', description: '`1`: new visits, too.', schema: text, example: '1' },
]
const changesParameters: Parameter[] = [
  { name: 'since', in: 'query', required: true, description: 'A position, as an answer or the stream named it.', schema: text, example: '7f3kq2.184' },
]
const internal = { tags: ['internal'], 'x-internal': true } as { tags: string[] }
const hello = 'id: 7f3kq2.184\nevent: hello\ndata: {"protocol":1,"position":"7f3kq2.184","recovered":true}\n\n'
const streamDetail = {
  ...internal,
  parameters: streamParameters,
  description: 'Server-sent events, from `last_event_id` on; of visitors now with `live=1`, of new visits with `visits=1`.',
  responses: {
    ...contentOf('text/event-stream', 'Events until somebody goes.', hello),
    ...problemsOf('rate_limited', 'unavailable'),
  },
}
const changesDetail = {
  ...internal,
  parameters: changesParameters,
  description: 'For readers without a stream: the kinds of data that changed since the position `since`.',
  responses: {
    ...answerOf(200, { position: '7f3kq2.184', kinds: ['hits', 'events'] }),
    ...emptyAnswer(204, 'Nothing has changed.'),
  },
}

/** The realtime stream and the same as an answer for polling, by API client and by share link. */
export function streamRoutes({ access, hub, addressOf, keepOpen }: StreamParts) {
  async function stream(request: Request, grant: Grant): Promise<Response> {
    const query = new URL(request.url).searchParams
    const since = request.headers.get('last-event-id') || query.get('last_event_id') || undefined
    const { site, share, expiresAt, stillAllowed } = grant
    // Who sees a part of the site only is told nothing of the rest, not even how much there is.
    const whole = share === undefined || share.filters.length === 0
    const body = await hub.open({
      siteId: site.site_id,
      since,
      whole,
      live: query.get('live') === '1' && whole && (share?.live ?? true),
      visits: query.get('visits') === '1' && whole && (share?.visits ?? true),
      limit: { address: addressOf(request), credential: grant.credential, site: site.site_id },
      expiresAt,
      stillAllowed,
    })
    if (body === undefined)
      throw new HkError('unavailable', 'The service is going down.', { retryAfterMs: 2_000 })
    keepOpen(request, hub.silenceMs)
    return new Response(body, {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    })
  }

  function changes(request: Request, { version }: Grant): Response {
    const since = new URL(request.url).searchParams.get('since')
    if (since === null) throw new HkError('bad_request', '"since" is required: a position, as an answer or the stream named it.', { parameter: 'since' })
    const missed = missedSince(version, since)
    const headers = { 'cache-control': 'no-store' }
    if (missed.resync === undefined && missed.kinds.length === 0)
      return new Response(null, { status: 204, headers })
    const answer: Changes =
      missed.resync === undefined
        ? { position: headOf(version), kinds: missed.kinds }
        : { position: headOf(version), kinds: [...kinds], resync: missed.resync }
    return Response.json(answer, { headers })
  }

  return new Elysia()
    .get(
      '/api/sites/:id/realtime',
      async ({ request, params }) => stream(request, await access.grant(request, params.id)),
      { detail: { ...streamDetail, summary: 'Changes of a site as they happen' } },
    )
    .get(
      '/api/share/:token/sites/:id/realtime',
      async ({ request, params }) => stream(request, await access.share(request, params.token, params.id)),
      { detail: { ...streamDetail, summary: 'Changes of a shared site as they happen' } },
    )
    .get(
      '/api/sites/:id/changes',
      async ({ request, params }) => changes(request, await access.grant(request, params.id)),
      { detail: { ...changesDetail, summary: 'What changed since a position' } },
    )
    .get(
      '/api/share/:token/sites/:id/changes',
      async ({ request, params }) => changes(request, await access.share(request, params.token, params.id)),
      {
        detail: { ...changesDetail, summary: 'What changed of a shared site since a position' },
      },
    )
}
