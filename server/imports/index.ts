/**
 * Data of other systems: their files, what their records become here, and how they are taken over step by step.
 *
 * @module
 */
export { createImports, type Imports } from './imports.ts'
export { importRoutes } from './routes.ts'
export type { SourceSetting } from './source.ts'
export { takeoutFormat } from './takeout.ts'
