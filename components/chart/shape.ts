import type { Metric, Point } from '@hk-live/sdk'

/** Where a series is drawn, in pixels. */
export interface Frame {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
}

/** Lays out a plot: room for the ticks at the side where a line of text ends, and for time below. */
export function frame(width: number, height: number, tickLetters: number, rightToLeft: boolean): Frame {
  const gutter = tickLetters * 7 + 14
  const edge = 6
  return {
    width,
    height,
    left: rightToLeft ? gutter : edge,
    right: Math.max(gutter + edge + 1, width) - (rightToLeft ? edge : gutter),
    top: 10,
    bottom: height - 26,
  }
}

/** Where the bucket of an index stands. Time goes from left to right in every script. */
export function x(box: Frame, index: number, count: number): number {
  return count < 2 ? (box.left + box.right) / 2 : box.left + ((box.right - box.left) * index) / (count - 1)
}

/** Where a value stands; the axis starts at 0. */
export function y(box: Frame, amount: number, top: number): number {
  return box.bottom - ((box.bottom - box.top) * amount) / top
}

/** The bucket nearest to a place. */
export function nearest(box: Frame, at: number, count: number): number {
  const part = (at - box.left) / (box.right - box.left)
  return Math.min(count - 1, Math.max(0, Math.round(part * (count - 1))))
}

/** A series as SVG path data: line and area of what is over, and the step into the bucket that is not. */
export interface Shape {
  line: string
  area: string
  partial: string
}

/**
 * Draws a metric with straight segments; where it is not defined there is a gap. By hand, as d3-shape brings
 * 4.9 kB gz of curves and symbols that no bundler can leave out, which is more than the whole of the rest.
 */
export function shape(points: readonly Point[], metric: Metric, box: Frame, top: number): Shape {
  const over = points.findIndex((point) => point.partial)
  const place = (index: number) => {
    const amount = points[index]?.[metric]
    if (typeof amount !== 'number') return undefined
    return `${round(x(box, index, points.length))} ${round(y(box, amount, top))}`
  }
  const drawn: Shape = { line: '', area: '', partial: '' }
  for (const [from, to] of runs(points, metric, over < 0 ? points.length : over)) {
    const run = Array.from({ length: to - from + 1 }, (_, step) => place(from + step)).join('L')
    const [first, last] = [from, to].map((index) => round(x(box, index, points.length)))
    // A lone bucket between two gaps is a dot: a line of no length, with round ends.
    drawn.line += `M${run}${from === to ? 'h0' : ''}`
    drawn.area += `M${first} ${box.bottom}L${run}L${last} ${box.bottom}Z`
  }
  const [before, after] = [place(over - 1), place(over)]
  if (before && after) drawn.partial = `M${before}L${after}`
  return drawn
}

/** First and last index of each run of defined values before `end`. */
function runs(points: readonly Point[], metric: Metric, end: number): [number, number][] {
  const found: [number, number][] = []
  for (let index = 0; index < end; index += 1) {
    if (typeof points[index]?.[metric] !== 'number') continue
    const last = found.at(-1)
    if (last && last[1] === index - 1) last[1] = index
    else found.push([index, index])
  }
  return found
}

function round(amount: number): number {
  return Math.round(amount * 10) / 10
}
