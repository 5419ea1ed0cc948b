/**
 * Some of the viewers of `viewers`, as a process: each an SDK client that watches eight reports. Prints `open`
 * when all are live, and in the end, once nobody visits any more, one line of JSON.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { createClient, type Question, type ReportName } from '../../sdk/index.ts'

/** What some viewers have done. */
export interface Viewed {
  /** Requests for reports in the time that was measured. */
  readonly requests: number
  /** Reports that in the end did not show what a fresh answer has. */
  readonly stale: number
}

const range = '24h'
const widgets: readonly (readonly [ReportName, Question])[] = [
  ['overview', { range }],
  ['timeseries', { range, interval: 'hour' }],
  ['live', {}],
  ...(['page', 'source', 'country', 'browser', 'device'] as const).map(
    (by) => ['breakdown', { range, by }] as const,
  ),
]

async function main(): Promise<void> {
  const text = { type: 'string', default: '' } as const
  const options = { url: text, share: text, site: text, viewers: text, first: text, seconds: text }
  const { url = '', share, site, ...numbers } = parseArgs({ options }).values
  const [viewers, first, seconds] = [Number(numbers.viewers), Number(numbers.first), Number(numbers.seconds)]
  let requests = 0
  const open = Array.from({ length: viewers }, (_, index) => {
    const number = first + index
    // Each viewer has an address of its own.
    const address = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`
    const client = createClient({
      endpoint: url,
      share,
      site,
      fetch(input, init) {
        if (input.includes('/reports/')) requests++
        return fetch(input, { ...init, headers: { ...init?.headers, 'x-forwarded-for': address } })
      },
    })
    return { client, watches: widgets.map(([report, question]) => client.watch(report, question)) }
  })
  const settled = () =>
    open.every(
      ({ client, watches }) =>
        client.status.get().state === 'live' && watches.every((watch) => watch.data.get() !== undefined),
    )
  for (const deadline = Date.now() + 120_000; !settled(); await Bun.sleep(100)) {
    if (Date.now() > deadline) throw new Error('Not all viewers could see the dashboard within two minutes.')
  }
  console.log('open')
  await Bun.sleep(2_000)
  const before = requests
  await Bun.sleep(seconds * 1_000)
  const asked = requests - before
  // The last visits are told, spread and asked for.
  await Bun.sleep(15_000)
  const fresh = createClient({ endpoint: url, share, site })
  const answers = await Promise.all(
    widgets.map(async ([report, question]) => JSON.stringify((await fresh.ask(report, question)).data)),
  )
  // Visitors now move with the clock: that report is compared by none.
  const stale = open.flatMap(({ watches }) =>
    watches.filter(
      (watch, index) => widgets[index]?.[0] !== 'live' && JSON.stringify(watch.data.get()) !== answers[index],
    ),
  ).length
  const viewed: Viewed = { requests: asked, stale }
  console.log(JSON.stringify(viewed))
  process.exit(0)
}

if (import.meta.main) await main()
