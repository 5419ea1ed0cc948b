/**
 * All of a site as one file.
 *
 * @module
 */
export { takeoutRoutes } from './routes.ts'
export { createTakeouts, type Takeouts } from './takeout.ts'
