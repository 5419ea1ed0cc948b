import type { ImportedSums } from '../store/index.ts'
import { slotOf } from '../store/index.ts'
import { type CsvRecord, readCsv } from './csv.ts'
import { browserName, countryCode, deviceName, known, originOf, systemName } from './names.ts'
import { type Entry, refuse, type Source, type SourceContext, type SourceFile, type SourceRecord } from './source.ts'
import { eventNumbers, eventsOfDay, Owners, recordOf, type RowNumbers, under } from './sums.ts'
import { checkDay, countOf, dayOf, Fault, namesOf, numberOf, type Row, rowOf } from './table.ts'

type Values = Partial<Record<ImportedSums['dimension'], string>>

/** What a dimension of Google Analytics 4 is here. */
const dimensions: Readonly<Record<string, (value: string) => Values>> = Object.fromEntries(
  (
    [
      ['page path|page path and screen class|page path + query string|pagepath|unifiedpagepathscreen', (text) => ({ page: known(text) })],
      ['landing page|landing page + query string|landingpage|landingpageplusquerystring', (text) => ({ entry_page: known(text) })],
      ['hostname|host name', (text) => ({ hostname: known(text).toLowerCase() })],
      ['page referrer|pagereferrer', (text) => ({ referrer: known(text).replace(/^https?:\/\//, '').replace(/\/+$/, '') })],
      ['session source|sessionsource|source', (text) => fromSource(text, '')],
      ['session source / medium|sessionsourcemedium|source / medium', fromSourceMedium],
      ['session campaign|sessioncampaignname|campaign', (text) => ({ utm_campaign: text.startsWith('(') ? '' : text })],
      ['session default channel group|sessiondefaultchannelgroup|default channel group', (text) => ({ channel: known(text) })],
      ['country|country id|countryid', (text) => ({ country: countryCode(text) })],
      ['region', (text) => ({ region: known(text) })],
      ['city', (text) => ({ city: known(text) })],
      ['device category|devicecategory', (text) => ({ device: deviceName(text) })],
      ['browser', (text) => ({ browser: browserName(text) })],
      ['operating system|operatingsystem', (text) => ({ os: systemName(text) })],
      ['language code|languagecode', (text) => ({ language: known(text) })],
      ['event name|eventname', (text) => ({ event: text })],
    ] satisfies [string, (text: string) => Values][]
  ).flatMap(([names, values]) => names.split('|').map((name) => [name, values])),
)

const dates = ['date', 'day']
const users = ['total users', 'totalusers', 'active users', 'activeusers', 'users']
const sessions = ['sessions']
const views = ['views', 'screenpageviews']

/** Events that Google Analytics makes automatically: they are no events of a site here, most are pageviews and visits. */
const automatic = new Set(['page_view', 'session_start', 'first_visit', 'user_engagement', 'scroll', 'first_open'])

/** A table of an export: a file may have several, each under lines that begin with `#`. */
interface Table {
  readonly names: readonly string[]
  /** The column of days; `nth day` counts from the start that a comment names. */
  readonly date: string
  readonly users: string
  readonly dimension: string | undefined
}

/**
 * CSV of Google Analytics 4: reports and explorations by date and at most one dimension (support.google.com/analytics,
 * "Export an exploration", and the names of the Data API's schema). Tables without a date are left out.
 */
export const ga4: Source = {
  about: 'CSV of Google Analytics 4: explorations with Date, at most one dimension, and Sessions, Total users and Views.',
  async open(files, context) {
    for (const file of files) await check(file)
    return read(files, context)
  },
}

async function check(file: SourceFile): Promise<void> {
  const seen: string[] = []
  for await (const { cells } of readCsv(file)) {
    if (isComment(cells)) continue
    const names = namesOf(cells)
    if (tableOf(names) !== undefined) return
    seen.push(names.join(', '))
    if (seen.length > 2_000) break
  }
  throw refuse(
    `${file.name} has no table that can be taken over: it begins with the columns ${(seen[0] ?? 'none').slice(0, 300)}. Expected are ` +
      `Date (or "Nth day"), Total users (or Active users), at most one of ${Object.keys(dimensions).filter((name) => name.includes(' ')).join(', ')}, ` +
      'and of Sessions, Views, Engaged sessions, Bounce rate, Average session duration and Event count those that there are.',
  )
}

async function* read(files: readonly SourceFile[], { timezone, now }: SourceContext): AsyncGenerator<SourceRecord> {
  const today = slotOf(now, timezone).day
  const owners = new Owners()
  let before = 0
  for (const file of files) {
    let table: Table | undefined
    let heading = true
    let start = ''
    for await (const record of readCsv(file)) {
      if (isComment(record.cells)) {
        start = /start date: *(\d{8}|\d{4}-\d\d-\d\d)/i.exec(record.cells.join(','))?.[1] ?? start
        heading = true
        continue
      }
      const names = heading ? namesOf(record.cells) : []
      if (heading && !isTotal(record)) {
        table = tableOf(names)
        heading = false
        continue
      }
      if (table === undefined || isTotal(record)) {
        yield { entries: [{ leftOut: table === undefined ? 'no date' : 'total' }], bytes: before + record.bytes }
        continue
      }
      const from = table
      const { date, ...columns } = from
      yield recordOf(file.name, rowOf(file, table.names, record), before, (row) =>
        owners.keep(entriesOf(row, date === 'nth day' ? nthDay(row, start, today) : dayOf(row, date, today), columns), from),
      )
    }
    before += file.size
  }
}

function isComment([first = '']: readonly string[]): boolean {
  return first.startsWith('#')
}

/** Whether a record is the sum that explorations put below their names: its first cell is empty. */
function isTotal({ cells }: CsvRecord): boolean {
  return cells[0]?.trim() === '' || cells.some((cell) => /^grand total$/i.test(cell.trim()))
}

function tableOf(names: readonly string[]): Table | undefined {
  const date = [...dates, 'nth day'].find((name) => names.includes(name))
  const user = users.find((name) => names.includes(name))
  const found = names.filter((name) => Object.hasOwn(dimensions, name))
  if (date === undefined || user === undefined || found.length > 1) return undefined
  return { names, date, users: user, dimension: found[0] }
}

function nthDay(row: Row, start: string, today: string): string {
  const first = checkDay('start date', start, today)
  const day = Temporal.PlainDate.from(first).add({ days: countOf(row, 'nth day') }).toString()
  return checkDay('nth day', day, today)
}

function entriesOf(row: Row, day: string, table: Pick<Table, 'users' | 'dimension'>): readonly Entry[] {
  const visitors = countOf(row, table.users)
  const value = table.dimension === undefined ? '' : row.text(table.dimension)
  const values = table.dimension === undefined ? { total: '' } : dimensions[table.dimension]?.(value)
  if (values?.event !== undefined) {
    if (automatic.has(values.event)) return [{ leftOut: 'automatic event' }]
    const count = countOf(row, row.has('event count') ? 'event count' : 'eventcount')
    return [...under(day, values, eventNumbers(visitors, count)), eventsOfDay(day, count)]
  }
  return under(day, values ?? {}, numbersOf(row, visitors))
}

function numbersOf(row: Row, visitors: number): RowNumbers {
  const column = (names: readonly string[]) => names.find((name) => row.has(name))
  const [visited, viewed] = [column(sessions), column(views)]
  const visits = visited === undefined ? 0 : countOf(row, visited)
  const bounces = bouncesOf(row, visits)
  const lasted = column(['average session duration', 'averagesessionduration'])
  const duration = lasted === undefined ? undefined : secondsOf(row, lasted) * visits * 1_000
  const measured = visited !== undefined && bounces !== undefined && duration !== undefined
  return {
    visitors,
    visits,
    bounces: measured ? bounces : null,
    duration_ms: measured ? Math.round(duration) : null,
    pageviews: viewed === undefined ? 0 : countOf(row, viewed),
    events: 0,
  }
}

/** Visits that were not engaged: what Google Analytics counts as bounces. */
function bouncesOf(row: Row, visits: number): number | undefined {
  const engaged = ['engaged sessions', 'engagedsessions'].find((name) => row.has(name))
  if (engaged !== undefined) return Math.max(0, visits - countOf(row, engaged))
  const rate = ['bounce rate', 'bouncerate'].find((name) => row.has(name))
  if (rate === undefined) return undefined
  const part = numberOf(row, rate)
  if (part > 1) throw new Fault(`"${rate}" is ${part}, which is no part of 1.`)
  return Math.round(part * visits)
}

/** Seconds, as a number or as `1:02:03`. */
function secondsOf(row: Row, column: string): number {
  const [, hours = '0', minutes, seconds] = /^(?:(\d+):)?(\d\d?):(\d\d)$/.exec(row.text(column)) ?? []
  if (minutes === undefined || seconds === undefined) return numberOf(row, column)
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
}

function fromSource(source: string, medium: string): Values {
  const tag = known(source)
  const campaign = { utm_source: '', utm_medium: medium.startsWith('(') ? '' : medium, utm_campaign: '' }
  const found = originOf({ source: tag === '(direct)' ? '' : tag, referrer: '', ...campaign })
  return { source: found.source, channel: found.channel, ai_source: found.ai_source }
}

function fromSourceMedium(text: string): Values {
  const [source = '', medium = ''] = text.split(' / ')
  return { ...fromSource(source, known(medium)), utm_medium: medium.startsWith('(') ? '' : medium }
}
