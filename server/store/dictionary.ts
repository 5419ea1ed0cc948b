import { createHmac } from 'node:crypto'
import QuickLRU from 'quick-lru'
import type { Transaction } from './connect.ts'
import { rowsParameter } from './rows.ts'
import type { Context } from './session.ts'

/**
 * Dictionaries of a site: what many rows of the journal share is stored once, and rows name it by its key. A key is made of
 * the content and a secret of the site, so that it is known without asking, and two contents with one key cannot be found.
 *
 * @module
 */

/** Columns of the dictionary `contexts`, in the order in which their values are hashed. */
export const contextColumns = ['country', 'region', 'city', 'lat', 'lon', 'device', 'browser', 'os', 'language'] as const

/** Columns of the dictionary `origins`, in the same way. */
export const originColumns = [
  'referrer',
  'source',
  'channel',
  'ai_source',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
] as const

/** Keys of an item's entries: decimal text of 64 bits. */
export interface DictionaryKeys {
  readonly context_id: string
  readonly origin_id: string
}

/** Characters of a content whose key is remembered: what senders make up is longer, and does not come again. */
const maxRemembered = 500

/** Keys by the secret and the content that they are made of. */
const keys = new QuickLRU<string, string>({ maxSize: 20_000 })

/** Entries that are stored, each with its site and the period in which none is removed. */
const stored = new QuickLRU<string, true>({ maxSize: 50_000 })

function keyOf(secret: string, values: readonly (string | number | null)[]): string {
  const content = JSON.stringify(values)
  const found = keys.get(secret + content)
  if (found !== undefined) return found
  const key = createHmac('sha256', secret).update(content).digest().readBigInt64BE().toString()
  if (content.length <= maxRemembered) keys.set(secret + content, key)
  return key
}

/** The keys of what an item came with. */
export function keysOf(secret: string, context: Context): DictionaryKeys {
  return {
    context_id: keyOf(secret, contextColumns.map((name) => context[name])),
    origin_id: keyOf(secret, originColumns.map((name) => context[name])),
  }
}

/** The entries of an item. */
export interface Entries extends DictionaryKeys {
  readonly site_id: string
  readonly context: Context
}

/**
 * Stores entries that are not known to be stored, in the transaction that stores rows with their keys.
 *
 * @param periods names, for each site, the time in which no entry is removed: its epoch and the generation of its journal
 * @returns called after the commit, remembers what is stored by it
 */
export async function addEntries(
  tx: Transaction,
  entries: readonly Entries[],
  periods: ReadonlyMap<string, string>,
): Promise<() => void> {
  const fresh = (kind: keyof DictionaryKeys) => {
    const rows = new Map<string, object>()
    for (const { context, ...own } of entries) {
      const name = `${own.site_id} ${periods.get(own.site_id)} ${kind} ${own[kind]}`
      if (!stored.has(name)) rows.set(name, { ...context, ...own })
    }
    return rows
  }
  const contexts = fresh('context_id')
  const origins = fresh('origin_id')
  if (contexts.size > 0) {
    await tx`
      insert into contexts
      select r.* from jsonb_populate_recordset(null::contexts, ${rowsParameter(tx, [...contexts.values()])}) r
      on conflict do nothing`
  }
  if (origins.size > 0) {
    await tx`
      insert into origins
      select r.* from jsonb_populate_recordset(null::origins, ${rowsParameter(tx, [...origins.values()])}) r
      on conflict do nothing`
  }
  return () => {
    for (const name of [...contexts.keys(), ...origins.keys()]) stored.set(name, true)
  }
}
