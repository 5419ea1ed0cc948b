import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Answer, ProductRow } from '@hk-live/sdk/protocol'
import fc from 'fast-check'
import { openService, serverView, type TestService } from '../support/service.ts'
import { currency, deed, itemsOf, linesOf, moneyOf, ordersOf, sent, type ShopItem } from '../support/shop.ts'
import { bruteVisits, type BruteVisit } from '../support/visits.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)
const day = 24 * 3_600_000

let service: TestService

beforeAll(async () => {
  service = await openService({ now: () => now })
})
afterAll(() => service[Symbol.asyncDispose]())

type Fits = (item: ShopItem, first: ShopItem) => boolean

const filters: [string, Fits][] = [
  ['', () => true],
  ['&filter=page:/a', (item) => item.page === '/a'],
  ['&filter=!page:/a*', (item) => !item.page.startsWith('/a')],
  ['&filter=utm_source:letter', (_, first) => first.source === 'letter'],
  ['&filter=event:view_item', (item) => item.name === 'view_item'],
  ['&filter=page:/&filter=!utm_source:letter', (item, first) => item.page === '/' && first.source !== 'letter'],
]

/** The definitions of the report over raw items, as plainly as they can be written. */
function bruteForce(items: readonly ShopItem[], timeZone: string, code: string, fits: Fits, [from, to]: [number, number]) {
  const visits = bruteVisits(items, timeZone)
  const visitOf = new Map(visits.flatMap((visit) => visit.items.map((item) => [item, visit])))
  const first = ({ items: [item] }: BruteVisit<ShopItem>) => item as ShopItem
  const within = ({ at }: ShopItem) => at >= from && at < to
  const orders = ordersOf(items)
    .map((order) => ({ ...order, visit: visitOf.get(order.item) as BruteVisit<ShopItem> }))
    .filter(({ item, visit }) => within(item) && visit.items.some((one) => fits(one, first(visit))))
  const own = orders.filter((order) => order.currency === code)
  const deeds = visits.flatMap((visit) =>
    visit.items
      .filter((item) => item.type === 'event' && within(item) && fits(item, first(visit)))
      .map((item) => ({ ...item, visitor: visit.visitor })),
  )
  const named = (...names: string[]) => deeds.filter(({ name }) => names.includes(name))
  const checkouts = named('begin_checkout', 'checkout_started')
  const started = new Set(checkouts.map(({ visitor }) => visitor))
  const bought = (some: typeof orders) => some.filter(({ refund }) => !refund)
  const buyers = (some: typeof orders) => new Set(bought(some).map(({ visit }) => visit.visitor))
  const ordering = buyers(orders)
  const money = (some: typeof orders) => ({ revenue: moneyOf(some.map(({ value }) => value)), orders: bought(some).length })
  const sold = own.flatMap((order) => order.lines.map((line) => ({ ...line, order })))
  const seen = named('view_item', 'product_viewed').map(({ props }) => linesOf(props))
  const values = new Set([...sold, ...seen.flat()].map(({ value }) => value).filter((value) => value !== ''))
  const last = (names: string[]) => names.toSorted().at(-1) ?? ''
  const products = [...values].map((value): ProductRow => {
    const lines = sold.filter((line) => line.value === value)
    const views = seen.map((some) => some.filter((line) => line.value === value)).filter((some) => some.length > 0)
    return {
      value,
      name: last(lines.map(({ name }) => name)) || last(views.flat().map(({ name }) => name)),
      quantity: moneyOf(lines.map(({ quantity }) => quantity)),
      revenue: moneyOf(lines.map(({ revenue }) => revenue)),
      orders: new Set(lines.map(({ order }) => order).filter(({ refund }) => !refund)).size,
      views: views.length,
    }
  })
  const gross = moneyOf(bought(own).map(({ value }) => value))
  const refunds = own.filter(({ refund }) => refund)
  return {
    currency: code,
    ...money(own),
    average_order: bought(own).length === 0 ? null : Math.round((gross / bought(own).length) * 10_000) / 10_000,
    customers: buyers(own).size,
    refunds: refunds.length,
    refunded: moneyOf(refunds.map(({ value }) => (value === undefined ? 0 : -value))) + 0,
    without_amount: own.filter(({ value }) => value === undefined).length,
    product_views: seen.length,
    carts: named('add_to_cart').length,
    checkouts: checkouts.length,
    checkout_conversion: started.size === 0 ? null : started.intersection(ordering).size / started.size,
    products: { rows: products.toSorted((a, b) => b.revenue - a.revenue || (a.value < b.value ? -1 : 1)), total: values.size },
    sources: [...Map.groupBy(own, ({ visit }) => first(visit).source)]
      .map(([value, some]) => ({ value, ...money(some), customers: buyers(some).size }))
      .toSorted((a, b) => b.revenue - a.revenue || b.orders - a.orders || (a.value < b.value ? -1 : 1)),
    currencies: [...Map.groupBy(orders, (order) => order.currency)]
      .map(([one, some]) => ({ currency: one, ...money(some) }))
      .toSorted((a, b) => b.orders - a.orders || (a.currency < b.currency ? -1 : 1)),
  }
}

