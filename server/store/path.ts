/**
 * The form of a path that comes as a text rather than as a URL, and of patterns of paths.
 *
 * @module
 */
import { pagePath, pathForm } from '@hk-live/sdk/protocol'
import { readHost } from './host.ts'

/** Stands for `*` while a pattern is brought into its form: an escape that is never decoded. A path may have it, too. */
const wildcard = '%01'
const literal: Readonly<Record<string, string>> = { '%01': '%02%03', '%02': '%02%02' }
const restored: Readonly<Record<string, string>> = { '%01': '*', '%02%03': '%01', '%02%02': '%02' }

/** Dimensions whose values are paths. */
export const pathDimensions: ReadonlySet<string> = new Set(['page', 'entry_page', 'exit_page'])

/** The normal form of a path, as {@link pagePath} says it, without query and fragment; `/` of an empty one. */
export function normalizePath(text: string): string {
  const [path = ''] = text.split(/[?#]/, 1)
  return pagePath(resolve(path))
}

/** The normal form of a page as it is kept: its fragment, where there is one, is that of a site that routes by it. */
export function normalizePage(text: string): string {
  const hash = text.indexOf('#')
  if (hash === -1) return normalizePath(text)
  const [path = ''] = text.split(/[?#]/, 1)
  return pagePath(resolve(path), text.slice(hash))
}

/**
 * Brings a pattern of paths into the form of the paths that it is compared with: `*` stands for any text, `\*` for a
 * star. What was clearly meant is mended: a slash at the beginning is added, and an address of the site becomes its path.
 *
 * @param domain of the site; where it is not known, no address is taken
 * @param fragments which may follow: those that look like a route, as nothing says whether the site routes by them, or any
 * @returns the pattern, or why no page can ever fit it, as the rest of a sentence
 */
export function normalizePattern(
  text: string,
  domain = '',
  fragments: 'routes' | 'any' = 'routes',
): { readonly pattern: string } | { readonly fault: string } {
  const marked = text
    .trim()
    // oxlint-disable-next-line no-control-regex -- the same, as they are
    .replace(/[\u0001\u0002]/g, encodeURIComponent)
    .replace(/%0[12]/g, (escape) => literal[escape] ?? '')
    .replace(/\\([\\*])|\*/g, (all, escaped: string | undefined) => (escaped === undefined ? wildcard : escape(all.slice(1))))
  const [, host, rest = marked] = hostOf(marked, domain) ?? []
  if (host !== undefined && !isOf(host, domain)) {
    return { fault: `names the host "${host.replaceAll(wildcard, '*').slice(0, 80)}", and a page is compared by its path. Write it as /thanks.` }
  }
  const [path = ''] = rest.split('#', 1)
  const route = rest.slice(path.length)
  const [bare = '', query] = path.split(/\?(.*)/s)
  if (query !== undefined && query.replaceAll(wildcard, '') !== '') {
    return { fault: 'has a query, which is no part of a page. Leave out what follows "?", or write %3F for a "?" in a path.' }
  }
  if (fragments === 'routes' && route.length > 1 && !/^#(?:[/!]|%01)/.test(route)) {
    return { fault: 'has a fragment, which is no part of a page but where a site routes by it, as /app#/inbox. Leave out what follows "#".' }
  }
  // Not cut, as a pattern is no longer than a path.
  const page = pathForm(resolve(bare), route)
  const kept = host === undefined && bare.startsWith(wildcard) ? page.replace(/^\/(?=%01)/, '') : page
  return { pattern: kept.replace(/[\\*]/g, '\\$&').replace(/%02%0[23]|%01/g, (escape) => restored[escape] ?? '') }
}

/** Host and rest of an address that a pattern begins with: one with a scheme, or one with the domain of the site. */
function hostOf(text: string, domain: string): RegExpExecArray | null {
  const address = /^https?:\/\/([^/?#]*)(.*)$/is.exec(text)
  if (address !== null || domain === '') return address
  const bare = /^([^/?#]+)((?:\/.*)?)$/s.exec(text)
  return bare !== null && isOf(bare[1] ?? '', domain) ? bare : null
}

/** Whether a host is the domain of a site, or below it. */
function isOf(host: string, domain: string): boolean {
  const name = readHost(host)
  return name !== undefined && domain !== '' && (name === domain || name.endsWith(`.${domain}`))
}

/** A path as the parser of URLs has it: absolute, without `.` and `..`, with `/` for a backslash. */
function resolve(path: string): string {
  const url = new URL('https://path.invalid')
  url.pathname = path
  return url.pathname
}

function escape(character: string): string {
  return character === '*' ? '%2A' : '%5C'
}
