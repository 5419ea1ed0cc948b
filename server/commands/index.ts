/**
 * What the command line can do, by the HTTP API.
 *
 * @module
 */
export { CommandError, openApi } from './api.ts'
export { readArguments, UsageError } from './arguments.ts'
export { helpOf } from './help.ts'
export { commands } from './table.ts'
