import { isMetric } from '../../components/element/metrics.ts'
import type { FeedVisit, Metric, MetricValues, Place, Point, ReportData, Row } from '../../sdk/protocol.ts'
import { reportData } from './reports.ts'

/** The day up to which the made figures go. It is not over yet. */
const today = Date.UTC(2026, 10, 21)
const dayMs = 86_400_000

const rows: Record<string, [string, number][]> = {
  page: [
    ['/guides/first-steps', 6204],
    ['/pricing', 4871],
    ['/blog/postgres-as-a-queue-and-what-we-learned-from-running-it-for-a-year', 3920],
    ['/', 3377],
    ['/docs/embed', 2210],
    ['/changelog', 1204],
    ['/about', 640],
    ['/jobs', 212],
  ],
  source: [
    ['Google', 9120],
    ['Direct', 7204],
    ['ChatGPT', 3310],
    ['Hacker News', 2875],
    ['GitHub', 1990],
    ['Newsletter', 1108],
  ],
  country: [['DE', 7420], ['US', 6011], ['FR', 2954], ['IN', 2390], ['JP', 1809], ['', 1122]],
  device: [['desktop', 19_200], ['mobile', 11_003], ['tablet', 1279]],
  browser: [['Chrome', 16_201], ['Safari', 8410], ['Firefox', 3204], ['Edge', 2107]],
  os: [['Windows', 11_090], ['macOS', 8211], ['iOS', 6120], ['Android', 4876]],
  entry_page: [['/guides/first-steps', 4102], ['/', 2977], ['/pricing', 1204]],
  channel: [['Organic search', 10_233], ['Direct', 7204], ['AI assistants', 3310]],
  city: [['Berlin', 2204], ['Paris', 1120], ['London', 980], ['Tokyo', 702]],
}

/** What a share link says of the site, and that it allows all. */
export const shared = {
  site: { id: 's1', name: 'Northwind', domain: 'northwind.example', timezone: 'Europe/Berlin', currency: 'EUR' },
  allows: {
    reports: ['overview', 'timeseries', 'breakdown', 'live'],
    live: true,
    visits: false,
    filters: [] as string[],
  },
  expires_at: null,
}

/** Made figures in the shape of an answer: the same for the same question, `extra` and the clock apart. */
export function answer(report: string, query: URLSearchParams, extra: number, version: string) {
  const compare = query.get('compare')
  const range = {
    from: new Date(today - 29 * dayMs).toISOString(),
    to: new Date(today + dayMs).toISOString(),
    interval: 'day',
    timezone: 'Europe/Berlin',
  }
  const before = compare && compared(report, query)
  return {
    report,
    site_id: 's1',
    version,
    generated_at: new Date().toISOString(),
    range,
    data: dataOf(report, query, extra),
    ...(before && { compare: { range, data: before } }),
  }
}

function compared(report: string, query: URLSearchParams) {
  const known = ['overview', 'timeseries', 'funnels', 'goals']
  return known.includes(report) ? dataOf(report, query, 0, 0.89) : undefined
}

function dataOf(report: string, query: URLSearchParams, extra: number, scale = 1) {
  if (report === 'overview') return overview(extra, scale)
  const metrics = (query.get('metrics') ?? 'visitors').split(',').filter(isMetric)
  if (report === 'timeseries') return timeseries(metrics, extra, scale, partOf(query))
  if (report === 'breakdown') return breakdown(query, extra)
  if (report === 'visits') return { visits: visits.slice(0, Number(query.get('limit') ?? 20)) }
  return reportData(report, query, extra, buckets, scale) ?? { ...live, visitors: live.visitors + extra }
}

const buckets = Array.from({ length: 30 }, (_, index) => new Date(today - (29 - index) * dayMs - 3_600_000).toISOString())

function overview(extra: number, scale: number): MetricValues {
  const filtered = Math.round(31_482 * scale)
  return {
    visitors: filtered + extra,
    visits: Math.round(38_020 * scale) + extra,
    pageviews: Math.round(118_904 * scale) + extra,
    views_per_visit: 3.13,
    bounce_rate: scale === 1 ? 0.412 : 0.435,
    visit_duration: scale === 1 ? 168 : 172,
    events: Math.round(2210 * scale),
    conversions: Math.round(903 * scale),
    conversion_rate: 0.024,
    revenue: Math.round(18_204 * scale),
  }
}

