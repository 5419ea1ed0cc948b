/** What happened to items, by outcome. */
export const outcomes = ['accepted', 'invalid', 'unknown_site', 'bot', 'prefetch', 'unavailable'] as const

export type Outcome = (typeof outcomes)[number]

/** Counts of items by outcome since the process began. */
export class Counters {
  readonly #counts = new Map<Outcome, number>(outcomes.map((outcome) => [outcome, 0]))

  /** Adds to a count. */
  add(outcome: Outcome, items: number): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + items)
  }

  /** The count of an outcome. */
  get(outcome: Outcome): number {
    return this.#counts.get(outcome) ?? 0
  }

  /** The counts in the text format of Prometheus. */
  toText(): string {
    const rows = [...this.#counts].map(([outcome, count]) => `hk_items_total{outcome="${outcome}"} ${count}`)
    return `# HELP hk_items_total Items received, by what became of them.\n# TYPE hk_items_total counter\n${rows.join('\n')}\n`
  }
}
