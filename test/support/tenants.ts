import { mintToken } from '../../server/access/index.ts'
import { createClient, type Scope } from '../../server/store/index.ts'
import { openNode, type TestNode } from './node.ts'
import { serverView } from './service.ts'

/** A site whose every text is its own, so that a byte of it is known wherever it turns up. */
export interface MarkedSite {
  readonly id: string
  /** Token of an API client that may do everything for the tenant of the site. */
  readonly admin: string
  /** A plain share link. */
  readonly share: string
  /** Texts that no other site has: its id, its tokens, the epoch of its positions, words in its paths and sources, its city. */
  readonly marks: readonly string[]
  /** Stores a visit that has all of its words. */
  visit(): Promise<void>
  makeShare(settings?: object): Promise<{ id: string; token: string }>
  /** Revokes a share link, or deletes the site where none is named. */
  remove(share?: string): Promise<void>
}

/** Two tenants with two sites each on one node, and a site that was deleted. */
export interface Estate extends AsyncDisposable {
  readonly node: TestNode
  readonly sites: readonly [MarkedSite, MarkedSite, MarkedSite, MarkedSite]
  readonly deleted: MarkedSite
  /** Makes an API client of the first tenant. */
  makeClient(scopes: readonly Scope[], settings?: object): Promise<{ id: string; token: string }>
  revokeClient(id: string): Promise<void>
  /** Moves the clock of the service on. */
  advance(ms: number): void
}

/** Addresses that lie in five cities, which no other site's visitors come from. */
const addresses = ['141.64.118.125', '147.32.0.1', '130.237.0.1', '163.1.0.1', '196.21.0.1']

/** Opens a node with the sites of two tenants on it. */
export async function openEstate(): Promise<Estate> {
  let ahead = 0
  const node = await openNode({ now: () => Date.now() + ahead, liveMs: 200 })
  const first = await tenant(node, 'one')
  const second = await tenant(node, 'two')
  const sites: Estate['sites'] = [
    await marked(node, first, 0),
    await marked(node, first, 1),
    await marked(node, second, 2),
    await marked(node, second, 3),
  ]
  const deleted = await marked(node, second, 4)
  for (const site of [...sites, deleted]) await site.visit()
  await deleted.remove()
  return {
    node,
    sites,
    deleted,
    makeClient: (scopes, settings = {}) =>
      post(node, first, '/api/clients', { label: 'a client', scopes, ...settings }),
    revokeClient: (id) => ask(node, first, `/api/clients/${id}`, { method: 'DELETE' }).then(() => undefined),
    advance: (ms) => void (ahead += ms),
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  }
}

/** Makes a tenant past the API, which makes none; returns the token of its first client. */
async function tenant({ assembly }: TestNode, tenant_id: string): Promise<string> {
  const { token, ...hashes } = mintToken('hkc')
  await assembly.sql`insert into tenants (tenant_id, name) values (${tenant_id}, ${tenant_id})`
  await createClient(assembly.sql, {
    ...hashes,
    client_id: `${tenant_id}-admin`,
    tenant_id,
    label: 'Operator',
    scopes: ['admin'],
    site_ids: null,
    expires_at: null,
  })
  return token
}

async function marked(node: TestNode, admin: string, index: number): Promise<MarkedSite> {
  const word = `zq${index}${crypto.randomUUID().slice(0, 8)}`
  const address = addresses[index] ?? ''
  const { id } = await post(node, admin, '/api/sites', { domain: `${word}.example`, name: `Shop ${word}` })
  const makeShare = (settings: object = {}) =>
    post(node, admin, `/api/sites/${id}/shares`, { label: `For ${word}`, visits: true, ...settings })
  const { token: share } = await makeShare()
  const [row] = await node.assembly.sql<[{ epoch: string }]>`select epoch from site_versions where site_id = ${id}`
  return {
    id,
    admin,
    share,
    marks: [id, word, share, row.epoch, ...(await cityOf(node, address))],
    makeShare,
    async visit() {
      const view = serverView(index, Date.now(), `/${word}`, {
        url: `https://${word}.example/${word}?utm_campaign=${word}`,
        referrer: `https://${word}.example.org/`,
        visitor_ip: address,
        user_agent: `Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 ${crypto.randomUUID()}`,
      })
      await post(node, admin, `/api/sites/${id}/ingest`, { items: [view] })
    },
    async remove(share) {
      const path = share === undefined ? `/api/sites/${id}` : `/api/sites/${id}/shares/${share}`
      await ask(node, admin, path, { method: 'DELETE' })
    },
  }
}

/** The city of an address, where the database of places knows cities. */
async function cityOf(node: TestNode, address: string): Promise<string[]> {
  const site = await node.makeSite()
  await node.sendFromServer(site, [serverView(1, Date.now(), '/', { visitor_ip: address })])
  const { rows } = await node.report(site, 'breakdown', 'by=city')
  return rows.map(({ value }) => value).filter((value) => value !== '')
}

async function ask(node: TestNode, token: string, path: string, init: RequestInit): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(node.url + path, { ...init, headers })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response
}

async function post(node: TestNode, token: string, path: string, body: object) {
  return (await ask(node, token, path, { method: 'POST', body: JSON.stringify(body) })).json()
}
