import type { Drain } from './drain.ts'
import type { Spool } from './spool.ts'

/** Where rows go that cannot be committed now, and what stores them later. */
export interface Overflow {
  readonly spool: Spool
  readonly drain: Drain
}

/** How much waits and how it goes on, in the text format of Prometheus. */
export function overflowText({ spool, drain }: Overflow, now: number): string {
  const age = spool.oldestAt === undefined ? 0 : Math.max(0, now - spool.oldestAt) / 1_000
  return [
    ['hk_spool_items', 'gauge', 'Items that wait on disk for the database.', spool.items],
    ['hk_spool_aside_items', 'gauge', 'Items on disk that the database refuses, until the next start.', spool.aside],
    ['hk_spool_unreadable_total', 'counter', 'Requests on disk that could not be read, and were put aside.', spool.unreadable],
    ['hk_spool_bytes', 'gauge', 'Bytes of the spool in use.', spool.bytes],
    ['hk_spool_oldest_seconds', 'gauge', 'Age of the oldest item that waits on disk.', age],
    ['hk_spool_drained_total', 'counter', 'Items stored from the spool.', drain.stored],
    ['hk_spool_dropped_total', 'counter', 'Items of the spool whose site was gone.', drain.dropped],
  ]
    .map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`)
    .join('')
}
