import { HkError } from '@hk-live/sdk/protocol'
import type { Receipt } from '@hk-live/sdk/protocol'

/** One pageview from a log, as `POST /api/sites/{id}/ingest` takes it. */
export interface LogItem {
  id: string
  type: 'pageview'
  url: string
  referrer: string
  at: string
  visitor_ip: string
  user_agent: string
}

/** One request of an AI agent, as `POST /api/sites/{id}/ingest/ai-fetch` takes it. */
export interface LogFetch {
  id: string
  hostname: string
  path: string
  user_agent: string
  status_code: number
  bytes_served?: number
  content_type?: string
  response_ms?: number
  at: string
}

/** What is posted: a route under `/api/sites/{id}/`, and the body that it takes. */
export type PostCall =
  | [route: 'ingest', body: { items: readonly LogItem[] }]
  | [route: 'ingest/ai-fetch', body: readonly LogFetch[]]

/** Hands a batch to the service; throws an `HkError` where it is refused or can't be reached. */
export type Post = (...call: PostCall) => Promise<Receipt>

/** Waits and chances of a delivery; a test sets its own. */
export interface Pace {
  wait(ms: number): Promise<void>
  random(): number
}

const passing = new Set(['rate_limited', 'unavailable', 'network', 'timeout'])

/**
 * Sends until the service has stored the batch: after 429, 503 or without network again, with full jitter
 * from 1 s doubling to 30 s, never before the time that the service named. Ids make a second copy harmless.
 *
 * @param tries how often at most
 * @throws {HkError} after that, and at once what a retry would not change
 */
export async function deliver(
  send: () => Promise<Receipt>,
  { wait, random }: Pace,
  tries = 10,
): Promise<Receipt> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof HkError) || !passing.has(error.code) || attempt + 1 >= tries) throw error
      const backOff = random() * Math.min(30_000, 1_000 * 2 ** attempt)
      await wait(Math.max(error.retryAfterMs ?? 0, backOff))
    }
  }
}
