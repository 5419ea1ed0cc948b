import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { bucket, value } from '../element/format.ts'
import { fill } from '../element/words.ts'
import type { Words } from '../element/words.ts'
import type { Plot } from './plot.ts'

/** The figures of a plot as a table, in a box of the same height. */
export function sheet(plot: Plot, title: string, words: Words, height: number): TemplateResult {
  const { points, before, metric, range, locale, parts, notes } = plot
  const compared = before.length > 0
  const size = `block-size:${height}px`
  const figure = (amount: number | null | undefined) => html`<td>${value(locale, metric, amount)}</td>`
  return html`<div class="sheet" role="region" tabindex="0" aria-label=${title} .style=${size}>
    <table part="table">
      <thead>
        <tr>
          <th scope="col">${words.time}</th>
          <th scope="col">${words.metrics[metric]}</th>
          ${compared ? html`<th scope="col">${fill(words.before, { value: '' }).trim()}</th>` : nothing}
          ${parts.map(({ name }) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${points.map(
          (point, index) => html`<tr>
            <th scope="row">
              ${bucket(locale, point.at, range.interval, range.timezone, true)}
              ${(notes.get(index) ?? []).map((text) => html`<div class="note"><bdi>${text}</bdi></div>`)}
            </th>
            ${figure(point[metric])} ${compared ? figure(before[index]?.[metric]) : nothing}
            ${parts.map(({ amounts }) => figure(amounts[index]))}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
