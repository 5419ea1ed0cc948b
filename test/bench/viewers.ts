/**
 * Viewers of a public dashboard of eight widgets while visits come in: what they cost the database.
 *
 * 10, 100 and 1,000 viewers, each an SDK client with its own stream and eight watched reports, in other
 * processes; 50 pageviews a second, of ever other people, one a request. Counted over the same time: the
 * transactions of the service's database (a statement by itself is one; those of ingest are in them and are
 * the same for each number of viewers), the requests for reports, and the processor time of the service and of
 * Postgres. In the end each viewer's numbers are compared with a fresh answer.
 *
 * @module
 */
import type { Benchmark, Options } from './benchmark.ts'
import { startChild } from './child.ts'
import { makeBody, makePeople } from './items.ts'
import { openCluster, openTarget, type Target } from './stage.ts'
import { round } from './stats.ts'
import { readUsage } from './usage.ts'
import type { Viewed } from './viewer.ts'

const itemsPerSecond = 50
/** Viewers that one process stands for. */
const perProcess = 250

/** What viewers cost the database. */
export const viewers: Benchmark = {
  name: 'viewers',
  question: 'viewers of a public dashboard while visits come in: statements, requests, processor time',
  async run({ quick, bed, tell }) {
    const cluster = await bed.open(openCluster)
    const seconds = quick ? 2 : 20
    const figures = []
    for (const count of quick ? [2, 5] : [0, 10, 100, 1_000]) {
      tell(`${count} viewers`)
      const name = `viewers_${count}`
      const url = await cluster.database(name)
      const target = await bed.open(() => openTarget(url))
      const statements = () => cluster.transactions(name)
      figures.push(await measure(bed, target, statements, count, seconds))
      await target[Symbol.asyncDispose]()
    }
    return {
      postgres: cluster.version,
      tables: [
        {
          title: `A second, over ${seconds} s with ${itemsPerSecond} visits a second`,
          columns: ['viewers', 'statements', 'requests', 'CPU of service', 'stale at the end'],
          rows: figures.map((one) => [one.viewers, one.statements, one.requests, one.cpu, one.stale]),
        },
      ],
      notes: ['CPU: milliseconds of processor time in a second.'],
      figures: { seconds, cells: figures },
    }
  },
}

async function measure(
  bed: Options['bed'],
  target: Target,
  statements: () => Promise<number>,
  count: number,
  seconds: number,
) {
  const { url, share, site } = target
  const visits = startVisits(target)
  const processes = Math.ceil(count / perProcess)
  const settings = { BUN_CONFIG_MAX_HTTP_REQUESTS: '10000' }
  const children = await Promise.all(
    Array.from({ length: processes }, (_, index) => {
      const some = Math.min(perProcess, count - index * perProcess)
      const words = Object.entries({ url, share, site, viewers: some, first: index * perProcess, seconds })
      return bed.open(async () =>
        startChild(['test/bench/viewer.ts', ...words.map(([name, value]) => `--${name}=${value}`)], settings),
      )
    }),
  )
  await Promise.all(children.map((child) => child.line(/^open$/)))
  await Bun.sleep(2_000)
  const [before, cpu] = [await statements(), readUsage(target.pid).cpu]
  const began = performance.now()
  await Bun.sleep(seconds * 1_000)
  const took = (performance.now() - began) / 1_000
  const [after, cpuAfter] = [await statements(), readUsage(target.pid).cpu]
  await visits.stop()
  const results: Viewed[] = []
  for (const child of children) {
    const printed = await child.result()
    results.push(JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Viewed)
  }
  const sum = (read: (one: Viewed) => number) => results.reduce((total, one) => total + read(one), 0)
  return {
    viewers: count,
    statements: round((after - before) / took, 0),
    requests: round(sum((one) => one.requests) / seconds, 0),
    cpu: round((cpuAfter - cpu) / took, 0),
    stale: sum((one) => one.stale),
  }
}

/** Visits at a steady rate, until they are stopped. */
function startVisits({ url, site }: Target): { stop(): Promise<void> } {
  const people = makePeople(50_000)
  let running = true
  const run = async () => {
    const sending: Promise<unknown>[] = []
    const began = performance.now()
    for (let sent = 0; running; sent++) {
      const person = people[sent % people.length]
      const headers = { 'user-agent': person?.userAgent ?? '', 'x-forwarded-for': person?.address ?? '' }
      sending.push(fetch(`${url}/ingest`, { method: 'POST', headers, body: makeBody(site, 1) }))
      await Bun.sleep(Math.max(0, began + ((sent + 1) * 1_000) / itemsPerSecond - performance.now()))
    }
    await Promise.all(sending)
  }
  const done = run()
  return {
    async stop() {
      running = false
      await done
    },
  }
}
