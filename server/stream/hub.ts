import { parsePosition, protocol, type ResyncReason } from '@hk-live/sdk/protocol'
import { changedSince, headOf, type Heads, missedSince, type Version } from '../changes/index.ts'
import { changedFrame, Reader } from './reader.ts'

/** Who wants a stream, and from where on. */
export interface Listener {
  readonly siteId: string
  /** Position as the caller wrote it. */
  readonly since: string | undefined
  /** Whether it may know how many rows came. */
  readonly counts: boolean
  /** Milliseconds since 1970 at which the credential expires. */
  readonly expiresAt: number | undefined
  readonly stillAllowed: () => Promise<boolean>
}

/** The readers of this node. */
export interface Hub extends AsyncDisposable {
  /** Opens a stream; `undefined` where there is no such site. */
  open(listener: Listener): Promise<ReadableStream<Uint8Array> | undefined>
  /** Streams open now. */
  readonly size: number
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
}

interface Channel {
  readonly readers: Set<Reader>
  readonly unwatch: () => void
  head: Version | undefined
  told: Version | undefined
  lastTold: number
  timer: ReturnType<typeof setTimeout> | undefined
}

/** Fans the heads of sites out to their readers, the leading edge at once, then spaced and merged. */
export function createHub(options: HubOptions): Hub {
  const { heads, now = Date.now, random = Math.random } = options
  const { heartbeatMs = 15_000, maxAgeMs = 600_000, spacingMs = 250 } = options
  const channels = new Map<string, Channel>()
  let size = 0
  let closed = false

  function channelOf(siteId: string): Channel {
    const existing = channels.get(siteId)
    if (existing !== undefined) return existing
    const channel: Channel = {
      readers: new Set(),
      unwatch: heads.watch(siteId, (version) => moved(channel, version)),
      head: undefined,
      told: undefined,
      lastTold: -Infinity,
      timer: undefined,
    }
    channels.set(siteId, channel)
    return channel
  }

  function leave(siteId: string, channel: Channel, reader: Reader): void {
    if (!channel.readers.delete(reader)) return
    size--
    if (channel.readers.size > 0) return
    clearTimeout(channel.timer)
    channel.unwatch()
    if (channels.get(siteId) === channel) channels.delete(siteId)
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
    const wait = channel.lastTold + spacingMs - now()
    if (wait <= 0) tell(channel)
    else channel.timer ??= setTimeout(() => tell(channel), wait)
  }

  function recheck(channel: Channel): void {
    for (const reader of channel.readers) void reader.recheck()
  }

  function tell(channel: Channel): void {
    clearTimeout(channel.timer)
    channel.timer = undefined
    const { head, told } = channel
    if (head === undefined) return
    channel.lastTold = now()
    channel.told = head
    const bytes = told !== undefined && told.epoch === head.epoch ? changedFrame(told, head) : undefined
    const shared = bytes === undefined ? undefined : { from: told, bytes }
    for (const reader of channel.readers) reader.tell(head, shared)
  }

  const timer = setInterval(() => {
    for (const channel of channels.values()) for (const reader of channel.readers) reader.tick()
  }, 1_000)

  return {
    get size() {
      return size
    },
    async open({ siteId, since, counts, expiresAt = Infinity, stillAllowed }) {
      const channel = channelOf(siteId)
      const lifetime = maxAgeMs * (0.8 + 0.2 * random())
      const end = now() + lifetime
      const reader = new Reader({
        heartbeatMs,
        endsAt: Math.min(end, expiresAt),
        endReason: expiresAt < end ? 'expired' : 'lifetime',
        counts,
        stillAllowed,
        now,
        random,
        closed: (gone) => leave(siteId, channel, gone),
      })
      // Registered before the head is read: what is committed meanwhile finds the reader.
      channel.readers.add(reader)
      size++
      try {
        const version = closed ? undefined : await heads.read(siteId)
        if (version === undefined) {
          leave(siteId, channel, reader)
          return undefined
        }
        const current = sameVersion(channel.head, version) ?? version
        const missed = since === undefined ? undefined : replayOf(current, since)
        const recovered = since !== undefined && typeof missed !== 'string'
        const hello = {
          protocol,
          position: headOf(current),
          recovered,
          heartbeat_ms: heartbeatMs,
          max_age_ms: maxAgeMs,
          spread_ms: 0,
          server_time: new Date(now()).toISOString(),
        }
        reader.greet(current, hello, missed)
        return reader.stream
      } catch (error) {
        leave(siteId, channel, reader)
        throw error
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      for (const channel of channels.values()) {
        for (const reader of channel.readers) reader.bye('shutdown', 1_000 + random() * 4_000)
      }
    },
  }
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
