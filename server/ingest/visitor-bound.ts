import QuickLRU from 'quick-lru'

/** Counts what each visitor has sent today. */
export interface VisitorBound {
  /** Counts one item more of a visitor, whose id lives for one day; whether it may still be stored. */
  admit(visitorId: string): boolean
}

/**
 * A bound on the items of one visitor and day. Each commit with an item of a visitor reads all others of that day: one
 * client that never stops would make its commits slower and slower, and those of its neighbours in the group with
 * them. No person comes near it. Each node counts for itself, the visitors seen last, since it was started.
 *
 * @param most items; 0 for no bound
 */
export function createVisitorBound(most: number, visitors = 50_000): VisitorBound {
  if (most === 0) return { admit: () => true }
  const counts = new QuickLRU<string, number>({ maxSize: visitors })
  return {
    admit(visitorId) {
      const count = counts.get(visitorId) ?? 0
      if (count >= most) return false
      counts.set(visitorId, count + 1)
      return true
    },
  }
}
