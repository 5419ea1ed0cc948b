/**
 * The service without the store of items, as a process: `/ingest` reads, checks, judges and attributes what
 * arrives by the same code, and answers 202 without a transaction. What is left out is the group commit and
 * all that follows a commit. Sites, salts and share links are in Postgres as ever, so that the rest is real.
 *
 * @module
 */
import { createAccess, withHash } from '../../server/access/index.ts'
import { createApp } from '../../server/app.ts'
import { createPostgresWake, openHeads } from '../../server/changes/index.ts'
import { readConfig } from '../../server/config.ts'
import { clientAddress, Counters, createVisitors, openPlaces } from '../../server/ingest/index.ts'
import { closeOnSignal } from '../../server/main.ts'
import { createDesk } from '../../server/reports/index.ts'
import { listen } from '../../server/runtime.ts'
import { findSite, openStore, saveClient, type Site } from '../../server/store/index.ts'
import { createHub } from '../../server/stream/index.ts'

async function start(): Promise<AsyncDisposable & { port: number }> {
  const config = readConfig(process.env)
  const stack = new AsyncDisposableStack()
  const { sql } = stack.use(await openStore(config))
  const { token_hash, token_hint } = withHash(config.adminToken ?? '')
  await saveClient(sql, {
    client_id: 'admin',
    tenant_id: 'default',
    label: '',
    token_hash,
    token_hint,
    scopes: ['admin'],
    site_ids: null,
    expires_at: null,
  })
  const heads = stack.use(await openHeads({ sql, wake: stack.use(createPostgresWake(sql)) }))
  const hub = stack.use(createHub({ heads }))
  const sites = new Map<string, Promise<Site | undefined>>()
  const sockets = new WeakMap<Request, string>()
  const app = createApp({
    sql,
    access: createAccess(sql, Date.now),
    publish: () => undefined,
    now: Date.now,
    heads,
    hub,
    desk: createDesk(sql, Date.now),
    group: { add: () => Promise.resolve(new Set()), [Symbol.asyncDispose]: () => Promise.resolve() },
    places: await openPlaces(),
    assets: new Map(),
    counters: new Counters(),
    visitors: createVisitors(sql, Date.now),
    findSite: (id) => sites.get(id) ?? sites.set(id, findSite(sql, id)).get(id) ?? Promise.resolve(undefined),
    addressOf: (request) => {
      const socket = sockets.get(request) ?? ''
      return clientAddress(socket, request.headers.get('x-forwarded-for'), config.trustedProxies)
    },
    keepOpen: () => undefined,
    onError: (error) => console.error(error),
  })
  const { port } = stack.use(
    listen(0, '127.0.0.1', (request, connection) => {
      sockets.set(request, connection.address(request))
      return app.handle(request)
    }),
  )
  return { port, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const starting = start()
closeOnSignal(starting)
console.log(`The bare service listens on http://127.0.0.1:${(await starting).port}`)
