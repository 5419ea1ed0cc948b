/**
 * Reports as files: CSV, JSON, NDJSON and XLSX, written while they are read.
 *
 * @module
 */
export { createExports, type ExportLimits, type Exports } from './exports.ts'
export { formats } from './question.ts'
export { exportRoutes } from './routes.ts'