const part = fc
  .tuple(fc.noBias(fc.integer({ min: 0, max: 2 * 24 * 6 })), fc.noBias(fc.integer({ min: 1, max: 3 * 24 * 6 })))
  .map(([step, length]) => {
    const from = Date.UTC(2026, 9, 23, 20) + step * 10 * 60_000
    return `from=${new Date(from).toISOString()}&to=${new Date(from + length * 10 * 60_000).toISOString()}`
  })

describe('sales and brute force over the raw items agree', () => {
  test.each(['Europe/Berlin', 'Asia/Kathmandu'])(
    'in %s: with any filter, in any currency, by day and hour; and so does revenue',
    async (timezone) => {
      await fc.assert(
        fc.asyncProperty(itemsOf(deed), part, fc.constantFrom(...filters), async (items, times, [filter, fits]) => {
          const site = await service.makeSite({ timezone, currency })
          await service.sendFromServer(site, items.toReversed().map(sent))
          for (const range of ['from=2026-10-22&to=2026-10-29&interval=day', `${times}&interval=hour`]) {
            for (const code of [currency, 'EUR']) {
              const { data, range: found } = await service.admin<Answer<'ecommerce'>>(
                `/api/sites/${site}/reports/ecommerce?${range}${filter}&currency=${code.toLowerCase()}`,
              )
              const bounds: [number, number] = [Date.parse(found.from), Date.parse(found.to)]
              const { points, ...rest } = data
              const expected = bruteForce(items, timezone, code, fits, bounds)
              expect(rest).toEqual({ ...expected, average_order: rest.average_order })
              if (expected.average_order === null) expect(rest.average_order).toBeNull()
              else expect(rest.average_order).toBeCloseTo(expected.average_order, 4)
              const starts = points.map((point) => Date.parse(point.at))
              for (const [index, point] of points.entries()) {
                const begin = Math.max(starts[index] ?? 0, bounds[0])
                const end = Math.min(starts[index + 1] ?? bounds[1], bounds[1])
                const { revenue, orders } = bruteForce(items, timezone, code, fits, [begin, end])
                expect(point).toEqual({ at: point.at, revenue, orders })
              }
              const money = code === currency ? '' : `&currency=${code}`
              const { revenue } = await service.report(site, 'overview', `${range}${filter}${money}`)
              expect(revenue).toBe(data.revenue)
              const series = await service.report(site, 'timeseries', `${range}${filter}${money}&metrics=revenue`)
              expect(series.points).toEqual(points.map(({ at, revenue: amount }) => ({ at, revenue: amount })))
            }
          }
        }),
        { numRuns: 8 },
      )
      expect(service.errors).toEqual([])
    },
    120_000,
  )
})

