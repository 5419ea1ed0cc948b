/** Reports as files: each format is read back and compared with what the report answers. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer, ReportName } from '@hk-live/sdk/protocol'
import { parse } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import { openService, serverView, type TestService } from '../support/service.ts'
import { createClient } from './client.ts'

/** In summer time in Berlin, at a day's begin in no zone. */
const now = Date.UTC(2026, 9, 20, 15, 20)

let service: TestService
let site: string

beforeAll(async () => {
  service = await openService({ now: () => now })
  site = await service.makeSite({ timezone: 'Europe/Berlin', currency: 'JPY' })
  await service.admin(`/api/sites/${site}/goals`, { name: 'Thanks', type: 'page', pattern: '/thanks', value: 2.5 })
  await service.admin(`/api/sites/${site}/goals`, { name: 'Never', type: 'page', pattern: '/never' })
  const steps = [
    { type: 'page', pattern: '/' },
    { type: 'page', pattern: '/thanks' },
  ]
  await service.admin(`/api/sites/${site}/funnels`, { name: 'Buy', steps })
  await service.admin(`/api/sites/${site}/funnels`, { name: 'All', steps: steps.toReversed() })
  const visits = Array.from({ length: 12 }, (_, visitor) =>
    ['/', '/ä,"b"\r\nc', '/thanks', `/p${visitor}`].slice(0, 1 + (visitor % 4)).map((page, index) =>
      serverView(visitor, now - visitor * 7 * 3_600_000 + index * 60_000, page),
    ),
  )
  const event = (name: string, props: object) => serverView(1, now - 60_000, '/', { type: 'event', name, props })
  const items = [{ item_id: 'mug', item_name: '=Mug', price: 12.5, quantity: 2 }]
  await service.sendFromServer(site, [
    ...visits.flat(),
    event('signup', { plan: 'pro' }),
    event('purchase', { transaction_id: 't1', currency: 'JPY', value: 25, items }),
    event('assistant.chat_started', { bot: '@helper' }),
  ])
}, 60_000)
afterAll(() => service[Symbol.asyncDispose]())

const get = (path: string) => createClient(service, 'admin').get(path)

/** The file of an export. */
async function take(report: string, query: string, id = site): Promise<Response> {
  const response = await get(`/api/sites/${id}/reports/${report}/export?${query}`)
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return response
}

type Fields = Record<string, unknown>

/** The rows that a report's own answer makes, as the export has to have them. */
const expected: { readonly [N in ReportName]?: (answer: Answer<N>) => Fields[] } = {
  overview: ({ data }) =>
    Object.entries(data).map(([metric, value]) => {
      const rate = metric.endsWith('rate')
      const unit = metric === 'revenue' ? 'JPY' : metric === 'visit_duration' ? 'seconds' : rate ? 'rate' : 'count'
      return { metric, unit, value }
    }),
  timeseries: ({ data }) => data.points.map((point) => ({ ...point, partial: point.partial ?? null })),
  breakdown: ({ data }) => data.rows.map((row) => ({ ...row })),
  goals: ({ data }) =>
    data.rows.map(({ id: _, points: __, ...row }) => ({ ...row, currency: data.currency })),
  events: ({ data }) => data.rows.map((row) => ({ ...row })),
  ecommerce: ({ data }) => data.products.rows.map((row) => ({ ...row, currency: data.currency })),
  ai_chatbots: ({ data }) => data.rows.map((row) => ({ ...row })),
  visits: ({ data }) => data.visits.map(({ lat: _, lon: __, referrer_source: ___, ...visit }) => visit),
  funnels: ({ data }) =>
    data.rows.flatMap(({ name: funnel, steps }) => steps.map((step, index) => ({ funnel, step: index + 1, ...step }))),
}

const local = (at: string) => Temporal.Instant.from(at).toZonedDateTimeISO('Europe/Berlin')

/** A value as CSV has it. */
function inCsv(value: unknown, name: string, byDay: boolean): string {
  if (value === null) return ''
  if (name.endsWith('at') && typeof value === 'string') {
    const at = local(value)
    return byDay ? at.toPlainDate().toString() : at.toString({ timeZoneName: 'never' })
  }
  return typeof value === 'string' ? value.replace(/^[=@]/, "'$&") : String(value)
}

