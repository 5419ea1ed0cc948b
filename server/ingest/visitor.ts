import { createHmac, randomBytes } from 'node:crypto'
import { nextDay, saltOf, type Sql } from '../store/index.ts'
import { createRecall } from './recall.ts'

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
/** How long one will do while the database is away: as long as the store would keep it. */
const staleMs = 48 * 60 * 60 * 1000
const kept = 20_000
const hourMs = 60 * 60 * 1000

/**
 * Visitor ids under salts of the store. The salt of a day is the same for all nodes, and once it is
 * destroyed nothing leads from an id back to an address.
 *
 * With the salt of a running day that of the next is made, so that a midnight passes while the database is away.
 * Where a salt is not known then, there is no id: an address is not kept to make one later.
 */
export function createVisitors(sql: Sql, now: () => number): Visitors {
  const salt = createRecall({
    read(key) {
      const [siteId = '', day = ''] = key.split(' ')
      return saltOf(sql, siteId, day, randomBytes(32))
    },
    now,
    freshMs,
    staleMs,
    most: kept,
  })
  /** The day of each site whose next one has its salt. */
  const prepared = new Map<string, string>()

  function prepare(siteId: string, day: string): void {
    if (prepared.get(siteId) === day || !isRunning(day, now())) return
    if (prepared.size >= kept) prepared.clear()
    prepared.set(siteId, day)
    salt(`${siteId} ${nextDay(day)}`).catch(() => prepared.delete(siteId))
  }

  return {
    async idOf(siteId, day, address, userAgent) {
      const key = await salt(`${siteId} ${day}`)
      if (key === undefined) return undefined
      prepare(siteId, day)
      const digest = createHmac('sha256', key).update(`${siteId}\n${address}\n${userAgent}`).digest()
      return digest.readBigInt64BE(0).toString()
    },
  }
}

/** Whether it is this day somewhere on earth, where clocks are from 12 h behind UTC to 14 h ahead of it. */
function isRunning(day: string, now: number): boolean {
  const since = now - Date.parse(day)
  return since >= -14 * hourMs && since < 36 * hourMs
}