describe('sales', () => {
  const event = (visitor: number, at: number, name: string, props: object = {}, page = '/') =>
    serverView(visitor, at, page, { type: 'event', name, props })

  test('of an empty site are zeros, and nothing where a rate is over nothing', async () => {
    const site = await service.makeSite({ currency })
    const { points, ...rest } = await service.report(site, 'ecommerce')
    expect(points.length).toBe(30)
    expect(points.at(-1)).toMatchObject({ revenue: 0, orders: 0, partial: true })
    expect(rest).toEqual({
      currency,
      revenue: 0,
      orders: 0,
      average_order: null,
      customers: 0,
      refunds: 0,
      refunded: 0,
      without_amount: 0,
      product_views: 0,
      carts: 0,
      checkouts: 0,
      checkout_conversion: null,
      products: { rows: [], total: 0 },
      sources: [],
      currencies: [],
    })
  })

  test('are exact to the cent, also as sums of many', async () => {
    const site = await service.makeSite({ currency })
    const many = Array.from({ length: 40 }, (_, index) => event(index, now - day, 'purchase', { value: 0.1 }))
    await service.sendFromServer(site, [...many, event(1, now - day, 'purchase', { value: 1_234_567.89 })])
    expect((await service.report(site, 'ecommerce')).revenue).toBe(1_234_571.89)
    expect((await service.report(site, 'overview')).revenue).toBe(1_234_571.89)
  })

  test('of a filter of pages are those of visits that saw one, before the order or after it', async () => {
    const site = await service.makeSite({ currency })
    await service.sendFromServer(site, [
      serverView(1, now - day, '/letter'),
      event(1, now - day + 60_000, 'purchase', { value: 10 }, '/till'),
      event(2, now - day, 'purchase', { value: 100 }, '/till'),
      serverView(2, now - day + 60_000, '/letter'),
      event(3, now - day, 'purchase', { value: 1_000 }, '/till'),
    ])
    expect((await service.report(site, 'overview', 'filter=page:/letter')).revenue).toBe(110)
    expect((await service.report(site, 'overview', 'filter=page:/till')).revenue).toBe(1_110)
  })

  test('compare with the time before', async () => {
    const site = await service.makeSite({ currency })
    await service.sendFromServer(site, [
      event(1, now - day, 'purchase', { value: 10 }),
      event(1, now - 8 * day, 'purchase', { value: 5 }),
    ])
    const { data, compare } = await service.admin<Answer<'ecommerce'>>(
      `/api/sites/${site}/reports/ecommerce?range=7d&compare=previous`,
    )
    expect([data.revenue, compare?.data.revenue]).toEqual([10, 5])
  })

  test('list products by page, search and column', async () => {
    const site = await service.makeSite({ currency })
    const bought = (item_id: string, item_name: string, price: number, quantity: number) =>
      event(1, now - day, 'purchase', { items: [{ item_id, item_name, price, quantity }] })
    await service.sendFromServer(site, [
      bought('A', 'Lamp', 30, 1),
      bought('B', 'Chair', 10, 2),
      bought('C', 'Lampshade', 1, 3),
      event(1, now - day, 'view_item', { item_id: 'D', item_name: 'Table' }),
    ])
    const values = async (query: string) => {
      const { products } = await service.report(site, 'ecommerce', query)
      return [products.rows.map(({ value }) => value).join(''), products.total]
    }
    expect(await values('')).toEqual(['ABCD', 4])
    expect(await values('sort=quantity')).toEqual(['CBAD', 4])
    expect(await values('sort=-value&limit=2&offset=1')).toEqual(['BC', 4])
    expect(await values('sort=views&limit=1')).toEqual(['D', 4])
    expect(await values('search=lamp')).toEqual(['AC', 2])
  })

  test.each([
    ['currency=euro', 'currency'],
    ['currency=%00ab', 'currency'],
    ['sort=visitors', 'sort'],
  ])('asked with %s are refused', async (query, parameter) => {
    const site = await service.makeSite()
    const { token } = await service.makeShare(site)
    const response = await service.fetch(`/api/share/${token}/sites/${site}/reports/ecommerce?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', parameter })
  })
})