const questions: [ReportName, string][] = [
  ['overview', 'range=7d'],
  ['timeseries', 'range=7d&metrics=visitors,bounce_rate,revenue,visit_duration'],
  ['timeseries', 'range=24h'],
  ['breakdown', 'range=30d&by=page&limit=1000'],
  ['breakdown', 'range=30d&by=page&limit=3&offset=2&sort=-value&search=p'],
  ['breakdown', 'range=7d&filter=page:/thanks&by=entry_page&limit=5'],
  ['goals', 'range=30d&limit=50'],
  ['funnels', 'range=30d&limit=50'],
  ['live', ''],
  ['events', 'range=30d&limit=50'],
  ['ecommerce', 'range=30d&limit=50'],
  ['ai_chatbots', 'range=30d&limit=50'],
  ['visits', 'range=30d&limit=50'],
]

describe('an export has what the report answers', () => {
  test.each(questions)('%s?%s, in every format', async (report, query) => {
    const answer = (await (await get(`/api/sites/${site}/reports/${report}?${query}`)).json()) as Answer
    const as = (format: string) => take(report, `${query}&format=${format}`)

    const json = await (await as('json')).json()
    const { rows, ...head } = json
    expect(head).toEqual({
      report,
      site_id: site,
      version: answer.version,
      generated_at: answer.generated_at,
      range: answer.range,
    })
    const wanted = expected[report]
    if (wanted !== undefined) expect(rows).toEqual(wanted(answer as never))
    expect(rows.length).toBeGreaterThan(0)

    const ndjson = await (await as('ndjson')).text()
    expect(ndjson.trim().split('\n').map((line) => JSON.parse(line))).toEqual(rows)

    const names = Object.keys(rows[0])
    const csv = await (await as('csv')).text()
    const byDay = report === 'timeseries' && answer.range.interval === 'day'
    expect(parse(csv, { bom: true, columns: true, record_delimiter: '\r\n' })).toEqual(
      rows.map((row: Fields) => Object.fromEntries(names.map((name) => [name, inCsv(row[name], name, byDay)]))),
    )

    const { sheets } = await readXlsx(await (await as('xlsx')).bytes(), { readStyles: true })
    expect(sheets.map(({ name }) => name)).toEqual([report])
    const [header = [], ...lines] = sheets[0]?.rows ?? []
    expect(header).toEqual(names)
    const read = lines.map((line) => Object.fromEntries(names.map((name, index) => [name, line[index] ?? null])))
    const at = (value: unknown) => new Date(`${local(String(value)).toPlainDateTime().toString()}Z`)
    const shown = (row: Fields) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'string' ? inCsv(value, '', false) : value]))
    expect(read).toEqual(rows.map((row: Fields) => ('at' in row ? { ...shown(row), at: at(row.at) } : shown(row))))
  })

  test('of rates, amounts and times a workbook knows how to show them', async () => {
    const formatOf = async (report: string, query: string) => {
      const { sheets } = await readXlsx(await (await take(report, `format=xlsx&${query}`)).bytes(), { readStyles: true })
      const [names = []] = sheets[0]?.rows ?? []
      return Object.fromEntries(
        names.map((name, column) => [name, sheets[0]?.cells?.get(`1,${column}`)?.style?.numFmt]),
      )
    }
    expect(await formatOf('timeseries', 'range=7d&metrics=visitors,bounce_rate,revenue')).toMatchObject({
      at: 'yyyy-mm-dd',
      bounce_rate: '0.0%',
      revenue: '#,##0.00',
    })
    expect(await formatOf('timeseries', 'range=24h')).toMatchObject({ at: 'yyyy-mm-dd hh:mm' })
  })

  test('times of a night with two equal hours differ in CSV', async () => {
    const csv = await (await take('timeseries', 'format=csv&from=2025-10-26&to=2025-10-26&bom=0')).text()
    const times = parse(csv, { columns: false }).map(([at]) => at)
    expect(times.slice(3, 5)).toEqual(['2025-10-26T02:00:00+02:00', '2025-10-26T02:00:00+01:00'])
    expect(new Set(times).size).toBe(26)
  })
})

