import { itemTypes } from '@hk-live/sdk/protocol'
import { clean, isRecord } from '../ingest/index.ts'
import { type Context, type ImportedSums, normalizePage, pathDimensions, slotOf, sumDimensions } from '../store/index.ts'
import { type Entry, refuse, type Source, type SourceContext, type SourceFile, type SourceRecord } from './source.ts'
import { checkDay, Fault } from './table.ts'
import { readLines } from './text.ts'

type Fields = Readonly<Record<string, unknown>>

/** The format of a takeout that is written, and read, by this version. */
export const takeoutFormat = 1

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const longestPage = 8_192
const longestProps = 20_000
const deepest = 32

/** A takeout of hk-live: all of a site, one line each. Items keep their ids, so a site's own come once. */
export const takeout: Source = {
  about: 'The takeout of a site of hk-live.',
  async open(files, context) {
    const [file, more] = files
    if (file === undefined || more !== undefined) throw refuse('A takeout is one file.')
    for await (const { text } of readLines(file)) {
      const head = parse(text)
      if (head?.type !== 'takeout') break
      if (head.format === takeoutFormat) return read(file, context)
      throw refuse(`${file.name} is a takeout of format ${clean(JSON.stringify(head.format) ?? 'none', 40)}. This version reads format ${takeoutFormat}: upgrade it.`)
    }
    throw refuse(`${file.name} is no takeout: its first line must be {"type":"takeout","format":${takeoutFormat},…}.`)
  },
}

