/**
 * The wire: every name and shape that crosses between tracker, service, SDK and elements.
 *
 * Imports nothing, so that the server and the browser can share it. Times are RFC 3339 strings,
 * durations are seconds unless a name says otherwise, rates are fractions from 0 to 1.
 *
 * @module
 */

/** Version of the stream's wire, named in `hello`. */
export const protocol = 1

/** Kinds of data that change independently of each other; a report depends on some of them. */
export const kinds = [
  'hits',
  'events',
  'ecommerce',
  'web_vitals',
  'ai_fetch',
  'ai_chatbots',
  'goals',
  'funnels',
  'opportunities',
  'imports',
  'settings',
] as const

/** One kind of data; see {@link kinds}. */
export type Kind = (typeof kinds)[number]

/** A place in a site's history of changes: its epoch and the number of its commits so far. */
export interface Position {
  epoch: string
  seq: number
}

const positionPattern = /^([0-9a-z]{1,23})\.(0|[1-9][0-9]{0,14})$/

/** Writes a position as `<epoch>.<seq>`, at most 40 bytes of `[0-9a-z.]`. */
export function formatPosition({ epoch, seq }: Position): string {
  return `${epoch}.${seq}`
}

/** Reads `<epoch>.<seq>`; `undefined` where the text is not a position. */
export function parsePosition(text: string): Position | undefined {
  const [, epoch, seq] = positionPattern.exec(text) ?? []
  return epoch === undefined || seq === undefined ? undefined : { epoch, seq: Number(seq) }
}

/** Why a position means nothing any more and every report has to be loaded anew. */
export type ResyncReason = 'malformed' | 'epoch' | 'ahead' | 'scope' | 'reset'

/** Data of the events of a realtime stream, by event name. */
export interface StreamEvents {
  /** First on every stream; its `id` is the head. */
  hello: {
    protocol: number
    position: string
    /** Whether the caller's position could be continued from. */
    recovered: boolean
    heartbeat_ms: number
    max_age_ms: number
    /** Window over which viewers spread their refreshes; 0: none. */
    spread_ms: number
    server_time: string
  }
  /** Something was committed; its `id` is the new position. */
  'analytics.changed': {
    site_id: string
    kinds: Kind[]
    /** Rows a kind gained, where known: a hint, never a number to compute with. */
    counts: Partial<Record<Kind, number>>
    changed_at: string
    /** Minute of the earliest item of the change. */
    bucket_start: string
  }
  /** The position means nothing any more: reload every report once. Its `id` is the head. */
  'analytics.resync': { site_id: string; reason: ResyncReason; kinds: Kind[] }
  /** Visitors now, for readers that asked with `live=1`. */
  live: { visitors: number }
  /** New visits, for readers that asked with `visits=1`. */
  visit: { visits: Visit[]; more: number }
  /** After silence, so that silence differs from death; its `id` is the head. */
  ping: Record<string, never>
  /** Before the server closes. `revoked`: do not come back. */
  bye: { reason: 'lifetime' | 'shutdown' | 'revoked' | 'expired'; retry_ms: number }
}

/** A new visit, without anything that identifies a person. Coordinates are rounded to 0.1°. */
export interface Visit {
  at: string
  country: string
  city?: string
  device: string
  entry_path: string
  lat?: number
  lon?: number
  referrer_source: string
}

/** Answer of `GET …/changes?since=`; the route answers 204 where nothing changed. */
export interface Changes {
  position: string
  kinds: Kind[]
  /** Set where the caller's position meant nothing: every report has to be loaded anew. */
  resync?: ResyncReason
}

/** Ranges with a name; days and hours are those of the site's time zone. */
export const ranges = [
  'today',
  'yesterday',
  '24h',
  '7d',
  '30d',
  '90d',
  '12m',
  'month',
  'last_month',
  'year',
  'all',
] as const

export type RangeName = (typeof ranges)[number]

