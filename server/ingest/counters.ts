import type { Refusals } from './refusals.ts'

/** What happened to items, by outcome. */
export const outcomes = [
  'accepted',
  'invalid',
  'unknown_site',
  'bot',
  'data_centre',
  'prefetch',
  'excluded',
  'spam',
  'limited',
  'unavailable',
] as const

export type Outcome = (typeof outcomes)[number]

/** Counts of items by outcome: of all since the process began, and of each site what was not stored. */
export class Counters {
  readonly #counts = new Map<Outcome, number>(outcomes.map((outcome) => [outcome, 0]))
  readonly #refusals: Pick<Refusals, 'add'>

  constructor(refusals: Pick<Refusals, 'add'>) {
    this.#refusals = refusals
  }

  /** Adds to a count. */
  add(outcome: Outcome, items: number): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + items)
  }

  /**
   * Adds to a count and to that of a site, where there is one.
   *
   * @param example what of the item decided; it is shown to those who run the site, so it is never an address
   */
  refuse(siteId: string | undefined, outcome: Exclude<Outcome, 'accepted' | 'unknown_site'>, items: number, example = ''): void {
    this.add(outcome, items)
    if (siteId !== undefined) this.#refusals.add(siteId, outcome, items, example)
  }

  /**
   * Counts what is wrong with an item of a site that is stored all the same.
   *
   * @param example what of the item is wrong
   */
  tell(siteId: string, reason: 'amount', example: string): void {
    this.#refusals.add(siteId, reason, 1, example)
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
