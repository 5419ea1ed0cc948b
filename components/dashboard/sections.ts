import type { Dimension, Metric, ReportName, SiteInfo } from '@hk-live/sdk'

/** What a list is broken down by, the first at first, and how many rows it has. */
export interface List {
  readonly tabs: readonly [Dimension, ...Dimension[]]
  readonly rows: number
}

/** An element that is loaded when it is shown, and brings its own title. */
export interface Extra {
  readonly tag: string
  /** Columns of twelve. */
  readonly span: 6 | 12
  /** How many rows it has at first; default: its own number. */
  readonly rows?: number
}

/** A section of the dashboard: what it needs, and what it is made of, where that is not written out. */
export interface Section {
  readonly needs: ReportName
  readonly list?: List
  readonly extra?: Extra
}

const list = (rows: number, ...tabs: [Dimension, ...Dimension[]]): Section => ({ needs: 'breakdown', list: { tabs, rows } })
const extra = (needs: ReportName, tag: string, span: Extra['span'], rows?: number): Section => ({
  needs,
  extra: { tag, span, ...(rows !== undefined && { rows }) },
})

/** Every section, in the order in which they stand where nothing is said. */
export const sections: Readonly<Record<string, Section>> = {
  kpis: { needs: 'overview' },
  chart: { needs: 'timeseries' },
  now: { needs: 'live' },
  pages: list(7, 'page', 'entry_page', 'exit_page'),
  sources: list(7, 'source', 'channel', 'utm_campaign'),
  countries: list(7, 'country', 'region', 'city'),
  devices: list(4, 'device'),
  browsers: list(4, 'browser'),
  os: list(4, 'os'),
  vitals: extra('web_vitals', 'hk-vitals', 12),
  goals: extra('goals', 'hk-goals', 6, 5),
  funnel: extra('funnels', 'hk-funnel', 6),
  events: extra('events', 'hk-events', 6, 5),
  ai: extra('ai_visibility', 'hk-ai', 6),
  opportunities: extra('opportunities', 'hk-opportunities', 12),
  feed: extra('visits', 'hk-feed', 12),
}

/** The figures of the head, the first of which the chart shows at first. */
export const figures: readonly [Metric, ...Metric[]] = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration']

/** Sections that tell of this moment. */
const ofNow: ReadonlySet<string> = new Set(['now', 'feed'])

/** Reads `kpis, chart, pages`; all sections where nothing is said. */
export function readSections(text: string | undefined): string[] {
  return text ? text.split(/[\s,;]+/).filter(Boolean) : Object.keys(sections)
}

/** The sections that a credential may see. */
export function visible(names: readonly string[], site: SiteInfo, live: boolean): string[] {
  const { allows } = site
  return names.filter((name) => {
    const section = Object.hasOwn(sections, name) ? sections[name] : undefined
    if (!section || (ofNow.has(name) && !live)) return false
    return allows?.reports.includes(section.needs) ?? true
  })
}
