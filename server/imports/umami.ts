import { instantOf, hashId, itemOf } from './items.ts'
import { type Entry, refuse, type Source, type SourceContext, type SourceFile, type SourceRecord } from './source.ts'
import { recordOf } from './sums.ts'
import { columnsOf, Fault, readRows, type Row } from './table.ts'

/** Columns without which nothing can be told of a row. */
const needed = ['session_id', 'url_path', 'event_type', 'created_at']

/**
 * The table `website_event` of Umami as CSV: from the export of its cloud, or from the database of one's own. Its columns
 * are those of https://github.com/umami-software/umami, `db/clickhouse/schema.sql`; those of the session may be missing.
 */
export const umami: Source = {
  about: 'The table `website_event` of Umami as CSV.',
  async open(files, context) {
    const tables: SourceFile[] = []
    for (const file of files) {
      const names = await columnsOf(file)
      if (needed.every((name) => names.includes(name))) tables.push(file)
      // The archive has tables beside, which may be empty.
      else if (files.length === 1 || /website_event/.test(file.name)) throw wrong(file.name, names)
    }
    const [first] = tables
    if (first === undefined) throw wrong('The archive', [])
    return read(tables, context)
  },
}

function wrong(name: string, names: readonly string[]) {
  const has = names.length === 0 ? 'no table with them' : `the columns ${names.join(', ').slice(0, 300)}`
  return refuse(`${name} is no table website_event of Umami. Expected are the columns ${needed.join(', ')}, and it has ${has}.`)
}

async function* read(files: readonly SourceFile[], context: SourceContext): AsyncGenerator<SourceRecord> {
  let before = 0
  let website: string | undefined
  for (const file of files) {
    for await (const row of readRows(file)) {
      yield recordOf(file.name, row, before, (good) => {
        website ??= good.text('website_id')
        return good.text('website_id') === website ? entriesOf(good, context) : [{ leftOut: 'other website' }]
      })
    }
    before += file.size
  }
}

function entriesOf(row: Row, context: SourceContext): Entry[] {
  const type = row.text('event_type')
  if (type !== '1' && type !== '2') return [{ leftOut: 'no pageview or event' }]
  const visitor = row.text('session_id')
  if (visitor === '') throw new Fault('"session_id" is empty.')
  const at = instantOf('created_at', row.text('created_at'), context)
  const path = row.text('url_path')
  const name = row.text('event_name')
  if (type === '2' && name === '') throw new Fault('"event_name" of an event is empty.')
  const query = queryOf(row)
  const host = row.text('hostname') || context.domain
  const from = row.text('referrer_domain')
  const id = row.text('event_id') || hashId(visitor, String(at), type, path, query, name, row.text('visit_id'))
  const item = itemOf(
    {
      id,
      visitor,
      type: type === '1' ? 'pageview' : 'event',
      at,
      url: `https://${host}${path.startsWith('/') ? '' : '/'}${path}${query}`,
      referrer: from === '' ? '' : `https://${from}${row.text('referrer_path')}`,
      name: type === '1' ? '' : name,
      props: null,
    },
    {
      country: row.text('country'),
      region: row.text('region') || row.text('subdivision1'),
      city: row.text('city'),
      device: row.text('device'),
      browser: row.text('browser'),
      os: row.text('os'),
      language: row.text('language'),
    },
  )
  return [{ item }]
}

/** The query of the address, with the campaign of newer versions, which keep it in columns of its own. */
function queryOf(row: Row): string {
  const query = new URLSearchParams(row.text('url_query').replace(/^\?/, ''))
  for (const name of ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'gclid', 'msclkid']) {
    if (row.text(name) !== '' && !query.has(name)) query.set(name, row.text(name))
  }
  return query.size === 0 ? '' : `?${query}`
}
