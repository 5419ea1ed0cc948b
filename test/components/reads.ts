import type { ReportName } from '../../sdk/protocol.ts'

const listed = ['limit', 'offset', 'sort', 'search']

/** Parameters that each report reads beside those of every question; the service refuses any other. */
export const reads: Readonly<Record<ReportName, readonly string[]>> = {
  overview: ['currency'],
  timeseries: ['metrics', 'currency'],
  breakdown: ['by', ...listed],
  live: [],
  goals: listed,
  funnels: ['limit', 'offset', 'search', 'funnel'],
  visits: ['limit'],
  events: ['name', 'property', ...listed],
  ecommerce: ['currency', ...listed],
  ai_chatbots: ['by', ...listed],
  web_vitals: ['by', ...listed],
  ai_visibility: ['by', ...listed],
  opportunities: ['status', ...listed],
  imports: ['limit', 'offset', 'search'],
}

/** Parameters of every question. */
export const common: readonly string[] = ['range', 'from', 'to', 'interval', 'compare', 'filter', 'v']
