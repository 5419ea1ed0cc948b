import type { Metric } from '@hk-live/sdk'
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import { choice } from '../element/choices.ts'
import type { Words } from '../element/words.ts'

/** What can be chosen beside the title of a chart. */
export interface Buttons {
  /** Metrics to choose from, where there are several. */
  metrics: readonly Metric[]
  shown: Metric
  /** Whether the figures stand as a table. */
  table: boolean
  /** Where there is nothing to choose it is as high, and not seen. */
  hidden: boolean
  choose: (metric: Metric) => void
  toggle: () => void
}

/** Buttons for metrics, and for the figures as a table. */
export function buttons({ metrics, shown, table, hidden, choose, toggle }: Buttons, words: Words): TemplateResult {
  return html`<div class=${hidden ? 'choices away' : 'choices'}>
    ${metrics.length > 1 ? metrics.map((metric) => choice(words.metrics[metric], metric === shown, () => choose(metric))) : nothing}
    ${choice(words.table, table, toggle)}
  </div>`
}
