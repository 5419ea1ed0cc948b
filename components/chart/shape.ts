/** Where a series is drawn, in pixels. */
export interface Frame {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
  /** From either side to the first and the last bucket: half a bar, 0 for lines. */
  pad: number
}

/** A series by bucket; not a number where it is not defined. */
export type Amounts = readonly (number | null | undefined)[]

/**
 * Lays out a plot: room for the ticks at the side where a line of text ends, and for time below.
 *
 * @param bars how many bars stand in it; 0 for lines, which go from side to side
 */
export function frame(width: number, height: number, tickLetters: number, rightToLeft: boolean, bars = 0): Frame {
  const gutter = tickLetters * 7 + 14
  const edge = 6
  const left = rightToLeft ? gutter : edge
  const right = Math.max(gutter + edge + 1, width) - (rightToLeft ? edge : gutter)
  return { width, height, left, right, top: 10, bottom: height - 26, pad: bars > 0 ? (right - left) / bars / 2 : 0 }
}

/** Where the bucket of an index stands. Time goes from left to right in every script. */
export function x(box: Frame, index: number, count: number): number {
  if (count < 2) return (box.left + box.right) / 2
  return box.left + box.pad + index * stride(box, count)
}

/** From one bucket to the next. */
export function stride({ left, right, pad }: Frame, count: number): number {
  return (right - left - 2 * pad) / Math.max(1, count - 1)
}

/** Where a value stands; the axis starts at 0. */
export function y(box: Frame, amount: number, top: number): number {
  return box.bottom - ((box.bottom - box.top) * amount) / top
}

/** The bucket nearest to a place. */
export function nearest(box: Frame, at: number, count: number): number {
  const index = Math.round((at - box.left - box.pad) / stride(box, count))
  return Math.min(count - 1, Math.max(0, index || 0))
}

/** A series as SVG path data: line and area of what is over, and the step into the bucket that is not. */
export interface Shape {
  line: string
  area: string
  partial: string
}

/**
 * Draws a series with straight segments; where it is not defined there is a gap. By hand, as d3-shape brings
 * 4.9 kB gz of curves and symbols that no bundler can leave out, which is more than the whole of the rest.
 *
 * @param over index of the first bucket that is not over yet
 * @param floor what the area stands on; default: 0
 */
export function shape(amounts: Amounts, over: number, box: Frame, top: number, floor?: Amounts): Shape {
  const place = (index: number, of = amounts) => {
    const amount = of[index]
    if (typeof amount !== 'number') return undefined
    return `${round(x(box, index, amounts.length))} ${round(y(box, amount, top))}`
  }
  const drawn: Shape = { line: '', area: '', partial: '' }
  for (const [from, to] of runs(amounts, over)) {
    const indexes = Array.from({ length: to - from + 1 }, (_, step) => from + step)
    const run = indexes.map((index) => place(index)).join('L')
    const [first, last] = [from, to].map((index) => round(x(box, index, amounts.length)))
    const ground = floor && indexes.toReversed().map((index) => place(index, floor)).join('L')
    // A lone bucket between two gaps is a dot: a line of no length, with round ends.
    drawn.line += `M${run}${from === to ? 'h0' : ''}`
    drawn.area += `M${run}L${ground ?? `${last} ${box.bottom}L${first} ${box.bottom}`}Z`
  }
  const [before, after] = [place(over - 1), place(over)]
  if (before && after) drawn.partial = `M${before}L${after}`
  return drawn
}

/** Bars as SVG path data: of buckets that are over, of the one that is not, and their upper edges alone. */
export interface Bars {
  whole: string
  partial: string
  edges: string
}

/** Draws a series as bars. */
export function bars(amounts: Amounts, over: number, box: Frame, top: number, floor?: Amounts): Bars {
  const slot = box.pad * 2
  const width = round(slot < 3 ? slot : Math.min(48, slot * 0.72))
  const drawn: Bars = { whole: '', partial: '', edges: '' }
  for (const [index, amount] of amounts.entries()) {
    if (typeof amount !== 'number') continue
    const left = round(x(box, index, amounts.length) - width / 2)
    const [low, high] = [floor?.[index] ?? 0, amount].map((value) => round(y(box, value, top)))
    drawn[index < over ? 'whole' : 'partial'] += `M${left} ${low}V${high}h${width}V${low}Z`
    drawn.edges += `M${left} ${high}h${width}`
  }
  return drawn
}

/** First and last index of each run of defined values before `end`. */
function runs(amounts: Amounts, end: number): [number, number][] {
  const found: [number, number][] = []
  for (let index = 0; index < end; index += 1) {
    if (typeof amounts[index] !== 'number') continue
    const last = found.at(-1)
    if (last && last[1] === index - 1) last[1] = index
    else found.push([index, index])
  }
  return found
}

function round(amount: number): number {
  return Math.round(amount * 10) / 10
}
