import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { checkServerIdentity, type ConnectionOptions, getCACertificates, rootCertificates } from 'node:tls'
import { StoreError } from './lock.ts'

/** How much a connection is protected, from not at all to a certificate that names the host. */
export type TlsMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'

/** What an address says of TLS. */
export interface TlsSettings {
  readonly mode: TlsMode
  /** Begins with TLS at once, as Postgres 17 and later can. */
  readonly isDirect: boolean
  /** A file with the certificates of authorities; `system` for those of this machine. */
  readonly rootCert: string | undefined
  /** Files of a certificate of our own, and of its key. */
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly keyPassword: string | undefined
  readonly minVersion: ConnectionOptions['minVersion']
  readonly maxVersion: ConnectionOptions['maxVersion']
}

/** The host where an address names none. */
export const loopback = 'localhost'

/** Words for the modes: those of libpq, and of other drivers. */
const modes: Readonly<Record<string, TlsMode>> = {
  disable: 'disable',
  // Without TLS first, and with it where the server wants that: the other way round is no worse.
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  'no-verify': 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
}

const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const

const names = [
  'ssl', 'sslmode', 'sslnegotiation', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'sslcrl', 'sslcrldir',
  'ssl_min_protocol_version', 'ssl_max_protocol_version', 'channel_binding',
  // Nothing comes of these: names of servers are always sent, nothing is compressed, files have one format.
  'sslsni', 'sslcompression', 'sslcertmode', 'sslkeylogfile', 'sslaccept', 'sslidentity', 'sslfactory',
]

/** Whether a parameter of an address is one of TLS that is known. */
export function isTlsParameter(name: string): boolean {
  return names.includes(name)
}

/**
 * Reads what an address says of TLS. Without a word, other machines are asked for it and this one is not: hosted
 * Postgres often demand it and do not say so in the address.
 *
 * @throws {StoreError} with a sentence, where what is asked for cannot be had
 */
export function tlsSettings(given: ReadonlyMap<string, string>, hosts: readonly string[]): TlsSettings {
  const rootCert = given.get('sslrootcert')
  const isLocal = hosts.every((host) => /^(localhost|127\..*|::1|\/.*)$/.test(host))
  const asked = modeOf(given)
  const mode = asked ?? (rootCert === undefined ? (isLocal ? 'disable' : 'prefer') : 'verify-full')
  if (rootCert === 'system' && mode !== 'require' && mode !== 'verify-full') {
    throw new StoreError(`DATABASE_URL has sslrootcert=system with sslmode=${mode}, but it needs sslmode=verify-full.`)
  }
  if (mode === 'verify-ca' && rootCert === undefined) {
    throw new StoreError(
      'DATABASE_URL has sslmode=verify-ca without sslrootcert, which would trust any certificate of anyone. ' +
        'Add sslrootcert=/path/of/the/authority.pem, or use sslmode=verify-full.',
    )
  }
  if ((given.get('sslcert') === undefined) !== (given.get('sslkey') === undefined)) {
    throw new StoreError('DATABASE_URL has only one of sslcert and sslkey, but a certificate needs its key.')
  }
  const isDirect = given.get('sslnegotiation') === 'direct'
  if (isDirect && (mode === 'disable' || mode === 'prefer')) {
    throw new StoreError(`DATABASE_URL has sslnegotiation=direct with sslmode=${mode}, but it needs sslmode=require or more.`)
  }
  // A file of authorities makes "require" check it, as with libpq; those of the machine can sign for anyone.
  const checked = mode === 'require' && rootCert !== undefined ? (rootCert === 'system' ? 'verify-full' : 'verify-ca') : mode
  return {
    mode: hosts.some((host) => host.startsWith('/')) ? 'disable' : checked,
    isDirect,
    rootCert,
    cert: given.get('sslcert'),
    key: given.get('sslkey'),
    keyPassword: given.get('sslpassword'),
    minVersion: versionOf(given, 'ssl_min_protocol_version'),
    maxVersion: versionOf(given, 'ssl_max_protocol_version'),
  }
}

/**
 * The `ssl` option of the driver. Reads the files that are named.
 *
 * @throws {StoreError} with a sentence, where a file cannot be read
 */
export function driverTls(tls: TlsSettings, hosts: readonly string[]): 'prefer' | false | ConnectionOptions {
  if (tls.mode === 'disable') return false
  // The driver knows this word alone as one that goes on without TLS.
  if (tls.mode === 'prefer') return 'prefer'
  const options: ConnectionOptions = {
    rejectUnauthorized: tls.mode !== 'require',
    ...(tls.cert && { cert: read('sslcert', tls.cert) }),
    ...(tls.key && { key: read('sslkey', tls.key) }),
    ...(tls.keyPassword && { passphrase: tls.keyPassword }),
    ...(tls.minVersion && { minVersion: tls.minVersion }),
    ...(tls.maxVersion && { maxVersion: tls.maxVersion }),
  }
  if (tls.mode === 'require') return options
  if (tls.rootCert === 'system') options.ca = [...rootCertificates, ...getCACertificates('system')]
  else if (tls.rootCert !== undefined) options.ca = read('sslrootcert', tls.rootCert)
  const addresses = hosts.filter((host) => isIP(host) !== 0)
  options.checkServerIdentity = (name, certificate) => {
    if (tls.mode === 'verify-ca') return undefined
    // The driver names no server that it reaches by an address, and the runtime says "localhost" then.
    const expected = hosts.includes(name) ? [name] : addresses
    const errors = expected.map((host) => checkServerIdentity(host, certificate))
    return errors.includes(undefined) ? undefined : errors[0]
  }
  return options
}

function modeOf(given: ReadonlyMap<string, string>): TlsMode | undefined {
  const ssl = given.get('ssl')
  const word = given.get('sslmode') ?? (ssl === 'true' || ssl === '1' ? 'verify-full' : ssl === 'false' || ssl === '0' ? 'disable' : ssl)
  if (word === undefined) return undefined
  const mode = Object.hasOwn(modes, word) ? modes[word] : undefined
  if (mode !== undefined) return mode
  throw new StoreError(`DATABASE_URL has an sslmode that is unknown. It must be one of ${Object.keys(modes).join(', ')}.`)
}

function versionOf(given: ReadonlyMap<string, string>, name: string): (typeof versions)[number] | undefined {
  const text = given.get(name)
  const version = versions.find((one) => one.toLowerCase() === text?.toLowerCase())
  if (text === undefined || version !== undefined) return version
  throw new StoreError(`DATABASE_URL has a ${name} that is unknown. It must be one of ${versions.join(', ')}.`)
}

function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new StoreError(`DATABASE_URL names ${file} as its ${name}, which cannot be read (${code}).`)
  }
}
