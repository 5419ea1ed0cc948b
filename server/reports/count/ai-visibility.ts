import type { AiGroup, AiNumbers, AiRow, ReportData } from '@hk-live/sdk/protocol'
import sql, { empty, type Sql } from 'sql-template-tag'
import { type Counts, countsByBucket, type KindCount, noCounts, readFetchList } from '../ai-visibility.ts'
import { demandFetchFilters } from '../fetches.ts'
import { bucketsOf, pointsOf } from '../series.ts'
import type { Buckets } from '../sources.ts'
import { bucketOf } from './buckets.ts'
import { type Count, selectionOf } from './counted.ts'
import { columnOfGroup, fetchesOf, fetchNumbers, resource } from './fetches.ts'
import { pageOf } from './page.ts'
import { conditions, type Selection } from './relation.ts'
import { visitRows } from './visit-rows.ts'

type Pages = ReportData['ai_visibility']['pages']
type Totals = AiNumbers & Pick<ReportData['ai_visibility'], 'agents' | 'families'>
type Referred = Pick<ReportData['ai_visibility'], 'referred_visits' | 'referred_visitors'>

/**
 * What AI agents fetched, beside the visits that AI assistants referred. Listed by page it has every page that was fetched
 * or that a referred visit began on. A fetch has no visitor: only `page` and `hostname` can be filtered by.
 */
export const countAiVisibility: Count<'ai_visibility'> = async (sources, asked) => {
  const { span, by = 'agent', sort, now } = asked
  const { group, order } = readFetchList(by, sort)
  demandFetchFilters(asked)
  const { data } = sources
  const selection = selectionOf(sources, asked)
  const buckets = bucketsOf(span)
  const [totals] = await data.all<Totals>(sql`
    select ${fetchNumbers}, count(distinct f.agent)::double as agents, count(distinct f.family)::double as families
    from ${fetchesOf(selection)}`)
  const [referred] = await data.all<Referred>(sql`
    select count(*)::double as referred_visits, count(distinct visitor_id)::double as referred_visitors
    from (${referredVisits(selection)})`)
  const [pages] = await data.all<Pages>(pageCounts(selection))
  if (totals === undefined || referred === undefined || pages === undefined) throw new Error('A count without groups has a row.')
  const rows = sql`
    select n.*, coalesce(fetches / nullif(${totals.fetches}, 0), 0)::double as share
    from (${numbersBy(selection, group)}) n`
  const counts = await countsOf(selection, buckets)
  return {
    ...totals,
    ...referred,
    pages,
    points: pointsOf(buckets, span, now, (bucket) => counts[bucket] ?? noCounts),
    by: group,
    ...(await pageOf<AiRow>(data, rows, asked, order)),
  }
}

/** Visits of a selection that AI assistants referred; under a filter by page or hostname, those that have such an item. */
function referredVisits(selection: Selection): Sql {
  const visits = visitRows(
    selection,
    (column) => sql`i.visit_id, i.visitor_id, i.started_at, ${column('ai_source')} as ai_source, ${column('entry_page')} as entry_page`,
    ['ai_source', 'entry_page'],
  )
  return sql`select * from (${visits}) where ai_source <> ''`
}

/** Those of them that began on a page, where pages are listed: under a filter by page, on one that fits. */
function enteredVisits(selection: Selection): Sql {
  const ofPage = selection.filters.filter(({ dimension }) => dimension === 'page')
  const fits = conditions(ofPage, [], () => sql`entry_page`)
  return sql`select entry_page as value from (${referredVisits(selection)}) where entry_page <> ''${fits}`
}

function pageCounts(selection: Selection): Sql {
  return sql`
    select count(c.value)::double as crawled, count(r.value)::double as referred,
           (count(*) filter (where c.value = r.value))::double as both
    from (select distinct f.path as value from ${fetchesOf(selection)} and f.status < 400 and ${resource} = 'page') c
      full join (select distinct value from (${enteredVisits(selection)})) r on r.value = c.value`
}

/** Numbers by the values of a group, as a query of `value`, {@link AiNumbers} and, of pages, `referred_visits`. */
function numbersBy(selection: Selection, group: AiGroup): Sql {
  const fetched = sql`
    select ${columnOfGroup(group)} as value, ${fetchNumbers}
    from ${fetchesOf(selection)}${group === 'page' ? sql` and ${resource} = 'page'` : empty}
    group by value`
  if (group !== 'page') return fetched
  return sql`
    select coalesce(c.value, r.value) as value, coalesce(c.fetches, 0) as fetches, coalesce(c.paths, 0) as paths,
           c.client_error_rate, c.server_error_rate, c.median_ms, coalesce(c.bytes, 0) as bytes,
           coalesce(r.visits, 0) as referred_visits
    from (${fetched}) c
      full join (select value, count(*)::double as visits from (${enteredVisits(selection)}) group by value) r on r.value = c.value`
}

/** Fetches by category and referred visits, by bucket; one that is missing had nothing. */
async function countsOf(selection: Selection, buckets: Buckets): Promise<Counts[]> {
  const rows = await selection.data.all<KindCount>(sql`
    select ${bucketOf(sql`f.at_us`, buckets)}::double as bucket, f.category as kind, count(*)::double as n
    from ${fetchesOf(selection)}
    group by all
    union all
    select ${bucketOf(sql`started_at`, buckets)}::double as bucket, 'referred_visits' as kind, count(*)::double as n
    from (${referredVisits(selection)})
    group by all`)
  return countsByBucket(rows)
}
