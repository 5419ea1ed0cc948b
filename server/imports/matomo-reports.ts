import { type ImportedSums, slotOf } from '../store/index.ts'
import { browserName, countryCode, deviceName, known, originOf, systemName } from './names.ts'
import { type Entry, refuse, type SourceContext, type SourceFile, type SourceRecord } from './source.ts'
import { eventNumbers, eventsOfDay, Owners, recordOf, under } from './sums.ts'
import { columnsOf, countOf, dayOf, readRows, type Row } from './table.ts'

type Values = Partial<Record<ImportedSums['dimension'], string>>

/** A report: what its labels are, and what its columns of visits begin with. */
interface Report {
  readonly values: (row: Row) => Values
  readonly prefix?: string
  /** Names a report that has a part of the same numbers that others have parts of. */
  readonly part?: string
}

const label = (row: Row) => known(row.text('label'))
const fromSource = (row: Row): Values => {
  const { source, channel, ai_source } = originOf({ source: label(row), referrer: '', utm_source: '', utm_medium: '', utm_campaign: '' })
  return { source, channel, ai_source }
}
const page = (row: Row): string => row.text('metadata_url') || row.text('url') || row.text('label') || '/'

/** Reports by the methods that answer them. */
const reports: Readonly<Record<string, Report>> = {
  'VisitsSummary.get': { values: () => ({ total: '' }) },
  'API.get': { values: () => ({ total: '' }) },
  'Actions.getPageUrls': { values: (row) => ({ page: page(row) }) },
  'Actions.getEntryPageUrls': { values: (row) => ({ entry_page: page(row) }), prefix: 'entry_' },
  'Actions.getExitPageUrls': { values: (row) => ({ exit_page: page(row) }), prefix: 'exit_' },
  'UserCountry.getCountry': { values: (row) => ({ country: countryCode(row.text('metadata_code') || row.text('code') || label(row)) }) },
  'UserCountry.getRegion': { values: (row) => ({ region: label(row).split(', ')[0] ?? '' }) },
  'UserCountry.getCity': { values: (row) => ({ city: label(row).split(', ')[0] ?? '' }) },
  'DevicesDetection.getType': { values: (row) => ({ device: deviceName(label(row)) }) },
  'DevicesDetection.getBrowsers': { values: (row) => ({ browser: browserName(label(row)) }) },
  'DevicesDetection.getOsFamilies': { values: (row) => ({ os: systemName(label(row)) }) },
  'UserLanguage.getLanguageCode': { values: (row) => ({ language: row.text('metadata_code') || label(row) }) },
  'Referrers.getSearchEngines': { values: fromSource, part: 'search engines' },
  'Referrers.getSocials': { values: fromSource, part: 'socials' },
  'Referrers.getWebsites': { values: fromSource, part: 'websites' },
  'Referrers.getAIAssistants': { values: fromSource, part: 'assistants' },
  'Referrers.getCampaigns': { values: (row) => ({ utm_campaign: label(row) }) },
  'Events.getAction': { values: (row) => ({ event: row.text('label') }) },
}

/** Opens reports by day: `period=day`, `format=CSV`, `date` a range, so that a column says the day. */
export async function openReports(files: readonly SourceFile[], context: SourceContext): Promise<AsyncIterable<SourceRecord>> {
  const found: { file: SourceFile; report: Report }[] = []
  for (const file of files) {
    const method = Object.keys(reports).find((name) => file.name.toLowerCase().includes(name.toLowerCase()))
    const report = method === undefined ? undefined : reports[method]
    if (report === undefined) {
      throw refuse(`${file.name} does not say which report it is. Name it by its method: ${Object.keys(reports).join(', ')}.`)
    }
    const names = await columnsOf(file)
    const visits = `${report.prefix ?? ''}nb_visits`
    const needed = method === 'Events.getAction' ? ['date', 'label', 'nb_events'] : ['date', visits]
    if (!needed.every((name) => names.includes(name))) {
      throw refuse(
        `${file.name} has the columns ${names.join(', ').slice(0, 300)}. Expected are ${needed.join(', ')}: ask for period=day, ` +
          'a range of dates and format=CSV, without translateColumnNames.',
      )
    }
    found.push({ file, report })
  }
  return read(found, slotOf(context.now, context.timezone).day)
}

async function* read(found: readonly { file: SourceFile; report: Report }[], today: string): AsyncGenerator<SourceRecord> {
  const owners = new Owners()
  let before = 0
  for (const { file, report } of found) {
    for await (const row of readRows(file)) {
      yield recordOf(file.name, row, before, (good) =>
        owners.keep(entriesOf(good, report, today), file, report.part),
      )
    }
    before += file.size
  }
}

function entriesOf(row: Row, { values, prefix = '' }: Report, today: string): Entry[] {
  const day = dayOf(row, 'date', today)
  const found = values(row)
  const count = (name: string, otherwise = 0) => (row.text(name) === '' ? otherwise : countOf(row, name))
  if (found.event !== undefined) {
    const events = countOf(row, 'nb_events')
    return [...under(day, found, eventNumbers(count('nb_uniq_visitors', count('nb_visits')), events)), eventsOfDay(day, events)]
  }
  const visits = count(`${prefix}nb_visits`)
  const measured = row.has(`${prefix}bounce_count`) && row.has(`${prefix}sum_visit_length`)
  return under(day, found, {
    visitors: count(`${prefix}nb_uniq_visitors`, visits),
    visits,
    bounces: measured ? count(`${prefix}bounce_count`) : null,
    duration_ms: measured ? count(`${prefix}sum_visit_length`) * 1_000 : null,
    pageviews: count('nb_pageviews', count('nb_hits', count(`${prefix}nb_actions`))),
    events: 0,
  })
}
