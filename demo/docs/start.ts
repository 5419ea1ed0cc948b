import { figure } from './element.ts'
import { scriptSnippet } from './embed/snippets.ts'
import { html, prose } from './html.ts'
import type { ElementDoc } from './manifest.ts'
import type { Page } from './page.ts'
import { source } from './source.ts'

/** What the quick start is filled in with. */
export interface Start {
  readonly service: string
  readonly site: string
  readonly share: string
  readonly elements: readonly ElementDoc[]
}

/** The first page: from nothing to live numbers in three pastes. */
export function startPage({ service, site, share, elements }: Start): Page {
  const card = ({ tagName, summary = '' }: ElementDoc) => html`<li><a href="/docs/${tagName}"><code>${tagName}</code></a><span>${prose(summary)}</span></li>`
  return {
    path: '/docs',
    title: 'Live numbers, anywhere',
    summary: 'Quick start of hk-live: collect visits with one line, and show them live on any page with another.',
    lead: html`<p class="lead">One line collects the visits of a site. Another shows them on any page, in its own font and colours, and keeps them fresh: within a second of the visit, without an iframe, a cookie or a reload.</p>
  <div class="hero live text"><p>People in the demo’s lamp shop right now: <hk-live share="${share}" variant="inline">some</hk-live></p>
  <p>Its visitors of the last thirty days: <hk-kpi share="${share}" metric="visitors" range="30d">many</hk-kpi></p></div>`,
    sections: [
      {
        id: 'collect',
        title: '1. Collect',
        body: html`<p>Into the head of the pages that you want to count. The address and the site are those of this demo, so it works as it stands.</p>
    ${source(`<script defer src="${service}/hk.js" data-site="${site}"></script>`)}`,
      },
      {
        id: 'load',
        title: '2. Load the elements',
        body: html`<p>Into the page that shows the numbers, once. It loads only those elements that the page has, when it has them.</p>
    ${source(scriptSnippet({ service }))}`,
      },
      {
        id: 'show',
        title: '3. Show',
        body: html`<p>A share link says whose numbers these are and what of them may be seen; it is made to be put into pages that everybody reads. What stands in the tags is shown until the numbers are there, and without JavaScript.</p>
    ${figure(
      {
        title: 'A site and what is in it',
        html: `<hk-site endpoint="${service}" share="{{share}}" range="30d" compare="previous">
  <hk-kpi metric="visitors" spark>Visitors of the last 30 days</hk-kpi>
  <hk-chart metric="visitors,pageviews" height="160">Visitors by day</hk-chart>
  <hk-table by="page" limit="4">Pages</hk-table>
</hk-site>`,
      },
      share,
    )}
    <p>Open <a href="/">the shop</a> beside this page and click about in it: what you do there moves the figures above.</p>`,
      },
      {
        id: 'yours',
        title: 'Make it yours',
        body: html`<ul class="cards two">
      <li><a href="/docs/embed">Embed builder</a><span>Pick an element, a range and a look; take away the tag, or a frame for pages that let no script in.</span></li>
      <li><a href="/docs/theme">Theme builder</a><span>Colours for both schemes, font and radius, with contrast checked as you choose; take away the CSS.</span></li>
    </ul>`,
      },
      { id: 'elements', title: 'All elements', body: html`<ul class="cards">${elements.map(card)}</ul>` },
    ],
  }
}
