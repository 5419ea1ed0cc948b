/** `hk import`, `hk imports` and `hk takeout`, against a service that listens. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer } from '@hk-live/sdk/protocol'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fixture } from '../support/imports.ts'
import { type OperatedService, openOperated } from '../support/operated.ts'
import { spawn } from '../support/process.ts'

const plausible = join(import.meta.dir, '../support/imports/plausible')

let service: OperatedService

beforeAll(async () => {
  service = await openOperated()
  await hk('sites', 'add', 'shop.example')
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

const hk = (...words: string[]) => service.hk(...words)
const idIn = (text: string) => /\b([a-z0-9]{10}): /.exec(text)?.[1] ?? ''

/** A number of the site by the API. */
async function visitors(): Promise<number | null> {
  const { sites } = await service.admin<{ sites: { id: string }[] }>('/api/sites')
  const path = `/api/sites/${sites[0]?.id}/reports/overview?from=2024-03-01&to=2024-03-31`
  return (await service.admin<Answer<'overview'>>(path)).data.visitors
}

describe('hk import', () => {
  test('takes a folder as one import, lists it, knows it again, and takes it back', async () => {
    expect(await hk('imports')).toBe('No imports yet: hk import SOURCE FILE')
    const done = await hk('import', 'plausible', plausible, '--label', 'Old site')
    const id = idIn(done)
    expect(done).toBe(
      `${id}: 43 rows of plausible, 2024-03-01 to 2024-03-03.\nLeft out: 1 no event.\nhk imports undo ${id} takes it back.`,
    )
    expect(await visitors()).toBe(20)
    expect(await hk('imports')).toBe(`${id}  plausible  done  2024-03-01 to 2024-03-03  43 rows  Old site`)
    expect(await hk('import', 'plausible', plausible)).toContain(`This was imported already. ${id}`)
    expect(await hk('imports', 'undo', id)).toBe(`Undid ${id}: what it brought is gone.`)
    expect(await visitors()).toBe(0)
    expect(await hk('imports')).toContain('undone')
  }, 60_000)

  test('takes several files, and one that is packed, and tells what it could not read', async () => {
    const [days, countries] = [join(service.folder, 'a.csv'), join(service.folder, 'b.csv')]
    await Bun.write(days, await fixture('ga4-by-date.csv'))
    await Bun.write(countries, `${await fixture('ga4-by-country.csv')}20240303,Spain,-1,1,1,1,1\n`)
    const done = await hk('import', 'ga4', countries, days)
    expect(done).toContain('b.csv, line 9: "sessions" is "-1", which is no count from 0 up.')
    expect(await visitors()).toBe(20)
    await hk('imports', 'undo', idIn(done))
    const packed = join(service.folder, 'umami.csv.gz')
    await Bun.write(packed, Bun.gzipSync(new TextEncoder().encode(await fixture('umami-website_event.csv'))))
    const items = await hk('import', 'umami', packed)
    expect(items).toContain('6 rows of umami, 2024-03-01 to 2024-03-02.\nLeft out: 1 other website.')
    await hk('imports', 'undo', idIn(items))
    const whole = idIn(await hk('import', 'plausible', plausible))
    await expect(hk('import', 'umami', plausible)).rejects.toThrow(`imported as plausible already: ${whole}`)
    await hk('imports', 'undo', whole)
  }, 60_000)

  test.each([
    [['import'], 'Usage: hk import plausible|umami|ga4|matomo|takeout FILE…'],
    [['import', 'fathom', plausible], 'Usage: hk import'],
    [['import', 'umami', '/nothing/here.csv'], 'There is no file /nothing/here.csv.'],
    [['import', 'umami', join(plausible, 'imported_visitors_20240301_20240303.csv')], 'is no table website_event of Umami'],
    [['import', 'plausible', join(plausible, 'imported_visitors_20240301_20240303.csv'), '--timezone', 'Mars/Olympus'], '"timezone" must be'],
    [['imports', 'undo'], 'Usage: hk imports'],
    [['imports', 'undo', '../..'], '"../.." is no id'],
    [['imports', 'undo', 'nothing'], 'There is no such import.'],
    [['takeout'], 'Usage: hk takeout'],
    [['takeout', '--out', '/nothing/here.ndjson'], '/nothing/here.ndjson could not be written to its end'],
  ])('%j says what to do instead', (words, message) => {
    return expect(hk(...words)).rejects.toThrow(message)
  })

  test('sends files that are larger than other bodies may be, as they are read', async () => {
    const rows = Array.from({ length: 900 }, (_, index) => `s${index},/big,1,2024-03-01 10:00:00,${'x'.repeat(24_000)}\n`)
    await Bun.write(join(service.folder, 'big.csv'), `session_id,url_path,event_type,created_at,page_title\n${rows.join('')}`)
    const done = await hk('import', 'umami', join(service.folder, 'big.csv'))
    expect(done).toContain('900 rows of umami')
    await hk('imports', 'undo', idIn(done))
  }, 60_000)

  test('says what to do with what is broken within', async () => {
    const file = join(service.folder, 'broken.csv')
    await Bun.write(file, `session_id,url_path,event_type,created_at\n${'s,/,1,2024-03-01 10:00:00\n'.repeat(5_000)}"s,/`)
    await expect(hk('import', 'umami', file)).rejects.toThrow(/is failed\. broken\.csv, line 500\d, .*a quote is opened and never closed\.\nhk imports undo/)
  }, 60_000)

  test('refuses an empty folder, and two files of one name', async () => {
    const empty = join(service.folder, 'empty')
    await mkdir(empty)
    await expect(hk('import', 'ga4', empty)).rejects.toThrow('There is no file to import')
    const twice = join(service.folder, 'twice')
    await Bun.write(join(twice, 'a.csv'), 'x')
    await Bun.write(join(service.folder, 'a.csv'), 'x')
    await expect(hk('import', 'ga4', join(service.folder, 'a.csv'), twice)).rejects.toThrow('Two files are called a.csv.')
  })
})

describe('hk takeout', () => {
  test('writes all of a site to a file, plain or packed, and hk import reads it', async () => {
    await hk('import', 'plausible', plausible)
    const [plain, packed] = [join(service.folder, 'all.ndjson'), join(service.folder, 'all.ndjson.gz')]
    expect(await hk('takeout', '--out', plain)).toMatch(/^Wrote all of shop\.example to .*: \d+ lines\. hk import takeout .* reads it\.$/)
    await hk('takeout', '--out', packed)
    const text = await Bun.file(plain).text()
    const unpacked = new TextDecoder().decode(Bun.gunzipSync(await Bun.file(packed).bytes()))
    const body = (all: string) => all.split('\n').slice(1)
    expect(body(unpacked)).toEqual(body(text))
    expect(await Bun.file(`${plain}.part`).exists()).toBe(false)

    const program = spawn(['bun', 'server/cli.ts', 'sites', 'add', 'copy.example'], service.environment)
    expect(await program.exited).toBe(0)
    const copied = await hk('import', 'takeout', packed, '--site', 'copy.example')
    expect(copied).toContain('rows of takeout, 2024-03-01 to 2024-03-03.')
  }, 60_000)
})
