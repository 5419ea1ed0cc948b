/**
 * The one script of an embed: registers each element when the page first has one, and loads no more than
 * that. `<script type="module" src="https://stats.example.com/embed/hk.js"></script>`
 *
 * @module
 */
import { boxes } from './element/boxes.ts'
import { define } from './element/define.ts'

const elements: Record<string, () => Promise<CustomElementConstructor>> = {
  'hk-site': async () => (await import('./site/site.ts')).HkSite,
  'hk-kpi': async () => (await import('./kpi/kpi.ts')).HkKpi,
  'hk-chart': async () => (await import('./chart/chart.ts')).HkChart,
  'hk-table': async () => (await import('./table/table.ts')).HkTable,
  'hk-live': async () => (await import('./live/live.ts')).HkLive,
  'hk-status': async () => (await import('./status/status.ts')).HkStatus,
  'hk-ai': async () => (await import('./ai/ai.ts')).HkAi,
  'hk-events': async () => (await import('./events/events.ts')).HkEvents,
  'hk-funnel': async () => (await import('./funnel/funnel.ts')).HkFunnel,
  'hk-goals': async () => (await import('./goals/goals.ts')).HkGoals,
  'hk-opportunities': async () => (await import('./opportunities/opportunities.ts')).HkOpportunities,
  'hk-vitals': async () => (await import('./vitals/vitals.ts')).HkVitals,
  'hk-globe': async () => (await import('./globe/globe.ts')).HkGlobe,
  'hk-feed': async () => (await import('./feed/feed.ts')).HkFeed,
  'hk-toasts': async () => (await import('./toasts/toasts.ts')).HkToasts,
}

document.adoptedStyleSheets.push(boxes())

function load(tag: string): void {
  const loader = elements[tag]
  if (!loader) return
  delete elements[tag]
  loader().then(
    (element) => define(tag, element),
    // The text in the page stays; an element that comes later tries again.
    () => (elements[tag] = loader),
  )
}

function discover(root: Element): void {
  load(root.localName)
  for (const element of root.querySelectorAll(':not(:defined)')) load(element.localName)
}

discover(document.documentElement)
new MutationObserver((records) => {
  for (const { addedNodes } of records) {
    for (const node of addedNodes) if (node instanceof Element) discover(node)
  }
}).observe(document.documentElement, { childList: true, subtree: true })
