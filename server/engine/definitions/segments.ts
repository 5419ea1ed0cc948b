/**
 * How items of segments and of the tables of a site are put together.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { identifier, quoted } from '../database.ts'
import { earliestOrders, orderColumns } from './orders.ts'
import { dictionaries, type Dictionary, fetchNames, ownColumns, plainColumns } from './tables.ts'

/** Nobody can make two contents with one key without it. */
const secret = randomUUID()

/** Rows of segments, as a table. */
export function readSegments(files: readonly string[]): string {
  return `read_parquet([${files.map(quoted).join(', ')}])`
}

/** The key of what a row of a segment has in place of an entry of a dictionary, for a dictionary of the engine's own. */
function keyOf({ columns }: Dictionary): string {
  const values = Object.keys(columns).map((name) => `${name}::varchar`).join(', ')
  return `(md5_number_lower(${quoted(secret)} || to_json([${values}])::varchar) >> 1)::bigint`
}

/**
 * Rows of segments as those of a journal, as a query. An item has the context and the origin of its visit there: those of its
 * own were given up, as only the first item of a visit is asked for them.
 *
 * @param which a condition of rows `r`
 */
export function asJournal(files: readonly string[], which: string): string {
  const { contexts, origins } = dictionaries
  return `
    select ${ownColumns.join(', ')}, ${keyOf(contexts)} as context_id, ${keyOf(origins)} as origin_id
    from ${readSegments(files)} r
    where ${which}`
}

/** The entries of a dictionary that {@link asJournal} names, as a query. */
export function entriesOf(table: keyof typeof dictionaries, files: readonly string[], which: string): string {
  const dictionary = dictionaries[table]
  return `
    select distinct ${keyOf(dictionary)} as ${dictionary.key}, ${Object.keys(dictionary.columns).join(', ')}
    from ${readSegments(files)} r
    where ${which}`
}

/** Items with what dictionaries say of their visits, as a query of all columns that a segment has. */
export function wideItems(items: string, which: readonly (keyof typeof dictionaries)[], schema = ''): string {
  const joins = which.map((table) => {
    const { key, ofVisit } = dictionaries[table]
    return ` left join ${schema}${table} on ${table}.${key} = i.${ofVisit}`
  })
  const columns = [...plainColumns.map((name) => `i.${name}`), ...which.flatMap((table) => Object.keys(dictionaries[table].columns).map((name) => columnOf(table, name)))]
  return `select ${columns.join(', ')} from ${items} i${joins.join('')}`
}

/** What has no origin, as a vital before any visit, has an empty one. */
function columnOf(table: keyof typeof dictionaries, name: string): string {
  const type: string = Reflect.get(dictionaries[table].columns, name)
  return type === 'VARCHAR' ? `coalesce(${table}.${name}, '') as ${name}` : `${table}.${name}`
}

/**
 * Whether a row of a segment is gone, by a table of removals: where an import's id is empty, an item of any import is.
 *
 * @param rows the name of the rows
 */
export function isGone(rows: string, removals: string): string {
  return `exists (
    select 1
    from ${removals} g
    where ${rows}.at_us >= g.from_us and ${rows}.at_us < g.to_us
      and (g.import_id = ${rows}.import_id or g.import_id = ${rows}.log_id or (g.import_id = '' and ${rows}.import_id is not null)))`
}

/** The segments that a session sees, as files by their kind. */
export interface SegmentFiles {
  readonly items: readonly string[]
  readonly fetches: readonly string[]
  readonly orders: readonly string[]
}

/** Items by what of their visits they have beside: names of views, and the dictionaries that they read. */
const itemViews = {
  items: [],
  items_in_context: ['contexts'],
  items_with_origin: ['origins'],
  items_whole: ['contexts', 'origins'],
} as const

/**
 * Statements that make the views of a session: all that the site has, whether in the tables or in segments. `items` and those
 * of {@link itemViews}; `orders`, of all times; `fetches`.
 *
 * @param of whether some visitors of segments are in the tables too, and whether some rows of segments are gone
 */
export function viewsOf(
  site: string,
  files: SegmentFiles,
  { isOverridden, areRemoved }: { readonly isOverridden: boolean; readonly areRemoved: boolean },
): string[] {
  const schema = `${identifier(site)}.`
  const kept = isOverridden ? ` where visitor_id not in (select visitor_id from ${schema}overridden)` : ''
  const there = areRemoved ? ` r where not ${isGone('r', `${schema}removals`)}` : ''
  const columnsWith = (which: readonly (keyof typeof dictionaries)[]) =>
    [...plainColumns, ...which.flatMap((table) => Object.keys(dictionaries[table].columns))].join(', ')
  const both = (rows: string, segments: readonly string[], columns: string, where: string) =>
    segments.length === 0 ? rows : `${rows} union all by name select ${columns} from ${readSegments(segments)}${where}`
  return [
    ...Object.entries(itemViews).map(
      ([name, which]) => `create temp view ${name} as ${both(wideItems(`${schema}items`, which, schema), files.items, columnsWith(which), kept)}`,
    ),
    `create temp view orders as ${earliestOrders(`(${both(`select * from ${schema}orders`, files.orders, Object.keys(orderColumns).join(', '), there)})`)}`,
    `create temp view fetches as ${both(`select * from ${schema}fetches`, files.fetches, fetchNames.join(', '), there)}`,
  ]
}
