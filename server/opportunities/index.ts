/**
 * What a site could do better: detectors over its figures, and when they run.
 *
 * @module
 */
export { type Run, runDetectors } from './run.ts'
export { createSchedule, type Schedule } from './schedule.ts'
