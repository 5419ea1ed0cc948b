import type { ResyncReason, StreamEvents } from '@hk-live/sdk/protocol'
import { kinds } from '@hk-live/sdk/protocol'
import { changedSince, coarseVersion, gainedSince, headOf, type Version } from '../changes/index.ts'
import type { NewVisits } from '../store/index.ts'
import { frame } from './frame.ts'

/** What the readers of a site share. */
export interface ReaderSettings {
  /** Milliseconds of silence after which a heartbeat is sent. */
  readonly heartbeatMs: number
  readonly now: () => number
  /** A clock for durations. */
  readonly elapsed: () => number
  readonly random: () => number
  /** Called once for each reader, when its stream is over for whatever reason. */
  readonly closed: (reader: Reader) => void
}

/** What a reader is opened with. Times are milliseconds. */
export interface ReaderOptions {
  /** When the stream has to end, by {@link ReaderSettings.elapsed}. */
  readonly endsAt: number
  /** When its credential expires, as dates go; infinite where it does not. */
  readonly expiresAt: number
  /** Whether it asked for, and may know of, visitors now and new visits. */
  readonly live: boolean
  readonly visits: boolean
  /** Whether the reader sees all of the site: who sees a part is told coarse versions, see {@link coarseVersion}. */
  readonly whole: boolean
  /** Whether the credential still holds; asked after each change of settings. */
  readonly stillAllowed: () => Promise<boolean>
}

/** Bytes that wait in the stream at most, counted by their length. */
const strategy = new ByteLengthQueuingStrategy({ highWaterMark: 16_384 })

/** Milliseconds that a reader may take nothing before it is let go: it resumes without loss. */
const blockedLimit = 30_000

/**
 * One open stream. It holds no queue: only the version that it was last told. What it has to be told
 * next is the difference between that and the head, however long it could not take anything. It is the source
 * of its stream itself, and holds nothing that readers can share: there are thousands of them.
 */
export class Reader implements UnderlyingDefaultSource<Uint8Array> {
  readonly stream: ReadableStream<Uint8Array>
  readonly #settings: ReaderSettings
  readonly #options: ReaderOptions
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #told: Version | undefined
  #head: Version | undefined
  #lastWrite: number
  #blockedSince: number | undefined
  #unsure = false
  #visitors: number | undefined
  #unnamed = 0

  constructor(settings: ReaderSettings, options: ReaderOptions) {
    this.#settings = settings
    this.#options = options
    this.#lastWrite = settings.elapsed()
    this.stream = new ReadableStream<Uint8Array>(this, strategy)
  }

