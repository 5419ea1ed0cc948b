/** Files that are broken, or meant to break something, and callers that may not import. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { readCsv } from '../../server/imports/csv.ts'
import { receive } from '../../server/imports/upload.ts'
import { importFile, plausibleZip, sendImport, zipOf } from '../support/imports.ts'
import { openService, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

let service: TestService
let site: string

const head = 'date,visitors,pageviews,bounces,visits,visit_duration'
const good = '2024-03-01,10,24,4,12,600'
const bytes = (text: string) => new TextEncoder().encode(text)

beforeAll(async () => {
  service = await openService()
  site = await service.makeSite()
}, 60_000)
afterAll(async () => {
  expect(service.errors).toEqual([])
  await service[Symbol.asyncDispose]()
})

/** What is said of a file that is refused, or fails while it is read. */
async function said(query: string, body: BodyInit): Promise<string> {
  const response = await sendImport(service, await service.makeSite(), query, body)
  const answer = await response.json()
  if (response.status === 400) return answer.detail
  await service.assembly.imports.idle()
  const { sql } = service.assembly
  const [row] = await sql<{ error: string | null; state: string }[]>`select error, state from imports where import_id = ${answer.id}`
  return `${row?.state}: ${row?.error}`
}

describe('a file that is refused or fails', () => {
  test.each<[string, string, () => BodyInit | Promise<BodyInit>, RegExp]>([
    ['that is empty', 'source=plausible', () => '', /^The body is empty/],
    ['of another format', 'source=plausible', () => 'a,b\n1,2\n', /^upload\.csv is no table of a Plausible export: it has the columns a, b\. Expected is one of imported_sources/],
    ['of no format', '', () => 'a,b\n1,2\n', /^The format of this file was not recognized\. These can be imported: .*Plausible.*takeout/],
    ['that is not text', 'source=plausible&name=x.csv', () => Uint8Array.of(100, 97, 116, 101, 44, 0xff, 0xfe, 0x80, 10), /^x\.csv is not text in UTF-8/],
    ['with an open quote', 'source=plausible', () => `${head}\n${good}\n"2024-03-02,1,1,1,1,1\n`, /upload\.csv, line \d+, column \d+: this is no CSV: a quote is opened and never closed\.$/],
    ['with a huge line', 'source=plausible', () => `${head}\n${'x'.repeat(3_000_000)}\n`, /a record is over 32768 characters/],
    ['with a huge first line', 'source=umami', () => 'x'.repeat(3_000_000), /over 32768 characters|no table/],
    ['that is a huge JSON', 'source=matomo&name=x.json', () => `[{"visitorId":"${'x'.repeat(3_000_000)}"}]`, /^x\.json: record 1 is over 1048576 characters\.$/],
    ['that is JSON cut short', 'source=matomo&name=x.json', () => '[{"visitorId":"a","actionDetails":[]},{"visitorId"', /^failed: x\.json ends within record 2/],
    ['that is an error of Matomo', 'source=matomo&name=x.json', () => '{"result":"error","message":"no such token"}', /^x\.json is an error of Matomo: no such token$/],
    ['that is no zip', 'source=plausible', () => 'PK\u0003\u0004 and nothing more', /^The archive cannot be unpacked/],
    ['that is a zip without tables', 'source=plausible', () => zipOf({ 'readme.txt': 'x' }), /^The archive has no file whose name ends with/],
    ['that is a zip bomb', 'source=plausible', () => Uint8Array.from(zipSync({ 'imported_visitors.csv': new Uint8Array(60_000_000) })), /^The archive unpacks to 57 MiB, over 200 times its size/],
    ['that is a gzip bomb', 'source=plausible', () => gzipSync(`${head}\n${`${'x'.repeat(30_000)}\n`.repeat(2_000)}`), /^failed: upload\.csv unpacks to over \d+ MiB/],
    ['that is a gzip cut short', 'source=plausible', () => gzipSync(bytes(`${head}\n${good}\n`)).subarray(0, 40), /^The archive cannot be unpacked/],
    ['that is a takeout of an odd format', 'source=takeout', () => '{"type":"takeout","format":{"toString":1}}\n', /^upload\.csv is a takeout of format \{"toString":1\}/],
    ['that mixes two kinds', 'source=matomo', () => zipOf({ 'a.csv': 'x', 'b.json': '[]' }), /^The archive has JSON and CSV/],
    ['by a query that nobody knows', 'source=plausible&fast=1', () => head, /^"fast" is no parameter/],
    ['of a source that nobody knows', 'source=fathom', () => head, /^"source" must be one of plausible, umami, ga4, matomo, takeout\.$/],
    ['in a time zone that there is not', 'timezone=Mars/Olympus', () => head, /^"timezone" must be/],
    ['with a hash that is none', 'hash=abc', () => head, /^"hash" must be/],
  ])('%s says what is wrong', async (_, query, body, message) => {
    expect(await said(query, await body())).toMatch(message)
  })

  test('is too large past its bound, whatever it says of its length', () => {
    async function* endless() {
      for (;;) yield new Uint8Array(1_000)
    }
    return expect(receive(endless(), 1_048_576)).rejects.toMatchObject({ code: 'too_large' })
  })
})

