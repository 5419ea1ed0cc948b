/**
 * What comes in: routes, the check of items, what is read off them, visitor ids, group commit and the spool.
 *
 * @module
 */
export { addressHeaders, type AddressHeader, clientAddress, isTrusted } from './address.ts'
export { centreOf } from './centres.ts'
export { clean } from './clean.ts'
export { judgeAgent, type Verdict } from './bots.ts'
export { Counters } from './counters.ts'
export { createDrain } from './drain.ts'
export { edgePlace, placeHeaderSets } from './edge.ts'
export { createGroupCommit, type GroupCommit } from './group.ts'
export { isRecord, itemUuid } from './item.ts'
export { networkOf } from './network.ts'
export { type Overflow, overflowText } from './overflow.ts'
export { parsePage } from './path.ts'
export { inTime } from './patience.ts'
export { openPlaces, type Places } from './place.ts'
export { createRecall } from './recall.ts'
export { attribute } from './referrer.ts'
export { createRefusals } from './refusals.ts'
export { type IngestParts, ingestRoutes } from './routes.ts'
export { checkRule, createRules } from './rules.ts'
export { openSpamHosts } from './spam.ts'
export { sourceOfTag } from './sources.ts'
export { openSpool } from './spool.ts'
export { createVisitors } from './visitor.ts'
export { createVisitorBound } from './visitor-bound.ts'
