import { isIP } from 'node:net'
import { isTlsParameter, loopback, type TlsSettings, tlsSettings } from './database-tls.ts'
import { StoreError } from './lock.ts'

/** Where a Postgres is and how to connect to it: what an address says, understood. */
export interface DatabaseAddress {
  /** Tried in turn. One that begins with a slash is the folder of a Unix socket. */
  readonly hosts: readonly string[]
  /** One for each host. */
  readonly ports: readonly number[]
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  readonly tls: TlsSettings
  /** Seconds, `connect_timeout`. */
  readonly connectSeconds: number | undefined
  /** Connections at most, `connection_limit` of Prisma. */
  readonly connections: number | undefined
  /** Which of several hosts is taken: only one that can be written. */
  readonly session: 'read-write' | 'primary' | undefined
  /** `pgbouncer=true`: transactions of one client run on several connections, so nothing may stay on one. */
  readonly isPooled: boolean
  /** Parameters of the server that are sent as the connection starts. */
  readonly parameters: Readonly<Record<string, string>>
}

/** What an address as a whole has to look like; its own text is never shown, as a password is in it. */
const form =
  'DATABASE_URL is no address as postgres://user:password@host:5432/name; percent-encode what its password has of %, / and @.'

/** Parameters of the server that may be in an address, beside `options`, which has any of them. */
const serverParameters = ['application_name', 'options', 'search_path', 'statement_timeout', 'lock_timeout', 'work_mem']

/** What is asked of libpq that the driver cannot do, and what would be less safe when it was left out in silence. */
const refused: Readonly<Record<string, string>> = {
  hostaddr: 'Put the address in the place of the host',
  service: 'Put what the service file says into the address',
  servicefile: 'Put what the service file says into the address',
  passfile: 'Put the password into the address',
  sslcrl: 'Lists of revoked certificates are not supported; leave it out',
  sslcrldir: 'Lists of revoked certificates are not supported; leave it out',
  requirepeer: 'It is not supported; leave it out',
  require_auth: 'It is not supported; leave it out, and let the server demand the method',
  replication: 'hk-live needs an ordinary connection; leave it out',
}

/**
 * Reads the address of a Postgres as libpq does (the URIs of
 * https://www.postgresql.org/docs/18/libpq-connect.html, section 32.1.1.2), with the parameters that hosted Postgres
 * add to it. What only concerns another client library is dropped. `channel_binding` is: the driver has none, and
 * `sslmode=verify-full` is what it protects from.
 *
 * @throws {StoreError} with a sentence that names the parameter, and shows nothing of a password
 */
