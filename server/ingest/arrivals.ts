/** Milliseconds between two arrivals at least: a microsecond, which is what Postgres keeps. */
const step = 0.001

/**
 * Says when an item arrived, in milliseconds since 1970, later for each: so what happened in the same instant, as in a
 * log of whole seconds, is in the order in which it came. Where the clock is set back it stands until that has passed.
 */
export function createArrivals(now: () => number): () => number {
  let last = 0
  return () => (last = Math.max(now(), last + step))
}
