import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAccess, mintToken, withHash } from './access/index.ts'
import { createApp } from './app.ts'
import { createPostgresWake, openHeads, type Version } from './changes/index.ts'
import type { Config } from './config.ts'
import { readAssets } from './embed/index.ts'
import { clientAddress, Counters, createGroupCommit, createVisitors, openPlaces } from './ingest/index.ts'
import type { Log } from './log.ts'
import { createDesk } from './reports/index.ts'
import { type Connection, listen } from './runtime.ts'
import { destroySalts, findClientById, findSite, openStore, saveClient, type Site, type Sql, write } from './store/index.ts'
import { createHub } from './stream/index.ts'

/** A running service. Disposing ends streams with a word, commits what waits, and closes the store. */
export interface Service extends AsyncDisposable {
  readonly url: string
  /** The admin token, where it was made now; it is shown this once. */
  readonly madeToken: string | undefined
  /** Whether visits can be told a city, or only a country, or no place at all. */
  readonly places: string
}

const adminClient = 'admin'
const siteFreshMs = 2_000
const saltHourMs = 60 * 60 * 1000

/**
 * Puts the parts together and listens: store → changes → stream, reports, ingest → routes. Closes in
 * reverse.
 *
 * @throws {StoreError | ListenError} with a sentence to act on; nothing is left open then
 */
export async function startService(config: Config, log: Log): Promise<Service> {
  await using stack = new AsyncDisposableStack()
  const store = stack.use(await openStore(config))
  const { sql } = store
  const madeToken = await ensureAdmin(sql, config)
  const now = Date.now
  const wake = stack.use(createPostgresWake(sql))
  const heads = stack.use(await openHeads({ sql, wake, onError: (error) => log('warn', 'Versions could not be read', error) }))
  const publish = (versions: readonly Version[], gone: readonly string[] = []) => {
    heads.committed(versions)
    heads.look(gone)
    wake.publish([...versions.map((version) => version.site_id), ...gone])
  }
  const group = stack.use(
    createGroupCommit({ write: (rows) => write(sql, rows), committed: ({ versions }) => publish(versions) }),
  )
  const [places, assets] = await Promise.all([openPlaces({ path: config.geoDb ?? '' }), readAssets()])
  const hub = stack.use(createHub({ heads }))
  const connections = new WeakMap<Request, Connection>()
  const app = createApp({
    sql,
    access: createAccess(sql, now),
    publish,
    now,
    heads,
    hub,
    desk: createDesk(sql, now),
    group,
    places,
    assets,
    counters: new Counters(),
    visitors: createVisitors(sql, now),
    findSite: remember((siteId) => findSite(sql, siteId), now),
    addressOf: (request) => {
      const socket = connections.get(request)?.address(request) ?? ''
      return clientAddress(socket, request.headers.get('x-forwarded-for'), config.trustedProxies)
    },
    keepOpen: (request) => connections.get(request)?.keepOpen(request),
    onError: (error, request) => log('error', `${request.method} ${new URL(request.url).pathname}`, error),
  })
  const sweep = setInterval(() => {
    destroySalts(sql).catch((error) => log('warn', 'Old salts could not be destroyed', error))
  }, saltHourMs)
  stack.defer(() => clearInterval(sweep))
  const server = stack.use(
    listen(config.port, config.host, (request, connection) => {
      connections.set(request, connection)
      return app.handle(request)
    }),
  )
  // Streams are told goodbye while they can still hear it.
  const closing = stack.move()
  return {
    url: config.publicUrl ?? `http://localhost:${server.port}`,
    madeToken,
    places: places.source,
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await new Promise((resolve) => setTimeout(resolve, 50))
      await closing.disposeAsync()
    },
  }
}

/** Makes the first credential: the operator's token, or a new one that is left beside the data. */
async function ensureAdmin(sql: Sql, config: Config): Promise<string | undefined> {
  if (config.adminToken === undefined && (await findClientById(sql, adminClient)) !== undefined) return undefined
  const { token, token_hash, token_hint } =
    config.adminToken === undefined ? mintToken('hka') : withHash(config.adminToken)
  await saveClient(sql, {
    client_id: adminClient,
    tenant_id: 'default',
    label: 'Operator',
    token_hash,
    token_hint,
    scopes: ['admin'],
    site_ids: null,
    expires_at: null,
  })
  if (config.databaseUrl === undefined) {
    await mkdir(config.dataDir, { recursive: true })
    await writeFile(join(config.dataDir, 'admin-token'), `${token}\n`, { mode: 0o600 })
  }
  return config.adminToken === undefined ? token : undefined
}

/** Remembers sites for moments, so that a burst of items asks once. */
function remember(
  find: (siteId: string) => Promise<Site | undefined>,
  now: () => number,
): (siteId: string) => Promise<Site | undefined> {
  const known = new Map<string, { site: Promise<Site | undefined>; until: number }>()
  return (siteId) => {
    const held = known.get(siteId)
    if (held !== undefined && held.until > now()) return held.site
    if (known.size > 10_000) known.clear()
    const site = find(siteId)
    known.set(siteId, { site, until: now() + siteFreshMs })
    site.catch(() => known.delete(siteId))
    return site
  }
}
