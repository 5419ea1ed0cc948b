/**
 * From a visit to what a reader sees of it.
 *
 * Timed, in milliseconds, by the clock of one process that both sends the visits and reads, the service being
 * a process of its own and everything going over loopback sockets:
 *
 * - from sending a visit to its 202, which the service sends after the commit;
 * - from that 202 to the moment at which `analytics.changed` that counts the visit has been read off the
 *   stream. Below 0 where the event was there before the answer, as both leave the service at once;
 * - from that 202 to the moment at which the SDK's watched `overview` has a number with the visit in it.
 *
 * Data: one pageview each, of ever another person, into a site that has no other traffic. Visits come at
 * random intervals, first 300 to 900 ms apart (steady traffic), then 1.3 to 2 s apart (lone visits). By
 * design the SDK waits 250 ms for company before it asks, and asks at most once a second: under steady
 * traffic many visits wait for that second, lone ones do not.
 *
 * Limit: just before each visit the same request goes to the same service without storage (`bare.ts`) and
 * back, so that both meet the same state of the machine.
 *
 * `--browser` adds what `page.ts` says.
 *
 * @module
 */
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { createClient } from '../../sdk/index.ts'
import type { Benchmark } from './benchmark.ts'
import { makeBody, makePeople } from './items.ts'
import { measurePages } from './page.ts'
import { openBare, openCluster, openTarget, type Target } from './stage.ts'
import { type Spread, spread } from './stats.ts'

interface Visit {
  /** Trip of the same request to the bare service and back. */
  readonly bare: number
  readonly sent: number
  readonly answered: number
}

/** When the reader first knew of so and so many visits: the index is that number less one. */
interface Reader extends AsyncDisposable {
  readonly seen: readonly number[]
}

const people = makePeople(10_000)
let sender = 0

/** How long a visit takes to be seen. */
export const latency: Benchmark = {
  name: 'latency',
  question: 'time from a visit to the change at the stream and to the number at the reader',
  async run({ quick, browser, bed, tell }) {
    const cluster = await bed.open(openCluster)
    const [kept, empty] = [await cluster.database('kept'), await cluster.database('bare')]
    const target = await bed.open(() => openTarget(kept))
    const bare = await bed.open(() => openBare(empty))
    const stream = await bed.open(() => readChanges(target))
    const number = await bed.open(() => watchNumber(target))
    const plan = [
      { name: 'steady', visits: quick ? 6 : 240, from: 300, to: 900 },
      { name: 'lone', visits: quick ? 2 : 120, from: 1_300, to: 2_000 },
    ]
    const figures: Record<string, Record<string, Spread>> = {}
    let first = 0
    for (const { name, visits, from, to } of plan) {
      tell(`${visits} ${name} visits`)
      const sent = await send(target, bare, visits, () => from + Math.random() * (to - from))
      await until(() => stream.seen.length >= first + visits && number.seen.length >= first + visits)
      const after = ({ seen }: Reader) =>
        sent.map(({ answered }, at) => (seen[first + at] ?? Number.NaN) - answered)
      figures[name] = {
        bare_trip: spread(sent.map((visit) => visit.bare)),
        sent_to_202: spread(sent.map((visit) => visit.answered - visit.sent)),
        '202_to_change': spread(after(stream)),
        '202_to_number': spread(after(number)),
      }
      first += visits
    }
    if (browser) {
      const times = await measurePages(bed, target, quick ? 3 : 40, tell)
      figures.browser = { '202_to_dom': spread(times) }
    }
    const rows = Object.entries(figures).flatMap(([part, measured]) =>
      Object.entries(measured).map(([name, times]) => [part, labels[name] ?? '', ...Object.values(times)]),
    )
    return {
      postgres: cluster.version,
      tables: [{ title: 'Milliseconds', columns: ['visits', 'from, to', 'n', 'p50', 'p90', 'p99'], rows }],
      notes: plan.map(({ name, from, to }) => `${name}: ${from} to ${to} ms between visits, at random.`),
      figures,
    }
  },
}

const labels: Readonly<Record<string, string>> = {
  bare_trip: 'trip to the bare service and back',
  sent_to_202: 'visit sent → 202, committed',
  '202_to_change': '202 → change at the stream',
  '202_to_number': '202 → new number at the SDK',
  '202_to_dom': '202 on page A → DOM of page B',
}

async function post({ url, site }: Target): Promise<{ sent: number; answered: number }> {
  const person = people[sender++ % people.length]
  const headers = { 'user-agent': person?.userAgent ?? '', 'x-forwarded-for': person?.address ?? '' }
  const body = makeBody(site, 1)
  const sent = performance.now()
  const { status } = await fetch(`${url}/ingest`, { method: 'POST', headers, body })
  const answered = performance.now()
  if (status !== 202) throw new Error(`/ingest answered ${status}`)
  return { sent, answered }
}

async function send(target: Target, bare: Target, visits: number, spacing: () => number): Promise<Visit[]> {
  const sent: Visit[] = []
  while (sent.length < visits) {
    await Bun.sleep(spacing())
    const trip = await post(bare)
    sent.push({ ...(await post(target)), bare: trip.answered - trip.sent })
  }
  return sent
}

/** Reads the stream and notes when each visit was told of. */
async function readChanges({ url, share, site }: Target): Promise<Reader> {
  const abort = new AbortController()
  const { body } = await fetch(`${url}/api/share/${share}/sites/${site}/realtime`, { signal: abort.signal })
  if (body === null) throw new Error('The stream has no body')
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  const seen: number[] = []
  const read = async () => {
    for await (const { event, data } of events) {
      const now = performance.now()
      if (event !== 'analytics.changed') continue
      const gained: number = JSON.parse(data).counts.hits
      for (let visit = 0; visit < gained; visit++) seen.push(now)
    }
  }
  // Cut off when the benchmark is over.
  read().catch(() => undefined)
  return { seen, [Symbol.asyncDispose]: async () => abort.abort() }
}

/** Watches the report `overview` and notes when its number of pageviews had each visit in it. */
async function watchNumber({ url, share, site }: Target): Promise<Reader> {
  const client = createClient({ endpoint: url, share, site })
  const seen: number[] = []
  const overview = client.watch('overview', { range: '7d' })
  overview.on('update', ({ data }) => {
    const now = performance.now()
    while (seen.length < (data.pageviews ?? 0)) seen.push(now)
  })
  await until(() => client.status.get().state === 'live' && overview.state.get() === 'ready')
  return { seen, [Symbol.asyncDispose]: async () => client.close() }
}

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 10_000; !isSo(); await Bun.sleep(5)) {
    if (performance.now() > deadline) throw new Error('A visit was not seen within ten seconds.')
  }
}