/** Lengths of a bucket of a series. */
export const intervals = ['minute', 'hour', 'day', 'week', 'month'] as const

export type Interval = (typeof intervals)[number]

/** What `compare` may name: the same length just before, or the same days a year ago. */
export const comparisons = ['previous', 'year'] as const

export type Comparison = (typeof comparisons)[number]

/** What a report can be filtered and broken down by. */
export const dimensions = [
  'page',
  'entry_page',
  'exit_page',
  'hostname',
  'referrer',
  'source',
  'channel',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'country',
  'region',
  'city',
  'device',
  'browser',
  'os',
  'language',
  'ai_source',
  'event',
  'goal',
] as const

export type Dimension = (typeof dimensions)[number]

/** What events of AI chatbots tell of the bot, and what `ai_chatbots` is broken down by. */
export const chatbotProperties = ['bot', 'provider', 'model', 'surface'] as const

export type ChatbotProperty = (typeof chatbotProperties)[number]

/** Numbers of `overview` and `timeseries`. */
export const metrics = [
  'visitors',
  'visits',
  'pageviews',
  'views_per_visit',
  'bounce_rate',
  'visit_duration',
  'events',
  'conversions',
  'conversion_rate',
  'revenue',
] as const

export type Metric = (typeof metrics)[number]

/** Metrics by name. `null` where the number is not defined, as a rate over nothing. */
export type MetricValues = Record<Metric, number | null>

/** Core Web Vitals and what helps to explain them: milliseconds, and of CLS a score. */
export const vitals = ['LCP', 'INP', 'CLS', 'FCP', 'TTFB'] as const

export type Vital = (typeof vitals)[number]

/**
 * The greatest value of each vital that is good, and the greatest that is not poor
 * (https://web.dev/articles/defining-core-web-vitals-thresholds).
 */
export const vitalBounds: Readonly<Record<Vital, readonly [good: number, poor: number]>> = {
  LCP: [2_500, 4_000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1_800, 3_000],
  TTFB: [800, 1_800],
}

/** How a vital is rated, by its p75. */
export type Rating = 'good' | 'needs_improvement' | 'poor'

/** What became of a finding: `resolved` where the site no longer has it. */
export const opportunityStatuses = ['new', 'saved', 'done', 'dismissed', 'resolved'] as const

export type OpportunityStatus = (typeof opportunityStatuses)[number]

/** A question to a report: the query parameters of its URL. */
export interface Question {
  range?: RangeName
  /** First and last day (`2026-11-22`, both included) or instants (the end excluded), in place of `range`. */
  from?: string
  to?: string
  interval?: Interval
  compare?: Comparison
  /** `dimension:value`, `!dimension:value`; `*` is a wildcard, `\*` a star. */
  filter?: readonly string[]
  metrics?: readonly Metric[]
  /** Of `breakdown` a dimension; other reports name what they can be listed by. */
  by?: Dimension | ChatbotProperty | AiGroup
  limit?: number
  offset?: number
  /** `metric` (falling) or `-metric` (rising). */
  sort?: string
  search?: string
  /** Id of the one funnel that is asked for. */
  funnel?: string
  /** Of `ecommerce`, `overview` and `timeseries`: a code of ISO 4217; revenue is in it, in place of the site's currency. */
  currency?: string
  /** Of `events`: the event to tell more of, and the property whose values to list. */
  name?: string
  property?: string
  /** Of `opportunities`: those of one status. */
  status?: OpportunityStatus
}

/** One bucket of a series: its start, and the metrics that were asked for. */
export interface Point extends Partial<MetricValues> {
  at: string
  /** Set on the bucket that is not over yet. */
  partial?: true
}

/** What happened at a time, as somebody of the site put it down. */
export interface Note {
  at: string
  text: string
}

/** One row of a breakdown. `value` is `''` where it is unknown. */
export interface Row {
  value: string
  visitors: number
  visits: number
  pageviews: number
  events: number
  bounce_rate: number | null
  visit_duration: number | null
  /** Part of all visitors of the range. */
  share: number
}

