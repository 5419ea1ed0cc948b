import { bundle, file, text } from '../files.ts'
import type { Places } from '../origin.ts'
import { basicsPage } from './basics.ts'
import { elementPage } from './element.ts'
import { readChoice } from './embed/choice.ts'
import { embedPage } from './embed/page.ts'
import { exampleStyles } from './examples/index.ts'
import type { Html } from './html.ts'
import { type ElementDoc, readElements } from './manifest.ts'
import { type Page, render } from './page.ts'
import { startPage } from './start.ts'
import { themePage } from './theme/page.ts'

const guides: ReadonlyMap<string, string> = new Map([
  ['/docs', 'Quick start'],
  ['/docs/basics', 'What all share'],
  ['/docs/theme', 'Theme builder'],
  ['/docs/embed', 'Embed builder'],
])

/** Answers for `/docs` and what is below it; `undefined` where there is nothing. */
export async function answerDocs(request: Request, path: string, places: Places): Promise<Response | undefined> {
  if (path === '/docs/docs.css') return file('docs/docs.css', 'text/css')
  if (path === '/docs/examples.css') return text(exampleStyles(), 'text/css')
  if (path === '/docs/docs.js') return bundle('docs/client/docs.ts')
  if (path === '/docs/scheme.js') return bundle('docs/client/scheme.ts')
  const { service } = places
  const elements = await readElements()
  const page = pageOf(path, new URL(request.url).searchParams, places, elements)
  if (page === undefined) return undefined
  return text(render(page, { service, elements, guides }), 'text/html', { 'content-security-policy': policyOf(service) })
}

function pageOf(path: string, query: URLSearchParams, places: Places, elements: readonly ElementDoc[]): Page | undefined {
  const { service, site, full: share } = places
  if (path === '/docs') return startPage({ service, site, share, elements })
  if (path === '/docs/basics') return basicsPage(elements, service)
  if (path === '/docs/theme') {
    return builder(path, 'Colours, font and radius of the elements, with contrast checked; gives the CSS.', themePage(elements, share))
  }
  if (path === '/docs/embed') {
    const page = embedPage(readChoice(query), { service, usual: places.share, full: share })
    return builder(path, 'Any element as a tag or a frame, ready to be pasted.', page)
  }
  const element = elements.find(({ tagName }) => path === `/docs/${tagName}`)
  return element && elementPage(element, share)
}

function builder(path: string, summary: string, lead: Html): Page {
  return { path, title: guides.get(path) ?? '', summary, lead, wide: true, sections: [] }
}

/** What a page with elements has to allow, and nothing else. */
function policyOf(service: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${service}`,
    "style-src 'self'",
    `connect-src ${service}`,
    // The globe draws its land from a picture in its own script.
    "img-src 'self' data:",
    `frame-src ${service}`,
    "form-action 'self'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')
}
