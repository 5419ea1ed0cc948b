import type { Sql, Transaction } from './connect.ts'
import type { RollupRow } from './rollup.ts'
import { orAdded } from './rollups.ts'
import { lockSites } from './versions.ts'

/**
 * What commits have moved and roll-ups do not have yet. A commit writes it as it is, one row for each dimension, which
 * costs little; from time to time what many commits moved is added up and goes into the roll-ups at once. Reports read
 * both.
 *
 * @module
 */

/** What is kept of a row: its site and dimension stand beside. */
const columns = ['day', 'value', 'visitors', 'visits', 'bounces', 'duration_ms', 'pageviews', 'events']

/** Commits of a site that wait at most, and seconds that one waits at most, by about a second more. */
const most = { commits: 16, seconds: 10 }

/**
 * Keeps what a commit moved.
 *
 * @param seqs the commit that each site had before this one
 */
export async function keepMovement(
  tx: Transaction,
  rows: readonly RollupRow[],
  seqs: ReadonlyMap<string, number>,
): Promise<void> {
  if (rows.length === 0) return
  const groups = [...Map.groupBy(rows, ({ site_id, dimension }) => `${site_id} ${dimension}`).values()]
  const firsts = groups.flatMap(([first]) => first ?? [])
  const moved = groups.map((group) => JSON.stringify(group, columns))
  await tx`
    insert into rollup_movements (site_id, dimension, seq, moved)
    select site_id, dimension, seq, moved::json
    from unnest(
      ${firsts.map((row) => row.site_id)}::text[],
      ${firsts.map((row) => row.dimension)}::text[],
      ${firsts.map((row) => (seqs.get(row.site_id) ?? 0) + 1)}::bigint[],
      ${moved}::text[]) as x (site_id, dimension, seq, moved)`
}

/** Adds what commits of a site moved to its roll-ups, in a transaction that holds its version row. */
export async function foldMovements(tx: Transaction, siteId: string): Promise<void> {
  await tx`
    with gone as (
      delete from rollup_movements where site_id = ${siteId} returning dimension, moved
    ), sums as (
      select dimension, day, value, sum(visitors)::int as visitors, sum(visits)::int as visits,
             sum(bounces)::int as bounces, sum(duration_ms)::bigint as duration_ms,
             sum(pageviews)::int as pageviews, sum(events)::int as events
      from gone, json_to_recordset(moved) as x (
        day date, value text, visitors integer, visits integer, bounces integer, duration_ms bigint,
        pageviews integer, events integer)
      group by 1, 2, 3
    )
    insert into rollups as r
      (site_id, dimension, day, key, value, visitors, visits, bounces, duration_ms, pageviews, events)
    select ${siteId}, dimension, day, md5(value)::uuid, value, visitors, visits, bounces, duration_ms, pageviews, events
    from sums
    ${orAdded(tx)}`
}

/**
 * Folds the movements of sites where many wait, or one waits for long.
 *
 * @param all also of those where few wait
 */
export async function foldDue(sql: Sql, all: boolean): Promise<void> {
  const due = await sql<{ site_id: string }[]>`
    select site_id
    from rollup_movements
    where dimension = 'total'
    group by site_id
    having ${all} or count(*) >= ${most.commits} or min(moved_at) not between
      now() - make_interval(secs => ${most.seconds}) and now() + make_interval(secs => ${most.seconds})`
  for (const { site_id } of due) {
    await sql.begin(async (tx) => {
      await lockSites(tx, [site_id])
      await foldMovements(tx, site_id)
    })
  }
}
