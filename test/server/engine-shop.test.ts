/** Orders, revenue and products as the engine counts them, beside those of the tables of orders. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { metrics, type ReportName } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import sqlTag, { type Sql } from 'sql-template-tag'
import { amountOf, property, withProducts } from '../../server/engine/index.ts'
import { type Counting, openCounting } from '../support/counting.ts'
import { openService, serverView, type TestService } from '../support/service.ts'
import { currency, itemsOf, sent } from '../support/shop.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService
let counting: Counting
beforeAll(async () => {
  service = await openService({ now: () => now })
  counting = await openCounting(service.assembly.sql, () => now)
})
afterAll(async () => {
  await counting[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
})

/** Asserts that the engine answers a question as the tables do. */
async function expectSame(site: string, report: ReportName, query: string, locked: readonly string[] = []): Promise<void> {
  const answer = async (data: Promise<unknown>) => ({ report, query, locked, data: await data })
  const expected = await answer(counting.byTables(site, report, query, locked))
  expect(await answer(counting.byEngine(site, report, query, locked))).toEqual(expected)
}

const cents = fc.integer({ min: -100_000, max: 100_000 }).map((value) => value / 100)
const amount = fc.oneof(
  { weight: 3, arbitrary: cents },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(10, 19.99, 0.1, 0, -5, '5.50', ' 7 ', '-20', '1.234,56', '€12.50', '(5.00)') },
  fc.constantFrom<unknown>(-0.000_04, 0.000_05, 1.000_049_999, 999_999_999_999.999, Number('999999999999.99995'), 1e12, -1e13, 1e300, 1e-7, -6e-7),
  fc.constantFrom<unknown>('abc', '', '1e3', '٣', '1,50 Kč', '1234567890123', '7 '.repeat(30), null, true),
)
const anyAmount = fc.oneof({ weight: 9, arbitrary: amount }, fc.constantFrom<unknown>([], { a: 1 }))
/** A value that is not there in one of so many cases. */
const optional = <T>(value: fc.Arbitrary<T>, freq = 2) => fc.option(value, { nil: undefined, freq })
const id = optional(fc.constantFrom<unknown>('A', 'B', '', 7, 1.5, true, null, 'a "b" \\ ünï 👍'))
const name = optional(fc.constantFrom<unknown>('Lamp', 'Chair', 'Lämp', '', 12, null))
const product = fc.record({
  item_id: id,
  product_id: id,
  sku: id,
  id,
  item_name: name,
  product_name: name,
  name,
  price: optional(amount, 4),
  price_minor: optional(fc.constantFrom<unknown>(1250, 'x')),
  quantity: optional(fc.oneof(fc.constantFrom<unknown>(1, 2, '3', 1.5, 0, null, 'two', -1, 1e6), amount), 2),
})
const lines = fc.oneof(
  { weight: 4, arbitrary: fc.array(product, { maxLength: 3 }) },
  fc.array(fc.oneof(product, fc.constantFrom<unknown>(5, 'x', null, [], {})), { maxLength: 3 }),
  fc.constantFrom<unknown>('none', {}, null, 7),
)
const money = {
  value: optional(anyAmount),
  revenue: optional(anyAmount),
  total: optional(anyAmount),
  value_minor: optional(fc.constantFrom<unknown>(999, '12')),
  minor_units: optional(fc.boolean()),
  currency: optional(fc.constantFrom<unknown>('usd', 'CHF', 'EURO', 5, 'EUR', 'Ab1', null, 'İLS')),
}
const key = fc.constantFrom<unknown>('a', 'b', 7, '7', '', 1.5, null, true, ' a')
const purchase = fc.record({ transaction_id: optional(key), order_id: optional(key), items: optional(lines, 3), ...money })
const refund = fc.record({
  transaction_id: optional(key, 4),
  order_id: optional(key),
  refund_id: optional(fc.constantFrom<unknown>('r', 'a', '', 7, null)),
  items: optional(lines),
  ...money,
})
/** An event that is its own product: its `id` and `name` are not of that. */
const alone = fc.tuple(product, fc.record({ id, name, ...money })).map(([own, event]) => ({ ...own, ...event }))
const event = <T extends object>(names: readonly string[], props: fc.Arbitrary<T>) =>
  fc.record({ type: fc.constant('event' as const), name: fc.constantFrom(...names), props })

