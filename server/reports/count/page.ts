import sql, { join, raw, type Sql } from 'sql-template-tag'
import type { SiteData } from '../../engine/index.ts'
import { quoteLike } from '../../store/index.ts'
import type { Order } from '../order.ts'
import type { PageAsked } from '../page.ts'

/**
 * A page of rows: those that contain the search, sorted, ties by value; and how many there are.
 *
 * @param rows a query with the columns of a row, `value` among them
 * @param searched columns that are searched
 */
export async function pageOf<R extends object>(
  data: SiteData,
  rows: Sql,
  { search, limit, offset }: PageAsked,
  { column, rising }: Order<string>,
  searched: readonly string[] = ['value'],
): Promise<{ rows: R[]; total: number }> {
  const like = `%${quoteLike(search)}%`
  const fits = join(searched.map((name) => sql`${raw(name)} ilike ${like} escape '\\'`), ' or ')
  const order = sql`${raw(column)} ${raw(rising ? 'asc' : 'desc')} nulls last, value`
  // One query, as to find the rows is what takes the time.
  const [found] = await data.all<{ rows: R[]; total: number }>(sql`
    with found as materialized (select * from (${rows}) r where ${search === '' ? sql`true` : fits})
    select (select count(*) from found)::double as total,
           coalesce((select list(p order by ${order}) from (select * from found order by ${order} limit ${limit} offset ${offset}) p), []) as rows`)
  return { rows: found?.rows ?? [], total: found?.total ?? 0 }
}
