import { parsePosition, protocol, type ResyncReason } from '@hk-live/sdk/protocol'
import { changedSince, coarseVersion, headOf, type Heads, missedSince, type Version } from '../changes/index.ts'
import { createElapsed } from '../elapsed.ts'
import type { NewVisits } from '../store/index.ts'
import { createStreamLimits, type StreamCaps, type StreamKeys } from './limits.ts'
import { changedFrame, Reader, type ReaderSettings } from './reader.ts'

/** Who wants a stream, and from where on. */
export interface Listener {
  readonly siteId: string
  /** What the stream counts against. */
  readonly limit: StreamKeys
  /** Position as the caller wrote it. */
  readonly since: string | undefined
  /** Whether it wants, and may know of, visitors now and new visits. */
  readonly live: boolean
  readonly visits: boolean
  /** Whether it sees all of the site, and not a part only. */
  readonly whole: boolean
  /** Milliseconds since 1970 at which the credential expires. */
  readonly expiresAt: number | undefined
  readonly stillAllowed: () => Promise<boolean>
}

/** The readers of this node. */
export interface Hub extends AsyncDisposable {
  /**
   * Opens a stream; `undefined` where there is no such site.
   *
   * @throws {HkError} `rate_limited` where there are too many
   */
  open(listener: Listener): Promise<ReadableStream<Uint8Array> | undefined>
  /** Streams open now. */
  readonly size: number
  /** Milliseconds within which something is written to each reader that takes it, with room to spare. */
  readonly silenceMs: number
}

/** Settings of {@link createHub}. Times are milliseconds. */
export interface HubOptions {
  readonly heads: Heads
  readonly now?: () => number
  readonly random?: () => number
  readonly heartbeatMs?: number
  readonly maxAgeMs?: number
  /** At most one event of a site in this time; the first goes out at once. */
  readonly spacingMs?: number
  /** What is told beside what changed, asked once a site however many readers. */
  readonly feed: Feed
  /** Time between two looks at visitors now, for sites whose readers asked for them. */
  readonly liveMs?: number
  readonly caps?: StreamCaps
  readonly onError?: (error: unknown) => void
}

/** What the hub asks of the store. */
export interface Feed {
  visitorsNow(siteId: string): Promise<number>
  visitsSince(siteId: string, after: number, upTo: number): Promise<NewVisits>
}

interface Channel {
  readonly siteId: string
  /** What each reader counts against. */
  readonly readers: Map<Reader, StreamKeys>
  readonly settings: ReaderSettings
  readonly unwatch: () => void
  head: Version | undefined
  told: Version | undefined
  lastTold: number
  timer: ReturnType<typeof setTimeout> | undefined
  /** Visitors now, while they are being counted: once for all who ask meanwhile. */
  counting: Promise<number> | undefined
}

