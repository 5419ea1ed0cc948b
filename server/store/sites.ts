import { randomInt } from 'node:crypto'
import { startOfDay } from './calendar.ts'
import type { Database, Sql, Transaction } from './connect.ts'
import { lockSites, newEpoch } from './versions.ts'

/** A site. `timezone` is an IANA name, `currency` a code of ISO 4217. */
export interface Site {
  readonly site_id: string
  readonly tenant_id: string
  readonly domain: string
  readonly name: string
  readonly timezone: string
  readonly currency: string
  readonly retention_days: number | null
  readonly created_at: Date
}

/** What can be set of a site. */
export type SiteSettings = Pick<Site, 'domain' | 'name' | 'timezone' | 'currency' | 'retention_days'>

const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'

/** A new public id: 10 characters that cannot be mistaken for each other. */
export function newId(): string {
  return Array.from({ length: 10 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}

/** Makes a site with its version row. */
export function createSite(sql: Sql, tenantId: string, settings: SiteSettings): Promise<Site> {
  return sql.begin(async (tx) => {
    const [site] = await tx<[Site]>`
      insert into sites ${tx({ ...settings, site_id: newId(), tenant_id: tenantId })}
      returning *`
    await tx`insert into site_versions ${tx({ site_id: site.site_id, epoch: newEpoch() })}`
    return site
  })
}

/** Whether a text can be an id. What cannot is not asked for: Postgres would refuse some of it. */
export function isId(text: string): boolean {
  return /^[a-z0-9-]{1,40}$/.test(text)
}

/** Finds a site by its id, whoever owns it. */
export async function findSite(sql: Database, siteId: string): Promise<Site | undefined> {
  if (!isId(siteId)) return undefined
  const [site] = await sql<Site[]>`select * from sites where site_id = ${siteId}`
  return site
}

/** Lists a tenant's sites, of those named where names are given. */
export async function listSites(sql: Database, tenantId: string, siteIds: readonly string[] | null): Promise<Site[]> {
  return sql<Site[]>`
    select * from sites
    where tenant_id = ${tenantId}
      ${siteIds === null ? sql`` : sql`and site_id = any(${siteIds.filter(isId)}::text[])`}
    order by domain, site_id`
}

/** Currencies of a site: that of now, and those that it had up to and with a commit, the first of them first. */
export interface SiteCurrencies {
  readonly now: string
  readonly before: readonly { readonly until_seq: number; readonly currency: string }[]
}

/** Reads the currencies of a site. */
export async function readCurrencies(sql: Database, { site_id, currency }: Site): Promise<SiteCurrencies> {
  const before = await sql<{ until_seq: number; currency: string }[]>`
    select until_seq, currency from site_currencies where site_id = ${site_id} order by until_seq`
  return { now: currency, before }
}

/** Changes settings of a site in a transaction that also moves its version. Orders that were stored keep their currency. */
export async function updateSite(
  tx: Transaction,
  siteId: string,
  settings: Partial<SiteSettings>,
): Promise<Site | undefined> {
  if (settings.currency !== undefined) {
    await tx`
      insert into site_currencies (site_id, until_seq, currency)
      select site_id, v.seq, s.currency
      from sites s join site_versions v using (site_id)
      where site_id = ${siteId} and s.currency <> ${settings.currency}
      on conflict do nothing`
  }
  const [site] = await tx<Site[]>`update sites set ${tx(settings)} where site_id = ${siteId} returning *`
  return site
}

/**
 * Deletes a site with all that was stored of it. The version row is locked first, as writers do it;
 * it may take as long as it takes.
 */
export function deleteSite(sql: Sql, siteId: string): Promise<boolean> {
  return sql.begin(async (tx) => {
    await tx`set local statement_timeout = 0`
    await lockSites(tx, [siteId])
    const tables = ['items', 'visits', 'orders', 'ai_fetches', 'rollups', 'rollup_movements', 'vital_sketches', 'unrolled_days']
    for (const table of [...tables, 'imported_days', 'imported_rollups', 'journal', 'fetch_journal', 'contexts', 'origins', 'segments', 'journal_removals', 'takeovers', 'site_currencies'])
      await tx`delete from ${tx(table)} where site_id = ${siteId}`
    return (await tx`delete from sites where site_id = ${siteId}`).count > 0
  })
}

/** Milliseconds since 1970 of the first item of a site, fetch of an AI agent or imported day; `undefined` without any. */
export async function firstItemAt(sql: Database, siteId: string): Promise<number | undefined> {
  const [row] = await sql<{ at: Date | null; day: string | null; timezone: string }[]>`
    select least((select min(at) from items where site_id = ${siteId}),
                 (select min(at) from ai_fetches where site_id = ${siteId})) as at,
           (select min(day)::text from imported_days where site_id = ${siteId} and not native) as day,
           timezone
    from sites
    where site_id = ${siteId}`
  const imported = row?.day == null ? [] : [startOfDay(row.day, row.timezone)]
  const first = Math.min(row?.at?.getTime() ?? Infinity, ...imported)
  return Number.isFinite(first) ? first : undefined
}

/** Milliseconds since 1970 of the first and the last item of a site; `undefined` where it has none. */
export async function itemTimes(sql: Database, siteId: string): Promise<{ first: number; last: number } | undefined> {
  const [row] = await sql<{ first: Date | null; last: Date | null }[]>`
    select (select min(at) from items where site_id = ${siteId}) as first,
           (select max(at) from items where site_id = ${siteId}) as last`
  if (row === undefined || row.first === null || row.last === null) return undefined
  return { first: row.first.getTime(), last: row.last.getTime() }
}
