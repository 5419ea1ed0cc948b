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
   * Takes a place for a stream.
   *
   * @throws {HkError} `rate_limited` where a cap is reached; no place is taken then
   */
  take(keys: StreamKeys): void
  /** Gives the place of a stream back: once for each that was taken. */
  give(keys: StreamKeys): void
}

const sharing = {
  address: 'from one address',
  credential: 'with one credential',
  site: 'of one site',
} as const

const names = ['address', 'credential', 'site'] as const

/** Makes a count of streams under caps. */
export function createStreamLimits(caps: StreamCaps = usualCaps): StreamLimits {
  const open = { address: new Map<string, number>(), credential: new Map(), site: new Map() }
  return {
    take(keys) {
      const full = names.find((name) => (open[name].get(keys[name]) ?? 0) >= caps[name])
      if (full !== undefined) {
        const message = `There are ${caps[full]} streams ${sharing[full]} already. Poll …/changes meanwhile.`
        throw new HkError('rate_limited', message, { retryAfterMs })
      }
      for (const name of names) open[name].set(keys[name], (open[name].get(keys[name]) ?? 0) + 1)
    },
    give(keys) {
      for (const name of names) {
        const left = (open[name].get(keys[name]) ?? 1) - 1
        if (left === 0) open[name].delete(keys[name])
        else open[name].set(keys[name], left)
      }
    },
  }
}
