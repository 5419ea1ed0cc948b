import { type Vital, vitalBounds, vitals } from '@hk-live/sdk/protocol'
import { boundsOf, slotOf } from './calendar.ts'
import type { Transaction } from './connect.ts'
import { rulesOf, type SiteRules } from './rollups.ts'
import { rowsParameter } from './rows.ts'

/**
 * Sketches of vitals: how many samples a day has in each bucket of values, from which quantiles follow.
 *
 * Buckets grow by a constant factor γ, so that the middle of one is at most (γ − 1) / (γ + 1) away from
 * every value in it, as a part of it, and counts of several days add up: DDSketch
 * (https://arxiv.org/abs/1908.10693). Bucket 0 ends at the greatest good value of the vital, and γ is
 * chosen so that another bucket ends at the greatest value that is not poor. So ratings are exact:
 *
 *     bucket   …  −1      0   |   1   …    k  |  k + 1  …
 *              good      ≤ 2500       ≤ 4000     poor          (LCP: k = 24, γ = 1.0198)
 *
 * Sketches only ever grow, as a sample is stored once and never moves. They are of the site as a whole: by page a
 * bucket holds hardly more than one sample (1.1, of 20,000 a day over 1,000 pages), so that reports read the samples
 * themselves as fast, and a commit does not pay for it.
 *
 * @module
 */

/** The relative error that quantiles of sketches stay below. */
export const sketchError = 0.01

/** The bucket of 0, which no power of γ reaches, and of what is next to nothing. */
export const zeroBucket = -1_000_000

/** Natural logarithm of what values are told apart by: e^300 times more or less than good. No vital comes near. */
export const furthest = 300

/** How the buckets of a vital are cut: `good` ends bucket 0, γ is e^`growth`, bucket `k` ends at `poor`. */
export interface Scale {
  readonly good: number
  readonly poor: number
  readonly growth: number
  readonly k: number
}

/** The scale of a vital: the fewest buckets that keep the error below {@link sketchError}. */
export function scaleOf(vital: Vital): Scale {
  const [good, poor] = vitalBounds[vital]
  const width = Math.log(poor / good)
  const k = Math.ceil(width / (2 * Math.atanh(sketchError)))
  return { good, poor, growth: width / k, k }
}

const scales: ReadonlyMap<string, Scale> = new Map(vitals.map((vital) => [vital, scaleOf(vital)]))

/** The bucket of a value from 0 up. At the bounds of ratings no rounding decides. */
export function bucketOfValue({ good, poor, growth, k }: Scale, value: number): number {
  const distance = Math.log(value) - Math.log(good)
  if (distance < -furthest) return zeroBucket
  const bucket = Math.ceil(Math.min(distance, furthest) / growth)
  if (value <= good) return Math.min(bucket, 0)
  return value <= poor ? Math.min(Math.max(bucket, 1), k) : Math.max(bucket, k + 1)
}

/** A vital as sketches need it. `at`: milliseconds since 1970; `name`: of a {@link Vital}. */
export interface Measured {
  readonly site_id: string
  readonly at: number
  readonly name: string
  readonly value: number | null
}

/** Samples of a bucket. */
export interface SketchRow {
  readonly site_id: string
  readonly day: string
  readonly metric: string
  readonly bucket: number
  samples: number
}

/** Samples that add up, by site, day, metric and bucket. */
export class Samples {
  readonly #rows = new Map<string, SketchRow>()

  /** Adds a vital of a site in a time zone. */
  add({ site_id, at, name: metric, value }: Measured, timezone: string): void {
    const scale = scales.get(metric)
    if (scale === undefined || value === null) return
    const { day } = slotOf(at, timezone)
    const bucket = bucketOfValue(scale, value)
    const key = `${site_id} ${day} ${metric} ${bucket}`
    const row = this.#rows.get(key)
    if (row === undefined) this.#rows.set(key, { site_id, day, metric, bucket, samples: 1 })
    else row.samples++
  }

  rows(): SketchRow[] {
    return [...this.#rows.values()]
  }
}

/** What new vitals add to sketches; nothing on days that are sketched later, as a whole. */
export function samplesOf(rules: ReadonlyMap<string, SiteRules>, items: readonly Measured[]): SketchRow[] {
  const samples = new Samples()
  for (const item of items) {
    const site = rules.get(item.site_id)
    if (site !== undefined) samples.add(item, site.timezone)
  }
  return samples.rows().filter(({ site_id, day }) => rules.get(site_id)?.unrolled.has(`traffic ${day}`) === false)
}

/** Adds samples to sketches. */
export async function addToSketches(tx: Transaction, rows: readonly SketchRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx`
    insert into vital_sketches as s (site_id, day, metric, bucket, samples)
    select site_id, day, metric, bucket, samples
    from jsonb_to_recordset(${rowsParameter(tx, rows)}) as x (
      site_id text, day date, metric text, bucket integer, samples integer)
    on conflict (site_id, day, metric, bucket) do update
    set samples = s.samples + excluded.samples`
}

/** Adds up the vitals of a day of a site. */
export async function sketchDay(snapshot: Transaction, siteId: string, day: string): Promise<SketchRow[]> {
  const rules = (await rulesOf(snapshot, [{ site_id: siteId, at: Date.parse(day) }])).get(siteId)
  if (rules === undefined) return []
  const { from, to } = boundsOf(day, rules.timezone)
  const samples = new Samples()
  const some = snapshot<Measured[]>`
    select site_id, (extract(epoch from at) * 1000)::float8 as at, name, value
    from items
    where site_id = ${siteId} and at >= ${new Date(from)} and at < ${new Date(to)} and type = 'vital'`.cursor(5_000)
  for await (const rows of some) for (const row of rows) samples.add(row, rules.timezone)
  return samples.rows()
}

/** Deletes the sketches of a day of a site. */
export async function dropSketches(tx: Transaction, siteId: string, day: string): Promise<void> {
  await tx`delete from vital_sketches where site_id = ${siteId} and day = ${day}::date`
}
