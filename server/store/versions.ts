import { randomInt } from 'node:crypto'
import type { Kind } from '@hk-live/sdk/protocol'
import type { Sql, Transaction } from './connect.ts'
import { rowsParameter } from './rows.ts'

/** The version row of a site: see the version vector in `changes/versions.ts`. */
export interface VersionRow {
  readonly site_id: string
  readonly epoch: string
  readonly seq: number
  readonly kinds: Readonly<Partial<Record<Kind, { readonly seq: number; readonly total: number }>>>
  readonly changed_at: Date
  readonly bucket_start: Date
}

/** Rows that a transaction gained, by kind, for one site. */
export interface Change {
  readonly site_id: string
  readonly kinds: Readonly<Partial<Record<Kind, number>>>
  /** Time of the earliest item, in milliseconds; the time of the commit where there is none. */
  readonly earliest?: number
}

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** A new epoch: 8 random characters. */
export function newEpoch(): string {
  return Array.from({ length: 8 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}

/** What a transaction knows of a site whose version row it holds. */
export interface LockedSite {
  readonly site_id: string
  readonly epoch: string
  /** The commit before this one. */
  readonly seq: number
  /** Moves when rows of the journal go away. */
  readonly generation: number
  /** Secret of the keys of the site's dictionaries. */
  readonly dictionary_key: string
}

/**
 * Locks the version rows of sites for the rest of the transaction, in one order everywhere, so that
 * writers of a site queue up and two groups cannot wait for each other.
 *
 * @returns the sites that exist
 */
export async function lockSites(tx: Transaction, siteIds: readonly string[]): Promise<Map<string, LockedSite>> {
  const rows = await tx<LockedSite[]>`
    select site_id, epoch, seq, generation, dictionary_key
    from site_versions
    where site_id = any(${[...siteIds]}::text[])
    order by site_id
    for update`
  return new Map(rows.map((row) => [row.site_id, row]))
}

/** Moves the versions of sites on by one, in the transaction that changes their data. */
export async function advance(tx: Transaction, changes: readonly Change[]): Promise<VersionRow[]> {
  const rows = changes.flatMap(({ site_id, kinds, earliest }) =>
    Object.entries(kinds).map(([kind, rows]) => ({ site_id, kind, rows, earliest: earliest ?? null })),
  )
  if (rows.length === 0) return []
  return tx<VersionRow[]>`
    with changed as (
      select site_id, jsonb_object_agg(kind, rows) as gained, min(earliest) as earliest
      from jsonb_to_recordset(${rowsParameter(tx, rows)}) as x (site_id text, kind text, rows bigint, earliest double precision)
      group by site_id
    )
    update site_versions v
    set seq          = v.seq + 1,
        kinds        = v.kinds || (
          select jsonb_object_agg(kind, jsonb_build_object(
            'seq', v.seq + 1,
            'total', coalesce((v.kinds -> kind ->> 'total')::bigint, 0) + rows::bigint))
          from jsonb_each_text(c.gained) as g (kind, rows)),
        -- Also where the clock is set back: readers who see a part of a site have it as their position.
        changed_at   = greatest(clock_timestamp(), v.changed_at + interval '1 millisecond'),
        bucket_start = date_trunc('minute', coalesce(to_timestamp(c.earliest / 1000), clock_timestamp()))
    from changed c
    where v.site_id = c.site_id
    returning v.*`
}

/** The columns of a version row `v`, beside a site's own. */
export const versionColumns = 'v.epoch, v.seq, v.kinds, v.changed_at, v.bucket_start'

/** Reads the version rows of sites. */
export function readVersions(sql: Sql, siteIds: readonly string[]): Promise<VersionRow[]> {
  return sql<VersionRow[]>`select * from site_versions where site_id = any(${[...siteIds]}::text[])`
}

/** Gives sites a new epoch, so that every reader loads anew: after a restore, or a reset. */
export function renewEpoch(tx: Transaction, siteIds: readonly string[]): Promise<VersionRow[]> {
  const rows = siteIds.map((site_id) => ({ site_id, epoch: newEpoch() }))
  return tx<VersionRow[]>`
    update site_versions v
    set epoch = x.epoch, changed_at = clock_timestamp()
    from jsonb_to_recordset(${rowsParameter(tx, rows)}) as x (site_id text, epoch text)
    where v.site_id = x.site_id
    returning v.*`
}
