import type { ReportData, ReportName } from './protocol.ts'

/** Calls back with each number of a report: its name, where in a series it stands, its value. */
type Visit = (name: string, value: number | null | undefined, at?: string) => void

/** Calls back with all numbers of an answer: those of a row under its value, the others under their names. */
function walkAll(data: object, visit: Visit, list = ''): void {
  const fields = new Map<string, unknown>(Object.entries(data))
  const row = fields.get('value')
  for (const [name, value] of fields) {
    if (typeof value === 'number') visit(typeof row === 'string' ? row : name, value, `${list} ${name} ${fields.get('at')}`)
    else if (Array.isArray(value)) for (const part of value) walkAll(part, visit, name)
    else if (typeof value === 'object' && value !== null) walkAll(value, visit, name)
  }
}

const walks: { readonly [N in ReportName]: (data: ReportData[N], visit: Visit) => void } = {
  overview(data, visit) {
    for (const [metric, value] of Object.entries(data)) visit(metric, value)
  },
  timeseries({ metrics, points }, visit) {
    for (const point of points) for (const metric of metrics) visit(metric, point[metric], point.at)
  },
  breakdown({ rows }, visit) {
    // Shares are left out: each of them moves when any row does.
    const counts = ['visitors', 'visits', 'pageviews'] as const
    for (const row of rows) for (const count of counts) visit(row.value, row[count], count)
  },
  live(data, visit) {
    visit('visitors', data.visitors)
    for (const list of ['pages', 'sources', 'countries', 'devices'] as const) {
      for (const { value, visitors } of data[list]) visit(`${list}:${value}`, visitors)
    }
  },
  goals({ rows }, visit) {
    for (const { name, conversions } of rows) visit(name, conversions)
  },
  funnels({ rows }, visit) {
    for (const { name, steps } of rows) for (const [at, { visitors }] of steps.entries()) visit(name, visitors, `${at}`)
  },
  visits: walkAll,
  events: walkAll,
  ecommerce: walkAll,
  ai_chatbots: walkAll,
  web_vitals({ vitals, rows }, visit) {
    for (const [vital, { p75 }] of Object.entries(vitals)) visit(vital, p75)
    for (const { value, samples } of rows) visit(value, samples, 'rows')
  },
  ai_visibility({ fetches, referred_visits, rows }, visit) {
    visit('fetches', fetches)
    visit('referred_visits', referred_visits)
    for (const row of rows) visit(row.value, row.fetches, 'rows')
  },
  opportunities({ rows }, visit) {
    for (const { id, score } of rows) visit(id, score)
  },
  imports({ rows }, visit) {
    for (const row of rows) visit(row.id, row.rows)
  },
}

/**
 * Names of what moved between two answers to one question. `overview` and `timeseries`: metrics.
 * `breakdown`: values of rows. `goals` and `funnels`: their names. `live`: `visitors`, and `pages:/about` and the
 * like. `web_vitals` and `ai_visibility`: vitals or totals, and values of rows. `opportunities` and `imports`: ids. The
 * others: names of numbers, and values of rows. What was not there
 * before counts as 0, so an empty new bucket has not moved; what is gone has not moved either, as it
 * slid out of the range.
 */
export function findMoved<N extends ReportName>(
  report: N,
  before: ReportData[N],
  after: ReportData[N],
): ReadonlySet<string> {
  const known = new Map<string, number | null | undefined>()
  const moved = new Set<string>()
  const walk = walks[report]
  walk(before, (name, value, at) => known.set(`${name}\n${at}`, value))
  walk(after, (name, value, at) => {
    if ((value ?? 0) !== (known.get(`${name}\n${at}`) ?? 0)) moved.add(name)
  })
  return moved
}
