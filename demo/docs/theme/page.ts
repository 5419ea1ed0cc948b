import { type Html, html, prose } from '../html.ts'
import { type ElementDoc, tokensOf } from '../manifest.ts'
import { source } from '../source.ts'
import { checkContrast, cssOf, fonts, pair, presets, standard, type Token, tokens, verdict } from './theme.ts'

const titles: Readonly<Record<string, string>> = {
  accent: 'Accent', text: 'Text', muted: 'Muted', surface: 'Surface', line: 'Line', up: 'Better', down: 'Worse', font: 'Font', radius: 'Radius', gap: 'Gap', speed: 'Speed of a mark',
}

/** The theme builder; what is chosen in it is in the client. */
export function themePage(elements: readonly ElementDoc[], share: string): Html {
  const known = new Map(tokensOf(elements).map(({ name, description }) => [name, description]))
  const field = ([name, token]: [string, Token]) => {
    return html`<fieldset class="token">
      <legend>${titles[name]} <code>--hk-${name}</code></legend>
      ${inputs(name, token)}
      <p class="hint">${prose(known.get(`--hk-${name}`) ?? '')}</p>
    </fieldset>`
  }
  return html`
<p class="lead">Choose, look, and copy the rule. It is all that your page needs: a token that you leave alone follows your page.</p>
<noscript><p class="warning">The builder needs JavaScript. Without it, the table of tokens on the page of each element says what can be set.</p></noscript>
<div class="builder" data-theme-builder>
  <form class="controls" autocomplete="off">
    <fieldset class="presets"><legend>Start from</legend>${Object.keys(presets).map((name) => html`<button type="button" data-preset="${name}">${name}</button>`)}</fieldset>
    <div class="wells heads" aria-hidden="true"><span>Light</span><span>Dark</span></div>
    ${Object.entries(tokens).map(field)}
  </form>
  <div class="result">
    <div class="panes">${pane('light', share)}${pane('dark', share)}</div>
    <h2 id="css">Your CSS</h2>
    <p class="warning" role="status" data-contrast></p>
    ${source(cssOf({}, ':root'))}
    <p class="hint">The address of this page holds the theme: send it to somebody, and they see the same. Colours with two values need <code>color-scheme: light dark</code> on your page, which says that it has both.</p>
    <section data-preview class="whole" aria-labelledby="whole"><h2 id="whole">On a whole dashboard</h2>
    <hk-dashboard share="${share}" range="30d" compare="previous" live="off" sections="kpis, chart, pages, sources">The whole</hk-dashboard></section>
  </div>
</div>`
}

function inputs(name: string, token: Token): Html {
  if (token.kind === 'font') {
    return html`<select name="${name}" aria-label="Font">${Object.keys(fonts).map((font) => html`<option value="${font}">${font === 'page' ? 'that of the page' : font}</option>`)}</select>`
  }
  if (token.kind === 'amount') {
    const { value, unit, most, step } = token
    return html`<span class="slide"><input type="range" name="${name}" aria-label="${titles[name]}" min="0" max="${most}" step="${step}" value="${value}"><output data-amount="${name}">${value} ${unit}</output></span>`
  }
  const values = pair(standard(token))
  return html`<span class="wells">${(['light', 'dark'] as const).map(
    (scheme, side) => html`<span class="well">
      <input type="color" name="${name}-${scheme}" value="${values[side]}" aria-label="${titles[name]}, ${scheme}">
      <input type="text" data-hex="${name}-${scheme}" value="${values[side]}" size="7" spellcheck="false" aria-label="${titles[name]}, ${scheme}, in hexadecimal digits">
      ${checked(name, scheme)}
    </span>`,
  )}</span>`
}

/** Contrast check of the default colour of a token; `undefined` for tokens without a required contrast. */
function checked(name: string, scheme: 'light' | 'dark'): Html | undefined {
  const check = checkContrast({}, name, scheme)
  return check && html`<output data-check="${name}-${scheme}">${verdict(check)}</output>`
}

function pane(scheme: 'light' | 'dark', share: string): Html {
  return html`<section class="pane ${scheme}" data-preview aria-label="Preview, ${scheme}">
  <hk-site share="${share}" range="30d" compare="previous">
    <div class="two-up"><hk-kpi metric="visitors" spark>Visitors</hk-kpi><hk-kpi metric="bounce_rate" spark>Bounce rate</hk-kpi></div>
    <hk-range offer="range"></hk-range>
    <hk-chart metric="visitors" height="150">Visitors by day</hk-chart>
    <hk-table by="source" limit="4">Sources</hk-table>
  </hk-site>
</section>`
}
