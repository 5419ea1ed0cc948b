/**
 * What comes in: routes, the check of items, what is read off them, visitor ids, group commit and the spool.
 *
 * @module
 */
export { clientAddress } from './address.ts'
export { judgeAgent, type Verdict } from './bots.ts'
export { Counters } from './counters.ts'
export type { CollectorParts } from './collector.ts'
export { createDrain } from './drain.ts'
export { createGroupCommit, type GroupCommit } from './group.ts'
export { type Overflow, overflowText } from './overflow.ts'
export { openPlaces, type Places } from './place.ts'
export { createRecall } from './recall.ts'
export { ingestRoutes } from './routes.ts'
export { openSpool } from './spool.ts'
export { createVisitors } from './visitor.ts'
