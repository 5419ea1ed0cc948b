import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAccess, mintToken, withHash } from './access/index.ts'
import { restoreSetting } from './admin/index.ts'
import { type App, createApp } from './app.ts'
import { openHeads, openWake, type Version, type Wake } from './changes/index.ts'
import type { Config } from './config.ts'
import { createElapsed } from './elapsed.ts'
import { readAssets } from './embed/index.ts'
import { createEngine, createSegmentCache, createSites, createUpkeep, type EngineSites, type Upkeep } from './engine/index.ts'
import { createExports, type ExportLimits, type Exports } from './exports/index.ts'
import { openGuards } from './guards.ts'
import { createImports, type Imports } from './imports/index.ts'
import {
  createArrivals,
  createDrain,
  createGroupCommit,
  createRecall,
  createVisitors,
  type GroupCommit,
  networkOf,
  openSpool,
  type Overflow,
  type Places,
} from './ingest/index.ts'
import { createReporter, type Log } from './log.ts'
import { createSchedule } from './opportunities/index.ts'
import { createDesk } from './reports/index.ts'
import { type Connection, listen, urlOf } from './runtime.ts'
import {
  createLookups,
  createRoller,
  destroySalts,
  ensureClient,
  findSite,
  isLogImport,
  forgetRefusals,
  type Group,
  openStore,
  type Roller,
  type Sql,
  visitorsNow,
  visitsSince,
  write,
  type Written,
} from './store/index.ts'
import { createHub, type Hub, type StreamCaps } from './stream/index.ts'
import { createTakeouts } from './takeout/index.ts'

/** The parts of a service, put together but not listening. */
export interface Assembly extends AsyncDisposable {
  readonly app: App
  readonly sql: Sql
  readonly hub: Hub
  readonly roller: Roller
  readonly sites: EngineSites
  readonly upkeep: Upkeep
  readonly exports: Exports
  readonly imports: Imports
  /** Whether there is what browsers load. */
  readonly isBuilt: boolean
  /** The admin token, where it was made now; it is shown this once. */
  readonly madeToken: string | undefined
  /** Which place database answers. */
  readonly places: Places['source']
  /** Says goodbye to streams, commits what waits, and takes nothing more. */
  drain(): Promise<void>
  /** Says what the socket of a request is; without it a request has no address. */
  connect(request: Request, connection: Connection): void
}

/** A running service. Disposing ends streams with a word, commits what waits, and closes the store. */
export interface Service extends AsyncDisposable {
  readonly url: string
  /** Where this machine reaches it, whatever others call it. */
  readonly localUrl: string
  readonly port: number
  readonly madeToken: string | undefined
  readonly places: Places['source']
}

/** What tests and benchmarks put in place of the clock, of timings and of the store of items. */
export interface ServiceOptions {
  readonly now?: () => number
  readonly heartbeatMs?: number
  readonly maxAgeMs?: number
  /** Milliseconds between two events of a site, at least. */
  readonly spacingMs?: number
  readonly liveMs?: number
  readonly caps?: StreamCaps
  readonly exports?: ExportLimits
  readonly group?: GroupCommit
  /** Milliseconds between two looks at the versions of watched sites. */
  readonly lookMs?: number
  /** Milliseconds between two saves of what was refused. */
  readonly refusalsMs?: number
  /** Put around what wakes other nodes, so that a test loses, doubles or delays wake-ups. */
  readonly wake?: (wake: Wake) => Wake
}

const siteFreshMs = 2_000
const siteStaleMs = 48 * 60 * 60 * 1000
const sweepMs = 60 * 60 * 1000
const goodbyeMs = 100

/**
 * Puts the parts together: store → changes → stream, reports, ingest → routes. Closes in reverse.
 *
 * @throws {StoreError} with a sentence to act on; nothing is left open then
 */
