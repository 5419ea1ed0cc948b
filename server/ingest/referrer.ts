import { pagePath } from '@hk-live/sdk/protocol'
import { channelOf } from './channel.ts'
import { clean } from './clean.ts'
import type { Campaign, Page } from './path.ts'
import { hostnameOf } from './path.ts'
import type { Source } from './sources.ts'
import { sourceOfHost, sourceOfTag } from './sources.ts'

/** Where a visit came from. Text is `''` where unknown. */
export interface Attribution extends Campaign {
  /** Host and path of the referring page, without query; `''` for none and for pages of the same host. */
  referrer: string
  /** Plain name (`Google`, `Hacker News`), else the referring host without `www.`, else `Direct`. */
  source: string
  /** Default channel group; see `channel.ts`. */
  channel: string
  /** The AI assistant that the visit came from, `''` where none. */
  ai_source: string
}

const maxReferrer = 1_024

/**
 * Tells where a page's visitor came from, by its referrer and the campaign in its URL.
 *
 * A campaign's `utm_source` names the source, before a click id of an ad network, before the referrer. A
 * referrer of the page's own host (with or without `www.`) is no source: it is a click inside the site.
 * Never throws; what is no http(s) or android-app URL counts as no referrer.
 */
export function attribute(referrer: string, page: Page): Attribution {
  const from = parseReferrer(referrer, page.hostname)
  const { utm_source, utm_medium, utm_campaign } = page.campaign
  const found = sourceFrom(utm_source, page.click, from?.host ?? '')
  const medium = utm_medium === '' && page.click !== '' ? 'cpc' : utm_medium
  const channel = channelOf({
    direct: found === undefined,
    tagged: utm_source !== '',
    kind: found?.kind ?? 'other',
    source: utm_source || (found?.name ?? ''),
    medium,
    campaign: utm_campaign,
  })
  return {
    referrer: from?.page ?? '',
    source: found?.name ?? 'Direct',
    channel,
    ai_source: found?.kind === 'ai' ? found.name : '',
    ...page.campaign,
  }
}

function sourceFrom(tag: string, click: Page['click'], host: string): Source | undefined {
  if (tag !== '') return sourceOfTag(tag) ?? { name: tag, kind: 'other' }
  if (click !== '') return { name: click === 'google' ? 'Google' : 'Bing', kind: 'search' }
  if (host === '') return undefined
  return sourceOfHost(host) ?? { name: host, kind: 'other' }
}

function parseReferrer(referrer: string, ownHost: string): { host: string; page: string } | undefined {
  if (referrer.length > 8_192) return undefined
  const url = URL.parse(referrer)
  if (!url || !/^(?:https?|android-app):$/.test(url.protocol)) return undefined
  const host = withoutWww(hostnameOf(url))
  if (host === '' || host === withoutWww(ownHost)) return undefined
  return { host, page: clean(host + pagePath(url.pathname).replace(/\/$/, ''), maxReferrer) }
}

function withoutWww(host: string): string {
  return host.replace(/^www\./, '')
}
