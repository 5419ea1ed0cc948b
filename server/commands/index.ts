/**
 * What the command line can do, by the HTTP API.
 *
 * @module
 */
export { type Api, CommandError, openApi } from './api.ts'
export { annotations } from './annotations.ts'
export { exclusionOptions, exclusions } from './exclusions.ts'
export { forwardLogs } from './forward.ts'
export { exportOptions, exportReport } from './export.ts'
export { funnels } from './funnels.ts'
export { goals } from './goals.ts'
export { importData, imports } from './import.ts'
export { importAccessLog } from './import-log.ts'
export { clients, type Options, shares, sites, stream } from './manage.ts'
export { opportunities } from './opportunities.ts'
export { status } from './status.ts'
export { takeOut } from './takeout.ts'