export async function assemble(config: Config, log: Log, options: ServiceOptions = {}): Promise<Assembly> {
  const { now = Date.now, lookMs, refusalsMs, group: otherGroup, wake: throughWake = (wake) => wake, exports: exportLimits, ...timings } = options
  await using stack = new AsyncDisposableStack()
  const { sql } = stack.use(await openStore({ ...config, report: (message) => log('warn', message) }))
  const madeToken = await ensureAdmin(sql, config)
  const lookups = createLookups(sql)
  const wake = throughWake(stack.use(await openWake(config.bus, sql, (message) => log('warn', message))))
  const heads = stack.use(
    await openHeads({
      sql,
      readVersion: lookups.version,
      wake,
      ...(lookMs === undefined ? {} : { everyMs: lookMs }),
      onError: (error) => log('warn', 'Versions could not be read', error),
    }),
  )
  const publish = (versions: readonly Version[], gone: readonly string[] = []) => {
    heads.committed(versions)
    heads.look(gone)
    wake.publish([...versions.map((version) => version.site_id), ...gone])
  }
  const store = async (rows: Group): Promise<Written> => {
    const written = await write(sql, rows)
    if (written.versions.length > 0) publish(written.versions)
    return written
  }
  const overflow = config.spoolBytes === 0 ? undefined : stack.use(await openOverflow(config, store, log, now))
  const group = stack.use(otherGroup ?? createGroupCommit({ store, overflow, log }))
  const connections = new WeakMap<Request, Connection>()
  const socketOf = (request: Request) => connections.get(request)?.address(request) ?? ''
  const guards = stack.use(await openGuards({ config, sql, log, now, socketOf, refusalsMs }))
  const assets = await readAssets()
  const hub = stack.use(
    createHub({
      heads,
      now,
      feed: {
        visitorsNow: (siteId) => visitorsNow(sql, siteId, now()),
        visitsSince: (siteId, after, upTo) => visitsSince(sql, siteId, after, upTo, now()),
      },
      onError: (error) => log('warn', 'Visitors now could not be read', error),
      ...timings,
    }),
  )
  const roller = stack.use(
    createRoller({ sql, onError: (error) => log('warn', 'Roll-ups could not be computed', error) }),
  )
  stack.use(
    createSchedule({ sql, now, publish, onError: (error) => log('warn', 'Detectors could not run', error) }),
  )
  const engine = stack.use(createEngine({ dataDir: config.dataDir, memoryBytes: config.engineMemory, log }))
  const cache = createSegmentCache({ sql, folder: engine.segments, maxBytes: config.segmentCacheBytes })
  const sites = createSites({ engine, sql, cache })
  const upkeep = stack.use(
    createUpkeep({ sql, engine, cache, now, onError: (error) => log('warn', 'Days that are over could not be put into segments', error) }),
  )
  const exports = stack.use(createExports({ sql, engine, now, ...exportLimits }))
  const takeouts = stack.use(createTakeouts({ sql, now }))
  const imports = stack.use(
    createImports({
      sql,
      now,
      publish,
      roll: roller.wake,
      restore: ({ site_id }, setting) => restoreSetting({ sql, publish, roll: roller.wake }, site_id, setting),
      onError: (error) => log('warn', 'An import failed', error),
    }),
  )
  const app = createApp({
    sql,
    access: createAccess({ lookups, now, networkOf: (request) => networkOf(guards.parts.addressOf(request)) }),
    publish,
    roll: roller.wake,
    now,
    arrivedAt: createArrivals(now),
    hub,
    desk: createDesk({ sql, sites, now }),
    exports,
    imports,
    takeouts,
    group,
    ...guards.parts,
    assets,
    overflow,
    visitors: createVisitors(sql, now),
    isLogImport: (siteId, id) => isLogImport(sql, siteId, id),
    findSite: createRecall({
      read: (siteId) => findSite(sql, siteId),
      now,
      freshMs: siteFreshMs,
      staleMs: siteStaleMs,
      most: 10_000,
    }),
    keepOpen: (request, silenceMs) => connections.get(request)?.keepOpen(request, silenceMs),
    onError: createReporter(log, createElapsed(now)),
  })
  const sweep = setInterval(() => {
    destroySalts(sql).catch((error) => log('warn', 'Old salts could not be destroyed', error))
    forgetRefusals(sql).catch((error) => log('warn', 'Old counts of refusals could not be deleted', error))
  }, sweepMs)
  stack.defer(() => clearInterval(sweep))
  const open = stack.move()
  return {
    app,
    sql,
    hub,
    roller,
    sites,
    upkeep,
    exports,
    imports,
    isBuilt: assets.size > 0,
    madeToken,
    places: guards.parts.places.source,
    async drain() {
      await hub[Symbol.asyncDispose]()
      await group[Symbol.asyncDispose]()
    },
    connect: (request, connection) => connections.set(request, connection),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/**
 * Starts the service: assembles it and listens.
 *
 * @throws {StoreError | ListenError} with a sentence to act on; nothing is left open then
 */
export async function startService(config: Config, log: Log, options: ServiceOptions = {}): Promise<Service> {
  await using stack = new AsyncDisposableStack()
  const assembly = stack.use(await assemble(config, log, options))
  if (!assembly.isBuilt) log('warn', 'Browsers get neither /hk.js nor /embed/hk.js, as nothing is built: run "bun run build"')
  const server = stack.use(
    listen(config.port, config.host, (request, connection) => {
      assembly.connect(request, connection)
      return assembly.app.handle(request)
    }),
  )
  // Streams hear a goodbye and senders their receipts while they still can.
  stack.defer(async () => {
    await assembly.drain()
    await new Promise((resolve) => setTimeout(resolve, goodbyeMs))
  })
  const localUrl = urlOf(config.host, server.port)
  const open = stack.move()
  return {
    url: config.publicUrl ?? localUrl,
    localUrl,
    port: server.port,
    madeToken: assembly.madeToken,
    places: assembly.places,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** Opens the spool, and begins to store what an earlier process left in it. Closes without waiting for the rest. */
async function openOverflow(
  { dataDir, spoolBytes }: Config,
  store: (rows: Group) => Promise<Written>,
  log: Log,
  now: () => number,
): Promise<Overflow & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const spool = stack.use(await openSpool({ dataDir, maxBytes: spoolBytes, log, now }))
  const drain = stack.use(createDrain({ spool, store, log, now }))
  if (spool.items > 0) log('info', `${spool.items} items of an earlier run wait in the spool, and are stored now`)
  drain.wake()
  const open = stack.move()
  return { spool, drain, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

/** Makes the first credential: the operator's token, or a new one that is left beside the data. */
async function ensureAdmin(sql: Sql, config: Config): Promise<string | undefined> {
  const chosen = config.adminToken
  const { token, ...hashes } = chosen === undefined ? mintToken('hka') : withHash(chosen)
  const client = { ...hashes, client_id: 'admin', tenant_id: 'default', label: 'Operator' }
  const rights = { scopes: ['admin' as const], site_ids: null, expires_at: null }
  if (!(await ensureClient(sql, { ...client, ...rights }, chosen !== undefined))) return undefined
  if (config.databaseUrl === undefined) {
    await mkdir(config.dataDir, { recursive: true })
    await writeFile(join(config.dataDir, 'admin-token'), `${token}\n`, { mode: 0o600 })
  }
  return chosen === undefined ? token : undefined
}
