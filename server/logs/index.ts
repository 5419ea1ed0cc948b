/**
 * Access logs: reads them in the formats of common servers, and hands pageviews and AI agents' fetches to the service.
 *
 * @module
 */
export type { LogFetch, LogItem, Pace, Post, PostCall } from './delivery.ts'
export type { UnreadableReason } from './entry.ts'
export { formatNames, readerFor } from './format.ts'
export { forward, type Forwarded } from './forwarder.ts'
export { importLog, type ImportOptions, type ImportProgress, type ImportSummary } from './importer.ts'
export { openPlaces } from './places.ts'
export { createMeter, type Measure, showProgress, type Terminal } from './progress.ts'
export { type LogSource, openLog } from './source.ts'
export { hasOneAddress, type Survey, surveyLog } from './survey.ts'
export type { UnreadableLines } from './unreadable-lines.ts'
