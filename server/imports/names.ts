import { attribute, centreOf, channelOf, sourceOfTag } from '../ingest/index.ts'

/** Names that other systems give to what our own agents are called; lower case, each with ours. */
const browsers: Readonly<Record<string, string>> = {
  chrome: 'Chrome',
  'chrome mobile': 'Chrome',
  'mobile app': '',
  crios: 'Chrome',
  'chromium-webview': 'Chrome',
  'android webview': 'Chrome',
  edge: 'Edge',
  'edge-chromium': 'Edge',
  'edge-ios': 'Edge',
  'microsoft edge': 'Edge',
  firefox: 'Firefox',
  'firefox mobile': 'Firefox',
  fxios: 'Firefox',
  ios: 'Safari',
  'ios-webview': 'Safari',
  safari: 'Safari',
  'mobile safari': 'Safari',
  'safari (in-app)': 'Safari',
  opera: 'Opera',
  samsung: 'Samsung Internet',
  'samsung browser': 'Samsung Internet',
  'samsung internet': 'Samsung Internet',
}

const systems: Readonly<Record<string, string>> = {
  android: 'Android',
  'android os': 'Android',
  'chrome os': 'ChromeOS',
  'chromium os': 'ChromeOS',
  ios: 'iOS',
  ipados: 'iOS',
  'gnu/linux': 'Linux',
  linux: 'Linux',
  ubuntu: 'Linux',
  mac: 'macOS',
  'mac os': 'macOS',
  'mac os x': 'macOS',
  macintosh: 'macOS',
  macos: 'macOS',
}

const devices: Readonly<Record<string, string>> = {
  desktop: 'desktop',
  laptop: 'desktop',
  'ultra-wide': 'desktop',
  mobile: 'mobile',
  smartphone: 'mobile',
  phablet: 'mobile',
  'feature phone': 'mobile',
  tablet: 'tablet',
}

const unknown = /^(|\(not set\)|\(not provided\)|\(none\)|\(other\)|unknown|xx|n\/a)$/i

/** The text of a value, `''` where the source says that it does not know it. */
export function known(text: string): string {
  return unknown.test(text) ? '' : text
}

/** The name of a browser as our own items have it. */
export function browserName(text: string): string {
  return browsers[text.toLowerCase()] ?? known(text)
}

/** The name of an operating system as our own items have it. */
export function systemName(text: string): string {
  if (/^windows\b/i.test(text)) return 'Windows'
  return systems[text.toLowerCase()] ?? known(text)
}

/** The class of a device as our own items have it. */
export function deviceName(text: string): string {
  return known(text) === '' ? '' : (devices[text.toLowerCase()] ?? 'other')
}

const regions = new Intl.DisplayNames('en', { type: 'region' })
const shortly = new Intl.DisplayNames('en', { type: 'region', style: 'short' })

/** English names of countries that others use, and the standard library does not. */
const others: Readonly<Record<string, string>> = {
  'cape verde': 'CV',
  "cote d'ivoire": 'CI',
  'czech republic': 'CZ',
  'ivory coast': 'CI',
  "korea, democratic people's republic of": 'KP',
  'korea, republic of': 'KR',
  'congo, dem. rep.': 'CD',
  'congo, democratic republic of the': 'CD',
  'congo, rep.': 'CG',
  'virgin islands, u.s.': 'VI',
  'virgin islands, us': 'VI',
  'virgin islands, british': 'VG',
  'holy see': 'VA',
  'viet nam': 'VN',
  'cabo verde': 'CV',
  'timor leste': 'TL',
  'east timor': 'TL',
  macau: 'MO',
  myanmar: 'MM',
  'north macedonia': 'MK',
  'russian federation': 'RU',
  swaziland: 'SZ',
  turkey: 'TR',
}
let codes: Map<string, string> | undefined

/** The code of a country (ISO 3166-1 alpha-2), from itself or from its English name; `''` where it is neither. */
export function countryCode(text: string): string {
  if (/^[a-z]{2}$/i.test(text)) return known(text).toUpperCase()
  codes ??= new Map([
    ...Object.entries(others).map(([name, code]): [string, string] => [plain(name), code]),
    ...allCodes().flatMap((code) => [regions, shortly].map((names): [string, string] => [plain(names.of(code) ?? ''), code])),
  ])
  const name = plain(text)
  // Also as lists sort them: "Korea, South", "Bahamas, The", "Moldova, Republic of".
  const [, noun = '', rest = ''] = /^([^,]+), *(.+)$/.exec(name) ?? []
  return codes.get(name) ?? codes.get(`${rest} ${noun}`) ?? codes.get(noun) ?? ''
}

/** A name without what writers of it differ in: case, accents, "the", "&" and "St.", hyphens, and the form of apostrophes. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(' & ', ' and ')
    .replace(/\bst\.? /g, 'saint ')
    .replace(/^the |,? the$/g, '')
    .replaceAll('-', ' ')
    .trim()
}

function allCodes(): string[] {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')
  const all = letters.flatMap((first) => letters.map((second) => first + second))
  // Codes that are used no more, as FX, have the name of the one in their place.
  return all.filter((code) => centreOf(code) !== undefined)
}

/** Where a visit came from, in what another system says of it. */
export interface Origin {
  readonly source: string
  /** Host and path, without scheme. */
  readonly referrer: string
  readonly utm_source: string
  readonly utm_medium: string
  readonly utm_campaign: string
}

/** The source, the channel and the AI assistant of an origin, by the rules that our own items go by. */
export function originOf({ source, referrer, utm_source, utm_medium, utm_campaign }: Origin): {
  source: string
  channel: string
  ai_source: string
} {
  const named = /^(|direct( \/ none)?|\(direct\)|\(none\))$/i.test(source) ? '' : source
  const campaign = { utm_source, utm_medium, utm_campaign, utm_term: '', utm_content: '' }
  const host = referrer === '' && named.includes('.') ? named : referrer
  const tag = utm_source === '' && host === '' && sourceOfTag(named) !== undefined ? named : utm_source
  const page = { hostname: '', path: '/', campaign: { ...campaign, utm_source: tag }, click: '' as const }
  const found = attribute(host === '' ? '' : `https://${host}`, page)
  if (found.source !== 'Direct' || named === '') return found
  const tagged = utm_source !== ''
  const channel = channelOf({ direct: false, tagged, kind: 'other', source: named, medium: utm_medium, campaign: utm_campaign })
  return { source: named, channel, ai_source: '' }
}