  /** Called by the stream when it is made. */
  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller
  }

  /** Called by the stream when the socket can take more. */
  pull(): void {
    this.#blockedSince = undefined
    this.#flush()
  }

  /** Called by the stream when the other side has gone. */
  cancel(): void {
    this.#finish()
  }

  /** Greets the reader and tells what it missed since its position, in one synchronous step. */
  greet(version: Version, hello: StreamEvents['hello'], missed: Version | ResyncReason | undefined): void {
    this.#write(frame('hello', hello, headOf(version)))
    this.#told = missed !== undefined && typeof missed !== 'string' ? missed : version
    if (typeof missed === 'string') this.#resync(version, missed)
    this.#head ??= version
    if (isOlder(this.#head, version)) this.#head = version
    this.#flush()
  }

  /**
   * Tells of a head. Where others were told the same before, `shared` has the frame for those who
   * were last told of `from`, so that it is encoded once.
   */
  tell(head: Version, shared?: { from: Version | undefined; bytes: Uint8Array }): void {
    this.#head = this.#options.whole ? head : coarseVersion(head)
    if (this.#told === undefined) return
    if (shared !== undefined && shared.from === this.#told && this.#options.whole && this.#writable()) {
      // First, as writing may ask for more at once.
      this.#told = head
      this.#write(shared.bytes)
      return
    }
    this.#flush()
  }

  /** Whether it asked for visitors now. */
  get live(): boolean {
    return this.#options.live
  }

  /** Whether it asked for new visits. */
  get visits(): boolean {
    return this.#options.visits
  }

  /** Tells of visitors now, where it was last told another number. */
  tellLive(visitors: number): void {
    if (this.#told === undefined || this.#visitors === visitors || !this.#writable()) return
    this.#visitors = visitors
    this.#write(frame('live', { visitors }))
  }

  /** Tells of new visits; those that it cannot take are counted for the next time. */
  tellVisits({ visits, more }: NewVisits): void {
    if (this.#told === undefined || (visits.length === 0 && more === 0)) return
    if (!this.#writable()) {
      this.#unnamed += visits.length + more
      return
    }
    this.#write(frame('visit', { visits, more: more + this.#unnamed }))
    this.#unnamed = 0
  }

  /** Ends the stream with a word of why and when to come back. */
  bye(reason: StreamEvents['bye']['reason'], retryMs: number): void {
    this.#write(frame('bye', { reason, retry_ms: Math.round(retryMs) }))
    this.#finish()
  }

  /** Ends the stream without a word, as it was never greeted. */
  drop(): void {
    this.#finish()
  }

  /** Asks whether the credential still holds, and ends the stream where it does not; again, until it is told. */
  async recheck(): Promise<void> {
    this.#unsure = false
    try {
      if (!(await this.#options.stillAllowed())) this.bye('revoked', 0)
    } catch {
      this.#unsure = true
    }
  }

  /** What a second may bring: the end of its time, a heartbeat, or the end of patience. */
  tick(): void {
    const now = this.#settings.elapsed()
    if (this.#unsure) void this.recheck()
    const isExpired = this.#settings.now() >= this.#options.expiresAt
    if (isExpired || now >= this.#options.endsAt) {
      return this.bye(isExpired ? 'expired' : 'lifetime', this.#settings.random() * 2_000)
    }
    if (this.#blockedSince !== undefined) {
      if (now - this.#blockedSince >= blockedLimit) this.#finish()
    } else if (this.#told !== undefined && now - this.#lastWrite >= this.#settings.heartbeatMs) {
      this.#write(frame('ping', {}, headOf(this.#told)))
    }
  }

  #flush(): void {
    const [told, head] = [this.#told, this.#head]
    if (told === undefined || head === undefined || told === head || !this.#writable()) return
    if (told.epoch !== head.epoch) return this.#resync(head, 'epoch')
    const bytes = changedFrame(told, head)
    this.#told = head
    if (bytes !== undefined) this.#write(bytes)
  }

  #resync(head: Version, reason: ResyncReason): void {
    this.#told = head
    this.#write(frame('analytics.resync', { site_id: head.site_id, reason, kinds: [...kinds] }, headOf(head)))
  }

  #writable(): boolean {
    const size = this.#controller?.desiredSize ?? 0
    if (size > 0) return true
    this.#blockedSince ??= this.#settings.elapsed()
    return false
  }

  #write(bytes: Uint8Array): void {
    if (this.#controller === undefined) return
    this.#lastWrite = this.#settings.elapsed()
    this.#controller.enqueue(bytes)
  }

  #finish(): void {
    const controller = this.#controller
    if (controller === undefined) return
    this.#controller = undefined
    try {
      controller.close()
    } catch {
      // Cancelled by the other side: closed already.
    }
    this.#settings.closed(this)
  }
}

/** The event that leads from one version to a newer one of the same epoch; nothing where none changed. */
export function changedFrame(from: Version, to: Version): Uint8Array | undefined {
  const changed = changedSince(to, from.seq)
  if (changed.length === 0) return undefined
  const data: StreamEvents['analytics.changed'] = {
    site_id: to.site_id,
    kinds: changed,
    counts: gainedSince(to, from),
    changed_at: to.changed_at.toISOString(),
    bucket_start: to.bucket_start.toISOString(),
  }
  return frame('analytics.changed', data, headOf(to))
}

function isOlder(a: Version, b: Version): boolean {
  return a.epoch === b.epoch && a.seq <= b.seq
}
