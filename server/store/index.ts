/**
 * What is kept: the connection, the migrations, the one write transaction, and the rows of sites and
 * credentials. Imports no sibling.
 *
 * @module
 */
export { readAmounts } from './amount.ts'
export { boundsOf, daysBetween, isStartOfDay, nextDay, type Slot, slotOf, startOfDay } from './calendar.ts'
export {
  type ApiClient,
  createClient,
  deleteClient,
  ensureClient,
  listClients,
  type Scope,
  scopes,
} from './clients.ts'
export {
  type Annotation,
  type AnnotationSettings,
  annotationsBetween,
  createAnnotation,
  deleteAnnotation,
  listAnnotations,
  updateAnnotation,
} from './annotations.ts'
export { type NewVisits, visitorsNow, visitsSince } from './feed.ts'
export { readDatabaseUrl } from './database-url.ts'
export { type Database, isConflict, isTransient, openStore, type Sql, type Store, type Transaction } from './connect.ts'
export {
  createFunnel,
  deleteFunnel,
  type Funnel,
  type FunnelSettings,
  type FunnelStep,
  listFunnels,
  type StepSetting,
  updateFunnel,
} from './funnels.ts'
export {
  createExclusion,
  deleteExclusion,
  type Exclusion,
  type ExclusionType,
  exclusionTypes,
  listExclusions,
} from './exclusions.ts'
export type { Goal, Step } from './goal.ts'
export {
  createGoal,
  deleteGoal,
  type GoalSettings,
  listGoals,
  type StoredGoal,
  updateGoal,
} from './goals.ts'
export { isAlive, makeFolder, StoreError, takeLock } from './lock.ts'
export {
  addImported,
  type Claim,
  type Claimant,
  claimDays,
  type ImportedDay,
  importedDays,
  type ImportedSums,
  judgeDays,
  sumDimensions,
} from './imported.ts'
export {
  beginImport,
  endImport,
  findImports,
  type ImportStep,
  listImports,
  moveImport,
  nativeSince,
  type StoredImport,
  touchImports,
} from './imports.ts'
export { beginLogImport, endLogImport, isLogImport } from './log-imports.ts'
export {
  dropStretch,
  type JournalPoint,
  type JournalRead,
  type JournalStretch,
  readJournal,
  readStretch,
  type Times,
} from './journal.ts'
export { createLookups, type Lookups, type SiteNow } from './lookups.ts'
export { commerceEvents, fillOrders } from './orders.ts'
export {
  type FoundOpportunity,
  lastRun,
  listOpportunities,
  listRuns,
  opportunitySorts,
  saveFindings,
  setOpportunityStatus,
  settableStatuses,
} from './opportunities.ts'
export { readHost } from './host.ts'
export { normalizePage, normalizePath, normalizePattern, pathDimensions } from './path.ts'
export { matcherOf, type Pattern, quoteLike, readPattern } from './pattern.ts'
export { addRefusals, forgetRefusals, listRefusals, type Refusal, refusalDays } from './refusals.ts'
export { createRoller, type Roller } from './roller.ts'
export {
  anyGoal,
  convertedBy,
  type Family,
  families,
  familyOf,
  itemDimensions,
  type RolledDimension,
  visitDimensions,
} from './rollup.ts'
export { unroll, unrolledDays } from './rollups.ts'
export { destroySalts, saltOf } from './salts.ts'
export { type Context, visitGap } from './session.ts'
export { furthest, scaleOf, sketchError, zeroBucket } from './sketch.ts'
export { createShare, deleteShare, listShares, type Share } from './shares.ts'
export {
  createSite,
  deleteSite,
  findSite,
  firstItemAt,
  isId,
  itemTimes,
  listSites,
  newId,
  readCurrencies,
  type Site,
  type SiteCurrencies,
  type SiteSettings,
  updateSite,
} from './sites.ts'
export { forgetRemovals, listRemovals, type Removal } from './removals.ts'
export {
  listSegments,
  type NewSegment,
  readSegment,
  replaceSegments,
  type Segment,
  segmentFormat,
  type SegmentKind,
  segmentKinds,
} from './segments.ts'
export { latestSeen, ownTimes, type Seen } from './tracking.ts'
export { advance, type Change, lockSites, readVersions, renewEpoch, type VersionRow } from './versions.ts'
export { isTakenOver, listTakeovers, takeOverSome } from './takeover.ts'
export { fetchLines, itemLines, sumLines } from './takeout.ts'
export { commitInSite } from './site-commit.ts'
export { undoImport } from './undo.ts'
export { undoLogImport } from './undo-log.ts'
export { type Beside, type Group, type NewFetch, type NewItem, write, type Written } from './write.ts'
