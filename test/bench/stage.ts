import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { startEmbedded } from '../../server/store/embedded.ts'
import { type Child, startChild } from './child.ts'

const token = 'admin-token-of-the-bench'

/** A Postgres of our own, with the settings that the service gives it. */
export interface Cluster extends AsyncDisposable {
  readonly version: string
  /** Whether a commit waits for the disk: `fsync` and `synchronous_commit` of the server. */
  readonly durability: string
  /** Transactions that a database has ended so far; a statement by itself is one. */
  transactions(name: string): Promise<number>
  /** Makes an empty database and returns its address. */
  database(name: string): Promise<string>
  /** Gathers the planner's statistics of a database, as autovacuum does within a minute or so. */
  analyze(url: string): Promise<void>
}

/** Starts the embedded Postgres in a temporary folder. */
export async function openCluster(): Promise<Cluster> {
  const dir = await mkdtemp(join(tmpdir(), 'hk-bench-'))
  // For root, Postgres runs under another account, which has to reach its data.
  await chmod(dir, 0o755)
  const embedded = await startEmbedded(dir)
  const sql = postgres(embedded.url, { max: 1, onnotice: () => undefined })
  const setting = async (name: string) => {
    const [row] = await sql`select current_setting(${name}) as value`
    return String(row?.value)
  }
  return {
    version: await setting('server_version'),
    durability: `fsync ${await setting('fsync')}, synchronous_commit ${await setting('synchronous_commit')}`,
    async transactions(name) {
      const [row] = await sql<{ ended: number }[]>`
        select (xact_commit + xact_rollback)::float as ended from pg_stat_database where datname = ${name}`
      return row?.ended ?? Number.NaN
    },
    async database(name) {
      await sql.unsafe(`create database ${name}`)
      return embedded.url.replace(/\/postgres$/, `/${name}`)
    },
    async analyze(url) {
      const inside = postgres(url, { max: 1, onnotice: () => undefined })
      await inside`analyze`
      await inside.end()
    },
    async [Symbol.asyncDispose]() {
      await sql.end()
      await embedded[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** A service as a process of its own, with one site and one share link of it. */
export interface Target extends AsyncDisposable {
  readonly pid: number
  readonly url: string
  readonly site: string
  readonly share: string
  /** Posts to an admin's route. */
  make(path: string, body: object): Promise<{ id: string; token?: string }>
}

/** Starts the service on a database. It believes `X-Forwarded-For` of this machine. */
export function openTarget(databaseUrl: string): Promise<Target> {
  return open('server/main.ts', databaseUrl)
}

/** Starts the service where it collects its garbage every second: see `swept.ts`. */
export function openSwept(databaseUrl: string): Promise<Target> {
  return open('test/bench/swept.ts', databaseUrl)
}

/** Starts the same service without the store of items: see `bare.ts`. */
export function openBare(databaseUrl: string): Promise<Target> {
  return open('test/bench/bare.ts', databaseUrl)
}

async function open(program: string, databaseUrl: string): Promise<Target> {
  const child = startChild([program], {
    DATABASE_URL: databaseUrl,
    HK_ADMIN_TOKEN: token,
    HK_HOST: '127.0.0.1',
    HK_PORT: '0',
    HK_LOG: 'warn',
    // Several may run at once, and the folder of the checkout is one.
    HK_SPOOL_BYTES: '0',
    HK_TRUSTED_PROXIES: '127.0.0.0/8',
    // What the service can take is what is asked for.
    HK_INGEST_RATE_ADDRESS: '0',
    HK_INGEST_RATE_SITE: '0',
    HK_INGEST_VISITOR_ITEMS: '0',
  })
  try {
    const line = await child.line(/listens on/)
    const url = line.replace(/^.*(:\d+)$/, 'http://127.0.0.1$1')
    return await prepare(url, child)
  } catch (error) {
    await child[Symbol.asyncDispose]()
    throw error
  }
}

async function prepare(url: string, child: Child): Promise<Target> {
  const make: Target['make'] = async (path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return response.json()
  }
  const { id: site } = await make('/api/sites', { domain: 'shop.example' })
  const { token: share = '' } = await make(`/api/sites/${site}/shares`, {})
  return { pid: child.pid, url, site, share, make, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}

/** Makes more sites, and returns their ids. */
export async function makeSites({ make }: Target, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let made = 0; made < count; made++) ids.push((await make('/api/sites', { domain: `shop-${made}.example` })).id)
  return ids
}