/** How many visitors have one value now. */
export interface Share {
  value: string
  visitors: number
}

/** Visitors now at one place, rounded to 0.1°. */
export interface Place {
  lat: number
  lon: number
  country: string
  city: string
  visitors: number
}

/** What comes of a goal in one bucket. */
export interface GoalPoint {
  at: string
  conversions: number
  visitors: number
  partial?: true
}

/** A goal and what came of it. */
export interface GoalRow {
  id: string
  name: string
  type: 'page' | 'event'
  /** Items that reach it. */
  conversions: number
  /** Visitors who reached it. */
  visitors: number
  /** Those of all visitors. */
  rate: number | null
  /** What all conversions are worth; `null` where a conversion has no value. */
  value: number | null
  points: GoalPoint[]
}

/** One step of a funnel, and who did it after the steps before. */
export interface FunnelStep {
  name: string
  visitors: number
  /** Visitors who did the step before and not this one; 0 at the first. */
  drop_off: number
  /** Part of those who did the step before; 1 at the first. */
  step_rate: number | null
  /** Part of those who did the first step. */
  total_rate: number | null
  /** Median time since the step before; `null` at the first and where nobody came here. */
  median_seconds: number | null
}

/** Visitors who did the first step of a funnel in one bucket, and those who did the last in it. */
export interface FunnelPoint {
  at: string
  entries: number
  completions: number
  partial?: true
}

/** A funnel and how far visitors got. */
export interface FunnelRow {
  id: string
  name: string
  /** Visitors who did the first step. */
  entries: number
  /** Visitors who did all steps. */
  completions: number
  rate: number | null
  steps: FunnelStep[]
  points: FunnelPoint[]
}

/** How often an event happened, and to how many visitors. `value`: its name, or that of a property. */
export interface EventRow {
  value: string
  count: number
  visitors: number
}

/** One bucket of a series of events. */
export interface EventPoint {
  at: string
  count: number
  /** Visitors, where one event is asked for. */
  visitors?: number
  partial?: true
}

/** A property of an event: how many of the events have it, and how many values it has. */
export interface EventProperty {
  property: string
  count: number
  values: number
}

/** Who made an event: its visitors by values of their visits, at most ten each. */
export type Audience = Record<'country' | 'device' | 'source' | 'browser', Share[]>

/** Money and orders of one bucket. */
export interface OrderPoint {
  at: string
  revenue: number
  orders: number
  partial?: true
}

/** A product. `value`: its id, or its name where it has none. */
export interface ProductRow {
  value: string
  name: string
  quantity: number
  revenue: number
  orders: number
  /** Product views that showed it. */
  views: number
}

/** Orders of visits from one source. */
export interface OrderSource {
  value: string
  revenue: number
  orders: number
  customers: number
}

/** What visitors did with AI chatbots. */
export interface ChatbotNumbers {
  chats: number
  messages: number
  responses: number
  citations_clicked: number
  handoffs: number
  /** Goals reached by visitors after an event of a chatbot, on the same day. */
  goals_assisted: number
  /** Median response time in milliseconds; `null` where no response tells its time. */
  response_ms: number | null
}

/** One bucket of a series of what visitors did with AI chatbots. */
export interface ChatbotPoint extends Omit<ChatbotNumbers, 'goals_assisted' | 'response_ms'> {
  at: string
  partial?: true
}

/** A visit of the feed, without anything that identifies a person. What is unknown is `''`. */
export interface FeedVisit {
  at: string
  country: string
  region: string
  city: string
  /** Rounded to 0.1°; `null` where the place is not known. */
  lat: number | null
  lon: number | null
  device: string
  browser: string
  os: string
  source: string
  /** What the visit came from, as the stream names it: the same as `source`. */
  referrer_source: string
  entry_page: string
  exit_page: string
  pageviews: number
  events: number
  /** Seconds from the first item to the last. */
  duration: number
  /** Whether its last item is of the last 5 minutes. */
  live: boolean
}

