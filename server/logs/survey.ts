import { isEntry, type LineReader, type UnreadableReason } from './entry.ts'
import { readLines } from './lines.ts'
import { classify } from './request.ts'
import type { LogSource } from './source.ts'
import { printable } from './unreadable-lines.ts'

/** What a first look at a log has found. */
export interface Survey {
  readonly name: string
  /** Lines that are neither blank nor notes of the format, as far as was read. */
  readonly lines: number
  /** Those of them that could be read. */
  readonly requests: number
  /** Pages that people looked at: the first thousand, or those up to the first one from a second address. */
  readonly pageviews: number
  /** Different addresses of these; 2 stands for any number above. */
  readonly addresses: number
  /** The first of them. */
  readonly address: string | undefined
  /** Requests of any kind from that address, of people and programs. */
  readonly requestsOfAddress: number
  /** Time of the newest request, in milliseconds since 1970, as far as was read. */
  readonly newest: number | undefined
  /** The first line that could not be read, and why. */
  readonly unreadable: { readonly reason: UnreadableReason; readonly text: string } | undefined
}

/** Pageviews after which it is known whether a log has the addresses of its visitors. */
const maxPageviews = 1_000
/** Requests after which it is not waited for more pageviews. */
const maxRequests = 100_000
/** Pageviews from which on it is odd that all have one address. */
const minPageviews = 10
/** Addresses whose requests are counted before the first pageview. */
const maxAddresses = 1_000

/**
 * Looks through a log: for the newest date, whether its lines can be read, and whether it has addresses.
 *
 * @param whole to its end; else until it is known whether it has addresses
 * @param onLines told the lines and bytes now and then
 */
export async function surveyLog(
  source: Pick<LogSource, 'name' | 'open'>,
  { read }: LineReader,
  whole: boolean,
  onLines: (lines: number, bytes: number) => void = () => undefined,
): Promise<Survey> {
  const addresses = new Set<string>()
  /** Requests of each address, until the first pageview tells of which one they are to be counted. */
  const counts = new Map<string, number>()
  let address: string | undefined
  let [lines, requests, pageviews, requestsOfAddress, all] = [0, 0, 0, 0, 0]
  let newest: number | undefined
  let unreadable: Survey['unreadable']
  for await (const { text, bytes } of readLines(source.open())) {
    if (++all % 10_000 === 0) onLines(all, bytes)
    const line = text === undefined ? ({ unreadable: 'too_long' } as const) : read(text)
    if (line === 'note') continue
    lines++
    if (!isEntry(line)) {
      unreadable ??= { reason: line.unreadable, text: printable(text ?? '') }
      continue
    }
    if (newest === undefined || line.at > newest) newest = line.at
    requests++
    if (line.host === address) requestsOfAddress++
    else if (address === undefined && (counts.has(line.host) || counts.size < maxAddresses)) {
      counts.set(line.host, (counts.get(line.host) ?? 0) + 1)
    }
    // Of people alone: monitors and agents are told apart by what they are, and may come from elsewhere.
    if (pageviews < maxPageviews && addresses.size < 2 && line.host !== '' && classify(line).kind === 'pageview') {
      pageviews++
      addresses.add(line.host)
      if (address === undefined) {
        address = line.host
        requestsOfAddress = counts.get(address) ?? 1
        counts.clear()
      }
    }
    if (!whole && (pageviews >= maxPageviews || addresses.size > 1 || requests >= maxRequests)) break
  }
  return { name: source.name, lines, requests, pageviews, addresses: addresses.size, address, requestsOfAddress, newest, unreadable }
}

/**
 * Whether all people of a log come from one address, as those of a site behind a proxy that does not pass on theirs: then
 * most requests do, those of programs among them. A quiet site with one reader has programs from many addresses.
 */
export function hasOneAddress({ pageviews, addresses, requests, requestsOfAddress }: Survey): boolean {
  return addresses === 1 && pageviews >= minPageviews && requestsOfAddress * 2 > requests
}
