import { clients } from '../../components/element/clients.ts'
import type { FeedVisit, Kind, Problem, StreamEvents, Visit } from '../../sdk/protocol.ts'
import { answer, shared } from './answers.ts'
import { common, reads } from './reads.ts'

const text = new TextEncoder()

/** A visit of the report, as the stream tells of it. */
export function told({ at, country, city, device, entry_page, referrer_source }: FeedVisit): Visit {
  return { at, country, city, device, entry_path: entry_page, referrer_source }
}

/**
 * A service behind `fetch`, for the page that it is installed in: answers reports by made figures, and
 * holds streams open to say that something changed.
 */
export class FakeService {
  static #made = 0
  /** Its own, so that no test shares a client with another. */
  readonly endpoint = `https://stats-${(FakeService.#made += 1)}.example`
  /** Adds to every count: what "more visits came" means here. */
  extra = 0
  /** Replaces the data of a report. */
  readonly data = new Map<string, unknown>()
  /** Set to make reports fail: a status, or no network. */
  failure: number | 'network' | undefined
  /** Set to refuse some questions: what is wrong with them. */
  refuse: ((url: URL) => Pick<Problem, 'code' | 'parameter'> | undefined) | undefined
  /** Set to keep reports waiting until it is released. */
  gate: Promise<void> | undefined
  /** Set to keep some of them waiting. */
  hold: ((url: URL) => Promise<void> | undefined) | undefined
  /** Makes other data of the made ones, and of those of a comparison. */
  reshape: (data: unknown, compared: boolean) => unknown = (data) => data
  /** Replaces some of what the share link allows. */
  allows: Partial<typeof shared.allows> = {}
  /** Time zone of the site. */
  timezone: string | undefined
  /** The password of the share link, where it has one. */
  password: string | undefined
  /** Seconds for which passwords are not looked at, as too many were tried. */
  heldSeconds = 0
  /** Passwords that it was given. */
  readonly passwords: string[] = []
  readonly reports: URL[] = []
  /** Requests below the path of the site that are none of the stream or a report. */
  readonly requests: { url: URL; method: string; body: unknown }[] = []
  /** Answers those. */
  answer: () => Response = () => new Response(null, { status: 204 })
  #streams = new Set<ReadableStreamDefaultController<Uint8Array>>()
  #seq = 1

  /** Serves all clients that elements make from now on. */
  install(): void {
    clients.options = { fetch: (url, init) => this.#respond(new URL(url), init) }
  }

  /** How many streams are open. */
  get streams(): number {
    return this.#streams.size
  }

  /** Says that something was committed. */
  change(kinds: Kind[] = ['hits']): void {
    this.#seq += 1
    const at = new Date().toISOString()
    this.#send('analytics.changed', { site_id: 's1', kinds, counts: {}, changed_at: at, bucket_start: at })
  }

  /** Tells readers that asked of new visits, and how many more there are. */
  visit(visits: Visit[], more = 0): void {
    this.#send('visit', { visits, more })
  }

  #send<E extends keyof StreamEvents>(event: E, data: StreamEvents[E]): void {
    const frame = text.encode(`event: ${event}\nid: epoch.${this.#seq}\ndata: ${JSON.stringify(data)}\n\n`)
    for (const stream of this.#streams) stream.enqueue(frame)
  }

  async #respond(url: URL, init: RequestInit | undefined): Promise<Response> {
    if (url.pathname.endsWith('/realtime')) return this.#stream(init?.signal ?? undefined)
    if (url.pathname.endsWith('/changes')) return new Response(null, { status: 204 })
    const report = /\/reports\/(\w+)$/.exec(url.pathname)?.[1]
    if (/\/(export|opportunities\/\w+)$/.test(url.pathname)) {
      this.requests.push({ url, method: init?.method ?? 'GET', body: init?.body })
      return this.answer()
    }
    if (report === undefined) {
      const given = new Headers(init?.headers).get('x-hk-password') ?? undefined
      if (given !== undefined) this.passwords.push(given)
      if (given !== undefined && this.heldSeconds > 0) {
        return new Response(null, { status: 429, headers: { 'retry-after': String(this.heldSeconds) } })
      }
      if (given !== this.password) return new Response(null, { status: 401 })
      return Response.json({ ...shared, allows: { ...shared.allows, ...this.allows } })
    }
    this.reports.push(url)
    await this.gate
    await this.hold?.(url)
    if (this.failure === 'network') throw new TypeError('Failed to fetch')
    if (this.failure !== undefined) return new Response(null, { status: this.failure })
    const refused = this.refuse?.(url) ?? alien(report, url)
    if (refused) return Response.json({ ...refused, detail: 'Refused.' }, { status: 400 })
    const made = answer(report, url.searchParams, this.extra, `epoch.${this.#seq}`)
    const data = this.reshape(this.data.get(report) ?? made.data, false)
    const compare = made.compare && { ...made.compare, data: this.reshape(made.compare.data, true) }
    const range = { ...made.range, timezone: this.timezone ?? made.range.timezone }
    return Response.json({ ...made, range, data, ...(compare && { compare }) })
  }

  #stream(signal: AbortSignal | undefined): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#streams.add(controller)
        signal?.addEventListener('abort', () => {
          this.#streams.delete(controller)
        })
        queueMicrotask(() => this.#send('hello', { ...hello, position: `epoch.${this.#seq}` }))
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
}

/** Refuses what a report does not read, as the service does. */
function alien(report: string, { searchParams }: URL): Pick<Problem, 'code' | 'parameter'> | undefined {
  const known = Object.entries(reads).find(([name]) => name === report)?.[1] ?? []
  const parameter = [...searchParams.keys()].find((name) => ![...common, ...known].includes(name))
  return parameter === undefined ? undefined : { code: 'bad_request', parameter }
}

const hello = {
  protocol: 1,
  recovered: false,
  heartbeat_ms: 15_000,
  max_age_ms: 600_000,
  spread_ms: 0,
  server_time: '2026-11-22T12:00:00Z',
}