/** The p75 of a vital: the smallest sample that three quarters do not exceed (nearest rank). */
export interface VitalScore {
  p75: number | null
  rating: Rating | null
  samples: number
}

/** A vital over a range: its p75, and the parts of its samples by rating. */
export interface VitalSummary extends VitalScore {
  good: number | null
  needs_improvement: number | null
  poor: number | null
}

/** Every vital of one page, device, country or browser. `value` is `''` where it is unknown. */
export interface VitalRow extends Record<Vital, VitalScore> {
  value: string
  /** Samples of all vitals. */
  samples: number
}

/** What fetches of AI agents can be listed by. */
export const aiGroups = ['agent', 'family', 'category', 'page', 'status', 'resource'] as const

export type AiGroup = (typeof aiGroups)[number]

/** Numbers of fetches by AI agents. Rates are parts of the fetches; `null` over nothing. */
export interface AiNumbers {
  fetches: number
  /** Distinct paths. */
  paths: number
  /** Answered by a status from 400 to 499. */
  client_error_rate: number | null
  /** Answered by a status from 500 on. */
  server_error_rate: number | null
  /** Median of the answers whose time is known, in milliseconds. */
  median_ms: number | null
  bytes: number
}

/** Fetches under one value. */
export interface AiRow extends AiNumbers {
  value: string
  /** Part of all fetches. */
  share: number
  /** Of `page` only: visits that an AI assistant referred and that began there. */
  referred_visits?: number
}

/** Fetches of one bucket by what they were for, and visits that AI assistants referred. */
export interface AiPoint {
  at: string
  training: number
  search: number
  assistant: number
  referred_visits: number
  /** Set on the bucket that is not over yet. */
  partial?: true
}

/** Where data can be taken over from; `takeout` is our own. */
export const importSources = ['plausible', 'umami', 'ga4', 'matomo', 'takeout'] as const

export type ImportSource = (typeof importSources)[number]

/** Data that was taken over from elsewhere. `first_day`, `last_day`: dates of its rows, both included. */
export interface ImportRow {
  id: string
  source: string
  label: string
  state: 'running' | 'done' | 'failed' | 'undone'
  first_day: string | null
  last_day: string | null
  rows: number
  created_at: string
  finished_at: string | null
}

/** A finding of a detector: what the site loses, why we think so, and what to do. */
export interface Opportunity {
  id: string
  detector: string
  detector_version: number
  /** What it is about, as a page, a campaign or a source; `''` for the site. */
  subject: string
  status: OpportunityStatus
  /** Dates in the time zone of the site. */
  first_seen: string
  last_seen: string
  /** How many visits, samples or fetches it is judged by. */
  sample: number
  /** The figures it is judged by. */
  evidence: { label: string; value: number }[]
  /** What it touches, as a part of all there is: 0 to 1. */
  impact: number
  /** How sure it is that this is no chance: 0 to 1. */
  confidence: number
  /** Impact × confidence × 100. */
  score: number
  action: string
  /** It goes away when this figure, now `value`, reaches `target`. */
  until: { figure: string; value: number; is: 'at_most' | 'at_least'; target: number }
}

