import { vitalBounds } from '../../sdk/protocol.ts'
import type { GoalRow, Opportunity, ReportData, Vital, VitalRow, VitalSummary } from '../../sdk/protocol.ts'

/** Made data of the reports that have elements of their own; `buckets` are the starts of those of the range. */
export function reportData(report: string, query: URLSearchParams, extra: number, buckets: readonly string[], scale = 1) {
  switch (report) {
    case 'funnels':
      return funnels(query, extra, buckets, scale)
    case 'goals':
      return goals(query, extra, buckets, scale)
    case 'web_vitals':
      return webVitals(query, extra)
    case 'events':
      return events(query, extra, buckets)
    case 'ai_visibility':
      return aiVisibility(query, extra, buckets)
    case 'opportunities':
      return opportunities(query, extra)
    default:
      return undefined
  }
}

/** A course of about `mean` with a week in it; the last bucket is not over yet. */
function course<T>(buckets: readonly string[], mean: number, of: (amount: number) => T) {
  return buckets.map((at, index) => {
    const last = index === buckets.length - 1
    const amount = Math.round(mean * (1 + 0.4 * Math.sin((index / 7) * 2 * Math.PI)) * (last ? 0.5 : 1))
    return { at, ...of(amount), ...(last && { partial: true as const }) }
  })
}

function page<T>(rows: readonly T[], query: URLSearchParams, usual = 10): { rows: T[]; total: number } {
  const offset = Number(query.get('offset') ?? 0)
  return { rows: rows.slice(offset, offset + Number(query.get('limit') ?? usual)), total: rows.length }
}

function funnels(query: URLSearchParams, extra: number, buckets: readonly string[], scale: number): ReportData['funnels'] {
  const made = [
    { id: 'p8w4c6t2zd', name: 'Checkout', counts: [12_040, 7440, 4212, 3850] },
    { id: 'k3v9x2m7qa', name: 'Newsletter', counts: [3100, 260] },
  ]
  const search = query.get('search')?.toLowerCase() ?? ''
  const found = made.filter(({ id, name }) => name.toLowerCase().includes(search) && id === (query.get('funnel') ?? id))
  const names = ['Cart', 'Checkout', 'Payment', 'Bought']
  const rows = found.map(({ id, name, counts }) => {
    const visitors = counts.map((count, index) => Math.round(count * scale ** (index + 1)) + (index === 0 ? extra : 0))
    const [entries = 0] = visitors
    const completions = visitors.at(-1) ?? 0
    const steps = visitors.map((count, index) => {
      const before = visitors[index - 1] ?? count
      const median = index === 0 ? null : 94.5 * index
      const rates = { step_rate: count / before, total_rate: count / entries }
      return { name: names[index] ?? '', visitors: count, drop_off: before - count, ...rates, median_seconds: median }
    })
    const points = course(buckets, entries / 30, (amount) => ({ entries: amount, completions: Math.round(amount / 3) }))
    return { id, name, entries, completions, rate: completions / entries, steps, points }
  })
  return page(rows, query)
}

function goals(query: URLSearchParams, extra: number, buckets: readonly string[], scale: number): ReportData['goals'] {
  const visitors = 31_482
  const made: [string, number, number, number | null][] = [
    ['Signed up', 857, 812, 25_710],
    ['Asked for a demonstration of the product', 312, 290, null],
    ['Bought', 240, 228, 18_204.5],
    ['Read the pricing', 4871, 3920, null],
    ['Came back', 0, 0, 0],
  ]
  const rows = made.map(([name, conversions, converted, value], index): GoalRow => {
    const now = Math.round(conversions * scale) + (index === 0 ? extra : 0)
    const points = course(buckets, now / 30, (amount) => ({ conversions: amount, visitors: amount }))
    return { id: `g${index}`, name, type: 'event', conversions: now, visitors: converted, rate: converted / visitors, value, points }
  })
  const sort = query.get('sort') ?? 'conversions'
  const column = sort.replace('-', '')
  const amount = (row: GoalRow) => (column === 'visitors' || column === 'rate' ? row.visitors : column === 'value' ? (row.value ?? -1) : row.conversions)
  const falling = (a: GoalRow, b: GoalRow) => (column === 'name' ? (a.name < b.name ? 1 : -1) : amount(b) - amount(a))
  rows.sort((a, b) => (sort.startsWith('-') ? falling(b, a) : falling(a, b)))
  return { ...page(rows, query), visitors, currency: 'EUR' }
}

