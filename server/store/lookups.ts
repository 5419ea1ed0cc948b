import DataLoader from 'dataloader'
import { type ApiClient, clientsByHash } from './clients.ts'
import type { Sql } from './connect.ts'
import { type Share, sharesByHash } from './shares.ts'
import { isId, type Site } from './sites.ts'
import { readVersions, type VersionRow, versionColumns } from './versions.ts'

/** A site and its version, read by one statement. */
export interface SiteNow {
  readonly site: Site
  readonly version: VersionRow
}

/**
 * Rows that nearly every request needs. What is asked in a rush is read together: however many ask, Postgres is
 * asked at most once each `everyMs` for each kind of row. Nothing is kept, so each answer is read after it was
 * asked for: what is revoked is gone at once, and what a caller has seen committed is in its next answer.
 */
export interface Lookups {
  /** A site by its id, whoever owns it. */
  site(siteId: string): Promise<SiteNow | undefined>
  version(siteId: string): Promise<VersionRow | undefined>
  /** A share link by the hash of its token. */
  share(tokenHash: Uint8Array): Promise<Share | undefined>
  /** An API client by the hash of its token. */
  client(tokenHash: Uint8Array): Promise<ApiClient | undefined>
}

/** Reads of one kind that may follow each other without a pause before they are spaced. */
const burst = 50

/** Opens look-ups. The first of a rush are made at once, the others each `everyMs`. */
export function createLookups(sql: Sql, everyMs = 2): Lookups {
  const sites = gather(everyMs, async (ids) => {
    const rows = await sql<(Site & VersionRow)[]>`
      select s.*, ${sql.unsafe(versionColumns)}
      from sites s
        join site_versions v using (site_id)
      where s.site_id = any(${ids}::text[])`
    return new Map(rows.map((row) => [row.site_id, split(row)]))
  })
  const versions = gather(everyMs, async (ids) => {
    const rows = await readVersions(sql, ids)
    return new Map(rows.map((row) => [row.site_id, row]))
  })
  const shares = gather(everyMs, async (hashes) => {
    const rows = await sharesByHash(sql, hashes)
    return new Map(rows.map((row) => [hex(row.token_hash), row]))
  })
  const clients = gather(everyMs, async (hashes) => {
    const rows = await clientsByHash(sql, hashes)
    return new Map(rows.map((row) => [hex(row.token_hash), row]))
  })
  return {
    site: async (siteId) => (isId(siteId) ? sites(siteId) : undefined),
    version: async (siteId) => (isId(siteId) ? versions(siteId) : undefined),
    share: (tokenHash) => shares(hex(tokenHash)),
    client: (tokenHash) => clients(hex(tokenHash)),
  }
}

/**
 * Reads by key, with one statement for all that is asked until its turn comes. Turns are given out by the
 * generic cell rate algorithm (ITU-T I.371): one each `everyMs`, with a burst.
 */
function gather<V>(
  everyMs: number,
  read: (keys: string[]) => Promise<ReadonlyMap<string, V>>,
): (key: string) => Promise<V | undefined> {
  let next = 0
  const loader = new DataLoader<string, V | undefined>(
    async (keys) => {
      const found = await read([...new Set(keys)])
      return keys.map((key) => found.get(key))
    },
    {
      cache: false,
      batchScheduleFn(dispatch) {
        const now = performance.now()
        const turn = Math.max(next, now - burst * everyMs)
        // A timer takes a millisecond at least.
        if (turn > now) setTimeout(dispatch, turn - now)
        else setImmediate(dispatch)
        next = turn + everyMs
      },
    },
  )
  return (key) => loader.load(key)
}

function split({ epoch, seq, kinds, changed_at, bucket_start, ...site }: Site & VersionRow): SiteNow {
  return { site, version: { site_id: site.site_id, epoch, seq, kinds, changed_at, bucket_start } }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
