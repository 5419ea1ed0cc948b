import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { fillOrders, type Sql } from '../../server/store/index.ts'
import { readStoredAmounts } from '../../server/store/stored-amounts.ts'
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
    select o.order_key, o.item_id, o.currency, (o.value * 10000)::float8 as value, o.refund, o.products,
           (i.at, i.visitor_id, i.visit_id) = (o.at, o.visitor_id, o.visit_id) as of_item
    from sales o
      join items i on i.site_id = o.site_id and i.id = o.item_id
    where o.site_id = ${site}
    order by o.order_key`
}

/** The same by the definitions. */
function expected(items: readonly ShopItem[]) {
  const rows = ordersOf(items).map(({ key, item, currency, value, lines, refund }) => {
    const hash = createHash('md5').update(key).digest('hex')
    return {
      order_key: hash.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      item_id: item.id,
      currency,
      value: value ?? null,
      refund,
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

describe('money as shops send it', () => {
  const purchase = (number: number, props: object, name = 'purchase') =>
    pageview('/thanks', { type: 'event', name, props, id: `money-${number}-${crypto.randomUUID()}` })

  test('with thousands, signs and codes is revenue, and what cannot be read is told', async () => {
    await using service = await openService({ refusalsMs: 20 })
    const site = await service.makeSite({ currency: 'EUR' })
    await service.send(site, [
      purchase(1, { transaction_id: '1', value: '1,234.56' }),
      purchase(2, { transaction_id: '2', value: '1.234,56' }),
      purchase(3, { transaction_id: '3', value: '€12.50' }),
      purchase(4, { transaction_id: '4', value: '12,50 EUR' }),
      purchase(5, { transaction_id: '5', value_minor: 1250, currency: 'EUR' }),
      purchase(6, { transaction_id: '6', value: 'quite a lot' }),
    ])
    const data = await service.report(site, 'ecommerce')
    expect(data).toMatchObject({ orders: 6, revenue: 2_506.62, refunds: 0, without_amount: 1 })
    const told = async () => (await service.admin<{ rejected: object[] }>(`/api/sites/${site}/tracking`)).rejected
    for (const deadline = Date.now() + 10_000; (await told()).length === 0 && Date.now() < deadline; ) await Bun.sleep(20)
    expect(await told()).toMatchObject([{ reason: 'amount', count: 1, example: 'value: quite a lot' }])
  })

  test('that is given back takes away from revenue, and is no order', async () => {
    const site = await service.makeSite({ currency: 'EUR' })
    await service.send(site, [purchase(1, { transaction_id: 'A', value: 100 }), purchase(2, { transaction_id: 'B', value: -100 })])
    expect(await service.report(site, 'ecommerce')).toMatchObject({ orders: 1, revenue: 0, average_order: 100, refunds: 1, refunded: 100, customers: 1 })
    await service.send(site, [
      purchase(3, { transaction_id: 'C', value: 50, items: [{ item_id: 'lamp', price: 25, quantity: 2 }] }),
      purchase(4, { transaction_id: 'C', value: 25, items: [{ item_id: 'lamp', price: 25, quantity: 1 }] }, 'refund'),
      // All of it, as no amount is said.
      purchase(5, { transaction_id: 'A' }, 'refund'),
      purchase(6, { order_id: 'nothing of this shop' }, 'order_refunded'),
    ])
    const data = await service.report(site, 'ecommerce')
    expect(data).toMatchObject({ orders: 2, revenue: -75, average_order: 75, refunds: 4, refunded: 225, without_amount: 1 })
    expect(data.products.rows).toMatchObject([{ value: 'lamp', quantity: 1, revenue: 25, orders: 1 }])
    expect(data.points.at(-1)).toMatchObject({ orders: 2, revenue: -75 })
    expect((await service.report(site, 'overview')).revenue).toBe(-75)
  })

  test('is given back in the currency of its order, and all of an order once', async () => {
    const site = await service.makeSite({ currency: 'EUR' })
    await service.send(site, [
      purchase(1, { transaction_id: 'A', value: 100, currency: 'USD' }),
      purchase(2, { transaction_id: 'A' }, 'refund'),
      purchase(3, { transaction_id: 'A' }, 'refund'),
      purchase(4, { transaction_id: 'B', value: 50, currency: 'USD' }),
      purchase(5, { transaction_id: 'B', value: 5 }, 'refund'),
      purchase(6, { transaction_id: 'B', value: 5 }, 'refund'),
      purchase(7, { transaction_id: 'B', value: 7, refund_id: 'r' }, 'refund'),
      purchase(8, { transaction_id: 'B', value: 7, refund_id: 'r' }, 'refund'),
    ])
    expect(await service.report(site, 'ecommerce', 'currency=USD')).toMatchObject({ orders: 2, revenue: 33, refunds: 4, refunded: 117 })
    expect(await service.report(site, 'ecommerce')).toMatchObject({ orders: 0, revenue: 0, refunds: 0 })
  })

  test('takes time by the number of its products, and no more', async () => {
    const site = await service.makeSite({ currency: 'EUR' })
    const lines = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `p${n}`, price: n, quantity: 2 }))
    const time = async (count: number) => {
      const items = Array.from({ length: 10 }, (_, n) => purchase(n, { transaction_id: `${count}-${n}`, items: lines(count) }))
      const began = performance.now()
      await service.send(site, items)
      return performance.now() - began
    }
    await time(10)
    const [few, many] = [Math.min(await time(11), await time(12)), Math.min(await time(99), await time(100))]
    // Eight times as many: by the square it was sixty times as long.
    expect(many / few).toBeLessThan(30)
  })

  test('is read once, also where it was stored before it could be', async () => {
    const site = await service.makeSite({ currency: 'EUR' })
    await service.send(site, [purchase(1, { transaction_id: '1', value: 10 }), purchase(2, { transaction_id: '2', value: 'a lot' })])
    await sql`update items set props = jsonb_set(props, '{value}', '"1.234,56 €"') where site_id = ${site} and props ->> 'transaction_id' = '1'`
    await sql`update orders set value = null where site_id = ${site}`
    await sql.begin((tx) => readStoredAmounts(tx))
    await sql.begin((tx) => readStoredAmounts(tx))
    // Journals came after that.
    await sql`delete from journal where site_id = ${site}`
    await sql`update site_versions set generation = generation + 1 where site_id = ${site}`
    await sql`insert into takeovers (site_id) values (${site})`
    await service.assembly.upkeep.idle()
    expect(await service.report(site, 'ecommerce')).toMatchObject({ orders: 2, revenue: 1_234.56, without_amount: 1 })
  })
})
