import { html } from 'lit'
import type { TemplateResult } from 'lit'

/** Lines of a sparkline as SVG path data: what is over, and the step into the bucket that is not. */
export interface Spark {
  whole: string
  partial: string
}

/** A bucket of a series. */
interface Bucket {
  at: string
  partial?: true | undefined
}

/** A line spans at least this part of its greatest value, so that noise does not look like news. */
const span = 0.25

/**
 * Draws points into a box, the least at the bottom and the greatest at the top: it is the course that counts,
 * without an axis. Undefined values leave a gap.
 */
export function spark<P extends Bucket>(
  points: readonly P[],
  amountOf: (point: P) => number | null | undefined,
  width: number,
  height: number,
): Spark {
  const values = points.map((point) => amountOf(point) ?? undefined)
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

/** A sparkline of 72 by 22 pixels, which gives way where there is less room. It adds nothing to what is heard. */
export function sparkline<P extends Bucket>(
  points: readonly P[],
  amountOf: (point: P) => number | null | undefined,
): TemplateResult {
  const { whole, partial } = spark(points, amountOf, 72, 22)
  return html`<svg
    class="spark"
    part="chart"
    viewBox="0 0 72 22"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <path d=${whole} vector-effect="non-scaling-stroke" />
    <path class="partial" d=${partial} vector-effect="non-scaling-stroke" />
  </svg>`
}

function round(amount: number): number {
  return Math.round(amount * 10) / 10
}
