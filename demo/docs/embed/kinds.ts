import { comparisons, dimensions, intervals, metrics, opportunityStatuses, ranges, type ReportName } from '@hk-live/sdk/protocol'

/** An element that the builder writes. */
export interface Kind {
  readonly title: string
  /** What a share link has to allow for it. */
  readonly needs: readonly ReportName[]
  /** Fields of its own. */
  readonly fields: readonly string[]
  /** Height of its frame before it has told its own, in pixels. */
  readonly height: number
  /** It tells of this moment, whatever the range. */
  readonly now?: true
}

/** Elements that can stand alone, on a page as well as in a frame. */
export const kinds: Readonly<Record<string, Kind>> = {
  kpi: { title: 'One number', needs: ['overview'], fields: ['metric', 'variant', 'spark', 'format'], height: 96 },
  chart: { title: 'A chart', needs: ['timeseries'], fields: ['metric', 'type', 'interval', 'height'], height: 280 },
  table: { title: 'A list with bars', needs: ['breakdown'], fields: ['by', 'limit', 'search', 'download'], height: 400 },
  live: { title: 'Visitors now', needs: ['live'], fields: ['variant'], height: 96, now: true },
  globe: { title: 'A globe or map', needs: ['live'], fields: ['view', 'limit'], height: 300, now: true },
  feed: { title: 'The latest visits', needs: ['visits'], fields: ['limit'], height: 360, now: true },
  goals: { title: 'Goals', needs: ['goals'], fields: ['limit'], height: 240 },
  funnel: { title: 'A funnel', needs: ['funnels'], fields: ['funnel'], height: 280 },
  events: { title: 'Events', needs: ['events'], fields: ['limit'], height: 280 },
  vitals: { title: 'Web Vitals', needs: ['web_vitals'], fields: ['limit'], height: 140 },
  ai: { title: 'AI agents', needs: ['ai_visibility'], fields: ['limit'], height: 540 },
  opportunities: { title: 'Opportunities', needs: ['opportunities'], fields: ['status', 'limit'], height: 320 },
  status: { title: 'Live or not', needs: [], fields: [], height: 32, now: true },
  dashboard: { title: 'The whole dashboard', needs: [], fields: ['sections', 'live'], height: 900 },
}

/** A field of the builder: an attribute of the element, unless it is one of the builder's own. */
export interface Field {
  readonly label: string
  readonly type: 'choice' | 'text' | 'number' | 'flag' | 'date'
  /** Values to choose from; the first is the default. */
  readonly options?: readonly (readonly [value: string, text: string])[]
  readonly hint?: string
  /** The default, which is not written. */
  readonly standard?: string
}

/** `bounce_rate` as `Bounce rate`. */
export const readable = (name: string) => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('_', ' ')
const named = (names: readonly string[]) => names.map((name) => [name, readable(name)] as const)

const rangeTexts: Readonly<Record<string, string>> = {
  '24h': 'Last 24 hours', '7d': 'Last 7 days', '30d': 'Last 30 days', '90d': 'Last 90 days', '12m': 'Last 12 months', month: 'This month', last_month: 'Last month', year: 'This year', all: 'All time',
}

/** A range in words. */
export const rangeText = (range: string) => rangeTexts[range] ?? readable(range)

/** Fields of some elements; the value of each stands in the attribute of its name. */
export const ownFields: Readonly<Record<string, Field>> = {
  metric: { label: 'Metric', type: 'choice', options: named(metrics), standard: 'visitors' },
  by: { label: 'Broken down by', type: 'choice', options: named(dimensions), standard: 'page' },
  variant: { label: 'Shape', type: 'choice', options: [['', 'automatic'], ['inline', 'in a sentence'], ['block', 'a block']] },
  spark: { label: 'With a sparkline', type: 'flag' },
  format: { label: 'Numbers', type: 'choice', options: [['', 'written out'], ['compact', 'compact, as 31.5K']] },
  type: { label: 'Drawn as', type: 'choice', options: [['area', 'area'], ['line', 'line'], ['bar', 'bars']], standard: 'area' },
  interval: { label: 'A point for each', type: 'choice', options: [['', 'what suits the range'], ...named(intervals)] },
  height: { label: 'Height', type: 'number', hint: 'in pixels; default: 240' },
  view: { label: 'View', type: 'choice', options: [['globe', 'globe'], ['map', 'flat map'], ['list', 'list alone']], standard: 'globe' },
  limit: { label: 'Rows', type: 'number', hint: 'at once' },
  search: { label: 'With a search field', type: 'flag' },
  download: { label: 'With a button for all rows as a file', type: 'flag' },
  funnel: { label: 'Funnel', type: 'text', hint: 'its name; default: the first' },
  status: { label: 'Findings', type: 'choice', options: [['', 'all that are open'], ...named(opportunityStatuses)] },
  sections: { label: 'Sections', type: 'text', hint: 'as kpis, chart, pages; default: all' },
  live: { label: 'What tells of this moment', type: 'choice', options: [['', 'shown'], ['off', 'left out']] },
}

/** Fields of all elements. */
export const commonFields: Readonly<Record<string, Field>> = {
  range: { label: 'Range', type: 'choice', options: [...ranges.map((range) => [range, rangeText(range)] as const), ['', 'days of your own']], standard: '' },
  from: { label: 'First day', type: 'date' },
  to: { label: 'Last day', type: 'date' },
  compare: { label: 'Compared with', type: 'choice', options: [['', 'nothing'], ...comparisons.map((name) => [name, name === 'year' ? 'the year before' : 'the same length before'] as const)] },
  filters: { label: 'Filters', type: 'text', hint: 'as country:DE; page:/docs/*' },
  label: { label: 'Title', type: 'text', hint: 'in place of the usual one' },
  theme: { label: 'Colour scheme', type: 'choice', options: [['', 'that of the page'], ['light', 'light'], ['dark', 'dark']] },
  lang: {
    label: 'Language', type: 'choice',
    options: [['', 'that of the page'], ['en', 'English'], ['de', 'Deutsch'], ['fr', 'Français'], ['es', 'Español'], ['ja', '日本語'], ['ar', 'العربية']],
  },
}