/** What happens in a shop. */
const deed = fc.oneof(
  fc.record({ type: fc.constantFrom('pageview' as const, 'engagement' as const), name: fc.constant(''), props: fc.constant({}) }),
  { weight: 3, arbitrary: event(['purchase', 'order_completed'], purchase) },
  event(['purchase', 'refund'], alone),
  { weight: 2, arbitrary: event(['refund', 'order_refunded'], refund) },
  event(['view_item', 'product_viewed'], fc.oneof(alone, fc.record({ items: lines }))),
  event(['add_to_cart', 'begin_checkout', 'checkout_started', 'signup'], fc.constant({})),
)

const filter = fc.constantFrom(
  'page:/a', '!page:/a*', 'utm_source:letter', '!source:letter', 'event:view_item', 'event:purchase', '!event:refund', 'entry_page:/',
  '!exit_page:/a/b', 'goal:Paid in euros', 'goal:*', 'browser:Chrome', 'country:DE', 'hostname:shop.example',
)
const ranges = fc.constantFrom(
  'from=2026-10-22&to=2026-10-29&interval=day', 'from=2026-10-24&to=2026-10-25&interval=hour', 'range=12m', 'range=all',
  'from=2026-10-24T07:15:00Z&to=2026-10-25T03:40:00Z&interval=hour', 'range=7d', 'from=2026-10-25T00:30:00Z&to=2026-10-25T01:40:00Z&interval=minute',
)
const question = fc.record({
  report: fc.constantFrom<ReportName>('ecommerce', 'ecommerce', 'overview', 'timeseries'),
  range: ranges,
  filters: fc.array(filter, { maxLength: 2 }),
  locked: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(filter, { maxLength: 2 })),
  currency: fc.constantFrom('', 'usd', 'EUR', 'CHF'),
  sort: fc.constantFrom('', 'revenue', '-orders', 'quantity', '-views', 'value', '-revenue'),
  // In the case that it has, but for letters of ASCII: with a locale of C Postgres knows no others.
  search: fc.constantFrom('', '', 'lamp', 'ün', '_', '%', '\\', '"'),
  page: fc.constantFrom('', 'limit=2&offset=1', 'limit=3', 'offset=40'),
})

/** A question of a report as a query. */
function queryOf({ report, range, filters, currency: code, sort, search, page }: (typeof question extends fc.Arbitrary<infer Q> ? Q : never)): string {
  const own = new URLSearchParams(filters.map((one) => ['filter', one]))
  if (code !== '') own.append('currency', code)
  if (report === 'timeseries') own.append('metrics', metrics.join(','))
  if (report === 'ecommerce' && sort !== '') own.append('sort', sort)
  if (report === 'ecommerce' && search !== '') own.append('search', search)
  return [range, own.toString(), report === 'ecommerce' ? page : ''].filter((part) => part !== '').join('&')
}

async function makeSite(timezone: string): Promise<string> {
  const site = await service.makeSite({ timezone, currency })
  const goal = { name: 'Paid in euros', type: 'event', pattern: 'purchase', conditions: [{ property: 'currency', value: 'EUR' }] }
  await service.admin(`/api/sites/${site}/goals`, goal)
  await service.admin(`/api/sites/${site}/goals`, { name: 'A page', type: 'page', pattern: '/a*' })
  return site
}

