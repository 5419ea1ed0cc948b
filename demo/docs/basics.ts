import { type Html, html } from './html.ts'
import { type ElementDoc, settingsOf, tokensOf } from './manifest.ts'
import type { Page } from './page.ts'
import { type Line, lineTable, settingTable } from './reference.ts'
import { source } from './source.ts'

const frameworks = `<!-- React 19 -->
<hk-kpi share={share} metric="visitors" onhk-change={(event) => show(event.value)}></hk-kpi>

<!-- Vue -->
<hk-kpi :share="share" metric="visitors" @hk-change="(event) => show(event.value)"></hk-kpi>

<!-- Svelte -->
<hk-kpi {share} metric="visitors" onhk-change={(event) => show(event.value)}></hk-kpi>`

/** What holds for every element. */
export function basicsPage(elements: readonly ElementDoc[], service: string): Page {
  const site = elements.find(({ tagName }) => tagName === 'hk-site')
  return {
    path: '/docs/basics',
    title: 'What all elements share',
    summary: 'Where elements get their numbers from, their states, events, tokens and languages, and what a strict policy has to allow.',
    lead: html`<p class="lead">Learn one element, and you know the others: the same attributes, states, events, tokens and parts mean the same everywhere.</p>`,
    sections: [
      {
        id: 'attributes',
        title: 'Whose numbers, and which',
        body: html`<p>Each element takes these itself, or from the <a href="/docs/hk-site"><code>hk-site</code></a> around it. A range replaces a range, a link replaces a link, filters add up. Elements with the same endpoint, site and link share one connection.</p>
    ${site && settingTable(settingsOf(site))}`,
      },
      {
        id: 'fallback',
        title: 'Before it is there',
        body: html`<p>What you write between the tags stands there until the first figures come, and for good where there is no JavaScript. The box of an element has its height from the start, so nothing moves when they come.</p>
    ${source('<hk-kpi share="…" metric="visitors">many</hk-kpi>')}`,
      },
      {
        id: 'states',
        title: 'States',
        body: html`<p>What an element is doing can be styled from outside. Not every element has all of them; its own page says which.</p>
    ${stateTable(elements)}
    ${source('hk-kpi:state(stale) { opacity: 0.6 }\nhk-table:state(empty) { display: none }')}`,
      },
      {
        id: 'events',
        title: 'Events',
        body: html`<p>Events bubble, and cross the borders of shadow trees. Those that lead to something can be cancelled: <code>hk-select</code> before a row filters, <code>hk-range-change</code>, <code>hk-compare-change</code> and <code>hk-filter-change</code> before the site follows.</p>
    ${source(`document.querySelector('hk-table').addEventListener('hk-select', (event) => {
  event.preventDefault()
  console.log(event.selection.row.value)
})`)}`,
      },
      {
        id: 'tokens',
        title: 'Tokens and parts',
        body: html`<p>Without any styles an element takes font and colours of the page. These custom properties change what it does not take; parts reach the rest. The <a href="/docs/theme">theme builder</a> writes them for you.</p>
    ${lineTable('tokens', 'Custom property', tokensOf(elements))}
    ${source('hk-table { --hk-accent: light-dark(#1c7a4d, #63d29b) }\nhk-table::part(label) { text-transform: uppercase }')}`,
      },
      {
        id: 'languages',
        title: 'Languages',
        body: html`<p>The closest <code>lang</code> decides: English, German, French, Spanish, Japanese and Arabic are there; <code>dir="rtl"</code> turns everything round. Numbers and dates follow the language whichever it is, and other words can be brought along.</p>
    ${source("import { registerWords } from '@hk-live/components'\n\nregisterWords('nl', { search: 'Zoeken', now: 'Nu' })")}`,
      },
      {
        id: 'policy',
        title: 'Content Security Policy',
        body: html`<p>Elements need the service in two places, and nothing inline. This page runs under such a policy, with Trusted Types.</p>
    ${source(`Content-Security-Policy: script-src ${service}; connect-src ${service};
  require-trusted-types-for 'script'; trusted-types lit-html`)}`,
      },
      {
        id: 'frameworks',
        title: 'In a framework, in a bundle',
        body: html`<p>They are elements like <code>&lt;video&gt;</code>: write the tag, set properties, listen. Whoever bundles imports all, or one under its name.</p>
    ${source("import '@hk-live/components/define'")}
    ${source("import { define, HkKpi } from '@hk-live/components'\n\ndefine('hk-kpi', HkKpi)")}
    ${source(frameworks)}
    <p><a href="${service}/embed/custom-elements.json"><code>custom-elements.json</code></a> describes every element for editors and other tools; this reference is made of it.</p>`,
      },
      {
        id: 'access',
        title: 'For everybody',
        body: html`<p>A chart is a figure with a sentence about its course, one stop of the Tab key with arrow keys from point to point, and the same figures as a table. Targets are at least 24 px, contrast is AA in both schemes, and under reduced motion nothing moves. What changes is silent for screen readers.</p>`,
      },
    ],
  }
}

/** Every state and what the first element that has it says of it. */
function stateTable(elements: readonly ElementDoc[]): Html {
  const states = new Map<string, Line>()
  for (const { cssStates = [] } of elements) for (const state of cssStates) if (!states.has(state.name)) states.set(state.name, state)
  return lineTable('states', 'State', [...states.values()], ({ name }) => html`<code>:state(${name})</code>`)
}

