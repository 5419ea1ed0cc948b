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

/** Starts the parts that are asked for; engagement by default. One that can't be started leaves the others alone. */
export async function startParts(running: Running, { engagement, auto, vitals, hash }: PartWishes): Promise<void> {
  await Promise.allSettled([
    engagement !== 'off' && begin(() => measureEngagement(running)),
    auto !== undefined && begin(async () => (await import('./auto.ts')).countAutoEvents(running, auto)),
    vitals !== undefined && begin(async () => (await import('./vitals.ts')).measureVitals(running, hash)),
  ])
}

async function begin(part: () => void | Promise<void>): Promise<void> {
  await part()
}
