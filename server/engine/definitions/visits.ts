/**
 * Visits. A visit is a run of one visitor's items with gaps under 30 minutes; vitals are measurements, and make none. Where
 * it came from, where its visitor was and with what device are those of its first item. It is known by that item's id.
 *
 * @module
 */

/** Microseconds for which a visitor may be quiet within one visit. */
const gapUs = 30 * 60_000_000

const names = ['visit_id', 'visit_seq', 'started_at', 'last_at', 'pageviews', 'events', 'entry_at', 'entry_page', 'exit_page', 'visit_origin']
const ofVisit = names.map((name) => `v.${name}`).join(', ')

/**
 * Items of whole visitors with their visits, as a query: all columns of `items`, those of the visit, and `begins` (whether it
 * is the visit's first item).
 *
 * Of pageviews of one instant the page that comes first in the alphabet is the entry, the last the exit. A vital has the
 * visit that had begun when it was measured, if any, but the context that it was measured in.
 *
 * @param items a table of items without visits, with `context_id` and `origin_id`
 */
export function withVisits(items: string): string {
  return `
    with moving as (
      select * from ${items} where type <> 'vital'
    ), marked as (
      select *, coalesce(at_us - lag(at_us) over own >= ${gapUs}, true) as opens
      from moving
      window own as (partition by visitor_id order by at_us, id)
    ), numbered as (
      select * exclude (opens),
             sum(opens::integer) over (partition by visitor_id order by at_us, id rows unbounded preceding) as visit_n
      from marked
    ), visits as (
      select visitor_id, visit_n,
             arg_min(id, (at_us, id)) as visit_id, min(seq) as visit_seq, min(at_us) as started_at, max(at_us) as last_at,
             (count(*) filter (where type = 'pageview'))::integer as pageviews,
             (count(*) filter (where type = 'event'))::integer as events,
             min(at_us) filter (where type = 'pageview') as entry_at,
             coalesce(arg_min(page, (at_us, page)) filter (where type = 'pageview'), '') as entry_page,
             coalesce(arg_max(page, (at_us, page)) filter (where type = 'pageview'), '') as exit_page,
             arg_min(context_id, (at_us, id)) as visit_context, arg_min(origin_id, (at_us, id)) as visit_origin
      from numbered
      group by all
    )
    select i.* exclude (visit_n), ${ofVisit}, v.visit_context, i.id = v.visit_id as begins
    from numbered i join visits v using (visitor_id, visit_n)
    union all by name
    select i.*, ${ofVisit}, i.context_id as visit_context, false as begins
    from (select * from ${items} where type = 'vital') i
      asof left join visits v on v.visitor_id = i.visitor_id and i.at_us >= v.started_at`
}
