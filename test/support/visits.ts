/** What of an item decides its visit. `at`: milliseconds since 1970. */
interface Timed {
  readonly visitor: number
  readonly at: number
}

/** A visit as the design defines it; `visitor` is one for a day only. */
export interface BruteVisit<T> {
  readonly visitor: string
  readonly items: T[]
}

/** Local date of an instant, by the runtime's own zone data: not how the service computes it. */
export function localDay(at: number, timeZone: string): string {
  return new Date(at).toLocaleDateString('sv-SE', { timeZone })
}

/** Visits of items, as plainly as they can be written. No two items of a visitor may be of one instant. */
export function bruteVisits<T extends Timed>(items: readonly T[], timeZone: string): BruteVisit<T>[] {
  const byVisitor = Map.groupBy(
    [...items].sort((a, b) => a.at - b.at),
    (item) => `${item.visitor} ${localDay(item.at, timeZone)}`,
  )
  const visits: BruteVisit<T>[] = []
  for (const [visitor, own] of byVisitor) {
    let open: T[] = []
    for (const item of own) {
      const last = open.at(-1)
      if (last === undefined || item.at - last.at >= 30 * 60_000) {
        open = []
        visits.push({ visitor, items: open })
      }
      open.push(item)
    }
  }
  return visits
}
