import { type Client, createClient } from '../../sdk/index.ts'
import { type Asked, type Shown, showsFresh, watchAll } from './fresh.ts'
import type { Shared } from './remote.ts'

/** People who look at a site's reports, each through a client of their own over real sockets. */
export interface Audience extends Disposable {
  /** How often a client was told to load everything anew. */
  readonly resyncs: number
  /** The positions that streams were asked to continue from, in their order; `null` without one. */
  readonly continued: readonly (string | null)[]
  /** Waits until each is live and has all answers. */
  ready(): Promise<void>
  /** Waits until everybody is live and shows what a fresh load at an address shows. */
  showsFresh(endpoint: string, withinMs?: number): Promise<void>
}

const asked: Asked[] = [
  { report: 'overview', question: { range: '7d' } },
  { report: 'timeseries', question: { range: '24h', interval: 'hour', metrics: ['visitors', 'pageviews'] } },
  { report: 'breakdown', question: { range: '7d', by: 'page', limit: 50 } },
  { report: 'live' },
]

/** Opens clients of a shared site: one for each address named, to that address. */
export function openAudience(endpoints: readonly string[], { site, share }: Shared): Audience {
  const clients: Client[] = []
  const shown: Shown[] = []
  const continued: (string | null)[] = []
  let resyncs = 0
  for (const endpoint of endpoints) {
    const client = createClient({
      endpoint,
      site,
      share,
      fetch: (url, init) => {
        const { pathname, searchParams } = new URL(url)
        if (pathname.endsWith('/realtime')) continued.push(searchParams.get('last_event_id'))
        return fetch(url, init)
      },
    })
    client.on('resync', () => (resyncs += 1))
    clients.push(client)
    shown.push(...watchAll(client, asked))
  }

  async function live(withinMs: number): Promise<void> {
    const states = () => clients.map(({ status }) => status.get().state)
    for (const deadline = Date.now() + withinMs; states().some((one) => one !== 'live'); await Bun.sleep(50)) {
      if (Date.now() > deadline) throw new Error(`Not all are live, but ${states().join(', ')}.`)
    }
  }

  return {
    get resyncs() {
      return resyncs
    },
    continued,
    async ready() {
      await live(10_000)
      for (const { watch } of shown) {
        for (const deadline = Date.now() + 10_000; watch.state.get() !== 'ready'; await Bun.sleep(20)) {
          if (Date.now() > deadline) throw new Error(`A report is ${watch.state.get()}, not ready.`)
        }
      }
    },
    async showsFresh(endpoint, withinMs = 60_000) {
      const began = Date.now()
      await live(withinMs)
      const direct = createClient({ endpoint, site, share })
      try {
        await showsFresh(shown, (report, question) => direct.ask(report, question), {
          withinMs: withinMs - (Date.now() - began),
        })
      } finally {
        direct.close()
      }
    },
    [Symbol.dispose]() {
      for (const client of clients) client.close()
    },
  }
}
