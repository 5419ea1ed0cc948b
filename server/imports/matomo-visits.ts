import { clean, isRecord } from '../ingest/index.ts'
import { hashId, itemOf, type Surroundings } from './items.ts'
import { type Entry, refuse, type SourceContext, type SourceFile, type SourceRecord } from './source.ts'
import { Fault } from './table.ts'
import { readElements } from './text.ts'

type Fields = Readonly<Record<string, unknown>>

/** Actions of one visit that are taken over: a record is stored in one transaction, which others of the site wait for. */
const maxActions = 1_000
const tooMany: Entry = { leftOut: `actions of a visit after the first ${maxActions.toLocaleString('en')}` }

/** Opens the log of visits: a list of visits, each with its actions (`Live.getLastVisitsDetails`, `format=JSON`). */
export async function openVisits(files: readonly SourceFile[], context: SourceContext): Promise<AsyncIterable<SourceRecord>> {
  for (const file of files) {
    for await (const { text } of readElements(file)) {
      const visit = parse(text)
      if (isRecord(visit) && typeof visit.message === 'string' && visit.result === 'error') {
        throw refuse(`${file.name} is an error of Matomo: ${visit.message.slice(0, 200)}`)
      }
      if (isRecord(visit) && 'visitorId' in visit && 'actionDetails' in visit) break
      throw refuse(`${file.name} is no log of visits. Expected are objects with visitorId, idVisit and actionDetails, as Live.getLastVisitsDetails answers them.`)
    }
  }
  return read(files, context)
}

async function* read(files: readonly SourceFile[], context: SourceContext): AsyncGenerator<SourceRecord> {
  let before = 0
  for (const file of files) {
    for await (const { text, index, bytes } of readElements(file)) {
      yield { entries: entriesOf(parse(text), `${file.name}, visit ${index + 1}`, context), bytes: before + bytes }
    }
    before += file.size
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function entriesOf(visit: unknown, place: string, context: SourceContext): Entry[] {
  if (!isRecord(visit)) return [{ fault: `${place}: this is no JSON object.` }]
  const visitor = textOf(visit.visitorId)
  if (visitor === '' || !Array.isArray(visit.actionDetails)) return [{ fault: `${place}: visitorId or actionDetails is missing.` }]
  const around = surroundings(visit)
  const actions: unknown[] = visit.actionDetails.slice(0, maxActions)
  const beyond = Array.from({ length: visit.actionDetails.length - actions.length }, () => tooMany)
  const first = actions.filter(isRecord).find((action) => textOf(action.url) !== '')
  const entries = actions.map((action, index): Entry => {
    try {
      return entryOf(visit, isRecord(action) ? action : {}, { index, visitor, home: textOf(first?.url), around }, context)
    } catch (error) {
      if (error instanceof Fault) return { fault: `${place}, action ${index + 1}: ${error.message}` }
      throw error
    }
  })
  return [...entries, ...beyond]
}

interface Action {
  readonly index: number
  readonly visitor: string
  /** The first address of the visit, for what has none of its own. */
  readonly home: string
  readonly around: Surroundings
}

function entryOf(visit: Fields, action: Fields, { index, visitor, home, around }: Action, { domain, now }: SourceContext): Entry {
  const kind = textOf(action.type)
  const made = kind === 'action' ? { name: '', props: null } : eventOf(kind, action, visit)
  if (made === undefined) return { leftOut: `action of ${others.has(kind) ? `the type ${kind}` : 'another type'}` }
  const at = Math.round((numberOf(action.timestamp) ?? Number.NaN) * 1_000)
  if (!(at >= Date.UTC(2000, 0) && at <= now)) throw new Fault('"timestamp" is no time between 2000 and now, in seconds since 1970.')
  const own = kind === 'outlink' || kind === 'download' ? home : textOf(action.url) || home
  const item = itemOf(
    {
      id: hashId(visitor, textOf(visit.idVisit), String(index), String(at), kind),
      visitor,
      type: kind === 'action' ? 'pageview' : 'event',
      at,
      url: own || `https://${domain}/`,
      referrer: textOf(visit.referrerUrl),
      ...made,
    },
    around,
  )
  return { item }
}

/** Actions that are no items here: those that Matomo itself makes. */
const others = new Set(['goal', 'content', 'form', 'media', 'ecommerceAbandonedCart'])

/** The event that an action is; nothing where it is none. */
function eventOf(kind: string, action: Fields, visit: Fields): { name: string; props: Fields } | undefined {
  switch (kind) {
    case 'event': {
      const name = textOf(action.eventAction) || textOf(action.eventName)
      return name === '' ? undefined : { name, props: filled({ category: textOf(action.eventCategory), label: textOf(action.eventName), value: numberOf(action.eventValue) }) }
    }
    case 'download':
    case 'outlink':
      return { name: kind, props: filled({ url: textOf(action.url) }) }
    case 'search':
      return { name: kind, props: filled({ term: textOf(action.siteSearchKeyword) }) }
    case 'ecommerceOrder':
      return {
        name: 'purchase',
        props: filled({
          transaction_id: textOf(action.orderId),
          value: numberOf(action.revenue),
          currency: textOf(visit.siteCurrency),
          items: Array.isArray(action.itemDetails) ? action.itemDetails.filter(isRecord).slice(0, 100).map(productOf) : [],
        }),
      }
    default:
      return undefined
  }
}

function productOf(line: Fields): Fields {
  const [price, quantity] = [numberOf(line.itemPrice), numberOf(line.itemQuantity)]
  return filled({ item_id: textOf(line.itemSKU), item_name: textOf(line.itemName), price, quantity })
}

function filled(props: Fields): Fields {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== '' && value !== undefined))
}

function surroundings(visit: Fields): Surroundings {
  return {
    country: textOf(visit.countryCode),
    region: textOf(visit.region),
    city: textOf(visit.city),
    lat: degrees(visit.latitude, 90),
    lon: degrees(visit.longitude, 180),
    device: textOf(visit.deviceType),
    browser: textOf(visit.browserName).replace(/ [\d.]+$/, ''),
    os: textOf(visit.operatingSystemName) || textOf(visit.operatingSystem),
    language: textOf(visit.languageCode),
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? clean(value, 2_000) : ''
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined
}

function degrees(value: unknown, bound: number): number | null {
  if (value === null || value === undefined || value === '') return null
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number') return null
  return Math.abs(number) <= bound ? Math.round(number * 100) / 100 : null
}