describe('a file that is odd', () => {
  test('is read with a byte order mark, with any line ends, and with semicolons', async () => {
    for (const text of [`\uFEFF${head}\r\n${good}\r\n`, `${head}\r${good}\r`, `${head}\n${good}`.replaceAll(',', ';')]) {
      const of = await service.makeSite()
      expect(await importFile(service, of, 'source=plausible', text)).toMatchObject({ state: 'done', rows: 1, faults: [] })
      expect((await service.report(of, 'overview', 'from=2024-03-01&to=2024-03-01')).visits).toBe(12)
    }
  })

  test('counts rows that it cannot read, names the first by file and line, and takes the others', async () => {
    const of = await service.makeSite()
    const rows = [
      head, '2024-02-30,1,1,1,1,1', '1999-12-31,1,1,1,1,1', '2199-01-01,1,1,1,1,1', '2024-03-01,-5,1,1,1,1', '2024-03-01,1e9,1,1,1,1',
      '2024-03-01,1,1,1,1', '2024-03-01,1,1,1,9999999999999999,1', good, '"=HYPERLINK(1)",1,1,1,1,1',
    ]
    const done = await importFile(service, of, 'source=plausible&name=v.csv', rows.join('\n'))
    expect(done).toMatchObject({ state: 'done', rows: 1, left_out: { malformed: 8 } })
    expect(done.faults).toEqual([
      'v.csv, line 2: "date" is "2024-02-30", which is no date as 2026-11-22.',
      'v.csv, line 3: "date" is 1999-12-31, which is not between 2000 and today.',
      'v.csv, line 4: "date" is 2199-01-01, which is not between 2000 and today.',
      'v.csv, line 5: "visitors" is "-5", which is no count from 0 up.',
      'v.csv, line 6: "visitors" is "1e9", which is no count from 0 up.',
      'v.csv, line 7: 5 columns where 6 are named.',
      'v.csv, line 8: "visits" is "9999999999999999", which is no count from 0 up.',
      'v.csv, line 10: "date" is "=HYPERLINK(1)", which is no date as 2026-11-22.',
    ])
  })

  test('with a visit that has no end is taken over up to a bound, and what is left out is counted', async () => {
    const of = await service.makeSite()
    const at = Math.floor(Date.now() / 1000) - 86_400
    const actionDetails = Array.from({ length: 12_000 }, (_, n) => ({ type: 'action', url: `https://a.example/${n}`, timestamp: at + n / 10 }))
    const file = JSON.stringify([{ idVisit: '1', visitorId: 'v', serverTimestamp: at, actionDetails }])
    const done = await importFile(service, of, 'source=matomo&name=x.json', file)
    expect(done).toMatchObject({ state: 'done', left_out: { 'actions of a visit after the first 1,000': 11_000 }, faults: [] })
    expect((await service.report(of, 'overview', 'range=7d')).pageviews).toBe(1_000)
  })

  test('keeps what pages are called, and exports defuse values', async () => {
    const of = await service.makeSite()
    const pages = 'date,hostname,page,visits,visitors,pageviews\n2024-03-01,h,"=1+1",1,1,1\n2024-03-01,h,__proto__,1,1,1\n2024-03-01,h,"a\u0000""b",1,1,1\n'
    await importFile(service, of, 'source=plausible', await zipOf({ 'a.csv': pages, 'b.csv': `${head}\n${good}\n` }))
    const { rows } = await service.report(of, 'breakdown', 'by=page&from=2024-03-01&to=2024-03-01')
    expect(rows.map(({ value }) => value).toSorted()).toEqual(['/=1+1', '/__proto__', '/a"b'])
    await importFile(service, of, 'source=umami', 'session_id,url_path,event_type,event_name,created_at\na,/,2,=1+1,2024-04-01 10:00:00\n')
    const file = await createClient(service, 'admin').get(`/api/sites/${of}/reports/breakdown/export?format=csv&by=event&from=2024-04-01&to=2024-04-01`)
    expect(await file.text()).toContain(`"'=1+1"`)
  })

  test('in what it says of actions and lines, is read as far as it goes, and fails nothing', async () => {
    const action = { type: 'action', url: 'https://old.example/a\u0000b', timestamp: 1_709_294_400 }
    const visit = {
      idVisit: '1\u0000', visitorId: 'v\u0000', region: 'Bav\u0000aria', city: '\ud83d', browserName: 'Fire\u0000fox', languageCode: 'd\u0000e',
      actionDetails: [
        action,
        { ...action, type: 'event', eventAction: 'play', eventName: 'a\u0000\ud83d', eventCategory: 'x' },
        { ...action, type: 'constructor' },
        { ...action, type: '\u0000' },
        { ...action, timestamp: { valueOf: 1, toString: 1 } },
        { ...action, url: `${'\u0000x'.repeat(39)}:\u{1f600}` },
      ],
    }
    const done = await importFile(service, await service.makeSite(), 'source=matomo&name=v.json', JSON.stringify([visit]))
    expect(done).toMatchObject({ state: 'done', error: null, left_out: { 'action of another type': 2, malformed: 2 } })
    const lines = ['{"type":"takeout","format":1}', '{"type":"constructor"}', '{"type":"__proto__"}', '{"type":["x"]}', `{"type":"item","kind":"${'x'.repeat(9)}"}`, '{"type":"end","lines":6}']
    const taken = await importFile(service, await service.makeSite(), 'source=takeout&name=t.ndjson', lines.join('\n'))
    expect(taken).toMatchObject({ state: 'done', error: null, left_out: { 'line of another type': 3, malformed: 1 } })
    const cut = await importFile(service, await service.makeSite(), 'source=plausible', `${head}\n2024-03-01,${'x'.repeat(39)}\u{1f600},1,1,1,1\n`)
    expect(cut).toMatchObject({ state: 'done', error: null, left_out: { malformed: 1 } })
  })

  test('in its names is told of without what terminals would obey', async () => {
    const body = Uint8Array.from(zipSync({ 'é\u001b[2J\u0000.csv': bytes(`${head}\n1,1,1,1,1,1\n`) }))
    const label = encodeURIComponent('a\u0000b\u001b[2J')
    const done = await importFile(service, await service.makeSite(), `source=plausible&label=${label}`, body)
    expect(done).toMatchObject({ state: 'done', label: 'ab[2J' })
    expect(done.faults[0]).toStartWith('é[2J.csv, line 2')
  })

  test('in properties that are deeper than anybody needs is a fault of its line', async () => {
    const item = { type: 'item', id: crypto.randomUUID(), kind: 'event', at: '2024-03-01T08:00:00Z', visitor: '1', page: '/', name: 'x', value: null, props: 0, context: {} }
    const deep = JSON.stringify(item).replace('"props":0', `"props":{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}`)
    const lines = ['{"type":"takeout","format":1}', deep, '{"type":"end","lines":3}']
    expect(await importFile(service, await service.makeSite(), 'source=takeout', lines.join('\n'))).toMatchObject({ state: 'done', left_out: { malformed: 1 } })
  })

  test('in names and texts of properties is kept without what no database can keep', async () => {
    const props = { 'a\u0000b': 'c\u0000d', list: [{ '\ud83d': '\ud83d' }] }
    const item = { type: 'item', id: crypto.randomUUID(), kind: 'event', at: '2024-03-01T08:00:00Z', visitor: '1', page: '/', name: 'x', value: null, props, context: {} }
    const lines = [{ type: 'takeout', format: 1 }, item, { type: 'end', lines: 3 }].map((line) => JSON.stringify(line))
    const of = await service.makeSite()
    expect(await importFile(service, of, 'source=takeout', lines.join('\n'))).toMatchObject({ state: 'done', rows: 1 })
    expect([...(await service.assembly.sql`select props from items where site_id = ${of}`)]).toEqual([{ props: { ab: 'cd', list: [{ '\ufffd': '\ufffd' }] } }])
  })

  test('in a zip of folders is found, and what is no table of it is not read', async () => {
    const of = await service.makeSite()
    const files = { 'export/v.csv': `${head}\n${good}\n`, '__MACOSX/export/._v.csv': 'x', 'export/.hidden.csv': 'x', 'export/readme.md': 'x' }
    const body = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, bytes(text)])))
    expect(await importFile(service, of, 'source=plausible', Uint8Array.from(body))).toMatchObject({ state: 'done', rows: 1 })
  })
})

