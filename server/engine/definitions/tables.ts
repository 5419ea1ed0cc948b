import { visitColumns } from './visits.ts'

/** Columns of a table, by their types. */
type Columns = Readonly<Record<string, string>>

/** Columns of items as their journal has them. `at_us`: microseconds since 1970; `seq`, `n`: place in the journal. */
const itemColumns = {
  seq: 'BIGINT',
  n: 'INTEGER',
  id: 'UUID',
  type: "ENUM('pageview', 'event', 'vital', 'engagement')",
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
} satisfies Columns

/** Columns of what is read of a journal, by its part. */
export const partColumns = {
  items: itemColumns,
  fetches: {
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
  },
  contexts: {
    context_id: 'BIGINT',
    country: 'VARCHAR',
    region: 'VARCHAR',
    city: 'VARCHAR',
    lat: 'FLOAT',
    lon: 'FLOAT',
    device: 'VARCHAR',
    browser: 'VARCHAR',
    os: 'VARCHAR',
    language: 'VARCHAR',
  },
  origins: {
    origin_id: 'BIGINT',
    referrer: 'VARCHAR',
    source: 'VARCHAR',
    channel: 'VARCHAR',
    ai_source: 'VARCHAR',
    utm_source: 'VARCHAR',
    utm_medium: 'VARCHAR',
    utm_campaign: 'VARCHAR',
    utm_term: 'VARCHAR',
    utm_content: 'VARCHAR',
  },
} as const satisfies Record<string, Columns>

/** A part of a journal. */
export type Part = keyof typeof partColumns

/** Columns of the tables that a site has: items have their visits beside. */
export const tableColumns: Readonly<Record<Part, Columns>> = {
  ...partColumns,
  items: { ...itemColumns, ...visitColumns, begins: 'BOOLEAN' },
}

/** The parts that are dictionaries, by the column that is their key. */
export const dictionaryKeys = { contexts: 'context_id', origins: 'origin_id' } as const
