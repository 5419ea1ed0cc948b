/** What proxies and CDNs say of an address and of a place, and whom it is believed of. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { edgePlace, mergePlaces } from '../../server/ingest/edge.ts'
import { makeMmdb } from '../support/mmdb.ts'
import { freshDatabase } from '../support/postgres.ts'
import { browserAgent, openService, pageview, type TestService } from '../support/service.ts'
import { isPlain } from './ingest-hostile.ts'

const proxy = '10.0.0.1'

let dir: string
let databaseUrl: string
let env: Record<string, string>

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hk-proxies-'))
  databaseUrl = await freshDatabase()
  const path = join(dir, 'places.mmdb')
  await writeFile(
    path,
    makeMmdb({
      '203.0.113.0/24': { country: { iso_code: 'DE' }, city: { names: { en: 'Berlin' } } },
      '198.51.100.0/24': { country: { iso_code: 'US' }, traits: { is_hosting_provider: true } },
    }),
  )
  env = { HK_GEO_DB: path, HK_TRUSTED_PROXIES: '10.0.0.0/8' }
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** The place of a page view that comes with some headers; `undefined` where it is not stored. */
async function placeOf(service: TestService, headers: Record<string, string>, address = proxy): Promise<string | undefined> {
  const site = await service.makeSite()
  await service.fetch('/ingest', {
    method: 'POST',
    address,
    headers: { 'user-agent': browserAgent, ...headers },
    body: JSON.stringify({ site, items: [pageview()] }),
  })
  const [visit] = await service.assembly.sql`select country, city from visits where site_id = ${site}`
  return visit === undefined ? undefined : `${visit.country} ${visit.city}`.trim()
}

describe('behind a trusted proxy', () => {
  test('the address of X-Forwarded-For has the place, and no header of a CDN unless it is chosen', async () => {
    await using service = await openService({ databaseUrl, env })
    const forwarded = { 'x-forwarded-for': '203.0.113.7' }
    expect(await placeOf(service, forwarded)).toBe('DE Berlin')
    expect(await placeOf(service, { ...forwarded, 'cf-ipcountry': 'FR', 'cf-connecting-ip': '198.51.100.1' })).toBe('DE Berlin')
    expect(await placeOf(service, forwarded, '192.0.2.1')).toBe('')
  })

  test('the chosen header has the address, and the chosen CDN the place', async () => {
    await using service = await openService({
      databaseUrl,
      env: { ...env, HK_ADDRESS_HEADER: 'CF-Connecting-IP', HK_PLACE_HEADERS: 'Cloudflare' },
    })
    const from = { 'cf-connecting-ip': '203.0.113.7', 'x-forwarded-for': '8.8.8.8' }
    expect(await placeOf(service, from)).toBe('DE Berlin')
    expect(await placeOf(service, { ...from, 'cf-ipcountry': 'DE' })).toBe('DE Berlin')
    expect(await placeOf(service, { ...from, 'cf-ipcountry': 'FR' })).toBe('FR')
    expect(await placeOf(service, { ...from, 'cf-ipcountry': 'FR', 'cf-ipcity': 'Paris' })).toBe('FR Paris')
    expect(await placeOf(service, { ...from, 'cf-ipcountry': 'XX' })).toBe('DE Berlin')
    expect(await placeOf(service, { ...from, 'cf-ipcountry': 'T1' })).toBe('')
    // A client that reaches the service without the proxy is believed nothing.
    expect(await placeOf(service, { ...from, 'cf-ipcountry': 'FR' }, '203.0.113.9')).toBe('DE Berlin')
  })
})

describe('visits from data centres', () => {
  test('are left out as those of bots are, unless they are to be kept', async () => {
    const from = { 'x-forwarded-for': '198.51.100.7' }
    {
      await using service = await openService({ databaseUrl, env })
      expect(await placeOf(service, from)).toBeUndefined()
      expect(await (await service.fetch('/metrics')).text()).toContain('outcome="data_centre"} 1')
    }
    await using service = await openService({ databaseUrl, env: { ...env, HK_DATA_CENTRES: 'keep' } })
    expect(await placeOf(service, from)).toBe('US')
  })
})

