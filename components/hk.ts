/**
 * The one script of an embed: registers each element when the page first has one, and loads no more than
 * that. `<script type="module" src="https://stats.example.com/embed/hk.js"></script>`
 *
 * @module
 */
import { boxes } from './element/boxes.ts'
import { define } from './element/define.ts'

/** The class of `hk-kpi` is the export `HkKpi` of its module. */
const elements: Record<string, () => Promise<object>> = {
  'hk-site': () => import('./site/site.ts'),
  'hk-kpi': () => import('./kpi/kpi.ts'),
  'hk-chart': () => import('./chart/chart.ts'),
  'hk-table': () => import('./table/table.ts'),
  'hk-live': () => import('./live/live.ts'),
  'hk-status': () => import('./status/status.ts'),
  'hk-ai': () => import('./ai/ai.ts'),
  'hk-events': () => import('./events/events.ts'),
  'hk-funnel': () => import('./funnel/funnel.ts'),
  'hk-goals': () => import('./goals/goals.ts'),
  'hk-opportunities': () => import('./opportunities/opportunities.ts'),
  'hk-vitals': () => import('./vitals/vitals.ts'),
  'hk-globe': () => import('./globe/globe.ts'),
  'hk-feed': () => import('./feed/feed.ts'),
  'hk-toasts': () => import('./toasts/toasts.ts'),
  'hk-range': () => import('./range/range.ts'),
  'hk-filters': () => import('./filters/filters.ts'),
  'hk-dashboard': () => import('./dashboard/dashboard.ts'),
}

const own = new Set(Object.keys(elements))

document.adoptedStyleSheets.push(boxes())

function load(tag: string): void {
  const loader = elements[tag]
  if (!loader) return
  delete elements[tag]
  loader().then(
    (module) => define(tag, Reflect.get(module, `Hk${tag.charAt(3).toUpperCase()}${tag.slice(4)}`)),
    // The text in the page stays; an element that comes later tries again.
    () => (elements[tag] = loader),
  )
}

/** Names of others' elements that are not defined yet. */
const awaited = new Set<string>()

function visit(element: Element): void {
  const { localName, shadowRoot } = element
  if (own.has(localName)) load(localName)
  else if (shadowRoot) watch(shadowRoot)
  else if (localName.includes('-') && !awaited.has(localName) && !element.matches(':defined')) {
    awaited.add(localName)
    // Some names, as of SVG, never are.
    customElements.whenDefined(localName).then(() => watch(document), () => undefined)
  }
}

function discover(root: ParentNode): void {
  for (const element of root.querySelectorAll('*')) visit(element)
}

const observer = new MutationObserver((records) => {
  for (const { addedNodes } of records) {
    for (const node of addedNodes) {
      if (!(node instanceof Element)) continue
      visit(node)
      discover(node)
    }
  }
})

/** Of the document itself, as its root element may be replaced; and of open shadow trees, which a document does not tell of. */
function watch(root: Document | ShadowRoot): void {
  observer.observe(root, { childList: true, subtree: true })
  discover(root)
}

watch(document)