describe('the engine counts as the tables do', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu', 'America/Los_Angeles'])('in %s: what any shop sells, whatever is asked', async (timezone) => {
    await fc.assert(
      fc.asyncProperty(itemsOf(deed), fc.nat(40), fc.subarray([0, 1]), fc.array(question, { minLength: 5, maxLength: 5 }), async (items, first, compacted, questions) => {
        const site = await makeSite(timezone)
        // What comes later may be earlier; it is asked about meanwhile, and what there was may be in a segment by then.
        for (const [index, part] of [items.slice(first), items.slice(0, first)].entries()) {
          if (part.length === 0) continue
          expect((await service.sendFromServer(site, part.map(sent))).rejected).toEqual([])
          await expectSame(site, 'ecommerce', 'from=2026-10-22&to=2026-10-29')
          if (compacted.includes(index)) await counting.compact(site)
        }
        for (const one of questions) await expectSame(site, one.report, queryOf(one), one.locked)
      }),
      { numRuns: 12 },
    )
    expect(service.errors).toEqual([])
  }, 300_000)

  test('nothing of an empty site', async () => {
    const site = await service.makeSite({ currency })
    await expectSame(site, 'ecommerce', 'range=30d')
    await expectSame(site, 'overview', 'range=30d')
    await expectSame(site, 'timeseries', `range=7d&metrics=${metrics.join(',')}`)
  })
})

describe('amounts and products of JSON', () => {
  const json = fc.oneof(
    amount.map((value) => JSON.stringify(value) ?? 'null'),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    // Near the middle of two amounts, and near the largest.
    fc.tuple(fc.nat(999), fc.constantFrom(0, 1, -1)).map(([n, ulps]) => String((n + 0.5) / 1e4 + ulps * 2 ** -60)),
    fc.tuple(fc.nat(30), fc.boolean()).map(([n, minus]) => String(Number(`${minus ? '-' : ''}999999999999.9999${n}`))),
    fc.tuple(fc.nat({ max: 10 ** 12 }), fc.nat({ max: 10 ** 12 })).map(([whole, part]) => `"${whole}.${part}"`),
    fc.stringMatching(/^"[ ]?-?[0-9]{0,13}[.]?[0-9]{0,13}[ ]{0,2}"$/),
    fc.json({ maxDepth: 1 }),
  )

  /** What the engine makes of rows `j` of JSON, as Postgres prints it, and what Postgres does. */
  async function both(site: string, texts: readonly string[], engine: (json: Sql) => Sql, postgres: string) {
    const { sql } = service.assembly
    const rows = await sql.unsafe<{ n: number; json: string; found: string }[]>(
      `select n::int, j::text as json, (${postgres})::text as found from unnest($1::text[]) with ordinality as t (x, n), lateral (select x::jsonb as j) p order by n`,
      [[...texts]],
    )
    const found = await counting.sites.ask(site, (data) => data.all<{ found: string | null }>(sqlTag`
      select ${engine(sqlTag`j`)} as found
      from (select n, x::json as j from (select unnest(${rows.map((row) => row.json)}) as x, generate_subscripts(${rows.map((row) => row.json)}, 1) as n))
      order by n`))
    return [found?.map((row, index) => [rows[index]?.json, row.found]), rows.map((row) => [row.json, row.found])]
  }

  test('are what Postgres makes of them', async () => {
    const site = await service.makeSite({ currency })
    await fc.assert(
      fc.asyncProperty(fc.array(json, { minLength: 200, maxLength: 200, size: 'max' }), async (texts) => {
        const [found, expected] = await both(site, texts.map((text) => `{"x": ${text}}`), (props) => sqlTag`(${amountOf(property(props, 'x'))})::varchar`, `signed_amount_of(j -> 'x')`)
        expect(found).toEqual(expected as never)
      }),
      { numRuns: 20 },
    )
  }, 120_000)

  test('are of the same products', async () => {
    const site = await service.makeSite({ currency })
    const props = fc.oneof(alone, fc.record({ items: lines }), fc.record({ items: lines, ...money }))
    await fc.assert(
      fc.asyncProperty(fc.array(props, { minLength: 50, maxLength: 50, size: 'max' }), async (some) => {
        const of = (value: Sql) => sqlTag`(
          select string_agg(concat_ws('|', product_id, product_name, coalesce(quantity::varchar, '?'), coalesce(revenue::varchar, '?')), '/' order by product_id, product_name, quantity, revenue)
          from (${withProducts(sqlTag`select ${value} as props`)}))`
        const [found, expected] = await both(site, some.map((one) => JSON.stringify(one)), of, `
          select string_agg(concat_ws('|', id, name, coalesce(quantity::text, '?'), coalesce(revenue::text, '?')), '/' order by id, name, quantity, revenue)
          from products_of(j)`)
        expect(found).toEqual(expected as never)
      }),
      { numRuns: 20 },
    )
  }, 120_000)
})

