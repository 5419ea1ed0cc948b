/**
 * What is set: sites, goals, funnels, annotations, exclusions, share links and API clients; and what those who run a site
 * are told of it.
 *
 * @module
 */
export { annotationRoutes } from './annotations.ts'
export { clientRoutes } from './clients.ts'
export { exclusionRoutes } from './exclusions.ts'
export { funnelRoutes } from './funnels.ts'
export { goalRoutes } from './goals.ts'
export { opportunityRoutes } from './opportunities.ts'
export { restoreSetting } from './restore.ts'
export { shareRoutes } from './shares.ts'
export { siteRoutes } from './sites.ts'
export { trackingRoutes } from './tracking.ts'
export { userRoutes } from './user.ts'
export type { AdminParts } from './parts.ts'