describe('a comparison', () => {
  test('stands beside in series and overviews', async () => {
    const query = 'range=7d&compare=previous'
    const answer = (await (await get(`/api/sites/${site}/reports/timeseries?${query}`)).json()) as Answer<'timeseries'>
    const { rows, compare } = await (await take('timeseries', `${query}&format=json`)).json()
    expect(compare).toEqual({ range: answer.compare?.range })
    const earlier = answer.compare?.data.points ?? []
    expect(rows).toEqual(
      answer.data.points.map((point, index) => ({
        ...point,
        partial: point.partial ?? null,
        compare_at: earlier[index]?.at,
        compare_visitors: earlier[index]?.visitors,
        compare_pageviews: earlier[index]?.pageviews,
        compare_partial: null,
      })),
    )
    const overview = await (await take('overview', `${query}&format=json`)).json()
    expect(Object.keys(overview.rows[0])).toEqual(['metric', 'unit', 'value', 'compare_value'])
  })

  test('of a shorter month leaves the rest of the longer one alone', async () => {
    const query = 'from=2026-02-01&to=2026-02-28&compare=previous&format=json'
    const { rows } = await (await take('timeseries', query)).json()
    expect(rows.length).toBe(31)
    expect(rows[30]).toMatchObject({ at: null, visitors: null, compare_at: '2026-01-30T23:00:00.000Z' })
  })

  test('of lists follows, and a column tells which rows it has', async () => {
    const query = 'range=yesterday&compare=previous&by=page&format=json'
    const { rows } = await (await take('breakdown', query)).json()
    const report = (await (await get(`/api/sites/${site}/reports/breakdown?${query.replace('&format=json', '')}&limit=1000`)).json()) as Answer<'breakdown'>
    const part = (period: string) =>
      rows.filter((row: Fields) => row.period === period).map(({ period: _, ...row }: Fields) => row)
    expect(part('current')).toEqual(report.data.rows as never)
    expect(part('previous')).toEqual(report.compare?.data.rows as never)
    expect(part('previous').length).toBeGreaterThan(0)
  })
})

describe('an empty site', () => {
  test.each(['csv', 'json', 'ndjson', 'xlsx'])('is a whole file of %s', async (format) => {
    const empty = await service.makeSite()
    const bytes = await (await take('breakdown', `format=${format}&bom=0`, empty)).bytes()
    const text = new TextDecoder().decode(bytes)
    if (format === 'csv') expect(text).toBe('"value","visitors","visits","pageviews","events","bounce_rate","visit_duration","share"\r\n')
    if (format === 'ndjson') expect(text).toBe('')
    if (format === 'json') expect(JSON.parse(text).rows).toEqual([])
    if (format === 'xlsx') expect((await readXlsx(bytes)).sheets[0]?.rows.length).toBe(1)
  })
})

describe('values that a spreadsheet would run', () => {
  const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠x', '=HYPERLINK("http://x","y")']
  const harmless = ["'=1", 'a=1', ' plain;=1+1', '_x003D_1', '"', "it's"]

  test('begin with an apostrophe in CSV and XLSX, and are as they are in JSON', async () => {
    const id = await service.makeSite()
    const values = [...hostile, ...harmless]
    await service.sendFromServer(
      id,
      values.map((value, visitor) => serverView(visitor, now - 3_600_000, `/?utm_campaign=${encodeURIComponent(value)}`)),
    )
    const query = 'by=utm_campaign&sort=-value'
    const { rows } = await (await take('breakdown', `${query}&format=json`, id)).json()
    const stored: string[] = rows.map((row: Fields) => row.value)
    for (const value of hostile) expect(stored).toContain(value)
    const shown = stored.map((value) => (hostile.includes(value) ? `'${value}` : value))
    const csv = await (await take('breakdown', `${query}&format=csv`, id)).text()
    expect(parse<Fields>(csv, { bom: true, columns: true }).map((row) => row.value)).toEqual(shown)
    expect(csv).toContain('"plain;=1+1"')
    const book = await (await take('breakdown', `${query}&format=xlsx`, id)).bytes()
    expect((await readXlsx(book)).sheets[0]?.rows.slice(1).map(([value]) => value)).toEqual(shown)
  })
})

