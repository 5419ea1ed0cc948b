const allowedHeaders = 'authorization, content-type, if-none-match, last-event-id, x-hk-password'
const exposedHeaders = 'etag, retry-after, content-disposition'

/**
 * Lets pages of any origin read. No cookie is ever used here, so a page can only ask with a token of
 * its own; an origin that a share link does not allow is refused before this.
 */
export function openToPages(headers: Headers): void {
  headers.set('access-control-allow-origin', '*')
  headers.set('access-control-expose-headers', exposedHeaders)
  headers.append('vary', 'origin')
}

/** Answers a preflight. Whether the request itself may be made is decided when it comes. */
export function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
      'access-control-allow-headers': allowedHeaders,
      'access-control-max-age': '7200',
    },
  })
}
