/**
 * The service of hk-live, to be run inside another program.
 *
 * @module
 */
export { type Config, ConfigError, readConfig } from './config.ts'
export { createLog, type Log } from './log.ts'
export { closeOnSignal, leave, surviveLostSocket } from './main.ts'
export { assemble, type Assembly, type Service, type ServiceOptions, startService } from './service.ts'
