/**
 * Reports as files: CSV, JSON, NDJSON and XLSX, written while they are read, and Parquet.
 *
 * @module
 */
export { type CutBody, writeBody } from './body.ts'
export { attachment } from './disposition.ts'
export { readSnapshot } from './snapshot.ts'
export { createExports, type ExportLimits, type Exports } from './exports.ts'
export { formats } from './question.ts'
export { exportRoutes } from './routes.ts'
