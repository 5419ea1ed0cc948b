/**
 * How long to wait: before a try after a failure, between polls, before a stream is tried again
 * where streams do not get through. All in milliseconds.
 *
 * @module
 */

/**
 * Back-off with full jitter: a random part of a window that doubles from 1 s to 30 s, on top of what
 * the server asked for. Full jitter spreads the callers best for the least work, see
 * "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param failures in a row, 1 or more
 * @param floor what the server asked for: `Retry-After` or `retry_ms`
 */
export function backoff(failures: number, floor: number, random: () => number): number {
  return floor + random() * Math.min(30_000, 1_000 * 2 ** (failures - 1))
}

/** A random time within 20 % around one, so that many clients do not fall into step. */
export function around(ms: number, random: () => number): number {
  return ms * (0.8 + 0.4 * random())
}

/** Until the stream is tried again after `strikes` mute attempts: 5 minutes and up to 5, later 25, more. */
export function probe(strikes: number, random: () => number): number {
  return (5 + random() * Math.min(25, 5 * 2 ** (strikes - 2))) * 60_000
}
