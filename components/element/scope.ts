import type { Comparison, Interval, Question, RangeName, ReadonlySignal } from '@hk-live/sdk'
import { comparisons, intervals, ranges } from '@hk-live/sdk/protocol'
import { scriptEndpoint } from './clients.ts'
import type { Credential } from './clients.ts'

/** What `compare` may say: `none` puts away what comes from around. */
export type Compared = Comparison | 'none'

/** What an element asks about, and as whom; what it does not say comes from the site around it. */
export interface Scope extends Partial<Credential> {
  range?: RangeName | undefined
  from?: string | undefined
  to?: string | undefined
  interval?: Interval | undefined
  compare?: Compared | undefined
  filters?: readonly string[] | undefined
}

/** What elements need of the site around them. */
export interface Provider extends Element {
  /** Its own settings and those of the sites around it; `undefined` until it has read them. */
  readonly scope: ReadonlySignal<Scope | undefined>
  /** Its own filters, without those from around. */
  readonly filters: readonly string[] | undefined
  /** Adds a filter, or removes it where it is set already. */
  toggleFilter(filter: string): void
  chooseFilters(filters: readonly string[]): void
  chooseRange(range: RangeName | undefined, from?: string, to?: string): void
  chooseComparison(compare: Compared | undefined): void
}

/**
 * Lays an element's own settings over those around it. A range replaces a range as a whole, as does a
 * credential; filters add up.
 */
export function merge(around: Scope | undefined, own: Scope): Scope {
  const credential = own.share || own.token || own.getToken ? own : around
  const range = own.range || own.from || own.to ? own : around
  return {
    endpoint: own.endpoint || around?.endpoint,
    site: own.site || (own.share ? undefined : around?.site),
    share: credential?.share,
    // Asked of the reader where a link is met, which may be given from around.
    password: own.password || credential?.password,
    token: credential?.token,
    getToken: credential?.getToken,
    range: range?.range,
    from: range?.from,
    to: range?.to,
    interval: own.interval || around?.interval,
    compare: own.compare || around?.compare,
    filters: [...new Set([...(around?.filters ?? []), ...(own.filters ?? [])])],
  }
}

/** Whether two scopes say the same. */
export function same(a: Scope | undefined, b: Scope): boolean {
  return a?.getToken === b.getToken && JSON.stringify(a) === JSON.stringify(b)
}

/** What a scope compares with, if with anything. */
export function comparison({ compare }: Scope): Comparison | undefined {
  return compare === 'none' ? undefined : compare
}

/** The part of a report's question that every element shares. */
export function question(scope: Scope): Question {
  const { range, from, to, filters } = scope
  const compare = comparison(scope)
  return {
    ...(from || to ? { ...(from && { from }), ...(to && { to }) } : { range: range ?? '30d' }),
    ...(compare && { compare }),
    ...(filters?.length && { filter: filters }),
  }
}

/** Which service and site a scope names; default: the service that the script came from. */
export function credential({ endpoint, site, share, password, token, getToken }: Scope): Credential {
  return { endpoint: endpoint || scriptEndpoint(), site, share, password, token, getToken }
}

/** What is wrong with a scope, in a sentence for the author of the page; `undefined` where it will do. */
export function flaw(scope: Scope): string | undefined {
  const { endpoint } = credential(scope)
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    return `endpoint “${endpoint}” is not an address of a service.`
  }
  if (!scope.site && !scope.share) return 'Name what to show: share="…", or site="…" with a token.'
  return (
    unknown('range', scope.range, ranges) ??
    unknown('compare', scope.compare, [...comparisons, 'none']) ??
    unknown('interval', scope.interval, intervals)
  )
}

/** Error message for a value that is not among the known ones: names the attribute, the value and the known ones. */
export function unknown(
  name: string,
  value: string | undefined,
  known: readonly string[],
): string | undefined {
  if (!value || known.includes(value)) return undefined
  return `${name}="${value}" is not known. Use one of: ${known.join(', ')}.`
}

/** The nearest ancestor that matches, also outside of the shadow trees around the element. */
export function nearest(element: Element, selector: string): Element | undefined {
  const found = element.closest(selector)
  if (found) return found
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? nearest(root.host, selector) : undefined
}

/** The site around an element, not the element itself; it may not be upgraded yet. */
export function siteAround(element: Element): Element | undefined {
  const parent = element.parentElement
  if (parent) return nearest(parent, 'hk-site')
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? nearest(root.host, 'hk-site') : undefined
}

/** Whether an `hk-site` has been upgraded. */
export function isProvider(element: Element | undefined): element is Provider {
  return element !== undefined && 'scope' in element && 'toggleFilter' in element
}
