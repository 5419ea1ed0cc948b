/** Distribution of measured values, in their unit. */
export interface Spread {
  /** How many were measured. */
  readonly n: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

/**
 * The value below which a part of the values lies, by linear interpolation between the two nearest
 * (Hyndman and Fan, type 7). `NaN` of none.
 *
 * @param part from 0 to 1
 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? Number.NaN
  return low + (high - low) * (place % 1)
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The spread of values, rounded to a hundredth of their unit. */
export function spread(values: readonly number[]): Spread {
  const at = (part: number) => round(quantile(values, part), 2)
  return { n: values.length, p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}

/** Rounds to a number of digits after the point. */
export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
