/**
 * What is set: sites, share links and API clients; and what their holder may see.
 *
 * @module
 */
export { clientRoutes } from './clients.ts'
export { shareRoutes } from './shares.ts'
export { siteRoutes } from './sites.ts'
export { userRoutes } from './user.ts'
export type { AdminParts } from './parts.ts'
