import type { Sql } from './connect.ts'

/** Hours that a past day's salt is kept after its last use. */
const keptHours = 48

/**
 * Reads the salt of a site's day, made at its first use; of two nodes that make it at once, one wins.
 * Reading marks it as used.
 *
 * @param day date of the site's time zone, `2026-11-22`
 * @param fresh 32 random bytes, taken where the day has no salt yet
 */
export async function saltOf(sql: Sql, siteId: string, day: string, fresh: Uint8Array): Promise<Uint8Array> {
  const [row] = await sql<[{ salt: Uint8Array }]>`
    insert into salts ${sql({ site_id: siteId, day, salt: fresh })}
    on conflict (site_id, day) do update set used_at = now()
    returning salt`
  return row.salt
}

/**
 * Destroys the salts of past days that were not used for 48 hours: after that, nobody can tell which
 * visitor a stored id was.
 *
 * @returns how many
 */
export async function destroySalts(sql: Sql): Promise<number> {
  const gone = await sql`
    delete from salts s
    using sites t
    where t.site_id = s.site_id
      and s.day < (now() at time zone t.timezone)::date
      and s.used_at < now() - make_interval(hours => ${keptHours})`
  return gone.count
}
