import { expect } from 'bun:test'
import { type Client, createClient, type ReportName, type StateName, type Status } from '../../sdk/index.ts'
import { readConfig, startService } from '../../server/index.ts'
import { type Asked, type Shown, showsFresh, watchAll } from './fresh.ts'
import { Pace } from './pace.ts'
import { freshDatabase } from './postgres.ts'
import { openProxy, type Proxy } from './proxy.ts'
import { type Load, operatorToken, reach, type Shared, startLoad } from './remote.ts'
import { pageview, unlimited } from './service.ts'

const asked: Asked[] = [
  { report: 'overview', question: { range: '7d' } },
  { report: 'timeseries', question: { range: '24h', interval: 'hour', metrics: ['visitors', 'pageviews'] } },
  { report: 'live' },
]

/** How often the clock of service and clients is faster: a heartbeat takes 1.5 s, a poll 3 s. */
const speed = 10

/** A service, a proxy before it, clients behind that, and items that go to the service itself. */
export interface Stage extends AsyncDisposable {
  readonly url: string
  readonly shared: Shared
  readonly pace: Pace
  readonly proxy: Proxy
  readonly clients: readonly Client[]
  readonly shown: readonly Shown[]
  readonly load: Load
  /** Streams asked for so far, through the proxy. */
  streams(): number
  /** How often a report was asked for so far, through the proxy. */
  reports(report: ReportName): number
  /** Somebody visits a page; it is stored when this resolves. */
  visit(): Promise<void>
  /** Stops the service, and starts it again at the same address. */
  restart(): Promise<void>
  /** Ends the load and waits until every client shows what a fresh load shows, asked without the proxy. */
  allShowFresh(withinMs?: number): Promise<void>
}

/** Waits until something holds. */
export async function until(fits: () => boolean, what: string, withinMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !fits(); await Bun.sleep(10)) {
    if (Date.now() > deadline) throw new Error(`It did not come to be that ${what}.`)
  }
}

/**
 * Opens a stage on a database of its own, on which everybody is live and has answers.
 *
 * @param viewers how many clients
 * @param pace the clock of the service and of all clients
 */
export async function openStage({ viewers = 3, pace = new Pace(speed) } = {}): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const environment = {
    DATABASE_URL: await freshDatabase(),
    HK_ADMIN_TOKEN: operatorToken,
    HK_HOST: '127.0.0.1',
    HK_SPOOL_BYTES: '0',
    ...unlimited,
  }
  const start = (port: number | string) =>
    startService(readConfig({ ...environment, HK_PORT: `${port}` }), () => undefined, { now: pace.now })
  let service = await start(0)
  stack.defer(() => service[Symbol.asyncDispose]())
  const url = `http://127.0.0.1:${service.port}`
  const remote = reach(url)
  const shared = await remote.makeSite()
  const proxy = stack.use(await openProxy(url))
  const { now } = pace
  const clients = Array.from({ length: viewers }, () =>
    createClient({ endpoint: proxy.url, ...shared, live: true, timers: pace, now }),
  )
  stack.defer(() => clients.forEach((client) => client.close()))
  const shown = clients.flatMap((client) => watchAll(client, asked))
  const load = startLoad([remote], shared.site, 2)
  stack.defer(() => load.stop())
  const direct = createClient({ endpoint: url, ...shared })
  stack.defer(() => direct.close())
  await until(() => clients.every(({ status }) => status.get().state === 'live'), 'all are live')
  await until(() => shown.every(({ watch }) => watch.state.get() !== 'loading'), 'all have an answer')
  const count = (part: string) => proxy.asked.filter((target) => target.includes(part)).length
  const open = stack.move()
  return {
    url,
    shared,
    pace,
    proxy,
    clients,
    shown,
    load,
    streams: () => count('/realtime'),
    reports: (report) => count(`/reports/${report}`),
    async visit() {
      expect(await remote.send(shared.site, [pageview('/visited')])).toBe(202)
    },
    async restart() {
      const { port } = service
      await service[Symbol.asyncDispose]()
      service = await start(port)
    },
    async allShowFresh(withinMs = 45_000) {
      await load.stop()
      await showsFresh(shown, (report, question) => direct.ask(report, question), { withinMs })
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** The states of all clients. */
export const states = ({ clients }: Stage) => clients.map(({ status }) => status.get().state)

/** Keeps every state that a client comes to from now on. */
export function watchStatus({ clients: [client] }: Stage): Status[] {
  const seen: Status[] = []
  client?.on('status', (status) => seen.push(status))
  return seen
}

/** Waits until the state that a client came to last is this one. */
export const untilLast = (seen: readonly Status[], state: StateName): Promise<void> =>
  until(() => seen.at(-1)?.state === state, `it is ${state}`)

/** The names of states. */
export const names = (seen: readonly Status[]): string[] => seen.map(({ state }) => state)

/** The target of the stream that was asked for last. */
export const lastStream = ({ proxy }: Stage) => proxy.asked.findLast((target) => target.includes('/realtime'))

/** Opens a stage with one client that shows all there is, and with nobody on the site. */
export async function openQuiet(speed: number): Promise<Stage> {
  const stage = await openStage({ viewers: 1, pace: new Pace(speed) })
  await stage.allShowFresh()
  return stage
}

/** Lets some time of the stage's clock pass, in which nothing is expected. */
export const quiet = ({ pace }: Stage, ms: number): Promise<void> =>
  new Promise((resolve) => pace.setTimeout(resolve, ms))
