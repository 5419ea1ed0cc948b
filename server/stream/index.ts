/**
 * What is told: streams of server-sent events, one conflated reader each.
 *
 * @module
 */
export { createHub, type Hub } from './hub.ts'
export type { StreamCaps } from './limits.ts'
export { streamRoutes } from './routes.ts'
