/**
 * What comes in: routes, the check of items, what is read off them, visitor ids and group commit.
 *
 * @module
 */
export { clientAddress } from './address.ts'
export { judgeAgent, type Verdict } from './bots.ts'
export { Counters } from './counters.ts'
export type { CollectorParts } from './collector.ts'
export { createGroupCommit, type GroupCommit } from './group.ts'
export { openPlaces, type Places } from './place.ts'
export { ingestRoutes } from './routes.ts'
export { createVisitors } from './visitor.ts'
