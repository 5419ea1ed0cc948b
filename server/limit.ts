import QuickLRU from 'quick-lru'

/** A limit on how much may come in by a key: an address, a site. */
export interface Limit {
  /**
   * Takes an amount where something is left, also where it is less than the amount: the rest is owed, so that a large
   * batch under a small limit passes now and then, and in the long run no more than the rate comes in.
   *
   * @returns 0 where it may pass; else nothing was taken, and these are the milliseconds until something is left
   */
  take(key: string, amount: number): number
}

/** Settings of {@link createLimit}. */
export interface LimitOptions {
  /** Amount a second in the long run; 0 for no limit. */
  readonly perSecond: number
  /** Seconds of that rate that may come at once. */
  readonly burstSeconds: number
  /** Keys to remember. A key that is forgotten, as the one used longest ago, begins anew. */
  readonly keys?: number
  /** Milliseconds of a clock that is never set back. */
  readonly now?: () => number
}

const unlimited: Limit = { take: () => 0 }

/**
 * Token buckets in memory, each kept as the one instant at which it is full again (the generic cell rate algorithm,
 * ITU-T I.371). Each node counts for itself.
 */
export function createLimit(options: LimitOptions): Limit {
  const { perSecond, burstSeconds, keys = 50_000, now = () => performance.now() } = options
  if (perSecond === 0) return unlimited
  const fullAt = new QuickLRU<string, number>({ maxSize: keys })
  const burstMs = burstSeconds * 1000
  return {
    take(key, amount) {
      const time = now()
      const full = Math.max(fullAt.get(key) ?? 0, time)
      if (full - time >= burstMs) return full - time - burstMs + 1
      fullAt.set(key, full + (amount / perSecond) * 1000)
      return 0
    },
  }
}
