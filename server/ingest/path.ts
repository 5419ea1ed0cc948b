import { clean } from './clean.ts'

/** Campaign parameters of a page's URL, `''` where absent. */
export interface Campaign {
  utm_source: string
  utm_medium: string
  utm_campaign: string
  utm_term: string
  utm_content: string
}

/** A page's address as reports show it. */
export interface Page {
  /** Lower case, without port and final dot; international names in their ASCII form. */
  hostname: string
  path: string
  campaign: Campaign
  /** Ad network whose click id the URL carries (`gclid`, `msclkid`, …), `''` where none. */
  click: '' | 'google' | 'bing'
}

const maxUrl = 8_192
const maxPath = 1_024
const maxParameter = 255

/**
 * Reads a page's URL; `undefined` where it is not an absolute http(s) URL of at most 8,192 characters.
 *
 * The path is percent-decoded (what is not UTF-8 stays encoded, and so do `/`, `?` and `#`), without
 * query, control characters and repeated slashes at its end, at most 1,024 characters. `/a` and `/a/`
 * stay two pages, as they may be. The fragment is kept only on request, for sites that route by it.
 */
export function parsePage(url: string, { hash = false }: { hash?: boolean } = {}): Page | undefined {
  const parsed = parseHttpUrl(url)
  if (!parsed) return undefined
  const query = parsed.searchParams
  const value = (name: string) => clean(query.get(name) ?? '', maxParameter)
  const fragment = hash && parsed.hash.length > 1 ? `#${decode(parsed.hash.slice(1))}` : ''
  return {
    hostname: hostnameOf(parsed),
    path: clean(pathOf(parsed.pathname) + fragment, maxPath) || '/',
    campaign: {
      utm_source: value('utm_source'),
      utm_medium: value('utm_medium'),
      utm_campaign: value('utm_campaign'),
      utm_term: value('utm_term'),
      utm_content: value('utm_content'),
    },
    click: clickOf(query),
  }
}

/** Parses an absolute http(s) URL with a host; `undefined` for anything else. */
export function parseHttpUrl(text: string): URL | undefined {
  if (text.length > maxUrl) return undefined
  const url = URL.parse(text)
  return url && /^https?:$/.test(url.protocol) && url.hostname !== '' ? url : undefined
}

/** Host name of a URL: lower case, no port, no final dot. */
export function hostnameOf(url: URL): string {
  return clean(url.hostname.toLowerCase().replace(/\.$/, ''), 253)
}

/** A path without query, percent-decoded and with one slash at its end at most, as reports show it. */
function pathOf(pathname: string): string {
  return decode(pathname).replace(/\/{2,}$/, '/')
}

/** The path of a request as that of a page: what agents fetch and visitors see is one page. */
export function requestPath(target: string): string {
  return clean(pathOf(target.replace(/[?#].*$/, '')), maxPath) || '/'
}

/** Percent-decodes a path piece by piece, so that one bad escape does not spoil the rest. */
export function decode(path: string): string {
  return path.replace(/(?:%(?!2f|3f|23)[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}

function clickOf(query: URLSearchParams): Page['click'] {
  if (query.has('gclid') || query.has('gbraid') || query.has('wbraid')) return 'google'
  return query.has('msclkid') ? 'bing' : ''
}
