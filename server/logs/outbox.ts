import type { Receipt } from '@hk-live/sdk/protocol'
import { deliver, type LogFetch, type LogItem, type Pace, type Post } from './delivery.ts'
import { type LogEntry, plainHost } from './entry.ts'
import type { Classified } from './request.ts'

/** Where requests go. */
export interface OutboxOptions {
  readonly post: Post
  /** Host of requests whose line names none. */
  readonly hostname: string
  readonly pace?: Pace
  /** How often a batch is sent at most; default: ten times. */
  readonly tries?: number
}

/** What has been sent. */
export interface Sent {
  readonly pageviews: number
  readonly ai_fetches: number
  /** Taken by the service, also where it had them already. */
  readonly stored: number
  /** Items that the service refused: their number, and the first five reasons. */
  readonly rejected: { readonly count: number; readonly examples: string[] }
}

/** Requests that wait to be sent together. */
export interface Outbox {
  /** Whether it is time to send. */
  readonly full: boolean
  readonly sent: Sent
  /** Adds a request; `at` in milliseconds since 1970. */
  add(entry: LogEntry, found: Exclude<Classified, { kind: 'left_out' }>, id: string, at: number): void
  /** Sends what waits; throws what {@link deliver} throws, and what waited is given up then. */
  flush(): Promise<void>
}

const maxItems = 500
const maxCharacters = 400_000
const maxExamples = 5

/** Waits by the clock. */
const defaultPace: Pace = {
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
}

/** Makes an outbox. What is sent at once is bounded in number and in length. */
export function createOutbox({ post, hostname, pace = defaultPace, tries }: OutboxOptions): Outbox {
  let items: LogItem[] = []
  let fetches: LogFetch[] = []
  let characters = 0
  const sent = { pageviews: 0, ai_fetches: 0, stored: 0, rejected: { count: 0, examples: [] as string[] } }

  const note = ({ accepted, rejected }: Receipt) => {
    sent.stored += accepted
    sent.rejected.count += rejected.length
    const room = maxExamples - sent.rejected.examples.length
    sent.rejected.examples.push(...rejected.slice(0, room).map(({ message }) => message))
  }

  return {
    sent,
    get full() {
      return items.length >= maxItems || fetches.length >= maxItems || characters >= maxCharacters
    },
    add(entry, { kind, target }, id, time) {
      const { userAgent: user_agent, referrer, status: status_code, bytes, contentType, responseMs } = entry
      const host = plainHost(entry.hostname || hostname)
      const at = new Date(time).toISOString()
      characters += target.length + user_agent.length + referrer.length + 200
      if (kind === 'pageview') {
        items.push({ id, type: 'pageview', url: `https://${host}${target}`, referrer, at, visitor_ip: entry.host, user_agent })
        sent.pageviews++
        return
      }
      fetches.push({
        id,
        hostname: host,
        path: target,
        user_agent,
        status_code,
        at,
        ...(bytes !== undefined && { bytes_served: bytes }),
        ...(contentType !== undefined && { content_type: contentType }),
        ...(responseMs !== undefined && { response_ms: responseMs }),
      })
      sent.ai_fetches++
    },
    async flush() {
      const batch = { items, fetches }
      items = []
      fetches = []
      characters = 0
      if (batch.items.length > 0) note(await deliver(() => post('ingest', { items: batch.items }), pace, tries))
      if (batch.fetches.length > 0) note(await deliver(() => post('ingest/ai-fetch', batch.fetches), pace, tries))
    },
  }
}
