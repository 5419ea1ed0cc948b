import { createHash } from 'node:crypto'
import { type ItemType, itemTypes } from '@hk-live/sdk/protocol'
import { readAmounts } from '../store/index.ts'
import { clean } from './clean.ts'
import { type Page, parsePage } from './path.ts'

/** An item of a request that can be stored: checked, cleaned, with its page read. */
export interface CheckedItem {
  /** UUID, made of the sender's id. */
  readonly id: string
  readonly type: ItemType
  /** Milliseconds since 1970 as the sender says, where it says. */
  readonly at: number | undefined
  readonly page: Page
  readonly referrer: string
  readonly language: string
  readonly name: string
  readonly value: number | null
  readonly props: Readonly<Record<string, unknown>> | null
  /** An amount of an order that cannot be read, as `value: a lot`. */
  readonly unread?: string
}

/** Why an item cannot be stored, with the field at fault. */
export interface Rejection {
  readonly code: string
  readonly message: string
}

/** The earliest time that an item may have, in milliseconds since 1970. */
export const earliest = Date.UTC(2000, 0, 1)

/** How far ahead of our clock a sender's may be, in milliseconds. */
export const ahead = 5 * 60 * 1000

/** What is said of a time outside of these bounds. */
export const timeRule = '"at" must be a time between 2000 and five minutes from now, as 2026-11-22T09:30:00Z.'

/** What is said of an id that is none. */
export const idRule = '"id" must be 8 to 64 characters of A-Z, a-z, 0-9, _ and -.'

const vitals = new Set(['LCP', 'INP', 'CLS', 'FCP', 'TTFB'])
const idPattern = /^[A-Za-z0-9_-]{8,64}$/
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const limits = { keys: 40, key: 64, text: 2_000, depth: 3, bytes: 16_384 }
const poison = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Checks one item of a batch. Never throws: a bad item leaves its neighbours alone.
 *
 * @param options `hash`: the fragment belongs to the page
 */
export function checkItem(input: unknown, options: { hash?: boolean } = {}): CheckedItem | Rejection {
  if (!isRecord(input)) return reject('bad_item', 'An item must be an object.')
  const { id, type, url, at, referrer, language, name, value, props } = input
  if (!isItemId(id)) return reject('bad_id', idRule)
  const known = itemTypes.find((one) => one === type)
  if (known === undefined) return reject('bad_type', `"type" must be one of ${itemTypes.join(', ')}.`)
  const page = typeof url === 'string' ? parsePage(url, options) : undefined
  if (page === undefined)
    return reject('bad_url', '"url" must be an http or https address of at most 8,192 characters.')
  const time =
    at === undefined || at === null ? undefined : typeof at === 'string' ? Date.parse(at) : Number.NaN
  if (Number.isNaN(time)) return reject('bad_at', '"at" must be a time as 2026-11-22T09:30:00Z.')
  const text = named(known, name)
  if (text === undefined) return reject('bad_name', nameRule(known))
  const number = measured(known, value)
  if (number === undefined) return reject('bad_value', '"value" must be a number from 0 up.')
  const checked = checkProps(props)
  if (typeof checked === 'string') return reject('bad_props', checked)
  return {
    id: itemUuid(id),
    type: known,
    at: time,
    page,
    referrer: typeof referrer === 'string' ? referrer : '',
    language: typeof language === 'string' ? clean(language, 35) : '',
    name: text,
    value: number,
    ...(known === 'event' ? readAmounts(text, checked) : { props: checked }),
  }
}

/** Whether a value can be the id of an item. */
export function isItemId(id: unknown): id is string {
  return typeof id === 'string' && idPattern.test(id)
}

/** Tells a rejection from what can be stored. */
export function isRejection(item: object): item is Rejection {
  return 'message' in item
}

/** The UUID of a sender's id: itself where it is one, else the first 128 bits of its SHA-256. */
export function itemUuid(id: string): string {
  const lower = id.toLowerCase()
  if (uuidPattern.test(lower)) return lower
  const hash = createHash('sha256').update(id).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 32)}`
}

/** Whether a value is an object that is not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function reject(code: string, message: string): Rejection {
  return { code, message }
}

function named(type: ItemType, name: unknown): string | undefined {
  if (type === 'pageview' || type === 'engagement') return ''
  if (typeof name !== 'string') return undefined
  if (type === 'vital') return vitals.has(name) ? name : undefined
  return clean(name, 120) || undefined
}

function nameRule(type: ItemType): string {
  return type === 'vital'
    ? `"name" of a vital must be one of ${[...vitals].join(', ')}.`
    : '"name" of an event must be a text of 1 to 120 characters.'
}

function measured(type: ItemType, value: unknown): number | null | undefined {
  if (type === 'pageview') return null
  if (type === 'event' && (value === undefined || value === null)) return null
  if (type === 'engagement' && value === undefined) return null
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** Properties of an event as they are stored, or the sentence that says what is wrong with them. */
function checkProps(props: unknown): Readonly<Record<string, unknown>> | null | string {
  if (props === undefined || props === null) return null
  if (!isRecord(props)) return '"props" must be an object.'
  const fault = faultOf(props, 'props', 1)
  if (fault !== undefined) return fault
  const cleaned: unknown = JSON.parse(JSON.stringify(props), (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value,
  )
  const size = JSON.stringify(cleaned).length
  if (size > limits.bytes) return `"props" is ${size} characters of JSON; at most ${limits.bytes} are kept.`
  return isRecord(cleaned) ? cleaned : null
}

function faultOf(value: unknown, path: string, depth: number): string | undefined {
  if (typeof value === 'string' && value.length > limits.text) {
    return `"${path}" is longer than ${limits.text} characters.`
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > limits.depth) return `"${path}" is nested deeper than ${limits.depth} levels.`
  if (Array.isArray(value)) {
    if (value.length > 100) return `"${path}" has more than 100 entries.`
    return firstFault(value.map((entry, index) => faultOf(entry, `${path}.${index}`, depth + 1)))
  }
  const entries = Object.entries(value)
  if (entries.length > limits.keys) return `"${path}" has more than ${limits.keys} keys.`
  return firstFault(
    entries.map(([key, entry]) => {
      const shown = clean(key, 64)
      if (poison.has(key)) return `"${path}" must not have a key "${shown}".`
      if (key.length > limits.key || shown !== key || key === '') {
        return `"${path}" has a key that is empty, longer than ${limits.key} characters or not plain text.`
      }
      return faultOf(entry, `${path}.${shown}`, depth + 1)
    }),
  )
}

function firstFault(faults: readonly (string | undefined)[]): string | undefined {
  return faults.find((fault) => fault !== undefined)
}
