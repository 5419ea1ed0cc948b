import type { Kind } from '@hk-live/sdk/protocol'
import type { Sql, Transaction } from './connect.ts'
import { advance, lockSites, type VersionRow } from './versions.ts'

/**
 * Does something to a site in a transaction that holds its version row, and moves versions where it changed something.
 *
 * @param kinds what changes where it does
 * @param moved called after the commit with the versions that moved
 * @param work what is done; it returns how many things it changed
 */
export async function commitInSite(
  sql: Sql,
  { site_id, kinds }: { readonly site_id: string; readonly kinds: Partial<Record<Kind, number>> },
  moved: (versions: VersionRow[]) => void,
  work: (tx: Transaction) => Promise<number>,
): Promise<number> {
  const [count, versions] = await sql.begin(async (tx): Promise<[number, VersionRow[]]> => {
    await lockSites(tx, [site_id])
    const done = await work(tx)
    return [done, done === 0 ? [] : await advance(tx, [{ site_id, kinds }])]
  })
  if (versions.length > 0) moved(versions)
  return count
}
