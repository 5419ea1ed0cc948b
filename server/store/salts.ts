import type { Sql } from './connect.ts'

/** Hours that a past day's salt is kept after its last use. */
const keptHours = 48

/**
 * Reads the salt of a site's day, made at its first use; of two nodes that make it at once, one wins.
 * Reading marks it as used. Where the site is just being deleted, it is waited for that.
 *
 * @param day date of the site's time zone, `2026-11-22`
 * @param fresh 32 random bytes, taken where the day has no salt yet
 * @returns nothing where there is no such site (any more)
 */
export async function saltOf(
  sql: Sql,
  siteId: string,
  day: string,
  fresh: Uint8Array,
): Promise<Uint8Array | undefined> {
  const [row] = await sql<{ salt: Uint8Array }[]>`
    insert into salts (site_id, day, salt)
    select site_id, ${day}::date, ${fresh}::bytea from sites where site_id = ${siteId} for key share
    on conflict (site_id, day) do update set used_at = now()
    returning salt`
  return row?.salt
}

/**
 * Destroys the salts of past days that were not used for 48 hours: after that, nobody can tell which
 * visitor a stored id was. A day is past everywhere once it is before yesterday in UTC.
 *
 * @returns how many
 */
export async function destroySalts(sql: Sql): Promise<number> {
  const gone = await sql`
    delete from salts
    where day < (now() at time zone 'UTC')::date - 1
      and used_at < now() - make_interval(hours => ${keptHours})`
  return gone.count
}
