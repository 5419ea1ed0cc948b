import type { ReportData } from '@hk-live/sdk'
import type { Where } from '../element/place.ts'

/** A line of the list. */
export interface Line extends Where {
  readonly key: string
  readonly visitors: number
}

/**
 * Where visitors now are, most of them first, and how many are elsewhere or nobody knows where. Where no place is
 * known, countries stand for them.
 */
export function linesOf(data: ReportData['live']): { lines: Line[]; rest: number } {
  const known = data.places.length > 0
  const all = known ? data.places : data.countries.map(({ value, visitors }) => ({ country: value, city: '', visitors }))
  const lines = new Map<string, Line>()
  for (const { country, city, visitors } of all) {
    if (!country) continue
    const key = `${country}\n${city}`
    lines.set(key, { key, country, city, visitors: visitors + (lines.get(key)?.visitors ?? 0) })
  }
  const sorted = [...lines.values()].toSorted((a, b) => b.visitors - a.visitors)
  const listed = sorted.reduce((sum, { visitors }) => sum + visitors, 0)
  return { lines: sorted, rest: Math.max(0, data.visitors - listed) }
}

/** Keys of lines whose visitors are others than before; nothing has moved where nothing was known. */
export function movedLines(before: readonly Line[] | undefined, after: readonly Line[]): ReadonlySet<string> {
  if (!before) return new Set()
  const counts = new Map(before.map(({ key, visitors }) => [key, visitors]))
  return new Set(after.filter(({ key, visitors }) => counts.get(key) !== visitors).map(({ key }) => key))
}
