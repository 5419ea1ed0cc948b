/**
 * What is set: sites, goals, funnels, annotations, share links and API clients; and what their holder may see.
 *
 * @module
 */
export { annotationRoutes } from './annotations.ts'
export { clientRoutes } from './clients.ts'
export { funnelRoutes } from './funnels.ts'
export { goalRoutes } from './goals.ts'
export { opportunityRoutes } from './opportunities.ts'
export { shareRoutes } from './shares.ts'
export { siteRoutes } from './sites.ts'
export { userRoutes } from './user.ts'
export type { AdminParts } from './parts.ts'
