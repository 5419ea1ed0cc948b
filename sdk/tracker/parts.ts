/**
 * What the tracker can do beside counting: loaded after the first pageview is on its way, each part as it is wished for.
 *
 * @module
 */
import { measureEngagement } from './engagement.ts'
import type { Running } from './tracker.ts'

/** Wishes by the names of attributes: `data-engagement="off"`, `data-auto="outbound,forms"`, `data-vitals`. */
export interface PartWishes {
  readonly engagement?: string | undefined
  readonly auto?: string | undefined
  readonly vitals?: string | undefined
  readonly hash?: string | undefined
}

/** Starts the parts that are wished for; engagement by itself. */
export async function startParts(running: Running, { engagement, auto, vitals, hash }: PartWishes): Promise<void> {
  if (engagement !== 'off') measureEngagement(running)
  if (auto !== undefined) (await import('./auto.ts')).countByItself(running, auto)
  if (vitals !== undefined) (await import('./vitals.ts')).measureVitals(running, hash)
}