export function readDatabaseUrl(text: string): DatabaseAddress {
  const [, , rest] = /^postgres(ql)?:\/\/(.*)$/s.exec(text) ?? []
  if (rest === undefined) throw new StoreError(form)
  const userEnd = rest.slice(0, /\//.exec(rest)?.index ?? rest.length).lastIndexOf('@')
  const [user, password] = splitOnce(rest.slice(0, Math.max(0, userEnd)), ':').map(decode)
  const [place = '', query = ''] = splitOnce(rest.slice(userEnd + 1), '?')
  const [authority = '', path = ''] = splitOnce(place, '/')
  // Else what comes after a slash of a password would be shown as the name of the database.
  if (path.includes('@') || /@[^=&]*(&|$)/.test(query.replace(/=[^&]*/g, ''))) throw new StoreError(form)
  const given = readParameters(query)
  const hosts = readHosts(authority, given)
  for (const [name, advice] of Object.entries(refused)) {
    if (given.has(name)) throw new StoreError(`DATABASE_URL has ${name}, which cannot be honored. ${advice}.`)
  }
  const gss = given.get('gssencmode')
  if (gss === 'require') throw new StoreError('DATABASE_URL has gssencmode=require, but GSSAPI is not supported. Use sslmode.')
  const schema = given.get('schema')
  return {
    ...hosts,
    user: given.get('user') ?? present(user),
    password: given.get('password') ?? present(password),
    database: given.get('dbname') ?? present(decode(path)),
    tls: tlsSettings(given, hosts.hosts),
    connectSeconds: wholeNumber(given, 'connect_timeout'),
    connections: wholeNumber(given, 'connection_limit'),
    session: sessionOf(given.get('target_session_attrs') ?? 'any'),
    isPooled: given.get('pgbouncer') === 'true',
    parameters: Object.fromEntries([
      ...(schema === undefined ? [] : [['search_path', schema]]),
      ...[...given].filter(([name]) => serverParameters.includes(name)),
    ]),
  }
}

/** An address as it may be shown: hosts, ports and database. */
export function shownAddress({ hosts, ports, database }: DatabaseAddress): string {
  const shown = hosts.map((host, index) => `${isIP(host) === 6 ? `[${host}]` : host}:${ports[index]}`)
  return `${shown.join(',')}${database === undefined ? '' : `/${database}`}`
}

function readParameters(query: string): Map<string, string> {
  const given = new Map<string, string>()
  for (const pair of query.split('&')) {
    const [name = '', value = ''] = splitOnce(pair, '=').map(decode)
    // An empty value is as good as none, as with libpq.
    if (value !== '') given.set(name, value)
  }
  const tlsWord = [...given.keys()].find((name) => /^(ssl|channel)/i.test(name) && !isTlsParameter(name))
  if (tlsWord === undefined) return given
  throw new StoreError(`DATABASE_URL has ${tlsWord}, which is unknown. Of TLS it may have sslmode, sslrootcert, sslcert and sslkey.`)
}

function readHosts(authority: string, given: ReadonlyMap<string, string>): Pick<DatabaseAddress, 'hosts' | 'ports'> {
  const places = authority.split(',').map((place) => {
    const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d*))?$/.exec(place) ?? []
    const host = decode(bracketed ?? plain ?? '')
    // An address in brackets may have a zone: fe80::1%25eth0.
    if ((bracketed === undefined && plain === undefined) || (bracketed !== undefined && isIP(host) !== 6)) throw new StoreError(form)
    return { host, port: port === '' ? undefined : port }
  })
  const hosts = given.get('host')?.split(',') ?? places.map(({ host }) => host)
  const named = given.get('port')?.split(',') ?? places.map(({ port }) => port)
  const ports = hosts.map((_, index) => Number((named.length === 1 ? named[0] : named[index]) || 5432))
  const isWrong = (port: number) => !Number.isInteger(port) || port < 1 || port > 65_535
  if (ports.some(isWrong) || (named.length > 1 && named.length !== hosts.length)) {
    throw new StoreError('DATABASE_URL has a port that is not a whole number from 1 to 65535, or not one port for each host.')
  }
  const sockets = hosts.filter((host) => host.startsWith('/'))
  if (sockets.length > 0 && hosts.length > 1) {
    throw new StoreError('DATABASE_URL has several hosts, and one of them is a Unix socket. Name the socket alone.')
  }
  return { hosts: hosts.map((host) => (host === '' ? loopback : host)), ports }
}

function sessionOf(text: string): 'read-write' | 'primary' | undefined {
  if (text === 'any') return undefined
  if (text === 'read-write' || text === 'primary') return text
  throw new StoreError(
    `DATABASE_URL has target_session_attrs=${shown(text)}, but hk-live writes: it must be read-write, primary or any.`,
  )
}

function wholeNumber(given: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = given.get(name)
  // Libpq takes 0 and less for no limit at all; ours is kept then.
  if (text === undefined || /^(-\d+|0+)$/.test(text)) return undefined
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new StoreError(`DATABASE_URL has ${name}=${shown(text)}, but it must be a whole number.`)
}

/** A value that may be shown: a word, as a password that is in the wrong place might be longer or odder. */
function shown(text: string): string {
  return /^[a-z][a-z-]{0,19}$|^-?[\d.]{1,9}$/.test(text) ? text : '…'
}

function splitOnce(text: string, mark: string): string[] {
  const index = text.indexOf(mark)
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}

function present(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new StoreError(form)
  }
}
