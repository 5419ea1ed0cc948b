import type { Item } from '../protocol.ts'
import type { Tracker } from './tracker.ts'

/** One product in a list, or one line of an order. */
export interface Product {
  id: string
  name?: string
  category?: string
  /** In the currency of the event; a text of digits keeps what a number would round. */
  price?: number | string
  /** Default: 1. */
  quantity?: number
}

/** What is bought, or about to be. */
export interface Basket {
  /** ISO 4217, `EUR`; default: the currency of the site. */
  currency?: string
  /** In all; default: the sum of the items. */
  value?: number | string
  items?: readonly Product[]
}

/** A purchase. `transaction_id`: the shop's own number of it, by which it is counted once however often it is told. */
export interface Purchase extends Basket {
  transaction_id: string
  tax?: number | string
  shipping?: number | string
  coupon?: string
}

/** What is given back. `transaction_id`: of the purchase; without a value all of it. */
export interface Refund extends Basket {
  transaction_id: string
  /** The shop's own number of the refund, by which it is counted once. */
  refund_id?: string
}

/** Counts that a product is looked at. */
export function viewItem(tracker: Pick<Tracker, 'event'>, basket: Basket): void {
  tracker.event('view_item', propsOf(basket))
}

/** Counts that products are put into the cart. */
export function addToCart(tracker: Pick<Tracker, 'event'>, basket: Basket): void {
  tracker.event('add_to_cart', propsOf(basket))
}

/** Counts that a visitor begins to pay. */
export function beginCheckout(tracker: Pick<Tracker, 'event'>, basket: Basket): void {
  tracker.event('begin_checkout', propsOf(basket))
}

/** Counts a purchase: its value is revenue. */
export function purchase(tracker: Pick<Tracker, 'event'>, order: Purchase): void {
  tracker.event('purchase', propsOf(order))
}

/** Counts what is given back: it takes away from revenue. */
export function refund(tracker: Pick<Tracker, 'event'>, back: Refund): void {
  tracker.event('refund', propsOf(back))
}

/** The fields that are there, as properties; products as plain records. */
function propsOf({ items, ...fields }: Basket): Item['props'] {
  return { ...fields, ...(items && { items: items.map((product) => ({ ...product })) }) }
}
