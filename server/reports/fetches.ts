import { type AiGroup, HkError } from '@hk-live/sdk/protocol'
import type { Fragment } from 'postgres'
import type { Database } from '../store/index.ts'
import { conditions, type Filter } from './filter.ts'
import type { Selection, Stretch } from './plan.ts'
import { visitsOf, within } from './selection.ts'

/** Endings of paths by the type of resource; what has none of them and no dot in its last part is a page. */
export const endings: Readonly<Record<string, string>> = {
  page: 'html?|xhtml|php|aspx?|jsp',
  image: 'png|jpe?g|gif|webp|avif|svg|ico|bmp',
  script: 'm?js',
  style: 'css',
  font: 'woff2?|ttf|otf|eot',
  media: 'mp[34]|webm|og[gv]|wav|m4[av]|mov',
  document: 'pdf|docx?|xlsx?|pptx?|odt|epub|md|txt',
  data: 'json|xml|csv|rss|atom|ya?ml',
}

/** Types of content by the type of resource, as patterns of its beginning. */
export const contents: Readonly<Record<string, string>> = {
  page: 'text/html|application/xhtml',
  image: 'image/',
  script: 'text/javascript|application/(x-)?javascript',
  style: 'text/css',
  font: 'font/|application/(font|vnd.ms-fontobject)',
  media: 'video/|audio/',
  document: 'application/(pdf|msword|vnd\\.|epub)|text/(plain|markdown)',
  data: 'application/([a-z.+-]*json|([a-z.+-]*\\+)?xml|yaml)|text/(xml|csv|yaml)',
}

/** Paths of what is written for robots. */
export const forRobots = '^/(robots\\.txt|sitemap[^/]*\\.(xml|txt)(\\.gz)?|llms(-full)?\\.txt)$'

/**
 * The type of what was fetched: `robots` (robots.txt, sitemaps and llms.txt), else by the type of its content, else
 * by the ending of its path; `other` where neither is known.
 */
export function resourceOf(sql: Database): Fragment {
  const ending = sql`lower(substring(f.path from '\\.([A-Za-z0-9]+)$'))`
  const whens = [
    sql`when f.path ~* ${forRobots} then 'robots'`,
    ...Object.entries(contents).map(([type, pattern]) => sql`when f.content_type ~* ${`^(${pattern})`} then ${type}`),
    sql`when f.content_type <> '' then 'other'`,
    ...Object.entries(endings).map(([type, pattern]) => sql`when ${ending} ~ ${`^(${pattern})$`} then ${type}`),
    sql`when f.path !~ '\\.[^/]*$' then 'page'`,
  ]
  return sql`(case ${whens.reduce((all, when) => sql`${all} ${when}`)} else 'other' end)`
}

/** Where the value of a group stands. Pages are the paths of what is a page. */
export function columnOfGroup(sql: Database, group: AiGroup): Fragment {
  if (group === 'resource') return resourceOf(sql)
  if (group === 'status') return sql`f.status::text`
  return group === 'page' ? sql`f.path` : sql`f.${sql(group)}`
}

/**
 * Refuses filters that say nothing of a fetch: it has a path and a hostname, and no visitor.
 *
 * @throws {HkError} `bad_request`
 */
export function demandFetchFilters({ filters }: Pick<Selection, 'filters'>): void {
  const alien = filters.find((filter) => !isOfFetch(filter))
  if (alien === undefined) return
  const message = `Fetches of AI agents can't be filtered by ${alien.dimension}: only by page and hostname.`
  throw new HkError('bad_request', message, { parameter: 'filter' })
}

/** Whether all filters say something of a fetch. */
export function canFilterFetches(filters: readonly Filter[]): boolean {
  return filters.every(isOfFetch)
}

function isOfFetch({ dimension }: Filter): boolean {
  return dimension === 'page' || dimension === 'hostname'
}

/** Fetches `f` of a site in a time that fit, as all their columns. */
export function fetchesOf(
  sql: Database,
  { siteId, span, filters }: Omit<Selection, 'span'> & { readonly span: Stretch },
): Fragment {
  return sql`
    select f.*
    from ai_fetches f
    where f.site_id = ${siteId} and ${within(sql, sql`f.at`, [span])}
      ${conditions(sql, filters, (_, dimension) => (dimension === 'page' ? sql`f.path` : sql`f.hostname`))}`
}

/** Visits of a selection that AI assistants referred; under a filter by page or hostname, those that have such an item. */
export function referredVisits(sql: Database, { siteId, span, filters }: Selection): Fragment {
  return sql`select v.* from (${visitsOf(sql, { siteId, rest: [span], filters })}) v where v.ai_source <> ''`
}

/** Those of them that began on a page, where pages are listed: under a filter by page, on one that fits. */
export function enteredVisits(sql: Database, selection: Selection): Fragment {
  const ofPage = selection.filters.filter(({ dimension }) => dimension === 'page')
  return sql`
    select v.*
    from (${referredVisits(sql, selection)}) v
    where v.entry_page <> '' ${conditions(sql, ofPage, () => sql`v.entry_page`)}`
}

/** Columns of the numbers of fetches `f`. */
export function fetchNumbers(sql: Database): Fragment {
  return sql`
    count(*)::float8 as fetches, count(distinct f.path)::float8 as paths,
    count(*) filter (where f.status between 400 and 499) / nullif(count(*), 0)::float8 as client_error_rate,
    count(*) filter (where f.status >= 500) / nullif(count(*), 0)::float8 as server_error_rate,
    percentile_cont(0.5) within group (order by f.response_ms) as median_ms,
    coalesce(sum(f.bytes_served), 0)::float8 as bytes`
}
