import { confidenceOfSample } from './confidence.ts'
import { type Detector, literally, type Survey, worst } from './detector.ts'

/** Paths that were not found in the last 28 days: by AI agents, as logs tell, and by visitors, as events tell. */
export interface MissingFigures {
  readonly visitors: number
  readonly fetches: number
  readonly paths: readonly { readonly path: string; readonly fetches: number; readonly visitors: number }[]
}

/** Fetches and visitors of a path, at least. */
const least = 10

/** Events by which sites tell that a page was not found. */
const names = ['404', 'page_not_found', 'not_found']

/**
 * Paths that are asked for and not there. A pageview does not say its status: visitors count where the site's
 * page for errors sends an event `404`, `page_not_found` or `not_found`.
 */
export const missingPages: Detector<MissingFigures> = {
  name: 'missing_pages',
  version: 1,
  async read(survey) {
    const { figures, month } = survey
    const [fetched, visited] = [await fetchesOf(survey), await visitorsOf(survey)]
    const paths = [...new Set([...fetched.keys(), ...visited.keys()])]
    return {
      visitors: (await figures.read('overview', month.query)).visitors ?? 0,
      fetches: (await figures.read('ai_visibility', `${month.query}&limit=1`)).fetches,
      paths: paths.map((path) => ({ path, fetches: fetched.get(path) ?? 0, visitors: visited.get(path) ?? 0 })),
    }
  },
  decide({ visitors: allVisitors, fetches: allFetches, paths }) {
    const found = paths.flatMap(({ path, fetches, visitors }) => {
      const hits = fetches + visitors
      if (hits < least) return []
      return [
        {
          subject: path,
          sample: hits,
          evidence: [
            { label: 'Fetches by AI agents that were answered 404 or 410', value: fetches },
            { label: 'Visitors who were told that the page is not there', value: visitors },
          ],
          impact: Math.max(partOf(visitors, allVisitors), partOf(fetches, allFetches)),
          confidence: confidenceOfSample(hits, least / 2),
          action: 'Send this path on to where its content is now, or mend the links that lead to it.',
          until: { figure: 'Fetches and visitors in 28 days', value: hits, is: 'at_most' as const, target: least - 1 },
        },
      ]
    })
    return worst(found)
  },
}

async function fetchesOf({ sql, site, month }: Survey): Promise<Map<string, number>> {
  const rows = await sql<{ path: string; fetches: number }[]>`
    select path, count(*)::float8 as fetches
    from ai_fetches
    where site_id = ${site.site_id} and at >= ${new Date(month.from)} and at < ${new Date(month.to)}
      and status in (404, 410)
    group by path`
  return new Map(rows.map(({ path, fetches }) => [path, fetches]))
}

async function visitorsOf({ figures, month }: Survey): Promise<Map<string, number>> {
  const visitors = new Map<string, number>()
  const { rows: events } = await figures.read('breakdown', `${month.query}&by=event&limit=1000`)
  for (const { value } of events.filter((event) => names.includes(event.value))) {
    const query = `${month.query}&by=page&limit=1000&filter=event:${literally(value)}`
    const { rows } = await figures.read('breakdown', query)
    for (const row of rows) visitors.set(row.value, (visitors.get(row.value) ?? 0) + row.visitors)
  }
  return visitors
}

function partOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.min(part / whole, 1)
}
