/**
 * Ten minutes of ingest at about half of what the service can keep: whether its memory grows, and whether its answers
 * get slower as the database fills.
 *
 * First the service is pressed for some seconds to learn what it can keep (`load.ts`, a closed loop, 200 connections of
 * one item, 100 sites); then requests come at half of that rate. Each minute shows its own answers. Memory is the
 * resident set of the service's process, by `/proc`, every second.
 *
 * @module
 */
import type { Benchmark } from './benchmark.ts'
import { press } from './pressure.ts'
import { makeSites, openCluster, openTarget } from './stage.ts'
import { quantile, round } from './stats.ts'
import { readUsage } from './usage.ts'

const mebi = 2 ** 20

/** What ten minutes of load do to the service. */
export const soak: Benchmark = {
  name: 'soak',
  question: 'ten minutes of ingest: memory and answers as time goes on',
  async run({ quick, bed, tell }) {
    const cluster = await bed.open(openCluster)
    const database = await cluster.database('soak')
    const target = await bed.open(() => openTarget(database))
    const sites = await makeSites(target, quick ? 5 : 100)
    const [connections, items] = [200, 1]
    const full = await press(bed, target, sites, { connections, items, seconds: quick ? 0.5 : 8 })
    await cluster.analyze(database)
    const rate = full.requests / full.seconds / 2
    const minutes = quick ? 2 : 10
    const seconds = quick ? 1 : 60
    const rows = []
    for (let minute = 1; minute <= minutes; minute++) {
      tell(`minute ${minute} of ${minutes}, ${round(rate, 0)} requests a second`)
      const memory: number[] = []
      const look = setInterval(() => memory.push(readUsage(target.pid).rss / mebi), 1_000)
      memory.push(readUsage(target.pid).rss / mebi)
      const { requests, failed, p50, p99 } = await press(bed, target, sites, { connections, items, seconds, rate })
      clearInterval(look)
      rows.push({ minute, items: requests * items, failed, p50, p99, rss: round(quantile(memory, 0.5), 1), most: round(Math.max(...memory), 1) })
    }
    return {
      postgres: cluster.version,
      tables: [
        {
          title: `Requests of one item at ${round(rate, 0)} a second; times in milliseconds, memory in MiB`,
          columns: ['minute', 'answered', 'failed', 'p50', 'p99', 'RSS p50', 'RSS most'],
          rows: rows.map((row) => [row.minute, row.items, row.failed, row.p50, row.p99, row.rss, row.most]),
        },
      ],
      notes: [`Pressed for all it can, it kept ${round(full.requests / full.seconds, 0)} a second; this is half of that.`],
      figures: { rate, minutes: rows },
    }
  },
}
