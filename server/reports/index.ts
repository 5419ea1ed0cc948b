/**
 * The answers: one question a file, and what all of them share: range, filters, cache and routes.
 *
 * @module
 */
export { comparedSpan, understand } from './asked.ts'
export { createDesk, type Desk } from './desk.ts'
export { type Figures, figuresOf } from './figures.ts'
export { parseFilters } from './filter.ts'
export { withImported } from './imported-days.ts'
export { describedParameters, questionParameters } from './parameters.ts'
export { oneOf, readQuestion, type ReadQuestion, whole } from './question.ts'
export { describe } from './range.ts'
export { demandName, isReportName, registry, reportNames } from './registry.ts'
export type { Asked, Report } from './report.ts'
export { reportRoutes } from './routes.ts'
export { type Cell, cellOf, type Column, type ColumnKind, columnsOf } from './table.ts'
