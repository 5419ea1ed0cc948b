import { kinds } from './embed/kinds.ts'
import { type Example, examplesOf, sourceOf } from './examples/index.ts'
import { Html, html, prose } from './html.ts'
import type { ElementDoc } from './manifest.ts'
import type { Page } from './page.ts'
import { referenceOf } from './reference.ts'
import { source } from './source.ts'

/** The page of an element: what it is, live examples, and all that its doc block says. */
export function elementPage(element: ElementDoc, share: string): Page {
  const { tagName, summary = '', description = '' } = element
  const examples = examplesOf(tagName)
  const framed = Object.hasOwn(kinds, tagName.replace('hk-', ''))
  return {
    path: `/docs/${tagName}`,
    title: tagName,
    summary,
    lead: html`<p class="lead">${prose(summary)}</p>
  <p>${prose(description)}</p>
  ${framed && html`<p><a class="action" href="/docs/embed?element=${tagName.replace('hk-', '')}">Build an embed of it</a></p>`}`,
    sections: [
      ...(examples.length === 0 ? [] : [{ id: 'examples', title: 'Examples', body: html`${examples.map((example) => figure(example, share))}` }]),
      ...referenceOf(element),
    ],
  }
}

/** A live example over its source: both are the same text. */
export function figure(example: Example, share: string): Html {
  const { title, about, box } = example
  return html`<figure class="example">
    <figcaption><h3>${title}</h3>${about !== undefined && html`<p>${about}</p>`}</figcaption>
    <div class="live${box !== undefined && ` ${box}`}">${new Html(example.html.replaceAll('{{share}}', share))}</div>
    ${source(sourceOf(example, share))}
  </figure>
  `
}
