/**
 * The tables that a site has in the engine, and the columns of its segments.
 *
 * @module
 */

import { orderColumns } from './orders.ts'

/** Columns by their types, as DuckDB names them. */
type Columns = Readonly<Record<string, string>>

/** Columns of items that both their journal and their segments have. `at_us`: microseconds since 1970; `seq`, `n`: place in the journal. */
const itemColumns = {
  seq: 'BIGINT',
  n: 'INTEGER',
  id: 'UUID',
  type: 'VARCHAR',
  at_us: 'BIGINT',
  visitor_id: 'BIGINT',
  hostname: 'VARCHAR',
  page: 'VARCHAR',
  name: 'VARCHAR',
  value: 'DOUBLE',
  props: 'JSON',
  import_id: 'VARCHAR',
  log_id: 'VARCHAR',
} satisfies Columns

/** Columns that say of which visit an item is and what that visit is: on every item of a visit they are the same. */
const visitColumns = {
  visit_id: 'UUID',
  /** The commit that brought the first item to arrive. */
  visit_seq: 'BIGINT',
  started_at: 'BIGINT',
  last_at: 'BIGINT',
  pageviews: 'INTEGER',
  events: 'INTEGER',
  /** Time of the first pageview; null without one. */
  entry_at: 'BIGINT',
  entry_page: 'VARCHAR',
  exit_page: 'VARCHAR',
  /** Whether the item is the first of its visit. */
  begins: 'BOOLEAN',
} satisfies Columns

/** Where the visitor was and with what device, for each visit; for a vital, where that was measured. */
const contextColumns = {
  country: 'VARCHAR',
  region: 'VARCHAR',
  city: 'VARCHAR',
  lat: 'FLOAT',
  lon: 'FLOAT',
  device: 'VARCHAR',
  browser: 'VARCHAR',
  os: 'VARCHAR',
  language: 'VARCHAR',
} satisfies Columns

/** Where the visitor came from, for each visit. */
const originColumns = {
  referrer: 'VARCHAR',
  source: 'VARCHAR',
  channel: 'VARCHAR',
  ai_source: 'VARCHAR',
  utm_source: 'VARCHAR',
  utm_medium: 'VARCHAR',
  utm_campaign: 'VARCHAR',
  utm_term: 'VARCHAR',
  utm_content: 'VARCHAR',
} satisfies Columns

const fetchColumns = {
  seq: 'BIGINT',
  n: 'INTEGER',
  id: 'UUID',
  at_us: 'BIGINT',
  agent: 'VARCHAR',
  family: 'VARCHAR',
  category: 'VARCHAR',
  hostname: 'VARCHAR',
  path: 'VARCHAR',
  status: 'SMALLINT',
  content_type: 'VARCHAR',
  response_ms: 'INTEGER',
  bytes_served: 'BIGINT',
  import_id: 'VARCHAR',
  log_id: 'VARCHAR',
} satisfies Columns

/** A dictionary of a site: its key, the column of a visit that names it, and its other columns. */
export interface Dictionary {
  readonly key: 'context_id' | 'origin_id'
  readonly ofVisit: 'visit_context' | 'visit_origin'
  readonly columns: Columns
}

/** The dictionaries, by their tables. */
export const dictionaries = {
  contexts: { key: 'context_id', ofVisit: 'visit_context', columns: contextColumns },
  origins: { key: 'origin_id', ofVisit: 'visit_origin', columns: originColumns },
} as const satisfies Record<string, Dictionary>

/** Columns of the files that a journal is read into, in their order: see `store/journal.ts`. */
export const partColumns = {
  items: {
    seq: 'BIGINT',
    n: 'INTEGER',
    id: 'UUID',
    type: 'VARCHAR',
    at_us: 'BIGINT',
    visitor_id: 'BIGINT',
    hostname: 'VARCHAR',
    page: 'VARCHAR',
    name: 'VARCHAR',
    value: 'DOUBLE',
    props: 'JSON',
    context_id: 'BIGINT',
    origin_id: 'BIGINT',
    import_id: 'VARCHAR',
    log_id: 'VARCHAR',
  },
  fetches: fetchColumns,
  contexts: { context_id: 'BIGINT', ...contextColumns },
  origins: { origin_id: 'BIGINT', ...originColumns },
} as const satisfies Record<string, Columns>

/** A part of a journal. */
export type Part = keyof typeof partColumns

/**
 * Columns of the tables of a site. `items` has what its journal has and segments have not, or other rows of the same
 * visitors; `overridden` the visitors whose rows in segments it replaces; `removals` what of segments is gone; `orders` what is
 * read of items.
 */
export const tableColumns: Readonly<Record<Part | 'overridden' | 'removals' | 'orders', Columns>> = {
  ...partColumns,
  items: { ...partColumns.items, ...visitColumns, visit_context: 'BIGINT', visit_origin: 'BIGINT' },
  overridden: { visitor_id: 'BIGINT' },
  removals: { import_id: 'VARCHAR', from_us: 'BIGINT', to_us: 'BIGINT' },
  orders: orderColumns,
}

/** Names of the columns of an item and its visit, without what dictionaries have. */
export const plainColumns = Object.keys({ ...itemColumns, ...visitColumns })

/** Names of the columns of an item that its visit has nothing to do with. */
export const ownColumns = Object.keys(itemColumns)

/** Names of the columns of a visit. */
export const visitNames = Object.keys(visitColumns)

/** Names of the columns of a fetch. */
export const fetchNames = Object.keys(fetchColumns)
