import type { Metric, Point } from '@hk-live/sdk'

/** Lines of a sparkline as SVG path data: what is over, and the step into the bucket that is not. */
export interface Spark {
  whole: string
  partial: string
}

/** A line spans at least this part of its greatest value, so that noise does not look like news. */
const span = 0.25

/**
 * Draws a metric's points into a box, the least at the bottom and the greatest at the top: it is the course
 * that counts, without an axis. Undefined values leave a gap.
 */
export function spark(points: readonly Point[], metric: Metric, width: number, height: number): Spark {
  const values = points.map((point) => point[metric] ?? undefined)
  const known = values.filter((value) => value !== undefined)
  const top = Math.max(...known, 0) || 1
  const bottom = Math.max(0, Math.min(top * (1 - span), ...known))
  const step = width / Math.max(1, points.length - 1)
  const place = (index: number) => {
    const amount = values[index]
    if (amount === undefined) return undefined
    return `${round(index * step)} ${round((height * (top - amount)) / (top - bottom))}`
  }
  let whole = ''
  let partial = ''
  for (const [index, point] of points.entries()) {
    const to = place(index)
    const from = place(index - 1)
    if (to === undefined) continue
    if (point.partial && from !== undefined) partial += `M${from}L${to}`
    else whole += (from === undefined ? 'M' : 'L') + to
  }
  return { whole, partial }
}

function round(amount: number): number {
  return Math.round(amount * 10) / 10
}