describe('who may not manage a site', () => {
  test('cannot import, follow, list or undo: neither readers, nor senders, nor share links, nor other tenants', async () => {
    const { id } = await importFile(service, site, 'source=plausible', await plausibleZip())
    const base = `/api/sites/${site}/imports`
    for (const scope of ['reports:read', 'ingest']) {
      const { token } = await service.admin<{ token: string }>('/api/clients', { label: scope, scopes: [scope] })
      const client = createClient(service, token)
      const answers = [client.get(base), client.get(`${base}/${id}`), client.raw(base, head), client.send('DELETE', `${base}/${id}`)]
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([403, 403, 403, 403])
    }
    const other = await service.makeSite()
    expect((await createClient(service, 'admin').get(`/api/sites/${other}/imports/${id}`)).status).toBe(404)
    expect((await createClient(service, 'admin').send('DELETE', `/api/sites/${other}/imports/${id}`)).status).toBe(404)
    for (const path of [`${base}/%00`, `${base}?hash=%00`]) expect([400, 404]).toContain((await createClient(service, 'admin').get(path)).status)
    const { token } = await service.makeShare(site)
    expect((await service.fetch(`/api/share/${token}/sites/${site}/imports`)).status).toBe(404)
  })

  test('sees the report of imports under no link that has filters, and numbers that the filter lets through alone', async () => {
    const { token } = await service.makeShare(site, { filters: ['country:DE'], reports: ['overview', 'breakdown'] })
    const ask = (path: string) => service.fetch(`/api/share/${token}/sites/${site}/reports/${path}`)
    expect((await ask('imports')).status).toBe(403)
    const range = 'from=2024-03-01&to=2024-03-03'
    const shown = await (await ask(`overview?${range}`)).json()
    expect(shown.data).toMatchObject({ visitors: 13, visits: 15 })
    // Days are named only where what fits is of them.
    expect(shown.imported).toEqual({ included: true, first_day: '2024-03-01', last_day: '2024-03-02', sources: ['plausible'] })
    const { data, imported } = await (await ask(`breakdown?by=page&${range}`)).json()
    expect([data.total, imported]).toEqual([0, undefined])
    const narrowed = await (await ask(`overview?${range}&filter=country:FR`)).json()
    expect([narrowed.data.visitors, narrowed.imported]).toEqual([0, undefined])
  })
})

test('characters of several bytes stay whole wherever a file is cut into pieces', async () => {
  const names = Array.from({ length: 3_000 }, (_, index) => `${'x'.repeat(index % 7)}🪔${index}日`)
  const file = {
    name: 'x.csv',
    size: 0,
    async *open() {
      yield bytes(`name,visitors\n${names.map((name) => `${name},1\n`).join('')}`)
    },
  }
  const read: (string | undefined)[] = []
  for await (const { cells } of readCsv(file)) read.push(cells[0])
  expect(read).toEqual(['name', ...names])
})
