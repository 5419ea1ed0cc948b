/**
 * Durable items a second over HTTP, beside the same route without storage.
 *
 * Timed: requests to `POST /ingest` that were answered by 202, which the service sends after the commit,
 * from a process of its own with 50 and 200 connections, one item and ten items a request. The service is a
 * process too; its Postgres is the embedded one with its own settings (a commit waits for the disk).
 *
 * Limit: `bare.ts`, the same process with the same reading, JSON, checks, judging and attribution, but
 * without the transaction. Both run all the time and are loaded in turn (A B A B …), a few seconds each, so
 * that what else the machine does hits both. Before that, both are warmed up, and Postgres gathers its
 * statistics, which a fresh database does not have for its first minute.
 *
 * Shown is the median of each cell's turns, and the ratio of the medians. Load, services and Postgres share
 * the machine: on few processors they take time from each other.
 *
 * @module
 */
import type { Benchmark, Options } from './benchmark.ts'
import { startChild } from './child.ts'
import type { LoadResult } from './load.ts'
import { openBare, openCluster, openTarget, type Target } from './stage.ts'
import { median, round } from './stats.ts'

const cells = [
  { connections: 50, items: 1 },
  { connections: 200, items: 1 },
  { connections: 50, items: 10 },
  { connections: 200, items: 10 },
]

const columns = [
  'connections',
  'items',
  'durable/s',
  'bare/s',
  'ratio',
  'p50',
  'p99',
  'bare p50',
  'bare p99',
  'failed',
]

interface Measured {
  readonly items_per_second: number
  readonly requests_per_second: number
  readonly p50: number
  readonly p99: number
  readonly failed: number
}

/** How many items a second the service takes and keeps. */
export const ingest: Benchmark = {
  name: 'ingest',
  question: 'durable items a second over HTTP, beside the same route without storage',
  async run({ quick, bed, tell }) {
    const cluster = await bed.open(openCluster)
    const [kept, empty] = [await cluster.database('kept'), await cluster.database('bare')]
    const whole = await bed.open(() => openTarget(kept))
    const limit = await bed.open(() => openBare(empty))
    const turns = quick ? 1 : 3
    const seconds = quick ? 0.5 : 4
    if (!quick) {
      tell('warming up')
      for (const target of [whole, limit]) await load(bed, target, { connections: 50, items: 1 }, 3)
      await cluster.analyze(kept)
    }
    const figures = []
    for (const cell of cells) {
      const results: Record<'durable' | 'bare', LoadResult[]> = { durable: [], bare: [] }
      for (let turn = 1; turn <= turns; turn++) {
        tell(`${cell.connections} connections, ${cell.items} items a request, turn ${turn} of ${turns}`)
        results.durable.push(await load(bed, whole, cell, seconds))
        results.bare.push(await load(bed, limit, cell, seconds))
      }
      const durable = summarise(results.durable, cell.items)
      const bare = summarise(results.bare, cell.items)
      const ratio = round(durable.items_per_second / bare.items_per_second, 2)
      figures.push({ ...cell, durable, bare, ratio })
    }
    return {
      postgres: cluster.version,
      tables: [
        {
          title: `Items a second; times in milliseconds (${cluster.durability})`,
          columns,
          rows: figures.map(({ connections, items, durable: a, bare: b, ratio }) => [
            connections,
            items,
            a.items_per_second,
            b.items_per_second,
            ratio,
            a.p50,
            a.p99,
            b.p50,
            b.p99,
            a.failed + b.failed,
          ]),
        },
      ],
      notes: [`The median of ${turns} turns of ${seconds} s each, in turn with the bare service.`],
      figures: { seconds, turns, durability: cluster.durability, cells: figures },
    }
  },
}

async function load(
  bed: Options['bed'],
  { url, site }: Target,
  { connections, items }: (typeof cells)[number],
  seconds: number,
): Promise<LoadResult> {
  const options = Object.entries({ url, site, connections, items, seconds })
  const parameters = options.map(([name, value]) => `--${name}=${value}`)
  // Bun's fetch has 256 connections at most, by itself.
  const env = { BUN_CONFIG_MAX_HTTP_REQUESTS: '1024' }
  const child = await bed.open(async () => startChild(['test/bench/load.ts', ...parameters], env))
  return JSON.parse(await child.result())
}

function summarise(results: readonly LoadResult[], items: number): Measured {
  const middle = (read: (result: LoadResult) => number) => median(results.map(read))
  const requests = middle((result) => result.requests / result.seconds)
  return {
    items_per_second: Math.round(requests * items),
    requests_per_second: Math.round(requests),
    p50: middle((result) => result.p50),
    p99: middle((result) => result.p99),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
  }
}
