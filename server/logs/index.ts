/**
 * Access logs: reads the Combined Log Format and hands pageviews and AI agents' fetches to the service.
 *
 * @module
 */
export type { LogFetch, LogItem, Pace, Post, PostCall } from './delivery.ts'
export { importLog, type ImportOptions, type ImportProgress, type ImportSummary } from './importer.ts'
export { showProgress, type Terminal } from './progress.ts'
