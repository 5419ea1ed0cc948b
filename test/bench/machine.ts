import { arch, cpus, loadavg, platform, totalmem } from 'node:os'
import { round } from './stats.ts'

/** What the figures were measured on. */
export interface Machine {
  /** Number of processors, and the name of the first. */
  readonly cpus: number
  readonly cpu: string
  /** Bytes. */
  readonly memory: number
  /** Processes that wanted to run in the minute before: above 0 the machine was not ours alone. */
  readonly load: number
  readonly system: string
  readonly bun: string
  /** Version of the Postgres that was used. */
  readonly postgres?: string
}

/** Reads the facts of this machine. */
export function readMachine(): Machine {
  const all = cpus()
  return {
    cpus: all.length,
    cpu: all[0]?.model ?? '',
    memory: totalmem(),
    load: round(loadavg()[0] ?? 0, 2),
    system: `${platform()} ${arch()}`,
    bun: Bun.version,
  }
}