/** Data of a report, by its name. */
export interface ReportData {
  overview: MetricValues
  timeseries: {
    metrics: Metric[]
    points: Point[]
    /** What happened in the range, by time; left out where nothing did, and for share links with filters. */
    annotations?: Note[]
  }
  breakdown: { by: Dimension; rows: Row[]; total: number }
  live: {
    visitors: number
    pages: Share[]
    sources: Share[]
    countries: Share[]
    devices: Share[]
    places: Place[]
    /** Pageviews of the last 30 minutes, a minute each, the oldest first. */
    minutes: { at: string; pageviews: number }[]
  }
  /** `visitors`: all of the range; `currency`: of each `value`. */
  goals: { rows: GoalRow[]; total: number; visitors: number; currency: string }
  funnels: { rows: FunnelRow[]; total: number }
  /** Latest visits, the newest first. */
  visits: { visits: FeedVisit[] }
  events: {
    /** Events in all, or of the name that was asked for. */
    count: number
    /** Their visitors, where one event is asked for. */
    visitors?: number
    points: EventPoint[]
    /** Names of events; with `property`, its values; with `name` alone, none. */
    rows: EventRow[]
    total: number
    /** Properties of the event, the most frequent first, and its audience; where one is asked for. */
    properties?: EventProperty[]
    audience?: Audience
  }
  ecommerce: {
    /** Code of ISO 4217 of all amounts but those of `currencies`. */
    currency: string
    /** Of orders, less what was refunded. */
    revenue: number
    orders: number
    /** Amount of an order, refunds left aside. */
    average_order: number | null
    customers: number
    refunds: number
    /** What was given back. */
    refunded: number
    /** Orders and refunds whose amount is missing or cannot be read. */
    without_amount: number
    product_views: number
    carts: number
    checkouts: number
    /** Visitors who ordered of those who started a checkout. */
    checkout_conversion: number | null
    points: OrderPoint[]
    products: { rows: ProductRow[]; total: number }
    /** Sources with the most revenue. */
    sources: OrderSource[]
    /** All currencies that orders have, the most orders first. Never added up. */
    currencies: { currency: string; orders: number; revenue: number }[]
  }
  ai_chatbots: ChatbotNumbers & {
    points: ChatbotPoint[]
    by: ChatbotProperty
    rows: (ChatbotNumbers & { value: string })[]
    total: number
  }
  web_vitals: {
    vitals: Record<Vital, VitalSummary>
    /** The p75 of each vital by interval. */
    points: ({ at: string; partial?: true } & Record<Vital, number | null>)[]
    by: Dimension
    rows: VitalRow[]
    total: number
    /** By how much a p75 may be off, as a part of it: 0 up to one day. */
    relative_error: number
  }
  ai_visibility: AiNumbers & {
    agents: number
    families: number
    /** Visits whose source is an AI assistant, and their visitors. */
    referred_visits: number
    referred_visitors: number
    /** Pages that were fetched without an error, that a referred visit began on, and that had both. */
    pages: { crawled: number; referred: number; both: number }
    points: AiPoint[]
    by: AiGroup
    rows: AiRow[]
    total: number
  }
  opportunities: {
    rows: Opportunity[]
    total: number
    /** Date of the newest run in the time zone of the site; `null` before the first. */
    last_run: string | null
  }
  imports: { rows: ImportRow[]; total: number }
}

export type ReportName = keyof ReportData

/**
 * Kinds that each report depends on: it may be stale when one of them changes. Of some questions the service knows
 * better, and answers that nothing has changed: Web Vitals depend on visits under filters only, also those that a
 * share link adds.
 */
export const reportKinds: Readonly<Record<ReportName, readonly Kind[]>> = {
  overview: ['hits', 'events', 'ecommerce', 'goals', 'imports', 'settings'],
  timeseries: ['hits', 'events', 'ecommerce', 'goals', 'imports', 'settings'],
  breakdown: ['hits', 'events', 'goals', 'imports', 'settings'],
  live: ['hits', 'events'],
  goals: ['hits', 'events', 'goals', 'imports', 'settings'],
  funnels: ['hits', 'events', 'goals', 'funnels', 'imports', 'settings'],
  visits: ['hits', 'events'],
  events: ['hits', 'events', 'goals', 'imports', 'settings'],
  ecommerce: ['ecommerce', 'hits', 'events', 'goals', 'imports', 'settings'],
  ai_chatbots: ['ai_chatbots', 'hits', 'events', 'goals', 'settings'],
  web_vitals: ['web_vitals', 'hits', 'events', 'settings'],
  ai_visibility: ['ai_fetch', 'hits', 'events', 'settings'],
  opportunities: ['opportunities', 'settings'],
  imports: ['imports', 'settings'],
}

