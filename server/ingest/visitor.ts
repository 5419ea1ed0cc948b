import { createHmac, randomBytes } from 'node:crypto'
import { saltOf, type Sql } from '../store/index.ts'

/** Makes visitor ids. */
export interface Visitors {
  /**
   * The id of a visitor of a site on one day: HMAC-SHA256 of site, address and user agent under that
   * day's salt, the first 64 bits as signed decimal text. `undefined` where the site is gone.
   */
  idOf(siteId: string, day: string, address: string, userAgent: string): Promise<string | undefined>
}

/** How long a node uses a salt before it reads it again, which also marks it as used. */
const freshMs = 10 * 60 * 1000
const kept = 1_000

/**
 * Visitor ids under salts of the store. The salt of a day is the same for all nodes, and once it is
 * destroyed nothing leads from an id back to an address.
 */
export function createVisitors(sql: Sql, now: () => number): Visitors {
  const salts = new Map<string, { salt: Promise<Uint8Array | undefined>; until: number }>()

  function salt(siteId: string, day: string): Promise<Uint8Array | undefined> {
    const key = `${siteId} ${day}`
    const known = salts.get(key)
    if (known !== undefined && known.until > now()) return known.salt
    const fetched = saltOf(sql, siteId, day, randomBytes(32))
    salts.set(key, { salt: fetched, until: now() + freshMs })
    fetched.catch(() => salts.delete(key))
    for (const oldest of salts.keys()) {
      if (salts.size <= kept) break
      salts.delete(oldest)
    }
    return fetched
  }

  return {
    async idOf(siteId, day, address, userAgent) {
      const key = await salt(siteId, day)
      if (key === undefined) return undefined
      const digest = createHmac('sha256', key).update(`${siteId}\n${address}\n${userAgent}`).digest()
      return digest.readBigInt64BE(0).toString()
    },
  }
}