describe('sales by the engine', () => {
  const bought = (visitor: number, minutesAgo: number, props: object, event = 'purchase') =>
    serverView(visitor, now - minutesAgo * 60_000, '/till', { type: 'event', name: event, props })
  const ask = (site: string, query = 'range=30d') => counting.byEngine(site, 'ecommerce', query)

  test('are exact, also as sums of many, and as means of what lies between two amounts', async () => {
    const site = await service.makeSite({ currency })
    const many = Array.from({ length: 40 }, (_, index) => bought(index, 60, { value: 0.1 }))
    await service.sendFromServer(site, [...many, bought(1, 60, { value: 1_234_567.89 })])
    expect(await ask(site)).toMatchObject({ revenue: 1_234_571.89, average_order: 30_111.5095, orders: 41 })
    const small = await service.makeSite({ currency })
    await service.sendFromServer(small, [bought(1, 9, { value: 0.0001 }), bought(1, 9, { value: 0.0002 })])
    expect((await ask(small)).average_order).toBe(0.0002)
    const large = await service.makeSite({ currency })
    await service.sendFromServer(large, Array.from({ length: 60 }, (_, index) => bought(index, 60, { value: 999_999_999_999.99 })))
    await expectSame(large, 'ecommerce', 'range=30d')
    expect((await ask(large)).revenue).toBe(59_999_999_999_999.4)
  })

  test('that name no currency are in that of the site, as it was when they were stored, and a refund in that of its order', async () => {
    const site = await service.makeSite({ currency: 'EUR' })
    await service.sendFromServer(site, [
      bought(1, 60, { value: 10 }),
      bought(1, 59, { value: 30, currency: 'GBP', transaction_id: 'g' }),
      bought(1, 58, { transaction_id: 'g' }, 'refund'),
    ])
    await service.admin(`/api/sites/${site}`, { currency: 'USD' }, 'PATCH')
    await service.sendFromServer(site, [bought(1, 50, { value: 20 })])
    expect((await ask(site)).currencies).toEqual([
      { currency: 'EUR', orders: 1, revenue: 10 },
      { currency: 'GBP', orders: 1, revenue: 0 },
      { currency: 'USD', orders: 1, revenue: 20 },
    ])
  })

  test('have of each transaction the earliest purchase, in whatever order they come', async () => {
    const site = await service.makeSite({ currency })
    const send = (minutesAgo: number, value: number, id: string) =>
      service.sendFromServer(site, [{ ...bought(1, minutesAgo, { transaction_id: 't', value }), id: `00000000-0000-4000-8000-${id.padStart(12, '0')}` }])
    await send(30, 3, '5')
    expect((await ask(site)).revenue).toBe(3)
    await send(20, 2, '1')
    expect((await ask(site)).revenue).toBe(3)
    await send(40, 4, '6')
    expect((await ask(site)).revenue).toBe(4)
    await send(40, 5, '2')
    expect(await ask(site)).toMatchObject({ revenue: 5, orders: 1 })
    // Also where the one that counts is not in the range.
    const { orders } = await ask(site, `from=${new Date(now - 35 * 60_000).toISOString()}&to=${new Date(now).toISOString()}`)
    expect(orders).toBe(0)
  })
})
