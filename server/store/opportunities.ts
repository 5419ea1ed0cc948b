import type { Opportunity, OpportunityStatus } from '@hk-live/sdk/protocol'
import type { Database, Transaction } from './connect.ts'
import { quoteLike } from './pattern.ts'
import { rowsParameter } from './rows.ts'
import { isId } from './sites.ts'

/** What a status can be set to; `resolved` is for the detectors to say. */
export const settableStatuses = ['new', 'saved', 'done', 'dismissed'] as const

export type SettableStatus = (typeof settableStatuses)[number]

/** What findings can be sorted by. */
export const opportunitySorts = ['score', 'impact', 'confidence', 'sample', 'first_seen', 'last_seen'] as const

/** A finding as a run states it: the rest is kept from run to run. */
export type FoundOpportunity = Omit<Opportunity, 'status' | 'first_seen' | 'last_seen'>

/** Which findings are listed. */
export interface OpportunityPage {
  readonly status: OpportunityStatus | undefined
  readonly limit: number
  readonly offset: number
  readonly search: string
  readonly sort: (typeof opportunitySorts)[number]
  readonly rising: boolean
}

/** Lists the findings of a site; without a status, those that are not resolved. */
export async function listOpportunities(
  sql: Database,
  siteId: string,
  { status, limit, offset, search, sort, rising }: OpportunityPage,
): Promise<{ rows: Opportunity[]; total: number }> {
  const like = `%${quoteLike(search)}%`
  const [found] = await sql<[{ rows: Opportunity[]; total: number }]>`
    with found as (
      select ${shown(sql)}
      from opportunities
      where site_id = ${siteId} and (subject ilike ${like} or detector ilike ${like}))
    , listed as (
      select * from found
      where ${status === undefined ? sql`status <> 'resolved'` : sql`status = ${status}`})
    select (select count(*)::int from listed) as total,
           coalesce((
             select json_agg(page) from (
               select * from listed
               order by ${sql(sort)} ${rising ? sql`asc` : sql`desc`}, id
               limit ${limit} offset ${offset}) page), '[]') as rows`
  return found
}

/** Date of the newest run on a site, in its time zone. */
export async function lastRun(sql: Database, siteId: string): Promise<string | null> {
  const [run] = await sql<{ day: string }[]>`
    select day::text as day from opportunity_runs where site_id = ${siteId}`
  return run?.day ?? null
}

/** Sets the status of a finding; `undefined` where there is none of that id. */
export async function setOpportunityStatus(
  tx: Transaction,
  siteId: string,
  opportunityId: string,
  status: SettableStatus,
): Promise<Opportunity | undefined> {
  if (!isId(opportunityId)) return undefined
  const [row] = await tx<Opportunity[]>`
    update opportunities
    set status = ${status}
    where site_id = ${siteId} and opportunity_id = ${opportunityId}
    returning ${shown(tx)}`
  return row
}

/**
 * Stores what a run found on a day, in a transaction that holds the version row of the site. What was known keeps
 * its status; what comes back is new again unless it was dismissed; what is gone is resolved.
 *
 * @returns how many findings that changed
 */
export async function saveFindings(
  tx: Transaction,
  siteId: string,
  day: string,
  findings: readonly FoundOpportunity[],
): Promise<number> {
  const saved = await tx`
    insert into opportunities as o
      (site_id, opportunity_id, detector, detector_version, subject, first_seen, last_seen, sample, evidence,
       impact, confidence, score, action, until)
    select ${siteId}, id, detector, detector_version, subject, ${day}::date, ${day}::date, sample, evidence,
           impact, confidence, score, action, until
    from jsonb_to_recordset(${rowsParameter(tx, findings)}) as x (
      id text, detector text, detector_version integer, subject text, sample bigint, evidence jsonb,
      impact double precision, confidence double precision, score double precision, action text, until jsonb)
    on conflict (site_id, opportunity_id) do update
    set status           = case when o.resolved_on is null or o.status = 'dismissed' then o.status else 'new' end,
        resolved_on      = null,
        last_seen        = excluded.last_seen,
        detector_version = excluded.detector_version,
        sample           = excluded.sample,
        evidence         = excluded.evidence,
        impact           = excluded.impact,
        confidence       = excluded.confidence,
        score            = excluded.score,
        action           = excluded.action,
        until            = excluded.until
    where (o.resolved_on, o.last_seen, o.detector_version, o.sample, o.evidence, o.impact, o.confidence, o.action, o.until)
      is distinct from (null::date, excluded.last_seen, excluded.detector_version, excluded.sample, excluded.evidence,
                        excluded.impact, excluded.confidence, excluded.action, excluded.until)`
  const resolved = await tx`
    update opportunities
    set resolved_on = ${day}::date
    where site_id = ${siteId} and resolved_on is null
      and opportunity_id <> all(${findings.map(({ id }) => id)}::text[])`
  const ran = await tx`
    insert into opportunity_runs as r (site_id, day)
    values (${siteId}, ${day}::date)
    on conflict (site_id) do update set day = excluded.day
    where r.day <> excluded.day`
  return saved.count + resolved.count + ran.count
}

/** Every site with its time zone and the date of the newest run on it. */
export async function listRuns(
  sql: Database,
): Promise<{ readonly site_id: string; readonly timezone: string; readonly day: string | null }[]> {
  return sql<{ site_id: string; timezone: string; day: string | null }[]>`
    select site_id, timezone, r.day::text as day
    from sites
      left join opportunity_runs r using (site_id)
    order by site_id`
}

/** The columns of a finding as it is shown. */
function shown(sql: Database) {
  return sql`
    opportunity_id as id, detector, detector_version, subject,
    case when resolved_on is null then status else 'resolved' end as status,
    first_seen::text as first_seen, last_seen::text as last_seen, sample, evidence, impact, confidence, score,
    action, until`
}
