/**
 * Durable items a second over HTTP, beside the same route without storage, and beside COPY.
 *
 * Timed: requests to `POST /ingest` that were answered by 202, which the service sends after the commit,
 * from a process of its own with 50 and 200 connections, one item and ten items a request, for one site and
 * for 1,000. The service is a process too; its Postgres is the embedded one with its own settings (a commit waits for
 * the disk).
 *
 * Limits, in the same run:
 *
 *     bare   `bare.ts`, the same process with the same reading, JSON, checks, judging and attribution, but without
 *            the transaction. Both run all the time and are loaded in turn (A B A B …), a few seconds each, so
 *            that what else the machine does hits both. Before that, both are warmed up, and Postgres gathers its
 *            statistics, which a fresh database does not have for its first minute
 *     COPY   `copy.ts`, the same rows of items by Postgres' own bulk loading, 500 a transaction
 *
 * Shown is the median of each cell's turns, and the ratio of the medians. Then the time of an answer at half of what
 * was kept, where requests come at even times. Load, services and Postgres share the machine: on few processors they
 * take time from each other.
 *
 * @module
 */
import type { Benchmark } from './benchmark.ts'
import { copyItems } from './copy.ts'
import type { LoadResult } from './load.ts'
import { press } from './pressure.ts'
import { makeSites, openBare, openCluster, openTarget } from './stage.ts'
import { median, round } from './stats.ts'

const shapes = [
  { connections: 50, items: 1 },
  { connections: 200, items: 1 },
  { connections: 50, items: 10 },
  { connections: 200, items: 10 },
]

const columns = 'sites,connections,items,durable/s,bare/s,ratio,p50,p99,bare p50,bare p99,failed,half load/s,its p50,its p99'.split(',')

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
  question: 'durable items a second over HTTP, beside the same route without storage and COPY',
  async run({ quick, bed, tell }) {
    const cluster = await bed.open(openCluster)
    const [kept, empty] = [await cluster.database('kept'), await cluster.database('bare')]
    const whole = await bed.open(() => openTarget(kept))
    const limit = await bed.open(() => openBare(empty))
    const turns = quick ? 1 : 3
    const seconds = quick ? 0.5 : 4
    const many = quick ? 10 : 1_000
    if (!quick) {
      tell('warming up')
      for (const target of [whole, limit]) await press(bed, target, [target.site], { connections: 50, items: 1, seconds: 3 })
      await cluster.analyze(kept)
    }
    tell(`making ${many} sites`)
    const sitesOf = { whole: await makeSites(whole, many), limit: await makeSites(limit, many) }
    const figures = []
    for (const sites of [1, many]) {
      const [own, others] = sites === 1 ? [[whole.site], [limit.site]] : [sitesOf.whole, sitesOf.limit]
      for (const shape of shapes) {
        const results: Record<'durable' | 'bare', LoadResult[]> = { durable: [], bare: [] }
        const { connections, items } = shape
        for (let turn = 1; turn <= turns; turn++) {
          tell(`${sites} sites, ${connections} connections, ${items} items a request, turn ${turn} of ${turns}`)
          results.durable.push(await press(bed, whole, own, { ...shape, seconds }))
          results.bare.push(await press(bed, limit, others, { ...shape, seconds }))
        }
        const durable = summarise(results.durable, items)
        const bare = summarise(results.bare, items)
        const rate = durable.requests_per_second / 2
        const half = summarise([await press(bed, whole, own, { ...shape, seconds: seconds * 2, rate })], items)
        const ratio = round(durable.items_per_second / bare.items_per_second, 2)
        figures.push({ sites, ...shape, durable, bare, ratio, half })
      }
    }
    tell('COPY')
    const copied = await copyItems(kept, quick ? 1_000 : 100_000)
    return {
      postgres: cluster.version,
      tables: [
        {
          title: `Items a second; times in milliseconds (${cluster.durability})`,
          columns,
          rows: figures.map(({ sites, connections, items, durable: a, bare: b, ratio, half }) => [
            sites,
            connections,
            items,
            a.items_per_second,
            b.items_per_second,
            ratio,
            a.p50,
            a.p99,
            b.p50,
            b.p99,
            a.failed + b.failed + half.failed,
            half.items_per_second,
            half.p50,
            half.p99,
          ]),
        },
        {
          title: 'COPY of the same rows of items, without visits, roll-ups and versions',
          columns: ['rows', 'a transaction', 'items/s'],
          rows: [[copied.rows, copied.group, copied.items_per_second]],
        },
      ],
      notes: [
        `The median of ${turns} turns of ${seconds} s each, in turn with the bare service; half load for ${seconds * 2} s.`,
        'A pageview is a row of items, one of visits, and what it moves in roll-ups and the version of its site.',
      ],
      figures: { seconds, turns, durability: cluster.durability, cells: figures, copied },
    }
  },
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
