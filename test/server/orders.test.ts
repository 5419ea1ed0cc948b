import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { fillOrders, type Sql } from '../../server/store/index.ts'
import { openService, pageview, serverView, type TestService } from '../support/service.ts'
import { currency, deed, itemsOf, ordersOf, sent, type ShopItem } from '../support/shop.ts'

const now = Date.UTC(2026, 10, 3, 15, 20)

let service: TestService
let sql: Sql

beforeAll(async () => {
  service = await openService({ now: () => now })
  sql = service.assembly.sql
})
afterAll(() => service[Symbol.asyncDispose]())

/** Orders as they are stored, with the time, the visitor and the visit of their items. */
function stored(site: string) {
  return sql`
    select o.order_key, o.item_id, o.currency, (o.value * 10000)::float8 as value, o.products,
           (i.at, i.visitor_id, i.visit_id) = (o.at, o.visitor_id, o.visit_id) as of_item
    from orders o
      join items i on i.site_id = o.site_id and i.id = o.item_id
    where o.site_id = ${site}
    order by o.order_key`
}

/** The same by the definitions. */
function expected(items: readonly ShopItem[]) {
  const rows = ordersOf(items).map(({ key, item, currency, value, lines }) => {
    const hash = createHash('md5').update(key).digest('hex')
    return {
      order_key: hash.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      item_id: item.id,
      currency,
      value: value ?? null,
      products: lines.flatMap(({ value: product, name, quantity, revenue }) => {
        if (product === '') return []
        const amount = (number: number | undefined) => (number === undefined ? null : number / 10_000)
        return [{ id: product === name ? '' : product, name, quantity: amount(quantity), revenue: amount(revenue) }]
      }),
      of_item: true,
    }
  })
  return rows.toSorted((a, b) => (a.order_key < b.order_key ? -1 : 1))
}

describe('orders', () => {
  test('are what the items say, in whatever order and parts they arrive, also twice, and filled anew', async () => {
    await fc.assert(
      fc.asyncProperty(itemsOf(deed), fc.integer({ min: 1, max: 9 }), fc.boolean(), async (items, size, again) => {
        const site = await service.makeSite({ timezone: 'Europe/Berlin', currency })
        for (let at = 0; at < items.length; at += size) {
          const part = items.slice(at, at + size).map(sent)
          await service.sendFromServer(site, part)
          if (again) await service.sendFromServer(site, part.toReversed())
        }
        expect([...(await stored(site))]).toEqual(expected(items))
        await sql`delete from orders where site_id = ${site}`
        await fillOrders(sql, site)
        expect([...(await stored(site))]).toEqual(expected(items))
      }),
      { numRuns: 20 },
    )
    expect(service.errors).toEqual([])
  }, 120_000)

  const bought = (visitor: number, minutesAgo: number, props: object) =>
    serverView(visitor, now - minutesAgo * 60_000, '/', { type: 'event', name: 'purchase', props })

  test('keep their currency when that of the site changes', async () => {
    const site = await service.makeSite({ currency: 'EUR' })
    await service.sendFromServer(site, [bought(1, 60, { value: 10 })])
    await service.admin(`/api/sites/${site}`, { currency: 'USD' }, 'PATCH')
    await service.sendFromServer(site, [bought(1, 50, { value: 20 })])
    const { currency, revenue, currencies } = await service.report(site, 'ecommerce')
    expect({ currency, revenue }).toEqual({ currency: 'USD', revenue: 20 })
    expect(currencies).toEqual([
      { currency: 'EUR', orders: 1, revenue: 10 },
      { currency: 'USD', orders: 1, revenue: 20 },
    ])
  })

  test('of a visit that goes up in another one go with it', async () => {
    const site = await service.makeSite()
    await service.sendFromServer(site, [bought(1, 10, { value: 10 }), serverView(1, now - 60 * 60_000)])
    await service.sendFromServer(site, [serverView(1, now - 35 * 60_000)])
    const [found] = await sql`
      select count(distinct v.visit_id) as visits, count(o.visit_id) as orders
      from visits v left join orders o using (site_id, visit_id)
      where v.site_id = ${site}`
    expect(found).toEqual({ visits: 1, orders: 1 })
  })

  test('from the tracker have lists of products', async () => {
    const site = await service.makeSite({ currency: 'EUR' })
    const items = [{ item_id: 'A-1', item_name: 'Lamp', price: '19.95', quantity: 2, brand: 'Sun' }]
    const receipt = await service.send(site, [
      { ...pageview(), type: 'event', name: 'purchase', props: { transaction_id: 't1', items } },
    ])
    expect(receipt).toEqual({ accepted: 1, rejected: [] })
    const { revenue, products } = await service.report(site, 'ecommerce')
    expect(revenue).toBe(39.9)
    expect(products.rows).toEqual([{ value: 'A-1', name: 'Lamp', quantity: 2, revenue: 39.9, orders: 1, views: 0 }])
  })

  test('go with their site', async () => {
    const site = await service.makeSite()
    await service.sendFromServer(site, [bought(1, 60, { value: 10 })])
    await service.admin(`/api/sites/${site}`, undefined, 'DELETE')
    expect(await sql`select from orders where site_id = ${site}`).toHaveLength(0)
  })
})
