/**
 * Classes and events of the elements, without side effects: nothing is registered. Import
 * `@hk-live/components/define` to register all, or `define` to register one under its name.
 *
 * @module
 */
export { HkElement } from './element/base.ts'
export { Clients, clients } from './element/clients.ts'
export type { Credential, Lease } from './element/clients.ts'
export { define } from './element/define.ts'
export {
  HkChangeEvent,
  HkCompareChangeEvent,
  HkErrorEvent,
  HkFilterChangeEvent,
  HkRangeChangeEvent,
  HkSelectEvent,
  HkStatusEvent,
  HkVisitEvent,
} from './element/events.ts'
export type { Selection } from './element/events.ts'
export type { Scope } from './element/scope.ts'
export { registerWords } from './element/words.ts'
export type { Plural, Words } from './element/words.ts'
export { HkChart } from './chart/chart.ts'
export { HkKpi } from './kpi/kpi.ts'
export { HkLive } from './live/live.ts'
export { HkSite } from './site/site.ts'
export { HkStatus } from './status/status.ts'
export { HkTable } from './table/table.ts'
export { HkAi } from './ai/ai.ts'
export { HkEvents } from './events/events.ts'
export { HkFunnel } from './funnel/funnel.ts'
export { HkGoals } from './goals/goals.ts'
export { HkOpportunities } from './opportunities/opportunities.ts'
export { HkVitals } from './vitals/vitals.ts'
export { HkGlobe } from './globe/globe.ts'
export { HkFeed } from './feed/feed.ts'
export { HkToasts } from './toasts/toasts.ts'
export { HkRange } from './range/range.ts'
export { HkFilters } from './filters/filters.ts'
export { HkDashboard } from './dashboard/dashboard.ts'
