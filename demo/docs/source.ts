import { colour } from './colour.ts'
import { type Html, html } from './html.ts'

/** A sample of code with a button that copies it. */
export function source(sample: string): Html {
  const code = colour(sample).map(({ kind, text }) => (kind === '' ? text : html`<span class="${kind}">${text}</span>`))
  return html`<div class="source"><pre><code>${code}</code></pre><button type="button" class="copy" data-copy>Copy</button></div>`
}
