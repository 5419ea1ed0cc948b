import { html, nothing, svg } from 'lit'
import type { SVGTemplateResult, TemplateResult } from 'lit'
import { letter, timeTicks } from './axis.ts'
import type { Stretch } from './cursor.ts'
import { amountsOf, tickText, topOf } from './plot.ts'
import type { Part, Plot } from './plot.ts'
import { bars, shape, stride, x, y } from './shape.ts'
import type { Amounts } from './shape.ts'

/** The grid alone while nothing is known yet, and its ground line where nothing happened. */
export function blank(height: number, steps: readonly number[] = [0, 1, 2, 3]): TemplateResult {
  const lines = steps.map((step) => Math.round(10 + ((height - 36) * step) / 3) + 0.5)
  return html`<svg width="100%" height=${height} aria-hidden="true">
    <g class="grid">${lines.map((at) => svg`<line x1="0" x2="100%" y1=${at} y2=${at} />`)}</g>
  </svg>`
}

/** What a reader has chosen of a drawing. */
export interface Chosen {
  active: number | undefined
  /** First and last bucket of the stretch that is being chosen. */
  stretch: Stretch | undefined
}

/** Draws grid, annotations, comparison, series, the buckets that moved, and what is chosen. */
export function draw(plot: Plot, { active, stretch }: Chosen, moved: readonly number[]): SVGTemplateResult {
  const { points, metric, box } = plot
  const top = topOf(plot)
  const { ground, figure } = still(plot)
  return svg`${ground}
    ${stretch && band(plot, stretch)}
    ${figure}
    ${moved.map((index) => svg`<circle class="moved" r="9" cx=${x(box, index, points.length)}
      cy=${y(box, points[index]?.[metric] ?? 0, top)} />`)}
    ${active === undefined ? nothing : cursor(plot, active)}`
}

/** What of a drawing stays where only the reader moves; kept with its plot, as a pointer asks for it at each step. */
interface Still {
  ground: SVGTemplateResult
  figure: SVGTemplateResult
}

const drawn = new WeakMap<Plot, Still>()

function still(plot: Plot): Still {
  const known = drawn.get(plot)
  if (known) return known
  const marks = [...plot.notes.keys()].map((index) => mark(plot, index))
  const made = { ground: svg`${grid(plot)}${marks}`, figure: plot.parts.length > 0 ? parts(plot) : series(plot) }
  drawn.set(plot, made)
  return made
}

/** One series, with its comparison. */
function series(plot: Plot): SVGTemplateResult {
  const { points, before, metric, box, type, over } = plot
  const top = topOf(plot)
  const amounts = amountsOf(points, metric)
  // Where the comparison is shorter, its buckets still stand below those of the same index; all of it is over.
  const compared = before.length > 0 ? points.map((_, index) => before[index]?.[metric]) : []
  if (type === 'bar') {
    const { whole, partial } = bars(amounts, over, box, top)
    const { edges } = bars(compared, points.length, box, top)
    return svg`<path class="bar" part="bar" d=${whole} /><path class="bar running" d=${partial} />
      ${compared.length > 0 ? svg`<path class="edge" d=${edges} /><path class="before" d=${edges} />` : nothing}`
  }
  const { line, area, partial } = shape(amounts, over, box, top)
  return svg`${type === 'area' ? svg`<path class="area" d=${area} />` : nothing}
    ${compared.length > 0 ? svg`<path class="before" d=${shape(compared, points.length, box, top).line} />` : nothing}
    <path class="line" d=${line} /><path class="line partial" d=${partial} />`
}

/** The parts of a series: on one another where they add up to it, else as lines. */
function parts(plot: Plot): SVGTemplateResult {
  const { box, type, over, stacked } = plot
  const top = topOf(plot)
  if (!stacked) {
    return svg`${plot.parts.map(({ amounts }, index) => {
      const { line, partial } = shape(amounts, over, box, top)
      return svg`<g class=${nameOf(plot.parts, index)}><path class="line" d=${line} /><path class="line partial" d=${partial} /></g>`
    })}`
  }
  const sums = stack(plot.parts)
  return svg`${sums.map((amounts, index) => {
    const floor = sums[index - 1] ?? amounts.map(() => 0)
    const { whole, partial } =
      type === 'bar' ? bars(amounts, over, box, top, floor) : { whole: shape(amounts, over, box, top, floor).area, partial: nothing }
    return svg`<g class=${nameOf(plot.parts, index)}><path class="layer" d=${whole} /><path class="bar running" d=${partial} /></g>`
  })}`
}

/** Sums of the parts up to each, by bucket. */
function stack(all: readonly Part[]): Amounts[] {
  const sums: (number | null | undefined)[][] = []
  for (const { amounts } of all) sums.push(amounts.map((amount, index) => (amount ?? 0) + (sums.at(-1)?.[index] ?? 0)))
  return sums
}

/** The class that gives a part its colour. */
export function nameOf(all: readonly Part[], index: number): string {
  return all[index]?.value === undefined ? 'rest' : `of-${index}`
}

function grid({ points, metric, range, locale, box, ticks }: Plot): SVGTemplateResult {
  const mirrored = box.left > box.width - box.right
  const beside = mirrored ? box.left - 8 : box.right + 8
  const words = timeTicks(points, range.interval, range.timezone, locale, box.right - box.left)
  const top = ticks.at(-1) ?? 1
  return svg`<g class="grid">${ticks.map((tick) => {
    const at = Math.round(y(box, tick, top)) + 0.5
    return svg`<line x1=${box.left} x2=${box.right} y1=${at} y2=${at} />
      <text x=${beside} y=${at} dy="0.35em" text-anchor=${mirrored ? 'end' : 'start'}>
        ${tickText(locale, metric, tick, ticks)}
      </text>`
  })}
  ${words.map(({ index, text }) => {
    const half = (text.length * letter) / 2
    const at = Math.min(box.width - half, Math.max(half, x(box, index, points.length)))
    return svg`<text x=${at} y=${box.height - 6} text-anchor="middle">${text}</text>`
  })}</g>`
}

/** That something happened in a bucket; what it was is told beside the cursor. */
function mark({ points, box }: Plot, index: number): SVGTemplateResult {
  const at = Math.round(x(box, index, points.length)) + 0.5
  return svg`<g class="mark"><line x1=${at} x2=${at} y1=${box.top} y2=${box.bottom} />
    <path d="M${at} ${box.top - 5}l4 5-4 5-4-5Z" /></g>`
}

function band({ points, box }: Plot, [first, last]: Stretch): SVGTemplateResult {
  const half = box.pad || stride(box, points.length) / 2
  const [from, to] = [x(box, first, points.length) - half, x(box, last, points.length) + half]
  const left = Math.max(box.left, from)
  return svg`<rect class="stretch" x=${left} y=${box.top} width=${Math.min(box.right, to) - left} height=${box.bottom - box.top} />`
}

function cursor(plot: Plot, active: number): SVGTemplateResult {
  const { points, metric, box, parts: broken, type } = plot
  const amount = points[active]?.[metric]
  const at = x(box, active, points.length)
  const dotted = typeof amount === 'number' && broken.length === 0 && type !== 'bar'
  const dot = dotted ? svg`<circle class="point" r="4.5" cx=${at} cy=${y(box, amount, topOf(plot))} />` : nothing
  return svg`<line class="cursor" x1=${at} x2=${at} y1=${box.top} y2=${box.bottom} />${dot}`
}
