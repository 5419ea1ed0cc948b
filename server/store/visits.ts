import type { Transaction } from './connect.ts'
import { instant, rowsParameter } from './rows.ts'
import type { Context, Visit } from './session.ts'

/** A visit and whose it is. `visitor_id` is decimal text of 64 bits. */
export type OwnedVisit = Visit & { readonly site_id: string; readonly visitor_id: string }

/** A stored visit that went up in an earlier one. */
export interface MergedVisit {
  readonly site_id: string
  readonly visitor_id: string
  readonly gone: string
  readonly kept: string
}

type Row = Omit<OwnedVisit, 'context'> & Context

/** Reads all visits of some visitors. A visitor id lives for a day, so they are few. */
export async function visitsOf(
  tx: Transaction,
  visitors: readonly { site_id: string; visitor_id: string }[],
): Promise<OwnedVisit[]> {
  if (visitors.length === 0) return []
  const rows = await tx<Row[]>`
    select v.*, visitor_id::text as visitor_id,
           (extract(epoch from started_at) * 1000)::float8 as started_at,
           (extract(epoch from last_at) * 1000)::float8    as last_at,
           (extract(epoch from entry_at) * 1000)::float8   as entry_at,
           (extract(epoch from exit_at) * 1000)::float8    as exit_at
    from visits v
    where (site_id, visitor_id) in (
      select * from unnest(
        ${visitors.map((visitor) => visitor.site_id)}::text[],
        ${visitors.map((visitor) => visitor.visitor_id)}::bigint[]))`
  return rows.map((row) => ({ ...row, context: contextOf(row) }))
}

/** Deletes visits that went up in others and points their items and orders to those. */
export async function dropVisits(tx: Transaction, merged: readonly MergedVisit[]): Promise<void> {
  if (merged.length === 0) return
  await tx`
    with gone as (
      select * from jsonb_to_recordset(${rowsParameter(tx, merged)})
        as x (site_id text, visitor_id bigint, gone uuid, kept uuid)
    ), moved as (
      update items i
      set visit_id = g.kept
      from gone g
      where i.site_id = g.site_id and i.visitor_id = g.visitor_id and i.visit_id = g.gone
    ), ordered as (
      update orders o
      set visit_id = g.kept
      from gone g
      where o.site_id = g.site_id and o.visitor_id = g.visitor_id and o.visit_id = g.gone
    )
    delete from visits v
    using gone g
    where v.site_id = g.site_id and v.visit_id = g.gone`
}

/** Stores what an item more has changed of visits: all but where they came from. */
export async function moveVisits(tx: Transaction, visits: readonly OwnedVisit[]): Promise<void> {
  if (visits.length === 0) return
  const rows = visits.map(({ context: _, ...visit }) => ({ ...visit, ...instantsOf(visit) }))
  await tx`
    update visits v
    set last_at = x.last_at, pageviews = x.pageviews, events = x.events,
        entry_at = x.entry_at, entry_page = x.entry_page, exit_at = x.exit_at, exit_page = x.exit_page
    from jsonb_to_recordset(${rowsParameter(tx, rows)}) as x (
      site_id text, visit_id uuid, last_at timestamptz, pageviews integer, events integer,
      entry_at timestamptz, entry_page text, exit_at timestamptz, exit_page text)
    where v.site_id = x.site_id and v.visit_id = x.visit_id`
}

/**
 * Stores visits that are new, or that begin with another item than before. A new one keeps the commit
 * that it came with.
 *
 * @param seqs the commit that each site had before this one
 */
export async function saveVisits(
  tx: Transaction,
  visits: readonly OwnedVisit[],
  seqs: ReadonlyMap<string, number>,
): Promise<void> {
  if (visits.length === 0) return
  const rows = visits.map(({ context, ...visit }) => ({
    ...context,
    ...visit,
    ...instantsOf(visit),
    seq: (seqs.get(visit.site_id) ?? 0) + 1,
  }))
  await tx`
    insert into visits
    select r.* from jsonb_populate_recordset(null::visits, ${rowsParameter(tx, rows)}) r
    on conflict (site_id, visit_id) do update
    set started_at = excluded.started_at, last_at = excluded.last_at, first_id = excluded.first_id,
        pageviews = excluded.pageviews, events = excluded.events,
        entry_at = excluded.entry_at, entry_page = excluded.entry_page,
        exit_at = excluded.exit_at, exit_page = excluded.exit_page,
        hostname = excluded.hostname, referrer = excluded.referrer, source = excluded.source,
        channel = excluded.channel, ai_source = excluded.ai_source,
        utm_source = excluded.utm_source, utm_medium = excluded.utm_medium,
        utm_campaign = excluded.utm_campaign, utm_term = excluded.utm_term,
        utm_content = excluded.utm_content, country = excluded.country, region = excluded.region,
        city = excluded.city, lat = excluded.lat, lon = excluded.lon, device = excluded.device,
        browser = excluded.browser, os = excluded.os, language = excluded.language`
}

/** The times of a visit as Postgres reads them. */
function instantsOf({ started_at, last_at, entry_at, exit_at }: Omit<Visit, 'context'>) {
  return {
    started_at: instant(started_at),
    last_at: instant(last_at),
    entry_at: entry_at === null ? null : instant(entry_at),
    exit_at: exit_at === null ? null : instant(exit_at),
  }
}

function contextOf(context: Context): Context {
  const { hostname, referrer, source, channel, ai_source } = context
  const { utm_source, utm_medium, utm_campaign, utm_term, utm_content } = context
  const { country, region, city, lat, lon, device, browser, os, language } = context
  const origin = { hostname, referrer, source, channel, ai_source }
  const campaign = { utm_source, utm_medium, utm_campaign, utm_term, utm_content }
  return { ...origin, ...campaign, country, region, city, lat, lon, device, browser, os, language }
}