async function* read(file: SourceFile, context: SourceContext): AsyncGenerator<SourceRecord> {
  let ended = false
  for await (const { text, line, bytes } of readLines(file)) {
    const fields = parse(text)
    if (fields?.type === 'takeout') continue
    if (fields?.type === 'end') {
      ended = true
      continue
    }
    yield { entries: [entryOf(fields, `${file.name}, line ${line}`, context)], bytes }
  }
  if (!ended) throw refuse(`${file.name} has no last line {"type":"end"}: it was cut short. Take it out again.`)
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function entryOf(fields: Fields | undefined, place: string, context: SourceContext): Entry {
  if (fields === undefined) return { fault: `${place}: this is no JSON object.` }
  const { type, ...rest } = fields
  try {
    switch (type) {
      case 'item':
        return { item: itemOf(rest, context) }
      case 'fetch':
        return { fetch: fetchOf(rest, context) }
      case 'sums':
        return { sums: sumsOf(rest, context) }
      case 'goal':
      case 'funnel':
      case 'annotation':
      case 'exclusion':
        return { setting: { type, settings: isRecord(rest.settings) ? rest.settings : {} } }
      default:
        return { leftOut: type === 'import' || type === 'opportunity' ? type : 'line of another type' }
    }
  } catch (error) {
    if (error instanceof Fault) return { fault: `${place}: ${error.message}` }
    throw error
  }
}

function itemOf(fields: Fields, context: SourceContext) {
  const kind = itemTypes.find((one) => one === fields.kind)
  if (kind === undefined) throw new Fault(`"kind" must be one of ${itemTypes.join(', ')}.`)
  const around = isRecord(fields.context) ? fields.context : {}
  return {
    id: idOf(fields),
    visitor: text(fields, 'visitor', 100),
    type: kind,
    at: timeOf(fields, context),
    page: pageOf(text(fields, 'page', longestPage)),
    name: text(fields, 'name', 120),
    value: fields.value === null ? null : numberOf(fields, 'value'),
    props: propsOf(fields),
    context: contextOf(around),
  }
}

function fetchOf(fields: Fields, context: SourceContext) {
  const optional = (field: string, most: number) => (fields[field] === null ? null : countOf(fields, field, most))
  return {
    id: idOf(fields),
    at: timeOf(fields, context),
    agent: text(fields, 'agent', 200),
    family: text(fields, 'family', 200),
    category: text(fields, 'category', 200),
    hostname: text(fields, 'hostname', 253),
    path: pageOf(text(fields, 'path', longestPage)),
    status: countOf(fields, 'status', 599, 100),
    content_type: text(fields, 'content_type', 120),
    response_ms: optional('response_ms', 2 ** 31 - 1),
    bytes_served: optional('bytes_served', Number.MAX_SAFE_INTEGER),
  }
}

function sumsOf(fields: Fields, { now, timezone }: SourceContext): ImportedSums {
  const dimension = sumDimensions.find((one) => one === fields.dimension)
  if (dimension === undefined) throw new Fault('"dimension" is not known.')
  const count = (field: string) => countOf(fields, field, 1e15)
  const optional = (field: string) => (fields[field] === null ? null : count(field))
  return {
    day: checkDay('day', text(fields, 'day', 10), slotOf(now, timezone).day),
    dimension,
    value: pathDimensions.has(dimension) ? pageOf(text(fields, 'value', longestPage)) : text(fields, 'value'),
    visitors: count('visitors'),
    visits: count('visits'),
    bounces: optional('bounces'),
    duration_ms: optional('duration_ms'),
    pageviews: count('pageviews'),
    events: count('events'),
  }
}

const texts = [
  'hostname', 'referrer', 'source', 'channel', 'ai_source', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_term',
  'utm_content', 'country', 'region', 'city', 'device', 'browser', 'os', 'language',
] as const

function contextOf(fields: Fields): Context {
  const found = Object.fromEntries(texts.map((field) => [field, text(fields, field)])) as Record<(typeof texts)[number], string>
  const degrees = (field: string, bound: number) => {
    const value = fields[field]
    return typeof value === 'number' && Math.abs(value) <= bound ? value : null
  }
  return { ...found, lat: degrees('lat', 90), lon: degrees('lon', 180) }
}

/** Older versions kept some pages in another form. An item that has none keeps none. */
function pageOf(path: string): string {
  return path === '' ? '' : normalizePage(path)
}

function propsOf({ props }: Fields): Fields | null {
  if (props === null || props === undefined) return null
  const kept = keepable(props, deepest)
  if (!isRecord(kept)) throw new Fault('"props" must be an object.')
  if (JSON.stringify(kept).length > longestProps) throw new Fault(`"props" is over ${longestProps} characters.`)
  return kept
}

/** A value of JSON as Postgres can keep it: names and texts without NUL and lone surrogates, nested at most so deep. */
function keepable(value: unknown, levels: number): unknown {
  const plain = (text: string) => text.replaceAll('\0', '').toWellFormed()
  if (typeof value === 'string') return plain(value)
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) throw new Fault(`"props" is nested more than ${deepest} levels deep.`)
  if (Array.isArray(value)) return value.map((one) => keepable(one, levels - 1))
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [plain(name), keepable(one, levels - 1)]))
}

function idOf({ id }: Fields): string {
  if (typeof id === 'string' && uuid.test(id)) return id
  throw new Fault('"id" must be a UUID in lower case.')
}

function timeOf({ at }: Fields, { now }: SourceContext): number {
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN
  if (time >= Date.UTC(2000, 0) && time <= now + 300_000) return time
  throw new Fault('"at" must be a time between 2000 and now.')
}

function text(fields: Fields, field: string, longest = 1_024): string {
  const value = fields[field] ?? ''
  if (typeof value !== 'string') throw new Fault(`"${field}" must be a text.`)
  return clean(value, longest)
}

function countOf(fields: Fields, field: string, most: number, least = 0): number {
  const value = within(fields, field, least, most)
  if (Number.isInteger(value)) return value
  throw new Fault(`"${field}" must be a whole number.`)
}

function numberOf(fields: Fields, field: string): number {
  return within(fields, field, 0, Number.MAX_SAFE_INTEGER)
}

function within(fields: Fields, field: string, least: number, most: number): number {
  const value = fields[field]
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new Fault(`"${field}" must be a number from ${least} to ${most}.`)
}
