import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import { type AddressHeader, addressHeaders, placeHeaderSets } from './ingest/index.ts'
import { machineMemory } from './runtime.ts'
import { readDatabaseUrl } from './store/index.ts'

/** Levels of the log, from the most to the least talkative. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

/** Settings of the process, read once from the environment. */
export interface Config {
  /** `HK_PORT`, 4747; 0 takes a free one. */
  readonly port: number
  /** `HK_HOST`, the address to listen on: all of IPv4 by default, all of IPv6 on a machine that has no other. */
  readonly host: string
  /** `HK_PUBLIC_URL`, the origin under which browsers reach the service. */
  readonly publicUrl: string | undefined
  /** `DATABASE_URL`; without it the embedded Postgres in {@link dataDir} is used. */
  readonly databaseUrl: string | undefined
  /** `HK_DATA_DIR`, `.hk-data` by default. */
  readonly dataDir: string
  /** `HK_ADMIN_TOKEN`; without it one is made at the first start. */
  readonly adminToken: string | undefined
  /** `HK_TRUSTED_PROXIES`: addresses and CIDR blocks whose headers are believed. */
  readonly trustedProxies: BlockList
  /** `HK_ADDRESS_HEADER`: the one header that says where a request came from, `x-forwarded-for` by default. */
  readonly addressHeader: AddressHeader
  /** `HK_PLACE_HEADERS`: whose headers say where a visitor is: a CDN, or a header with the country. None by default. */
  readonly placeHeaders: string | undefined
  /** `HK_GEO_DB`: a MaxMind-format file in place of the one from npm. */
  readonly geoDb: string | undefined
  /** `HK_SPAM_LIST`: a file with hosts of referrer spam, one a line, beside the list that is built in. */
  readonly spamList: string | undefined
  /** `HK_DATA_CENTRES`: whether visits from data centres are left out as bots are. */
  readonly dropsDataCentres: boolean
  /** Items that may come in; 0 for any number. Each node counts for itself. */
  readonly ingestRates: {
    /** `HK_INGEST_RATE_ADDRESS`: from the tracker, a minute and address, or IPv6 network of 64 bits. */
    readonly address: number
    /** `HK_INGEST_RATE_SITE`: a second and site, by any door. */
    readonly site: number
    /** `HK_INGEST_VISITOR_ITEMS`: a visitor and day. */
    readonly visitor: number
  }
  /** `HK_BUS`: what wakes other nodes, `postgres` or addresses of Redis or NATS, each with its scheme. */
  readonly bus: string
  /** `HK_SPOOL_BYTES`: what the spool in {@link dataDir} may grow to, 256 MiB by default; 0 turns it off. */
  readonly spoolBytes: number
  /** `HK_ENGINE_MEMORY`: bytes that the engine may use for its data, a quarter of the machine's by default. */
  readonly engineMemory: number
  /** `HK_SEGMENT_CACHE_BYTES`: what files of segments in {@link dataDir} may take, 2 GiB by default. */
  readonly segmentCacheBytes: number
  /** `HK_LOG`, `info` by default. */
  readonly log: LogLevel
}

/** With less, DuckDB cannot write a file of some columns. */
const minEngineMemory = 64 * 2 ** 20

/** Less would be fetched anew for each question. */
const minSegmentCache = 64 * 2 ** 20

/** A setting that cannot be used. The message names it and says what it may be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads and checks the environment: the only place that does.
 *
 * @throws {ConfigError} at the first setting that cannot be used
 */
