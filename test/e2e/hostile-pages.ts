/** A page that does to its elements what pages do: what it has in its head, and around the elements. */
export interface HostilePage {
  readonly name: string
  readonly head: string
  /** Opening and closing tags around the elements. */
  readonly around?: readonly [string, string]
}

const style = (css: string) => `<style>${css}</style>`
const rule = (name: string, css: string): HostilePage => ({ name, head: style(css) })

/** Style sheets that mean the page's own elements, and hit these as well. */
export const styledPages: readonly HostilePage[] = [
  rule('a reset of everything but pictures', 'html :where(:not(svg, svg *, img, canvas)) { all: unset; display: revert }'),
  rule('all: unset', '* { all: unset; display: revert }'),
  rule('all: revert', '* { all: revert }'),
  rule('all: initial', 'body * { all: initial; display: revert }'),
  ...['inline', 'contents', 'block', 'inline-block', 'flex', 'inline-flex', 'grid', 'flow-root', 'list-item', 'table', 'table-cell'].map((display) =>
    rule(`display: ${display}`, `hk-site, hk-kpi, hk-chart, hk-goals, hk-table { display: ${display} }`),
  ),
  rule('flex and grid for all', 'main, main * { display: flex } main { flex-direction: column; align-items: flex-start }'),
  rule('a grid that centers', 'main, hk-site, hk-chart { display: grid; place-items: center; place-content: center }'),
  rule('floats', 'hk-kpi, hk-chart, hk-goals, hk-table { float: left; clear: both }'),
  rule('width: fit-content', 'hk-kpi, hk-chart, hk-goals, hk-table { width: fit-content }'),
  rule('width: min-content', 'hk-chart, hk-goals, hk-table { width: min-content }'),
  rule('position: absolute', 'main { position: relative; height: 1300px } hk-chart, hk-goals { position: absolute } hk-goals { top: 600px } hk-chart { top: 200px }'),
  rule('contain: inline-size', 'hk-site > * { contain: inline-size }'),
  rule('contain: size, with a size', 'hk-site > * { contain: strict; width: 600px; height: 300px }'),
  rule('content-visibility: auto', 'hk-site > * { content-visibility: auto }'),
  rule('contain: none', '* { contain: none; container-type: normal }'),
  rule('writing-mode: vertical-rl', 'body { writing-mode: vertical-rl }'),
  rule('direction: rtl', 'body { direction: rtl }'),
  rule('a root of ten pixels', 'html { font-size: 62.5% } body { font-size: 1rem }'),
  rule('font-size: 0', 'main { font-size: 0 }'),
  rule('line-height: 0', '* { line-height: 0 }'),
  rule('white-space: pre', '* { white-space: pre }'),
  rule('text in a gradient', 'main { -webkit-text-fill-color: transparent } p { background: linear-gradient(90deg, #f00, #00f); background-clip: text }'),
  rule('wide letters', '* { letter-spacing: 0.5em; word-spacing: 2em; text-indent: 4em; text-transform: uppercase; font-stretch: 200% }'),
  rule('pictures in another color', '* { fill: red; stroke: lime; stroke-width: 9; stroke-dasharray: 1 9; fill-opacity: 0.5; stroke-opacity: 0.5; paint-order: stroke; text-anchor: end; dominant-baseline: hanging }'),
  rule('pictures as blocks', 'svg, path, table, tr, td, button, input, figure { display: none !important; width: 0; height: 0 }'),
  rule('transitions and animations', '* { transition: all 1s; animation: turn 5s } @keyframes turn { to { translate: 4px } }'),
  rule('hidden until defined', ':not(:defined) { display: none; visibility: hidden }'),
  rule('names of our own properties', ':root { --_row: 0px; --_rows: 0; --_body: 0px; --_columns: 1px 1px; --_ems: 900; --_way: 4deg; --_rest: 0; --_of: red; --_end: 900px; --_start: 900px; --_high: 0px }'),
  rule('borders and padding', '* { border: 2px solid #ccc; padding: 8px; margin: 4px; outline: 1px solid red }'),
  rule('box-sizing: content-box', '* { box-sizing: content-box; padding: 10px; max-width: 100% }'),
]

const zoom = (where: string, by: number): HostilePage => rule(`zoom: ${by} of ${where}`, `body { margin: 0; width: 500px } ${where} { zoom: ${by} }`)

/** Pages that are not as large as they say. */
export const scaledPages: readonly HostilePage[] = [
  rule('nothing', ''),
  ...['html', 'body', 'main', 'hk-chart'].flatMap((where) => [0.5, 1.5, 2].map((by) => zoom(where, by))),
  rule('zoom in a zoom', 'body { zoom: 1.5; width: 500px } main { zoom: 0.5; width: 500px }'),
  rule('transform: scale', 'main { width: 500px; transform: scale(0.6); transform-origin: 0 0 }'),
  rule('scale', 'main { width: 500px; scale: 1.5; transform-origin: 0 0 }'),
  rule('scale and zoom', 'main { width: 400px; scale: 1.5; zoom: 1.5; transform-origin: 0 0 }'),
  rule('a quarter turn', 'main { width: 500px; rotate: 90deg; transform-origin: 250px 250px }'),
  rule('upside down', 'main { width: 500px; rotate: 180deg }'),
  rule('mirrored', 'main { width: 500px; scale: -1 1 }'),
  rule('skewed', 'main { width: 500px; transform: skewY(20deg); transform-origin: 0 0; margin-top: 20px }'),
]