/** Fans the heads of sites out to their readers, the leading edge at once, then spaced and merged. */
export function createHub(options: HubOptions): Hub {
  const { heads, now = Date.now, random = Math.random } = options
  const elapsed = createElapsed(now)
  const { heartbeatMs = 15_000, maxAgeMs = 600_000, spacingMs = 250, liveMs = 3_000 } = options
  const { feed, onError = () => undefined } = options
  const limits = createStreamLimits(options.caps)
  const channels = new Map<string, Channel>()
  let size = 0
  let closed = false

  function channelOf(siteId: string): Channel {
    const existing = channels.get(siteId)
    if (existing !== undefined) return existing
    const channel: Channel = {
      siteId,
      readers: new Map(),
      settings: { heartbeatMs, now, elapsed, random, closed: (reader) => leave(channel, reader) },
      unwatch: heads.watch(siteId, (version) => moved(channel, version)),
      head: undefined,
      told: undefined,
      lastTold: -Infinity,
      timer: undefined,
      counting: undefined,
    }
    channels.set(siteId, channel)
    return channel
  }

  function leave(channel: Channel, reader: Reader): void {
    const keys = channel.readers.get(reader)
    if (keys === undefined) return
    channel.readers.delete(reader)
    limits.give(keys)
    size--
    if (channel.readers.size > 0) return
    clearTimeout(channel.timer)
    channel.unwatch()
    if (channels.get(channel.siteId) === channel) channels.delete(channel.siteId)
  }

  function moved(channel: Channel, version: Version | undefined): void {
    if (version === undefined) return recheck(channel)
    const last = channel.head
    channel.head = version
    if (last === undefined) {
      // The first look is no news: readers are greeted with it.
      channel.told = version
      return
    }
    if (last.epoch !== version.epoch || changedSince(version, last.seq).includes('settings')) {
      recheck(channel)
    }
    const wait = channel.lastTold + spacingMs - elapsed()
    if (wait <= 0) tell(channel)
    else channel.timer ??= setTimeout(() => tell(channel), wait)
  }

  function recheck(channel: Channel): void {
    for (const reader of channel.readers.keys()) void reader.recheck()
  }

  function tell(channel: Channel): void {
    clearTimeout(channel.timer)
    channel.timer = undefined
    const { head, told } = channel
    if (head === undefined) return
    channel.lastTold = elapsed()
    channel.told = head
    const bytes = told !== undefined && told.epoch === head.epoch ? changedFrame(told, head) : undefined
    const shared = bytes === undefined ? undefined : { from: told, bytes }
    for (const reader of channel.readers.keys()) reader.tell(head, shared)
    if (told === undefined || told.epoch !== head.epoch) return
    if (changedSince(head, told.seq).some((kind) => kind === 'hits' || kind === 'events')) {
      tellVisits(channel, told.seq, head.seq).catch(onError)
    }
  }

  async function tellVisits(channel: Channel, after: number, upTo: number): Promise<void> {
    if (![...channel.readers.keys()].some((reader) => reader.visits)) return
    const visits = await feed.visitsSince(channel.siteId, after, upTo)
    for (const reader of channel.readers.keys()) if (reader.visits) reader.tellVisits(visits)
  }

  async function tellLive(channel: Channel): Promise<void> {
    if (![...channel.readers.keys()].some((reader) => reader.live)) return
    channel.counting ??= feed.visitorsNow(channel.siteId).finally(() => (channel.counting = undefined))
    const visitors = await channel.counting
    for (const reader of channel.readers.keys()) if (reader.live) reader.tellLive(visitors)
  }

  const timer = setInterval(() => {
    for (const channel of channels.values()) for (const reader of channel.readers.keys()) reader.tick()
  }, 1_000)

  const liveTimer = setInterval(() => {
    for (const channel of channels.values()) tellLive(channel).catch(onError)
  }, liveMs)

  return {
    get size() {
      return size
    },
    // Heartbeats are looked after once a second.
    silenceMs: 4 * Math.max(1_000, heartbeatMs),
    async open({ siteId, limit, since, whole, live, visits, expiresAt = Infinity, stillAllowed }) {
      limits.take(limit)
      const channel = channelOf(siteId)
      const lifetime = maxAgeMs * (0.8 + 0.2 * random())
      const reader = new Reader(channel.settings, {
        endsAt: elapsed() + lifetime,
        expiresAt,
        whole,
        live,
        visits,
        stillAllowed,
      })
      // Registered before the head is read: what is committed meanwhile finds the reader.
      channel.readers.set(reader, limit)
      size++
      try {
        // The credential was read before as well: what revoked it meanwhile has not found the reader.
        const [version] = await Promise.all([closed ? undefined : heads.read(siteId), reader.recheck()])
        if (version === undefined) {
          reader.drop()
          return undefined
        }
        const newest = sameVersion(channel.head, version) ?? version
        const current = whole ? newest : coarseVersion(newest)
        const missed = since === undefined ? undefined : replayOf(current, since)
        const recovered = since !== undefined && typeof missed !== 'string'
        const hello = {
          protocol,
          position: headOf(current),
          recovered,
          heartbeat_ms: heartbeatMs,
          max_age_ms: maxAgeMs,
          spread_ms: spreadOf(channel.readers.size),
          server_time: new Date(now()).toISOString(),
        }
        reader.greet(current, hello, missed)
        if (live) tellLive(channel).catch(onError)
        if (visits && missed !== undefined && typeof missed !== 'string') {
          feed.visitsSince(siteId, missed.seq, newest.seq).then((found) => reader.tellVisits(found), onError)
        }
        return reader.stream
      } catch (error) {
        reader.drop()
        throw error
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      clearInterval(liveTimer)
      for (const channel of channels.values()) {
        for (const reader of channel.readers.keys()) reader.bye('shutdown', 1_000 + random() * 4_000)
      }
    },
  }
}

/**
 * The window over which readers spread their refreshes: none for a team, then 2 ms for each, so that a
 * node is asked by at most 500 a second, up to ten seconds.
 */
function spreadOf(readers: number): number {
  return readers <= 100 ? 0 : Math.min(10_000, readers * 2)
}

/** The object that the channel holds for a version, so that readers of it share one frame. */
function sameVersion(held: Version | undefined, read: Version): Version | undefined {
  return held !== undefined && held.epoch === read.epoch && held.seq >= read.seq ? held : undefined
}

/** The version a caller was last told, or why that means nothing any more. */
function replayOf(head: Version, since: string): Version | ResyncReason {
  const missed = missedSince(head, since)
  if (missed.resync !== undefined) return missed.resync
  const position = parsePosition(since)
  return position === undefined || position.seq === head.seq ? head : { ...head, seq: position.seq }
}
