import { html } from 'lit'
import type { TemplateResult } from 'lit'
import { nameOf } from './draw.ts'
import type { Part } from './plot.ts'

/** What a part can be asked to do: filter the site around it. */
export interface Choice {
  choose: () => void
  pressed: boolean
}

/** The colours of the parts, in a line that is as high before they are known. */
export function legend(parts: readonly Part[], choiceOf: (value: string) => Choice | undefined): TemplateResult {
  return html`<ul class="legend" part="legend">
    ${parts.map((part, index) => {
      const choice = part.value === undefined ? undefined : choiceOf(part.value)
      const name = html`<span class="swatch ${nameOf(parts, index)}"></span><bdi>${part.name}</bdi>`
      return html`<li>
        ${choice
          ? html`<button type="button" aria-pressed=${choice.pressed} @click=${choice.choose}>${name}</button>`
          : name}
      </li>`
    })}
  </ul>`
}
