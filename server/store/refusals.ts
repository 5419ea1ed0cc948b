import type { Database, Sql } from './connect.ts'
import { instant } from './rows.ts'

/** Days that counts of refusals are kept. */
export const refusalDays = 30

/** Items of a site that were not stored, for one reason. */
export interface Refusal {
  readonly site_id: string
  readonly reason: string
  readonly count: number
  /** Milliseconds since 1970 of the last one. */
  readonly last_at: number
  /** What of the last one decided: a code, a name, a host; `''` where there is nothing to show. */
  readonly example: string
}

/** Adds counts to those of the day (UTC) of their last item. Those of a site that is gone are left out. */
export async function addRefusals(sql: Sql, refusals: readonly Refusal[]): Promise<void> {
  const rows = refusals.map((row) => ({ ...row, last_at: instant(row.last_at) }))
  // In one order everywhere, so that two nodes do not wait for each other.
  await sql`
    insert into refusals as r (site_id, day, reason, count, last_at, example)
    select site_id, (last_at at time zone 'UTC')::date, reason, count, last_at, example
    from jsonb_to_recordset(${sql.json(rows)}) as x (
      site_id text, reason text, count bigint, last_at timestamptz, example text)
      join sites s using (site_id)
    order by 1, 2, 3
    for key share of s
    on conflict (site_id, day, reason) do update
    set count   = r.count + excluded.count,
        last_at = greatest(r.last_at, excluded.last_at),
        example = case
          when excluded.example <> '' and excluded.last_at >= r.last_at then excluded.example
          else r.example
        end`
}

/** Counts of a site by reason, of the days from one on (UTC); the most frequent first. */
export async function listRefusals(sql: Database, siteId: string, from: number): Promise<Refusal[]> {
  return sql<Refusal[]>`
    select site_id, reason, sum(count)::float8 as count,
           (extract(epoch from max(last_at)) * 1000)::float8 as last_at,
           coalesce((array_agg(example order by day desc) filter (where example <> ''))[1], '') as example
    from refusals
    where site_id = ${siteId} and day >= (${instant(from)}::timestamptz at time zone 'UTC')::date
    group by site_id, reason
    order by sum(count) desc, reason`
}

/** Deletes counts of days that are older than they are kept. */
export async function forgetRefusals(sql: Sql): Promise<void> {
  await sql`delete from refusals where day < (now() at time zone 'UTC')::date - ${refusalDays}::int`
}
