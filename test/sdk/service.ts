import { createClient } from '../../sdk/index.ts'
import type { Client, ClientOptions, Kind, Range, ReportName } from '../../sdk/index.ts'
import { kinds as allKinds, parsePosition } from '../../sdk/protocol.ts'
import type { StreamEvents } from '../../sdk/protocol.ts'
import { Clock } from './clock.ts'
import { FakePage } from './page.ts'

const text = new TextEncoder()
const over = '2026-11-22T12:00:00.000Z'

/** One open stream of the fake service. */
export class FakeStream {
  readonly url: URL
  open = true
  /** Held up on the way, for good: what is written no longer arrives. */
  stalled = false
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  readonly body: ReadableStream<Uint8Array>

  constructor(url: URL, signal: AbortSignal | null | undefined) {
    this.url = url
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller
      },
      cancel: () => {
        this.open = false
      },
    })
    signal?.addEventListener('abort', () => {
      if (this.open) this.#controller?.error(signal.reason)
      this.open = false
    })
  }

  write(chunk: string): void {
    if (this.open && !this.stalled) this.#controller?.enqueue(text.encode(chunk))
  }

  send<E extends keyof StreamEvents>(event: E, data: StreamEvents[E], id?: string): void {
    this.write(`event: ${event}\n${id ? `id: ${id}\n` : ''}data: ${JSON.stringify(data)}\n\n`)
  }

  /** Ends the answer, cleanly. */
  end(): void {
    if (this.open) this.#controller?.close()
    this.open = false
  }

  /** Breaks the connection. */
  kill(): void {
    if (this.open) this.#controller?.error(new TypeError('connection reset'))
    this.open = false
  }
}

/** What came with a request, and when. */
export interface FakeRequest {
  path: string
  at: number
  authorization: string | null
  password: string | null
}

/** A scripted service behind an injected `fetch`: one site, its positions, its streams. */
export class FakeService {
  readonly clock = new Clock()
  readonly page = new FakePage()
  /** All requests, their paths with queries. */
  readonly requests: FakeRequest[] = []
  readonly streams: FakeStream[] = []
  epoch = 'e1'
  seq = 10
  readonly #last = new Map<Kind, number>()

  /** What happens to streams: an answer in place of one, `mute` (buffered on the way), or nothing special. */
  onStream: ((url: URL) => Response | undefined) | 'mute' | 'hang' | undefined
  onReport: ((url: URL) => Response | undefined) | undefined
  onChanges: ((url: URL) => Response | undefined) | undefined
  /** Milliseconds that a report takes, after its version was read. */
  reportMs: number | ((url: URL) => number) = 0
  /** Milliseconds until a stream opens. */
  streamMs = 0
  heartbeatMs = 15_000
  spreadMs = 0
  /** What its clock is ahead of the client's, in milliseconds. */
  skewMs = 0
  /** The range that a question has at a time; over, unless told otherwise. */
  range = (_now: number): Range => ({ from: over, to: over, interval: 'day', timezone: 'Europe/Berlin' })
  /** Whether the network is there. */
  up = true
  /** The password of the share link, where it has one. */
  password: string | undefined

