/**
 * The load of `ingest` and `soak`, as a process, with bodies of fresh ids from 50,000 persons. Prints one line of JSON.
 * What is answered in the first moments is not counted.
 *
 * Without a rate each connection sends its next request when the last was answered (a closed loop). With one, requests
 * are due at even times, whether the last has been answered or not, and their time counts from when they were due: what
 * waits behind a slow answer is not left out (coordinated omission). Sites take turns at random.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { makeBody, makePeople } from './items.ts'
import { quantile, round } from './stats.ts'

/** What a load has seen. Times are milliseconds from sending a request to the head of its answer. */
export interface LoadResult {
  /** Requests that were answered by 202 in the time that counts. */
  readonly requests: number
  /** Requests that failed or were answered by anything else. */
  readonly failed: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}

const warmUpMs = 500

interface Load {
  readonly url: string
  readonly sites: readonly string[]
  readonly connections: number
  readonly items: number
  readonly seconds: number
  /** Requests a second; 0 for as many as are answered. */
  readonly rate: number
}

async function load({ url, sites, connections, items, seconds, rate }: Load) {
  const people = makePeople(50_000)
  const times: number[] = []
  let failed = 0
  const start = performance.now() + warmUpMs
  const end = start + seconds * 1_000

  const began = performance.now()
  /** Waits until the request of a turn is due, and returns when that is. */
  const due = async (turn: number) => {
    if (rate === 0) return performance.now()
    const at = began + (turn * 1_000) / rate
    const wait = at - performance.now()
    if (wait > 0) await Bun.sleep(wait)
    return at
  }

  async function connection(number: number): Promise<void> {
    for (let turn = number; performance.now() < end; turn += connections) {
      const person = people[turn % people.length]
      const headers = { 'user-agent': person?.userAgent ?? '', 'x-forwarded-for': person?.address ?? '' }
      const body = makeBody(sites[Math.floor(Math.random() * sites.length)] ?? '', items)
      const sent = await due(turn)
      const status = await fetch(`${url}/ingest`, { method: 'POST', headers, body }).then(
        async (response) => {
          await response.arrayBuffer()
          return response.status
        },
        () => 0,
      )
      const answered = performance.now()
      if (status !== 202) failed++
      else if (answered >= start && answered <= end) times.push(answered - sent)
    }
  }

  await Promise.all(Array.from({ length: connections }, (_, number) => connection(number)))
  const at = (part: number) => round(quantile(times, part), 2)
  const result: LoadResult = { requests: times.length, failed, seconds, p50: at(0.5), p99: at(0.99) }
  return result
}

if (import.meta.main) {
  const text = { type: 'string', default: '' } as const
  const options = { url: text, sites: text, connections: text, items: text, seconds: text, rate: text }
  const { url, sites, ...numbers } = parseArgs({ options }).values
  const [connections = 0, items = 0, seconds = 0, rate = 0] = [
    numbers.connections,
    numbers.items,
    numbers.seconds,
    numbers.rate,
  ].map(Number)
  console.log(JSON.stringify(await load({ url, sites: sites.split(','), connections, items, seconds, rate })))
}
