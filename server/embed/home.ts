import { Elysia } from 'elysia'
import { contentOf } from '../openapi/index.ts'

const text = `hk-live is running.

  /hk.js          the tracker:  <script defer src="…/hk.js" data-site="SITE_ID"></script>
  /embed/hk.js    the elements: <script type="module" src="…/embed/hk.js"></script>
  /openapi/json   the description of the HTTP API
  /metrics        counters    /healthz  /readyz
`

/** What somebody sees who opens the service's address in a browser. */
export function homeRoutes() {
  return new Elysia().get(
    '/',
    () => new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } }),
    {
      detail: {
        tags: ['service'],
        summary: 'What runs here',
        description: 'A few lines of text for who opens the address in a browser.',
        responses: contentOf('text/plain', 'Where what is.', 'hk-live is running.'),
      },
    },
  )
}