  get #now(): number {
    return this.clock.now() + this.skewMs
  }

  get position(): string {
    return `${this.epoch}.${this.seq}`
  }

  /** Number of the newest commit that changed one of these kinds; 0 for none. */
  newest(kinds: readonly Kind[]): number {
    return Math.max(0, ...kinds.map((kind) => this.#last.get(kind) ?? 0))
  }

  get openStreams(): FakeStream[] {
    return this.streams.filter(({ open }) => open)
  }

  /** Requests whose path has `part`. */
  asked(part: string): FakeRequest[] {
    return this.requests.filter(({ path }) => path.includes(part))
  }

  client(options: Partial<ClientOptions> = {}): Client {
    return createClient({
      endpoint: 'https://stats.test',
      site: 's1',
      fetch: this.fetch,
      now: this.clock.now,
      random: () => 0.5,
      timers: this.clock,
      page: this.page,
      ...options,
    })
  }

  /** Commits a change of these kinds, and tells it to every stream unless told to be quiet. */
  commit(changed: Kind[] = ['hits'], told = true): void {
    this.seq += 1
    for (const kind of changed) this.#last.set(kind, this.seq)
    if (told) for (const stream of this.#reach()) this.#tell(stream, changed)
  }

  /** Makes positions lose their meaning, as a restored backup does. */
  restore(): void {
    this.epoch = `e${Number(this.epoch.slice(1)) + 1}`
    this.seq = 1
    this.#last.clear()
  }

  ping(): void {
    for (const stream of this.#reach()) stream.send('ping', {}, this.position)
  }

  /** Moves time on while the service keeps its streams awake. */
  async run(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10_000) {
      await this.clock.advance(Math.min(left, 10_000))
      this.ping()
      await this.clock.settle()
    }
  }

  readonly fetch = async (input: string, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input)
    const path = url.pathname + url.search
    const headers = new Headers(init.headers)
    const [authorization, password] = [headers.get('authorization'), headers.get('x-hk-password')]
    this.requests.push({ path, at: this.clock.now(), authorization, password })
    await Promise.resolve()
    if (!this.up) throw new TypeError('network down')
    init.signal?.throwIfAborted()
    if (url.pathname.endsWith('/realtime')) return this.#stream(url, init.signal)
    if (url.pathname.endsWith('/changes')) return this.onChanges?.(url) ?? this.#changes(url)
    const report = /\/reports\/(\w+)$/.exec(url.pathname)?.[1]
    if (report) return this.#report(url, report, init.signal)
    if (this.password !== undefined && password !== this.password) return problem(401, 'unauthorized')
    const site = { id: 's1', name: 'Shop', domain: 'shop.test', timezone: 'Europe/Berlin', currency: 'EUR' }
    const allows = { reports: ['overview', 'timeseries', 'breakdown', 'live', 'visits'], live: true, visits: true, filters: [] }
    return Response.json(url.pathname.includes('/share/') ? { site, allows, expires_at: null } : site)
  }

  async #stream(url: URL, signal: AbortSignal | null | undefined): Promise<Response> {
    if (this.onStream === 'hang') return new Promise((_, reject) => signal?.addEventListener('abort', reject))
    if (typeof this.onStream === 'function') {
      const answer = this.onStream(url)
      if (answer) return answer
    }
    if (this.streamMs > 0) await this.clock.wait(this.streamMs)
    signal?.throwIfAborted()
    const stream = new FakeStream(url, signal)
    this.streams.push(stream)
    if (this.#reach().includes(stream)) this.#greet(stream)
    return new Response(stream.body, { headers: { 'content-type': 'text/event-stream' } })
  }

  /** The open streams; while the way is mute, they stall. */
  #reach(): FakeStream[] {
    for (const stream of this.openStreams) stream.stalled ||= this.onStream === 'mute'
    return this.openStreams.filter(({ stalled }) => !stalled)
  }

  #greet(stream: FakeStream): void {
    const since = stream.url.searchParams.get('last_event_id')
    const missed = since === null ? [] : this.#since(since)
    stream.send(
      'hello',
      {
        protocol: 1,
        position: this.position,
        recovered: Array.isArray(missed) && since !== null,
        heartbeat_ms: this.heartbeatMs,
        max_age_ms: 600_000,
        spread_ms: this.spreadMs,
        server_time: new Date(this.#now).toISOString(),
      },
      this.position,
    )
    if (missed === 'epoch' || missed === 'ahead') {
      stream.send('analytics.resync', { site_id: 's1', reason: missed, kinds: [...allKinds] }, this.position)
    } else if (missed.length > 0) {
      this.#tell(stream, missed)
    }
  }

  #since(since: string): Kind[] | 'epoch' | 'ahead' {
    const position = parsePosition(since)
    if (position?.epoch !== this.epoch) return 'epoch'
    if (position.seq > this.seq) return 'ahead'
    return [...this.#last].filter(([, seq]) => seq > position.seq).map(([kind]) => kind)
  }

  #tell(stream: FakeStream, changed: Kind[]): void {
    const at = new Date(this.clock.now()).toISOString()
    const data = { site_id: 's1', kinds: changed, counts: {}, changed_at: at, bucket_start: at }
    stream.send('analytics.changed', data, this.position)
  }

  #changes(url: URL): Response {
    const missed = this.#since(url.searchParams.get('since') ?? '')
    if (!Array.isArray(missed)) {
      return Response.json({ position: this.position, kinds: allKinds, resync: missed })
    }
    if (missed.length === 0) return new Response(null, { status: 204 })
    return Response.json({ position: this.position, kinds: missed })
  }

  async #report(url: URL, report: string, signal: AbortSignal | null | undefined): Promise<Response> {
    const version = this.position
    const special = this.onReport?.(url)
    if (special) return special
    const { seq } = this
    const ms = typeof this.reportMs === 'number' ? this.reportMs : this.reportMs(url)
    if (ms > 0) await this.clock.wait(ms)
    signal?.throwIfAborted()
    return Response.json({
      report,
      site_id: 's1',
      version,
      generated_at: new Date(this.#now).toISOString(),
      range: this.range(this.#now),
      data: reportData(report, seq),
    })
  }
}

/** Data whose numbers grow with the site's `seq`, so that a test can tell a fresh answer. */
function reportData(report: ReportName | string, seq: number): unknown {
  if (report === 'live') {
    return { visitors: seq, pages: [], sources: [], countries: [], devices: [], places: [], minutes: [] }
  }
  if (report === 'timeseries') return { metrics: ['visitors'], points: [] }
  if (report === 'breakdown') return { by: 'page', rows: [], total: 0 }
  const still = { views_per_visit: 2, bounce_rate: null, visit_duration: 30, events: 0 }
  return { visitors: seq, visits: seq, pageviews: seq * 2, ...still }
}

/** A problem as the service answers it. */
export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ status, code, title: code, detail: `It is ${code}.` }, { status, headers })
}
