type Loader = () => Promise<CustomElementConstructor>

/** Elements that every dashboard is made of. */
const always: Readonly<Record<string, Loader>> = {
  'hk-site': async () => (await import('../site/site.ts')).HkSite,
  'hk-status': async () => (await import('../status/status.ts')).HkStatus,
  'hk-filters': async () => (await import('../filters/filters.ts')).HkFilters,
  'hk-range': async () => (await import('../range/range.ts')).HkRange,
  'hk-kpi': async () => (await import('../kpi/kpi.ts')).HkKpi,
  'hk-chart': async () => (await import('../chart/chart.ts')).HkChart,
  'hk-table': async () => (await import('../table/table.ts')).HkTable,
  'hk-live': async () => (await import('../live/live.ts')).HkLive,
}

/** Elements that are loaded when a section shows them: the one list of what there is of those in `sections.ts`. */
const later: Readonly<Record<string, Loader>> = {
  'hk-globe': async () => (await import('../globe/globe.ts')).HkGlobe,
  'hk-vitals': async () => (await import('../vitals/vitals.ts')).HkVitals,
  'hk-goals': async () => (await import('../goals/goals.ts')).HkGoals,
  'hk-funnel': async () => (await import('../funnel/funnel.ts')).HkFunnel,
  'hk-events': async () => (await import('../events/events.ts')).HkEvents,
  'hk-ai': async () => (await import('../ai/ai.ts')).HkAi,
  'hk-opportunities': async () => (await import('../opportunities/opportunities.ts')).HkOpportunities,
  'hk-feed': async () => (await import('../feed/feed.ts')).HkFeed,
  'hk-toasts': async () => (await import('../toasts/toasts.ts')).HkToasts,
}

async function register(tag: string, loader: Loader): Promise<void> {
  const element = customElements.get(tag) ?? (await loader())
  // The page may have it from elsewhere by now.
  if (customElements.get(tag) === undefined) customElements.define(tag, element)
}

/** Loads and registers what every dashboard is made of. Rejects where one of them cannot be loaded. */
export async function loadAll(): Promise<void> {
  await Promise.all(Object.entries(always).map(([tag, loader]) => register(tag, loader)))
}

/** Loads an element once; one that cannot be loaded leaves its box empty, and is tried again. */
export function load(tag: string): void {
  const loader = later[tag]
  if (loader) register(tag, loader).catch(() => undefined)
}
