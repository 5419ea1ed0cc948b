/**
 * Client of hk-live: asks for reports of a site, and keeps those that are watched fresh.
 *
 *     const hk = createClient({ endpoint: 'https://stats.example.com', share: 'token' })
 *     const overview = hk.watch('overview', { range: '7d' })
 *     overview.on('update', ({ data, changed }) => paint(data, changed))
 *
 * @module
 */

export { createClient } from './client.ts'
export type { Client, ClientEvents, ClientOptions } from './client.ts'
export type { Status } from './connection.ts'
export { formatQuestion } from './http.ts'
export type { SiteInfo } from './http.ts'
export { forwardPageEvents, receivePageEvents } from './page-events.ts'
export type { Channel, Fetch, Locks, OpenChannel, Page, PageEvent, PlatformOptions, Timers } from './platform.ts'
export { chatbotProperties, comparisons, dimensions, HkError, intervals, kinds, metrics, ranges } from './protocol.ts'
export type {
  AiGroup,
  Answer,
  Audience,
  ChatbotNumbers,
  ChatbotPoint,
  ChatbotProperty,
  Comparison,
  Dimension,
  ErrorCode,
  EventPoint,
  EventProperty,
  EventRow,
  FeedVisit,
  FunnelPoint,
  FunnelRow,
  FunnelStep,
  GoalPoint,
  GoalRow,
  Imported,
  ImportRow,
  Interval,
  Kind,
  Metric,
  MetricValues,
  Note,
  OrderPoint,
  OrderSource,
  Opportunity,
  OpportunityStatus,
  Place,
  Point,
  ProductRow,
  Question,
  Range,
  RangeName,
  ReportData,
  ReportName,
  Rating,
  Row,
  Share,
  ShareInfo,
  StreamEvents,
  Visit,
  Vital,
} from './protocol.ts'
export type { LoadState, Update } from './query.ts'
export { effect } from './signals.ts'
export type { ReadonlySignal } from './signals.ts'
export type { StateName } from './states.ts'
export type { Watch } from './watch.ts'