describe('a place by headers', () => {
  const place = (source: string, headers: Record<string, string>) => edgePlace(new Headers(headers), source)

  test.each([
    ['cloudflare', { 'cf-ipcountry': 'DE', 'cf-region': 'Bavaria', 'cf-ipcity': 'MÃ¼nchen', 'cf-iplatitude': '48.1374', 'cf-iplongitude': '11.5755' }, { country: 'DE', region: 'Bavaria', city: 'München', lat: 48.14, lon: 11.58 }],
    ['cloudfront', { 'cloudfront-viewer-country': 'us', 'cloudfront-viewer-country-region-name': 'Ohio', 'cloudfront-viewer-city': 'Dayton' }, { country: 'US', region: 'Ohio', city: 'Dayton', lat: 39.5, lon: -98.5 }],
    ['vercel', { 'x-vercel-ip-country': 'BR', 'x-vercel-ip-city': 'S%C3%A3o%20Paulo', 'x-vercel-ip-latitude': 'x', 'x-vercel-ip-longitude': '' }, { country: 'BR', region: '', city: 'São Paulo', lat: -10, lon: -55 }],
    ['appengine', { 'x-appengine-country': 'JP', 'x-appengine-city': 'tokyo' }, { country: 'JP', region: '', city: 'tokyo', lat: 36, lon: 138 }],
    ['x-country-code', { 'x-country-code': ' fr ' }, { country: 'FR', region: '', city: '', lat: 46.5, lon: 2.5 }],
  ])('of %s', (source, headers, expected) => {
    expect(place(source, headers)).toEqual(expected)
  })

  test('is none where the country is unknown, missing or no code, and nowhere behind Tor', () => {
    for (const country of ['XX', 'ZZ', '', 'Germany', '12', 'D']) expect(place('cloudflare', { 'cf-ipcountry': country })).toBeUndefined()
    expect(place('cloudflare', { 'cloudfront-viewer-country': 'DE' })).toBeUndefined()
    expect(place('__proto__', { 'cf-ipcountry': 'DE' })).toBeUndefined()
    expect(place('cloudflare', { 'cf-ipcountry': 'T1', 'cf-ipcity': 'x' })).toMatchObject({ country: '', city: '', lat: null })
  })

  test('is plain text, whatever headers hold', () => {
    const value = fc.string({ unit: 'binary' }).map((text) => text.replace(/[^\u0020-\u007e\u0080-\u00ff]/g, '?'))
    fc.assert(
      fc.property(value, value, value, (city, region, lat) => {
        const found = place('cloudflare', { 'cf-ipcountry': 'DE', 'cf-ipcity': city, 'cf-region': region, 'cf-iplatitude': lat, 'cf-iplongitude': lat })
        expect([found?.city, found?.region].every((text) => text !== undefined && isPlain(text) && text.length <= 128)).toBe(true)
        expect(found?.lat === null || Math.abs(found?.lat ?? 91) <= 90).toBe(true)
      }),
    )
  })

  test('has from the database what it leaves out, where both name one country', () => {
    const found = { country: 'DE', region: 'Berlin', city: 'Berlin', lat: 52.5, lon: 13.4 }
    const said = { country: 'DE', region: '', city: '', lat: 51, lon: 10 }
    expect(mergePlaces(undefined, found)).toEqual(found)
    expect(mergePlaces(said, found)).toEqual(found)
    expect(mergePlaces({ ...said, country: 'FR' }, found)).toEqual({ ...said, country: 'FR' })
    expect(mergePlaces({ ...said, city: 'Hamburg' }, found)).toEqual({ ...said, city: 'Hamburg' })
  })
})
