/**
 * One site with thousands of readers on one node: how late the last of them hears of a change, and what a
 * reader costs.
 *
 * Timed, in milliseconds, by one clock (all processes are on this machine): from sending what is published,
 * and for ours also from the commit (`changed_at`, taken inside of the transaction, so a little before it), to
 * the last byte of the event at the middle reader, at 99 of 100, and at the last. The readers are sockets of
 * one other process, which takes its share of the machine from each contender alike. What is published comes
 * 400 ms apart, so that none is merged with the next.
 *
 * Beside it, in the same run and in turn: `better-sse` under `Bun.serve`, and with `--vs nchan` nginx with
 * nchan and one worker. They keep nothing and check nothing: publishing is all they do, while ours first
 * commits a pageview to Postgres.
 *
 * A reader's memory is the growth of the process (with its children, without Postgres) from no reader to all of
 * them at rest, over their number, with the garbage of opening them that was not collected yet. Its processor time
 * is that of one publishing, over the readers. Growth over connects is measured on a service of its own that
 * collects its garbage every second, in waves of 500 that are cut off without a word.
 *
 * @module
 */
import type { Benchmark, Options } from './benchmark.ts'
import { type Child, startChild } from './child.ts'
import type { Delivery } from './crowd.ts'
import { betterChannel, type Channel, nchanChannel, ourChannel } from './peers.ts'
import { openCluster, openSwept, openTarget } from './stage.ts'
import { quantile, round } from './stats.ts'
import { readUsage } from './usage.ts'

const spacingMs = 400
const restMs = 4_000
const kib = 1_024

interface Told {
  readonly name: string
  readonly readers: number
  /** Milliseconds from publishing to the last byte: the median of each, over what was published. */
  readonly p50: number
  readonly p99: number
  /** The same at the last reader, the median and 99 of 100 over what was published. */
  readonly last_p50: number
  readonly last_p99: number
  /** Bytes in memory, and microseconds of processor time for one event, a reader. */
  readonly rss: number
  readonly cpu: number
  /** Seconds until all readers had their first bytes. */
  readonly opening: number
}

/** What a reader costs, and how late it hears. */
export const fanout: Benchmark = {
  name: 'fanout',
  question: 'thousands of readers of one site: time to the last of them, memory and processor of each',
  async run({ quick, vs, bed, tell }) {
    const cluster = await bed.open(openCluster)
    const told: Told[] = []
    for (const readers of quick ? [50] : [1_000, 5_000]) {
      const url = await cluster.database(`readers_${readers}`)
      const target = await bed.open(() => openTarget(url))
      const open = [
        async () => ourChannel(target),
        betterChannel,
        ...(vs.includes('nchan') ? [nchanChannel] : []),
      ]
      for (const one of open) {
        const channel = await bed.open(one)
        tell(`${channel.name}, ${readers} readers`)
        told.push(await measure(bed, channel, readers, quick ? 3 : 60))
        await channel[Symbol.asyncDispose]()
      }
      await target[Symbol.asyncDispose]()
    }
    const waves = await soak(bed, await cluster.database('waves'), quick ? 4 : 40, tell)
    return {
      postgres: cluster.version,
      tables: [
        {
          title: 'From publishing to the last byte (ms), and what a reader costs',
          columns: [
            '',
            'readers',
            'p50',
            'p99',
            'last p50',
            'last p99',
            'KiB each',
            'µs CPU each',
            'all open (s)',
          ],
          rows: told.map((one) => [
            one.name,
            one.readers,
            one.p50,
            one.p99,
            one.last_p50,
            one.last_p99,
            round(one.rss / kib, 1),
            one.cpu,
            one.opening,
          ]),
        },
        {
          title: 'Memory of the service over connects and drops (MiB)',
          columns: ['connects', 'MiB'],
          rows: waves.map(({ connects, rss }) => [connects, round(rss / kib / kib, 1)]),
        },
      ],
      notes: [
        `${quick ? 3 : 60} events, ${spacingMs} ms apart; ours commits a pageview before it tells of it.`,
      ],
      figures: { told, waves },
    }
  },
}

async function measure(
  bed: Options['bed'],
  channel: Channel,
  readers: number,
  events: number,
): Promise<Told> {
  await channel.publish()
  await Bun.sleep(restMs)
  const empty = readUsage(channel.pid)
  const began = performance.now()
  const crowd = await bed.open(async () => startCrowd(channel, readers))
  await crowd.line(/^open$/)
  const opening = round((performance.now() - began) / 1_000, 2)
  await Bun.sleep(restMs)
  const full = readUsage(channel.pid)
  const deliveries: (Delivery & { sent: number })[] = []
  for (let event = 0; event < events; event++) {
    const sent = performance.timeOrigin + performance.now()
    const mark = await channel.publish()
    const line = await crowd.line(new RegExp(`"mark":"${mark.replace('.', '\\.')}"`), 20_000)
    deliveries.push({ ...(JSON.parse(line) as Delivery), sent })
    await Bun.sleep(Math.max(0, spacingMs - (performance.timeOrigin + performance.now() - sent)))
  }
  const after = readUsage(channel.pid)
  await crowd[Symbol.asyncDispose]()
  const at = (read: (one: Delivery) => number, part: number) =>
    round(
      quantile(
        deliveries.map((one) => read(one) - one.sent),
        part,
      ),
      1,
    )
  return {
    name: channel.name,
    readers,
    p50: at((one) => one.p50, 0.5),
    p99: at((one) => one.p99, 0.5),
    last_p50: at((one) => one.last, 0.5),
    last_p99: at((one) => one.last, 0.99),
    rss: (full.rss - empty.rss) / readers,
    cpu: round(((after.cpu - full.cpu) * 1_000) / readers / events, 1),
    opening,
  }
}

function startCrowd(channel: Channel, readers: number, waves = 0): Child {
  const options = Object.entries({ url: channel.url, marks: channel.marks, readers, waves })
  return startChild(['test/bench/crowd.ts', ...options.map(([name, value]) => `--${name}=${value}`)])
}

/** Opens and drops readers in waves, and reads the memory of the service from time to time. */
async function soak(
  bed: Options['bed'],
  url: string,
  waves: number,
  tell: Options['tell'],
): Promise<{ connects: number; rss: number }[]> {
  const target = await bed.open(() => openSwept(url))
  const channel = ourChannel(target)
  const seen: { connects: number; rss: number }[] = []
  for (let done = 0; done < waves; done += waves / 4) {
    tell(`${(done + waves / 4) * 500} connects`)
    const crowd = await bed.open(async () => startCrowd(channel, 500, waves / 4))
    await crowd.result()
    await Bun.sleep(restMs)
    seen.push({ connects: (done + waves / 4) * 500, rss: readUsage(target.pid).rss })
  }
  return seen
}
