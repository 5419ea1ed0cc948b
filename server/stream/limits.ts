import { HkError } from '@hk-live/sdk/protocol'

/** How many streams may be open at once, by what they have in common. */
export interface StreamCaps {
  readonly address: number
  readonly credential: number
  readonly site: number
}

/** The caps of a node: an office behind one address fits, and a crowd before one public page. */
export const usualCaps: StreamCaps = { address: 200, credential: 20_000, site: 20_000 }

/** Milliseconds after which a refused reader may try again. */
const retryAfterMs = 30_000

/** What a stream counts against. */
export type StreamKeys = Readonly<Record<keyof StreamCaps, string>>

/** Counts open streams. */
export interface StreamLimits {
  /**
   * Takes a place for a stream, and returns what gives it back.
   *
   * @throws {HkError} `rate_limited` where a cap is reached
   */
  take(keys: StreamKeys): () => void
}

/** Makes a count of streams under caps. */
export function createStreamLimits(caps: StreamCaps = usualCaps): StreamLimits {
  const open = new Map<string, number>()
  return {
    take(keys) {
      const places = [
        `address ${keys.address}`,
        `credential ${keys.credential}`,
        `site ${keys.site}`,
      ] as const
      const most = [caps.address, caps.credential, caps.site] as const
      const full = places.findIndex((place, index) => (open.get(place) ?? 0) >= (most[index] ?? 0))
      if (full !== -1) {
        const what = ['from one address', 'with one credential', 'of one site'][full]
        throw new HkError(
          'rate_limited',
          `There are ${most[full]} streams ${what} already. Poll …/changes meanwhile.`,
          {
            retryAfterMs,
          },
        )
      }
      for (const place of places) open.set(place, (open.get(place) ?? 0) + 1)
      let held = true
      return () => {
        if (!held) return
        held = false
        for (const place of places) {
          const left = (open.get(place) ?? 1) - 1
          if (left === 0) open.delete(place)
          else open.set(place, left)
        }
      }
    },
  }
}