/** Seconds after which an answer is old even if nothing was written, as the clock moves it. */
export const reportMaxAge: Readonly<Partial<Record<ReportName, number>>> = { live: 15, visits: 30 }

/** A resolved range: `from` included, `to` excluded. */
export interface Range {
  from: string
  to: string
  interval: Interval
  /** IANA name of the site's time zone. */
  timezone: string
}

/**
 * Days of a range that were taken over from elsewhere. Where none of them can answer the question, `included` is `false`
 * and the days are those that were left out; where some can't, `reason` says why.
 */
export interface Imported {
  included: boolean
  /** Dates of the site's time zone, both included. */
  first_day: string
  last_day: string
  sources: string[]
  /** Why days were left out. */
  reason?: string
}

/** Answer of a report. `version` was read before the data, so the data may be newer, never older. */
export interface Answer<N extends ReportName = ReportName> {
  report: N
  site_id: string
  version: string
  generated_at: string
  range: Range
  data: ReportData[N]
  /** Set where the range has days that were imported. */
  imported?: Imported
  compare?: { range: Range; data: ReportData[N]; imported?: Imported }
}

/** Answer of `GET /api/share/{token}`: the site, and what the link allows. */
export interface ShareInfo {
  site: { id: string; name: string; domain: string; timezone: string; currency: string }
  allows: { reports: ReportName[]; live: boolean; visits: boolean; filters: string[] }
  expires_at: string | null
}

/** Types of item that `/ingest` takes. */
export const itemTypes = ['pageview', 'event', 'vital', 'engagement'] as const

export type ItemType = (typeof itemTypes)[number]

/** Value of a property of an event. */
export type PropertyValue = string | number | boolean | null

/** One thing that happened on a site, as the tracker sends it. */
export interface Item {
  /** Made by the sender; an item of one id is stored once. 8 to 64 characters of `[A-Za-z0-9_-]`. */
  id: string
  type: ItemType
  url: string
  at?: string
  referrer?: string
  /** Name of an event, or of a vital (`LCP`, `INP`, `CLS`, `FCP`, `TTFB`). */
  name?: string
  /** Value of a vital, or seconds of engagement. */
  value?: number
  /**
   * Properties of an event: texts, numbers, yes or no, and lists of such records, as `items` of a purchase. Of
   * engagement: `scroll`, how far the page was seen, in percent.
   */
  props?: Record<string, PropertyValue | readonly Record<string, PropertyValue>[]>
  language?: string
}

/** Body of `POST /ingest`. */
export interface Batch {
  site: string
  items: Item[]
}

/** Answer of `POST /ingest`, sent after the commit. */
export interface Receipt {
  accepted: number
  rejected: { index: number; code: string; message: string }[]
}

/** Whether a site is being tracked, and what of it was not taken: for those who run it. */
export interface TrackingStatus {
  /**
   * `waiting`: nothing has ever arrived; `live`: an item of the last 24 hours; `dormant`: none; `domain_mismatch`: the
   * latest items are all of other hosts than the domain of the site and its subdomains.
   */
  status: 'waiting' | 'live' | 'dormant' | 'domain_mismatch'
  /** Times of the first and the last item. */
  first_at: string | null
  last_at: string | null
  last_hostname: string | null
  /** The last custom event among the latest 1,000 items. */
  last_event: { name: string; at: string } | null
  /** Host names among the latest 1,000 items, the newest first, at most 20. `own`: of the domain of the site. */
  hostnames: { hostname: string; items: number; last_at: string; own: boolean }[]
  /** Items that were not stored, by reason, the most frequent first. `example`: what of the last one decided. */
  rejected: { reason: string; count: number; last_at: string; example?: string }[]
  /** Since when what was rejected is counted. */
  since: string
}

