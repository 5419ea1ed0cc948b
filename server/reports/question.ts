import {
  type Comparison,
  comparisons,
  HkError,
  type Interval,
  intervals,
  type Metric,
  metrics,
  type OpportunityStatus,
  opportunityStatuses,
  type RangeName,
  ranges,
} from '@hk-live/sdk/protocol'
import { type Filter, parseFilters } from './filter.ts'
import { questionParameters } from './parameters.ts'

/** A question as its URL states it: each parameter checked by itself. */
export interface ReadQuestion {
  readonly range: RangeName | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly interval: Interval | undefined
  readonly compare: Comparison | undefined
  readonly filters: readonly Filter[]
  readonly metrics: readonly Metric[]
  readonly by: string | undefined
  readonly limit: number
  readonly offset: number
  readonly sort: string | undefined
  readonly search: string
  /** Id of a funnel. */
  readonly funnel: string | undefined
  /** Three capitals. */
  readonly currency: string | undefined
  readonly name: string | undefined
  readonly property: string | undefined
  readonly status: OpportunityStatus | undefined
  /** Version that the caller wants the answer of, for caches. */
  readonly version: string | undefined
}

/** Parameters of every question; the others are of some reports. */
const common: readonly string[] = ['range', 'from', 'to', 'interval', 'compare', 'filter', 'v']

/**
 * Reads the parameters of a report's URL. A parameter that nobody knows, or that the report does not read, is an
 * error: left out silently, a misspelt filter would show numbers of something else.
 *
 * @param report the report that is asked
 * @param lockedFilters filters that the caller's share link adds to every question
 * @param domain of the site
 * @throws {HkError} `bad_request` that names the parameter
 */
export function readQuestion(
  url: URL,
  report: { readonly name: string; readonly parameters: readonly string[] },
  lockedFilters: readonly string[],
  domain = '',
): ReadQuestion {
  const query = url.searchParams
  demandParameters([...query.keys()], report)
  const text = (name: string) => query.get(name) || undefined
  const wanted = query
    .getAll('metrics')
    .flatMap((list) => list.split(','))
    .filter((name) => name !== '')
  return {
    range: oneOf('range', text('range'), ranges),
    from: text('from'),
    to: text('to'),
    interval: oneOf('interval', text('interval'), intervals),
    compare: oneOf('compare', text('compare'), comparisons),
    filters: [...parseFilters(lockedFilters, { locked: true, domain }), ...parseFilters(query.getAll('filter'), { domain })],
    metrics: wanted.length === 0 ? ['visitors', 'pageviews'] : wanted.map((name) => metric(name)),
    by: text('by'),
    limit: whole('limit', text('limit'), 10, 1, 1_000),
    offset: whole('offset', text('offset'), 0, 0, 1_000_000),
    sort: text('sort'),
    search: (query.get('search') ?? '').replaceAll('\0', '').slice(0, 200),
    funnel: text('funnel'),
    currency: currency(text('currency')),
    name: short('name', text('name'), 120),
    property: short('property', text('property'), 64),
    status: oneOf('status', text('status'), opportunityStatuses),
    version: text('v'),
  }
}

function demandParameters(
  names: readonly string[],
  { name: report, parameters }: { readonly name: string; readonly parameters: readonly string[] },
): void {
  const unknown = names.find((name) => !questionParameters.includes(name))
  if (unknown !== undefined) {
    throw bad(unknown, `There is no parameter "${unknown}". Known are ${questionParameters.join(', ')}.`)
  }
  const read = [...common, ...parameters]
  const alien = [...new Set(names.filter((name) => !read.includes(name)))]
  const [first] = alien
  if (first === undefined) return
  const quoted = alien.map((name) => `"${name}"`).join(', ')
  throw bad(first, `The report "${report}" does not read ${quoted}. It reads ${read.join(', ')}.`)
}

function metric(name: string): Metric {
  const found = metrics.find((one) => one === name)
  if (found !== undefined) return found
  throw bad('metrics', `"${name}" is no metric. Known are ${metrics.join(', ')}.`)
}

function currency(text: string | undefined): string | undefined {
  if (text === undefined || /^[A-Za-z]{3}$/.test(text)) return text?.toUpperCase()
  throw bad('currency', '"currency" must be a code of three letters, as EUR.')
}

function short(name: string, text: string | undefined, most: number): string | undefined {
  if (text === undefined || (text.length <= most && !text.includes('\0'))) return text
  throw bad(name, `"${name}" must be a text of at most ${most} characters.`)
}

/**
 * The one of some values that a parameter names.
 *
 * @throws {HkError} `bad_request` where it names none of them
 */
export function oneOf<T extends string>(
  name: string,
  text: string | undefined,
  values: readonly T[],
): T | undefined {
  const found = values.find((one) => one === text)
  if (text === undefined || found !== undefined) return found
  throw bad(name, `"${name}" must be one of ${values.join(', ')}.`)
}

/**
 * A parameter that is a whole number within bounds.
 *
 * @throws {HkError} `bad_request` where it is not
 */
export function whole(name: string, text: string | undefined, usual: number, least: number, most: number): number {
  const value = text === undefined ? usual : Number(text)
  if (/^\d{1,9}$/.test(text ?? '0') && value >= least && value <= most) return value
  throw bad(name, `"${name}" must be a whole number from ${least} to ${most}.`)
}

function bad(parameter: string, message: string): HkError {
  return new HkError('bad_request', message, { parameter })
}
