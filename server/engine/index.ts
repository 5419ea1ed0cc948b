/**
 * The engine that counts and writes in columns: DuckDB in a process of its own.
 *
 * @module
 */
export { coarseDegrees } from './definitions/degrees.ts'
export { amountOf, property, textOf } from './definitions/json.ts'
export { sales, withProducts } from './definitions/orders.ts'
export { createEngine, type Engine, type EngineFolder } from './engine.ts'
export type { FileColumn } from './messages.ts'
export { compactSite } from './compaction.ts'
export { createUpkeep, type Upkeep } from './upkeep.ts'
export { createSegmentCache, type SegmentCache } from './segment-files.ts'
export { microsOf } from './time.ts'
export { type AskOptions, createSites, type EngineSites, type SiteData } from './sites.ts'