/** Escapes that are decoded: of UTF-8, and of no control character, percent sign, `#`, `/`, `?` or backslash. */
const escapes = /%(?![01]|2[35f]|3f|5c|7f)([0-7].|[cd].%[89ab].|e.(%[89ab].){2}|f.(%[89ab].){3})/gi

const maxPath = 1_024

/**
 * The one form in which the path of a page is kept and compared, here of a path and a fragment as the parser of URLs
 * gives them, so without `.` and `..`:
 *
 * - escapes are decoded (`/caf%C3%A9` is `/café`), but those of control characters, `#`, `/`, `?` and `\`, which would
 *   make another path, and those that are no UTF-8: they stay, in capitals (`/a%2fb` is `/a%2Fb`; RFC 3986, 6.2.2.1);
 * - a percent sign is written as `%25` only before two hexadecimal digits, so that nothing is decoded twice;
 * - letters are composed (Unicode's NFC);
 * - slashes at the end are one slash, and white space at the end is none. `/a` and `/a/` stay two pages, and so do
 *   `/A` and `/a`, as they may be; `//` within the path stays;
 * - the fragment, on sites that route by it, follows in the same form;
 * - it is cut after 1,024 characters.
 *
 * The form of a form is itself.
 */
export function pagePath(path: string, fragment = ''): string {
  return cut(pathForm(cut(pathForm(path)), fragment))
}

/** The same of any length: all that the tracker needs of it. */
export function pathForm(path: string, fragment = ''): string {
  const form = path
    .replace(/%(?![\da-f]{2})/gi, '%25')
    .replaceAll('\\', '%5C')
    .replace(escapes, decode)
    .normalize()
    .replace(/%25(?![\da-f]{2})/gi, '%')
    .replace(/%[\da-f]{2}/gi, (escape) => escape.toUpperCase())
  const route = fragment && pathForm(fragment.slice(1))
  return route ? `${trim(form)}#${route}` : trim(form)
}

/** One slash at the end and no space. By no regular expression, as one takes long for a long run within. */
function trim(path: string): string {
  const text = path.trimEnd()
  // A segment of dots and a space must not become one of dots alone.
  if (text !== path && /(^|\/)\.\.?$/.test(text.slice(-3))) return text + encodeURI(path.slice(text.length))
  let end = text.length
  while (text[end - 1] === '/' && text[end - 2] === '/') end--
  return text.slice(0, end)
}

/** Never within an escape, a pair of surrogates, or so that another form would follow. */
function cut(path: string): string {
  let end = maxPath
  if (path.length <= end) return path
  while (end > 1 && (/[%.\s/#\ud800-\udbff]/.test(path.charAt(end - 1)) || path.slice(end - 3, end - 1).includes('%'))) end--
  return path.slice(0, end)
}

function decode(escape: string): string {
  try {
    return decodeURIComponent(escape)
  } catch {
    return escape
  }
}

/** Codes of {@link HkError}: a closed set, the same on the wire, in the server and in the SDK. */
export const errorCodes = [
  'bad_request',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'gone',
  'too_large',
  'rate_limited',
  'unavailable',
  'internal',
  'network',
  'timeout',
  'protocol',
  'closed',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** Problem details of RFC 9457, with our code and the parameter at fault. */
export interface Problem {
  type: string
  title: string
  status: number
  code: ErrorCode
  detail: string
  parameter?: string
}

/** The one error type: what happened and what to do next, with a code to decide by. */
export class HkError extends Error {
  readonly code: ErrorCode
  /** The request's parameter or field at fault, where there is one. */
  readonly parameter: string | undefined
  /** Milliseconds to wait before the next try, where the server named them. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { parameter?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HkError'
    this.code = code
    this.parameter = options.parameter
    this.retryAfterMs = options.retryAfterMs
  }
}