/** The part of all visitors that the value of a filter has, where it is one of those that are listed. */
function partOf(query: URLSearchParams): number {
  const [by = '', value] = (query.getAll('filter').at(-1) ?? '').split(':')
  const found = rows[by]?.find(([listed]) => listed === value)
  return found ? found[1] / 31_482 : 1
}

function timeseries(metrics: Metric[], extra: number, scale: number, part: number) {
  const points = Array.from({ length: 30 }, (_, index): Point => {
    const wave = 1000 + 320 * Math.sin((index / 7) * 2 * Math.PI) + index * 6
    const partial = index === 29 && scale === 1
    const visitors = Math.round(wave * scale * part * (partial ? 0.6 : 1)) + (index === 29 ? extra : 0)
    const values: Record<string, number> = {
      visitors,
      visits: Math.round(visitors * 1.2),
      pageviews: Math.round(visitors * 3.4),
      bounce_rate: 0.4 + 0.05 * Math.cos(index),
      visit_duration: 150 + 20 * Math.sin(index),
      views_per_visit: 3 + Math.sin(index) / 4,
      events: Math.round(visitors / 14),
    }
    const asked = Object.fromEntries(metrics.map((metric) => [metric, values[metric] ?? null]))
    return { at: buckets[index] ?? '', ...asked, ...(partial && { partial }) }
  })
  return { metrics, points }
}

function breakdown(query: URLSearchParams, extra: number) {
  const by = query.get('by') ?? 'page'
  const search = query.get('search') ?? ''
  const limit = Number(query.get('limit') ?? 10)
  const offset = Number(query.get('offset') ?? 0)
  const all = (rows[by] ?? []).filter(([value]) => value.includes(search))
  const shown = all.slice(offset, offset + limit).map(([value, visitors], index): Row => {
    const now = visitors + (index === 0 ? extra : 0)
    const counts = { visitors: now, visits: now, pageviews: now, events: 0 }
    return { value, ...counts, bounce_rate: 0.4, visit_duration: 90, share: now / 31_482 }
  })
  return { by, rows: shown, total: all.length }
}

/** Where the made visitors are, most of them first. */
export const places: Place[] = [
  { lat: 52.5, lon: 13.4, country: 'DE', city: 'Berlin', visitors: 7 },
  { lat: 48.9, lon: 2.4, country: 'FR', city: 'Paris', visitors: 5 },
  { lat: 51.5, lon: -0.1, country: 'GB', city: 'London', visitors: 4 },
  { lat: 35.7, lon: 139.7, country: 'JP', city: 'Tokyo', visitors: 3 },
  { lat: 40.7, lon: -74, country: 'US', city: 'New York', visitors: 2 },
  { lat: -23.6, lon: -46.6, country: 'BR', city: 'São Paulo', visitors: 2 },
  { lat: 30, lon: 31.2, country: 'EG', city: 'Cairo', visitors: 1 },
]

const live: ReportData['live'] = {
  visitors: 42,
  pages: [],
  sources: [],
  countries: [{ value: 'DE', visitors: 9 }, { value: 'FR', visitors: 5 }],
  devices: [],
  places,
  minutes: [],
}

/** A made visit, `minutes` ago. */
export function visit(minutes: number, more: Partial<FeedVisit> = {}): FeedVisit {
  return {
    at: new Date(Date.now() - minutes * 60_000).toISOString(),
    country: 'DE',
    region: 'BE',
    city: 'Berlin',
    lat: 52.5,
    lon: 13.4,
    device: 'desktop',
    browser: 'Firefox',
    os: 'Linux',
    source: 'Google',
    referrer_source: 'Google',
    entry_page: '/guides/first-steps',
    exit_page: '/pricing',
    pageviews: 3,
    events: 1,
    duration: 74,
    live: true,
    ...more,
  }
}

const visits: FeedVisit[] = [
  visit(0.2),
  visit(1, { country: 'FR', city: 'Paris', device: 'mobile', entry_page: '/pricing', referrer_source: 'ChatGPT' }),
  visit(4, { country: 'GB', city: 'London', entry_page: '/blog/postgres-as-a-queue-and-what-we-learned-from-it' }),
  visit(26, { country: 'JP', city: '', device: 'tablet', entry_page: '/docs/embed', referrer_source: '' }),
  visit(180, { country: '', city: '', device: 'other', entry_page: '/', referrer_source: 'Direct' }),
  visit(1500, { country: 'US', city: 'New York', device: 'mobile', entry_page: '/changelog', referrer_source: 'Hacker News' }),
  visit(4000, { country: 'BR', city: 'São Paulo', entry_page: '/about', referrer_source: 'GitHub' }),
]