export function readConfig(environment: Environment): Config {
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined
  return Object.freeze({
    port: port(read('HK_PORT') ?? '4747'),
    host: host(read('HK_HOST')),
    publicUrl: publicUrl(read('HK_PUBLIC_URL')),
    databaseUrl: databaseUrl(read('DATABASE_URL')),
    dataDir: resolve(read('HK_DATA_DIR') ?? '.hk-data'),
    adminToken: adminToken(read('HK_ADMIN_TOKEN')),
    trustedProxies: blockList(read('HK_TRUSTED_PROXIES')),
    addressHeader: oneOf(addressHeaders, 'HK_ADDRESS_HEADER', read('HK_ADDRESS_HEADER')?.toLowerCase() ?? 'x-forwarded-for'),
    placeHeaders: placeHeaders(read('HK_PLACE_HEADERS')?.toLowerCase()),
    geoDb: read('HK_GEO_DB'),
    spamList: read('HK_SPAM_LIST'),
    dropsDataCentres: oneOf(['drop', 'keep'], 'HK_DATA_CENTRES', read('HK_DATA_CENTRES') ?? 'drop') === 'drop',
    ingestRates: Object.freeze({
      // A page is some ten items, with its vitals: 300 pages a minute, as from a large office behind one address.
      address: count('HK_INGEST_RATE_ADDRESS', read('HK_INGEST_RATE_ADDRESS') ?? '3000'),
      // Half of what a node on two cores commits: the other half is for all other sites.
      site: count('HK_INGEST_RATE_SITE', read('HK_INGEST_RATE_SITE') ?? '5000'),
      // A large office may be one visitor: one address, and browsers that all name themselves alike.
      visitor: count('HK_INGEST_VISITOR_ITEMS', read('HK_INGEST_VISITOR_ITEMS') ?? '20000'),
    }),
    bus: bus(read('HK_BUS') ?? 'postgres'),
    spoolBytes: spoolBytes(read('HK_SPOOL_BYTES') ?? '268435456'),
    engineMemory: engineMemory(read('HK_ENGINE_MEMORY') ?? String(Math.max(minEngineMemory, Math.floor(machineMemory() / 4)))),
    segmentCacheBytes: segmentCacheBytes(read('HK_SEGMENT_CACHE_BYTES') ?? '2147483648'),
    log: oneOf(logLevels, 'HK_LOG', read('HK_LOG') ?? 'info'),
  })
}

/** Settings of the command line: where the service is, and what to ask it with. */
export interface CommandConfig {
  /** `HK_URL`, else this machine at `HK_PORT`. */
  readonly url: string
  /** `HK_TOKEN`, else `HK_ADMIN_TOKEN`. */
  readonly token: string | undefined
  /** `HK_DATA_DIR`, in which a local service leaves its first token. */
  readonly dataDir: string
}

/**
 * Reads the environment for the command line.
 *
 * @throws {ConfigError} at the first setting that cannot be used
 */
export function readCommandConfig(environment: Environment): CommandConfig {
  const { port, publicUrl, adminToken, dataDir } = readConfig(environment)
  const url = environment.HK_URL?.trim() || publicUrl || `http://localhost:${port}`
  return { url: url.replace(/\/$/, ''), token: environment.HK_TOKEN?.trim() || adminToken, dataDir }
}

/** An address without the brackets that it has in URLs; by default all of IPv4, or of IPv6 where this machine has no other. */
function host(text: string | undefined): string {
  if (text !== undefined) return text.replace(/^\[(.*)\]$/, '$1')
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
  return addresses.length > 0 && addresses.every(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0'
}

function port(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= 65_535) return value
  throw new ConfigError(`HK_PORT is "${text}", but a port is a whole number from 0 to 65535.`)
}

function publicUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href.replace(/\/$/, '')
  throw new ConfigError(`HK_PUBLIC_URL is "${text}", but it must be like https://stats.example.com.`)
}

function databaseUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    readDatabaseUrl(text)
    return text
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error))
  }
}

function isReadable(url: string): boolean {
  const parsed = URL.parse(url)
  try {
    return (
      parsed !== null &&
      [parsed.username, parsed.password].every((part) => decodeURIComponent(part) !== undefined)
    )
  } catch {
    return false
  }
}

function adminToken(text: string | undefined): string | undefined {
  if (text === undefined || /^[\x21-\x7e]{16,}$/.test(text)) return text
  throw new ConfigError(
    'HK_ADMIN_TOKEN must be 16 characters of ASCII or more, without spaces. Left out, one is made.',
  )
}

