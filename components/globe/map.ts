import { svg } from 'lit'
import type { SVGTemplateResult } from 'lit'
import { isLand } from './land.ts'
import { aspect, fromMap } from './project.ts'

/** Rows of dots from north to south; every other is half a step aside. */
const rows = 42
const width = 1000
const height = width / aspect

let path: string | undefined

/** Land as dots that are the same distance apart everywhere, each a line of no length with a round end. */
function dots(): string {
  const step = height / rows
  const columns = Math.floor(width / step)
  let drawn = ''
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const x = (column + (row % 2 === 0 ? 0.25 : 0.75)) * step
      const y = (row + 0.5) * step
      if (isLand(...fromMap(x / width, y / height))) drawn += `M${x.toFixed(0)} ${y.toFixed(0)}h0`
    }
  }
  return drawn
}

/** The land of a flat map. */
export function land(): SVGTemplateResult {
  path ??= dots()
  return svg`<svg class="land" viewBox="0 0 ${width} ${height.toFixed(0)}" aria-hidden="true"><path d=${path} /></svg>`
}
