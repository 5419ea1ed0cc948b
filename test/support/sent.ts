import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Context, NewItem, Sql } from '../../server/store/index.ts'
import { write } from '../../server/store/index.ts'
import { localDay } from './visits.ts'

const minute = 60_000
const hour = 60 * minute

/** Texts that have broken readers of CSV, of JSON, of lines and of patterns. None has a NUL, which Postgres refuses. */
export const texts = [
  '',
  'plain',
  'a "quoted", one',
  'it\'s\nof\r\n"two\rlines",',
  '\\N',
  '"\\N"',
  '\\',
  'NULL',
  '100%_*',
  '🦊 Ünïcode',
  ' space around ',
  'between\u2028lines\u2029and\u0085\u000b\ttabs',
  '{"json": [1, "\\u0000"]}',
  '$1, $2; drop table items --',
  'long '.repeat(400),
] as const

/** Pages: a few that are common, and the texts. */
const pages = ['/', '/a', '/a/b', '/c', ...texts.map((text) => `/${text}`)]
const names = ['signup', 'sign up', ...texts.slice(1)]

/** An item as the test makes it up: small numbers, so that a counterexample becomes small. */
export interface Sent {
  readonly visitor: number
  /** Around which of the instants that matter, and how many steps of five minutes after 50 minutes before it. */
  readonly around: number
  readonly step: number
  /** Milliseconds beside that. */
  readonly beside: number
  readonly type: NewItem['type']
  readonly page: number
  readonly name: number
  readonly props: Readonly<Record<string, unknown>> | null
  /** Which of the made-up contexts. */
  readonly context: number
  /** In which of the commits. */
  readonly commit: number
  /** Whether the id is that of the item before. */
  readonly again: boolean
}

/** A whole number of more digits than a double has. */
export const beyond = Number('12345678901234567890')

const property = fc.oneof(
  fc.constantFrom(...texts),
  fc.constantFrom(1, 0, -1.5, 0.1, 1e21, 1e-7, 2 ** 53, beyond, true, false, null, [1], { deep: 'x' }),
)

/** Items of a few visitors, crowded around some instants. */
export const sentItems = fc.array(
  fc.record({
    visitor: fc.nat(3),
    around: fc.nat(4),
    step: fc.nat(20),
    beside: fc.constantFrom(0, 0, 0, 0, 1, -1),
    type: fc.constantFrom<NewItem['type'][]>('pageview', 'pageview', 'pageview', 'event', 'event', 'engagement', 'vital'),
    page: fc.oneof(fc.nat(3), fc.nat(pages.length - 1)),
    name: fc.oneof(fc.nat(1), fc.nat(names.length - 1)),
    props: fc.oneof(fc.constant(null), fc.dictionary(fc.constantFrom('plan', 'a/b~c', '$', ...texts.slice(1, 4)), property, { maxKeys: 4 })),
    context: fc.nat(9),
    commit: fc.nat(3),
    again: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  }) satisfies fc.Arbitrary<Sent>,
  { minLength: 1, maxLength: 50 },
)

/** A made-up context: each of its columns repeats after another number of them. */
function contextOf(number: number): Context {
  const text = (period: number, shift: number) => texts[((number % period) * 4 + shift) % texts.length] ?? ''
  return {
    hostname: number % 2 === 0 ? 'shop.example' : 'blog.shop.example',
    referrer: text(3, 0), source: text(2, 1), channel: text(3, 2), ai_source: text(2, 3),
    utm_source: text(4, 0), utm_medium: text(3, 4), utm_campaign: text(5, 5), utm_term: text(2, 6), utm_content: text(3, 7),
    country: ['DE', 'FR', ''][number % 3] ?? '', region: text(2, 8), city: text(3, 9),
    lat: number % 3 === 0 ? null : 52.5 + number / 7, lon: number % 3 === 0 ? null : -13.4 - number / 3,
    device: ['desktop', 'mobile'][number % 2] ?? '', browser: text(4, 1), os: text(2, 11), language: text(3, 12),
  }
}

/** Instants that matter around a change of clocks: a day before it, it, and the ends of its day and the days beside it. */
export function instantsAround(change: number, timezone: string): number[] {
  const midnight = (days: number) =>
    Temporal.Instant.fromEpochMilliseconds(change).toZonedDateTimeISO(timezone).toPlainDate().add({ days }).toZonedDateTime(timezone).epochMilliseconds
  return [change, midnight(0), midnight(1), midnight(2), change - 24 * hour]
}

/** The visitor id of a day: 64 bits of a hash, as decimal text. */
function visitorId(visitor: number, day: string): string {
  return createHash('sha256').update(`${visitor} ${day}`).digest().readBigInt64BE().toString()
}

/**
 * The items as they are stored, by commit.
 *
 * @param idZone where a visitor becomes another at midnight
 */
export function rowsOf(siteId: string, sent: readonly Sent[], instants: readonly number[], idZone: string): NewItem[][] {
  const commits: NewItem[][] = [[], [], [], []]
  let last = crypto.randomUUID()
  for (const { visitor, around, step, beside, type, page, name, props, context, commit, again } of sent) {
    const at = (instants[around] ?? 0) - 50 * minute + step * 5 * minute + beside
    last = again ? last : crypto.randomUUID()
    commits[commit]?.push({
      site_id: siteId, id: last, type, at, received_at: at,
      visitor_id: visitorId(visitor, localDay(at, idZone)),
      page: pages[page] ?? '/',
      name: type === 'event' ? (names[name] ?? 'e') : type === 'vital' ? 'LCP' : '',
      value: type === 'vital' ? step / 3 : null,
      props: type === 'event' ? props : null,
      context: contextOf(context),
    })
  }
  return commits.filter((rows) => rows.length > 0)
}

/** Commits items in their order, and returns those that count: the first of each id. */
export async function commitAll(sql: Sql, commits: readonly (readonly NewItem[])[]): Promise<NewItem[]> {
  for (const items of commits) await write(sql, { items, fetches: [] })
  const first = new Map<string, NewItem>()
  for (const item of commits.flat()) if (!first.has(item.id)) first.set(item.id, item)
  return [...first.values()]
}

/** A pattern that a text fits as it stands. */
export function literally(text: string): string {
  return text.replace(/[\\*]/g, '\\$&')
}

/** Patterns that some of the texts fit. */
const patterns = fc.oneof(
  fc.constantFrom(...texts.filter(({ length }) => length < 1_000)).map(literally),
  fc.constantFrom('*', '*a*', 'plain*', '*"*', '*\\\\*', '\\\\N', '*%_*', '🦊*', '*\u2028*', '*\n*', '*long ', 'DE', 'F*', 'desktop'),
)

/** A filter of a question, by the dimension. */
export function filterOf(dimension: string): fc.Arbitrary<string> {
  const isPath = ['page', 'entry_page', 'exit_page'].includes(dimension)
  const value = isPath ? fc.constantFrom('/a', '/a*', '/', '/c', '*b', '/🦊*', '/plain') :
    dimension === 'event' ? fc.oneof(fc.constantFrom('signup', 'sign*', '*'), patterns) :
    dimension === 'goal' ? fc.constantFrom('A', 'Sign*', '*', 'none', 'Plan') :
    dimension === 'hostname' ? fc.constantFrom('shop.example', '*.shop.example', 'none.example') : patterns
  return fc.tuple(fc.boolean(), value).map(([exclude, one]) => `${exclude ? '!' : ''}${dimension}:${one}`)
}
