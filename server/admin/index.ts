/**
 * What is set: sites, share links and API clients.
 *
 * @module
 */
export { clientRoutes } from './clients.ts'
export { shareRoutes } from './shares.ts'
export { siteRoutes } from './sites.ts'
export type { AdminParts } from './parts.ts'
