import type { Database, Transaction } from './connect.ts'

/** Names of the events of a shop, by what they tell: the usual one first, then its alias. */
export const commerceEvents = {
  view: ['view_item', 'product_viewed'],
  cart: ['add_to_cart'],
  checkout: ['begin_checkout', 'checkout_started'],
  purchase: ['purchase', 'order_completed'],
  refund: ['refund', 'order_refunded'],
} as const

const all = new Set<string>(Object.values(commerceEvents).flat())
const ordered = [...commerceEvents.purchase, ...commerceEvents.refund]
const purchases = new Set<string>(ordered)

/** Whether an event tells of a shop. */
export function isCommerce(name: string): boolean {
  return all.has(name)
}

/**
 * Stores the orders and refunds of items that the transaction has stored: one order for each `transaction_id` (else `order_id`, else
 * the item's id), of which the earliest item counts, the lower id among those of one instant.
 */
export async function storeOrders(
  tx: Transaction,
  items: readonly { site_id: string; id: string; type: string; name: string }[],
): Promise<void> {
  const found = items.filter(({ type, name }) => type === 'event' && purchases.has(name))
  if (found.length === 0) return
  await tx`
    select fill_orders(site_id, array_agg(id))
    from unnest(${found.map((item) => item.site_id)}::text[], ${found.map((item) => item.id)}::uuid[]) as p (site_id, id)
    group by site_id`
}

/** Stores the orders of all items of a site: of items that were not written by `write`. */
export async function fillOrders(sql: Database, siteId: string): Promise<void> {
  await sql`
    select fill_orders(site_id, array_agg(id))
    from items
    where site_id = ${siteId} and type = 'event' and name = any(${ordered}::text[])
    group by site_id`
}