function blockList(text: string | undefined): BlockList {
  const list = new BlockList()
  for (const entry of text?.split(',').map((part) => part.trim()) ?? []) {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const bits = prefix === undefined ? undefined : Number(prefix)
    const fits = bits === undefined || (/^\d+$/.test(prefix ?? '') && bits <= (family === 'ipv6' ? 128 : 32))
    if (isIP(address) === 0 || !fits) {
      throw new ConfigError(
        `HK_TRUSTED_PROXIES has "${entry}", which is neither an address nor a CIDR block.`,
      )
    }
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, bits, family)
  }
  return list
}

function bus(text: string): string {
  if (text === 'postgres') return text
  const [scheme = ''] = /^[a-z]+:\/\//.exec(text) ?? []
  const parts = text.split(',').map((part) => part.trim())
  const addresses = parts.map((part) => (part.includes('://') ? part : scheme + part))
  const fits = scheme.startsWith('redis')
    ? addresses.length === 1 && isAddress(text, /^rediss?:$/, /^(\/\d*)?$/)
    : addresses.every((address) => isAddress(address, /^(nats|tls):$/, /^\/?$/))
  if (fits) return addresses.join()
  throw new ConfigError(
    `HK_BUS is "${withoutSecrets(text)}", but it must be "postgres", or like redis://user:password@host:6379/0 or ` +
      'nats://user:password@host:4222; rediss: and tls: are the same with TLS, and NATS may have several ' +
      'with commas between them. Percent-encode what a password has of %, /, @ and commas.',
  )
}

function isAddress(text: string, protocols: RegExp, paths: RegExp): boolean {
  const url = URL.parse(text)
  if (url === null || url.hostname === '' || url.search + url.hash !== '') return false
  return protocols.test(url.protocol) && paths.test(url.pathname) && isReadable(text)
}

/** The scheme and the host of an address: what may be shown of it, however it is broken. */
function withoutSecrets(address: string): string {
  const [, scheme = '', rest = ''] = /^([a-z]+:\/\/)?(.*)$/s.exec(address) ?? []
  const [host = ''] = /^[\w.-]*/.exec(rest.slice(rest.lastIndexOf('@') + 1)) ?? []
  return scheme + host
}

function spoolBytes(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && (value === 0 || (value >= 65_536 && value <= Number.MAX_SAFE_INTEGER))) return value
  throw new ConfigError(
    `HK_SPOOL_BYTES is "${text}", but it must be a whole number of bytes from 65536 up, or 0 for no spool.`,
  )
}

function engineMemory(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= minEngineMemory && value <= Number.MAX_SAFE_INTEGER) return value
  throw new ConfigError(`HK_ENGINE_MEMORY is "${text}", but it must be a whole number of bytes from ${minEngineMemory} up.`)
}

function segmentCacheBytes(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= minSegmentCache && value <= Number.MAX_SAFE_INTEGER) return value
  throw new ConfigError(`HK_SEGMENT_CACHE_BYTES is "${text}", but it must be a whole number of bytes from ${minSegmentCache} up.`)
}

function oneOf<T extends string>(known: readonly T[], name: string, text: string): T {
  const found = known.find((one) => one === text)
  if (found !== undefined) return found
  throw new ConfigError(`${name} is "${text}", but it must be one of ${known.join(', ')}.`)
}

function placeHeaders(text: string | undefined): string | undefined {
  // The name of a header, by a dash, so that a CDN that is misspelt is no header.
  if (text === undefined || placeHeaderSets.includes(text) || /^[a-z0-9]+(-[a-z0-9]+)+$/.test(text)) return text
  throw new ConfigError(
    `HK_PLACE_HEADERS is "${text}", but it must be one of ${placeHeaderSets.join(', ')}, or the name of a header that has the code of a country, as x-country-code.`,
  )
}

function count(name: string, text: string): number {
  const value = Number(text)
  if (/^\d{1,9}$/.test(text)) return value
  throw new ConfigError(`${name} is "${text}", but it must be a whole number of items, or 0 for no limit.`)
}
