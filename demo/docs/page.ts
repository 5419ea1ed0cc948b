import { flag, type Html, html } from './html.ts'
import { type ElementDoc, settingsOf } from './manifest.ts'
import { isCommon, nameOf, type Section } from './reference.ts'

/** A page of the documentation. */
export interface Page {
  readonly path: string
  readonly title: string
  /** What search engines and the head of the page say of it. */
  readonly summary: string
  /** Above the first section. */
  readonly lead?: Html
  readonly sections: readonly Section[]
  /** It needs the room that the table of contents takes elsewhere. */
  readonly wide?: boolean
}

/** What pages have in common. */
export interface Shell {
  readonly service: string
  readonly elements: readonly ElementDoc[]
  /** Pages that are no element, by path. */
  readonly guides: ReadonlyMap<string, string>
}

/** A whole page of the documentation. */
export function render(page: Page, { service, elements, guides }: Shell): string {
  const { path, title, summary, lead, sections, wide } = page
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · hk-live</title>
<meta name="description" content="${summary}">
<link rel="icon" href="/icon.svg">
<script src="/docs/scheme.js"></script>
<link rel="stylesheet" href="/docs/docs.css">
<link rel="stylesheet" href="/docs/examples.css">
<script type="module" blocking="render" src="${service}/embed/hk.js"></script>
<script type="module" src="/docs/docs.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header class="top">
  <button type="button" class="menu" popovertarget="nav" aria-label="Pages"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 4h12M2 8h12M2 12h12"/></svg></button>
  <a class="brand" href="/docs"><svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8"/><circle cx="16" cy="16" r="6"/></svg>hk-live <span>docs</span></a>
  <nav aria-label="Demo"><a href="/dashboard">Dashboard</a> <a href="/">Shop</a></nav>
  <span class="schemes" role="group" aria-label="Colour scheme" data-schemes>${(['auto', 'light', 'dark'] as const).map(
    (scheme) => html`<button type="button" data-scheme="${scheme}" aria-pressed="${String(scheme === 'auto')}">${scheme.charAt(0).toUpperCase() + scheme.slice(1)}</button>`,
  )}</span>
</header>
<div class="columns${wide === true && ' wide'}">
<nav id="nav" class="nav" popover aria-label="Documentation" data-nav>
  <div class="search"><input type="search" placeholder="Find  /" aria-label="Find a page" aria-keyshortcuts="/"><p role="status" data-count></p></div>
  <div data-group><h2>Guide</h2><ul>${[...guides].map(([to, name]) => entry(path, to, name, ''))}</ul></div>
  <div data-group><h2>Elements</h2><ul>${elements.map((element) => entry(path, `/docs/${element.tagName}`, element.tagName, wordsOf(element)))}</ul></div>
</nav>
<main id="main" tabindex="-1">
  <h1>${path.startsWith('/docs/hk-') ? html`<code>&lt;${title}&gt;</code>` : title}</h1>
  ${lead}
  ${sections.map(({ id, title: heading, body }) => html`<section aria-labelledby="${id}"><h2 id="${id}">${heading}<a class="anchor" href="#${id}" aria-label="Link to ${heading}">#</a></h2>
  ${body}</section>
  `)}
  ${turns(path, elements, guides)}
</main>
${!wide && html`<aside class="contents" data-contents><nav aria-labelledby="contents"><h2 id="contents">On this page</h2><ul>${sections.map(({ id, title: heading }) => html`<li><a href="#${id}">${heading}</a></li>`)}</ul></nav></aside>`}
</div>
<p class="hidden" role="status" data-said></p>
</body>
</html>
`.text
}

function entry(path: string, to: string, name: string, words: string): Html {
  return html`<li><a href="${to}"${words !== '' && html` data-words="${words}"`}${flag('aria-current="page"', path === to)}>${name}</a></li>`
}

/** What an element can be found by beside its name. */
function wordsOf(element: ElementDoc): string {
  const { summary = '', events = [], cssParts = [] } = element
  const own = settingsOf(element).filter((setting) => !isCommon(setting))
  const names = [...own.map(nameOf), ...events.map(({ name }) => name), ...cssParts.map(({ name }) => name)]
  return [summary, ...names].join(' ')
}

/** The pages before and after, in the order of the navigation. */
function turns(path: string, elements: readonly ElementDoc[], guides: ReadonlyMap<string, string>): Html {
  const all = [...guides, ...elements.map(({ tagName }) => [`/docs/${tagName}`, tagName] as const)]
  const at = all.findIndex(([to]) => to === path)
  const [before, after] = [all[at - 1], all[at + 1]]
  return html`<nav class="turns" aria-label="Pages before and after">${before && html`<a rel="prev" href="${before[0]}"><small>Before</small> ${before[1]}</a>`}${after && html`<a rel="next" href="${after[0]}"><small>Next</small> ${after[1]}</a>`}</nav>`
}
