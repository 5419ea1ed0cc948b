import { pagePath } from '@hk-live/sdk/protocol'
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
const maxParameter = 255

/**
 * Reads a page's URL; `undefined` where it is not an absolute http(s) URL of at most 8,192 characters.
 *
 * The path is in its normal form, see {@link pagePath}. The fragment is kept only on request, for sites that route by it.
 */
export function parsePage(url: string, { hash = false }: { hash?: boolean } = {}): Page | undefined {
  const parsed = parseHttpUrl(url)
  if (!parsed) return undefined
  const query = parsed.searchParams
  const value = (name: string) => clean(query.get(name) ?? '', maxParameter)
  return {
    hostname: hostnameOf(parsed),
    path: pagePath(parsed.pathname, hash ? parsed.hash : ''),
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

function clickOf(query: URLSearchParams): Page['click'] {
  if (query.has('gclid') || query.has('gbraid') || query.has('wbraid')) return 'google'
  return query.has('msclkid') ? 'bing' : ''
}
