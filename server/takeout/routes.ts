import { Elysia } from 'elysia'
import type { Access } from '../access/index.ts'
import { codingOf } from '../coding.ts'
import { attachment } from '../exports/index.ts'
import { contentOf, problemsOf } from '../openapi/index.ts'
import type { Takeouts } from './takeout.ts'

/** What the route works with. */
export interface TakeoutParts {
  readonly access: Access
  readonly takeouts: Takeouts
  readonly now: () => number
  /** Keeps a connection open as long as something can be written to it so often. */
  readonly keepOpen: (request: Request, silenceMs: number) => void
  /** Told of errors that are ours. */
  readonly onError: (error: unknown, request: Request) => void
}

const silenceMs = 120_000
const example =
  '{"type":"takeout","format":1,"generated_at":"2026-11-22T09:30:00.000Z","site":{"id":"x7k2m9qf4a","domain":"shop.example.com"}}\n' +
  '{"type":"goal","settings":{"name":"Signed up","type":"event","pattern":"signup","conditions":[],"value":null}}\n' +
  '{"type":"end","lines":3}\n'

/** All of a site, for those who manage it. */
export function takeoutRoutes({ access, takeouts, now, keepOpen, onError }: TakeoutParts) {
  return new Elysia({ detail: { tags: ['imports'] } }).get(
    '/api/sites/:id/takeout',
    async ({ request, params }) => {
      const site = await access.site(request, params.id, 'manage')
      const coding = codingOf(request, ['gzip'])
      const body = takeouts.open(site, coding, (error) => onError(error, request))
      keepOpen(request, silenceMs)
      const day = new Date(now()).toISOString().slice(0, 10)
      return new Response(body, {
        headers: {
          'content-type': 'application/x-ndjson',
          'content-disposition': attachment(`${site.domain}_takeout_${day}.ndjson`),
          'cache-control': 'no-store',
          vary: 'accept-encoding',
          ...(coding !== 'identity' && { 'content-encoding': coding }),
        },
      })
    },
    {
      detail: {
        summary: 'All of a site',
        description:
          'Lines of JSON, each with a `type`: the settings of the site, its goals, funnels, annotations, exclusions, imports and findings, the ' +
          'sums of imported days (`sums`), every item with what its visit came from, and every fetch of an AI agent; all of one ' +
          'moment. The last line has the type `end`: without it the file was cut short. Nothing in it lets anyone in. Another ' +
          'service imports it as the source `takeout`. Packed by gzip where that is accepted.',
        responses: {
          ...contentOf('application/x-ndjson', 'The lines, as they are read.', example),
          ...problemsOf('rate_limited'),
        },
      },
    },
  )
}
