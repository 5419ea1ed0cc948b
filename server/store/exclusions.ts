import type { Database, Transaction } from './connect.ts'
import { isId, newId } from './sites.ts'

/** What an exclusion looks at. */
export const exclusionTypes = ['address', 'country', 'agent', 'path'] as const

export type ExclusionType = (typeof exclusionTypes)[number]

/** A rule of a site: what fits it is not stored. */
export interface Exclusion {
  readonly site_id: string
  readonly exclusion_id: string
  readonly type: ExclusionType
  readonly value: string
  /** Why it is there, for people; `''` for none. */
  readonly note: string
  readonly created_at: Date
}

/** What can be set of an exclusion. */
export type ExclusionSettings = Pick<Exclusion, 'type' | 'value' | 'note'>

/** Lists the exclusions of a site by type and value. */
export function listExclusions(sql: Database, siteId: string): Promise<Exclusion[]> {
  return sql<Exclusion[]>`
    select * from exclusions where site_id = ${siteId} order by type, value collate "C"`
}

/** Makes an exclusion, in a transaction that holds the version row of its site. */
export async function createExclusion(
  tx: Transaction,
  siteId: string,
  settings: ExclusionSettings,
): Promise<Exclusion> {
  const row = { site_id: siteId, exclusion_id: newId(), ...settings }
  const [made] = await tx<[Exclusion]>`insert into exclusions ${tx(row)} returning *`
  return made
}

/** Deletes an exclusion; whether there was one. */
export async function deleteExclusion(tx: Transaction, siteId: string, exclusionId: string): Promise<boolean> {
  if (!isId(exclusionId)) return false
  const gone = await tx`delete from exclusions where site_id = ${siteId} and exclusion_id = ${exclusionId}`
  return gone.count > 0
}
