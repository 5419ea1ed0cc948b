import { isEntry, type LineReader, type UnreadableReason } from './entry.ts'
import { readLines } from './lines.ts'
import type { LogSource } from './source.ts'
import { printable } from './unreadable-lines.ts'

/** What a first look at a log has found. */
export interface Survey {
  readonly name: string
  /** Lines that are neither blank nor notes of the format, as far as was read. */
  readonly lines: number
  /** Those of them that could be read. */
  readonly requests: number
  /** Different addresses of the first thousand requests; 2 stands for any number above. */
  readonly addresses: number
  /** The only address, where there is one. */
  readonly address: string | undefined
  /** Time of the newest request, in milliseconds since 1970, as far as was read. */
  readonly newest: number | undefined
  /** The first line that could not be read, and why. */
  readonly unreadable: { readonly reason: UnreadableReason; readonly text: string } | undefined
}

/** Requests after which it is known whether a log has the addresses of its visitors. */
const enough = 1_000
/** Requests from which on it is odd that all have one address: one visitor's page with what belongs to it is fewer. */
const least = 10

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
  let [lines, requests, all] = [0, 0, 0]
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
    if (requests++ < enough && addresses.size < 2 && line.host !== '') addresses.add(line.host)
    if (!whole && requests >= enough) break
  }
  const [address] = addresses
  return { name: source.name, lines, requests, addresses: addresses.size, address, newest, unreadable }
}

/** Whether all requests of a log come from one address, as those of a site behind a proxy that is not told of visitors. */
export function hasOneAddress({ requests, addresses }: Survey): boolean {
  return addresses === 1 && requests >= least
}
