import { judgeAgent } from '../ingest/index.ts'
import type { LogEntry } from './entry.ts'

/** Why a request is not counted. */
export type LeftOut = 'request' | 'probe' | 'method' | 'status' | 'asset' | 'no_agent' | 'bot'

/** What a logged request is. `target` is path and query, starting with `/`. */
export type Classified =
  | { kind: 'pageview'; target: string }
  | { kind: 'ai_fetch'; target: string }
  | { kind: 'left_out'; reason: LeftOut }

const assetEndings = new Set(
  [
    'css js mjs cjs map json jsonld wasm webmanifest xsl xslt swf',
    'png jpg jpeg gif svg svgz webp avif apng ico bmp tif tiff heic cur psd',
    'woff woff2 ttf otf eot',
    'mp3 m4a aac ogg oga opus flac wav mp4 m4v webm ogv avi mov mkv mpg mpeg flv wmv vtt m3u8 ts',
    'zip gz tgz bz2 xz zst rar 7z tar jar war iso dmg img exe msi deb rpm apk gem whl bin',
    'xml rss atom rdf txt csv log pdf doc docx xls xlsx ppt pptx odt ods epub ps',
  ].flatMap((line) => line.split(' ')),
)
const feedNames = new Set(['feed', 'feeds', 'rss', 'rss2', 'atom', 'rdf'])
const probePaths = new Set(
  'server-status server-info nginx_status stub_status health healthz healthcheck livez readyz'
    .split(' ')
    .map((name) => `/${name}`),
)

/**
 * Tells what a logged request is: a page that a person looked at (where a tracker would have run), a fetch
 * by an AI agent, or neither.
 *
 * An AI agent's GET or HEAD counts whatever its answer and its resource: errors are what a site owner wants
 * to see there. A person's counts as a pageview when it is a GET of something that is a page, answered 2xx
 * or 304 (from the visitor's cache). Redirects are left out, as the page that they lead to follows.
 */
export function classify(entry: LogEntry): Classified {
  const target = pathOf(entry.target)
  if (entry.method === '' || target === undefined) return leftOut('request')
  const path = target.replace(/[?#].*$/, '')
  if (probePaths.has(path) || entry.userAgent.includes('internal dummy connection')) return leftOut('probe')
  const verdict = judgeAgent(entry.userAgent)
  if (verdict.kind === 'ai' && /^(?:GET|HEAD)$/.test(entry.method)) return { kind: 'ai_fetch', target }
  if (entry.method !== 'GET') return leftOut('method')
  if (entry.status !== 304 && (entry.status < 200 || entry.status > 299)) return leftOut('status')
  if (isAsset(path) || isFeed(target)) return leftOut('asset')
  if (verdict.kind === 'person') return { kind: 'pageview', target }
  return leftOut(/^\s*$/.test(entry.userAgent) ? 'no_agent' : 'bot')
}

function leftOut(reason: LeftOut): Classified {
  return { kind: 'left_out', reason }
}

/** Path and query of a target in origin form or, as a proxy sends it, absolute form. */
function pathOf(target: string): string | undefined {
  if (target.startsWith('/')) return target
  const [, path] = /^https?:\/\/[^/?#]+(.*)$/i.exec(target) ?? []
  return path === undefined ? undefined : path.startsWith('/') ? path : `/${path}`
}

function isAsset(path: string): boolean {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]
  return path.startsWith('/.well-known/') || (ending !== undefined && assetEndings.has(ending.toLowerCase()))
}

function isFeed(target: string): boolean {
  const [path = '', query = ''] = target.split('?', 2)
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
  return feedNames.has(name.toLowerCase()) || /(?:^|&)(?:feed|flav|format)=(?:rss|atom|rdf|feed)/i.test(query)
}