const p75s: Record<Vital, number> = { LCP: 1912, INP: 342, CLS: 0.27, FCP: 1240, TTFB: 412 }

function score(vital: Vital, factor: number, samples: number) {
  const p75 = p75s[vital] * factor
  const [good, poor] = vitalBounds[vital]
  return { p75, rating: p75 <= good ? 'good' : p75 <= poor ? 'needs_improvement' : 'poor', samples } as const
}

function ofEach<T>(of: (vital: Vital) => T): Record<Vital, T> {
  return { LCP: of('LCP'), INP: of('INP'), CLS: of('CLS'), FCP: of('FCP'), TTFB: of('TTFB') }
}

function webVitals(query: URLSearchParams, extra: number): ReportData['web_vitals'] {
  const factor = query.getAll('filter').includes('device:desktop') ? 0.5 : 1
  const summary = (vital: Vital): VitalSummary => ({
    ...score(vital, factor, 4210 + extra),
    ...(vital === 'LCP' && { p75: p75s.LCP * factor + extra }),
    good: 0.802,
    needs_improvement: 0.138,
    poor: 0.06,
  })
  const paths = ['/', '/guides/first-steps', '/pricing', '/blog/postgres-as-a-queue-and-what-we-learned-from-running-it-for-a-year', '/docs/embed', '/jobs']
  const values = query.get('by') === 'device' ? ['mobile', 'desktop', ''] : paths
  const rows = values.map((value, index): VitalRow => {
    const samples = Math.round(2000 / (index + 1))
    return { value, samples, ...ofEach((vital) => score(vital, 1.3 - index * 0.2, samples)) }
  })
  return { vitals: ofEach(summary), points: [], by: 'page', ...page(rows, query), relative_error: 0 }
}

function events(query: URLSearchParams, extra: number, buckets: readonly string[]): ReportData['events'] {
  const made: [string, number, number][] = [
    ['add_to_cart', 2104, 1730],
    ['purchase', 640, 612],
    ['signup', 312, 298],
    ['newsletter_subscription_confirmed', 57, 57],
  ]
  const rows = made.map(([value, count, visitors], index) => ({ value, count: count + (index === 0 ? extra : 0), visitors }))
  const name = query.get('name')
  const one = rows.find(({ value }) => value === name)
  const count = name === null ? rows.reduce((sum, row) => sum + row.count, 0) : (one?.count ?? 0)
  const points = course(buckets, count / 30, (amount) => ({ count: amount }))
  if (name === null) return { count, points, ...page(rows, query) }
  const plans = [
    { value: 'pro', count: Math.round(count * 0.6), visitors: Math.round(count * 0.5) },
    { value: 'free', count: Math.round(count * 0.3), visitors: Math.round(count * 0.3) },
    { value: '', count: Math.round(count * 0.1), visitors: Math.round(count * 0.1) },
  ]
  const share = (value: string, part: number) => ({ value, visitors: Math.round(count * part) })
  return {
    count,
    visitors: one?.visitors ?? 0,
    points,
    ...(query.get('property') === null ? { rows: [], total: 0 } : page(plans, query)),
    properties: one ? [{ property: 'plan', count, values: 3 }, { property: 'source', count, values: 2 }] : [],
    audience: {
      country: [share('DE', 0.5), share('US', 0.3)],
      device: [share('desktop', 0.7), share('mobile', 0.2)],
      source: [share('Google', 0.4)],
      browser: [share('Firefox', 0.4)],
    },
  }
}

const aiValues: Record<string, string[]> = {
  agent: ['GPTBot', 'ClaudeBot', 'PerplexityBot', 'Google-Extended', 'OAI-SearchBot', 'ChatGPT-User', 'Bytespider'],
  family: ['OpenAI', 'Anthropic', 'Perplexity', 'Google'],
  category: ['training', 'search', 'assistant'],
  page: ['/guides/first-steps', '/pricing', '/blog/postgres-as-a-queue-and-what-we-learned-from-running-it-for-a-year', '/old'],
  status: ['200', '304', '404', '503'],
  resource: ['page', 'robots', 'image', 'data'],
}

