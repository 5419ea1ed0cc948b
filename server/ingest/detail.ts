import { itemTypes } from '@hk-live/sdk/protocol'
import { answerOf, type Parameter, problemsOf } from '../openapi/index.ts'

type Schema = { type: 'string' | 'number' | 'integer'; description?: string; enum?: string[] }

const text = (description: string): Schema => ({ type: 'string', description })

const item = {
  id: text('Made by the sender; an item of one id is stored once. 8 to 64 characters of [A-Za-z0-9_-].'),
  type: { type: 'string', enum: [...itemTypes] } satisfies Schema,
  url: text('Address of the page.'),
  at: text('RFC 3339; the time of arrival where it is left out.'),
  referrer: text('Address of the page before.'),
  name: text('Name of an event, or of a vital.'),
  value: { type: 'number', description: 'Value of a vital, or seconds of engagement.' } satisfies Schema,
  language: text('As `navigator.language` has it.'),
}
const required = ['id', 'type', 'url']
const parameters: Parameter[] = [
  {
    name: 'import',
    in: 'query',
    description: 'The import of access logs that this comes from, so that it can be undone: see `/api/sites/{id}/imports/logs`.',
    schema: { type: 'string' },
    example: 'm4t9r2x7kc',
  },
]
const props = { type: 'object' as const, description: 'Properties of an event: texts, numbers, yes or no.' }

const view = { id: '5f0c1d2e-9b7a', type: 'pageview', url: 'https://shop.example.com/pricing' }
const fetched = {
  path: '/pricing',
  user_agent: 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
  status_code: 200,
}

/** What a batch is answered. */
const responses = {
  ...answerOf(202, { accepted: 1, rejected: [{ index: 1, code: 'bad_url', message: '"url" must be an address.' }] }),
  ...problemsOf('unavailable', 'rate_limited'),
}

/** What the route of the tracker says of itself. */
export const trackerDetail = {
  tags: ['collect'],
  summary: 'Items from the tracker',
  description:
    'At most 50 items and 64 KiB. Answered once they are committed, or while the database is away once they are in the spool ' +
    'on disk, from which they are stored when it is back. Where that is full, and where more arrives than can be stored, the ' +
    'answer is 503 with `Retry-After`; where an address or a site sends more than is set, it is 429. Nothing of the batch is ' +
    'kept then, and what is sent again is stored once. Unknown sites, bots, prefetches, spam and what the site excludes get ' +
    'the same answer as all, so that nobody learns from it. Any content type will do.',
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object' as const,
          required: ['site', 'items'],
          properties: {
            site: text('Id of the site.'),
            items: {
              type: 'array' as const,
              maxItems: 50,
              items: { type: 'object' as const, required, properties: { ...item, props } },
            },
          },
        },
        example: { site: 'x7k2m9qf4a', items: [view] },
      },
    },
  },
  responses,
}

/** What an item of an import is held to: what undoes one knows what views leave behind, not orders and vitals. */
export const importRule =
  'With "import" each item must be of the type "pageview". Send requests of AI agents to "/ingest/ai-fetch", and other items without "import".'

/** What the route for servers says of itself. */
export const serverDetail = {
  tags: ['collect'],
  summary: 'Items from a server',
  description:
    'With the scope `ingest`: items of any date from 2000 on, each with the address and the agent of its visitor. ' +
    'Answered after the commit. While the database is away the token cannot be checked: the answer is 503 with ' +
    '`Retry-After`. 429 where the site is sent more than is set; that of the address is not asked. ' +
    importRule,
  parameters,
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object' as const,
          required: ['items'],
          properties: {
            items: {
              type: 'array' as const,
              items: {
                type: 'object' as const,
                required: [...required, 'visitor_ip', 'user_agent'],
                properties: {
                  ...item,
                  props,
                  visitor_ip: text('Address of the visitor. It is not stored.'),
                  user_agent: text('The `User-Agent` of the visitor.'),
                },
              },
            },
          },
        },
        example: {
          items: [
            {
              ...view,
              at: '2026-11-01T09:30:00Z',
              visitor_ip: '203.0.113.9',
              user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
            },
          ],
        },
      },
    },
  },
  responses,
}

/** What the route for logs says of itself. */
export const fetchDetail = {
  tags: ['collect'],
  summary: 'Requests of AI agents from a log',
  description: 'With the scope `ingest`: one request, or a list of at most 1,000. Those of other agents are counted and left out.',
  parameters,
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object' as const,
          required: ['path', 'user_agent', 'status_code'],
          properties: {
            id: item.id,
            path: text('Path of the request.'),
            user_agent: text('The `User-Agent` of the agent.'),
            status_code: { type: 'integer', description: 'From 100 to 599.' } satisfies Schema,
            hostname: text('The domain of the site where it is left out.'),
            content_type: text('Of the answer.'),
            response_ms: { type: 'number', description: 'Milliseconds to the answer.' } satisfies Schema,
            bytes_served: { type: 'integer' } satisfies Schema,
            at: item.at,
          },
        },
        example: fetched,
      },
    },
  },
  responses,
}
