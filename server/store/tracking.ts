import type { Database } from './connect.ts'

/** A host name that pages of a site were seen under. */
export interface SeenHost {
  readonly hostname: string
  readonly items: number
  readonly last_at: Date
}

/** The event that was seen last. */
export interface SeenEvent {
  readonly name: string
  readonly at: Date
}

/** What has arrived of a site lately. */
export interface Seen {
  /** Of the latest items, the newest first. */
  readonly hosts: readonly SeenHost[]
  /** Of the latest items. */
  readonly event: SeenEvent | undefined
}

/** Host names and the last event among the latest items of a site, `most` of them: that costs the same for any site. */
export async function latestSeen(sql: Database, siteId: string, most = 1_000): Promise<Seen> {
  const rows = await sql<(SeenHost & { event: string | null; event_at: Date | null })[]>`
    with latest as materialized (
      select hostname, type, name, at from items where site_id = ${siteId} order by at desc limit ${most}
    )
    select l.hostname, count(*)::int as items, max(l.at) as last_at, e.name as event, e.at as event_at
    from latest l
      left join (select name, at from latest where type = 'event' order by at desc limit 1) e on true
    group by l.hostname, e.name, e.at
    order by last_at desc, l.hostname`
  const [first] = rows
  return {
    hosts: rows.map(({ hostname, items, last_at }) => ({ hostname, items, last_at })),
    event: first === undefined || first.event === null || first.event_at === null
      ? undefined
      : { name: first.event, at: first.event_at },
  }
}
