/**
 * The load of `ingest`, as a process: so many connections, each sending its next request when the last was
 * answered (a closed loop), with bodies of fresh ids from 5,000 persons. Prints one line of JSON. What is
 * answered in the first moments is not counted.
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

async function load(url: string, site: string, connections: number, items: number, seconds: number) {
  const people = makePeople(50_000)
  const times: number[] = []
  let failed = 0
  const start = performance.now() + warmUpMs
  const end = start + seconds * 1_000

  async function connection(number: number): Promise<void> {
    for (let turn = number; performance.now() < end; turn += connections) {
      const person = people[turn % people.length]
      const headers = { 'user-agent': person?.userAgent ?? '', 'x-forwarded-for': person?.address ?? '' }
      const body = makeBody(site, items)
      const sent = performance.now()
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
  const options = { url: text, site: text, connections: text, items: text, seconds: text }
  const { url, site, connections, items, seconds } = parseArgs({ options }).values
  console.log(JSON.stringify(await load(url, site, Number(connections), Number(items), Number(seconds))))
}
