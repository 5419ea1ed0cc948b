import type { Fragment } from 'postgres'
import { type Database, quoteLike } from '../store/index.ts'
import type { Order } from './order.ts'

/** Which of the rows are asked for. */
export interface PageAsked {
  readonly search: string
  readonly limit: number
  readonly offset: number
}

/**
 * A page of rows: those that contain the search, sorted, ties by value; and how many there are.
 *
 * @param rows a query with the columns of a row, `value` among them
 * @param searched columns that are searched
 */
export async function pageOf<R>(
  sql: Database,
  rows: Fragment,
  { search, limit, offset }: PageAsked,
  { column, rising }: Order<string>,
  searched: readonly string[] = ['value'],
): Promise<{ rows: R[]; total: number }> {
  const like = `%${quoteLike(search)}%`
  const fits = searched.reduce((any, name) => sql`${any} or ${sql(name)} ilike ${like}`, sql`false`)
  const [found] = await sql<[{ rows: R[]; total: number }]>`
    with found as (
      select * from (${rows}) r
      where ${search === '' ? sql`true` : fits})
    select (select count(*)::int from found) as total,
           coalesce((
             select json_agg(page) from (
               select * from found
               order by ${sql(column)} ${rising ? sql`asc` : sql`desc`} nulls last, value
               limit ${limit} offset ${offset}) page), '[]') as rows`
  return found
}
