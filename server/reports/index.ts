/**
 * The answers: one question a file, and what all of them share: range, filters, cache and routes.
 *
 * @module
 */
export { createDesk, type Desk } from './desk.ts'
export { type Figures, figuresOf } from './figures.ts'
export { isReportName, reportNames } from './registry.ts'
export { parseFilters } from './filter.ts'
export { reportRoutes } from './routes.ts'
