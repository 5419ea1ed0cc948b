import { clean } from './clean.ts'
import { degrees, nowhere, type Place, pointOf } from './place.ts'

/** Headers by which a CDN says where a visitor is. */
interface PlaceHeaders {
  readonly country: string
  readonly region?: string
  readonly city?: string
  readonly lat?: string
  readonly lon?: string
}

/**
 * Headers of each CDN, as it documents them (read 2026-11). Cloudflare sends all but the country by the managed
 * transform "Add visitor location headers" only. Vercel and App Engine give regions as codes: those are left out.
 */
const sets: Readonly<Record<string, PlaceHeaders>> = {
  cloudflare: {
    country: 'cf-ipcountry',
    region: 'cf-region',
    city: 'cf-ipcity',
    lat: 'cf-iplatitude',
    lon: 'cf-iplongitude',
  },
  cloudfront: {
    country: 'cloudfront-viewer-country',
    region: 'cloudfront-viewer-country-region-name',
    city: 'cloudfront-viewer-city',
    lat: 'cloudfront-viewer-latitude',
    lon: 'cloudfront-viewer-longitude',
  },
  vercel: {
    country: 'x-vercel-ip-country',
    city: 'x-vercel-ip-city',
    lat: 'x-vercel-ip-latitude',
    lon: 'x-vercel-ip-longitude',
  },
  appengine: { country: 'x-appengine-country', city: 'x-appengine-city' },
}

/** CDNs whose headers of places are known by name. */
export const placeHeaderSets: readonly string[] = Object.keys(sets)

/**
 * Reads where a trusted proxy says that a visitor is.
 *
 * @param source one of {@link placeHeaderSets}, or the name of a header that holds the country's code
 * @returns `undefined` where it does not say: no header, `XX` and `ZZ` (unknown). {@link nowhere} for `T1`: behind
 * Tor, where the address tells of the exit only
 */
export function edgePlace(headers: Headers, source: string): Place | undefined {
  const set = Object.hasOwn(sets, source) ? sets[source] : undefined
  const names = set ?? { country: source }
  const country = (headers.get(names.country) ?? '').trim().toUpperCase()
  if (country === 'T1') return nowhere
  if (!/^[A-Z]{2}$/.test(country) || country === 'XX' || country === 'ZZ') return undefined
  const text = (name: string | undefined) => (name === undefined ? '' : clean(unescape(utf8(headers.get(name) ?? '')), 128))
  const number = (name: string | undefined, bound: number) => {
    const value = name === undefined ? null : headers.get(name)
    return value === null || value.trim() === '' ? null : degrees(Number(value), bound)
  }
  const point = pointOf(country, number(names.lat, 90), number(names.lon, 180))
  return { country, region: text(names.region), city: text(names.city), ...point }
}

/**
 * A place that is known from two sides: the proxy's word counts. What it leaves out is taken from the database where
 * that names the same country.
 */
export function mergePlaces(said: Place | undefined, found: Place): Place {
  if (said === undefined) return found
  if (said.city !== '' || said.country !== found.country) return said
  return { ...found, region: said.region || found.region }
}

/** Some proxies write what is no ASCII in percent-encoding. */
function unescape(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Header values arrive as bytes, each one character: those of UTF-8 as the text that they are. */
function utf8(value: string): string {
  if (!/^[ -\u00ff]*[\u0080-\u00ff][ -\u00ff]*$/.test(value)) return value
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(value, (character) => character.charCodeAt(0)))
  } catch {
    return value
  }
}
