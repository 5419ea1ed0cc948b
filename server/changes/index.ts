/**
 * What changed: the version vector, and the wake-ups that make it heard at once.
 *
 * @module
 */
export { openWake } from './bus.ts'
export { type Heads, openHeads } from './heads.ts'
export {
  changedSince,
  coarseVersion,
  gainedSince,
  headOf,
  type Missed,
  missedSince,
  newestOf,
  newestSeq,
  type Version,
} from './versions.ts'
export type { Wake } from './wake.ts'