function aiVisibility(query: URLSearchParams, extra: number, buckets: readonly string[]): ReportData['ai_visibility'] {
  const by = query.get('by') ?? 'agent'
  const numbers = { paths: 120, client_error_rate: 0.03, server_error_rate: 0.004, median_ms: 84, bytes: 18_403_112 }
  const values = aiValues[by] ?? []
  const rows = values.map((value, index) => {
    const fetches = Math.round(980 / (index + 1)) + (index === 0 ? extra : 0)
    const rate = value === '/old' || value === '404' ? 1 : numbers.client_error_rate
    const more = by === 'page' ? { referred_visits: 40 - index * 10 } : {}
    return { ...numbers, client_error_rate: rate, server_error_rate: 0, value, fetches, share: fetches / 2140, ...more }
  })
  return {
    ...numbers,
    fetches: 2140 + extra,
    agents: 9,
    families: 5,
    referred_visits: 96,
    referred_visitors: 90,
    pages: { crawled: 104, referred: 21, both: 14 },
    points: course(buckets, 71, (amount) => ({
      training: Math.round(amount * 0.63),
      search: Math.round(amount * 0.24),
      assistant: Math.round(amount * 0.14),
      referred_visits: Math.round(amount / 20),
    })),
    by: 'agent',
    ...page(rows, query),
  }
}

/** What a detector found. */
export const finding: Opportunity = {
  id: 'o1',
  detector: 'bouncing_pages',
  detector_version: 1,
  subject: '/pricing',
  status: 'new',
  first_seen: '2026-11-20',
  last_seen: '2026-11-22',
  sample: 640,
  evidence: [
    { label: 'Visits that began here', value: 640 },
    { label: 'Bounce rate of the page', value: 0.81 },
    { label: 'Bounce rate of the site', value: 0.42 },
  ],
  impact: 0.06,
  confidence: 0.998,
  score: 6,
  action: 'Compare what brings visitors here with what the page answers first, and give it a clear next step.',
  until: { figure: 'Bounce rate of the page', value: 0.81, is: 'at_most', target: 0.62 },
}

function opportunities(query: URLSearchParams, extra: number): ReportData['opportunities'] {
  const slow: Opportunity = {
    ...finding,
    id: 'o2',
    detector: 'slow_pages',
    subject: 'LCP /blog/postgres-as-a-queue-and-what-we-learned-from-running-it-for-a-year',
    status: 'saved',
    evidence: [
      { label: 'p75 of LCP', value: 5120 },
      { label: 'Greatest good LCP', value: vitalBounds.LCP[0] },
      { label: 'Samples of the page', value: 212 },
    ],
    impact: 0.04,
    score: 3.9 + extra,
    action: 'Load the largest picture or text of the page first: preload it, make it smaller, and let nothing block it.',
    until: { figure: 'p75 of LCP', value: 5120, is: 'at_most', target: vitalBounds.LCP[1] },
  }
  const gap: Opportunity = {
    ...finding,
    id: 'o3',
    detector: 'setup_gaps',
    subject: 'fetches',
    status: 'dismissed',
    evidence: [{ label: 'Visits in the last 28 days', value: 38_020 }, { label: 'Fetches by AI agents', value: 0 }],
    impact: 0.01,
    action: 'Send on the log of the server or the edge, so that it is known what AI agents read.',
    until: { figure: 'Fetches by AI agents', value: 0, is: 'at_least', target: 1 },
  }
  const status = query.get('status')
  const rows = [finding, slow, gap].filter((row) => status === null || row.status === status)
  return { ...page(rows, query), last_run: '2026-11-22' }
}

/** Empty data of the same reports, as of a site where nothing was set up or sent. */
export const nothing: { readonly [name: string]: unknown } = {
  funnels: { rows: [], total: 0 },
  goals: { rows: [], total: 0, visitors: 0, currency: 'EUR' },
  web_vitals: {
    vitals: ofEach(() => ({ p75: null, rating: null, samples: 0, good: null, needs_improvement: null, poor: null })),
    points: [],
    by: 'page',
    rows: [],
    total: 0,
    relative_error: 0,
  },
  events: { count: 0, points: [], rows: [], total: 0 },
  ai_visibility: {
    fetches: 0,
    paths: 0,
    client_error_rate: null,
    server_error_rate: null,
    median_ms: null,
    bytes: 0,
    agents: 0,
    families: 0,
    referred_visits: 0,
    referred_visitors: 0,
    pages: { crawled: 0, referred: 0, both: 0 },
    points: [],
    by: 'agent',
    rows: [],
    total: 0,
  },
  opportunities: { rows: [], total: 0, last_run: '2026-11-22' },
}
