import postgres from 'postgres'
import { driverTls } from './database-tls.ts'
import { type DatabaseAddress, readDatabaseUrl, shownAddress } from './database-url.ts'
import { type EmbeddedPostgres, startEmbedded } from './embedded.ts'
import { StoreError } from './lock.ts'
import { migrate } from './migrate.ts'

/** A pool of connections, as `postgres` makes it. */
export type Sql = postgres.Sql

/** A connection inside a transaction. */
export type Transaction = postgres.TransactionSql

/** What statements are asked of: a pool, or a connection inside a transaction. */
export type Database = postgres.ISql

/** The opened store. Disposing closes its connections, then the embedded Postgres if it is ours. */
export interface Store extends AsyncDisposable {
  readonly sql: Sql
}

const oldest = 15

/**
 * Connects to the operator's Postgres, or starts the embedded one, and brings its tables up to date.
 *
 * @throws {StoreError} with a sentence to act on
 */
export async function openStore(options: {
  databaseUrl?: string | undefined
  dataDir: string
  /** Is told when the embedded Postgres ends, and when it runs again. */
  report?: (message: string) => void
}): Promise<Store> {
  const embedded = options.databaseUrl === undefined ? await startEmbedded(options.dataDir, options.report) : undefined
  const sql = connect(options.databaseUrl ?? embedded?.url ?? '')
  try {
    await checkServer(sql, options.databaseUrl)
    await migrate(sql)
  } catch (error) {
    await close(sql, embedded)
    throw error
  }
  return {
    sql,
    [Symbol.asyncDispose]: () => close(sql, embedded),
  }
}

/**
 * A pool with our settings. `debug` is told of each statement.
 *
 * @throws {StoreError} where the address cannot be understood, or a file that it names cannot be read
 */
export function connect(url: string, debug?: (statement: string, parameters: unknown[]) => void): Sql {
  const address = readDatabaseUrl(url)
  const { hosts, ports, user, password, database, tls, session } = address
  const [host = ''] = hosts
  // The driver takes lists and this word, but its types do not know of them; in one text an IPv6 address would be cut.
  const places: object = { host: hosts, port: ports, ...(tls.isDirect && { sslnegotiation: 'direct' }) }
  return postgres({
    ...places,
    ...(debug && { debug: (_connection, statement, parameters) => debug(statement, parameters) }),
    ...(host.startsWith('/') && { path: `${host}/.s.PGSQL.${ports[0]}` }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    ...(session !== undefined && { target_session_attrs: session }),
    ssl: driverTls(tls, hosts),
    prepare: !address.isPooled,
    max: address.connections ?? 16,
    connect_timeout: address.connectSeconds ?? 10,
    // Seconds to the next try while Postgres is away: soon enough that nobody waits for the driver.
    backoff: (tries: number) => Math.min(0.05 * 2 ** tries, 1),
    onnotice: () => undefined,
    connection: parametersOf(address),
    types: {
      // Counts and seqs stay far below 2^53; visitor ids are cast to text where they are read.
      count: { to: 20, from: [20], serialize: String, parse: Number },
    },
  })
}

/** What is said to the server as a connection starts: our settings, then those of the address. */
function parametersOf({ isPooled, parameters }: DatabaseAddress): Record<string, string> {
  const kept = { application_name: 'hk-live', timezone: 'UTC' }
  // A pooler refuses parameters that it cannot keep apart for its clients.
  if (isPooled) return { ...kept, ...parameters }
  return {
    ...kept,
    statement_timeout: '30000',
    // A plan made for an empty table and kept would scan the whole of it once it is large.
    plan_cache_mode: 'force_custom_plan',
    // For sorting and grouping raw rows under filters, before they go to the disk.
    work_mem: '32MB',
    // Compiling a statement takes longer than most of ours run.
    jit: 'off',
    ...parameters,
  }
}

async function close(sql: Sql, embedded: EmbeddedPostgres | undefined): Promise<void> {
  await sql.end({ timeout: 5 }).catch(() => undefined)
  await embedded?.[Symbol.asyncDispose]()
}

async function checkServer(sql: Sql, url: string | undefined): Promise<void> {
  const where =
    url === undefined ? 'The embedded Postgres' : `The Postgres of DATABASE_URL (${shownAddress(readDatabaseUrl(url))})`
  let version: number
  try {
    const [row] = await sql<
      { version: number }[]
    >`select current_setting('server_version_num')::int as version`
    version = row?.version ?? 0
  } catch (error) {
    throw new StoreError(
      `${where} does not answer: ${reason(error)}. ${adviceFor(error)}; leave DATABASE_URL out to use the embedded Postgres.`,
    )
  }
  demandVersion(version, where)
}

/**
 * Refuses a Postgres that is too old.
 *
 * @param version as `server_version_num`: 150004 is 15.4
 * @throws {StoreError}
 */
export function demandVersion(version: number, where: string): void {
  if (version >= oldest * 10_000) return
  throw new StoreError(
    `${where} is version ${Math.floor(version / 10_000)}, but hk-live needs ${oldest} or later. ` +
      'Upgrade it, or leave DATABASE_URL out to use the embedded one.',
  )
}

/** What to do about an error of a first connection. */
function adviceFor(error: unknown): string {
  const text = `${error instanceof Error && 'code' in error ? String(error.code) : ''} ${reason(error)}`
  if (/unsupported startup parameter/.test(text)) return 'A pooler is in between: add pgbouncer=true to the address'
  if (/certificate|CERT|ALTNAME|UnknownIssuer/.test(text))
    return 'Name the authority that signed its certificate with sslrootcert, and the server as the certificate does'
  if (/SSL|TLS|tls|wrong version|before secure/.test(text)) return 'If it has no TLS, use sslmode=disable'
  if (/no encryption|SSL off/.test(text)) return 'It demands TLS: add sslmode=require to the address'
  return 'Start it, or correct the address'
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError) return error.errors.map(reason).join(', ')
  return error.message.replace(/\.$/, '')
}

/** Whether a transaction lost to another one (SQLSTATE class 40: deadlocks among others) and may be tried again. */
export function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^40[0-9A-Z]{3}$/.test(String(error.code))
}

/**
 * Whether an error means that Postgres could not be reached, was going away or let nobody in, so that the same
 * work may succeed later: errors of the connection, its certificates and our open files, and of SQLSTATE the classes
 * 08, 28, 40, 53, 58, the shutdowns of 57, a standby that cannot be written yet (25006), and a database or a right
 * that is missing (3D000, 42501). A statement that took too long (57014) is none: it would again.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  const code = String(error.code)
  return (
    /^(CONNECT|ECONN|EHOST|ENET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EMFILE|ENFILE|CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code) ||
    /^(08|28|40|53|58|57P|25006$|3D000$|42501$)[0-9A-Z]{0,3}$/.test(code)
  )
}
