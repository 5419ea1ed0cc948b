import type { AiGroup } from '@hk-live/sdk/protocol'
import sql, { join, raw, type Sql } from 'sql-template-tag'
import { contents, endings, forRobots } from '../fetches.ts'
import { conditions, type Selection, within } from './relation.ts'

/** Fetches `f` of a selection: what stands behind `from`. Filters are by page and hostname, as a fetch has no other. */
export function fetchesOf({ span, filters }: Pick<Selection, 'span' | 'filters'>): Sql {
  const fits = conditions(filters, [], (dimension) => (dimension === 'page' ? sql`f.path` : sql`f.hostname`))
  return sql`fetches f where ${within(sql`f.at_us`, span)}${fits}`
}

/**
 * The type of what was fetched: `robots` (robots.txt, sitemaps and llms.txt), else by the type of its content, else
 * by the ending of its path; `other` where neither is known.
 */
export const resource: Sql = resourceOf()

function resourceOf(): Sql {
  const ending = sql`lower(regexp_extract(f.path, '\\.([A-Za-z0-9]+)$', 1))`
  const whens = [
    sql`when regexp_matches(f.path, ${forRobots}, 'i') then 'robots'`,
    ...Object.entries(contents).map(([type, pattern]) => sql`when regexp_matches(f.content_type, ${`^(${pattern})`}, 'i') then ${type}`),
    sql`when f.content_type <> '' then 'other'`,
    ...Object.entries(endings).map(([type, pattern]) => sql`when regexp_matches(${ending}, ${`^(${pattern})$`}) then ${type}`),
    sql`when not regexp_matches(f.path, '\\.[^/]*$') then 'page'`,
  ]
  return sql`(case ${join(whens, ' ')} else 'other' end)`
}

/** Where the value of a group stands. Pages are the paths of what is a page. */
export function columnOfGroup(group: AiGroup): Sql {
  if (group === 'resource') return resource
  if (group === 'status') return sql`f.status::varchar`
  return group === 'page' ? sql`f.path` : sql`f.${raw(group)}`
}

/** Columns of the numbers of fetches `f`. */
export const fetchNumbers: Sql = sql`
  count(*)::double as fetches, count(distinct f.path)::double as paths,
  count(*) filter (where f.status between 400 and 499) / nullif(count(*), 0)::double as client_error_rate,
  count(*) filter (where f.status >= 500) / nullif(count(*), 0)::double as server_error_rate,
  quantile_cont(f.response_ms::double, 0.5) as median_ms, coalesce(sum(f.bytes_served), 0)::double as bytes`
