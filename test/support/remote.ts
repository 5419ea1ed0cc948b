import { browserAgent, pageview } from './service.ts'

/** The operator's token of services that a test starts. */
export const operatorToken = 'admin-token-of-the-tests'

/** A service at an address, as its operator and its tracker reach it. */
export interface Remote {
  readonly url: string
  /** Asks with the operator's token; expects success. */
  admin<T>(path: string, body?: object): Promise<T>
  /** Makes a site with a share link. */
  makeSite(): Promise<Shared>
  /** Sends items as the tracker does; the status of the answer, 0 where none came. */
  send(siteId: string, items: object[], agent?: string): Promise<number>
  /** A figure of `/metrics`. */
  metric(name: string): Promise<number>
  /** Waits until nothing waits in the spool. */
  drained(): Promise<void>
  /** How many answers with 503 did not say when to come again. */
  readonly unexplained: number
}

/** A site that a share link shows. */
export interface Shared {
  readonly site: string
  readonly share: string
}

/** Reaches a service at an address. */
export function reach(url: string): Remote {
  async function admin<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text()
    return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1])
  }
  let unexplained = 0
  return {
    url,
    admin,
    metric,
    async drained() {
      for (const deadline = Date.now() + 60_000; (await metric('hk_spool_items')) !== 0; await Bun.sleep(50)) {
        if (Date.now() > deadline) throw new Error(`${await metric('hk_spool_items')} items wait in the spool.`)
      }
    },
    get unexplained() {
      return unexplained
    },
    async makeSite() {
      const { id: site } = await admin<{ id: string }>('/api/sites', { domain: 'shop.example' })
      const { token: share } = await admin<{ token: string }>(`/api/sites/${site}/shares`, {})
      return { site, share }
    },
    async send(site, items, agent = browserAgent) {
      const headers = { 'content-type': 'text/plain', 'user-agent': agent }
      const body = JSON.stringify({ site, items })
      const response = await fetch(`${url}/ingest`, { method: 'POST', headers, body }).catch(() => undefined)
      await response?.arrayBuffer().catch(() => undefined)
      if (response?.status === 503 && !/^[1-9]\d*$/.test(response.headers.get('retry-after') ?? '')) unexplained += 1
      return response?.status ?? 0
    },
  }
}

/** People who use a site, each as fast as the service lets them. */
export interface Load {
  /** Pages whose views were acknowledged, each viewed once. */
  readonly acknowledged: readonly string[]
  /** How often each status was answered; 0 where no answer came. */
  readonly statuses: ReadonlyMap<number, number>
  /** Waits until so many more views were acknowledged. */
  reach(more: number): Promise<void>
  /** Ends once all that was sent is acknowledged: what is not is sent again, as the tracker does. */
  stop(): Promise<void>
}

/**
 * Sends views of pages that nobody else views, over several services in turn, until it is stopped.
 *
 * @param restMs milliseconds that each sender rests after a view
 */
export function startLoad(remotes: readonly Remote[], site: string, senders = 4, restMs = 5): Load {
  const acknowledged: string[] = []
  const statuses = new Map<number, number>()
  let going = true
  const sending = Array.from({ length: senders }, async (_, sender) => {
    for (let count = 0; going; count += 1) {
      const path = `/${sender}/${count}`
      const item = pageview(path)
      for (let tries = 0, status = 0; status !== 202; tries += 1) {
        const remote = remotes[(sender + count + tries) % remotes.length]
        status = (await remote?.send(site, [item], `${browserAgent} v${sender}`)) ?? 0
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        await Bun.sleep(status === 202 ? restMs : 50)
      }
      acknowledged.push(path)
    }
  })
  return {
    acknowledged,
    statuses,
    async reach(more) {
      const enough = acknowledged.length + more
      for (const deadline = Date.now() + 60_000; acknowledged.length < enough; await Bun.sleep(20)) {
        if (Date.now() > deadline) throw new Error(`Only ${acknowledged.length} of ${enough} came.`)
      }
    },
    async stop() {
      going = false
      await Promise.all(sending)
    },
  }
}

/** How often each page of a site was viewed, as its report tells. */
export async function viewsOf({ admin }: Remote, site: string): Promise<Map<string, number>> {
  const views = new Map<string, number>()
  for (let offset = 0; ; offset += 1_000) {
    const path = `/api/sites/${site}/reports/breakdown?by=page&limit=1000&offset=${offset}`
    const { data } = await admin<{ data: { rows: { value: string; pageviews: number }[] } }>(path)
    for (const { value, pageviews } of data.rows) views.set(value, (views.get(value) ?? 0) + pageviews)
    if (data.rows.length < 1_000) return views
  }
}
