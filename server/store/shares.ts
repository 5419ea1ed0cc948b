import type { ReportName } from '@hk-live/sdk/protocol'
import type { Sql, Transaction } from './connect.ts'
import { isId } from './sites.ts'

/** A share link. Its token is stored as a hash only. */
export interface Share {
  readonly site_id: string
  readonly share_id: string
  readonly label: string
  readonly token_hash: Uint8Array
  readonly token_hint: string
  /** Reports it allows; `null`: all but those for those who run the site. */
  readonly reports: ReportName[] | null
  /** Filters that every question asked by it gets. */
  readonly filters: string[]
  readonly live: boolean
  readonly visits: boolean
  /** Origins that may read it from a page; `null`: any. */
  readonly allowed_origins: string[] | null
  readonly password_hash: string | null
  readonly expires_at: Date | null
  readonly created_at: Date
}

/** Makes a share link. */
export async function createShare(tx: Transaction, share: Omit<Share, 'created_at'>): Promise<Share> {
  const [made] = await tx<[Share]>`insert into shares ${tx(share)} returning *`
  return made
}

/** Finds share links by the hashes of their tokens, in hexadecimal. */
export function sharesByHash(sql: Sql, hashes: readonly string[]): Promise<Share[]> {
  return sql<Share[]>`
    select *
    from shares
    where token_hash = any(array(select decode(hash, 'hex') from unnest(${[...hashes]}::text[]) as hash))`
}

/** Lists the share links of a site, the newest first. */
export function listShares(sql: Sql, siteId: string): Promise<Share[]> {
  return sql<Share[]>`select * from shares where site_id = ${siteId} order by created_at desc, share_id`
}

/** Revokes a share link; what is gone cannot be asked with. */
export async function deleteShare(tx: Transaction, siteId: string, shareId: string): Promise<boolean> {
  if (!isId(shareId)) return false
  return (await tx`delete from shares where site_id = ${siteId} and share_id = ${shareId}`).count > 0
}
