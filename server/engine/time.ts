/** Milliseconds since 1970 as the microseconds that tables have. */
export function microsOf(milliseconds: number): number {
  return Math.round(milliseconds * 1_000)
}
