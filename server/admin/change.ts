import { HkError, type Kind } from '@hk-live/sdk/protocol'
import { advance, findSite, type Transaction } from '../store/index.ts'
import type { AdminParts } from './parts.ts'

/**
 * Changes something of a site in one transaction that moves its version first: so it holds the version row, what
 * `change` reads stays true until the commit, and readers are told after it.
 *
 * @param kind the kind of data that changes
 * @throws {HkError} `not_found` where the site is gone, and whatever `change` throws: then nothing has changed
 */
export async function changeSite<T>(
  { sql, publish }: Pick<AdminParts, 'sql' | 'publish'>,
  siteId: string,
  kind: Kind,
  change: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const { made, versions } = await sql.begin(async (tx) => {
    const moved = await advance(tx, [{ site_id: siteId, kinds: { [kind]: 1 } }])
    if (moved.length === 0) throw new HkError('not_found', 'There is no such site.')
    return { made: await change(tx), versions: moved }
  })
  publish(versions)
  return made
}

/** The domain of a site, `''` where the site is gone. */
export async function domainOf(tx: Transaction, siteId: string): Promise<string> {
  return (await findSite(tx, siteId))?.domain ?? ''
}

/** What of some settings differs from what is set. */
export function changesOf<T extends object>(current: T, settings: T): Partial<T>
export function changesOf(current: Readonly<Record<string, unknown>>, settings: object): object {
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(current[name])),
  )
}

/** Refuses a name that another one has already, and one more than there may be. */
export function demandRoom(
  what: string,
  name: string,
  others: readonly { readonly name: string }[],
  most: number,
): void {
  if (others.some((other) => other.name === name)) {
    throw new HkError('conflict', `There is a ${what} "${name}" already. Take another name.`, { parameter: 'name' })
  }
  if (others.length < most) return
  throw new HkError('conflict', `A site can have ${most} ${what}s. Delete one to make room.`)
}