describe('the answer', () => {
  test('is a file with a name, of its type, and kept by nobody', async () => {
    const file = async (format: string) => {
      const response = await take('breakdown', `range=yesterday&format=${format}`)
      await response.body?.cancel()
      const { headers } = response
      return [headers.get('content-type'), headers.get('content-disposition'), headers.get('cache-control')]
    }
    const name = 'shop.example_breakdown_2026-10-19_2026-10-19'
    const disposition = (format: string) => `attachment; filename="${name}.${format}"; filename*=UTF-8''${name}.${format}`
    expect(await file('csv')).toEqual(['text/csv; charset=utf-8; header=present', disposition('csv'), 'no-store'])
    expect(await file('json')).toEqual(['application/json', disposition('json'), 'no-store'])
    expect(await file('ndjson')).toEqual(['application/x-ndjson', disposition('ndjson'), 'no-store'])
    expect(await file('xlsx')).toEqual([
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      disposition('xlsx'),
      'no-store',
    ])
  })

  test('begins with a byte order mark in CSV, unless that is left out', async () => {
    const first = async (query: string) => (await (await take('overview', `format=csv${query}`)).bytes()).slice(0, 3)
    expect([...(await first(''))]).toEqual([0xef, 0xbb, 0xbf])
    expect(String.fromCharCode(...(await first('&bom=0')))).toBe('"me')
  })

  test.each([
    ['overview', '', 'format'],
    ['overview', 'format=pdf', 'format'],
    ['overview', 'format=csv&bom=2', 'bom'],
    ['breakdown', 'format=csv&limit=100001', 'limit'],
    ['breakdown', 'format=csv&limit=0', 'limit'],
    ['breakdown', 'format=csv&offset=-1', 'offset'],
    ['breakdown', 'format=csv&by=shoe', 'by'],
    ['breakdown', 'format=xlsx&sort=shoe', 'sort'],
    ['timeseries', 'format=csv&fliter=x', 'fliter'],
    ['timeseries', 'format=csv&range=8d', 'range'],
  ])('to %s?%s is 400 and names the parameter', async (report, query, parameter) => {
    const response = await get(`/api/sites/${site}/reports/${report}/export?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', parameter })
    expect(service.assembly.exports.size).toBe(0)
  })
})

describe('by share link', () => {
  const taken = async (path: string, token: string) => service.fetch(`/api/share/${token}/sites/${site}/reports/${path}`)

  test('its filters are locked in, and only its reports are given', async () => {
    const { token } = await service.makeShare(site, { reports: ['breakdown'], filters: ['page:/thanks'], live: false })
    const response = await taken('breakdown/export?format=json&by=page', token)
    expect((await response.json()).rows.map((row: Fields) => row.value)).toEqual(['/thanks'])
    const status = async (path: string, by = token) => {
      const { status: code, body } = await taken(path, by)
      await body?.cancel()
      return code
    }
    expect(await status('overview/export?format=csv')).toBe(403)
    expect(await status('live/export?format=csv')).toBe(403)
    expect(await status('nothing/export?format=csv')).toBe(404)
    expect(await status('breakdown/export?format=csv', 'hks_nobody')).toBe(404)
  })

  test('single visits are given only where the link shows them', async () => {
    const status = async (visits: boolean, filters: string[] = []) => {
      const { token } = await service.makeShare(site, { visits, filters })
      return (await taken('visits/export?format=csv', token)).status
    }
    expect([await status(false), await status(true), await status(true, ['page:/a'])]).toEqual([403, 200, 403])
  })

  test('without a right to read there is nothing', async () => {
    const path = `/api/sites/${site}/reports/overview/export?format=csv`
    expect((await service.fetch(path)).status).toBe(401)
    const { token } = await service.admin<{ token: string }>('/api/clients', { label: 'x', scopes: ['ingest'] })
    expect((await createClient(service, token).get(path)).status).toBe(403)
  })
})
