import type { ReportData, ReportName, Receipt } from '@hk-live/sdk/protocol'
import { assemble, type Assembly, readConfig, type ServiceOptions } from '../../server/index.ts'
import { freshDatabase } from './postgres.ts'

/** A desktop browser's user agent, as a person's. */
export const browserAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

const adminToken = 'admin-token-of-the-tests'

/** Settings under which anybody may send as much as the service can take, as tests do. */
export const unlimited = { HK_INGEST_RATE_ADDRESS: '0', HK_INGEST_RATE_SITE: '0', HK_INGEST_VISITOR_ITEMS: '0' }

/** A service without a socket, on a database of its own, with shortcuts to ask it. */
export interface TestService extends AsyncDisposable {
  readonly assembly: Assembly
  readonly databaseUrl: string
  /** Errors that the service reported as its own. */
  readonly errors: string[]
  fetch(path: string, init?: RequestInit & { address?: string }): Promise<Response>
  /** Asks with the admin's token and a JSON body; expects success. */
  admin<T>(path: string, body?: unknown, method?: string): Promise<T>
  makeSite(settings?: object): Promise<string>
  makeShare(siteId: string, settings?: object): Promise<{ id: string; token: string }>
  /** Sends items as the tracker does, from one address. */
  send(siteId: string, items: object[], options?: { address?: string; agent?: string }): Promise<Receipt>
  /** Sends items as a server does. */
  sendFromServer(siteId: string, items: object[]): Promise<Receipt>
  report<N extends ReportName>(siteId: string, name: N, query?: string): Promise<ReportData[N]>
}

/** Opens a service for tests; `databaseUrl` shares a database between several, `env` has more settings. */
export async function openService(
  options: ServiceOptions & { databaseUrl?: string; env?: Record<string, string> } = {},
): Promise<TestService> {
  const { databaseUrl = await freshDatabase(), env = {}, ...rest } = options
  const own = { DATABASE_URL: databaseUrl, HK_ADMIN_TOKEN: adminToken, HK_LOG: 'silent', HK_SPOOL_BYTES: '0', ...unlimited }
  const config = readConfig({ ...own, ...env })
  const errors: string[] = []
  const assembly = await assemble(
    config,
    (_level, message, cause) => errors.push(`${message} ${String(cause)}`),
    rest,
  )

  async function ask(
    path: string,
    { address = '198.51.100.7', ...init }: RequestInit & { address?: string } = {},
  ) {
    const request = new Request(`http://test${path}`, init)
    assembly.connect(request, { address: () => address, keepOpen: () => undefined })
    return assembly.app.handle(request)
  }

  async function admin<T>(
    path: string,
    body?: unknown,
    method = body === undefined ? 'GET' : 'POST',
  ): Promise<T> {
    const response = await ask(path, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? (undefined as T) : (JSON.parse(text) as T)
  }

  return {
    assembly,
    databaseUrl,
    errors,
    fetch: ask,
    admin,
    async makeSite(settings = {}) {
      return (await admin<{ id: string }>('/api/sites', { domain: 'shop.example', ...settings })).id
    },
    makeShare: (siteId, settings = {}) => admin(`/api/sites/${siteId}/shares`, settings),
    async send(site, items, { address, agent = browserAgent } = {}) {
      const response = await ask('/ingest', {
        method: 'POST',
        headers: { 'content-type': 'text/plain', 'user-agent': agent },
        body: JSON.stringify({ site, items }),
        ...(address === undefined ? {} : { address }),
      })
      if (response.status !== 202) throw new Error(`/ingest: ${response.status} ${await response.text()}`)
      return response.json()
    },
    sendFromServer: (siteId, items) => admin(`/api/sites/${siteId}/ingest`, { items }),
    async report(siteId, name, query = '') {
      const path = `/api/sites/${siteId}/reports/${name}${query === '' ? '' : `?${query}`}`
      return (await admin<{ data: never }>(path)).data
    },
    [Symbol.asyncDispose]: () => assembly[Symbol.asyncDispose](),
  }
}

let counter = 0

/** A pageview as the tracker makes it, with an id of its own. */
export function pageview(path = '/', more: object = {}): { id: string; type: string; url: string } {
  return { id: crypto.randomUUID(), type: 'pageview', url: `https://shop.example${path}`, ...more }
}

/** A pageview as a server sends it, of a visitor that a number stands for. */
export function serverView(visitor: number, at: number | string, path = '/', more: object = {}) {
  return {
    ...pageview(path),
    at: new Date(at).toISOString(),
    visitor_ip: `203.0.113.${visitor % 250}`,
    user_agent: `${browserAgent} v${Math.floor(visitor / 250)}`,
    ...more,
  }
}

/** An address that no other call has returned. */
export function freshAddress(): string {
  counter++
  return `10.${(counter >> 16) & 255}.${(counter >> 8) & 255}.${counter & 255}`
}
