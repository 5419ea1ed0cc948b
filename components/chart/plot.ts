import type { Metric, Point, Range } from '@hk-live/sdk'
import { html, nothing, svg } from 'lit'
import type { SVGTemplateResult, TemplateResult } from 'lit'
import { percent, value } from '../element/format.ts'
import { natures } from '../element/metrics.ts'
import { letter, timeTicks, valueTicks } from './axis.ts'
import { frame, shape, x, y } from './shape.ts'
import type { Frame } from './shape.ts'

/** All that a drawing depends on. */
export interface Plot {
  points: readonly Point[]
  before: readonly Point[]
  metric: Metric
  range: Range
  type: 'line' | 'area'
  locale: string
  box: Frame
  ticks: number[]
}

/** Lays out a series: its axis, and where it is drawn. */
export function plotOf(
  given: Omit<Plot, 'box' | 'ticks'>,
  width: number,
  height: number,
  rightToLeft: boolean,
): Plot {
  const { points, before, metric, locale } = given
  const amounts = [...points, ...before.slice(0, points.length)].map((point) => point[metric] ?? 0)
  const ticks = valueTicks(Math.max(0, ...amounts), metric)
  const letters = Math.max(...ticks.map((tick) => tickText(locale, metric, tick, ticks).length))
  return { ...given, ticks, box: frame(width, height, letters, rightToLeft) }
}

/** The greatest value of the axis. */
export function topOf({ ticks }: Plot): number {
  return ticks.at(-1) ?? 1
}

/** A tick of the axis of values, as short as it can be said. */
function tickText(locale: string, metric: Metric, tick: number, ticks: readonly number[]): string {
  if (natures[metric].unit === 'rate') return percent(locale, tick, 0)
  return value(locale, metric, tick, (ticks.at(-1) ?? 0) >= 10_000)
}

/** The grid alone while nothing is known yet, and its ground line where nothing happened. */
export function blank(height: number, steps: readonly number[] = [0, 1, 2, 3]): TemplateResult {
  const lines = steps.map((step) => Math.round(10 + ((height - 36) * step) / 3) + 0.5)
  return html`<svg width="100%" height=${height} aria-hidden="true">
    <g class="grid">${lines.map((at) => svg`<line x1="0" x2="100%" y1=${at} y2=${at} />`)}</g>
  </svg>`
}

/** The buckets whose value is another than in the points before. */
export function findMoved({ points, metric }: Plot, previous: readonly Point[]): number[] {
  const before = new Map(previous.map((point) => [point.at, point[metric]]))
  return points.flatMap(({ at, [metric]: amount }, index) => (amount === before.get(at) ? [] : [index]))
}

/** Draws grid, comparison, series, the buckets that moved, and the chosen point. */
export function draw(plot: Plot, active: number | undefined, moved: readonly number[]): SVGTemplateResult {
  const { points, before, metric, box, type } = plot
  const top = topOf(plot)
  const { line, area, partial } = shape(points, metric, box, top)
  const compared = before.slice(0, points.length)
  // Where the comparison is shorter, its buckets still stand below those of the same index.
  const padded = points.map((point, index) => compared[index] ?? { at: point.at })
  const dashed = shape(unmarked(padded), metric, box, top)
  return svg`${grid(plot)}
    ${type === 'area' ? svg`<path class="area" d=${area} />` : nothing}
    ${compared.length > 0 ? svg`<path class="before" d=${dashed.line} />` : nothing}
    <path class="line" d=${line} /><path class="line partial" d=${partial} />
    ${moved.map((index) => svg`<circle class="moved" r="9" cx=${x(box, index, points.length)}
      cy=${y(box, points[index]?.[metric] ?? 0, top)} />`)}
    ${active === undefined ? nothing : cursor(plot, active)}`
}

/** A comparison lies in the past: none of its buckets is unfinished. */
function unmarked(points: readonly Point[]): Point[] {
  return points.map((point) => ({ ...point, partial: undefined }))
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

function cursor(plot: Plot, active: number): SVGTemplateResult {
  const { points, metric, box } = plot
  const amount = points[active]?.[metric]
  const at = x(box, active, points.length)
  const dot =
    typeof amount === 'number'
      ? svg`<circle class="point" r="4.5" cx=${at} cy=${y(box, amount, topOf(plot))} />`
      : nothing
  return svg`<line class="cursor" x1=${at} x2=${at} y1=${box.top} y2=${box.bottom} />${dot}`
}
