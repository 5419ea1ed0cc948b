/** Told by {@link send} where the service has answered for good: stored, or refused in a way that a retry would not change. */
export const done = -1

/** Told by {@link send} where the body is more than the service takes at once. */
export const tooLarge = -2

/**
 * Posts a body and tells what to do next: {@link done}, {@link tooLarge}, or the milliseconds to wait at least before
 * the next try, as the service asked, by Retry-After in seconds (RFC 9110, 10.2.3).
 *
 * A string goes as `text/plain`, which needs no CORS preflight. `keepalive` lets the request outlive the page; the
 * Fetch standard bounds the bodies of all such requests together to 64 KiB, so that a retry goes without.
 */
export async function send(url: string, body: string, keepalive: boolean): Promise<number> {
  // Without a prototype, as the page's own may have fields of these names.
  const init = { __proto__: null, method: 'POST', body, keepalive, credentials: 'omit' } as const
  const { status, headers } = await window.fetch(url, init)
  return next(status, headers.get('retry-after'))
}

/** What to do after an answer. */
export function next(status: number, retryAfter: string | null): number {
  if (status === 413) return tooLarge
  if (status < 500 && status !== 429) return done
  // A date is not ours, but of something in between: the queue's own back-off does for it.
  return Number(retryAfter) * 1e3 || 0
}

/** Hands a body to the browser as the page goes; whether the browser took it. */
export function sendBeacon(url: string, body: string): boolean {
  try {
    return navigator.sendBeacon(url, body)
  } catch {
    return false
  }
}
