/**
 * Posts a body and tells what to do next: nothing (−1) where the service has answered for good,
 * stored or refused in a way that a retry would not change; else the milliseconds to wait at least before
 * the next try, as the service asked, by Retry-After in seconds (RFC 9110, 10.2.3).
 *
 * A string goes as `text/plain`, which needs no CORS preflight. `keepalive` lets the request outlive the
 * page; the Fetch standard bounds such bodies to 64 KiB.
 */
export async function send(url: string, body: string): Promise<number> {
  try {
    const { status, headers } = await fetch(url, {
      method: 'POST',
      body,
      keepalive: body.length < 6e4,
      credentials: 'omit',
    })
    if (status < 500 && status !== 429) return -1
    // A date is not ours, but of something in between: the queue's own back-off does for it.
    return Number(headers.get('retry-after')) * 1e3 || 0
  } catch {
    return 0
  }
}

/** Hands a body to the browser as the page goes; whether the browser took it. */
export function sendBeacon(url: string, body: string): boolean {
  try {
    return navigator.sendBeacon(url, body)
  } catch {
    return false
  }
}
