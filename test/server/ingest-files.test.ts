/** Files of the operator: taken anew when they change, kept as they were when they break. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { copyFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPlaces } from '../../server/ingest/place.ts'
import { openSpamHosts } from '../../server/ingest/spam.ts'
import { makeMmdb } from '../support/mmdb.ts'
import { until } from '../support/stage.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hk-files-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const of = (country: string, more = {}) => makeMmdb({ '203.0.113.0/24': { country: { iso_code: country } }, ...more })
const quick = { everyMs: 10 }

describe('a place database', () => {
  test('that is replaced by another is read anew', async () => {
    const path = join(dir, 'replaced.mmdb')
    await writeFile(path, of('DE'))
    using places = await openPlaces({ path, ...quick })
    expect(places.find('203.0.113.7').country).toBe('DE')
    await writeFile(`${path}.new`, of('FR'))
    await rename(`${path}.new`, path)
    await until(() => places.find('203.0.113.7').country === 'FR', 'The new file is read')
    await rm(path)
    await Bun.sleep(50)
    expect(places.find('203.0.113.7').country).toBe('FR')
    await writeFile(path, of('ES'))
    await until(() => places.find('203.0.113.7').country === 'ES', 'The new file is read')
  })

  test('that is overwritten in its place is read anew, also where it is as long as before', async () => {
    const path = join(dir, 'overwritten.mmdb')
    await writeFile(path, of('DE'))
    using places = await openPlaces({ path, ...quick })
    await copyFile(await saved('other.mmdb', of('IT')), path)
    await until(() => places.find('203.0.113.7').country === 'IT', 'The new file is read')
  })

  test('that breaks leaves the one before in use, says so once, and is taken when it is whole', async () => {
    const path = join(dir, 'broken.mmdb')
    const said: string[] = []
    await writeFile(path, of('DE'))
    using places = await openPlaces({ path, ...quick, onError: (message, cause) => said.push(`${message}: ${String(cause)}`) })
    await writeFile(path, 'no database at all')
    await until(() => said.length > 0, 'The new file is read')
    await truncate(await saved('cut.mmdb', of('FR')), 40)
    await rename(join(dir, 'cut.mmdb'), path)
    await until(() => said.length > 1, 'The new file is read')
    await Bun.sleep(100)
    expect(said).toHaveLength(2)
    expect(said[0]).toContain(path)
    expect(places.find('203.0.113.7').country).toBe('DE')
    await writeFile(path, of('FR'))
    await until(() => places.find('203.0.113.7').country === 'FR', 'The new file is read')
  })

  test('is left alone once it is closed', async () => {
    const path = join(dir, 'closed.mmdb')
    await writeFile(path, of('DE'))
    const places = await openPlaces({ path, ...quick })
    places[Symbol.dispose]()
    await writeFile(path, of('FR'))
    await Bun.sleep(100)
    expect(places.find('203.0.113.7').country).toBe('DE')
  })

  test('says which addresses are of data centres, in the fields of MaxMind and of IPinfo, but for those of a VPN', async () => {
    const country = { iso_code: 'US' }
    const path = await saved('centres.mmdb', of('DE', {
      '198.51.100.1': { country, traits: { is_hosting_provider: true } },
      '198.51.100.2': { is_hosting_provider: true },
      '198.51.100.3': { hosting: 'true' },
      '198.51.100.4': { country, anonymizer: { is_hosting_provider: true } },
      '198.51.100.5': { is_hosting_provider: true, is_anonymous_vpn: true },
      '198.51.100.6': { hosting: 'true', vpn: 'true' },
      '198.51.100.7': { is_anonymous: true, is_tor_exit_node: true },
    }))
    using places = await openPlaces({ path })
    const flagged = [1, 2, 3, 4, 5, 6, 7, 8].filter((last) => places.isDataCentre(`198.51.100.${last}`))
    expect(flagged).toEqual([1, 2, 3, 4])
    expect([places.isDataCentre('nonsense'), places.isDataCentre('2001:db8::1')]).toEqual([false, false])
    expect((await openPlaces()).isDataCentre('8.8.8.8')).toBe(false)
  })
})

describe('hosts of spam', () => {
  test('are found by themselves and by their subdomains, and nothing else is', async () => {
    using spam = await openSpamHosts()
    const find = (referrer: string) => spam.find(referrer)
    expect(['https://semalt.com/x?y=1', 'http://www.SEMALT.com./', 'https://news.grets.store', 'http://semalt.semalt.com:8080/'].map(find)).toEqual(
      ['semalt.com', 'semalt.com', 'grets.store', 'semalt.com'],
    )
    expect(['', 'https://notsemalt.com/', 'https://semalt.com.example/', 'https://example.com/semalt.com', 'semalt.com', 'https://[::1]/', 'http://com/'].map(find)).toEqual(
      Array.from({ length: 7 }, () => undefined),
    )
  })

  test('of the operator are added, and read anew when they change', async () => {
    const path = await saved('spam.txt', 'Spam.example # seen in May\n\nwww.junk.example\r\n')
    using spam = await openSpamHosts({ path, ...quick })
    expect(['https://a.spam.example/', 'https://junk.example/', 'https://semalt.com/'].map((url) => spam.find(url))).toEqual(
      ['spam.example', 'junk.example', 'semalt.com'],
    )
    await writeFile(path, 'other.example\n')
    await until(() => spam.find('https://other.example/') !== undefined, 'The new file is read')
    expect(spam.find('https://spam.example/')).toBeUndefined()
  })

  test('are refused where a line is no host', async () => {
    for (const text of ['<html>', 'https://spam.example/x', '*.spam.example', 'com']) {
      expect(openSpamHosts({ path: await saved('odd.txt', text) })).rejects.toThrow('odd.txt')
    }
  })
})

async function saved(name: string, content: Buffer | string): Promise<string> {
  const path = join(dir, name)
  await writeFile(path, content)
  return path
}
