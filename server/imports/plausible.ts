import { slotOf } from '../store/index.ts'
import { browserName, countryCode, deviceName, known, originOf, systemName } from './names.ts'
import { type Entry, refuse, type Source, type SourceFile, type SourceRecord } from './source.ts'
import { eventNumbers, eventsOfDay, Owners, recordOf, type RowNumbers, under } from './sums.ts'
import { columnsOf, countOf, dayOf, readRows, type Row } from './table.ts'

/** A table of the export: the columns that tell it from others, and what its rows become. */
interface Table {
  readonly columns: readonly string[]
  readonly entries: (row: Row, day: string) => readonly Entry[]
}

/** Tables by their names, as "CSV format guidelines" of https://plausible.io/docs/csv-import has them. */
const tables: Readonly<Record<string, Table>> = {
  imported_sources: { columns: ['source', 'visits'], entries: sources },
  imported_custom_events: { columns: ['name', 'events'], entries: events },
  imported_entry_pages: {
    columns: ['entry_page', 'entrances'],
    entries: (row, day) => under(day, { entry_page: row.text('entry_page') }, numbers(row, 'entrances')),
  },
  imported_exit_pages: {
    columns: ['exit_page', 'exits'],
    entries: (row, day) => under(day, { exit_page: row.text('exit_page') }, numbers(row, 'exits')),
  },
  imported_pages: {
    columns: ['page', 'visits', 'pageviews'],
    entries: (row, day) => under(day, { page: row.text('page') }, { ...numbers(row), bounces: null, duration_ms: null }),
  },
  imported_locations: {
    columns: ['country', 'region', 'visits'],
    // Its cities are ids of GeoNames, which nothing here makes names of.
    entries: (row, day) =>
      under(day, { country: countryCode(row.text('country')), region: known(row.text('region')) }, numbers(row)),
  },
  imported_devices: {
    columns: ['device', 'visits'],
    entries: (row, day) => under(day, { device: deviceName(row.text('device')) }, numbers(row)),
  },
  imported_browsers: {
    columns: ['browser', 'visits'],
    entries: (row, day) => under(day, { browser: browserName(row.text('browser')) }, numbers(row)),
  },
  imported_operating_systems: {
    columns: ['operating_system', 'visits'],
    entries: (row, day) => under(day, { os: systemName(row.text('operating_system')) }, numbers(row)),
  },
  imported_visitors: {
    columns: ['visits', 'bounces', 'pageviews'],
    entries: (row, day) => under(day, { total: '' }, numbers(row)),
  },
}

/** The CSV export of Plausible: its zip, or tables of it. A table is told by its columns, whatever its file is called. */
export const plausible: Source = {
  about: 'The CSV export of Plausible: the zip, or its tables `imported_….csv`.',
  async open(files, { timezone, now }) {
    const today = slotOf(now, timezone).day
    const found: { file: SourceFile; table: Table }[] = []
    for (const file of files) found.push({ file, table: await tableOf(file) })
    return read(found, today)
  },
}

async function* read(found: readonly { file: SourceFile; table: Table }[], today: string): AsyncGenerator<SourceRecord> {
  const owners = new Owners()
  let before = 0
  for (const { file, table } of found) {
    for await (const row of readRows(file)) {
      yield recordOf(file.name, row, before, (good) =>
        owners.keep(table.entries(good, dayOf(good, 'date', today)), file),
      )
    }
    before += file.size
  }
}

async function tableOf(file: SourceFile): Promise<Table> {
  const names = await columnsOf(file)
  const fits = ({ columns }: Table) => ['date', 'visitors', ...columns].every((column) => names.includes(column))
  const table = Object.values(tables).find(fits)
  if (table !== undefined) return table
  const expected = Object.entries(tables).map(([name, { columns }]) => `${name} (date, visitors, ${columns.join(', ')})`)
  throw refuse(`${file.name} is no table of a Plausible export: it has the columns ${names.join(', ').slice(0, 300)}. Expected is one of ${expected.join('; ')}.`)
}

function numbers(row: Row, visits = 'visits'): RowNumbers {
  return {
    visitors: countOf(row, 'visitors'),
    visits: countOf(row, visits),
    bounces: row.has('bounces') ? countOf(row, 'bounces') : null,
    duration_ms: row.has('visit_duration') ? countOf(row, 'visit_duration') * 1_000 : null,
    pageviews: countOf(row, 'pageviews', 0),
    events: 0,
  }
}

function sources(row: Row, day: string): Entry[] {
  const [utm_source, utm_medium, utm_campaign] = ['utm_source', 'utm_medium', 'utm_campaign'].map((name) => known(row.text(name)))
  const referrer = known(row.text('referrer')).replace(/^https?:\/\//, '')
  const campaign = { utm_source: utm_source ?? '', utm_medium: utm_medium ?? '', utm_campaign: utm_campaign ?? '' }
  const origin = originOf({ source: known(row.text('source')), referrer, ...campaign })
  const more = { utm_content: known(row.text('utm_content')), utm_term: known(row.text('utm_term')) }
  return under(day, { referrer, ...campaign, ...more, ...pick(origin) }, numbers(row))
}

function pick({ source, channel, ai_source }: { source: string; channel: string; ai_source: string }) {
  return { source, channel, ai_source }
}

/** Events by name. Its pageview goals are none: they were counted as pageviews. */
function events(row: Row, day: string): Entry[] {
  const name = row.text('name')
  const count = countOf(row, 'events')
  if (name === '' || name.startsWith('Visit /')) return [{ leftOut: 'no event' }]
  return [...under(day, { event: name }, eventNumbers(countOf(row, 'visitors'), count)), eventsOfDay(day, count)]
}
