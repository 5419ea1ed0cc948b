/**
 * Who may ask: API clients, share links, and what pages of other origins may read.
 *
 * @module
 */
export { type Access, createAccess, type Grant, permissionsOf } from './access.ts'
export { allowsReport, demandAnnotations, demandReport } from './allowed.ts'
export { openToPages, preflight } from './cors.ts'
export { hashPassword, mintToken, withHash } from './token.ts'
